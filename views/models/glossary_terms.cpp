// What the glossary says. One paragraph each, in our own words; the source is where to read on.
#include "views/models/glossary.h"

#include <QtGlobal>

namespace bitwright::views {

namespace {

#define T(text) QT_TRANSLATE_NOOP("Glossary", text)

constexpr GlossaryTerm kTerms[] = {
    {"act-gram", T("act-diag and act-gram"), T("act-diag;act-gram;activation weighted error"),
        T("Scores that weigh the rounding error of a weight by the inputs it meets: act-diag by the mean "
          "square of "
          "every input channel, act-gram by all products of channels, which gives the squared error of the "
          "output. "
          "They compare options of one layer well. Across layers they mislead: one token with massive "
          "activations "
          "can hold nearly all of the energy, so the layers it passes look a thousand times more sensitive."),
        T("The idea in AWQ: Lin et al. 2024, arXiv:2306.00978, and GPTQ: Frantar et al. 2023, "
          "arXiv:2210.17323"),
        "pareto"},
    {"activation-maximum", T("Activation maximum"), T("max |x|;abs-max;largest activation;activation maxima"),
        T("The largest absolute value that a place in the network saw over all recorded tokens. It decides "
          "the step "
          "of a symmetric integer format, so one extreme value makes the grid coarse for all the others. "
          "Read it "
          "beside the 99.9 % quantile and the rms: the distance between them says how lonely the maximum "
          "is."),
        T("Dettmers et al. 2022, LLM.int8(), arXiv:2208.07339"), "activation-maxima"},
    {"alpha", T("Alpha"), T("α;power law;power-law;tail exponent;tail fit"),
        T("Exponent of the power law that is fitted to the large eigenvalues of a weight. Small values, near "
          "2, mean "
          "a heavy tail: few directions carry much of the layer, which is read as well trained. Large values "
          "mean "
          "that the spectrum looks more like noise. The estimators disagree, therefore they are shown side "
          "by side "
          "and every alpha names its own."),
        T("Martin and Mahoney 2021, J. Machine Learning Research 22(165), arXiv:1810.01075"), "spectrum"},
    {"attention-sink", T("Attention sink"), T("sink;sinks"),
        T("A token, mostly the first one, on which many heads put attention that they have no other use for. "
          "The "
          "massive activations of a language model usually sit at such tokens, and they need to survive "
          "quantization: without them the heads spread that attention over tokens that matter."),
        T("Xiao et al. 2023, arXiv:2309.17453"), "activation-maxima"},
    {"bits", T("Bits"), T("bit width;width in bits"),
        T("How many bits one code of a number format has. The scales, zero points and padding that a format "
          "needs "
          "besides its codes are not in this number; they are in bpw, which is therefore always a little "
          "larger."),
        T("docs/sizes.md of this program"), "sensitivity"},
    {"bound-gap", T("Bound and gap"), T("gap;lower bound;certificate"),
        T("The solver gives a plan and a bound that no plan of this size can be below. When both agree, the "
          "gap is "
          "zero and the plan is proven best for the predicted harm. It says nothing about how well the harm "
          "was "
          "predicted."),
        T("Kellerer, Pferschy and Pisinger 2004, Knapsack Problems, Springer, chapter 11"), "pareto"},
    {"bpw", T("bpw"), T("bits per weight;file bpw"),
        T("Bits per weight: everything that is stored for the planned tensors, with scales, zero points and "
          "padding, "
          "divided by the number of their weights. The bpw of the file also counts the tensors that no plan "
          "may "
          "touch, such as norms. Compare plans by the same of the two."),
        T("docs/sizes.md of this program"), "allocation"},
    {"budget", T("Budget"), T("distance to the budget"),
        T("The size that a plan may have, as bpw or in bytes. The solver spends it where a byte takes away "
          "the most "
          "predicted harm. Dragging the budget line of the Pareto chart solves anew at every step."),
        T("Shoham and Gersho 1988, IEEE Trans. Acoustics, Speech and Signal Processing 36(9)"), "pareto"},
    {"calibration", T("Calibration tokens"), T("calibration;tokens"),
        T("The text on which activations, Grams or gradients were recorded. All that is measured on them is "
          "true of "
          "that text. Too few tokens, or text of another kind than the model will meet, give scores that "
          "look as "
          "exact as good ones; therefore the number of tokens stands beside every score."),
        T("Williams and Aletras 2024, arXiv:2311.09755"), "overview"},
    {"clip-search", T("Clip search"), T("clipping;clipped mass;clipped;saturation"),
        T("Choosing the largest representable value of a group below its maximum: the few weights beyond it "
          "are "
          "clipped, all the others get a finer grid. The search takes the scale with the least squared "
          "error, so it "
          "is never worse than no clipping in that measure. Clipped mass is the share of weights beyond the "
          "grid."),
        T("Banner et al. 2019, arXiv:1810.05723; Choukroun et al. 2019, arXiv:1902.06822"), "weights"},
    {"compressed-tensors", T("compressed-tensors"), T("packed"),
        T("A way to store quantized weights in safetensors files together with a description of the format "
          "of each "
          "layer, read by vLLM and others. Codes are packed, so the file is as small as the plan says."),
        T("The compressed-tensors project, github.com/vllm-project/compressed-tensors"), "export"},
    {"crest-factor", T("Crest factor"), T("crest"),
        T("Maximum divided by rms. A normal distribution of a million values has about 5; a site with an "
          "outlier "
          "channel has 50 or 500. It says at a glance how much of an integer grid is spent on values that "
          "hardly "
          "ever occur."),
        T("A standard measure of signal processing, also called peak-to-rms ratio"), "activation-maxima"},
    {"dump", T("Dump and site"), T("dump;site;sites;activation dump"),
        T("A dump is a file with what was recorded while a model read some text. It has sites: places where "
          "values "
          "flow, such as the input of the query, key and value projections of block 3. What a dump does not "
          "hold is "
          "unknown, and is drawn as unknown, never as zero."),
        T("samples/capture/README.md of this program"), "activation-maxima"},
    {"effective-rank", T("Effective rank"), "",
        T("The exponential of the entropy of the singular values, after they were scaled to sum to one. A "
          "matrix "
          "with n equal singular values has n; one that is ruled by a few has little more than their number. "
          "Unlike "
          "the plain rank it does not jump with tiny values."),
        T("Roy and Vetterli 2007, European Signal Processing Conference"), "spectrum"},
    {"esd", T("ESD"), T("eigenvalues;eigenvalue;empirical spectral density;spectrum;spectra"),
        T("Empirical spectral density: how the eigenvalues of a weight's Gram matrix, the squares of its "
          "singular "
          "values, are spread. Random initialization fills a bulk with a sharp edge; training pulls "
          "eigenvalues out "
          "of it, first as spikes, then as a heavy tail."),
        T("Martin and Mahoney 2021, J. Machine Learning Research 22(165), arXiv:1810.01075"), "spectrum"},
    {"expert", T("Expert"), T("experts;mixture of experts;moe;coverage"),
        T("In a mixture of experts a router sends every token to a few of many feed-forward networks. Each "
          "expert is "
          "planned as a unit of its own. Coverage is the share of recorded tokens that an expert saw: a "
          "score of one "
          "that saw few stands on little evidence."),
        T("Shazeer et al. 2017, arXiv:1701.06538"), "sensitivity"},
    {"fake-quant", T("fake-quant"), T("simulated quantization;fake quantization"),
        T("An export in which every weight has the value that its quantized code stands for, stored again as "
          "an "
          "ordinary floating-point number. It loads everywhere and shows what quantization does to quality. "
          "It is "
          "not smaller."),
        T("Jacob et al. 2018, arXiv:1712.05877"), "export"},
    {"fallback", T("Fallback"), T("refused;fallbacks"),
        T("What a target does with a tensor whose shape it cannot store in the wished format, for instance a "
          "row "
          "length that no group size divides: it takes another format, named here before any work begins. A "
          "refusal "
          "is the same without another format."),
        T("docs/exports.md of this program"), "export"},
    {"fisher", T("Fisher score"), T("fisher"),
        T("Weighs the squared error of each weight by the mean squared gradient of the loss, which "
          "approximates how "
          "much the loss bends in its direction. It ranks layers best of the scores here, but knows only the "
          "bottom "
          "of the bowl: at two bits the error leaves it. The exponent shrinks differences between layers, "
          "because "
          "unshrunk its plans took too much from some."),
        T("Zandonati et al. 2022, arXiv:2210.08502; Kim et al. 2024, SqueezeLLM, arXiv:2306.07629"),
        "pareto"},
    {"fp8", T("FP8 E4M3"), T("fp8;e4m3"),
        T("An eight-bit floating-point number with four bits of exponent and three of mantissa, largest "
          "value 448. "
          "Its steps grow with the value, so it suits heavy-tailed data better than eight-bit integers do, "
          "and pays "
          "with coarser steps near the maximum."),
        T("Micikevicius et al. 2022, arXiv:2209.05433"), "weights"},
    {"frontier", T("Frontier"), T("pareto;pareto front;pareto chart"),
        T("The plans of which none is both smaller and less harmful than another. Everything below the line "
          "cannot "
          "be reached with these options and scores; everything above wastes something. Its states are "
          "plans; the "
          "handle of the chart snaps to them."),
        T("Shoham and Gersho 1988, IEEE Trans. Acoustics, Speech and Signal Processing 36(9)"), "pareto"},
    {"gptq", T("GPTQ"), T("error feedback"),
        T("Rounds the columns of a weight one after the other and lets the columns that are still free make "
          "up for "
          "each error, as far as the recorded inputs allow. Needs the Gram matrix of the inputs. It lowers "
          "the error "
          "of the layer's output, often at the price of a larger error of the weights themselves."),
        T("Frantar et al. 2023, arXiv:2210.17323; the step goes back to Hassibi and Stork 1993"), "pareto"},
    {"gram", T("Gram matrix"), T("gram;hessian"),
        T("The sum over tokens of the products of every pair of input channels. It says which directions of "
          "the "
          "input carry energy, and is, up to a factor, the Hessian of the squared output error of a linear "
          "layer."),
        T("Hassibi and Stork 1993, Advances in Neural Information Processing Systems 5"), "pareto"},
    {"group", T("Group and block scale"), T("group size;block scale;block-scale;per-channel;scale"),
        T("Weights that share one scale. Small groups follow the weights more closely and cost more bits for "
          "scales: "
          "a 16-bit scale per 128 weights adds an eighth of a bit to each. The map of block scales shows "
          "where in a "
          "tensor the large values are."),
        T("Shen et al. 2020, Q-BERT, arXiv:1909.05840; Dai et al. 2021, VS-Quant, arXiv:2102.04503"),
        "weights"},
    {"harm", T("Predicted harm"), T("harm;sensitivity;score;scores;objective"),
        T("A number for how much an option on a tensor, or a plan, is expected to hurt the model. Of an "
          "option "
          "it is a proxy computed from weights, inputs or gradients, or comes from running the model with "
          "that "
          "one change, and says which. Of a plan it is the sum over its tensors, which assumes that errors "
          "do "
          "not help or hinder each other: only a run of the whole plan tells."),
        T("An overview: Gholami et al. 2021, arXiv:2103.13630"), "sensitivity"},
    {"hill", T("Hill estimator"), T("hill;hill-median;hill-alphaq"),
        T("Estimates the exponent of a tail from the mean logarithm of the largest values over the first one "
          "that no "
          "longer counts. Simple and fast, but the answer depends on how many values one takes: half of them "
          "(hill-median) includes much of the bulk, a tenth of them (hill-alphaq) less."),
        T("Hill 1975, Annals of Statistics 3(5)"), "spectrum"},
    {"kernel", T("Quantization kernel"), T("kernel share;crossquant;kernel"),
        T("The share of values that are not zero and are rounded to zero. With one scale per token a single "
          "outlier "
          "raises the step so far that most of a row vanishes; CrossQuant mixes in a scale per column to "
          "keep them. "
          "The share is a good first sign of whether activations can be quantized."),
        T("Liu et al. 2024, CrossQuant, arXiv:2410.07505"), "outlier-map"},
    {"ks-distance", T("xmin and KS distance"), T("xmin;kolmogorov-smirnov;ks distance;ww-power-law"),
        T("Where the tail begins is part of a power-law fit. Each possible beginning xmin gives a fit; the "
          "one is "
          "taken whose fitted and measured distributions are closest, measured by their largest difference, "
          "the "
          "Kolmogorov-Smirnov distance. A large distance says that there is no power law to speak of."),
        T("Clauset, Shalizi and Newman 2009, SIAM Review 51(4), arXiv:0706.1062"), "spectrum"},
    {"kurtosis", T("Kurtosis"), T("excess kurtosis"),
        T("The mean fourth power of the distance from the mean, over the squared variance. A normal "
          "distribution has "
          "3 (excess kurtosis: 0). Activations with outlier channels have hundreds, and what has a large "
          "kurtosis "
          "does not fit on an integer grid. Papers count it per token, per channel or over everything, and "
          "the "
          "numbers are not comparable."),
        T("Bondarenko et al. 2023, arXiv:2306.12929; Park et al. 2025, OSP, arXiv:2506.19697"),
        "outlier-map"},
    {"lock", T("Lock"), T("locked;unlock;locks"),
        T("A locked tensor keeps its option: the solver works around it, and edits by hand leave it alone "
          "until it "
          "is unlocked. The frontier is that of all plans that keep the locks."),
        T("docs/plan-json.md of this program"), "sensitivity"},
    {"marchenko-pastur", T("Marchenko-Pastur bulk"), T("marchenko-pastur;random bulk;bulk"),
        T("The density of eigenvalues that a matrix of independent random entries has; it depends only on "
          "the shape "
          "of the matrix and the variance of its entries. Fitted to the ESD it separates what could be noise "
          "from "
          "what training put in."),
        T("Marchenko and Pastur 1967, Mathematics of the USSR-Sbornik 1(4)"), "spectrum"},
    {"massive-activation", T("Massive activation"), T("massive;massive activations;massive tokens"),
        T("A few values, always at the same channels and at few tokens, that are thousands of times larger "
          "than "
          "the median of their layer. They appear in an early block, stay through the residual stream, and "
          "hardly depend on the text. Two criteria are in use, both above 100: Sun et al. ask for 1000 times "
          "the median of the site, Max_act_llm for more than 1000 times the median of the token, which can "
          "hold at many tokens."),
        T("Sun et al. 2024, arXiv:2402.17762"), "activation-maxima"},
    {"measured-harm", T("Measured harm"),
        T("kl;kl divergence;perplexity;bootstrap interval;measured or calibrated"),
        T("What a change of the weights did when the model was run: the mean over tokens of the KL "
          "divergence "
          "of its next-token probabilities from the original's, in nats, or the mean cosine distance of an "
          "encoder's outputs. The interval says how far the mean over other tokens of the same text may be "
          "off. Plans add up such numbers drawn toward what similar units cost, the more the wider their "
          "intervals, so that the luckiest of many does not win. What two changes do together is not the sum "
          "of what each does alone: a whole plan is known only when it was run."),
        T("Intervals: Efron and Tibshirani 1993, An Introduction to the Bootstrap, Chapman and Hall"),
        "harm"},
    {"nf4", T("NF4"), T("normal float;codebook"),
        T("Sixteen levels, put where a normal distribution has equal shares, so that every code is used "
          "about "
          "equally often for weights that are normal. Stored with a scale per block."),
        T("Dettmers et al. 2023, QLoRA, arXiv:2305.14314"), "weights"},
    {"non-finite", T("NaN and Inf"), T("nan;inf;nan / inf;not finite"),
        T("Values that are not numbers or are infinite. They are counted and shown, kept out of all "
          "statistics, and "
          "block the export of their tensor until you decide. In a checkpoint they mostly mean that "
          "something went "
          "wrong before it was saved."),
        T("IEEE 754-2019"), "export"},
    {"option", T("Option"), T("number format;quantizer;options"),
        T("A number format with an algorithm that chooses the codes, such as int4-sym-g128/gptq: four-bit "
          "integers "
          "without a zero point, 128 weights to a scale, rounded by GPTQ. A plan gives every unit one "
          "option."),
        T("docs/plan-json.md of this program"), "sensitivity"},
    {"outlier-channel", T("Outlier channel"),
        T("outlier channels;outlier features;hot channel;llm.int8;outliers"),
        T("A channel of the activations whose values are much larger than the others', for many tokens and "
          "in many "
          "layers. By LLM.int8(): magnitude 6 or more in at least a quarter of the layers and for at least 6 "
          "% of "
          "the positions. The paper leaves open whether both shares have to meet in the same layers; both "
          "readings "
          "are counted."),
        T("Dettmers et al. 2022, LLM.int8(), arXiv:2208.07339; Bondarenko et al. 2021, arXiv:2109.12948"),
        "outlier-map"},
    {"price", T("Price of a byte"), T("price;next best move;next best moves"),
        T("How much predicted harm the next byte takes away, or the last one cost. The list of next best "
          "moves is "
          "sorted by it. On the frontier the price falls as the budget grows; where a hand-made plan pays "
          "less for "
          "one tensor than for another, swapping bits between them is a gain."),
        T("Fox 1966, Management Science 13(3)"), "allocation"},
    {"proof", T("Proof"), T("bit-exact;re-read;verdict"),
        T("After an export another decoder, which shares no code with the writer, reads every tensor back "
          "and "
          "compares it with what the plan asked for: option, bytes, error, and every value bit by bit. What "
          "was not "
          "checked is named."),
        T("docs/exports.md of this program"), "export"},
    {"provenance", T("Provenance"), T("imported;predicted by"),
        T("How a number was obtained: predicted by which score on how many tokens, measured by running the "
          "model, or "
          "imported from elsewhere. Numbers of different provenance are never added or compared silently."),
        T("docs/plan-json.md of this program"), "pareto"},
    {"quantile", T("Quantile q99.9"), T("q99.9;99.9 % quantile;quantile"),
        T("The value that 999 of 1,000 magnitudes do not exceed. Beside the maximum it says whether large "
          "values are "
          "common or single; a clipped grid often ends near it."),
        T("Hyndman and Fan 1996, The American Statistician 50(4)"), "activation-maxima"},
    {"rank-correlation", T("Rank correlation"), T("spearman;correlation"),
        T("How well one order agrees with another: 1 when both rank all tensors alike, 0 when they have "
          "nothing in "
          "common. It is how scores are held against measured harm, because a plan depends on which tensor "
          "is worse "
          "more than on by how much."),
        T("Spearman 1904, American Journal of Psychology 15(1)"), "sensitivity"},
    {"residual-score", T("Residual score"), T("residual"),
        T("The relative error of a layer's output on sampled tokens, times the share that this layer adds to "
          "the "
          "residual stream. Relative numbers keep tokens with massive activations from ruling everything; "
          "what later "
          "layers do with the error is not seen."),
        T("Its parts: core/score/score_table.h of this program"), "pareto"},
    {"residual-stream", T("Residual stream"), T("stream"),
        T("The sum that runs through all blocks of a transformer: every attention and every feed-forward "
          "layer reads "
          "it and adds to it. Outlier channels live in it, which is why they show up at the same place in "
          "all "
          "layers."),
        T("Elhage et al. 2021, A Mathematical Framework for Transformer Circuits, transformer-circuits.pub"),
        "outlier-map"},
    {"rms", T("rms"), T("root mean square"),
        T("Root of the mean square: the usual size of a value, signs aside. The error of rounding is "
          "compared with "
          "it; the maximum is compared with it by the crest factor."),
        T("A standard measure of signal processing"), "activation-maxima"},
    {"rtn", T("Round to nearest"), T("rtn"),
        T("Every weight takes the closest level of its grid, on its own. Needs no data, takes seconds, and "
          "is what "
          "any other algorithm has to beat."),
        T("Nagel et al. 2021, A White Paper on Neural Network Quantization, arXiv:2106.08295"), "pareto"},
    {"spike", T("Spike"), T("spikes"),
        T("An eigenvalue above the edge of the random bulk. A weak signal stays hidden in the bulk; from a "
          "certain "
          "strength on it stands outside. Spikes are directions that training has learned, and quantization "
          "error "
          "that reaches their size can hide them."),
        T("Baik, Ben Arous and Péché 2005, Annals of Probability 33(5)"), "spectrum"},
    {"sqnr", T("SQNR"), T("signal to quantization noise;sqnr (max);int8 sqnr"),
        T("Energy of the values over the energy of the rounding error, in decibels. Each bit adds about 6 dB "
          "to "
          "well-behaved data: 4-bit groups of weights reach some 20 dB, 8 bits some 44 dB. It compares "
          "formats on "
          "one tensor; it does not say how much the model suffers."),
        T("Widrow and Kollár 2008, Quantization Noise, Cambridge University Press"), "allocation"},
    {"stable-rank", T("Stable rank"), "",
        T("Sum of the squared singular values over the largest one squared. At most the rank, and not moved "
          "by small "
          "singular values. A low stable rank means that one direction rules the tensor."),
        T("Rudelson and Vershynin 2007, Journal of the ACM 54(4)"), "spectrum"},
    {"symmetric", T("Symmetric and asymmetric"), T("symmetric;asymmetric;zero point;zero-point"),
        T("A symmetric grid has a scale only and lies evenly around zero. An asymmetric one adds a zero "
          "point and "
          "covers exactly from the smallest to the largest value of a group, which helps at few bits and "
          "costs the "
          "bits of the zero point."),
        T("Jacob et al. 2018, arXiv:1712.05877"), "weights"},
    {"target", T("Target"), T("targets"),
        T("What the exported file is for: which options it can store, which tensors have to agree, which are "
          "never "
          "touched, and what it takes instead where a shape does not fit."),
        T("docs/exports.md of this program"), "export"},
    {"tie", T("Tie"), T("tied;untie;fused"),
        T("Engines that multiply query, key and value at once, or gate and up, need them in one format. Tied "
          "tensors "
          "take one option together; setting one sets all."),
        T("docs/exports.md of this program"), "sensitivity"},
    {"uniform", T("Uniform plan"), T("uniform;preset;presets"),
        T("The same option on every tensor that may be quantized. It is what most tools do, needs no score, "
          "and is "
          "the yardstick: a mixed plan that does not beat the uniform plan of its size is not worth its "
          "trouble."),
        T("Compared throughout in Gholami et al. 2021, arXiv:2103.13630"), "pareto"},
    {"unit", T("Unit"), T("units;tensor;tensors"),
        T("What gets one option: a weight matrix, or a single expert of a stack of them. Norms, biases and "
          "other "
          "small tensors are no units; they are stored as they are."),
        T("docs/plan-json.md of this program"), "tree"},
    {"weight-error", T("Weight error score"), T("weight-error;weight-error-relative"),
        T("The squared difference between a weight and its rounded values, as it is or relative to the "
          "weight's own square. Needs no data and takes seconds. It knows nothing of the inputs: a large "
          "error in a channel that is always zero counts as much as one that every token meets."),
        T("An overview: Nagel et al. 2021, A White Paper on Neural Network Quantization, arXiv:2106.08295"),
        "sensitivity"},
};

#undef T

} // namespace

std::span<const GlossaryTerm> glossaryTerms()
{
    return kTerms;
}

} // namespace bitwright::views
