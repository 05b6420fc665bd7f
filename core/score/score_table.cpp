#include "core/score/score_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <tuple>

namespace bitwright::score {

namespace {

struct ScoreFacts
{
    ScoreKind kind;
    std::string_view id;
    std::string_view description;
};

constexpr std::array<ScoreFacts, 8> kScores{{
    {ScoreKind::WeightError, "weight-error",
        "Squared weight error ||E||^2. Needs the weights only. Says little across layers: on a 270 M "
        "language model its rank "
        "correlation with the measured harm was 0.0, and its plans were worse than uniform."},
    {ScoreKind::WeightErrorRelative, "weight-error-relative",
        "Squared weight error over squared weight, ||E||^2 / ||W||^2. Needs the weights only. Weak (rank "
        "correlation 0.2 to "
        "0.3) but harmless: its plans came close to or beat uniform."},
    {ScoreKind::ActDiag, "act-diag",
        "Squared error weighted by mean squared inputs, sum_j H_jj ||e_j||^2. Needs sums of squares. One "
        "massive token can hold "
        "nearly all of the energy, so layers are not comparable (rank correlation -0.3)."},
    {ScoreKind::ActGram, "act-gram",
        "Squared output error, tr(E H E^T). Needs Grams. Same weakness as act-diag: not comparable across "
        "layers, and its "
        "plans were much worse than uniform."},
    {ScoreKind::Residual, "residual",
        "Mean over sampled tokens of ||E x||^2 / ||W x||^2 times the sublayer's share of the residual "
        "stream. Needs sample "
        "rows of inputs, contributions and stream. Rank correlation 0.55; knows nothing of what later layers "
        "do with the error."},
    {ScoreKind::Fisher, "fisher",
        "Squared error weighted by factored mean squared gradients, shrunk: c_n^gamma e_n(o) / e_n(4 bit). "
        "Needs gradients. Of the text's labels it ranks best (0.77), but unshrunk its plans were worse than "
        "uniform (gamma 0.25): a quadratic form does not see the cliff at 2 bits. Of labels drawn from the "
        "model (capture --gradients --labels model) it ranks better still and needs no shrinking (gamma "
        "1)."},
    {ScoreKind::TrueFisher, "true-fisher",
        "Half the mean over sampled tokens of (g . E x)^2, g the gradient of the loss at the output for "
        "labels drawn from the model. Needs such gradients (capture --gradients --labels model). A "
        "prediction "
        "of the KL in nats per token for small changes (rank correlation 0.75); it does not see the cliff at "
        "2 bits."},
    {ScoreKind::Measured, "measured",
        "KL of the model with this one change to the original, measured by running both on a text. Needs "
        "\"measure\". What was not "
        "measured is calibrated by what was, and says so. Its plans beat those of every predictor."},
}};

const ScoreFacts& factsOf(ScoreKind kind)
{
    return *std::find_if(
        kScores.begin(), kScores.end(), [&](const ScoreFacts& facts) { return facts.kind == kind; });
}

/// 2048 as "2,048".
std::string withThousands(std::uint64_t number)
{
    std::string digits = std::to_string(number);
    for (std::size_t i = digits.size(); i > 3; i -= 3)
        digits.insert(i - 3, ",");
    return digits;
}

/// Most sample rows at any input site that a measurement uses.
std::uint64_t sampledTokens(const model::ActivationDump& dump)
{
    std::uint64_t rows = 0;
    for (const model::Site& site : dump.sites())
        if (site.kind == model::SiteKind::InputOf)
            rows = std::max(rows, site.sampleRows);
    return std::min<std::uint64_t>(rows, kMaxSampleRows);
}

/// The same of the rows that have gradients of outputs.
std::uint64_t gradientTokens(const model::ActivationDump& dump)
{
    std::uint64_t rows = 0;
    for (const model::OutputGradientSite& site : dump.outputGradients())
        rows = std::max(rows, site.rows);
    return std::min<std::uint64_t>(rows, kMaxSampleRows);
}

Provenance provenanceOf(const ScoreSettings& settings, double gamma, const model::ActivationDump* dump)
{
    Provenance provenance;
    provenance.score = std::string(scoreId(settings.kind));
    if (settings.kind == ScoreKind::Fisher && gamma != 1.0)
        provenance.score += fmt::format("^{:g}", gamma);
    if (settings.kind == ScoreKind::Fisher && hasDrawnLabels(dump))
        provenance.score += " (labels model)";
    const bool weightsOnly
        = settings.kind == ScoreKind::WeightError || settings.kind == ScoreKind::WeightErrorRelative;
    if (!weightsOnly && dump) {
        provenance.dataset = dump->dataset();
        provenance.tokens = settings.kind == ScoreKind::Residual ? sampledTokens(*dump)
            : settings.kind == ScoreKind::TrueFisher             ? gradientTokens(*dump)
                                                                 : dump->tokens();
    }
    provenance.label = provenance.tokens == 0 ? fmt::format("predicted by {}, not measured", provenance.score)
                                              : fmt::format("predicted by {} on {} tokens, not measured",
                                                  provenance.score, withThousands(provenance.tokens));
    return provenance;
}

/// Place of an option among the candidates for a reference: code bits nearest 4 first, then fixed by its
/// format and method, so that neither the order of measuring nor a fallback to another group changes which
/// kind of option all units are judged at. Nothing for "keep" and ids that are no grid.
using ReferenceRank = std::tuple<int, int, int, int, int, std::int64_t, std::string>;
std::optional<ReferenceRank> referenceRank(const std::string& id)
{
    const auto parsed = quant::optionFromId(id);
    if (!parsed || !parsed->grid)
        return std::nullopt;
    const auto& grid = *parsed->grid;
    const std::int64_t group
        = grid.group == 0 ? std::numeric_limits<std::int64_t>::max() : std::int64_t{grid.group};
    return ReferenceRank(std::abs(grid.bits - 4), grid.bits, static_cast<int>(parsed->method),
        static_cast<int>(grid.element), -static_cast<int>(grid.convention), -group, id);
}

std::optional<double> relativeError(const OptionError& error)
{
    if (error.squaredError == 0)
        return 0.0;
    if (!(error.weightEnergy > 0))
        return std::nullopt;
    return error.squaredError / error.weightEnergy;
}

/// c^gamma e / e_ref, which is e^1 for gamma 1.
std::optional<double> shrunkFisher(const OptionError& error, const OptionError* reference, double gamma)
{
    if (!error.fisher)
        return std::nullopt;
    if (!reference || *error.fisher == 0)
        return *error.fisher;
    return std::pow(*reference->fisher, gamma) * (*error.fisher / *reference->fisher);
}

std::optional<double> scoreOf(
    const OptionError& error, const OptionError* reference, ScoreKind kind, double gamma)
{
    return kind == ScoreKind::Fisher ? shrunkFisher(error, reference, gamma) : rawScore(error, kind);
}

UnitScores scoresOfUnit(
    const std::string& unit, const std::vector<OptionError>& errors, ScoreKind kind, double gamma)
{
    UnitScores scores;
    scores.unit = unit;
    const OptionError* reference = kind == ScoreKind::Fisher
        ? referenceOption(errors, [](const OptionError& error) { return error.fisher && *error.fisher > 0; })
        : nullptr;
    for (const OptionError& error : errors) {
        if (error.option == kKeepOption)
            continue;
        auto score = scoreOf(error, reference, kind, gamma);
        // A number that is no number says as much as none.
        if (score && !std::isfinite(*score))
            score.reset();
        scores.options.push_back({error.option, score, error.sqnrDb()});
    }
    scores.options.push_back({std::string(kKeepOption), 0.0, std::numeric_limits<double>::infinity()});
    return scores;
}

} // namespace

std::span<const ScoreKind> allScores()
{
    static constexpr std::array kOrder
        = {ScoreKind::Measured, ScoreKind::Fisher, ScoreKind::TrueFisher, ScoreKind::Residual,
            ScoreKind::WeightErrorRelative, ScoreKind::WeightError, ScoreKind::ActDiag, ScoreKind::ActGram};
    return kOrder;
}

std::string_view scoreId(ScoreKind kind)
{
    return factsOf(kind).id;
}

Result<ScoreKind> scoreFromId(std::string_view id)
{
    std::string known;
    for (const ScoreFacts& facts : kScores) {
        if (facts.id == id)
            return facts.kind;
        known += known.empty() ? "" : ", ";
        known += facts.id;
    }
    return fail(
        ErrorCode::InvalidArgument, "Unknown score \"{}\"; known are {}.", escapedForDisplay(id), known);
}

std::string_view scoreDescription(ScoreKind kind)
{
    return factsOf(kind).description;
}

std::string_view scoreOriginText(ScoreOrigin origin)
{
    switch (origin) {
    case ScoreOrigin::Predicted:
        break;
    case ScoreOrigin::Measured:
        return "measured";
    case ScoreOrigin::Calibrated:
        return "calibrated";
    }
    return "proxy, not measured";
}

std::optional<double> rawScore(const OptionError& error, ScoreKind kind)
{
    switch (kind) {
    case ScoreKind::WeightError:
        return error.squaredError;
    case ScoreKind::WeightErrorRelative:
        return relativeError(error);
    case ScoreKind::ActDiag:
        return error.actDiag;
    case ScoreKind::ActGram:
        return error.actGram;
    case ScoreKind::Residual:
        return error.residual;
    case ScoreKind::Fisher:
        return error.fisher;
    case ScoreKind::TrueFisher:
        return error.trueFisher;
    case ScoreKind::Measured:
        break;
    }
    return std::nullopt;
}

const OptionError* referenceOption(
    const std::vector<OptionError>& errors, const std::function<bool(const OptionError&)>& usable)
{
    const OptionError* best = nullptr;
    std::optional<ReferenceRank> bestRank;
    for (const OptionError& error : errors) {
        if (!usable(error))
            continue;
        auto rank = referenceRank(error.option);
        if (rank && (!bestRank || *rank < *bestRank)) {
            best = &error;
            bestRank = std::move(rank);
        }
    }
    return best;
}

const OptionScore* UnitScores::find(std::string_view option) const
{
    const auto found = std::find_if(
        options.begin(), options.end(), [&](const OptionScore& score) { return score.option == option; });
    return found == options.end() ? nullptr : &*found;
}

const UnitScores* ScoreTable::find(std::string_view unit) const
{
    const auto found = std::find_if(
        units.begin(), units.end(), [&](const UnitScores& scores) { return scores.unit == unit; });
    return found == units.end() ? nullptr : &*found;
}

ScoreKind defaultScore(const model::ActivationDump* dump)
{
    return dump && !dump->gradients().empty() ? ScoreKind::Fisher : ScoreKind::WeightErrorRelative;
}

bool hasDrawnLabels(const model::ActivationDump* dump)
{
    return dump && !dump->outputGradients().empty();
}

double defaultGamma(const model::ActivationDump* dump)
{
    return hasDrawnLabels(dump) ? 1.0 : 0.25;
}

ScoreTable makeScoreTable(
    const UnitErrors& errors, const ScoreSettings& settings, const model::ActivationDump* dump)
{
    ScoreTable table;
    table.kind = settings.kind;
    const double gamma = settings.gamma.value_or(defaultGamma(dump));
    table.provenance = provenanceOf(settings, gamma, dump);
    table.units.reserve(errors.size());
    for (const auto& [unit, unitErrors] : errors)
        table.units.push_back(scoresOfUnit(unit, unitErrors, settings.kind, gamma));
    return table;
}

} // namespace bitwright::score
