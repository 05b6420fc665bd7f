#pragma once

// Keys and looks that the two files of SpectrumChart share.
#include "views/charts/spectrum_chart.h"

namespace bitwright::views::spectrum {

inline const QString kWeightsKey = QStringLiteral("weights");
inline const QString kBulkKey = QStringLiteral("bulk");
inline const QString kErrorKey = QStringLiteral("error");
inline const QString kSpikesKey = QStringLiteral("spikes");
inline const QString kLonersKey = QStringLiteral("loners");
inline const QString kEstimatorsKey = QStringLiteral("estimators");
inline QString tailKey(std::size_t i)
{
    return QStringLiteral("tail:%1").arg(i);
}
inline constexpr int kBulkStyle = 3; // of the categories: apart from the colors of bits, which the error has

} // namespace bitwright::views::spectrum
