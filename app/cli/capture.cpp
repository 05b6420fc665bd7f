#include "core/session/capture.h"

#include "app/cli/command.h"
#include "app/cli/words.h"
#include "core/formats/open.h"
#include "core/session/capture_tokens.h"

#include <cstdio>

namespace bitwright::cli {

namespace {

struct CaptureArguments
{
    std::string model, out, dataset, tokenSites = "all", labels = "text";
    session::CaptureInput input;
    std::size_t sequenceLength = 0, gradientTokens = 0;
    bool gradients = false, noResume = false;
    session::RecorderSettings recorder;
};

nlohmann::json siteJson(const session::CapturedSite& site)
{
    return {{"name", site.name}, {"kind", model::siteKindName(site.kind)}, {"tensors", site.tensors},
        {"block", site.block ? nlohmann::json(*site.block) : nlohmann::json(nullptr)},
        {"channels", site.channels}, {"count", site.count}, {"abs_max", numberOrNull(site.absMax)},
        {"gram", site.gram}};
}

nlohmann::json documentOf(
    const CaptureArguments& arguments, const session::TokenText& text, const session::CaptureResult& result)
{
    nlohmann::json document{{"dump", arguments.out}, {"tokens", result.tokens},
        {"sequences", result.sequences}, {"tokenizer", text.tokenizer},
        {"perplexity", optionalNumber(result.perplexity)}, {"gradients", result.gradients},
        {"zero_gradients", result.zeroGradients},
        {"labels", arguments.gradients ? nlohmann::json(arguments.labels) : nlohmann::json(nullptr)},
        {"output_gradients", result.outputGradients}, {"parts", result.parts},
        {"resumed_parts", result.resumedParts}, {"seconds", result.seconds},
        {"sites", nlohmann::json::array()}};
    for (const auto& site : result.sites)
        document["sites"].push_back(siteJson(site));
    return document;
}

void printSummary(
    const CaptureArguments& arguments, const session::TokenText& text, const session::CaptureResult& result)
{
    printLine(fmt::format("{}: {} in {} ({}), {}, {:.1f} s", escapedForDisplay(arguments.out),
        counted(result.tokens, "token"), counted(result.sequences, "sequence"), text.tokenizer,
        counted(result.sites.size(), "site"), result.seconds));
    if (result.gradients > 0)
        printLine(fmt::format("mean squared gradients of {} matrices over {} sequences, labels {}",
            result.gradients, text.gradientBatch.sequences(),
            arguments.labels == "model" ? "drawn from the model" : "of the text"));
    if (result.zeroGradients > 0)
        printLine(fmt::format(
            "{} of them are zero, as of experts that no token chose: there the score fisher stays "
            "unknown",
            result.zeroGradients));
    if (result.outputGradients > 0)
        printLine(fmt::format("gradients of the outputs of {} matrices", result.outputGradients));
    if (result.perplexity)
        printLine(fmt::format("perplexity {:.4f}", *result.perplexity));
}

void addInput(CLI::App& app, CaptureArguments& arguments)
{
    auto* const text = app.add_option("--text", arguments.input.textPath, "UTF-8 text to run the model on");
    auto* const ids = app.add_option("--tokens", arguments.input.tokensPath,
        "Token ids instead: a .npy of whole numbers, or text with one sequence per line");
    text->excludes(ids);
    app.add_flag("--lines", arguments.input.lines, "Every line is a sequence of its own (sentence encoders)")
        ->needs(text);
    app.add_flag("--bytes", arguments.input.bytes, "No tokenizer: a token's id is the value of its byte")
        ->needs(text);
    app.add_option("--max-tokens", arguments.input.maxTokens, "Tokens in all")
        ->default_val(4096)
        ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 31U));
    app.add_option("--sequence-length", arguments.sequenceLength,
           "Tokens of a sequence (default: 512, or what the model has positions for); ids are cut only where "
           "this is given")
        ->check(CLI::Range(std::size_t{2}, std::size_t{1} << 24U));
}

void addRecorder(CLI::App& app, CaptureArguments& arguments)
{
    app.add_option("--samples", arguments.recorder.samples, "Sample rows per site, 0 for none")
        ->default_val(512)
        ->check(CLI::Range(std::size_t{0}, std::size_t{1} << 20U));
    app.add_option("--gram-max-width", arguments.recorder.gramMaxWidth,
           "Keep X^T X of inputs up to this many channels (8 W^2 bytes of memory each), 0 for none")
        ->default_val(0)
        ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 16U));
    app.add_option("--gram-bits", arguments.recorder.gramBits,
           "Mantissa bits kept in Grams; 15 make the file a quarter smaller at a relative error of 2e-5")
        ->default_val(23)
        ->check(CLI::Range(8, 23));
    app.add_option(
           "--token-sites", arguments.tokenSites, "Sites that keep one maximum, median and rms per token")
        ->default_val("all")
        ->check(CLI::IsMember({"all", "sublayers", "none"}));
    auto* const gradients = app.add_flag(
        "--gradients", arguments.gradients, "Also mean squared gradients of the next-token loss");
    app.add_option("--gradient-tokens", arguments.gradientTokens, "Tokens for them (default: --max-tokens)")
        ->check(CLI::Range(std::size_t{2}, std::size_t{1} << 31U))
        ->needs(gradients);
    app.add_option("--labels", arguments.labels,
           "What the loss is taken against: the text's next tokens, or labels drawn by --seed from the "
           "model's "
           "own predictions; these also keep the gradients of outputs at the sampled tokens (score "
           "true-fisher)")
        ->default_val("text")
        ->check(CLI::IsMember({"text", "model"}))
        ->needs(gradients);
    app.add_option("--dataset", arguments.dataset, "Name stored in the dump (default: the file's name)");
}

session::TokenSites tokenSitesOf(const std::string& word)
{
    if (word == "sublayers")
        return session::TokenSites::Sublayers;
    return word == "none" ? session::TokenSites::None : session::TokenSites::All;
}

} // namespace

Run registerCapture(CLI::App& app)
{
    auto arguments = std::make_shared<CaptureArguments>();
    app.add_option("MODEL", arguments->model, "The model to run")->required();
    addInput(app, *arguments);
    addRecorder(app, *arguments);
    app.add_option("-o,--out", arguments->out,
           "Dump to write (.h5). Stopped in the middle, the same command goes on where it was: OUT.partial "
           "keeps what was recorded until the dump is complete")
        ->required();
    app.add_flag("--no-resume", arguments->noResume,
        "Keep nothing to go on from, which takes half of the disk space; an earlier OUT.partial stays");
    return [arguments](const Common& common) -> Result<int> {
        const RunContext context = common.context();
        common.outputs = {arguments->out};
        session::CaptureInput input = arguments->input;
        if (input.textPath.empty() && input.tokensPath.empty())
            return fail(ErrorCode::InvalidArgument, "Either --text or --tokens must be given.");
        if (arguments->sequenceLength > 0)
            input.sequenceLength = arguments->sequenceLength;
        if (arguments->gradientTokens > 0)
            input.gradientTokens = arguments->gradientTokens;
        BITWRIGHT_ASSIGN(const auto checkpoint, formats::openCheckpoint(arguments->model));
        BITWRIGHT_ASSIGN(const auto model, forward::Model::open(checkpoint));
        BITWRIGHT_ASSIGN(const auto text, session::readTokens(model, input, context));
        session::CaptureSettings settings;
        settings.recorder = arguments->recorder;
        settings.recorder.seed = context.seed;
        settings.recorder.tokenSites = tokenSitesOf(arguments->tokenSites);
        settings.dataset = arguments->dataset.empty() ? text.dataset : arguments->dataset;
        if (arguments->labels == "model")
            settings.labels = forward::LabelKind::Model;
        settings.resumable = !arguments->noResume;
        settings.note = [&common](const std::string& line) {
            common.progressDone();
            std::fprintf(stderr, "bitwright-cli: %s\n", line.c_str());
        };
        if (arguments->gradients)
            settings.gradientBatch = &text.gradientBatch;
        BITWRIGHT_ASSIGN(
            const auto result, session::capture(model, text.batch, settings, arguments->out, context));
        common.progressDone();
        if (common.json)
            printJson(documentOf(*arguments, text, result));
        else
            printSummary(*arguments, text, result);
        return kDone;
    };
}

} // namespace bitwright::cli
