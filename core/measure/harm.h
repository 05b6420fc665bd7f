#pragma once

#include "core/forward/screened_head.h"
#include "core/measure/changed_weights.h"
#include "core/measure/harm_values.h"
#include "core/measure/state_store.h"

#include <memory>

namespace bitwright::measure {

struct ReferenceSettings
{
    bool screen = true; ///< Single changes by the screened head where it pays.
    forward::ScreenSettings words;
};

/// The original's run over a batch: hidden states at the input of every block, final states, predictions.
/// Immutable and thread safe.
class Reference
{
public:
    /// Runs the model once (its head twice more where words are chosen). The states take up to a quarter of
    /// context.memoryBytes(), else they go to a temporary file. Errors: those of the forward pass; Io.
    [[nodiscard]] static Result<std::shared_ptr<const Reference>> make(
        std::shared_ptr<const forward::Model> model, forward::TokenBatch batch,
        const ReferenceSettings& settings, const RunContext& context);

    [[nodiscard]] const forward::Model& model() const { return *m_model; }
    [[nodiscard]] const forward::TokenBatch& batch() const { return m_batch; }
    [[nodiscard]] HarmKind kind() const { return m_kind; }
    /// Per token; empty without a head.
    [[nodiscard]] const std::vector<forward::TokenResult>& tokens() const { return m_tokens; }
    /// Log probabilities of the next tokens as Harm::next has them.
    [[nodiscard]] std::vector<float> next() const;
    /// Input of a block; blocks().size() gives what the last block puts out.
    [[nodiscard]] Result<std::vector<float>> inputOf(std::size_t block) const { return m_states->get(block); }
    [[nodiscard]] const forward::ScreenedHead* screenedHead() const { return m_screened.get(); }
    [[nodiscard]] bool statesInMemory() const { return m_states->inMemory(); }
    [[nodiscard]] std::size_t stateBytes() const { return m_states->memoryBytes(); } ///< In memory.

    /// Seconds that a measurement of such a change takes on this machine, from the timed reference run.
    /// Quantizing the unit comes on top.
    [[nodiscard]] double secondsOf(const Reach& reach, bool exact) const;

private:
    Reference() = default;
    Result<void> runModel(const RunContext& context);
    Result<void> runHeads(const ReferenceSettings& settings, const RunContext& context);

    std::shared_ptr<const forward::Model> m_model;
    forward::TokenBatch m_batch;
    HarmKind m_kind = HarmKind::Divergence;
    std::optional<StateStore> m_states;
    std::vector<forward::TokenResult> m_tokens;
    std::shared_ptr<const forward::ScreenedHead> m_screened;
    std::vector<double> m_blockSeconds;
    double m_headSeconds = 0, m_screenedSeconds = 0;
};

/// Where more of the changed prediction than this rests on sampled words, the exact head is run after all.
inline constexpr double kScreenedLimit = 0.1;

/// Runs the blocks from the first changed one on, and the head. `exact` asks for compareHeads; else the
/// screened head is used where the reference has one, the head itself did not change and the result stays
/// inside kScreenedLimit. Errors: Unsupported for changes that the run does not touch; those of the forward
/// pass (Numeric: the change broke the model); Cancelled.
[[nodiscard]] Result<Harm> measureHarm(
    const Reference& reference, const ChangedWeights& changed, bool exact, const RunContext& context);

/// The head's part of measureHarm: what the last block puts out with changes (tokens x hidden) against the
/// original's. `headChanged`: the weights of `hooks` change the head too. Errors: those of measureHarm.
[[nodiscard]] Result<Harm> harmOfStates(const Reference& reference, std::span<const float> hidden,
    const forward::Hooks& hooks, bool headChanged, bool exact, const RunContext& context);

} // namespace bitwright::measure
