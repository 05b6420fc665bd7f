#pragma once

#include "views/charts/alpha_chart.h"
#include "views/charts/channel_ridge.h"
#include "views/charts/matrix_image.h"
#include "views/charts/spectrum_chart.h"
#include "views/charts/weight_histogram.h"
#include "views/models/document.h"

namespace bitwright::views {

// What the charts of one tensor draw. Free functions without widgets, so that they are tested alone.

/// Levels and clipping come from weightGrid, which needs the weights.
[[nodiscard]] WeightHistogramData weightHistogramData(
    const model::TensorInfo& tensor, const stats::WeightStats& stats);
/// The borders of equally wide bins, as many times finer as the crowded part of a histogram needs to have a
/// shape: a few far weights leave it a handful of the scan's bins. The same borders where they are fine
/// enough.
[[nodiscard]] std::vector<double> finerEdges(const WeightHistogramData& histogram);
/// Ranges of the inputs or outputs of a tensor; `site` (may be nullptr) gives the activations of inputs.
[[nodiscard]] ChannelRidgeData channelRidgeData(
    const model::TensorInfo& tensor, const stats::WeightStats& stats, const model::Site* site, bool inputs);
/// The eigenvalues with the bulk and the tail of one estimator (none where it did not fit).
[[nodiscard]] SpectrumData spectrumData(
    const model::TensorInfo& tensor, const project::StoredSpectrum& stored, spectra::TailEstimator estimator);
[[nodiscard]] QString estimatorText(spectra::TailEstimator estimator);
[[nodiscard]] QString estimatorHelp(spectra::TailEstimator estimator);

/// A number of a spectrum for a table; NaN where it does not exist.
struct SpectrumMetric
{
    QString name;
    double value = 0;
    QString help;
};
[[nodiscard]] std::vector<SpectrumMetric> spectrumMetrics(const project::StoredSpectrum& stored);
/// Alpha and bits of every unit, or their means per block.
[[nodiscard]] AlphaData alphaData(const Document& document, spectra::TailEstimator estimator, bool perBlock);

/// One matrix of a model: a tensor, or one expert of a stack.
struct MatrixRef
{
    int tensor = -1;
    std::uint64_t expert = 0;
    bool operator==(const MatrixRef&) const = default;
};

/// Cells of a picture: each stands for rowsPerCell x columnsPerCell values by their extreme.
struct CellShape
{
    std::uint64_t rowsPerCell = 1;
    std::uint64_t columnsPerCell = 1;
};
/// The finest shape with at most `limit` cells, halving the longer side of the picture first.
[[nodiscard]] CellShape cellShape(std::uint64_t rows, std::uint64_t columns, std::uint64_t limit);

/// A matrix reduced to cells, ready to be drawn.
struct MatrixPicture
{
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    CellShape shape;
    std::shared_ptr<const ExtremePyramid> cells;
};

/// Cells kept for one picture: 16 MiB, far above the pixels of a screen.
inline constexpr std::uint64_t kPictureCells = std::uint64_t{1} << 22;

// What follows is costly: run it in a job. Reads tiles of rows; memory holds a tile and the pictures.

[[nodiscard]] Result<MatrixPicture> weightPicture(
    const session::Workspace& workspace, MatrixRef matrix, const RunContext& context);

/// An option run on one matrix: what its grid is, where the values land and what is lost.
struct WeightGrid
{
    std::string option;
    double bits = 0;
    std::uint64_t columnsPerGroup = 0;
    std::vector<GridLevel> levels; ///< At the median scale; the share counts every group.
    std::vector<double> edges, counts; ///< The histogram again, of this matrix: as fine as was asked for.
    std::vector<double> clipped; ///< Per bin of the histogram: weights beyond their group's outermost level.
    std::uint64_t clippedWeights = 0; ///< By more than the half step that rounding may err.
    std::uint64_t weights = 0;
    std::optional<double> sqnrDb;
    double maxError = 0;
    MatrixPicture error; ///< Decoded minus original.
    MatrixPicture scales; ///< Rows x groups.
};
/// `edges` are the borders of the histogram's bins, equally wide (may be empty). Errors: those of reading and
/// quantizing.
[[nodiscard]] Result<WeightGrid> weightGrid(const session::Workspace& workspace, MatrixRef matrix,
    const quant::Option& option, const std::vector<double>& edges, const RunContext& context);

/// Single values of a part of a matrix: the weights, or with `option` what rounding to it changes.
struct PartRequest
{
    MatrixRef matrix;
    std::optional<quant::Option> option;
    std::uint64_t firstRow = 0, lastRow = 0, firstColumn = 0, lastColumn = 0;
};
[[nodiscard]] Result<MatrixPart> matrixPart(
    const session::Workspace& workspace, const PartRequest& request, const RunContext& context);

/// Eigenvalues of (decoded - original)^T (decoded - original); empty when the matrix is too large for a
/// picture to wait for.
[[nodiscard]] Result<std::vector<double>> errorSpectrum(const session::Workspace& workspace, MatrixRef matrix,
    const quant::Option& option, const RunContext& context);
/// Weights above which errorSpectrum gives nothing.
inline constexpr std::uint64_t kErrorSpectrumLimit = std::uint64_t{4} << 20;

} // namespace bitwright::views
