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
std::optional<QPointF> MaximaChart::endOf(const QString& group, int line) const
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
    return end && plotArea().adjusted(-1, -1, 1, 1).contains(*end) ? end : std::nullopt;
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
            if (const auto end = endOf(strong.front(), line))
                names.push_back({maximaLineName(line), colorOf(strong.front()), *end, end->y(), true});
    }
    for (const bool emphasized : {true, false}) {
        const std::vector<int> lines = shownLines(emphasized);
        for (const QString& group : m_groups) {
            if (lines.empty() || !namesEveryLine() || strong.contains(group) != emphasized
                || !isLegendKeyShown(maximaGroupKey(group)) || (emphasized && byStatistic))
                continue;
            if (const auto end = endOf(group, lines.back()))
                names.push_back({nameOf(group), colorOf(group), *end, end->y(), false});
        }
    }
    // A point without a line leads the eye nowhere: its own name has to stand beside it.
    std::stable_partition(names.begin(), names.end(), [&](const EndName& name) {
        return name.ofStatistic || std::any_of(m_groups.begin(), m_groups.end(), [&](const QString& group) {
            return nameOf(group) == name.text && isLone(group);
        });
    });
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

bool MaximaChart::isLone(const QString& group) const
{
    return std::none_of(m_data.dumps.begin(), m_data.dumps.end(), [&](const MaximaDump& dump) {
        return std::count_if(dump.sites.begin(), dump.sites.end(), [&](const MaximaSite& site) {
            return site.group == group;
        }) > 1;
    });
}

// Dots from where a line ends to its name, where they do not meet by themselves.
void MaximaChart::paintEndLeader(QCPPainter& painter, const EndName& name) const
{
    constexpr double kClear = 8;
    const QPointF to(plotArea().right() + kGap - 2, name.y), from = name.end + QPointF(kClear, 0);
    if (to.x() - from.x() < 2 * kClear)
        return;
    painter.setPen(QPen(maximaFaintColor(name.color, theme()), 1, Qt::DotLine));
    painter.drawLine(from, to);
}

void MaximaChart::paintEndNames(QCPPainter& painter) const
{
    const QFontMetricsF metrics(smallFont());
    painter.setFont(smallFont());
    const double left = plotArea().right() + kGap, width = endNamesWidth() + 4;
    for (const EndName& name : placedEndNames()) {
        paintEndLeader(painter, name);
        painter.setPen(name.color);
        painter.drawText(QRectF(left, name.y - metrics.height() / 2, width, metrics.height()),
            Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
            metrics.elidedText(name.text, Qt::ElideRight, width));
    }
}

} // namespace bitwright::views
