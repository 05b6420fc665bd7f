// The names at the right ends of MaximaChart's lines, so that the eye need not go to the legend.
#include "views/charts/maxima_lines.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
constexpr int kRoomForAll = 300; // pixels of width from which every line is named
constexpr int kRoomForFull = 620; // and from which by its full name
constexpr double kWidestShare = 0.22; // of the chart, for the names
constexpr double kGap = 6;
constexpr double kFarthestShift = 1.6; // in heights of a name, from the end of its line
} // namespace

bool MaximaChart::namesEveryLine() const
{
    return viewport().width() >= kRoomForAll && m_groups.size() > 1;
}

QString MaximaChart::nameOf(const QString& group) const
{
    return viewport().width() >= kRoomForFull ? group : m_data.briefGroups.value(group, group);
}

double MaximaChart::endNamesWidth() const
{
    const QFontMetricsF metrics(smallFont());
    double widest = 0;
    if (m_statistic == MaximaStatistic::Spread)
        for (const int line : maximaLinesOf(m_statistic))
            widest = std::max(widest, metrics.horizontalAdvance(maximaLineName(line)));
    if (namesEveryLine())
        for (const QString& group : m_groups)
            widest = std::max(widest, metrics.horizontalAdvance(nameOf(group)));
    return widest > 0 ? std::min(std::ceil(widest) + kGap, kWidestShare * viewport().width()) : 0;
}

// Where a line of the first dump ends, if that is in view.
std::optional<double> MaximaChart::endOf(const QString& group, int line) const
{
    std::optional<QPointF> end;
    double last = -2;
    for (const MaximaSite& site : m_data.dumps[0].sites) {
        const auto value = maximaValue(site, line);
        const bool drawable = value && std::isfinite(*value) && (*value > 0 || !isLogarithmic(Qt::Vertical));
        if (site.group != group || site.position() < last || !drawable)
            continue;
        last = site.position();
        end = toPixel(last, *value);
    }
    return end && plotArea().adjusted(-1, -1, 1, 1).contains(*end) ? std::optional(end->y()) : std::nullopt;
}

// The important ones first: of an emphasized kind on its own its statistics, of the others the kind.
std::vector<MaximaChart::EndName> MaximaChart::wantedEndNames() const
{
    std::vector<EndName> names;
    if (m_data.dumps.empty() || !isLegendKeyShown(maximaDumpKey(0)))
        return names;
    const QStringList strong = emphasizedGroups();
    const auto colorOf = [&](const QString& group) {
        return mix(
            categoryStyle(static_cast<int>(m_groups.indexOf(group)), theme()).color, theme().foreground, 0.4);
    };
    const bool byStatistic = strong.size() == 1 && m_statistic == MaximaStatistic::Spread;
    if (byStatistic) {
        std::vector<int> lines = shownLines(true);
        std::reverse(lines.begin(), lines.end());
        for (const int line : lines)
            if (const auto y = endOf(strong.front(), line))
                names.push_back({maximaLineName(line), colorOf(strong.front()), *y});
    }
    for (const bool emphasized : {true, false}) {
        const std::vector<int> lines = shownLines(emphasized);
        for (const QString& group : m_groups) {
            if (lines.empty() || !namesEveryLine() || strong.contains(group) != emphasized
                || !isLegendKeyShown(maximaGroupKey(group)) || (emphasized && byStatistic))
                continue;
            if (const auto y = endOf(group, lines.back()))
                names.push_back({nameOf(group), colorOf(group), *y});
        }
    }
    return names;
}

std::vector<MaximaChart::EndName> MaximaChart::placedEndNames() const
{
    std::vector<EndName> names = wantedEndNames();
    std::vector<double> wanted;
    for (const EndName& name : names)
        wanted.push_back(name.y);
    const double height = QFontMetricsF(smallFont()).height();
    const auto places = spreadLabels(wanted, height,
        {plotArea().top() + height / 2, plotArea().bottom() - height / 2}, kFarthestShift * height);
    for (std::size_t i = 0; i < names.size(); ++i)
        names[i].y = places[i];
    std::erase_if(names, [](const EndName& name) { return std::isnan(name.y); });
    return names;
}

QStringList MaximaChart::endNames() const
{
    QStringList texts;
    for (const EndName& name : placedEndNames())
        texts << name.text;
    return texts;
}

void MaximaChart::paintEndNames(QCPPainter& painter) const
{
    const QFontMetricsF metrics(smallFont());
    painter.setFont(smallFont());
    const double left = plotArea().right() + kGap, width = endNamesWidth() + 4;
    for (const EndName& name : placedEndNames()) {
        painter.setPen(name.color);
        painter.drawText(QRectF(left, name.y - metrics.height() / 2, width, metrics.height()),
            Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
            metrics.elidedText(name.text, Qt::ElideRight, width));
    }
}

} // namespace bitwright::views
