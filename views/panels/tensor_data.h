#pragma once

#include "views/charts/spectrum_chart.h"
#include "views/charts/weight_histogram.h"
#include "views/models/document.h"

namespace bitwright::views {

// What the charts of one tensor draw. Free functions without widgets, so that they are tested alone.

/// `levels` and clipping are filled by weightGrid, which needs the weights.
[[nodiscard]] WeightHistogramData weightHistogramData(
    const model::TensorInfo& tensor, const stats::WeightStats& stats);
[[nodiscard]] SpectrumData spectrumData(
    const model::TensorInfo& tensor, const project::StoredSpectrum& stored);

/// Levels of an option over one matrix with their occupancy, and what the error of rounding to it looks like.
/// Costly: run it in a job.
struct WeightGrid
{
    std::string option;
    double bits = 0;
    std::vector<GridLevel> levels; ///< Of the whole tensor's typical group: the median scale.
    double clippedShare = 0;
    std::vector<double> errorEigenvalues; ///< Of W_hat - W; empty when too large for a picture.
    double sqnrDb = 0;
};
[[nodiscard]] Result<WeightGrid> weightGrid(const session::Workspace& workspace, model::TensorIndex tensor,
    const quant::Option& option, const RunContext& context);

} // namespace bitwright::views
