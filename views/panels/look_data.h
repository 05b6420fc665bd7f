#pragma once

#include "views/charts/maxima_chart.h"
#include "views/charts/outlier_map.h"
#include "views/panels/chart_data.h"

namespace bitwright::views {

// What the charts of activations draw. Free functions without widgets, so that they are tested alone.

/// Name of a site's kind for legends: "input of q, k, v", "residual", "attention output".
[[nodiscard]] QString siteGroup(const model::Site& site);
[[nodiscard]] QString siteShortLabel(const model::Site& site);

[[nodiscard]] MaximaData maximaData(const Document& document);
/// Rows are the sites of `map`; marks are the LLM.int8() features (joint reading) where they are known.
[[nodiscard]] OutlierMapData outlierMapData(const Document& document, const stats::ChannelMap& map);

} // namespace bitwright::views
