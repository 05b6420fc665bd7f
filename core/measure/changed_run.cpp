#include "core/measure/changed_run.h"

namespace bitwright::measure {

namespace {

/// Some changes laid over others.
class Layered final : public forward::WeightSource
{
public:
    Layered(const ChangedWeights& top, const ChangedWeights& below)
        : m_top(top)
        , m_below(below)
    { }

    Result<bool> readRows(model::TensorIndex tensor, std::uint64_t expert, std::uint64_t begin,
        std::uint64_t end, std::span<float> out) const override
    {
        const ChangedWeights& source = m_top.decides(tensor, expert) ? m_top : m_below;
        return source.readRows(tensor, expert, begin, end, out);
    }

private:
    const ChangedWeights &m_top, &m_below;
};

/// Index of the first block that has to run again.
std::size_t firstOf(const Reach& reach, std::size_t blocks)
{
    return reach.input ? 0 : reach.firstBlock.value_or(blocks);
}

} // namespace

ChangedRun::ChangedRun(
    std::shared_ptr<const Reference> reference, std::shared_ptr<const ChangedWeights> changed)
    : m_reference(std::move(reference))
    , m_changed(std::move(changed))
    , m_reach(m_changed->reach(m_reference->model()))
{ }

Result<std::shared_ptr<const ChangedRun>> ChangedRun::make(std::shared_ptr<const Reference> reference,
    std::shared_ptr<const ChangedWeights> changed, const RunContext& context)
{
    std::shared_ptr<ChangedRun> run(new ChangedRun(std::move(reference), std::move(changed)));
    const Reference& original = *run->m_reference;
    const forward::Model& model = original.model();
    const std::size_t blocks = model.blocks().size();
    const std::size_t first = firstOf(run->m_reach, blocks);
    // The input of the first changed block is still the original's, unless the embedding changed.
    run->m_shared = run->m_reach.input ? 0 : first + 1;
    const forward::Hooks hooks{run->m_changed.get(), nullptr};
    std::vector<float> hidden;
    if (run->m_reach.input) {
        BITWRIGHT_ASSIGN(hidden, forward::embed(model, original.batch(), hooks, context));
    } else {
        BITWRIGHT_ASSIGN(hidden, original.inputOf(first));
    }
    const std::size_t quarter = context.memoryBytes() / 4;
    const std::size_t places = run->m_shared > blocks ? 0 : blocks + 1 - run->m_shared;
    BITWRIGHT_ASSIGN(run->m_states,
        StateStore::make(places, hidden.size(), quarter - std::min(quarter, original.stateBytes())));
    if (run->m_reach.input)
        BITWRIGHT_CHECK(run->m_states->put(0, hidden));
    for (std::size_t block = first; block < blocks; ++block) {
        const double all = static_cast<double>(blocks - first);
        const RunContext part = context.part(
            static_cast<double>(block - first) / all, static_cast<double>(block + 1 - first) / all);
        BITWRIGHT_CHECK(forward::runBlocks(model, original.batch(), block, block + 1, hidden, hooks, part));
        BITWRIGHT_CHECK(run->m_states->put(block + 1 - run->m_shared, hidden));
    }
    return std::shared_ptr<const ChangedRun>(std::move(run));
}

Result<std::vector<float>> ChangedRun::inputOf(std::size_t block) const
{
    return block < m_shared ? m_reference->inputOf(block) : m_states->get(block - m_shared);
}

std::size_t ChangedRun::firstBlock(const ChangedWeights& further) const
{
    const forward::Model& model = m_reference->model();
    return firstOf(further.reachOver(model), model.blocks().size());
}

Result<Harm> ChangedRun::harm(bool exact, const RunContext& context) const
{
    BITWRIGHT_ASSIGN(const auto hidden, inputOf(m_reference->model().blocks().size()));
    return harmOfStates(*m_reference, hidden, {m_changed.get(), nullptr}, m_reach.head, exact, context);
}

Result<Harm> ChangedRun::harmWith(const ChangedWeights& further, bool exact, const RunContext& context) const
{
    const forward::Model& model = m_reference->model();
    const Reach reach = further.reachOver(model);
    const std::size_t blocks = model.blocks().size();
    const std::size_t first = firstOf(reach, blocks);
    const Layered layered(further, *m_changed);
    const forward::Hooks hooks{&layered, nullptr};
    std::vector<float> hidden;
    if (reach.input) {
        BITWRIGHT_ASSIGN(hidden, forward::embed(model, m_reference->batch(), hooks, context));
    } else {
        BITWRIGHT_ASSIGN(hidden, inputOf(first));
    }
    BITWRIGHT_CHECK(
        forward::runBlocks(model, m_reference->batch(), first, blocks, hidden, hooks, context.part(0, 0.5)));
    return harmOfStates(
        *m_reference, hidden, hooks, m_reach.head || reach.head, exact, context.part(0.5, 1.0));
}

} // namespace bitwright::measure
