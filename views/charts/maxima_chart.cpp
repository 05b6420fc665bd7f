#include "views/charts/maxima_chart.h"

#include <QFontMetricsF>
#include <QKeyEvent>

#include <algorithm>
#include <array>
#include <cmath>

namespace bitwright::views {

namespace {
enum Statistic
{
    Maximum,
    Quantile,
    Rms,
    StatisticCount
};

std::optional<double> valueOf(const MaximaSite& site, int statistic)
{
    switch (statistic) {
    case Maximum:
        return site.maximum;
    case Quantile:
        return site.quantile999;
    default:
        return site.rms;
    }
}
QString statisticKey(int statistic)
{
    return QStringLiteral("statistic:%1").arg(statistic);
}
QString groupKey(const QString& group)
{
    return QStringLiteral("group:") + group;
}
QString statisticName(int statistic)
{
    static const std::array<QString, StatisticCount> names{
        QStringLiteral("max |x|"), QStringLiteral("q99.9"), QStringLiteral("rms")};
    return names[static_cast<std::size_t>(statistic)];
}
// Statistics differ by weight of line and by marker, so that dashes stay free for the second dump.
double statisticWidth(int statistic)
{
    return statistic == Maximum ? 2.0 : 1.2;
}
QColor statisticColor(const QColor& color, int statistic, const Theme& theme)
{
    return mix(color, theme.background, statistic == Rms ? 0.5 : statistic == Quantile ? 0.2 : 0.0);
}
constexpr double kHitRadius = 9;
const QString kMassiveKey = QStringLiteral("massive");
} // namespace

MaximaChart::MaximaChart(QWidget* parent)
    : ChartBase(parent)
{
    setLogAllowed(Qt::Vertical, true);
    setLogarithmic(Qt::Vertical, true);
    setAxisLabel(Qt::Horizontal, tr("block"));
    setAxisLabel(Qt::Vertical, tr("|x|"));
    setTicks(
        xAxis,
        [this](Interval range, int target) {
            Ticks ticks = integerTicks(range, target);
            for (Tick& tick : ticks.major) {
                if (m_data.lastBlock >= 0 && tick.value < -0.5)
                    tick.label = tr("start");
                else if (m_data.lastBlock >= 0 && tick.value > m_data.lastBlock + 0.5)
                    tick.label = tr("end");
            }
            return ticks;
        },
        60);
    setCrosshair(false, true);
}

void MaximaChart::setData(MaximaData data)
{
    m_data = std::move(data);
    m_groups.clear();
    for (const MaximaDump& dump : m_data.dumps)
        for (const MaximaSite& site : dump.sites)
            if (!m_groups.contains(site.group))
                m_groups << site.group;
    m_hover = {};
    dataChanged();
}

int MaximaChart::groupIndex(const QString& group) const
{
    return static_cast<int>(m_groups.indexOf(group));
}

Interval MaximaChart::homeRange(Qt::Orientation axis) const
{
    std::vector<double> values;
    for (const MaximaDump& dump : m_data.dumps) {
        for (const MaximaSite& site : dump.sites) {
            if (axis == Qt::Horizontal) {
                values.push_back(site.block);
                continue;
            }
            for (int s = 0; s < StatisticCount; ++s)
                if (const auto value = valueOf(site, s))
                    values.push_back(*value);
        }
        for (const MassiveMark& mark : dump.massive)
            if (axis == Qt::Vertical)
                values.push_back(std::abs(mark.value));
    }
    const bool logarithmic = isLogarithmic(axis);
    const auto range = finiteRange(values, logarithmic);
    if (!range)
        return axis == Qt::Horizontal ? Interval{-0.5, 0.5} : Interval{0.1, 10};
    if (axis == Qt::Horizontal)
        return {range->lower - 0.6, range->upper + 0.6};
    if (!logarithmic)
        return {0, padded({0, range->upper}, 0.1, false).upper};
    const Interval wide = padded(*range, 0.05, true);
    return {wide.lower, wide.upper * 1.3}; // labels of the marks stand above them
}

void MaximaChart::rebuildLegend()
{
    std::vector<LegendEntry> entries;
    for (int g = 0; g < m_groups.size(); ++g) {
        const CategoryStyle style = categoryStyle(g, theme());
        LegendEntry entry;
        entry.key = groupKey(m_groups[g]);
        entry.label = m_groups[g];
        entry.color = style.color;
        entry.width = 2;
        entry.marker = style.marker;
        entries.push_back(entry);
    }
    for (int s = 0; s < StatisticCount; ++s) {
        LegendEntry entry;
        entry.key = statisticKey(s);
        entry.label = statisticName(s);
        entry.color = statisticColor(theme().foreground, s, theme());
        entry.width = statisticWidth(s);
        entry.marker = s == Rms ? Marker::None : Marker::Circle;
        entry.hollow = s == Quantile;
        entries.push_back(entry);
    }
    const bool anyMassive = std::any_of(
        m_data.dumps.begin(), m_data.dumps.end(), [](const MaximaDump& d) { return !d.massive.empty(); });
    if (anyMassive) {
        LegendEntry entry;
        entry.key = kMassiveKey;
        entry.label = tr("massive activation");
        entry.kind = LegendEntry::Kind::Mark;
        entry.color = theme().warning;
        entry.marker = Marker::Star;
        entries.push_back(entry);
    }
    for (std::size_t d = 0; m_data.dumps.size() > 1 && d < m_data.dumps.size(); ++d) {
        LegendEntry entry;
        entry.key = QStringLiteral("dump:%1").arg(d);
        entry.label = m_data.dumps[d].name;
        entry.color = theme().muted;
        entry.dash = d == 0 ? Qt::SolidLine : Qt::DashLine;
        entries.push_back(entry);
    }
    setLegend(std::move(entries));
}

// Sites of one group in block order make one line; an unknown value breaks it.
void MaximaChart::paintLine(QCPPainter& painter, int dump, int group, int statistic) const
{
    const auto& sites = m_data.dumps[static_cast<std::size_t>(dump)].sites;
    const CategoryStyle style = categoryStyle(group, theme());
    QColor color = statisticColor(style.color, statistic, theme());
    std::vector<const MaximaSite*> line;
    bool containsCurrent = m_currentSite < 0;
    for (std::size_t i = 0; i < sites.size(); ++i)
        if (sites[i].group == m_groups[group]) {
            line.push_back(&sites[i]);
            containsCurrent = containsCurrent || static_cast<int>(i) == m_currentSite;
        }
    if (!containsCurrent)
        color.setAlphaF(0.35F);
    std::stable_sort(
        line.begin(), line.end(), [](const auto* a, const auto* b) { return a->block < b->block; });
    QPolygonF points;
    const auto flush = [&] {
        painter.setPen(QPen(color, statisticWidth(statistic), dump == 0 ? Qt::SolidLine : Qt::DashLine,
            Qt::RoundCap, Qt::RoundJoin));
        if (points.size() > 1)
            painter.drawPolyline(points);
        const double radius = line.size() > 60 ? 2.2 : 3.4;
        for (const QPointF& p : points)
            if (statistic != Rms || points.size() == 1)
                paintMarker(painter, style.marker, p, statistic == Maximum ? radius : radius * 0.8, color,
                    statistic == Quantile);
        points.clear();
    };
    for (const MaximaSite* site : line) {
        const auto value = valueOf(*site, statistic);
        if (value && std::isfinite(*value) && (*value > 0 || !isLogarithmic(Qt::Vertical)))
            points << toPixel(site->block, *value);
        else
            flush();
    }
    flush();
}

void MaximaChart::paintData(QCPPainter& painter)
{
    for (int s = StatisticCount - 1; s >= 0; --s) {
        if (!isLegendKeyShown(statisticKey(s)))
            continue;
        for (int d = static_cast<int>(m_data.dumps.size()) - 1; d >= 0; --d)
            for (int g = 0; g < m_groups.size(); ++g)
                if (isLegendKeyShown(groupKey(m_groups[g]))
                    && isLegendKeyShown(QStringLiteral("dump:%1").arg(d)))
                    paintLine(painter, d, g, s);
    }
    // Unknown is hatched where a site stands but nothing about it is known; NaN is a magenta cross.
    for (const MaximaDump& dump : m_data.dumps)
        for (const MaximaSite& site : dump.sites) {
            const double x = xAxis->coordToPixel(site.block);
            const double foot = plotArea().bottom() - 6;
            if (site.nonFinite)
                paintNanCross(painter, QRectF(x - 6, foot - 8, 12, 12), theme());
            else if (!site.maximum && !site.quantile999 && !site.rms)
                paintHatch(painter, QRectF(x - 5, foot - 4, 10, 8), theme());
        }
    if (isLegendKeyShown(kMassiveKey))
        paintMarks(painter);
}

void MaximaChart::addLineObstacles(
    const MaximaDump& dump, const QString& group, std::vector<QRectF>& obstacles) const
{
    std::optional<QPointF> last;
    for (const MaximaSite& site : dump.sites) {
        if (site.group != group || !site.maximum || !(*site.maximum > 0))
            continue;
        const QPointF p = toPixel(site.block, *site.maximum);
        const QPointF from = last.value_or(p);
        const int steps = std::clamp(static_cast<int>((p - from).manhattanLength() / 8), 1, 40);
        for (int k = 1; k <= steps && obstacles.size() < 4000; ++k) {
            const QPointF q = from + (p - from) * k / steps;
            obstacles.push_back({q.x() - 2, q.y() - 2, 4, 4});
        }
        last = p;
    }
}

void MaximaChart::paintMarks(QCPPainter& painter)
{
    std::vector<QPointF> anchors;
    std::vector<QSizeF> sizes;
    std::vector<const MassiveMark*> marks;
    std::vector<QRectF> obstacles;
    painter.setFont(smallFont());
    const QFontMetricsF metrics(painter.font());
    for (const MaximaDump& dump : m_data.dumps)
        for (const MassiveMark& mark : dump.massive) {
            const auto site = static_cast<std::size_t>(mark.site);
            if (site >= dump.sites.size() || !isLegendKeyShown(groupKey(dump.sites[site].group)))
                continue;
            const QPointF at = toPixel(dump.sites[site].block, std::abs(mark.value));
            if (!plotArea().adjusted(-8, -8, 8, 8).contains(at))
                continue;
            anchors.push_back(at);
            obstacles.push_back(QRectF(at.x() - 5, at.y() - 5, 10, 10));
            marks.push_back(&mark);
        }
    // Labels keep off the thick lines: sampled, they are obstacles.
    for (std::size_t d = 0; d < m_data.dumps.size() && !marks.empty(); ++d)
        for (const QString& group : m_groups)
            addLineObstacles(m_data.dumps[d], group, obstacles);
    const bool brief = plotArea().width() < 520;
    const auto labelOf = [brief](const MassiveMark& mark) {
        if (brief)
            return tr("ch %1").arg(formatCount(mark.channel));
        const QString token = mark.tokenText.isEmpty()
            ? tr("token %1").arg(formatCount(mark.token))
            : tr("token %1 \u201c%2\u201d").arg(formatCount(mark.token), mark.tokenText);
        return tr("%1, ch %2").arg(token, formatCount(mark.channel));
    };
    for (const MassiveMark* mark : marks)
        sizes.push_back({metrics.horizontalAdvance(labelOf(*mark)) + 2, metrics.height()});
    const auto places = placeLabels(anchors, sizes, plotArea().adjusted(2, 2, -2, -2), 6, obstacles);
    for (std::size_t i = 0; i < marks.size(); ++i) {
        const bool strong = marks[i]->channel == m_currentChannel;
        paintMarker(painter, Marker::Star, anchors[i], strong ? 6.5 : 4.5, theme().warning, false);
        if (places[i].isNull() || (marks.size() > 24 && !strong))
            continue;
        QColor halo = theme().background;
        halo.setAlphaF(0.85F);
        painter.fillRect(places[i], halo);
        painter.setPen(strong ? theme().warning : theme().foreground);
        painter.drawText(places[i], Qt::AlignCenter, labelOf(*marks[i]));
    }
}

std::optional<QPointF> MaximaChart::sitePixel(int site, int dump) const
{
    if (dump < 0 || static_cast<std::size_t>(dump) >= m_data.dumps.size())
        return std::nullopt;
    const auto& sites = m_data.dumps[static_cast<std::size_t>(dump)].sites;
    if (site < 0 || static_cast<std::size_t>(site) >= sites.size())
        return std::nullopt;
    const MaximaSite& s = sites[static_cast<std::size_t>(site)];
    const auto value = s.maximum ? s.maximum : s.quantile999 ? s.quantile999 : s.rms;
    if (!value)
        return std::nullopt;
    return toPixel(s.block, *value);
}

void MaximaChart::paintOverlay(QCPPainter& painter)
{
    const auto ring = [&](int site, int dump, const QColor& color) {
        if (const auto at = sitePixel(site, dump)) {
            painter.setPen(QPen(color, 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(*at, 7.5, 7.5);
        }
    };
    ring(m_currentSite, m_currentDump, theme().accent);
    if (m_hover.site >= 0)
        ring(m_hover.site, m_hover.dump, theme().muted);
}

MaximaChart::Hit MaximaChart::hitAt(const QPointF& position) const
{
    Hit best;
    double nearest = kHitRadius * kHitRadius;
    const auto consider = [&](const QPointF& at, Hit hit) {
        const QPointF d = at - position;
        const double distance = QPointF::dotProduct(d, d);
        if (distance < nearest) {
            nearest = distance;
            best = hit;
        }
    };
    for (int d = 0; d < static_cast<int>(m_data.dumps.size()); ++d) {
        const MaximaDump& dump = m_data.dumps[static_cast<std::size_t>(d)];
        for (int m = 0; m < static_cast<int>(dump.massive.size()) && isLegendKeyShown(kMassiveKey); ++m) {
            const MassiveMark& mark = dump.massive[static_cast<std::size_t>(m)];
            if (static_cast<std::size_t>(mark.site) < dump.sites.size())
                consider(toPixel(dump.sites[static_cast<std::size_t>(mark.site)].block, std::abs(mark.value)),
                    {d, mark.site, m});
        }
        for (int i = 0; i < static_cast<int>(dump.sites.size()); ++i) {
            const MaximaSite& site = dump.sites[static_cast<std::size_t>(i)];
            if (!isLegendKeyShown(groupKey(site.group)))
                continue;
            for (int s = 0; s < StatisticCount; ++s)
                if (const auto value = valueOf(site, s); value && isLegendKeyShown(statisticKey(s)))
                    consider(toPixel(site.block, *value), {d, i, -1});
        }
    }
    return best;
}

void MaximaChart::hoverMoved(const QPointF& position)
{
    const Hit hit = hitAt(position);
    if (hit.site == m_hover.site && hit.dump == m_hover.dump && hit.mark == m_hover.mark)
        return;
    m_hover = hit;
    repaintOverlay();
    Q_EMIT siteHovered(hit.site, hit.dump);
    const auto& dumps = m_data.dumps;
    Q_EMIT channelHovered(hit.mark < 0
            ? -1
            : dumps[static_cast<std::size_t>(hit.dump)].massive[static_cast<std::size_t>(hit.mark)].channel);
}

void MaximaChart::hoverLeft()
{
    if (m_hover.site < 0)
        return;
    m_hover = {};
    repaintOverlay();
    Q_EMIT siteHovered(-1, 0);
    Q_EMIT channelHovered(-1);
}

void MaximaChart::clicked(const QPointF& position, Qt::KeyboardModifiers)
{
    const Hit hit = hitAt(position);
    if (hit.site < 0)
        return;
    setCurrentSite(hit.site, hit.dump);
    Q_EMIT siteActivated(hit.site, hit.dump);
    if (hit.mark >= 0) {
        const MassiveMark& mark
            = m_data.dumps[static_cast<std::size_t>(hit.dump)].massive[static_cast<std::size_t>(hit.mark)];
        setCurrentChannel(mark.channel);
        Q_EMIT channelActivated(hit.site, mark.channel, hit.dump);
    }
}

// Page up and down walk through the sites: the keyboard's way to click.
bool MaximaChart::keyPressed(QKeyEvent* event)
{
    const bool forward = event->key() == Qt::Key_PageDown;
    if ((!forward && event->key() != Qt::Key_PageUp) || m_data.dumps.empty())
        return false;
    const int count = static_cast<int>(m_data.dumps[static_cast<std::size_t>(m_currentDump)].sites.size());
    if (count == 0)
        return false;
    const int next = m_currentSite < 0 ? 0 : std::clamp(m_currentSite + (forward ? 1 : -1), 0, count - 1);
    setCurrentSite(next, m_currentDump);
    Q_EMIT siteActivated(next, m_currentDump);
    return true;
}

void MaximaChart::setCurrentSite(int site, int dump)
{
    if (m_currentSite == site && m_currentDump == dump)
        return;
    m_currentSite = site;
    m_currentDump = std::clamp(dump, 0, std::max(0, static_cast<int>(m_data.dumps.size()) - 1));
    requestReplot();
}

void MaximaChart::setCurrentChannel(int channel)
{
    if (m_currentChannel == channel)
        return;
    m_currentChannel = channel;
    requestReplot();
}

QString MaximaChart::readoutAt(const QPointF& position) const
{
    const Hit hit = hitAt(position);
    if (hit.site < 0) {
        const QPointF value = toValue(position);
        return tr("block %1, |x| %2").arg(formatCount(std::llround(value.x())), formatNumber(value.y()));
    }
    const MaximaDump& dump = m_data.dumps[static_cast<std::size_t>(hit.dump)];
    const MaximaSite& site = dump.sites[static_cast<std::size_t>(hit.site)];
    QStringList lines{site.name};
    for (int s = 0; s < StatisticCount; ++s) {
        const auto value = valueOf(site, s);
        lines << QStringLiteral("%1  %2").arg(statisticName(s), value ? formatNumber(*value) : tr("unknown"));
    }
    if (site.maximum && site.rms && *site.rms > 0)
        lines << tr("crest factor  %1").arg(formatNumber(*site.maximum / *site.rms));
    if (site.nonFinite)
        lines << tr("NaN or Inf seen");
    if (hit.mark >= 0) {
        const MassiveMark& mark = dump.massive[static_cast<std::size_t>(hit.mark)];
        lines << tr("massive: %1 at token %2, channel %3")
                     .arg(formatNumber(mark.value), formatCount(mark.token), formatCount(mark.channel));
    }
    if (m_data.dumps.size() > 1)
        lines << dump.name;
    return lines.join(u'\n');
}

QString MaximaChart::csv() const
{
    QString text = QStringLiteral("dump,site,group,block,max_abs,q99.9,rms,non_finite\n");
    const auto optional = [](const std::optional<double>& v) { return v ? csvNumber(*v) : QString(); };
    for (const MaximaDump& dump : m_data.dumps)
        for (const MaximaSite& site : dump.sites)
            text += QStringList{csvText(dump.name), csvText(site.name), csvText(site.group),
                        QString::number(site.block), optional(site.maximum), optional(site.quantile999),
                        optional(site.rms), site.nonFinite ? QStringLiteral("1") : QStringLiteral("0")}
                        .join(u',')
                + u'\n';
    return text;
}

} // namespace bitwright::views
