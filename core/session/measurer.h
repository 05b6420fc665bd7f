#pragma once

#include "core/measure/harm.h"
#include "core/session/harm_results.h"
#include "core/session/workspace.h"

namespace bitwright::session {

struct MeasureSettings
{
    std::size_t partTokens = 512; ///< Tokens that are measured at once; the first part is the coarse pass.
    bool adaptive = true; ///< Later parts only for pairs that need them; else all pairs on all tokens.
    measure::AdaptiveSettings more;
    measure::ReferenceSettings reference;
};

/// A unit of the workspace and an option asked for it.
struct MeasurePair
{
    std::size_t unit = 0; ///< Index into Workspace::units().
    quant::Option option;
};

/// How far the ranking of units at one option can be trusted.
struct OptionReliability
{
    std::string option;
    measure::Reliability reliability;
    std::uint64_t tokens = 0; ///< That all of the units share.
};

/// A pair that could not be measured, and why.
struct PairFailure
{
    std::string unit, option;
    Error error;
};

/// What measuring many pairs gave.
struct UnitHarms
{
    std::vector<HarmResult> pairs; ///< In the order asked for, without those that `errors` names.
    std::vector<PairFailure> errors; ///< Pairs that could not be measured.
    std::vector<OptionReliability>
        reliability; ///< Options with at least three units, over the tokens that all of them share.
    std::size_t parts = 0; ///< Parts of the tokens that at least one pair used.
};

/// Runs a model with other options on a text and compares it with the original. Holds the original's run over
/// one part of the tokens at a time. What was measured before with the same content, option, tokens and
/// settings comes from the project (or from the workspace's memory where there is none), and every finished
/// part of a pair is stored at once: a job that was stopped goes on where it was. For one thread at a time.
class Measurer
{
public:
    /// `target` says how options are stored. Checks the tokens and runs the original over their first part,
    /// so that times can be told. Errors: those of forward::Model::open (a model that cannot be run) and of
    /// the run; Cancelled.
    [[nodiscard]] static Result<std::unique_ptr<Measurer>> make(std::shared_ptr<Workspace> workspace,
        const plan::Target& target, const forward::TokenBatch& tokens, const MeasureSettings& settings,
        const RunContext& context);

    [[nodiscard]] measure::HarmKind kind() const { return m_reference->kind(); }
    [[nodiscard]] const std::vector<MeasuredPart>& parts() const { return m_keys; }
    [[nodiscard]] std::uint64_t tokens() const; ///< Of all parts.
    /// Perplexity of the original over the parts that were run or stored so far, and their tokens; nothing
    /// without a head.
    [[nodiscard]] std::optional<double> referencePerplexity() const;
    [[nodiscard]] std::uint64_t referenceTokens() const;
    /// Whether single units were measured on these tokens too: plans that were made of their scores look
    /// better on them than they are.
    [[nodiscard]] Result<bool> tokensChoseScores() const;
    /// Whether the original's hidden states are in memory or in a temporary file.
    [[nodiscard]] bool statesInMemory() const { return m_reference->statesInMemory(); }

    /// Seconds that the first pass over these pairs will take, without those that are stored. Each further
    /// part costs at most as much again.
    [[nodiscard]] Result<double> secondsFor(const std::vector<MeasurePair>& pairs, const RunContext& context);
    /// Seconds that quantizing takes on top of it, timed on one unit of each quantizer. What cannot be
    /// quantized counts nothing.
    [[nodiscard]] Result<double> secondsToQuantize(
        const std::vector<MeasurePair>& pairs, const RunContext& context);
    /// Seconds that measurePlan will take, without what is stored. Quantizing is timed on one unit of each
    /// quantizer. Errors: those of measurePlan.
    [[nodiscard]] Result<double> secondsForPlan(const plan::Plan& plan, const RunContext& context);
    /// Seconds of one run of the part at hand from the first block to the exact head.
    [[nodiscard]] double secondsOfRun() const;

    /// Called from the calling thread after each (pair, part), with everything known about the pair so far.
    using OnResult = std::function<void(const HarmResult&)>;

    /// Measures pairs: all on the first part, then those that need it on further ones (measure::needMore). A
    /// pair that cannot be measured (no Gram, NaN, not part of what is run) is left out and named; the others
    /// go on. From the first result on the project knows these tokens as those that the score "measured" is
    /// made from. Errors: InvalidArgument without pairs, Io, Cancelled.
    [[nodiscard]] Result<UnitHarms> measureUnits(
        const std::vector<MeasurePair>& pairs, const OnResult& onResult, const RunContext& context);

    /// Runs a whole plan over all tokens, with the exact head. Errors: those of exporting::makeJob and its
    /// blocking findings; those of measuring.
    [[nodiscard]] Result<HarmResult> measurePlan(
        const plan::Plan& plan, const OnResult& onResult, const RunContext& context);

    /// Runs a plan that differs from `base` in a few units: the states of `base` are kept (the last one asked
    /// for), so that it costs only the blocks from the first difference on. Where not `exact` the screened
    /// head does where it can; `screening` of the result says whether it did, and only what was measured in
    /// one way should be compared. The exact result is the one of measurePlan. For tokens of one part.
    /// Errors: those of measurePlan.
    [[nodiscard]] Result<HarmResult> measureNear(
        const plan::Plan& base, const plan::Plan& plan, bool exact, const RunContext& context);

    ~Measurer();

private:
    struct Work;
    struct Near;
    Measurer(std::shared_ptr<Workspace> workspace, const plan::Target& target, MeasureSettings settings);
    [[nodiscard]] Result<void> preparePart(std::size_t part, const RunContext& context);
    [[nodiscard]] Result<std::vector<Work>> workOf(
        const std::vector<MeasurePair>& pairs, UnitHarms& harms, const RunContext& context);
    [[nodiscard]] Result<Work> workOfPlan(const plan::Plan& plan) const;
    [[nodiscard]] Result<void> keepNear(const Work& work, const RunContext& context);
    [[nodiscard]] Result<measure::Harm> harmNear(const Work& work, bool exact, const RunContext& context);
    [[nodiscard]] std::string variantOf(const Work& work, std::size_t part) const;
    [[nodiscard]] Result<void> measurePart(
        Work& work, std::size_t part, bool exact, const RunContext& context);
    /// Over the first `parts`; nothing unless all of them are known.
    [[nodiscard]] std::optional<double> referencePerplexity(std::size_t parts) const;
    /// A screened number is none where an `exact` one is asked for.
    [[nodiscard]] Result<bool> takeStored(Work& work, std::size_t part, bool exact);
    [[nodiscard]] Result<HarmResult> resultOf(const Work& work, std::uint64_t seed) const;
    [[nodiscard]] Result<std::vector<std::size_t>> nextWork(
        const std::vector<Work>& work, std::size_t part, const RunContext& context) const;
    [[nodiscard]] Result<UnitHarms> finish(
        std::vector<Work>& work, UnitHarms harms, const RunContext& context);

    std::shared_ptr<Workspace> m_workspace;
    const plan::Target& m_target;
    MeasureSettings m_settings;
    std::shared_ptr<const forward::Model> m_model;
    std::vector<forward::TokenBatch> m_parts;
    std::vector<MeasuredPart> m_keys;
    std::string m_modelSubject; ///< "model:HASH"
    std::shared_ptr<const measure::Reference> m_reference; ///< Of part m_part.
    std::size_t m_part = 0;
    std::unique_ptr<Near> m_near; ///< Over m_reference.
    std::shared_ptr<const model::ActivationDump> m_dump; ///< The first one, for quantizers that need it.
    std::unique_ptr<exporting::UnitQuantizer> m_quantizer;
    std::map<std::size_t, std::vector<float>> m_next; ///< Reference's next log probabilities by part.
};

} // namespace bitwright::session
