#pragma once

#include "core/measure/adaptive.h"
#include "core/measure/harm_values.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bitwright::session {

/// What a measuring of units has to know of one part of its tokens later on.
struct MeasuredPart
{
    std::string key; ///< Hash of model, ids, borders and settings.
    std::vector<std::size_t> starts; ///< As forward::TokenBatch::starts.

    [[nodiscard]] std::size_t tokens() const { return starts.empty() ? 0 : starts.back(); }
};

/// Tokens that units were measured on, in the project's own words.
struct MeasuredTokens
{
    measure::HarmKind kind = measure::HarmKind::Divergence;
    std::vector<MeasuredPart> parts;
    std::set<std::string> units; ///< Names of those with a result.
};
/// All that a project has, the latest last.
using MeasuredSets = std::vector<MeasuredTokens>;
[[nodiscard]] std::string toJson(const MeasuredSets& sets);
/// What an earlier version wrote is of no use any more and gives nothing. Errors: Format.
[[nodiscard]] Result<MeasuredSets> measuredSetsFromJson(const std::string& json);
/// Notes that `unit` has a result on these tokens. Tokens of which one is the beginning of the other are one
/// set.
void noteMeasured(MeasuredSets& sets, const MeasuredTokens& tokens, const std::string& unit);

/// One measurement over one or more parts of the tokens, put together.
struct HarmResult
{
    std::string unit; ///< Empty for a whole plan.
    std::string plan; ///< Name of the plan; empty for a unit.
    std::string option; ///< As asked for; "keep" and plans have none.
    std::string stored; ///< The option as the target stores it.
    measure::HarmKind kind = measure::HarmKind::Divergence;
    double mean = 0; ///< KL in nats per token, or cosine distance per sequence.
    std::optional<measure::Interval> interval; ///< 95 %; nothing with too few blocks of tokens.
    std::optional<double> perplexity; ///< Of the changed model.
    std::optional<double> referencePerplexity; ///< Of the original on the same tokens.
    std::optional<double> sameBest; ///< Share of tokens whose most probable next word stayed.
    std::uint64_t tokens = 0;
    std::string tokensKey; ///< Which tokens: that of their first part.
    std::optional<measure::Screening> screening; ///< Of the worst part; nothing where all were exact.
    bool fromProject = false; ///< Nothing had to be run.
    std::vector<float> values; ///< Per token (or sequence), part after part.
    std::vector<measure::TokenBlock> blocks; ///< Of `values`, for intervals and paired comparisons.
};

/// Puts the parts of one measurement together. `harms` has one for each of the first parts. `seed` draws the
/// bootstrap. Errors: Format when a stored one does not fit its part.
[[nodiscard]] Result<HarmResult> joinParts(
    const std::vector<MeasuredPart>& parts, const std::vector<measure::Harm>& harms, std::uint64_t seed);

/// The difference a - b over the tokens that both were measured on; nothing where too few are shared or the
/// texts differ.
[[nodiscard]] std::optional<measure::Interval> differenceOf(
    const HarmResult& a, const HarmResult& b, std::uint64_t seed);

} // namespace bitwright::session
