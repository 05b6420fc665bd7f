#include "core/stats/weight_layout.h"

#include <algorithm>

namespace bitwright::stats {

namespace {

constexpr std::uint64_t kTileBytes = 512 * 1024; // half of a second-level cache: read, then used twice
constexpr std::uint64_t kStrandBytes = 2 << 20; // work of one parallel piece of a large tensor
constexpr std::uint64_t kLeastStrandBytes = 256 * 1024; // and of a small one
constexpr std::uint64_t kLeastStrands = 8; // what a tensor is cut into while its pieces stay above that
constexpr std::uint64_t kStrandMemory = 64 << 20; // all column accumulators together
constexpr std::uint64_t kFlatWidth = 65536;

void cutLayout(Layout& layout)
{
    const std::uint64_t rowBytes = std::max<std::uint64_t>(1, layout.storedCols * layout.elementBytes);
    const std::uint64_t columnState = std::max<std::uint64_t>(1, layout.storedCols * 32);
    // Few long strands: each costs a fold over all columns, which no other thread shares.
    const std::uint64_t bytes = layout.storedRows * rowBytes;
    std::uint64_t strands = std::min(kLeastStrands, std::max<std::uint64_t>(1, bytes / kLeastStrandBytes));
    strands = std::clamp<std::uint64_t>(bytes / kStrandBytes, strands, 64);
    strands = std::clamp<std::uint64_t>(kStrandMemory / columnState, 1, strands);
    layout.strandRows = std::max<std::uint64_t>(1, ceilDiv(layout.storedRows, strands));
    layout.tileRows = std::max<std::uint64_t>(1, kTileBytes / rowBytes);
    if (layout.swapped) { // tiles and strands end with groups of inputs
        layout.tileRows = std::min(layout.tileRows, layout.groupSize);
        layout.strandRows = ceilDiv(layout.strandRows, layout.groupSize) * layout.groupSize;
    }
}

} // namespace

Layout matrixLayout(model::DType dtype, std::uint64_t storedRows, std::uint64_t storedCols, bool swapped,
    std::uint64_t groupSize)
{
    Layout layout;
    layout.dtype = dtype;
    layout.elementBytes = model::bitsPerElement(dtype) / 8;
    layout.storedRows = storedRows;
    layout.storedCols = layout.lastRowCols = storedCols;
    layout.swapped = swapped;
    layout.rows = swapped ? storedCols : storedRows;
    layout.cols = swapped ? storedRows : storedCols;
    layout.groupSize = groupSize == 0 ? layout.cols : std::min(groupSize, layout.cols);
    layout.groupsPerRow = layout.groupSize == 0 ? 0 : ceilDiv(layout.cols, layout.groupSize);
    cutLayout(layout);
    return layout;
}

Layout flatLayout(model::DType dtype, std::uint64_t count, std::uint64_t groupSize)
{
    Layout layout;
    layout.dtype = dtype;
    layout.elementBytes = model::bitsPerElement(dtype) / 8;
    layout.flat = true;
    layout.rows = 1;
    layout.cols = count;
    layout.groupSize = groupSize == 0 ? count : std::min(groupSize, count);
    layout.groupsPerRow = layout.groupSize == 0 ? 0 : ceilDiv(count, layout.groupSize);
    const std::uint64_t group = std::max<std::uint64_t>(1, layout.groupSize);
    layout.storedCols = layout.groupsPerRow <= 1
        ? std::min(kFlatWidth, count)
        : std::min(count, group * std::max<std::uint64_t>(1, kFlatWidth / group));
    layout.storedRows = layout.storedCols == 0 ? 0 : ceilDiv(count, layout.storedCols);
    if (layout.storedRows != 0)
        layout.lastRowCols = count - (layout.storedRows - 1) * layout.storedCols;
    cutLayout(layout);
    return layout;
}

Result<std::pair<Layout, std::uint64_t>> layoutOf(
    const model::TensorInfo& info, std::uint64_t groupSize, std::optional<std::uint64_t> expert)
{
    const std::uint64_t experts = std::max<std::uint64_t>(1, info.experts);
    if (expert && *expert >= experts)
        return fail(
            ErrorCode::OutOfRange, "Expert {} does not exist: the tensor holds {}.", *expert, experts);
    const std::uint64_t rows = info.rows(), cols = info.cols();
    const bool matrix = rows != 0 && cols != 0 && rows * cols * experts == info.parameters;
    const bool swapped = info.orientation == model::Orientation::InOut;
    const std::uint64_t elementBytes = model::bitsPerElement(info.dtype) / 8;
    if (matrix && (expert || experts == 1)) {
        const Layout layout
            = matrixLayout(info.dtype, swapped ? cols : rows, swapped ? rows : cols, swapped, groupSize);
        return std::pair{layout, expert.value_or(0) * rows * cols * elementBytes};
    }
    if (matrix && !swapped)
        return std::pair{matrixLayout(info.dtype, rows * experts, cols, false, groupSize), std::uint64_t{0}};
    return std::pair{flatLayout(info.dtype, info.parameters, groupSize), std::uint64_t{0}};
}

} // namespace bitwright::stats
