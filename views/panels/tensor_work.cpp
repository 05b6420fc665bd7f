// The costly half of tensor_data.h: what needs the weights.
#include "core/model/matrix_reader.h"
#include "core/quant/gptq.h"
#include "core/score/option_error.h"
#include "core/spectra/eigenvalues.h"
#include "views/panels/tensor_data.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {

constexpr std::size_t kTileBytes = std::size_t{8} << 20;

/// Reduces a matrix that arrives row by row to the cells of a picture.
class Cells
{
public:
    Cells(std::uint64_t rows, std::uint64_t columns)
        : m_shape(cellShape(rows, columns, kPictureCells))
        , m_rows(rows)
        , m_columns(columns)
        , m_across((columns + m_shape.columnsPerCell - 1) / m_shape.columnsPerCell)
        , m_down((rows + m_shape.rowsPerCell - 1) / m_shape.rowsPerCell)
        , m_values(m_across * m_down, 0.0F)
    { }

    void addRow(std::uint64_t row, std::span<const float> values)
    {
        float* cells = m_values.data() + row / m_shape.rowsPerCell * m_across;
        if (m_shape.columnsPerCell == 1 && m_shape.rowsPerCell == 1) {
            std::copy(values.begin(), values.end(), cells);
            return;
        }
        for (std::uint64_t c = 0; c < m_columns; ++c) {
            float& cell = cells[c / m_shape.columnsPerCell];
            cell = mergedExtreme(cell, values[c]);
        }
    }

    [[nodiscard]] MatrixPicture finish()
    {
        return {m_rows, m_columns, m_shape,
            std::make_shared<const ExtremePyramid>(std::move(m_values), m_down, m_across)};
    }

private:
    CellShape m_shape;
    std::uint64_t m_rows, m_columns, m_across, m_down;
    std::vector<float> m_values;
};

/// Rounds tiles of rows of one matrix with one option.
class Rounder
{
public:
    [[nodiscard]] static Result<Rounder> make(const session::Workspace& workspace, MatrixRef matrix,
        const quant::Option& option, std::uint64_t columns, const RunContext& context)
    {
        Rounder rounder(option);
        if (!option.grid)
            return fail(ErrorCode::InvalidArgument, "{} keeps the weights as they are.", option.id);
        if (!option.needsGram)
            return rounder;
        const auto& name = workspace.checkpoint().tensors()[static_cast<std::size_t>(matrix.tensor)].name;
        if (workspace.dump() == nullptr)
            return fail(ErrorCode::InvalidArgument, "{} needs activations.", option.id);
        BITWRIGHT_ASSIGN(const auto evidence, score::loadEvidence(*workspace.dump(), name, true));
        if (!evidence.gram)
            return fail(ErrorCode::InvalidArgument, "{} needs the Gram of this tensor's inputs.", option.id);
        const quant::GramView gram{evidence.gram->lower, evidence.gram->width, evidence.gram->count};
        BITWRIGHT_ASSIGN(rounder.m_factor,
            quant::GptqFactor::make(
                gram, option.settings, context.serial(), option.grid->groupWidth(columns)));
        return rounder;
    }

    [[nodiscard]] Result<numeric::QuantizedMatrix> round(
        const quant::WeightTile& tile, const RunContext& context) const
    {
        if (m_factor)
            return quant::quantizeGptq(tile, *m_option.grid, m_option.settings, *m_factor, context);
        return quant::quantize(
            tile, *m_option.grid, m_option.method, m_option.settings, std::nullopt, context);
    }

private:
    explicit Rounder(quant::Option option)
        : m_option(std::move(option))
    { }
    quant::Option m_option;
    std::optional<quant::GptqFactor> m_factor;
};

RunContext quietly(const RunContext& context)
{
    RunContext quiet = context;
    quiet.progress = nullptr;
    return quiet;
}

Result<model::MatrixReader> readerOf(const session::Workspace& workspace, MatrixRef matrix)
{
    return model::MatrixReader::open(
        workspace.checkpoint(), static_cast<model::TensorIndex>(matrix.tensor), matrix.expert);
}

/// Counts what the codes of a matrix mean.
class GridCounter
{
public:
    GridCounter(const numeric::GridSpec& grid, const std::vector<double>& edges)
        : m_grid(grid)
        , m_edges(edges)
        , m_codes(256, 0)
        , m_clipped(edges.size() > 1 ? edges.size() - 1 : 0, 0)
        , m_counts(m_clipped)
    {
        const auto levels = numeric::gridLevels(grid, 1.0F, 0);
        // Rounding may err by half a step; what lies further out was cut off by the end of the grid.
        m_low = levels.front() - (levels[1] - levels.front()) / 2;
        m_high = levels.back() + (levels.back() - levels[levels.size() - 2]) / 2;
    }

    void add(std::span<const float> weights, const numeric::QuantizedMatrix& quantized)
    {
        for (const auto code : quantized.codes)
            ++m_codes[code];
        m_scales.insert(m_scales.end(), quantized.scales.begin(), quantized.scales.end());
        for (const auto zero : quantized.zeros)
            ++m_zeros[zero];
        countClipped(weights, quantized);
        if (!m_counts.empty())
            countAll(weights);
    }

    void finish(WeightGrid& grid)
    {
        if (m_scales.empty())
            return;
        const auto middle = m_scales.begin() + static_cast<std::ptrdiff_t>(m_scales.size() / 2);
        std::nth_element(m_scales.begin(), middle, m_scales.end());
        const int zero = medianZero();
        const auto values = numeric::gridLevels(m_grid, *middle, zero);
        std::vector<std::uint64_t> counts(values.size(), 0);
        const auto meaning = meaningOfCodes(*middle, zero);
        std::uint64_t total = 0;
        for (std::size_t code = 0; code < meaning.size(); ++code) {
            const auto found = std::lower_bound(values.begin(), values.end(), meaning[code]);
            total += m_codes[code];
            if (found != values.end() && *found == meaning[code])
                counts[static_cast<std::size_t>(found - values.begin())] += m_codes[code];
        }
        for (std::size_t i = 0; i < values.size(); ++i)
            grid.levels.push_back({static_cast<double>(values[i]),
                static_cast<double>(counts[i]) / static_cast<double>(total)});
        grid.clipped = std::move(m_clipped);
        grid.clippedWeights = m_clippedWeights;
        grid.edges = m_edges;
        grid.counts = std::move(m_counts);
    }

private:
    // The bins are equally wide: no search per weight.
    void countAll(std::span<const float> weights)
    {
        const double low = m_edges.front(), last = static_cast<double>(m_counts.size() - 1);
        const double perWidth = static_cast<double>(m_counts.size()) / (m_edges.back() - low);
        for (const float w : weights)
            if (double{w} >= low && double{w} <= m_edges.back())
                ++m_counts[static_cast<std::size_t>(std::min(last, (double{w} - low) * perWidth))];
    }

    void countClipped(std::span<const float> weights, const numeric::QuantizedMatrix& quantized)
    {
        constexpr float kScaleRounding = 1.004F; // bf16 scales may fall short of the range by 2^-8
        const std::uint64_t groups = quantized.groups(), width = m_grid.groupWidth(quantized.cols);
        for (std::uint64_t row = 0; row < quantized.rows; ++row) {
            for (std::uint64_t group = 0; group < groups; ++group) {
                const std::uint64_t slot = row * groups + group;
                const float zero = quantized.zeros.empty() ? 0.0F : static_cast<float>(quantized.zeros[slot]);
                const float scale = quantized.scales[slot] * kScaleRounding;
                const float low = (m_low - zero) * scale, high = (m_high - zero) * scale;
                const std::uint64_t last = std::min(quantized.cols, (group + 1) * width);
                for (std::uint64_t c = group * width; c < last; ++c) {
                    const float w = weights[row * quantized.cols + c];
                    if (w < low || w > high)
                        countAt(double{w});
                }
            }
        }
    }

    void countAt(double weight)
    {
        ++m_clippedWeights;
        if (const int bin = binAt(m_edges, weight); bin >= 0)
            ++m_clipped[static_cast<std::size_t>(bin)];
    }

    [[nodiscard]] int medianZero() const
    {
        std::uint64_t all = 0, seen = 0;
        for (const auto count : m_zeros)
            all += count;
        for (std::size_t zero = 0; all > 0 && zero < m_zeros.size(); ++zero) {
            seen += m_zeros[zero];
            if (2 * seen >= all)
                return static_cast<int>(zero);
        }
        return 0;
    }

    /// What each code decodes to in a group of this scale and zero point.
    [[nodiscard]] std::vector<float> meaningOfCodes(float scale, int zero) const
    {
        const std::uint64_t count = std::uint64_t{1} << m_grid.bits;
        auto every = numeric::QuantizedMatrix::allocate(m_grid, 1, count);
        for (std::uint64_t code = 0; code < count; ++code)
            every.codes[code] = static_cast<std::uint8_t>(code);
        std::fill(every.scales.begin(), every.scales.end(), scale);
        std::fill(every.zeros.begin(), every.zeros.end(), static_cast<std::uint8_t>(zero));
        std::vector<float> values(count);
        numeric::decodeRows(every, 0, 1, values);
        return values;
    }

    numeric::GridSpec m_grid;
    const std::vector<double>& m_edges;
    std::vector<std::uint64_t> m_codes;
    std::vector<double> m_clipped, m_counts; // per bin
    std::uint64_t m_clippedWeights = 0;
    std::vector<float> m_scales;
    std::array<std::uint64_t, 256> m_zeros{};
    float m_low = 0, m_high = 0;
};

} // namespace

CellShape cellShape(std::uint64_t rows, std::uint64_t columns, std::uint64_t limit)
{
    CellShape shape;
    const auto parts = [](std::uint64_t side, std::uint64_t step) { return (side + step - 1) / step; };
    while (parts(rows, shape.rowsPerCell) * parts(columns, shape.columnsPerCell)
        > std::max<std::uint64_t>(limit, 1)) {
        if (parts(rows, shape.rowsPerCell) >= parts(columns, shape.columnsPerCell))
            shape.rowsPerCell *= 2;
        else
            shape.columnsPerCell *= 2;
    }
    return shape;
}

Result<MatrixPicture> weightPicture(
    const session::Workspace& workspace, MatrixRef matrix, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto reader, readerOf(workspace, matrix));
    Cells cells(reader.rows(), reader.cols());
    const std::uint64_t step = reader.rowsPerTile(kTileBytes);
    std::vector<float> tile;
    for (std::uint64_t begin = 0; begin < reader.rows(); begin += step) {
        BITWRIGHT_CHECK(context.checkStop());
        const std::uint64_t end = std::min(reader.rows(), begin + step);
        tile.resize((end - begin) * reader.cols());
        BITWRIGHT_CHECK(reader.readRows(begin, end, tile));
        for (std::uint64_t row = begin; row < end; ++row)
            cells.addRow(row, std::span(tile).subspan((row - begin) * reader.cols(), reader.cols()));
        context.report(static_cast<double>(end) / static_cast<double>(reader.rows()), "reading weights");
    }
    return cells.finish();
}

Result<WeightGrid> weightGrid(const session::Workspace& workspace, MatrixRef matrix,
    const quant::Option& option, const std::vector<double>& edges, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto reader, readerOf(workspace, matrix));
    const std::uint64_t rows = reader.rows(), columns = reader.cols();
    const RunContext quiet = quietly(context);
    BITWRIGHT_ASSIGN(const auto rounder, Rounder::make(workspace, matrix, option, columns, quiet));
    WeightGrid grid;
    grid.option = option.id;
    grid.bits = option.grid->bitsPerWeight(rows, columns);
    grid.columnsPerGroup = option.grid->groupWidth(columns);
    grid.weights = rows * columns;
    GridCounter counter(*option.grid, edges);
    Cells error(rows, columns), scales(rows, option.grid->groupsPerRow(columns));
    const std::uint64_t groups = option.grid->groupsPerRow(columns), step = reader.rowsPerTile(kTileBytes);
    std::vector<float> tile, decoded;
    quant::ErrorSummary summary;
    for (std::uint64_t begin = 0; begin < rows; begin += step) {
        BITWRIGHT_CHECK(context.checkStop());
        const std::uint64_t end = std::min(rows, begin + step);
        tile.resize((end - begin) * columns);
        decoded.resize(tile.size());
        BITWRIGHT_CHECK(reader.readRows(begin, end, tile));
        const quant::WeightTile weights{tile, end - begin, columns};
        BITWRIGHT_ASSIGN(const auto quantized, rounder.round(weights, quiet));
        counter.add(tile, quantized);
        numeric::decodeRows(quantized, 0, end - begin, decoded);
        for (std::size_t i = 0; i < tile.size(); ++i) {
            decoded[i] -= tile[i];
            summary.squaredError += double{decoded[i]} * double{decoded[i]};
            summary.squaredWeight += double{tile[i]} * double{tile[i]};
            summary.maxAbsError = std::max(summary.maxAbsError, std::abs(double{decoded[i]}));
        }
        for (std::uint64_t row = begin; row < end; ++row) {
            error.addRow(row, std::span(decoded).subspan((row - begin) * columns, columns));
            scales.addRow(row, std::span(quantized.scales).subspan((row - begin) * groups, groups));
        }
        context.report(static_cast<double>(end) / static_cast<double>(rows), "rounding");
    }
    summary.count = grid.weights;
    grid.sqnrDb = summary.sqnrDb();
    grid.maxError = summary.maxAbsError;
    counter.finish(grid);
    grid.error = error.finish();
    grid.scales = scales.finish();
    return grid;
}

Result<MatrixPart> matrixPart(
    const session::Workspace& workspace, const PartRequest& request, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto reader, readerOf(workspace, request.matrix));
    const std::uint64_t columns = reader.cols();
    const std::uint64_t last = std::min(request.lastRow, reader.rows());
    const std::uint64_t right = std::min(request.lastColumn, columns);
    if (request.firstRow >= last || request.firstColumn >= right)
        return fail(ErrorCode::OutOfRange, "The part lies beside the matrix.");
    const std::uint64_t width = right - request.firstColumn;
    const RunContext quiet = quietly(context);
    std::optional<Rounder> rounder;
    if (request.option) {
        BITWRIGHT_ASSIGN(rounder, Rounder::make(workspace, request.matrix, *request.option, columns, quiet));
    }
    std::vector<float> values, tile, decoded;
    values.reserve((last - request.firstRow) * width);
    const std::uint64_t step = reader.rowsPerTile(kTileBytes);
    for (std::uint64_t begin = request.firstRow; begin < last; begin += step) {
        BITWRIGHT_CHECK(context.checkStop());
        const std::uint64_t end = std::min(last, begin + step);
        tile.resize((end - begin) * columns);
        BITWRIGHT_CHECK(reader.readRows(begin, end, tile));
        if (rounder) {
            BITWRIGHT_ASSIGN(const auto quantized, rounder->round({tile, end - begin, columns}, quiet));
            decoded.resize(tile.size());
            numeric::decodeRows(quantized, 0, end - begin, decoded);
            for (std::size_t i = 0; i < tile.size(); ++i)
                tile[i] = decoded[i] - tile[i];
        }
        for (std::uint64_t row = 0; row < end - begin; ++row) {
            const auto from = tile.begin() + static_cast<std::ptrdiff_t>(row * columns + request.firstColumn);
            values.insert(values.end(), from, from + static_cast<std::ptrdiff_t>(width));
        }
    }
    return MatrixPart{request.firstRow, request.firstColumn,
        std::make_shared<const ExtremePyramid>(std::move(values), last - request.firstRow, width)};
}

Result<std::vector<double>> errorSpectrum(const session::Workspace& workspace, MatrixRef matrix,
    const quant::Option& option, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto reader, readerOf(workspace, matrix));
    if (reader.rows() * reader.cols() > kErrorSpectrumLimit || !option.grid)
        return std::vector<double>();
    PartRequest all{matrix, option, 0, reader.rows(), 0, reader.cols()};
    BITWRIGHT_ASSIGN(const auto part, matrixPart(workspace, all, context.part(0.0, 0.5)));
    std::vector<float> error(reader.rows() * reader.cols());
    for (std::uint64_t row = 0; row < reader.rows(); ++row)
        for (std::uint64_t column = 0; column < reader.cols(); ++column)
            error[row * reader.cols() + column] = part.values->at(row, column);
    return spectra::gramEigenvalues(error, reader.rows(), reader.cols(), context.part(0.5, 1.0));
}

} // namespace bitwright::views
