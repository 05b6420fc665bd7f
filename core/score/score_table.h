#pragma once

#include "core/score/option_error.h"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::score {

/// Which predictor of harm. Ids: weight-error, weight-error-relative, act-diag, act-gram, residual, fisher,
/// true-fisher, and measured, which is no predictor: the harm itself, found by running the model
/// (measured.h).
enum class ScoreKind
{
    WeightError,
    WeightErrorRelative,
    ActDiag,
    ActGram,
    Residual,
    Fisher,
    TrueFisher,
    Measured,
};
/// Every predictor, those that made the better plans first: the order in which people are offered them.
[[nodiscard]] std::span<const ScoreKind> allScores();
[[nodiscard]] std::string_view scoreId(ScoreKind kind);
[[nodiscard]] Result<ScoreKind> scoreFromId(std::string_view id);
/// One sentence: formula, what it needs, and its known weakness (allocation.md section 8).
[[nodiscard]] std::string_view scoreDescription(ScoreKind kind);

struct ScoreSettings
{
    ScoreKind kind = ScoreKind::WeightErrorRelative;
    /// Shrinkage of the spread over units: cost(n, o) = c_n^gamma * e_n(o) / e_n(ref), c_n = raw score of the
    /// unit at its reference option (code bits nearest 4; of several round-to-nearest before other methods,
    /// asymmetric before symmetric, larger groups first). 1 leaves scores as they are. Used by `fisher`;
    /// nothing: defaultGamma() of the dump.
    std::optional<double> gamma = std::nullopt;
    /// Taken instead of ScoreKind::Measured where nothing was measured for the options in question; without
    /// it that is an error.
    std::optional<ScoreKind> fallback = std::nullopt;
};

/// How every number of a table was obtained; shown wherever one of them is.
struct Provenance
{
    std::string
        score; ///< "fisher^0.25"; "fisher (labels model)" for gamma 1 and labels drawn from the model.
    std::string label; ///< "predicted by fisher^0.25 on 2,048 tokens, not measured"
    std::string dataset; ///< Of the dump; empty for weight-only scores.
    std::uint64_t tokens = 0; ///< Calibration tokens behind it.
    std::string origin = "computed"; ///< computed | imported | measured
};

/// How one score was obtained.
enum class ScoreOrigin
{
    Predicted, ///< A proxy, not measured.
    Measured, ///< By running the model with this unit at this option.
    Calibrated, ///< From a proxy and the measurements of other pairs.
};
/// "proxy, not measured", "measured" or "calibrated".
[[nodiscard]] std::string_view scoreOriginText(ScoreOrigin origin);

struct OptionScore
{
    std::string option;
    std::optional<double> score; ///< Predicted or measured harm; nullopt = missing.
    double sqnrDb = 0;
    ScoreOrigin origin = ScoreOrigin::Predicted;
    std::optional<double> low = std::nullopt, high = std::nullopt; ///< 95 % interval, where it is known.
    std::uint64_t behind = 0; ///< Tokens of a measured score, measurements of a calibrated one.
    bool extrapolated = false; ///< Calibrated outside of what was measured.
    /// What was measured, where `score` was drawn from it toward what similar pairs cost.
    std::optional<double> raw = std::nullopt;
};

struct UnitScores
{
    std::string unit;
    std::vector<OptionScore> options;
    [[nodiscard]] const OptionScore* find(std::string_view option) const;
};

struct ScoreTable
{
    ScoreKind kind = ScoreKind::WeightErrorRelative;
    Provenance provenance;
    std::vector<UnitScores> units;
    [[nodiscard]] const UnitScores* find(std::string_view unit) const;
};

/// Measured errors of every unit, keyed by unit name.
using UnitErrors = std::map<std::string, std::vector<OptionError>>;

/// fisher where the dump has gradients, else weight-error-relative (product rule: the usual layer losses plan
/// worse than uniform).
[[nodiscard]] ScoreKind defaultScore(const model::ActivationDump* dump);

/// Whether the dump's gradients are of labels drawn from the model, by which `capture --labels model` keeps
/// gradients of outputs too, and no other way of recording does.
[[nodiscard]] bool hasDrawnLabels(const model::ActivationDump* dump);
/// Shrinkage of fisher that made the better plans: 0.25 for labels of the text, 1 for labels drawn from the
/// model, whose scores need none (tests/bench/RESULTS.md: gemma-hf at 4.156 bpw 0.280 nats per token, 0.330
/// with 0.5; at 3.656 bpw 0.759 and 0.747, which intervals do not tell apart, 1.019 with 0.25).
[[nodiscard]] double defaultGamma(const model::ActivationDump* dump);

/// The score of one error alone (fisher without shrinkage); nothing where the evidence was missing, and for
/// ScoreKind::Measured.
[[nodiscard]] std::optional<double> rawScore(const OptionError& error, ScoreKind kind);

/// The option that a unit is judged at when units are compared: code bits nearest 4; of several
/// round-to-nearest before other methods, asymmetric before symmetric, larger groups first. Of those for
/// which `usable` holds; nullptr when none does.
[[nodiscard]] const OptionError* referenceOption(
    const std::vector<OptionError>& errors, const std::function<bool(const OptionError&)>& usable);

/// Turns measured errors into a score table. A unit without what the score needs gets missing scores. The
/// option "keep" always scores 0. For ScoreKind::Measured all others are missing: measuredScoreTable makes
/// that table.
[[nodiscard]] ScoreTable makeScoreTable(
    const UnitErrors& errors, const ScoreSettings& settings, const model::ActivationDump* dump);

} // namespace bitwright::score
