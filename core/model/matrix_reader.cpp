#include "core/model/matrix_reader.h"

#include "core/base/checked.h"

#include <algorithm>

namespace bitwright::model {

namespace {

/// Bytes read at once before conversion: they are still in the second-level cache when converted.
constexpr std::size_t kStripBytes = std::size_t{256} << 10;
/// Larger strips for transposing: fewer system calls, and several rows meet in one cache line of the output.
constexpr std::size_t kTransposeStripBytes = std::size_t{1} << 20;

/// Grows and never shrinks; one per thread, so that tiles need no allocation.
std::span<std::byte> scratchBytes(std::size_t size)
{
    thread_local std::vector<std::byte> scratch;
    if (scratch.size() < size)
        scratch.resize(size);
    return std::span<std::byte>(scratch).first(size);
}

std::span<float> scratchFloats(std::size_t size)
{
    thread_local std::vector<float> scratch;
    if (scratch.size() < size)
        scratch.resize(size);
    return std::span<float>(scratch).first(size);
}

/// Where one expert's matrix lies: stored rows x stored columns elements of `elementBytes` from `offset` of
/// the tensor.
struct Stored
{
    const Checkpoint& checkpoint;
    TensorIndex tensor;
    DType type;
    std::uint64_t elementBytes;
    std::uint64_t offset;
    std::uint64_t columns;
};

/// Reads elements [first, first + out.size()) of the expert's matrix as floats, strip by strip.
Result<void> readElements(const Stored& stored, std::uint64_t first, std::span<float> out)
{
    const std::uint64_t begin = stored.offset + first * stored.elementBytes;
    if (stored.type == DType::F32)
        return stored.checkpoint.read(stored.tensor, begin, std::as_writable_bytes(out));
    const std::size_t perStrip = kStripBytes / stored.elementBytes;
    for (std::size_t done = 0; done < out.size(); done += perStrip) {
        const std::size_t count = std::min(perStrip, out.size() - done);
        const std::span<std::byte> raw = scratchBytes(count * stored.elementBytes);
        BITWRIGHT_CHECK(stored.checkpoint.read(stored.tensor, begin + done * stored.elementBytes, raw));
        BITWRIGHT_CHECK(convertToFloat(stored.type, raw, out.subspan(done, count)));
    }
    return {};
}

/// Writes `strip` (height x width, row pitch `pitch`) transposed: strip(k, j) goes to out[j * outPitch +
/// column + k].
void scatterTransposed(std::span<const float> strip, std::size_t height, std::size_t width, std::size_t pitch,
    std::span<float> out, std::size_t outPitch, std::size_t column)
{
    constexpr std::size_t kBlock = 16; // 16 floats are one cache line on either side
    for (std::size_t k0 = 0; k0 < height; k0 += kBlock) {
        const std::size_t k1 = std::min(height, k0 + kBlock);
        for (std::size_t j0 = 0; j0 < width; j0 += kBlock) {
            const std::size_t j1 = std::min(width, j0 + kBlock);
            for (std::size_t j = j0; j < j1; ++j) {
                for (std::size_t k = k0; k < k1; ++k)
                    out[j * outPitch + column + k] = strip[k * pitch + j];
            }
        }
    }
}

/// Rows [begin, end) of the transposed view of a matrix stored inputs x outputs; `inputs` is the length of a
/// row of the view.
Result<void> readTransposed(
    const Stored& stored, std::uint64_t inputs, std::uint64_t begin, std::uint64_t end, std::span<float> out)
{
    const auto width = static_cast<std::size_t>(end - begin);
    // Most of every stored row wanted: read whole rows in one call and skip the rest. Few columns: one call
    // per stored row.
    const bool contiguous = (end - begin) * 2 >= stored.columns;
    const auto pitch = contiguous ? static_cast<std::size_t>(stored.columns) : width;
    const std::size_t height = std::max<std::size_t>(1, kTransposeStripBytes / sizeof(float) / pitch);
    for (std::uint64_t k = 0; k < inputs; k += height) {
        const std::size_t rows = std::min<std::uint64_t>(height, inputs - k);
        const std::span<float> strip = scratchFloats(rows * pitch);
        if (contiguous) {
            BITWRIGHT_CHECK(readElements(stored, k * stored.columns, strip));
        } else {
            for (std::size_t row = 0; row < rows; ++row)
                BITWRIGHT_CHECK(readElements(
                    stored, (k + row) * stored.columns + begin, strip.subspan(row * pitch, width)));
        }
        const std::size_t shift = contiguous ? static_cast<std::size_t>(begin) : 0;
        scatterTransposed(strip.subspan(shift), rows, width, pitch, out, static_cast<std::size_t>(inputs),
            static_cast<std::size_t>(k));
    }
    return {};
}

} // namespace

MatrixReader::MatrixReader(const Checkpoint& checkpoint, TensorIndex tensor, std::uint64_t expert)
    : m_checkpoint(&checkpoint)
    , m_tensor(tensor)
    , m_expert(expert)
    , m_rows(checkpoint.tensors()[tensor].rows())
    , m_cols(checkpoint.tensors()[tensor].cols())
{ }

Result<MatrixReader> MatrixReader::open(
    const Checkpoint& checkpoint, TensorIndex tensor, std::uint64_t expert)
{
    if (tensor >= checkpoint.tensors().size())
        return fail(ErrorCode::OutOfRange, "The model has {} tensors, not {}.", checkpoint.tensors().size(),
            tensor + 1);
    const TensorInfo& info = checkpoint.tensors()[tensor];
    const auto refuse = [&](ErrorCode code, std::string message) {
        Error error;
        error.code = code;
        error.message = std::move(message);
        error.tensor = info.name;
        if (info.file < checkpoint.files().size())
            error.file = checkpoint.files()[info.file].path;
        return fail(std::move(error));
    };
    if (!isReadable(info.dtype))
        return refuse(
            ErrorCode::Unsupported, fmt::format("Values of type {} cannot be read.", info.dtypeText));
    if (info.rows() == 0 || info.cols() == 0)
        return refuse(ErrorCode::Unsupported, "Is no matrix.");
    if (expert >= info.experts)
        return refuse(
            ErrorCode::OutOfRange, fmt::format("Has {} experts, not {}.", info.experts, expert + 1));
    return MatrixReader(checkpoint, tensor, expert);
}

const TensorInfo& MatrixReader::info() const
{
    return m_checkpoint->tensors()[m_tensor];
}

std::uint64_t MatrixReader::rowsPerTile(std::size_t bytes) const
{
    const std::uint64_t fitting = bytes / sizeof(float) / m_cols;
    return std::clamp<std::uint64_t>(fitting, 1, m_rows);
}

Result<void> MatrixReader::readRows(std::uint64_t begin, std::uint64_t end, std::span<float> out) const
{
    if (begin > end || end > m_rows)
        return fail(ErrorCode::OutOfRange, "Rows {} to {} of a matrix with {} rows.", begin, end, m_rows);
    if (out.size() != (end - begin) * m_cols)
        return fail(ErrorCode::InvalidArgument, "{} rows of {} values do not fill {} values.", end - begin,
            m_cols, out.size());
    const TensorInfo& tensor = info();
    const std::uint64_t elementBytes = bitsPerElement(tensor.dtype) / 8;
    const bool transposed = tensor.orientation == Orientation::InOut;
    const Stored stored{*m_checkpoint, m_tensor, tensor.dtype, elementBytes,
        m_expert * m_rows * m_cols * elementBytes, transposed ? m_rows : m_cols};
    if (transposed)
        return readTransposed(stored, m_cols, begin, end, out);
    return readElements(stored, begin * m_cols, out);
}

Result<std::vector<float>> MatrixReader::readAll() const
{
    const auto count = checkedMul(m_rows, m_cols);
    if (!count)
        return fail(ErrorCode::OutOfRange, "A matrix of {} x {} does not fit into memory.", m_rows, m_cols);
    std::vector<float> values(static_cast<std::size_t>(*count));
    BITWRIGHT_CHECK(readRows(0, m_rows, values));
    return values;
}

} // namespace bitwright::model
