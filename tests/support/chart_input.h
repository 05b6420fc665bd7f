#pragma once

// Made-up data for charts.
#include "tests/support/chart_hands.h"
#include "views/charts/outlier_map.h"
#include "views/charts/pareto_chart.h"

#include <cmath>

namespace bitwright::views {

inline ParetoData paretoData()
{
    ParetoData data;
    for (int i = 0; i < 20; ++i)
        data.frontier.push_back({1e6 + 1e5 * i, std::exp2(-i)});
    data.current = ParetoMark{utf8("plan"), 1e6 + 1e5 * 5, std::exp2(-5), std::nullopt, false};
    data.currentState = 5;
    data.budgetBytes = 2.2e6;
    data.plannedWeights = 4e6;
    return data;
}

inline OutlierMapData outlierData(int rows, int channels, int hotRow, int hotChannel)
{
    OutlierMapData data;
    data.measure = utf8("max |x|");
    for (int r = 0; r < rows; ++r) {
        OutlierRow row;
        row.name = utf8("layer %1").arg(r);
        row.label = QString::number(r);
        row.values.assign(static_cast<std::size_t>(channels), 1.0F);
        data.rows.push_back(std::move(row));
    }
    data.rows[static_cast<std::size_t>(hotRow)].values[static_cast<std::size_t>(hotChannel)] = 1000.0F;
    return data;
}

} // namespace bitwright::views
