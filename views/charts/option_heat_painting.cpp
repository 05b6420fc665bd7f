// Painting of the tensor x option map.
#include "views/charts/option_heat_map.h"

#include <QFontMetricsF>
#include <QLocale>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>
#include <utility>

namespace bitwright::views {

namespace {
constexpr double kStaleOpacity = 0.4;
} // namespace

void OptionHeatMap::paintCell(QPainter& painter, const QRectF& rect, int unit, int column) const
{
    const std::size_t index = cellIndex(unit, column);
    const QRectF inner = rect.height() > 6 ? rect.adjusted(0, 0, -1, -1) : rect.adjusted(0, 0, -1, 0);
    if (m_data.refused.count(index) != 0) {
        painter.fillRect(inner, theme().surface);
        painter.setPen(QPen(theme().muted, 1));
        painter.drawLine(inner.topLeft(), inner.bottomRight());
        painter.drawLine(inner.bottomLeft(), inner.topRight());
        return;
    }
    const double harm = m_data.harm[index];
    if (std::isnan(harm))
        return paintHatch(painter, inner, theme());
    const QColor fill = mapColor(m_colorMap, logShare(harm, m_range));
    painter.fillRect(inner, fill);
    if (rect.width() >= 52 && rect.height() >= 13) {
        painter.setPen(textOn(fill));
        painter.drawText(inner, Qt::AlignCenter, formatNumber(harm, 2));
    }
}

void OptionHeatMap::paintRow(QPainter& painter, const Geometry& g, QSize size, double offset, int place) const
{
    const int unit = m_order2unit[static_cast<std::size_t>(place)];
    const auto index = static_cast<std::size_t>(unit);
    const OptionMapChoice& choice = m_data.choices[index];
    const QRectF first = cellRectIn(g, offset, place, 0);
    if (isSelected(static_cast<int>(index)))
        painter.fillRect(QRectF(0, first.top(), size.width(), first.height()),
            mix(theme().background, theme().accent, 0.28));
    for (int column = 0; column < static_cast<int>(m_data.columns.size()); ++column)
        paintCell(painter, cellRectIn(g, offset, place, column), unit, column);
    for (int column = 0; column < static_cast<int>(m_data.columns.size()); ++column) {
        if (m_data.options[static_cast<std::size_t>(column)] != choice.option)
            continue;
        const QRectF rect = cellRectIn(g, offset, place, column).adjusted(0.5, 0.5, -1.5, -1.5);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme().background, rect.height() > 8 ? 4 : 2));
        painter.drawRect(rect);
        painter.setPen(
            QPen(theme().accent, rect.height() > 8 ? 2.2 : 1.2, choice.edited ? Qt::DotLine : Qt::SolidLine));
        painter.drawRect(rect);
    }
    const QFontMetricsF metrics(painter.font());
    const double glyph = std::min(9.0, g.rowHeight - 4);
    double right = g.left - 5;
    if (glyph >= 5) {
        const double top = first.center().y() - glyph / 2;
        if (choice.locked)
            paintPadlock(painter, QRectF(right -= glyph + 1, top, glyph, glyph), theme().foreground);
        if (choice.tied)
            paintLink(painter, QRectF(right -= glyph + 1, top, glyph, glyph), theme().muted);
    }
    if (choice.nonFinite)
        paintNanCross(painter,
            QRectF(2, first.top() + 1, std::min(10.0, first.height() - 2), first.height() - 2), theme());
    if (g.rowHeight < metrics.height() - 3)
        return; // too low for text
    painter.setPen(theme().foreground);
    const QRectF box(choice.nonFinite ? 14 : 5, first.top(), right - 8, first.height());
    painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter,
        metrics.elidedText(
            m_data.rows[index].label, Qt::ElideMiddle, box.width() - (choice.nonFinite ? 10 : 0)));
}

void OptionHeatMap::paintHeaders(QPainter& painter, const Geometry& g, QSize size) const
{
    const QFontMetricsF metrics(painter.font());
    painter.setPen(theme().muted);
    painter.drawText(QRectF(5, g.top - metrics.height() - 3, g.left - 8, metrics.height()),
        Qt::AlignLeft | Qt::AlignVCenter, tr("bits"));
    for (int column = 0; column < static_cast<int>(m_data.columns.size()); ++column) {
        const OptionMapColumn& data = m_data.columns[static_cast<std::size_t>(column)];
        const QRectF cell = cellRectIn(g, 0, 0, column);
        const QRectF badge(cell.left(), g.top - metrics.height() - 3, cell.width() - 1, metrics.height() + 1);
        painter.fillRect(badge, bitColor(data.bits, theme()));
        const QString bits = QLocale().toString(data.bits, 'f',
            cell.width() > 34       ? 2
                : cell.width() > 22 ? 1
                                    : 0);
        painter.setPen(textOn(bitColor(data.bits, theme())));
        painter.drawText(badge, Qt::AlignCenter | Qt::TextDontClip, bits);
        painter.setPen(theme().foreground);
        const double room = badge.top() - 4;
        if (!g.upright) {
            painter.drawText(
                QRectF(cell.left(), 2, cell.width(), room), Qt::AlignHCenter | Qt::AlignBottom, data.label);
            continue;
        }
        painter.save();
        painter.translate(cell.center().x(), badge.top() - 3);
        painter.rotate(-90);
        painter.drawText(QRectF(0, -cell.width() / 2 - 4, room, cell.width() + 8),
            Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(data.label, Qt::ElideMiddle, room));
        painter.restore();
    }
    painter.setPen(theme().axis);
    painter.drawLine(QPointF(0, g.top - 1), QPointF(size.width(), g.top - 1));
}

void OptionHeatMap::paintKey(QPainter& painter, const Geometry& g, QSize size) const
{
    if (g.bottom <= 0)
        return;
    const QFontMetricsF metrics(painter.font());
    const double top = size.height() - g.bottom + 4;
    constexpr int kBar = 110;
    const QString low = formatNumber(m_range.lower, 2), high = formatNumber(m_range.upper, 2);
    double x = 8;
    painter.setPen(theme().muted);
    painter.drawText(QPointF(x, top + metrics.ascent()), low);
    x += metrics.horizontalAdvance(low) + 5;
    for (int i = 0; i < kBar; ++i)
        painter.fillRect(
            QRectF(x + i, top + 1, 1.5, metrics.height() - 2), mapColor(m_colorMap, i / (kBar - 1.0)));
    x += kBar + 6;
    painter.drawText(QPointF(x, top + metrics.ascent()), high);
    x += metrics.horizontalAdvance(high) + 14;
    painter.drawText(QRectF(x, top, size.width() - x - 6, metrics.height()), Qt::AlignLeft | Qt::AlignVCenter,
        metrics.elidedText(m_data.harmLabel, Qt::ElideRight, size.width() - x - 8));
    painter.drawText(QRectF(8, top + metrics.height() + 2, size.width() - 12, metrics.height()),
        Qt::AlignLeft | Qt::AlignVCenter,
        metrics.elidedText(tr("outlined: the plan's choice (dotted: differs from the solver's); hatched: "
                              "unknown; crossed out: the "
                              "target refuses it"),
            Qt::ElideRight, size.width() - 14));
}

void OptionHeatMap::paintAll(QPainter& painter, const Geometry& g, QSize size, double offset) const
{
    painter.fillRect(QRect(QPoint(0, 0), size), theme().background);
    if (m_data.rows.empty())
        return;
    painter.setFont(smallFont());
    const QRectF area(0, g.top, size.width(), size.height() - g.top - g.bottom);
    painter.save();
    painter.setClipRect(area);
    if (isStale())
        painter.setOpacity(kStaleOpacity);
    const int first = std::max(0, static_cast<int>(offset / g.rowHeight));
    const int last = std::min(static_cast<int>(m_order2unit.size()) - 1,
        static_cast<int>((offset + area.height()) / g.rowHeight) + 1);
    for (int place = first; place <= last; ++place)
        paintRow(painter, g, size, offset, place);
    painter.restore();
    paintHeaders(painter, g, size);
    paintKey(painter, g, size);
}

void OptionHeatMap::paintOverlay(QPainter& painter) const
{
    const Geometry& g = m_geometry;
    painter.setClipRect(QRectF(0, g.top, viewport()->width(), viewport()->height() - g.top - g.bottom));
    painter.setBrush(Qt::NoBrush);
    for (const int unit : highlighted()) {
        painter.setPen(QPen(theme().foreground, 1.2, Qt::DotLine));
        const QRectF row = cellRect(unit, 0);
        painter.drawRect(QRectF(1, row.top(), viewport()->width() - 3, row.height() - 1));
    }
    if (m_hover.unit >= 0 && m_hover.column >= 0) {
        painter.setPen(QPen(theme().foreground, 1.4));
        painter.drawRect(cellRect(m_hover.unit, m_hover.column).adjusted(0.5, 0.5, -1.5, -1.5));
    }
    if (hasFocus() && m_focusPlace >= 0) {
        painter.setPen(QPen(theme().foreground, 1.4, Qt::DashLine));
        painter.drawRect(cellRectIn(g, offset(), m_focusPlace, m_focusColumn).adjusted(1.5, 1.5, -2.5, -2.5));
    }
    if (m_dragging) {
        QColor fill = theme().accent;
        fill.setAlphaF(0.15F);
        painter.setPen(QPen(theme().accent, 1));
        painter.setBrush(fill);
        painter.drawRect(QRectF(m_press, m_drag).normalized());
    }
}

void OptionHeatMap::paintEvent(QPaintEvent*)
{
    if (m_restoredTop && !m_data.rows.empty())
        verticalScrollBar()->setValue(
            static_cast<int>(std::lround(*std::exchange(m_restoredTop, {}) * m_geometry.rowHeight)));
    QPainter painter(viewport());
    paintAll(painter, m_geometry, viewport()->size(), offset());
    if (!m_data.rows.empty())
        paintOverlay(painter);
}

void OptionHeatMap::renderTo(QPainter& painter, QSize size)
{
    // As many rows as fit, from the first visible one on, at a readable height.
    const int first = m_order2unit.empty() ? 0 : static_cast<int>(offset() / m_geometry.rowHeight);
    const Geometry g = fitted(size);
    paintAll(painter, g, size, first * g.rowHeight);
}

} // namespace bitwright::views
