#include "views/charts/chart_parts.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitwright::views {

// --- TextLine ---

Footnote::Footnote(QCustomPlot* plot)
    : QCPLayoutElement(plot)
{ }

void Footnote::setLook(const QFont& font, const QColor& color)
{
    m_font = font;
    m_color = color;
}

namespace {
constexpr int kFootnoteMargin = 4;
} // namespace

void Footnote::settle(const ChartCaption& caption, int width, int lines)
{
    const QFontMetricsF metrics(m_font);
    m_lines = lines > 0 ? caption.footnoteLines(metrics, width - 2 * kFootnoteMargin, lines) : QStringList();
    const auto rows = static_cast<double>(m_lines.size());
    const int height = m_lines.isEmpty() ? 0 : static_cast<int>(std::ceil(rows * metrics.height())) + 2;
    setMinimumSize(0, height);
    setMaximumSize(QWIDGETSIZE_MAX, height);
}

void Footnote::draw(QCPPainter* painter)
{
    if (m_lines.isEmpty() || rect().height() < 4)
        return;
    painter->setFont(m_font);
    painter->setPen(m_color);
    const QRectF area = QRectF(rect()).adjusted(kFootnoteMargin, 0, 0, 0);
    painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter, m_lines.join(u'\n'));
}

// --- LegendStrip ---

namespace {
constexpr double kSampleWidth = 22;
constexpr double kSampleGap = 5;
constexpr double kEntryGap = 14;

/// A mark alone needs no room for a line.
double sampleWidth(const LegendEntry& entry)
{
    return entry.kind == LegendEntry::Kind::Mark ? 15 : kSampleWidth;
}
} // namespace

LegendStrip::LegendStrip(QCustomPlot* plot)
    : QCPLayoutElement(plot)
{ }

void LegendStrip::setLook(const QFont& font, const QColor& text, const QColor& muted)
{
    m_font = font;
    m_text = text;
    m_muted = muted;
}

const QString& LegendStrip::labelOf(const LegendEntry& entry) const
{
    return m_brief && !entry.brief.isEmpty() ? entry.brief : entry.label;
}

std::vector<std::size_t> LegendStrip::placeOrder() const
{
    std::vector<std::size_t> order(m_entries.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (m_plotLast)
        std::stable_partition(
            order.begin(), order.end(), [&](std::size_t i) { return !m_entries[i].inPlot; });
    return order;
}

double LegendStrip::place(double right, int maximumRows)
{
    const QFontMetricsF metrics(m_font);
    const double rowHeight = std::ceil(metrics.height()) + 4;
    const double moreWidth = metrics.horizontalAdvance(QStringLiteral("+00"));
    m_places.assign(m_entries.size(), QRectF());
    m_more = 0;
    double x = 4, y = 0;
    int row = 1;
    const std::vector<std::size_t> order = placeOrder();
    for (std::size_t k = 0; k < order.size() && maximumRows > 0; ++k) {
        const std::size_t i = order[k];
        const double label = std::ceil(metrics.horizontalAdvance(labelOf(m_entries[i])));
        const double w = std::min(sampleWidth(m_entries[i]) + kSampleGap + label + 1, right - 4);
        const bool isLast = k + 1 == order.size();
        const double limit = row >= maximumRows && !isLast ? right - moreWidth - kEntryGap : right;
        if (x + w > limit && x > 4) {
            if (row >= maximumRows) {
                m_more = static_cast<int>(order.size() - k);
                m_morePlace = QRectF(x, y, moreWidth, rowHeight);
                break;
            }
            ++row;
            x = 4;
            y += rowHeight;
        }
        m_places[i] = QRectF(x, y, w, rowHeight);
        x += w + kEntryGap;
    }
    return m_entries.empty() || maximumRows < 1 ? 0 : y + rowHeight + 2;
}

void LegendStrip::settle(int width, int maximumRows, int minimumHeight)
{
    const double right = width - 8.0;
    m_brief = m_plotLast = false;
    double used = place(right, maximumRows);
    const auto isTooLong = [&](const QRectF& place) { return place.width() >= right - 4; };
    if (m_more > 0 || std::any_of(m_places.begin(), m_places.end(), isTooLong)) {
        m_brief = true;
        used = place(right, maximumRows);
    }
    if (m_more > 0) {
        m_plotLast = true;
        used = place(right, maximumRows);
    }
    const int height = std::max(static_cast<int>(used), minimumHeight);
    setMinimumSize(0, height);
    setMaximumSize(QWIDGETSIZE_MAX, height);
}

int LegendStrip::entryAt(const QPointF& position) const
{
    const QPointF local = position - QPointF(rect().topLeft());
    for (std::size_t i = 0; i < m_places.size(); ++i)
        if (m_places[i].adjusted(-3, 0, 3, 0).contains(local))
            return static_cast<int>(i);
    return -1;
}

QRectF LegendStrip::placeOf(int entry) const
{
    const auto index = static_cast<std::size_t>(entry);
    if (entry < 0 || index >= m_places.size() || m_places[index].isNull())
        return {};
    return m_places[index].translated(rect().topLeft());
}

int LegendStrip::neighbour(int entry, bool forward) const
{
    const int count = static_cast<int>(m_places.size());
    for (int i = entry + (forward ? 1 : -1); i >= 0 && i < count; i += forward ? 1 : -1)
        if (m_entries[static_cast<std::size_t>(i)].toggles && !m_places[static_cast<std::size_t>(i)].isNull())
            return i;
    return -1;
}

void LegendStrip::drawUpright(
    QPainter& painter, const QPointF& middle, const LegendEntry& entry, const QColor& color) const
{
    if (entry.kind == LegendEntry::Kind::Pin)
        paintMarker(painter, Marker::Circle, {middle.x(), middle.y() - 4}, 2.6, color, false);
    painter.setPen(QPen(color, entry.width, Qt::SolidLine, Qt::FlatCap));
    painter.drawLine(QPointF(middle.x(), middle.y() - 4), QPointF(middle.x(), middle.y() + 5));
}

void LegendStrip::drawSample(QPainter& painter, const QRectF& rect, const LegendEntry& entry) const
{
    const QPointF middle = rect.center();
    switch (entry.kind) {
    case LegendEntry::Kind::Swatch:
        painter.setPen(entry.hollow ? QPen(entry.color, 1.2) : QPen(Qt::NoPen));
        painter.setBrush(entry.hollow ? QBrush(Qt::NoBrush) : QBrush(entry.color));
        painter.drawRect(QRectF(middle.x() - 7, middle.y() - 5, 14, 10));
        painter.setBrush(Qt::NoBrush);
        break;
    case LegendEntry::Kind::Line:
        painter.setPen(QPen(entry.color, entry.width, entry.dash, Qt::FlatCap));
        // Between two rows of pixels a thin line is half as dark as in the plot; QCPPainter adds half a
        // pixel.
        painter.drawLine(
            QPointF(rect.left(), std::floor(middle.y())), QPointF(rect.right(), std::floor(middle.y())));
        [[fallthrough]];
    case LegendEntry::Kind::Mark:
        if (entry.ringed) {
            paintMarker(painter, entry.marker, middle, 2.2, entry.color, false);
            painter.setPen(QPen(entry.color, 1.6));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(middle, 5.6, 5.6);
            break;
        }
        paintMarker(painter, entry.marker, middle, 3.6, entry.color, entry.hollow);
        break;
    case LegendEntry::Kind::Pin:
    case LegendEntry::Kind::Tick:
        drawUpright(painter, middle - QPointF(entry.second.isValid() ? 4 : 0, 0), entry, entry.color);
        if (entry.second.isValid())
            drawUpright(painter, middle + QPointF(4, 0), entry, entry.second);
        break;
    }
}

void LegendStrip::draw(QCPPainter* painter)
{
    // Where a chart is too small for its parts, the layout gives rectangles whose height does not fit an int.
    if (static_cast<double>(rect().bottom()) - static_cast<double>(rect().top()) < 3)
        return;
    painter->setAntialiasing(true);
    painter->setFont(m_font);
    const QFontMetricsF metrics(m_font);
    const QPointF origin = rect().topLeft();
    for (std::size_t i = 0; i < m_entries.size() && i < m_places.size(); ++i) {
        if (m_places[i].isNull())
            continue;
        const QRectF place = m_places[i].translated(origin);
        const bool hidden = m_hidden.contains(m_entries[i].key);
        painter->setOpacity(hidden ? 0.35 : 1);
        const double sample = sampleWidth(m_entries[i]);
        drawSample(*painter, QRectF(place.left(), place.top(), sample, place.height()), m_entries[i]);
        painter->setOpacity(1);
        const QRectF textArea = place.adjusted(sample + kSampleGap, 0, 1, 0);
        const QString label = metrics.elidedText(labelOf(m_entries[i]), Qt::ElideRight, textArea.width());
        painter->setPen(hidden ? m_muted : m_text);
        QFont font = m_font;
        font.setStrikeOut(hidden);
        painter->setFont(font);
        painter->drawText(textArea, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, label);
        if (static_cast<int>(i) == m_focused) {
            painter->setPen(QPen(m_focusColor, 1.5));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(place.adjusted(-3, 1, 4, -1), 3, 3);
        }
    }
    if (m_more > 0) {
        painter->setPen(m_muted);
        painter->drawText(m_morePlace.translated(origin), Qt::AlignLeft | Qt::AlignVCenter,
            QStringLiteral("+%1").arg(m_more));
    }
}

// --- NiceTicker ---

NiceTicker::NiceTicker(QCPAxis* axis)
    : m_axis(axis)
{ }

void NiceTicker::setMaker(ChartBase::TickMaker maker, double pixelsPerTick)
{
    m_maker = std::move(maker);
    m_pixelsPerTick = pixelsPerTick;
}

void NiceTicker::generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks,
    QVector<double>* subTicks, QVector<QString>* tickLabels)
{
    // Ticks are made before this frame's layout, so the length is estimated from the viewport, not from the
    // old rectangle.
    const bool horizontal = m_axis->orientation() == Qt::Horizontal;
    const QRect viewport = m_axis->parentPlot()->viewport();
    const double length = horizontal ? viewport.width() - 90.0 : viewport.height() - 100.0;
    const double each = m_pixelsPerTick > 0 ? m_pixelsPerTick : (horizontal ? 80.0 : 42.0);
    // Who says how much room a label needs means each of them.
    const int target = std::clamp(static_cast<int>(length / each), 2, m_pixelsPerTick > 0 ? 60 : 20);
    const bool logarithmic = m_axis->scaleType() == QCPAxis::stLogarithmic;
    const Interval interval{range.lower, range.upper};
    Ticks made;
    if (logarithmic)
        made = logTicks(interval, target);
    else
        made = m_maker ? m_maker(interval, target) : linearTicks(interval, target);
    ticks.clear();
    if (tickLabels)
        tickLabels->clear();
    for (const Tick& tick : made.major) {
        ticks.push_back(tick.value);
        if (tickLabels)
            tickLabels->push_back(tick.label);
    }
    if (subTicks)
        *subTicks = QVector<double>(made.minor.begin(), made.minor.end());
}

} // namespace bitwright::views
