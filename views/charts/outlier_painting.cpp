// How OutlierMap draws: the map, its marginals, and the color bar.
#include "views/charts/outlier_map_private.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

void OutlierMap::paintData(QCPPainter& painter)
{
    const QRectF area = plotArea();
    if (m_d->data.rows.empty() || area.width() < 1 || area.height() < 1)
        return;
    const double ratio = isExporting() ? 2 : bufferDevicePixelRatio();
    const Interval x = viewRange(Qt::Horizontal), y = viewRange(Qt::Vertical);
    const QSize pixels(std::max(1, static_cast<int>(area.width() * ratio)),
        std::max(1, static_cast<int>(area.height() * ratio)));
    m_d->rendered = m_d->image.render({x.lower + 0.5, x.upper + 0.5}, {y.lower + 0.5, y.upper + 0.5}, pixels);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(area, m_d->rendered);
    if (isLegendKeyShown(kMarksKey) && !m_d->data.marks.empty())
        paintMarks(painter);
    paintPin(painter);
}

// Two lines of two tones each beside the channel: one of the tones stands out from any color of the map.
void OutlierMap::paintPin(QCPPainter& painter) const
{
    if (m_d->pinned < 0)
        return;
    constexpr double kLeastHalf = 3.5; // what is between the lines stays visible
    const QRectF area = plotArea();
    const double center = cellPixel(0, m_d->pinned).x();
    const double half = std::max(kLeastHalf, (xAxis->coordToPixel(1) - xAxis->coordToPixel(0)) / 2 + 1.5);
    for (const double side : {center - half, center + half}) {
        painter.setPen(QPen(theme().background, 3));
        painter.drawLine(QPointF(side, area.top()), QPointF(side, area.bottom()));
        painter.setPen(QPen(theme().accent, 1.4));
        painter.drawLine(QPointF(side, area.top()), QPointF(side, area.bottom()));
    }
}

void OutlierMap::paintMarks(QCPPainter& painter) const
{
    const double w = std::max(xAxis->coordToPixel(1) - xAxis->coordToPixel(0), 6.0);
    const double h = std::max(yAxis->coordToPixel(1) - yAxis->coordToPixel(0), 5.0);
    const QRectF area = plotArea().adjusted(-6, -6, 6, 6);
    std::vector<QPointF> shown;
    for (const OutlierMark& mark : m_d->data.marks)
        if (const QPointF at = cellPixel(mark.row, mark.channel); area.contains(at))
            shown.push_back(at);
    // Frames on most of the map would hide it; the ticks above it still name the channels.
    constexpr double kMostShare = 0.2;
    if (static_cast<double>(shown.size()) * w * h > kMostShare * area.width() * area.height())
        return;
    painter.setPen(QPen(theme().warning, 1.3));
    painter.setBrush(Qt::NoBrush);
    for (const QPointF& at : shown)
        painter.drawRect(QRectF(at.x() - w / 2, at.y() - h / 2, w, h));
}

// Envelope per pixel column: the band from the least to the greatest channel maximum, so both survive
// decimation.
void OutlierMap::paintTop(QCPPainter& painter)
{
    const QRectF area = m_d->top->rect();
    if (m_d->data.rows.empty() || area.width() < 1)
        return;
    const Interval x = viewRange(Qt::Horizontal);
    const auto envelope = minMaxEnvelope(
        m_d->image.columnMaxima(), x.lower + 0.5, x.upper + 0.5, static_cast<int>(area.width()));
    QCPAxis* axis = m_d->top->axis(QCPAxis::atLeft);
    painter.setAntialiasing(false);
    const auto pixel = [&](float value) {
        const double v = std::isinf(value) ? m_d->scale.upper : double{value};
        return std::clamp(axis->coordToPixel(std::max(v, m_d->scale.lower)), area.top(), area.bottom());
    };
    const QColor band = mix(theme().accent, theme().background, 0.35);
    const QColor faint = mix(theme().accent, theme().background, 0.78);
    for (std::size_t i = 0; i < envelope.size(); ++i) {
        if (std::isnan(envelope[i].upper))
            continue;
        const double px = area.left() + static_cast<double>(i);
        const double high = pixel(envelope[i].upper), low = pixel(envelope[i].lower);
        painter.fillRect(QRectF(px, low, 1, area.bottom() - low), faint);
        painter.fillRect(QRectF(px, high, 1, std::max(1.0, low - high)), band);
    }
    paintTopMarks(painter, area);
    if (m_d->pinned < 0)
        return;
    // The diamond of the legend, at the top end of the pinned channel.
    const QPointF pin(cellPixel(0, m_d->pinned).x(), area.bottom() - 6);
    painter.setAntialiasing(true);
    paintMarker(painter, Marker::Diamond, pin, 6.5, theme().background, false);
    paintMarker(painter, Marker::Diamond, pin, 4.5, theme().accent, false);
}

// The channels that the criterion names, as ticks at the map's edge: visible at any zoom.
void OutlierMap::paintTopMarks(QCPPainter& painter, const QRectF& area) const
{
    if (m_d->data.markedChannels.empty() || !isLegendKeyShown(kMarksKey))
        return;
    const Interval x = viewRange(Qt::Horizontal);
    const auto marked = minMaxEnvelope(
        m_d->columnMarks, x.lower + 0.5, x.upper + 0.5, std::max(1, static_cast<int>(area.width())));
    for (std::size_t i = 0; i < marked.size(); ++i)
        if (marked[i].upper > 0)
            painter.fillRect(
                QRectF(area.left() + static_cast<double>(i), area.bottom() - 5, 1.5, 5), theme().warning);
}

bool OutlierMap::showsRowValues() const
{
    return !m_d->data.rowValues.empty() && isLegendKeyShown(kMarksKey);
}

QString OutlierMap::rowValueText(int row) const
{
    if (row < 0 || static_cast<std::size_t>(row) >= m_d->data.rowValues.size())
        return {};
    const double value = m_d->data.rowValues[static_cast<std::size_t>(row)];
    if (std::isnan(value))
        return tr("unknown");
    if (m_d->data.rowsAreShares)
        return tr("%1 %").arg(formatNumber(100 * value));
    return value == std::round(value) && value < 1e9 ? formatCount(static_cast<std::int64_t>(value))
                                                     : formatNumber(value);
}

QString OutlierMap::rowNumber(int row) const
{
    return rowNumbersWidth() > 0 ? rowValueText(row) : QString();
}

// Numbers that are all zero say no more than the legend does.
double OutlierMap::rowNumbersWidth() const
{
    const auto& values = m_d->data.rowValues;
    const bool worth
        = std::any_of(values.begin(), values.end(), [](double v) { return std::isnan(v) || v != 0; });
    if (!worth || !showsRowValues() || isNarrow())
        return 0;
    const QFontMetricsF metrics(smallFont());
    // Rows that are too low for words have no numbers, and then nothing is to be said above them.
    const double rows = viewRange(Qt::Vertical).width();
    if (plotArea().height() > 0 && rows > 0 && plotArea().height() / rows < metrics.height() - 2)
        return 0;
    double widest = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isnan(values[i]))
            widest = std::max(widest, metrics.horizontalAdvance(rowValueText(static_cast<int>(i))));
    return std::max(widest, 16.0) + 8;
}

double OutlierMap::rowValuePixel(double value, const QRectF& area) const
{
    const PixelScale scale{m_d->scale, area.left(), area.right(), m_d->data.logarithmic};
    const double v = std::isinf(value) ? m_d->scale.upper : std::max(value, m_d->scale.lower);
    return std::clamp(scale.toPixel(v), area.left(), area.right());
}

void OutlierMap::paintRight(QCPPainter& painter)
{
    const QRectF area = m_d->right->rect();
    if (m_d->data.rows.empty() || area.width() < 1)
        return;
    const double numbers = rowNumbersWidth();
    const QRectF bars = area.adjusted(0, 0, -numbers, 0);
    painter.setAntialiasing(false);
    paintRowBars(painter, bars);
    paintRowScale(painter, bars);
    if (m_d->pinned >= 0)
        paintTrace(painter, bars);
    if (numbers > 0)
        paintRowNumbers(painter, QRectF(bars.topRight(), QSizeF(numbers, area.height())));
    paintHeadings(painter);
}

QColor OutlierMap::rowBarColor() const
{
    return mix(theme().accent, theme().background, m_d->pinned >= 0 ? 0.75 : 0.45);
}

void OutlierMap::paintRowBars(QCPPainter& painter, const QRectF& area) const
{
    QCPAxis* rows = m_d->right->axis(QCPAxis::atLeft);
    const QColor fill = rowBarColor();
    for (std::size_t i = 0; i < m_d->rowMaxima.size(); ++i) {
        const double top = std::max(rows->coordToPixel(static_cast<double>(i) - 0.5), area.top());
        const double bottom = std::min(rows->coordToPixel(static_cast<double>(i) + 0.5), area.bottom());
        if (bottom < area.top() || top > area.bottom())
            continue;
        const double gap = bottom - top > 5 ? 1 : 0;
        const QRectF line(area.left(), top + gap, area.width(), std::max(1.0, bottom - top - 2 * gap));
        if (std::isnan(m_d->rowMaxima[i]))
            paintHatch(painter, line, theme());
        else
            painter.fillRect(QRectF(line.left(), line.top(),
                                 rowValuePixel(double{m_d->rowMaxima[i]}, area) - area.left(), line.height()),
                fill);
    }
}

// The ends of the scale below the bars: it is that of the color bar.
void OutlierMap::paintRowScale(QCPPainter& painter, const QRectF& area) const
{
    const Ticks ticks = m_d->data.logarithmic ? logTicks(m_d->scale, 2) : linearTicks(m_d->scale, 2);
    if (ticks.major.empty())
        return;
    painter.setFont(smallFont());
    const QFontMetricsF metrics(painter.font());
    double free = area.left() - 4; // right end of what is written already
    for (const Tick& tick : ticks.major) {
        const double x = rowValuePixel(tick.value, area), width = metrics.horizontalAdvance(tick.label);
        const double left = std::clamp(x - width / 2, area.left() - 2, area.right() + 2 - width);
        if (left < free + 2 || tick.label.isEmpty())
            continue;
        painter.setPen(theme().axis);
        painter.drawLine(QPointF(x, area.bottom() + 1), QPointF(x, area.bottom() + 4));
        painter.setPen(theme().muted);
        painter.drawText(QPointF(left, area.bottom() + 5 + metrics.ascent()), tick.label);
        free = left + width;
    }
}

// The criterion's number of each layer, where the rows are high enough for words.
void OutlierMap::paintRowNumbers(QCPPainter& painter, const QRectF& area) const
{
    if (!rowHeadingFits(QFontMetricsF(smallFont())))
        return; // without it they would be taken for the maxima
    const auto& values = m_d->data.rowValues;
    QCPAxis* rows = m_d->right->axis(QCPAxis::atLeft);
    painter.setFont(smallFont());
    const double lineHeight = QFontMetricsF(painter.font()).height();
    painter.setPen(mix(theme().warning, theme().foreground, 0.4));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double top = std::max(rows->coordToPixel(static_cast<double>(i) - 0.5), area.top());
        const double bottom = std::min(rows->coordToPixel(static_cast<double>(i) + 0.5), area.bottom());
        if (bottom <= area.top() || top >= area.bottom() || bottom - top < lineHeight - 2)
            continue;
        const QRectF line(area.left() + 4, top, area.width() - 6, bottom - top);
        if (std::isnan(values[i]))
            paintHatch(painter, line.adjusted(0, 1, 0, -1), theme());
        else
            painter.drawText(line.adjusted(0, -2, 0, 2), Qt::AlignRight | Qt::AlignVCenter,
                rowValueText(static_cast<int>(i)));
    }
}

QString OutlierMap::measureText() const
{
    return m_d->data.unit.isEmpty() ? m_d->data.measure
                                    : QStringLiteral("%1 [%2]").arg(m_d->data.measure, m_d->data.unit);
}

QRectF OutlierMap::headingRoom() const
{
    const QRectF top = m_d->top->rect(), right = m_d->right->rect();
    return {right.left(), top.top(), right.width(), top.height()};
}

// Whether the criterion's heading has room above that of the maxima.
bool OutlierMap::rowHeadingFits(const QFontMetricsF& metrics) const
{
    const QRectF room = headingRoom();
    const auto needed = [&](const QString& text) {
        return metrics.boundingRect(room, Qt::AlignLeft | Qt::TextWordWrap, text).size();
    };
    const QSizeF lower = needed(tr("max per layer")), upper = needed(m_d->data.rowMeasure);
    return lower.height() + upper.height() <= room.height() + 1
        && std::max(lower.width(), upper.width()) <= room.width() + 1;
}

// Headings stand in the corners beside the upper marginal, where nothing else is: those of the margin at the
// right in the colors of what they name, that of the color bar above it.
void OutlierMap::paintHeadings(QCPPainter& painter) const
{
    const QRectF top = m_d->top->rect(), bar = m_d->bar->rect();
    painter.setFont(smallFont());
    const QFontMetricsF metrics(painter.font());
    if (top.height() < metrics.height())
        return;
    constexpr int kWrapped = Qt::AlignLeft | Qt::AlignBottom | Qt::TextWordWrap;
    QRectF room = headingRoom();
    const auto heading = [&](const QString& text, const QColor& color, Qt::Alignment side) {
        const int flags = static_cast<int>(side | Qt::AlignBottom) | Qt::TextWordWrap;
        const QRectF needed = metrics.boundingRect(room, flags, text);
        if (needed.height() > room.height() + 1 || needed.width() > room.width() + 1)
            return;
        painter.setPen(color);
        painter.drawText(room, flags, text);
        room.setBottom(room.bottom() - needed.height());
    };
    heading(tr("max per layer"), theme().muted, Qt::AlignLeft);
    if (rowNumbersWidth() > 0 && rowHeadingFits(metrics)) // above the numbers, which end at the right
        heading(m_d->data.rowMeasure, mix(theme().warning, theme().foreground, 0.4), Qt::AlignRight);
    painter.setPen(theme().muted);
    painter.drawText(
        QRectF(bar.left(), top.top(), kBarWidth + barLabels(), top.height()), kWrapped, measureText());
    painter.drawText(QRectF(2, top.top(), top.left() - 8, top.height()),
        Qt::AlignRight | Qt::AlignVCenter | Qt::TextWordWrap, tr("max per channel"));
}

// The pinned channel across layers, over the maxima of the layers.
void OutlierMap::paintTrace(QCPPainter& painter, const QRectF& area) const
{
    QCPAxis* rows = m_d->right->axis(QCPAxis::atLeft);
    painter.setAntialiasing(true);
    QPolygonF line;
    const auto flush = [&] {
        painter.setPen(QPen(theme().accent, 1.8));
        if (line.size() > 1)
            painter.drawPolyline(line);
        for (const QPointF& p : line)
            paintMarker(painter, Marker::Circle, p, line.size() > 40 ? 1.6 : 2.6, theme().accent, false);
        line.clear();
    };
    for (std::size_t i = 0; i < m_d->data.rows.size(); ++i) {
        const auto& values = m_d->data.rows[i].values;
        const auto c = static_cast<std::size_t>(m_d->pinned);
        if (c >= values.size() || !std::isfinite(values[c])) {
            flush();
            continue;
        }
        line << QPointF(rowValuePixel(double{values[c]}, area.adjusted(2, 0, -2, 0)),
            rows->coordToPixel(static_cast<double>(i)));
    }
    flush();
    painter.setAntialiasing(false);
}

void OutlierMap::paintBar(QCPPainter& painter)
{
    const QRectF area = m_d->bar->rect();
    if (m_d->data.rows.empty() || area.height() < 2)
        return;
    QImage strip(1, 256, QImage::Format_RGB32);
    for (int i = 0; i < 256; ++i)
        strip.setPixel(0, 255 - i, colorTable(colorMap())[static_cast<std::size_t>(i)]);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, true);
    painter.drawImage(QRectF(area.left(), area.top(), area.width(), area.height()), strip);
}

void OutlierMap::paintOverlay(QCPPainter& painter)
{
    const QRectF area = plotArea();
    if (m_d->preview >= 0 && m_d->preview < m_d->channels) {
        const double x = cellPixel(0, m_d->preview).x();
        painter.setPen(QPen(theme().background, 3));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        painter.setPen(QPen(theme().warning, 1.5, Qt::DashLine));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    }
    for (const int row : m_d->selectedRows) {
        const double top = yAxis->coordToPixel(row - 0.5), bottom = yAxis->coordToPixel(row + 0.5);
        for (const double left : {area.left(), area.right() - 5})
            painter.fillRect(QRectF(left, top, 5, bottom - top), theme().accent);
    }
    paintRowFrame(painter, m_d->currentRow, theme().accent);
    if (m_d->previewRow != m_d->currentRow)
        paintRowFrame(painter, m_d->previewRow, theme().warning);
}

void OutlierMap::paintRowFrame(QCPPainter& painter, int row, const QColor& color) const
{
    if (row < 0 || row >= static_cast<int>(m_d->data.rows.size()))
        return;
    const QRectF area = plotArea();
    const double top = yAxis->coordToPixel(row - 0.5), bottom = yAxis->coordToPixel(row + 0.5);
    for (const QPen& pen : {QPen(theme().background, 3), QPen(color, 1.5)}) {
        painter.setPen(pen);
        painter.drawRect(QRectF(area.left(), top, area.width(), bottom - top));
    }
}

} // namespace bitwright::views
