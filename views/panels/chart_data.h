#pragma once

#include "views/charts/block_role_matrix.h"
#include "views/charts/maxima_chart.h"
#include "views/charts/outlier_map.h"
#include "views/charts/pareto_chart.h"
#include "views/charts/size_treemap.h"
#include "views/charts/spectrum_chart.h"
#include "views/charts/weight_histogram.h"
#include "views/models/document.h"

namespace bitwright::views {

// What the charts draw, from what the document knows. Free functions without widgets, so that they are tested
// alone.

/// Short word for a role as a column heading, translated: "q", "up".
[[nodiscard]] QString roleLabel(model::Role role);
[[nodiscard]] QString roleDescription(model::Role role);
/// Heading above several roles: "attention", "mlp"; empty for others.
[[nodiscard]] QString roleGroup(model::Role role);

/// Name of a site's kind for legends: "input of q, k, v", "residual", "attention output".
[[nodiscard]] QString siteGroup(const model::Site& site);
[[nodiscard]] QString siteShortLabel(const model::Site& site);

[[nodiscard]] MaximaData maximaData(const Document& document);
/// Rows are the sites of `map`; marks are the LLM.int8() features (joint reading) where they are known.
[[nodiscard]] OutlierMapData outlierMapData(const Document& document, const stats::ChannelMap& map);
/// `levels` and clipping are filled by weightGrid, which needs the weights.
[[nodiscard]] WeightHistogramData weightHistogramData(
    const model::TensorInfo& tensor, const stats::WeightStats& stats);
[[nodiscard]] SpectrumData spectrumData(
    const model::TensorInfo& tensor, const project::StoredSpectrum& stored);
[[nodiscard]] MatrixData matrixData(const Document& document);
[[nodiscard]] std::vector<MatrixUnit> matrixUnits(const Document& document, const MatrixData& layout);
[[nodiscard]] ParetoData paretoData(const Document& document);
[[nodiscard]] std::vector<TreemapItem> treemapItems(const Document& document);

/// "predicted harm (fisher^0.25, not measured)"
[[nodiscard]] QString harmLabel(const Document& document);
/// "tiny-llama; KJV sample (4 096 tokens)"
[[nodiscard]] QString sourceText(const Document& document);

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
