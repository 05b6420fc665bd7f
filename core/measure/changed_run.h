#pragma once

#include "core/measure/harm.h"

#include <memory>

namespace bitwright::measure {

/// A run of changed weights over a reference's batch that keeps the states at the inputs of its blocks: a
/// further change that begins in block l costs only blocks >= l, as it does on the original. Immutable and
/// thread safe.
class ChangedRun
{
public:
    /// Runs the blocks from the first changed one on. States that equal the original's are taken from there;
    /// the others take what the reference's states left of a quarter of context.memoryBytes(), else they go
    /// to a temporary file. Errors: those of the forward pass (Numeric: the change broke the model); Io;
    /// Cancelled.
    [[nodiscard]] static Result<std::shared_ptr<const ChangedRun>> make(
        std::shared_ptr<const Reference> reference, std::shared_ptr<const ChangedWeights> changed,
        const RunContext& context);

    /// Harm of the run itself. Equal bits to measureHarm.
    [[nodiscard]] Result<Harm> harm(bool exact, const RunContext& context) const;
    /// Harm of the run with `further` laid over its changes: what that decides replaces, the rest stays.
    /// Equal bits to measureHarm of all of them at once. Errors: those of measureHarm.
    [[nodiscard]] Result<Harm> harmWith(
        const ChangedWeights& further, bool exact, const RunContext& context) const;

    /// First block that `further` makes compute something else; blocks().size() where only the head does.
    [[nodiscard]] std::size_t firstBlock(const ChangedWeights& further) const;

    [[nodiscard]] bool statesInMemory() const { return m_states->inMemory(); }

private:
    ChangedRun(std::shared_ptr<const Reference> reference, std::shared_ptr<const ChangedWeights> changed);
    [[nodiscard]] Result<std::vector<float>> inputOf(std::size_t block) const;

    std::shared_ptr<const Reference> m_reference;
    std::shared_ptr<const ChangedWeights> m_changed;
    Reach m_reach;
    std::size_t m_shared = 0; ///< Inputs of blocks before this one are the original's.
    std::optional<StateStore> m_states; ///< Inputs of blocks m_shared ... blocks().size().
};

} // namespace bitwright::measure
