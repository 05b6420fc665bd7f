// Painting of the matrix.
#include "views/charts/block_role_matrix.h"

#include <QEvent>
#include <QFontMetricsF>
#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <utility>

namespace bitwright::views {

namespace {
constexpr double kStaleOpacity = 0.4;
constexpr float kHarmOpacity = 0.42F; // of the squares
constexpr float kBarOpacity = 0.75F, kTrackOpacity = 0.14F; // of the bars in small cells
constexpr double kLeastHarm = 4; // side of the square of the least harm, in pixels
constexpr double kLooseMargin = 5; // left and right in a cell of a strip
constexpr double kHarmFont = 0.85; // of the harm in digits, against that of the bits

// One format in all cells, so that numbers align: two decimals or, where these have no room, a code's bits.
QString bitsText(double bits, bool whole = false)
{
    return whole ? QLocale().toString(std::floor(bits), 'f', 0) : QLocale().toString(bits, 'f', 2);
}
} // namespace

// Cells that differ by the pixel that rounding gave them show the same things.
MatrixCellLayout BlockRoleMatrix::layoutOf(const QRectF& rect) const
{
    const auto common = [](double size, double cell) {
        const double least = std::floor(cell) - 2;
        return size >= least && size < least + 2 ? least : size;
    };
    const QSizeF size(
        common(rect.width(), m_geometry.cellWidth), common(rect.height(), m_geometry.cellHeight));
    MatrixCellLayout layout = layoutMatrixCell(size, m_number, m_hasBadges, m_geometry.side);
    const QPointF shift = rect.topLeft()
        + QPointF(
            std::floor((rect.width() - size.width()) / 2), std::floor((rect.height() - size.height()) / 2));
    for (QRectF* part :
        {&layout.number, &layout.square, &layout.harm, &layout.link, &layout.lock, &layout.bar})
        if (!part->isNull())
            part->translate(shift);
    return layout;
}

// The same color at every size: the number's, half strong, so that it never hides a number nor is hidden.
void BlockRoleMatrix::paintHarm(
    QPainter& painter, const MatrixCellLayout& layout, const MatrixUnit& unit, const QColor& ink) const
{
    const bool bar = !layout.bar.isNull();
    const QRectF whole = bar ? layout.bar : layout.square;
    if (whole.isNull())
        return;
    if (!unit.harm || std::isnan(*unit.harm)) {
        const double trim = bar ? 0 : whole.width() / 6;
        return paintHatch(painter, whole.adjusted(trim, trim, -trim, -trim), theme());
    }
    if (*unit.harm > 0)
        paintHarmShare(painter, whole, bar, logShare(*unit.harm, m_harmRange), unit.imported, ink);
}

// Of a square the area, not the side, is proportional: areas are what the eye compares. Of a bar the length,
// over a track that says what the whole is.
void BlockRoleMatrix::paintHarmShare(
    QPainter& painter, const QRectF& whole, bool bar, double share, bool hollow, const QColor& ink) const
{
    QColor fill = ink;
    // However little: nothing would say that there is none, or that it is unknown.
    const double side = std::max(whole.width() * std::sqrt(share), std::min(kLeastHarm, whole.width()));
    QRectF part(whole.center() - QPointF(side / 2, side / 2), QSizeF(side, side));
    if (bar) {
        fill.setAlphaF(kTrackOpacity);
        painter.fillRect(whole, fill);
        part = whole;
        if (whole.width() >= whole.height())
            part.setWidth(std::max(1.0, whole.width() * share));
        else
            part.setTop(whole.bottom() - std::max(1.0, whole.height() * share));
    }
    fill.setAlphaF(bar ? kBarOpacity : kHarmOpacity);
    if (hollow) {
        painter.setPen(QPen(fill, 1.4));
        painter.drawRect(part.adjusted(0.7, 0.7, -0.7, -0.7));
    } else {
        painter.fillRect(part, fill);
    }
}

void BlockRoleMatrix::paintBadges(QPainter& painter, const QRectF& rect, const MatrixCellLayout& layout,
    const MatrixUnit& unit, const QColor& ink) const
{
    const bool room = rect.width() >= 9 && rect.height() >= 9;
    const bool onePlace = layout.link == layout.lock;
    // One mark alone on a line stands in its middle.
    const bool alone = layout.ownLine && unit.locked != (unit.tie >= 0);
    const QPointF shift = alone ? (layout.lock.center() - layout.link.center()) / 2 : QPointF();
    if (unit.tie >= 0 && !layout.link.isNull() && !(unit.locked && onePlace))
        paintLink(painter, layout.link.translated(shift), ink);
    if (unit.locked && !layout.lock.isNull())
        paintPadlock(painter, layout.lock.translated(-shift), ink);
    else if (unit.locked && room) // no place for a padlock: a bar at the left
        painter.fillRect(QRectF(rect.left(), rect.top() + 2, 2.5, rect.height() - 4), ink);
    if (unit.edited && room) // a bar along the foot: placed by hand
        painter.fillRect(QRectF(rect.left() + 2, rect.bottom() - 2.5, rect.width() - 4, 2), ink);
    if (unit.fallback)
        paintCorner(painter, rect,
            std::clamp(
                std::min(rect.width(), rect.height()) * 0.42, 6.0, std::max(9.0, m_number.height() * 0.8)),
            theme());
    if (unit.nonFinite)
        paintNanCross(painter, rect, theme());
    if (unit.failed) { // in the place of the number: nothing was measured
        const double side = std::min({rect.width(), rect.height(), m_number.height() * 1.4});
        paintFailed(painter, QRectF(rect.center() - QPointF(side, side) / 2, QSizeF(side, side)), ink);
    }
}

// Never so far from the middle that the text's color would have to change: white here and black there on
// nearly the same brown looks like two kinds of cells.
QColor BlockRoleMatrix::deltaColor(double value) const
{
    // From the color of what is the same: a jump there would make the least difference look like a large one.
    constexpr double kReach = 0.57;
    const double away = std::clamp(std::abs(value), 0.0, 1.0);
    const QColor most = mapColor(divergingMap(theme()), 0.5 + 0.5 * std::copysign(kReach, value));
    return mix(theme().surface, most, away);
}

// A difference: the color says who is better and by how much, the text what changes.
void BlockRoleMatrix::paintDelta(QPainter& painter, const QRectF& rect, const MatrixUnit& unit) const
{
    const double value = *unit.delta;
    if (std::isnan(value)) {
        paintHatch(painter, rect, theme());
        return;
    }
    painter.fillRect(rect, deltaColor(value));
    // The color alone may be too faint to tell another option from the same one.
    const QString text = shownDelta(unit);
    if (QFontMetricsF(painter.font()).horizontalAdvance(text) + 2 > rect.width()
        || rect.height() < kNumberHeight)
        return;
    painter.setPen(theme().foreground);
    painter.drawText(rect, Qt::AlignCenter | Qt::TextDontClip, text);
}

void BlockRoleMatrix::paintUnit(QPainter& painter, const QRectF& rect, const MatrixUnit& unit) const
{
    if (!unit.label.isEmpty())
        return paintLoose(painter, rect, unit);
    if (unit.delta)
        return paintDelta(painter, rect, unit);
    const MatrixCellLayout layout = layoutOf(rect);
    if (std::isnan(unit.bits)) {
        paintHatch(painter, rect, theme());
        paintBadges(painter, rect, layout, unit, theme().foreground);
        return;
    }
    const QColor full = bitColor(unit.bits, theme());
    const QColor fill = unit.fixed ? mix(full, theme().surface, 0.75) : full;
    const QColor ink = textOn(fill);
    painter.fillRect(rect, fill);
    if (rect.width() < 5)
        return;
    if (!unit.fixed)
        paintHarm(painter, layout, unit, ink);
    if (!layout.number.isNull() && !unit.nonFinite && !unit.failed) {
        painter.setPen(unit.fixed ? theme().muted : ink);
        painter.drawText(
            layout.number, Qt::AlignCenter | Qt::TextDontClip, bitsText(unit.bits, wholeBits(m_geometry)));
        if (!layout.harm.isNull() && !unit.fixed && unit.harm) {
            const QFont font = painter.font();
            painter.setFont(scaledFont(font, kHarmFont));
            painter.drawText(layout.harm, Qt::AlignCenter | Qt::TextDontClip, harmDigits(unit));
            painter.setFont(font);
        }
    }
    paintBadges(painter, rect, layout, unit, ink);
}

// In a strip: label, marks, bits, square and harm beside each other, as many of them as there is room for.
void BlockRoleMatrix::paintLoose(QPainter& painter, const QRectF& rect, const MatrixUnit& unit) const
{
    constexpr double kGap = 8;
    const bool difference = unit.delta.has_value();
    const double value = difference ? *unit.delta : unit.bits;
    const bool known = !std::isnan(value);
    const QColor fill = !known ? theme().surface : difference ? deltaColor(value) : bitColor(value, theme());
    const QColor ink = difference ? theme().foreground : textOn(fill);
    if (known)
        painter.fillRect(rect, fill);
    else
        paintHatch(painter, rect, theme());
    const QFontMetricsF metrics(painter.font());
    MatrixCellLayout layout;
    const double room = rect.width() - 2 * kLooseMargin;
    const double side = std::min(m_geometry.side, rect.height() - 4),
                 label = metrics.horizontalAdvance(unit.label);
    const QString number = difference ? shownDelta(unit) : known ? bitsText(value) : QString();
    const QString harm = !difference && known && unit.harm && *unit.harm > 0 ? harmDigits(unit) : QString();
    // What tells most is placed first.
    double used = label;
    const auto takes = [&](double width) {
        const bool fits = width > 0 && used + kGap + width <= room;
        used += fits ? kGap + width : 0;
        return fits ? width : 0.0;
    };
    const double square = !difference && known && side >= 4 ? takes(side) : 0;
    const double digits = takes(metrics.horizontalAdvance(number));
    const double glyph
        = m_hasBadges && (unit.locked || unit.tie >= 0) ? takes(std::max(8.0, 0.8 * m_number.height())) : 0;
    const double harmWidth = takes(metrics.horizontalAdvance(harm));
    double x = rect.left() + kLooseMargin + std::max(0.0, (room - used) / 2);
    const auto place = [&](double width) {
        const QRectF part(x, rect.top(), width, rect.height());
        x += width > 0 ? width + kGap : 0;
        return part;
    };
    painter.setPen(ink);
    const auto write = [&](const QRectF& part, const QString& text) {
        if (part.width() > 0 && metrics.height() <= rect.height())
            painter.drawText(part, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, text);
    };
    const double shown = std::min(label, room);
    write(place(shown), metrics.elidedText(unit.label, Qt::ElideRight, shown + 1));
    if (glyph > 0) {
        layout.link = layout.lock = QRectF(x, rect.center().y() - glyph / 2, glyph, glyph);
        place(glyph);
    }
    write(place(digits), number);
    if (square > 0) {
        layout.square = QRectF(x, rect.center().y() - square / 2, square, square);
        place(square);
        paintHarm(painter, layout, unit, ink);
        painter.setPen(ink);
    }
    write(place(harmWidth), harm);
    paintBadges(painter, rect, layout, unit, ink);
}

void BlockRoleMatrix::paintCell(QPainter& painter, const QRectF& rect, const std::vector<int>& units) const
{
    const bool narrow = units.size() > 1 && rect.width() / static_cast<double>(units.size()) < 3;
    for (std::size_t i = 0; i < units.size(); ++i) {
        const MatrixUnit& unit = m_data.units[static_cast<std::size_t>(units[i])];
        QRectF segment = segmentRect(rect, units, i);
        if (units.size() > 1 && !narrow && i + 1 < units.size())
            segment.setRight(segment.right() - 1);
        paintUnit(painter, segment, unit);
    }
}

void BlockRoleMatrix::paintCells(
    QPainter& painter, const Geometry& g, const QRectF& area, QPointF offset) const
{
    painter.setFont(numberFont(g));
    for (int row = 0; row < static_cast<int>(m_data.rows.size()); ++row)
        for (int column = 0; column < static_cast<int>(m_data.columns.size()); ++column) {
            const std::vector<int>& units = unitsOf(row, column);
            const QRectF rect = cellRectIn(g, offset, row, column);
            if (!units.empty() && rect.intersects(area))
                paintCell(painter, rect, units);
        }
}

void BlockRoleMatrix::paintHeaders(QPainter& painter, const Geometry& g, QSize size, QPointF offset) const
{
    const QFont labels = scaledFont(font(), g.labels);
    const QFontMetricsF metrics(labels);
    painter.setFont(labels);
    painter.save();
    painter.setClipRect(QRectF(0, g.top, size.width(), size.height() - g.top - g.bottom));
    // Labels thin out when rows are lower than the text.
    const int every = std::max(1, static_cast<int>(std::ceil((metrics.height() - 3) / g.cellHeight)));
    for (int row = 0; row < static_cast<int>(m_data.rows.size()); ++row) {
        const QRectF cell = cellRectIn(g, offset, row, 0);
        const MatrixRow& data = m_data.rows[static_cast<std::size_t>(row)];
        if (startsTower(static_cast<std::size_t>(row))) {
            painter.setPen(theme().muted);
            QFont bold = labels;
            bold.setBold(true);
            painter.setFont(bold);
            painter.drawText(QRectF(6, cell.top() - kTowerHeight, size.width() - 8, kTowerHeight),
                Qt::AlignLeft | Qt::AlignVCenter, data.tower);
            painter.setFont(labels);
        }
        if (row % every != 0 && !data.loose)
            continue;
        painter.setPen(theme().foreground);
        const QRectF box(2, cell.center().y() - metrics.height() / 2, g.left - 8, metrics.height());
        painter.drawText(box, Qt::AlignRight | Qt::AlignVCenter,
            metrics.elidedText(data.label, Qt::ElideMiddle, box.width()));
    }
    painter.restore();
    painter.save();
    painter.setClipRect(QRectF(g.left, 0, size.width() - g.left, g.top));
    const bool groups = std::any_of(m_data.columns.begin(), m_data.columns.end(),
        [](const MatrixColumn& c) { return !c.group.isEmpty(); });
    const double groupHeight = groups ? metrics.height() + 6 : 0;
    for (int column = 0; column < static_cast<int>(m_data.columns.size()); ++column) {
        const MatrixColumn& data = m_data.columns[static_cast<std::size_t>(column)];
        const QRectF cell = columnSpan(g, offset, column);
        painter.setPen(theme().foreground);
        // A letter is not read on end, whatever the longer names need.
        if (!g.upright || data.label.size() == 1) {
            painter.drawText(QRectF(cell.left(), groupHeight, cell.width(), g.top - groupHeight - 3),
                Qt::AlignHCenter | Qt::AlignBottom, data.label);
        } else {
            painter.save();
            painter.translate(cell.center().x(), g.top - 4);
            painter.rotate(-90);
            painter.drawText(QRectF(0, -g.cellWidth / 2 - 4, g.top - groupHeight - 6, g.cellWidth + 8),
                Qt::AlignLeft | Qt::AlignVCenter,
                metrics.elidedText(data.label, Qt::ElideRight, g.top - groupHeight - 6));
            painter.restore();
        }
        const bool first
            = column == 0 || data.group != m_data.columns[static_cast<std::size_t>(column) - 1].group;
        if (!first || data.group.isEmpty())
            continue;
        int last = column;
        while (last + 1 < static_cast<int>(m_data.columns.size())
            && m_data.columns[static_cast<std::size_t>(last) + 1].group == data.group)
            ++last;
        const double right = columnSpan(g, offset, last).right();
        painter.setPen(theme().muted);
        painter.drawText(QRectF(cell.left(), 2, right - cell.left(), metrics.height()), Qt::AlignCenter,
            metrics.elidedText(data.group, Qt::ElideRight, right - cell.left()));
        painter.setPen(QPen(theme().axis, 1));
        painter.drawLine(QPointF(cell.left() + 3, groupHeight - 1.5), QPointF(right - 3, groupHeight - 1.5));
    }
    painter.restore();
}

// Grows with the cells: a projector and a screen of 4K are read from afar.
QFont BlockRoleMatrix::numberFont(const Geometry& g) const
{
    if (g.cellHeight < 16 || g.cellWidth < 40)
        return scaledFont(font(), 0.8);
    const double size = std::min(g.cellWidth, 2 * g.cellHeight);
    return scaledFont(font(), std::min(0.92 + 0.0036 * (size - 40), 1.9));
}

void BlockRoleMatrix::paintAll(QPainter& painter, const Geometry& g, QSize size, QPointF offset) const
{
    painter.fillRect(QRect(QPoint(0, 0), size), theme().background);
    const QRectF area(g.left, g.top, size.width() - g.left, size.height() - g.top - g.bottom);
    painter.save();
    painter.setClipRect(area);
    if (isStale())
        painter.setOpacity(kStaleOpacity);
    paintCells(painter, g, area, offset);
    painter.restore();
    paintHeaders(painter, g, size, offset);
    paintKey(painter, g, size);
}

void BlockRoleMatrix::paintOverlay(QPainter& painter) const
{
    const Geometry& g = m_geometry;
    painter.save();
    painter.setClipRect(QRectF(0, g.top, viewport()->width(), viewport()->height() - g.top - g.bottom));
    const QRectF view = viewport()->rect();
    const auto outline = [&](int unit, const QColor& color, double width, Qt::PenStyle style) {
        const QRectF rect = unitRect(unit);
        if (!rect.intersects(view))
            return;
        painter.setPen(QPen(color, width, style, Qt::SquareCap, Qt::MiterJoin));
        painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5));
    };
    if (selection().size() == 1)
        for (const int unit : alike(selection().front()).units)
            if (const QRectF rect = unitRect(unit); rect.intersects(view))
                paintAlike(painter, rect);
    for (const int unit : selection()) {
        outline(unit, theme().background, 4, Qt::SolidLine);
        outline(unit, theme().accent, 2.2, Qt::SolidLine);
    }
    for (const int unit : highlighted())
        outline(unit, theme().foreground, 1.6, Qt::DotLine);
    if (m_hover >= 0) {
        const int tie = m_data.units[static_cast<std::size_t>(m_hover)].tie;
        for (std::size_t i = 0; tie >= 0 && i < m_data.units.size(); ++i)
            if (m_data.units[i].tie == tie)
                outline(static_cast<int>(i), theme().foreground, 1.6, Qt::DashLine);
        outline(m_hover, theme().foreground, 1.4, Qt::SolidLine);
    }
    if (hasFocus() && m_focus.y() >= 0) {
        const QRectF rect = cellRect(m_focus.y(), m_focus.x());
        painter.setPen(QPen(theme().background, 3));
        painter.drawRect(rect.adjusted(1.5, 1.5, -1.5, -1.5));
        painter.setPen(QPen(theme().foreground, 1.5, Qt::DashLine));
        painter.drawRect(rect.adjusted(1.5, 1.5, -1.5, -1.5));
    }
    if (m_gesture == Gesture::Box) {
        QColor fill = theme().accent;
        fill.setAlphaF(0.15F);
        painter.setPen(QPen(theme().accent, 1));
        painter.setBrush(fill);
        painter.drawRect(QRectF(m_pressPosition, m_dragPosition).normalized());
    }
    painter.restore();
    paintAlikeKey(painter);
}

void BlockRoleMatrix::invalidate()
{
    m_cache = QPixmap();
    m_dirty.clear();
    viewport()->update();
}

void BlockRoleMatrix::paintEvent(QPaintEvent*)
{
    // The cells are cached: hover, selection and rubber band repaint only outlines.
    const double ratio = devicePixelRatioF();
    const QSize wanted = viewport()->size() * ratio;
    if (m_cache.size() != wanted) {
        m_cache = QPixmap(wanted);
        m_cache.setDevicePixelRatio(ratio);
        m_dirty.clear();
        QPainter cached(&m_cache);
        paintAll(cached, m_geometry, viewport()->size(), offset());
    }
    paintDirty();
    QPainter painter(viewport());
    painter.drawPixmap(0, 0, m_cache);
    paintOverlay(painter);
}

// An edit changes few cells of many: only those are painted again.
void BlockRoleMatrix::paintDirty()
{
    if (m_dirty.empty())
        return;
    const Geometry& g = m_geometry;
    const QSize size = viewport()->size();
    const QRectF area(g.left, g.top, size.width() - g.left, size.height() - g.top - g.bottom);
    QPainter painter(&m_cache);
    painter.setClipRect(area);
    painter.setFont(numberFont(g));
    std::sort(m_dirty.begin(), m_dirty.end(),
        [](QPoint a, QPoint b) { return std::pair(a.y(), a.x()) < std::pair(b.y(), b.x()); });
    m_dirty.erase(std::unique(m_dirty.begin(), m_dirty.end()), m_dirty.end());
    for (const QPoint cell : m_dirty) {
        const QRectF rect = cellRectIn(g, offset(), cell.y(), cell.x());
        if (!rect.intersects(area))
            continue;
        painter.setOpacity(1);
        painter.fillRect(rect, theme().background);
        painter.setOpacity(isStale() ? kStaleOpacity : 1);
        paintCell(painter, rect, unitsOf(cell.y(), cell.x()));
    }
    m_dirty.clear();
}

void BlockRoleMatrix::renderTo(QPainter& painter, QSize size)
{
    // Cells lay themselves out by what is fitted: for this once, by the picture.
    const Geometry shown = std::exchange(m_geometry, fitted(size, 1, 1));
    const QSizeF number = std::exchange(m_number, numberSize(m_geometry));
    paintAll(painter, m_geometry, size, {0, 0});
    m_geometry = shown;
    m_number = number;
}

void BlockRoleMatrix::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    layoutScrollBars();
    invalidate();
}

void BlockRoleMatrix::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        layoutScrollBars();
        invalidate();
    }
}

void BlockRoleMatrix::scrollContentsBy(int, int)
{
    invalidate();
}

} // namespace bitwright::views
