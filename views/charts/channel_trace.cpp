#include "views/charts/channel_trace.h"

#include "views/charts/site_words.h"

#include <QFontMetricsF>
#include <QKeyEvent>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
const QString kChannelKey = QStringLiteral("channel");
const QString kLargestKey = QStringLiteral("largest");
constexpr double kBetweenNames = 18;
constexpr double kBesidePlot = 70; // for the numbers of the vertical axis
} // namespace

ChannelTrace::ChannelTrace(QWidget* parent)
    : ChartBase(parent)
{
    setLogAllowed(Qt::Vertical, true);
    setCrosshair(false, true);
    // It is seldom high: two powers of ten would be all of its numbers.
    setTicks(
        yAxis, [](Interval range, int target) { return linearTicks(range, target); }, 20);
}

// Every layer is named where there is room for its name.
void ChannelTrace::nameRows()
{
    const QFontMetricsF metrics(smallFont());
    double widest = 0, widestBrief = 0;
    bool numbered = !m_data.rows.empty();
    for (const auto& row : m_data.rows) {
        widest = std::max(widest, metrics.horizontalAdvance(row.label));
        widestBrief
            = std::max(widestBrief, metrics.horizontalAdvance(row.brief.isEmpty() ? row.label : row.brief));
        numbered = numbered && (row.label.toInt() > 0 || row.label == QLatin1String("0"));
    }
    setAxisLabel(Qt::Horizontal, numbered ? tr("block") : tr("site"));
    setTicks(
        xAxis,
        [this, widest](Interval range, int target) {
            Ticks ticks = rowTicks(range, static_cast<int>(m_data.rows.size()), target);
            // Ticks are made before the layout of their frame: the plot's own width is still the old one.
            const double room = viewport().width() - kBesidePlot;
            const bool brief = static_cast<double>(ticks.major.size()) * (widest + kBetweenNames) > room;
            const QFontMetricsF ofLabels(smallFont());
            const double each = room / static_cast<double>(std::max<std::size_t>(1, ticks.major.size()));
            addLastTick(range, room, ticks);
            for (Tick& tick : ticks.major) {
                const auto& row = m_data.rows[static_cast<std::size_t>(tick.value)];
                // One that is only cut short keeps its name, as the map has it, where that fits.
                const bool whole = row.label.startsWith(row.brief)
                    && ofLabels.horizontalAdvance(row.label) + kBetweenNames / 4 <= each;
                // Half of the last one would stand beyond the chart, and then all of it is left out.
                const bool isLast = &row == &m_data.rows.back();
                tick.label = !row.brief.isEmpty() && (isLast || (brief && !whole)) ? row.brief : row.label;
            }
            return ticks;
        },
        std::max(30.0, widestBrief + kBetweenNames));
}

// What stands behind the blocks is no multiple of a step: it is named where its word has room.
void ChannelTrace::addLastTick(Interval range, double room, Ticks& ticks) const
{
    const auto last = static_cast<double>(m_data.rows.size()) - 1;
    if (ticks.major.empty() || !range.contains(last) || ticks.major.back().value >= last)
        return;
    const QFontMetricsF metrics(smallFont());
    const auto& before = m_data.rows[static_cast<std::size_t>(ticks.major.back().value)];
    const auto& end = m_data.rows.back();
    const auto width = [&](const ChannelTraceData::Row& row) {
        return metrics.horizontalAdvance(row.brief.isEmpty() ? row.label : row.brief);
    };
    if ((last - ticks.major.back().value) / range.width() * room
        >= (width(before) + width(end)) / 2 + kBetweenNames / 2)
        ticks.major.push_back({last, {}});
}

void ChannelTrace::setData(ChannelTraceData data)
{
    const bool otherScale = m_data.measure != data.measure;
    m_data = std::move(data);
    m_hover = -1;
    setAxisLabel(Qt::Vertical, m_data.measure);
    nameRows();
    if (otherScale && isLogarithmic(Qt::Vertical) != m_data.logarithmic)
        setLogarithmic(Qt::Vertical, m_data.logarithmic);
    dataChanged();
}

void ChannelTrace::setCurrentRow(int row)
{
    if (m_current == row)
        return;
    m_current = row;
    rebuildLegend();
    repaintOverlay();
}

void ChannelTrace::setHoverRow(int row)
{
    if (m_hover == row)
        return;
    m_hover = row;
    repaintOverlay();
}

Interval ChannelTrace::homeRange(Qt::Orientation axis) const
{
    const auto count = static_cast<double>(m_data.rows.size());
    if (axis == Qt::Horizontal)
        return {-0.6, std::max(count, 1.0) - 0.4};
    std::vector<double> values;
    for (const auto& row : m_data.rows) {
        values.push_back(row.value);
        values.push_back(row.largest);
    }
    const bool logarithmic = isLogarithmic(axis);
    const auto range = finiteRange(values, logarithmic);
    if (!range)
        return logarithmic ? Interval{0.1, 10} : Interval{0, 1};
    return logarithmic ? padded(*range, 0.12, true) : padded(united(*range, {0, 0}), 0.12, false);
}

void ChannelTrace::rebuildLegend()
{
    if (m_data.channel < 0)
        return setLegend({});
    LegendEntry channel;
    channel.key = kChannelKey;
    channel.label = tr("channel %1").arg(formatCount(m_data.channel));
    channel.color = theme().accent;
    channel.width = 2;
    channel.marker = Marker::Circle;
    LegendEntry largest;
    largest.key = kLargestKey;
    largest.label = tr("largest of all channels");
    largest.color = theme().muted;
    largest.dash = Qt::DashLine;
    std::vector<LegendEntry> entries{channel, largest};
    if (m_current >= 0 && static_cast<std::size_t>(m_current) < m_data.rows.size()) {
        LegendEntry current;
        current.key = QStringLiteral("current");
        const QString site = siteWords(m_data.rows[static_cast<std::size_t>(m_current)].label);
        current.label = tr("current site: %1").arg(site);
        current.brief = tr("site: %1").arg(site);
        current.kind = LegendEntry::Kind::Mark;
        current.color = theme().accent;
        current.marker = Marker::Circle;
        current.ringed = true;
        current.toggles = false;
        entries.push_back(current);
    }
    setLegend(std::move(entries));
}

std::optional<QPointF> ChannelTrace::rowPixel(int row) const
{
    if (row < 0 || static_cast<std::size_t>(row) >= m_data.rows.size())
        return std::nullopt;
    const double value = m_data.rows[static_cast<std::size_t>(row)].value;
    if (!std::isfinite(value) || (isLogarithmic(Qt::Vertical) && !(value > 0)))
        return std::nullopt;
    return toPixel(row, value);
}

void ChannelTrace::paintLine(
    QCPPainter& painter, double ChannelTraceData::Row::*value, const QPen& pen, Marker marker) const
{
    QPolygonF points;
    const auto flush = [&] {
        painter.setPen(pen);
        if (points.size() > 1)
            painter.drawPolyline(points);
        if (marker != Marker::None || points.size() == 1)
            for (const QPointF& p : points)
                paintMarker(
                    painter, Marker::Circle, p, m_data.rows.size() > 60 ? 2.0 : 3.0, pen.color(), false);
        points.clear();
    };
    for (std::size_t i = 0; i < m_data.rows.size(); ++i) {
        const double v = m_data.rows[i].*value;
        if (std::isfinite(v) && (v > 0 || !isLogarithmic(Qt::Vertical)))
            points << toPixel(static_cast<double>(i), v);
        else
            flush(); // unknown breaks the line
    }
    flush();
}

void ChannelTrace::paintData(QCPPainter& painter)
{
    if (isLegendKeyShown(kLargestKey))
        paintLine(
            painter, &ChannelTraceData::Row::largest, QPen(theme().muted, 1.2, Qt::DashLine), Marker::None);
    if (isLegendKeyShown(kChannelKey))
        paintLine(painter, &ChannelTraceData::Row::value, QPen(theme().accent, 2), Marker::Circle);
    for (std::size_t i = 0; i < m_data.rows.size(); ++i)
        if (std::isnan(m_data.rows[i].value)) {
            const double x = xAxis->coordToPixel(static_cast<double>(i));
            paintHatch(painter, QRectF(x - 4, plotArea().bottom() - 9, 8, 8), theme());
        }
}

void ChannelTrace::paintOverlay(QCPPainter& painter)
{
    painter.setBrush(Qt::NoBrush);
    for (const auto& [row, color] : {std::pair(m_current, theme().accent), std::pair(m_hover, theme().muted)})
        if (const auto at = rowPixel(row)) {
            painter.setPen(QPen(color, 2));
            painter.drawEllipse(*at, 7, 7);
        }
}

int ChannelTrace::rowAt(const QPointF& position) const
{
    if (!plotArea().contains(position))
        return -1;
    const auto row = std::lround(toValue(position).x());
    return row >= 0 && row < static_cast<long>(m_data.rows.size()) ? static_cast<int>(row) : -1;
}

QString ChannelTrace::readoutAt(const QPointF& position) const
{
    const int index = rowAt(position);
    if (index < 0)
        return {};
    const auto& row = m_data.rows[static_cast<std::size_t>(index)];
    return tr("%1\nchannel %2: %3 %4\nlargest: %5")
        .arg(row.name, formatCount(m_data.channel), m_data.measure, formatNumber(row.value),
            formatNumber(row.largest));
}

void ChannelTrace::hoverMoved(const QPointF& position)
{
    const int row = rowAt(position);
    if (row == m_hover)
        return;
    m_hover = row;
    repaintOverlay();
    Q_EMIT rowHovered(row);
}

void ChannelTrace::hoverLeft()
{
    if (m_hover < 0)
        return;
    m_hover = -1;
    repaintOverlay();
    Q_EMIT rowHovered(-1);
}

void ChannelTrace::clicked(const QPointF& position, Qt::KeyboardModifiers)
{
    if (const int row = rowAt(position); row >= 0)
        Q_EMIT rowActivated(row);
}

bool ChannelTrace::keyPressed(QKeyEvent* event)
{
    const bool forward = event->key() == Qt::Key_PageDown;
    if ((!forward && event->key() != Qt::Key_PageUp) || m_data.rows.empty())
        return false;
    const int last = static_cast<int>(m_data.rows.size()) - 1;
    Q_EMIT rowActivated(std::clamp(m_current + (forward ? 1 : -1), 0, last));
    return true;
}

QString ChannelTrace::csv() const
{
    QString text = QStringLiteral("site,channel,value,largest_of_site\n");
    for (const auto& row : m_data.rows)
        text += QStringList{csvText(row.name), QString::number(m_data.channel), csvNumber(row.value),
                    csvNumber(row.largest)}
                    .join(u',')
            + u'\n';
    return text;
}

} // namespace bitwright::views
