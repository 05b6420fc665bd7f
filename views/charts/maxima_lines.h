#pragma once

// Keys and looks that the two files of MaximaChart share.
#include "views/charts/maxima_chart.h"

namespace bitwright::views {

enum MaximaLine
{
    kMaximumLine,
    kQuantileLine,
    kRmsLine,
    kCrestLine
};
inline const QString kMassiveSiteKey = QStringLiteral("massive:site");
inline const QString kMassiveTokenKey = QStringLiteral("massive:token");

inline QString maximaLineKey(int line)
{
    return QStringLiteral("statistic:%1").arg(line);
}
inline QString maximaGroupKey(const QString& group)
{
    return QStringLiteral("group:") + group;
}
inline QString maximaDumpKey(int dump)
{
    return QStringLiteral("dump:%1").arg(dump);
}
[[nodiscard]] QString maximaLineName(int line);
// Statistics differ by weight of line and by marker, so that dashes stay free for the second dump.
inline double maximaLineWidth(int line)
{
    return line == kMaximumLine || line == kCrestLine ? 2.2 : 1.3;
}
inline QColor maximaLineColor(const QColor& color, int line, const Theme& theme)
{
    return mix(color, theme.background, line == kRmsLine ? 0.35 : line == kQuantileLine ? 0.15 : 0.0);
}
// Of a kind that is not emphasized: it recedes, but can be told from the ground in a bright room.
inline QColor maximaFaintColor(const QColor& color, const Theme& theme)
{
    constexpr double kLeastContrast = 2.0;
    for (const double share : {0.45, 0.3, 0.15})
        if (const QColor faint = mix(color, theme.background, share);
            contrastRatio(faint, theme.background) >= kLeastContrast)
            return faint;
    QColor faint = color;
    for (int i = 0; i < 8 && contrastRatio(faint, theme.background) < kLeastContrast; ++i)
        faint = mix(faint, theme.foreground, 0.12);
    return faint;
}
// The lines that a statistic may show, the one that stands for the site first.
inline std::vector<int> maximaLinesOf(MaximaStatistic statistic)
{
    switch (statistic) {
    case MaximaStatistic::Maximum:
        return {kMaximumLine};
    case MaximaStatistic::Quantile:
        return {kQuantileLine};
    case MaximaStatistic::Rms:
        return {kRmsLine};
    case MaximaStatistic::Crest:
        return {kCrestLine};
    case MaximaStatistic::Spread:
        break;
    }
    return {kMaximumLine, kQuantileLine, kRmsLine};
}

} // namespace bitwright::views
