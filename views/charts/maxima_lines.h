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
// Statistics of a site share its color, a lighter one would be that of another site, and differ by weight of
// line and by marker, so that dashes stay free for the second dump.
inline double maximaLineWidth(int line)
{
    return line == kMaximumLine || line == kCrestLine ? 2.2 : 1.3;
}
// Enough against the ground to be seen in a bright room: some colors of the categories are weak on white.
inline QColor maximaReadable(QColor color, const Theme& theme)
{
    constexpr double kLeastContrast = 3.0;
    for (int i = 0; i < 16 && contrastRatio(color, theme.background) < kLeastContrast; ++i)
        color = mix(color, theme.foreground, 0.08);
    return color;
}
constexpr double kMaximaFaintWidth = 1.5; // thinner, antialiasing would take half of the contrast
// Of a kind that is not emphasized: it recedes by its width, and by its color only so far that the two blues
// of the set can still be told apart.
inline QColor maximaFaintColor(const QColor& color, const Theme& theme)
{
    return maximaReadable(mix(color, theme.background, 0.15), theme);
}
// Of its massive marks, which are filled and many.
inline QColor maximaFaintMarkColor(const QColor& color, const Theme& theme)
{
    return maximaReadable(mix(color, theme.background, 0.45), theme);
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
