#pragma once

#include "core/export/unit_quantizer.h"
#include "core/forward/forward.h"

#include <map>
#include <set>
#include <vector>

/// What choices cost: the model is run with some units at other options and compared with the original.
namespace bitwright::measure {

/// Where the graph uses the tensors that change.
struct Reach
{
    std::optional<std::size_t> firstBlock; ///< First block that computes something else; none: no block.
    bool input = false; ///< The embedding or another part before the blocks.
    bool head = false; ///< The head; a tied embedding is both.

    [[nodiscard]] bool nothing() const { return !firstBlock && !input && !head; }
    void join(const Reach& other);
};
/// Uses of a tensor (of one expert where it is a stack). A tensor that the run does not touch, such as a
/// pooler, reaches nothing.
[[nodiscard]] Reach reachOf(const forward::Model& model, model::TensorIndex tensor);

/// The weights of a model with some units at other options: exactly the float32 values that a reader of the
/// export of these options gets (fused and stacked tensors, any orientation). Thread safe once made.
class ChangedWeights final : public forward::WeightSource
{
public:
    /// Units whose option has no grid stay as they are; decides() knows them. Values are computed once and
    /// kept where all kept ones together take at most a quarter of context.memoryBytes(); of further units
    /// each tile is quantized when it is asked for. GPTQ always keeps its values, because its factors are
    /// larger still. Errors: those of UnitQuantizer::open and of quantizing; OutOfMemory for GPTQ beyond half
    /// of the budget; Numeric for NaN or Inf; Cancelled.
    [[nodiscard]] static Result<ChangedWeights> make(const std::vector<exporting::PlannedUnit>& units,
        exporting::UnitQuantizer& quantizer, const RunContext& context);

    [[nodiscard]] Result<bool> readRows(model::TensorIndex tensor, std::uint64_t expert, std::uint64_t begin,
        std::uint64_t end, std::span<float> out) const override;

    /// Whether these weights say what a tensor is, be it that it stays as it is: laid over other changes,
    /// such a unit takes theirs back.
    [[nodiscard]] bool decides(model::TensorIndex tensor, std::uint64_t expert) const;
    /// Where the changes are felt first.
    [[nodiscard]] Reach reach(const forward::Model& model) const;
    /// The same, laid over other changes: units that stay as they are count too.
    [[nodiscard]] Reach reachOver(const forward::Model& model) const;
    /// Bytes of the values that are kept.
    [[nodiscard]] std::size_t keptBytes() const { return m_keptBytes; }

private:
    struct Entry
    {
        exporting::UnitTiles tiles;
        std::vector<float> values; ///< rows x cols, or empty: quantized on demand.
    };
    using Place = std::pair<model::TensorIndex, std::uint64_t>;
    std::map<Place, Entry> m_entries;
    std::set<Place> m_original; ///< Units that stay as they are.
    std::size_t m_keptBytes = 0;
};

} // namespace bitwright::measure
