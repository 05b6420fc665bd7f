#include "core/measure/changed_weights.h"

#include "core/base/parallel.h"

#include <algorithm>

namespace bitwright::measure {

namespace {

/// Rows of one task: small enough that a matrix of a few thousand rows keeps all threads busy.
constexpr std::uint64_t kTaskRows = 64;

Result<std::vector<float>> valuesOf(const exporting::UnitTiles& tiles, const RunContext& context)
{
    const std::uint64_t rows = tiles.source().rows();
    const std::uint64_t cols = tiles.source().cols();
    std::vector<float> values(static_cast<std::size_t>(rows * cols));
    const RunContext serial = context.serial();
    RunContext quiet = context;
    quiet.progress = nullptr;
    const BlasThreads single(1);
    BITWRIGHT_CHECK(parallelFor(
        static_cast<std::size_t>(rows), kTaskRows,
        [&](const Chunk& chunk) {
            return tiles.readerValues(chunk.begin, chunk.end,
                std::span(values).subspan(chunk.begin * cols, (chunk.end - chunk.begin) * cols), serial);
        },
        quiet));
    return values;
}

bool isAny(std::span<const forward::Linear* const> linears, model::TensorIndex tensor)
{
    return std::any_of(linears.begin(), linears.end(),
        [&](const forward::Linear* linear) { return linear->rows > 0 && linear->tensor == tensor; });
}

bool uses(const forward::Mlp& mlp, model::TensorIndex tensor)
{
    return isAny(std::array{&mlp.gate, &mlp.up, &mlp.down}, tensor);
}

bool uses(const forward::Block& block, model::TensorIndex tensor)
{
    return isAny(std::array{&block.query, &block.key, &block.value, &block.output, &block.router,
                     &block.sharedGate},
               tensor)
        || uses(block.mlp, tensor) || uses(block.sharedExpert, tensor)
        || std::any_of(block.experts.begin(), block.experts.end(),
            [&](const forward::Mlp& expert) { return uses(expert, tensor); });
}

} // namespace

void Reach::join(const Reach& other)
{
    if (other.firstBlock && (!firstBlock || *other.firstBlock < *firstBlock))
        firstBlock = other.firstBlock;
    input = input || other.input;
    head = head || other.head;
}

Reach reachOf(const forward::Model& model, model::TensorIndex tensor)
{
    Reach reach;
    for (std::size_t b = 0; b < model.blocks().size() && !reach.firstBlock; ++b)
        if (uses(model.blocks()[b], tensor))
            reach.firstBlock = b;
    reach.input = isAny(
        std::array{&model.embedding(), &model.positionTable(), &model.typeTable(), &model.projectIn()},
        tensor);
    reach.head = isAny(std::array{&model.head(), &model.projectOut()}, tensor);
    return reach;
}

Result<ChangedWeights> ChangedWeights::make(const std::vector<exporting::PlannedUnit>& units,
    exporting::UnitQuantizer& quantizer, const RunContext& context)
{
    ChangedWeights changed;
    for (const std::size_t i : quantizer.order(units)) {
        const exporting::PlannedUnit& planned = units[i];
        const std::uint64_t expert = planned.unit.stacked ? planned.unit.expert : 0;
        if (!planned.quantized()) {
            changed.m_original.emplace(planned.unit.index, expert);
            continue;
        }
        BITWRIGHT_CHECK(context.checkStop());
        auto tiles = quantizer.open(planned, context);
        if (!tiles)
            return fail(std::move(tiles).error().inTensor(planned.unit.name));
        Entry entry{std::move(*tiles), {}};
        const std::size_t bytes = static_cast<std::size_t>(planned.unit.parameters()) * sizeof(float);
        const bool gptq = planned.resolved.option.method == quant::Method::Gptq;
        const std::size_t together = changed.m_keptBytes + bytes;
        if (gptq && together > context.memoryBytes() / 2)
            return fail(Error{ErrorCode::OutOfMemory,
                fmt::format("The values that GPTQ gives need {} MiB, half of the memory budget is {} MiB.",
                    together >> 20U, context.memoryBytes() >> 21U),
                {}, planned.unit.name, {}, "Give more memory (--memory) or measure fewer units at once."});
        if (gptq || together <= context.memoryBytes() / 4) {
            auto values = valuesOf(entry.tiles, context);
            if (!values)
                return fail(std::move(values).error().inTensor(planned.unit.name));
            entry.values = std::move(*values);
            changed.m_keptBytes = together;
        }
        changed.m_entries.emplace(std::pair(planned.unit.index, expert), std::move(entry));
    }
    return changed;
}

Result<bool> ChangedWeights::readRows(model::TensorIndex tensor, std::uint64_t expert, std::uint64_t begin,
    std::uint64_t end, std::span<float> out) const
{
    const auto found = m_entries.find({tensor, expert});
    if (found == m_entries.end())
        return false;
    const Entry& entry = found->second;
    const std::uint64_t cols = entry.tiles.source().cols();
    if (!entry.values.empty()) {
        const auto rows = std::span(entry.values).subspan(begin * cols, (end - begin) * cols);
        std::copy(rows.begin(), rows.end(), out.begin());
        return true;
    }
    RunContext serial;
    serial.threads = 1;
    auto done = entry.tiles.readerValues(begin, end, out, serial);
    if (!done)
        return fail(std::move(done).error().inTensor(entry.tiles.unit().unit.name));
    return true;
}

bool ChangedWeights::decides(model::TensorIndex tensor, std::uint64_t expert) const
{
    return m_entries.contains({tensor, expert}) || m_original.contains({tensor, expert});
}

Reach ChangedWeights::reach(const forward::Model& model) const
{
    Reach all;
    for (const auto& [place, entry] : m_entries)
        all.join(reachOf(model, place.first));
    return all;
}

Reach ChangedWeights::reachOver(const forward::Model& model) const
{
    Reach all = reach(model);
    for (const Place& place : m_original)
        all.join(reachOf(model, place.first));
    return all;
}

} // namespace bitwright::measure
