#include "core/export/proof.h"

#include "core/base/parallel.h"
#include "core/export/target_writer.h"
#include "core/io/hash.h"
#include "core/score/error_tile.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::exporting {

namespace {

/// Distinct values that one group of a format can take.
std::size_t levelCount(const numeric::GridSpec& grid)
{
    if (grid.element == numeric::ElementKind::Minifloat)
        return 256;
    if (grid.element == numeric::ElementKind::Codebook)
        return 16;
    const std::size_t all = std::size_t{1} << static_cast<unsigned>(grid.bits);
    return grid.convention == numeric::IntegerConvention::SymNarrow ? all - 1 : all;
}

/// First row of a piece with a group of too many distinct values.
std::optional<std::uint64_t> offGridRow(
    std::span<const float> piece, std::uint64_t cols, const numeric::GridSpec& grid)
{
    const std::size_t allowed = levelCount(grid);
    const std::uint64_t width = grid.groupWidth(cols);
    if (std::min(width, cols) <= allowed)
        return std::nullopt;
    std::vector<float> group;
    for (std::uint64_t row = 0; row < piece.size() / cols; ++row)
        for (std::uint64_t begin = 0; begin < cols; begin += width) {
            const auto values = piece.subspan(row * cols + begin, std::min(width, cols - begin));
            group.assign(values.begin(), values.end());
            std::sort(group.begin(), group.end());
            const auto distinct = std::unique(group.begin(), group.end()) - group.begin();
            if (static_cast<std::size_t>(distinct) > allowed)
                return row;
        }
    return std::nullopt;
}

/// Sums over the tiles of one unit.
class UnitMeter
{
public:
    UnitMeter(const UnitReader& written, score::ErrorMeter meter, std::optional<numeric::GridSpec> format)
        : m_written(written)
        , m_meter(std::move(meter))
        , m_format(std::move(format))
    { }

    Result<void> addTile(
        std::span<const float> source, std::uint64_t begin, std::uint64_t end, const RunContext& context)
    {
        const std::uint64_t cols = m_written.cols();
        const std::uint64_t pieceRows = score::ErrorMeter::rowsPerPiece(cols);
        m_decoded.resize(source.size());
        struct Part
        {
            score::ErrorSums error, weight;
            std::optional<std::uint64_t> offGrid;
        };
        std::vector<Part> parts(chunkCount(end - begin, pieceRows));
        const RunContext serial = context.serial();
        const auto measurePiece = [&](const Chunk& chunk) -> Result<void> {
            const std::uint64_t first = begin + chunk.begin;
            const std::size_t size = (chunk.end - chunk.begin) * cols;
            const auto decoded = std::span(m_decoded).subspan(chunk.begin * cols, size);
            const auto original = source.subspan(chunk.begin * cols, size);
            BITWRIGHT_CHECK(m_written.readRows(first, begin + chunk.end, decoded));
            std::vector<float> error(size);
            for (std::size_t i = 0; i < size; ++i)
                error[i] = decoded[i] - original[i];
            Part& part = parts[chunk.index];
            BITWRIGHT_ASSIGN(part.error, m_meter.measure(error, first, serial));
            BITWRIGHT_ASSIGN(part.weight, m_meter.measure(original, first, serial));
            if (m_format)
                if (const auto row = offGridRow(decoded, cols, *m_format))
                    part.offGrid = first + *row;
            return {};
        };
        BITWRIGHT_CHECK(parallelFor(end - begin, pieceRows, measurePiece, context));
        for (const Part& part : parts) {
            m_error.add(part.error);
            m_weight.add(part.weight);
            if (!m_offGrid)
                m_offGrid = part.offGrid;
        }
        m_hasher.add(std::as_bytes(std::span<const float>(m_decoded)));
        return {};
    }

    [[nodiscard]] UnitMeasure result() const
    {
        UnitMeasure measure;
        measure.hash = m_hasher.hex();
        measure.squaredError = m_error.squared;
        measure.weightEnergy = m_weight.squared;
        measure.maxAbsError = m_error.maxAbs;
        measure.offGridRow = m_offGrid;
        const double ratio = m_error.gram / m_weight.gram;
        if (m_meter.hasGram() && std::isfinite(ratio))
            measure.outputError = ratio;
        return measure;
    }

private:
    const UnitReader& m_written;
    score::ErrorMeter m_meter;
    std::optional<numeric::GridSpec> m_format;
    std::vector<float> m_decoded;
    score::ErrorSums m_error, m_weight;
    std::optional<std::uint64_t> m_offGrid;
    io::Hasher m_hasher;
};

std::string named(std::string_view tensor, std::string_view finding)
{
    return fmt::format("{}: {}", escapedForDisplay(tensor), finding);
}

} // namespace

double UnitMeasure::sqnrDb() const
{
    if (squaredError == 0)
        return std::numeric_limits<double>::infinity();
    return 10.0 * std::log10(weightEnergy / squaredError);
}

std::uint64_t tileRows(std::uint64_t cols)
{
    constexpr std::uint64_t kWeights = std::uint64_t{4} << 20;
    constexpr std::uint64_t kStep = TargetWriter::kRowAlignment;
    return std::max<std::uint64_t>(kWeights / std::max<std::uint64_t>(cols, 1) / kStep, 1) * kStep;
}

Result<UnitMeasure> measureUnit(const model::MatrixReader& source, const UnitReader& written,
    const score::UnitEvidence& evidence, const std::optional<numeric::GridSpec>& plainFormat,
    const RunContext& context)
{
    BITWRIGHT_ASSIGN(auto meter, score::ErrorMeter::make(evidence, source.rows(), source.cols()));
    UnitMeter unit(written, std::move(meter), plainFormat);
    const BlasThreads blas(1);
    const std::uint64_t step = tileRows(source.cols());
    std::vector<float> tile;
    for (std::uint64_t begin = 0; begin < source.rows(); begin += step) {
        const std::uint64_t end = std::min(source.rows(), begin + step);
        tile.resize((end - begin) * source.cols());
        BITWRIGHT_CHECK(source.readRows(begin, end, tile));
        BITWRIGHT_CHECK(unit.addTile(tile, begin, end, context));
    }
    return unit.result();
}

Result<std::string> hashUnit(const UnitReader& written, const RunContext& context)
{
    io::Hasher hasher;
    const std::uint64_t step = tileRows(written.cols());
    constexpr std::uint64_t kPiece = TargetWriter::kRowAlignment;
    std::vector<float> tile;
    for (std::uint64_t begin = 0; begin < written.rows(); begin += step) {
        const std::uint64_t end = std::min(written.rows(), begin + step);
        tile.resize((end - begin) * written.cols());
        BITWRIGHT_CHECK(parallelFor(
            end - begin, kPiece,
            [&](const Chunk& chunk) {
                return written.readRows(begin + chunk.begin, begin + chunk.end,
                    std::span(tile).subspan(
                        chunk.begin * written.cols(), (chunk.end - chunk.begin) * written.cols()));
            },
            context));
        hasher.add(std::as_bytes(std::span<const float>(tile)));
    }
    return hasher.hex();
}

Result<bool> sameBytes(const model::Checkpoint& a, model::TensorIndex tensorOfA, const model::Checkpoint& b,
    model::TensorIndex tensorOfB, std::uint64_t offset, std::uint64_t count, const RunContext& context)
{
    constexpr std::uint64_t kChunk = std::uint64_t{1} << 20;
    std::vector<std::byte> left(std::min(kChunk, count)), right(left.size());
    for (std::uint64_t done = 0; done < count; done += kChunk) {
        BITWRIGHT_CHECK(context.checkStop());
        const std::uint64_t size = std::min(kChunk, count - done);
        const auto first = std::span(left).first(size);
        const auto second = std::span(right).first(size);
        BITWRIGHT_CHECK(a.read(tensorOfA, offset + done, first));
        BITWRIGHT_CHECK(b.read(tensorOfB, offset + done, second));
        if (!std::equal(first.begin(), first.end(), second.begin()))
            return false;
    }
    return true;
}

ByteRange unitRange(const plan::Unit& unit)
{
    const std::uint64_t bytes = unit.parameters() * model::bitsPerElement(unit.dtype) / 8;
    return {unit.expert * bytes, bytes};
}

Result<bool> unitUnchanged(const model::Checkpoint& source, const model::Checkpoint& written,
    const plan::Unit& unit, const RunContext& context)
{
    const auto index = written.find(unit.tensor);
    if (!index)
        return false;
    const model::TensorInfo& before = source.tensors()[unit.index];
    const model::TensorInfo& after = written.tensors()[*index];
    if (before.dtype != after.dtype || before.shape != after.shape)
        return false;
    const ByteRange range = unitRange(unit);
    return sameBytes(source, unit.index, written, *index, range.offset, range.count, context);
}

Result<std::uint64_t> compareUntouched(const Job& job, const model::Checkpoint& written,
    std::vector<std::string>& problems, const RunContext& context)
{
    const auto units = job.unitsByTensor();
    const auto& tensors = job.source->tensors();
    std::uint64_t same = 0;
    for (model::TensorIndex i = 0; i < tensors.size(); ++i) {
        context.report(static_cast<double>(i) / static_cast<double>(tensors.size()), "comparing copies");
        if (!units[i].empty())
            continue;
        const model::TensorInfo& info = tensors[i];
        const auto index = written.find(info.name);
        if (!index) {
            problems.push_back(named(info.name, "missing in the export"));
            continue;
        }
        const model::TensorInfo& copy = written.tensors()[*index];
        if (copy.dtype != info.dtype || copy.shape != info.shape) {
            problems.push_back(named(info.name, "has another dtype or shape than in the source"));
            continue;
        }
        BITWRIGHT_ASSIGN(
            const bool equal, sameBytes(*job.source, i, written, *index, 0, info.bytes, context));
        if (equal)
            ++same;
        else
            problems.push_back(named(info.name, "was not quantized, yet its bytes differ from the source"));
    }
    return same;
}

void compareLayout(
    const OutputLayout& layout, const model::Checkpoint& written, std::vector<std::string>& problems)
{
    for (const FileLayout& file : layout.files)
        for (const TensorSpec& spec : file.tensors) {
            const auto index = written.find(spec.name);
            if (!index) {
                problems.push_back(named(spec.name, "missing in the export"));
                continue;
            }
            const model::TensorInfo& info = written.tensors()[*index];
            if (info.dtype != spec.dtype || info.shape != spec.shape || info.bytes != spec.bytes)
                problems.push_back(named(spec.name, "has another dtype or shape than planned"));
        }
    for (const model::TensorInfo& info : written.tensors())
        if (!layout.places.contains(info.name))
            problems.push_back(
                named(info.name, "is in the export, though neither source nor plan explain it"));
}

} // namespace bitwright::exporting
