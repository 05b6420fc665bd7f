#include "views/charts/weight_histogram.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
const QString kLevelsKey = QStringLiteral("levels");
const QString kClipKey = QStringLiteral("clip");
const QString kCountsKey = QStringLiteral("counts");
// Lowest count that a log axis shows; empty bins end here.
constexpr double kLogFloor = 0.6;
constexpr double kOccupancyBand = 0.16; // of the plot height, at the top
} // namespace

WeightHistogram::WeightHistogram(QWidget* parent)
    : ChartBase(parent)
{
    setLogAllowed(Qt::Vertical, true);
    setLogarithmic(Qt::Vertical, true);
    setAxisLabel(Qt::Horizontal, tr("weight"));
    setAxisLabel(Qt::Vertical, tr("weights per bin"));
    setCrosshair(false, true);
}

void WeightHistogram::setData(WeightHistogramData data)
{
    m_data = std::move(data);
    if (m_data.edges.size() != m_data.counts.size() + 1) {
        m_data.edges.clear();
        m_data.counts.clear();
    }
    if (m_data.clipped.size() != m_data.counts.size())
        m_data.clipped.clear();
    dataChanged();
}

Interval WeightHistogram::homeRange(Qt::Orientation axis) const
{
    if (m_data.counts.empty())
        return axis == Qt::Horizontal ? Interval{-1, 1} : Interval{kLogFloor, 10};
    if (axis == Qt::Horizontal)
        return padded({m_data.edges.front(), m_data.edges.back()}, 0.02, false);
    const double top = std::max(1.0, *std::max_element(m_data.counts.begin(), m_data.counts.end()));
    if (!isLogarithmic(Qt::Vertical))
        return {0, top * (m_data.levels.empty() ? 1.08 : 1.3)};
    // Above the bars lies the band of the occupancy.
    const double decades = std::log10(top / kLogFloor);
    return {kLogFloor, top * std::pow(10.0, decades * (m_data.levels.empty() ? 0.06 : 0.27))};
}

void WeightHistogram::rebuildLegend()
{
    std::vector<LegendEntry> entries;
    LegendEntry counts;
    counts.key = kCountsKey;
    counts.label = tr("%1 weights").arg(formatCount(m_data.total));
    counts.kind = LegendEntry::Kind::Swatch;
    counts.color = mix(theme().muted, theme().background, 0.35);
    entries.push_back(counts);
    if (!m_data.levels.empty()) {
        LegendEntry levels;
        levels.key = kLevelsKey;
        const QString count = formatCount(static_cast<std::int64_t>(m_data.levels.size()));
        levels.label = m_data.preview ? tr("preview: %1 levels of %2").arg(count, m_data.option)
                                      : tr("%1 levels of %2").arg(count, m_data.option);
        levels.kind = LegendEntry::Kind::Swatch;
        levels.color = bitColor(m_data.optionBits, theme());
        entries.push_back(levels);
    }
    if (m_data.clippedShare > 0) {
        LegendEntry clip;
        clip.key = kClipKey;
        clip.label = tr("clipped %1 %").arg(formatNumber(m_data.clippedShare * 100));
        clip.kind = LegendEntry::Kind::Swatch;
        clip.color = theme().warning;
        entries.push_back(clip);
    }
    if (m_data.nonFinite > 0) {
        LegendEntry bad;
        bad.key = QStringLiteral("nonFinite");
        bad.label = tr("%1 NaN or Inf, not drawn").arg(formatCount(m_data.nonFinite));
        bad.kind = LegendEntry::Kind::Mark;
        bad.marker = Marker::Cross;
        bad.color = theme().nan;
        bad.toggles = false;
        entries.push_back(bad);
    }
    setLegend(std::move(entries));
}

// Bars that share a pixel column are drawn as their maximum, so a lone far weight stays visible.
void WeightHistogram::paintBars(QCPPainter& painter) const
{
    const QRectF area = plotArea();
    const QColor fill = mix(theme().muted, theme().background, 0.35);
    const double floor = isLogarithmic(Qt::Vertical) ? viewRange(Qt::Vertical).lower : 0;
    const double foot = std::min(yAxis->coordToPixel(floor), area.bottom() + 1);
    painter.setAntialiasing(false);
    const auto draw = [&](std::size_t i, double count, const QColor& color) {
        const double left = std::floor(xAxis->coordToPixel(m_data.edges[i]));
        const double right = std::max(left + 1, std::floor(xAxis->coordToPixel(m_data.edges[i + 1])));
        if (!(count > 0) || right < area.left() || left > area.right())
            return;
        const double top = yAxis->coordToPixel(count);
        const double gap = right - left >= 5 ? 1 : 0;
        painter.fillRect(QRectF(left, top, right - left - gap, std::max(1.0, foot - top)), color);
    };
    for (std::size_t i = 0; i < m_data.counts.size(); ++i)
        draw(i, m_data.counts[i], fill);
    for (std::size_t i = 0; i < m_data.clipped.size() && isLegendKeyShown(kClipKey); ++i)
        draw(i, m_data.clipped[i], theme().warning);
}

void WeightHistogram::paintLevels(QCPPainter& painter) const
{
    const QRectF area = plotArea();
    const double band = area.height() * kOccupancyBand;
    double largest = 0;
    for (const GridLevel& level : m_data.levels)
        if (std::isfinite(level.share))
            largest = std::max(largest, level.share);
    const QColor color = bitColor(m_data.optionBits, theme());
    const QColor edge = mix(color, theme().foreground, 0.45);
    QColor line = edge;
    line.setAlphaF(m_data.levels.size() > 64 ? 0.18F : 0.45F);
    double nearest = area.width();
    for (std::size_t i = 1; i < m_data.levels.size(); ++i)
        nearest = std::min(nearest,
            std::abs(xAxis->coordToPixel(m_data.levels[i].value)
                - xAxis->coordToPixel(m_data.levels[i - 1].value)));
    const double width = std::clamp(nearest * 0.6, 1.0, 14.0);
    const double base = area.top() + band + 2;
    painter.setAntialiasing(false);
    painter.setPen(QPen(theme().axis, 1));
    painter.drawLine(QPointF(area.left(), base), QPointF(area.right(), base));
    for (const GridLevel& level : m_data.levels) {
        const double x = std::round(xAxis->coordToPixel(level.value));
        if (x < area.left() - width || x > area.right() + width)
            continue;
        painter.setPen(QPen(line, 1));
        painter.drawLine(QPointF(x, base), QPointF(x, area.bottom()));
        const QRectF bar(x - width / 2, area.top() + 2, width, band);
        if (std::isnan(level.share)) {
            paintHatch(painter, bar, theme());
            continue;
        }
        const double height = largest > 0 ? band * level.share / largest : 0;
        const QRectF filled(bar.left(), base - height, width, height);
        painter.fillRect(filled, color);
        painter.setPen(QPen(edge, 1));
        if (width >= 4)
            painter.drawRect(filled);
        painter.drawLine(QPointF(x, base), QPointF(x, base + 4));
    }
    painter.setAntialiasing(true);
    painter.setFont(smallFont());
    painter.setPen(theme().muted);
    const QString text
        = largest > 0 ? tr("occupancy, at most %1 %").arg(formatNumber(largest * 100)) : tr("occupancy");
    // Beside the bars or not at all.
    const double needed = QFontMetricsF(painter.font()).horizontalAdvance(text) + 12;
    const double first = xAxis->coordToPixel(m_data.levels.front().value) - width;
    const double last = xAxis->coordToPixel(m_data.levels.back().value) + width;
    const QRectF row(area.left() + 4, area.top() + 1, area.width() - 8, band);
    if (first - area.left() > needed)
        painter.drawText(row, Qt::AlignLeft | Qt::AlignTop, text);
    else if (area.right() - last > needed)
        painter.drawText(row, Qt::AlignRight | Qt::AlignTop, text);
}

void WeightHistogram::paintData(QCPPainter& painter)
{
    if (isLegendKeyShown(kCountsKey))
        paintBars(painter);
    if (!m_data.levels.empty() && isLegendKeyShown(kLevelsKey))
        paintLevels(painter);
}

QString WeightHistogram::readoutAt(const QPointF& position) const
{
    const double x = toValue(position).x();
    QStringList lines;
    const int bin = binAt(m_data.edges, x);
    if (bin >= 0) {
        const auto i = static_cast<std::size_t>(bin);
        lines << tr("%1 to %2").arg(formatNumber(m_data.edges[i]), formatNumber(m_data.edges[i + 1]))
              << tr("%1 weights").arg(formatCount(std::llround(m_data.counts[i])));
        if (!m_data.clipped.empty() && m_data.clipped[i] > 0)
            lines << tr("%1 of them clipped").arg(formatCount(std::llround(m_data.clipped[i])));
    } else {
        lines << formatNumber(x);
    }
    std::vector<double> values;
    for (const GridLevel& level : m_data.levels)
        values.push_back(level.value);
    if (const int level = nearestIndex(values, x); level >= 0) {
        const GridLevel& l = m_data.levels[static_cast<std::size_t>(level)];
        lines << tr("nearest level %1: %2 % of the weights")
                     .arg(formatNumber(l.value), formatNumber(l.share * 100));
    }
    return lines.join(u'\n');
}

std::optional<Qt::KeyboardModifiers> WeightHistogram::boxModifiers(BoxUse use) const
{
    return use == BoxUse::Zoom ? Qt::NoModifier : Qt::ShiftModifier;
}

void WeightHistogram::boxed(const QRectF& box, Qt::KeyboardModifiers modifiers)
{
    if (!modifiers.testFlag(Qt::ShiftModifier)) {
        ChartBase::boxed(box, modifiers);
        return;
    }
    const double lower = toValue(box.topLeft()).x(), upper = toValue(box.bottomRight()).x();
    Q_EMIT rangeSelected(lower, upper);
}

QString WeightHistogram::csv() const
{
    QString text = QStringLiteral("kind,from,to,count_or_share\n");
    for (std::size_t i = 0; i < m_data.counts.size(); ++i)
        text += QStringLiteral("bin,%1,%2,%3\n")
                    .arg(csvNumber(m_data.edges[i]), csvNumber(m_data.edges[i + 1]),
                        csvNumber(m_data.counts[i]));
    for (std::size_t i = 0; i < m_data.clipped.size(); ++i)
        if (m_data.clipped[i] > 0)
            text += QStringLiteral("clipped,%1,%2,%3\n")
                        .arg(csvNumber(m_data.edges[i]), csvNumber(m_data.edges[i + 1]),
                            csvNumber(m_data.clipped[i]));
    for (const GridLevel& level : m_data.levels)
        text += QStringLiteral("level,%1,%1,%2\n").arg(csvNumber(level.value), csvNumber(level.share));
    return text;
}

} // namespace bitwright::views
