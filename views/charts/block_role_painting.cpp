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

// One format everywhere, so that numbers align and a 4.25 never reads as 4.3.
QString bitsText(double bits)
{
    return QLocale().toString(bits, 'f', 2);
}
} // namespace

// Cells that differ by the pixel that rounding gave them show the same things.
double BlockRoleMatrix::commonWidth(const QRectF& rect) const
{
    const double least = std::floor(m_geometry.cellWidth) - 2;
    return rect.width() >= least && rect.width() < least + 2 ? least : rect.width();
}

double BlockRoleMatrix::commonHeight(const QRectF& rect) const
{
    const double least = std::floor(m_geometry.cellHeight) - 2;
    return rect.height() >= least && rect.height() < least + 2 ? least : rect.height();
}

// Width at the left that belongs to padlock and link, in cells that are wide enough for them and a number.
double BlockRoleMatrix::badgeStrip(const QRectF& rect) const
{
    const double strip = std::clamp(rect.height() * 0.42, 6.0, 9.0) + 3;
    return m_hasBadges && commonWidth(rect) >= m_numberWidth + strip + 2 ? strip : 0;
}

void BlockRoleMatrix::paintHarm(
    QPainter& painter, const QRectF& rect, const MatrixUnit& unit, const QColor& ink, bool low) const
{
    const double room = std::min(rect.width(), rect.height()) - 4;
    if (room < 4)
        return;
    // Where there is room the square stands beside the number; else the number is printed over it, so the
    // square then takes the color that the number's ink is not.
    const double strip = badgeStrip(rect);
    const bool beside = commonWidth(rect) >= strip + m_numberWidth + room + 8;
    const QPointF center = beside ? QPointF(rect.right() - 3 - room / 2, rect.center().y())
                                  : QPointF(rect.center().x() + strip / 2, rect.center().y());
    if (!unit.harm || std::isnan(*unit.harm)) {
        paintHatch(
            painter, QRectF(center - QPointF(room / 3, room / 3), QSizeF(room / 1.5, room / 1.5)), theme());
        return;
    }
    // Area, not side, is proportional: areas are what the eye compares.
    const double side = room * std::sqrt(logShare(*unit.harm, m_harmRange));
    if (side < 1)
        return;
    QRectF square(center - QPointF(side / 2, side / 2), QSizeF(side, side));
    const bool prints = !beside && commonWidth(rect) >= m_numberWidth + 2 && rect.height() >= kNumberHeight;
    // Under a number that fills the cell a square would be specks: there it is a bar of the same meaning.
    const bool bar = prints && low;
    if (bar) {
        constexpr double kBar = 3;
        const double height = (rect.height() - 2) * logShare(*unit.harm, m_harmRange);
        square = QRectF(rect.right() - kBar - 1, rect.bottom() - 1 - height, kBar, height);
    }
    QColor fill = prints && !bar ? textOn(ink) : ink;
    fill.setAlphaF(prints && !bar ? 0.4F : 0.62F);
    if (unit.imported) {
        painter.setPen(QPen(fill, 1.4));
        painter.drawRect(square.adjusted(0.7, 0.7, -0.7, -0.7));
    } else {
        painter.fillRect(square, fill);
    }
}

void BlockRoleMatrix::paintBadges(
    QPainter& painter, const QRectF& rect, const MatrixUnit& unit, const QColor& ink) const
{
    const double size = std::clamp(std::min(rect.width(), rect.height()) * 0.42, 6.0, 9.0);
    const bool strip = badgeStrip(rect) > 0 || commonWidth(rect) < m_numberWidth + 2;
    if (rect.width() >= 9 && rect.height() >= 9 && strip) {
        const bool both = unit.locked && unit.tie >= 0;
        const double middle = rect.center().y() - size / 2;
        if (unit.locked)
            paintPadlock(painter, QRectF(rect.left() + 2, both ? rect.top() + 1 : middle, size, size), ink);
        if (unit.tie >= 0 && commonHeight(rect) >= 11)
            paintLink(
                painter, QRectF(rect.left() + 2, both ? rect.bottom() - size - 1 : middle, size, size), ink);
    } else if (rect.width() >= 9 && rect.height() >= 9) {
        // No room beside the number: a bar at the left for a lock, its two ends for a tie.
        if (unit.locked)
            painter.fillRect(QRectF(rect.left(), rect.top() + 2, 2.5, rect.height() - 4), ink);
        if (unit.tie >= 0)
            for (const double top : {rect.top() + 1, rect.bottom() - 4})
                painter.fillRect(QRectF(rect.left(), top, 2, 3), ink);
    }
    if (unit.edited && rect.width() >= 9 && rect.height() >= 9) // a bar along the foot: placed by hand
        painter.fillRect(QRectF(rect.left() + 2, rect.bottom() - 2.5, rect.width() - 4, 2), ink);
    if (unit.fallback)
        paintCorner(painter, rect, std::min(size, rect.width()), theme());
    if (unit.nonFinite)
        paintNanCross(painter, rect, theme());
}

// A difference: the color says who is better and by how much, the text what changes.
void BlockRoleMatrix::paintDelta(QPainter& painter, const QRectF& rect, const MatrixUnit& unit) const
{
    const double value = *unit.delta;
    if (std::isnan(value)) {
        paintHatch(painter, rect, theme());
        return;
    }
    const QColor fill = mapColor(divergingMap(theme()), 0.5 + 0.5 * std::clamp(value, -1.0, 1.0));
    painter.fillRect(rect, fill);
    const double needed = QFontMetricsF(painter.font()).horizontalAdvance(unit.deltaText) + 2;
    if (unit.deltaText.isEmpty() || rect.width() < needed || rect.height() < kNumberHeight)
        return;
    painter.setPen(textOn(fill));
    painter.drawText(rect, Qt::AlignCenter | Qt::TextDontClip, unit.deltaText);
}

void BlockRoleMatrix::paintUnit(QPainter& painter, const QRectF& rect, const MatrixUnit& unit, bool low) const
{
    if (unit.delta)
        return paintDelta(painter, rect, unit);
    if (std::isnan(unit.bits)) {
        paintHatch(painter, rect, theme());
        paintBadges(painter, rect, unit, theme().foreground);
        return;
    }
    const QColor full = bitColor(unit.bits, theme());
    const QColor fill = unit.fixed ? mix(full, theme().surface, 0.75) : full;
    const QColor ink = textOn(fill);
    painter.fillRect(rect, fill);
    if (rect.width() < 5)
        return;
    if (!unit.fixed)
        paintHarm(painter, rect, unit, ink, low);
    if (commonWidth(rect) >= m_numberWidth + 2 && rect.height() >= kNumberHeight && !unit.nonFinite) {
        painter.setPen(unit.fixed ? theme().muted : ink);
        const double strip = badgeStrip(rect);
        const double room = std::min(rect.width(), rect.height()) - 4;
        const bool beside = commonWidth(rect) >= strip + m_numberWidth + room + 8 && !unit.fixed;
        painter.drawText(rect.adjusted(strip, 0, beside ? -room - 4 : 0, 0),
            Qt::AlignCenter | Qt::TextDontClip, bitsText(unit.bits));
    }
    paintBadges(painter, rect, unit, ink);
}

void BlockRoleMatrix::paintCell(
    QPainter& painter, const QRectF& rect, const std::vector<int>& units, bool low) const
{
    const bool narrow = units.size() > 1 && rect.width() / static_cast<double>(units.size()) < 3;
    for (std::size_t i = 0; i < units.size(); ++i) {
        const MatrixUnit& unit = m_data.units[static_cast<std::size_t>(units[i])];
        QRectF segment = segmentRect(rect, units, i);
        if (units.size() > 1 && !narrow && i + 1 < units.size())
            segment.setRight(segment.right() - 1);
        paintUnit(painter, segment, unit, low);
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
                paintCell(painter, rect, units, g.low);
        }
}

void BlockRoleMatrix::paintHeaders(QPainter& painter, const Geometry& g, QSize size, QPointF offset) const
{
    const QFont labels = scaledFont(font(), 0.9);
    const QFontMetricsF metrics(labels);
    painter.setFont(labels);
    painter.save();
    painter.setClipRect(QRectF(0, g.top, size.width(), size.height() - g.top - g.bottom));
    // Labels thin out when rows are lower than the text.
    const int every = std::max(1, static_cast<int>(std::ceil((metrics.height() - 3) / g.cellHeight)));
    for (int row = 0; row < static_cast<int>(m_data.rows.size()); ++row) {
        const QRectF cell = cellRectIn(g, offset, row, 0);
        const MatrixRow& data = m_data.rows[static_cast<std::size_t>(row)];
        const bool first = row == 0 || data.tower != m_data.rows[static_cast<std::size_t>(row) - 1].tower;
        if (first && !data.tower.isEmpty()) {
            painter.setPen(theme().muted);
            QFont bold = labels;
            bold.setBold(true);
            painter.setFont(bold);
            painter.drawText(QRectF(6, cell.top() - kTowerHeight, size.width() - 8, kTowerHeight),
                Qt::AlignLeft | Qt::AlignVCenter, data.tower);
            painter.setFont(labels);
        }
        if (row % every != 0)
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
        const QRectF cell = cellRectIn(g, offset, 0, column);
        painter.setPen(theme().foreground);
        if (!g.upright) {
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
        const double right = cellRectIn(g, offset, 0, last).right();
        painter.setPen(theme().muted);
        painter.drawText(QRectF(cell.left(), 2, right - cell.left(), metrics.height()), Qt::AlignCenter,
            metrics.elidedText(data.group, Qt::ElideRight, right - cell.left()));
        painter.setPen(QPen(theme().axis, 1));
        painter.drawLine(QPointF(cell.left() + 3, groupHeight - 1.5), QPointF(right - 3, groupHeight - 1.5));
    }
    painter.restore();
}

// The key: bits colors that occur, and what the inner square means.
void BlockRoleMatrix::paintKey(QPainter& painter, const Geometry& g, QSize size) const
{
    if (g.bottom <= 0)
        return;
    const QFont labels = scaledFont(font(), kKeyFont);
    const QFontMetricsF metrics(labels);
    painter.setFont(labels);
    painter.setPen(theme().muted);
    if (g.note > 0)
        painter.drawText(QRectF(8, size.height() - g.note, size.width() - 12, g.note),
            Qt::AlignLeft | Qt::AlignVCenter,
            caption().footnoteLines(metrics, size.width() - 14.0).join(u'\n'));
    double x = 8;
    const double top = size.height() - g.bottom + 4, h = metrics.height() + 1;
    if (!m_data.deltaLabel.isEmpty()) {
        paintDeltaKey(painter, QRectF(8, top, size.width() - 14, h));
        return;
    }
    painter.setPen(theme().muted);
    const QString bits = tr("bits");
    painter.drawText(QRectF(x, top, 60, h), Qt::AlignLeft | Qt::AlignVCenter, bits);
    x += metrics.horizontalAdvance(bits) + 6;
    for (const int b : {1, 2, 3, 4, 5, 6, 8, 16}) {
        const QRectF box(x, top, 22, h);
        painter.fillRect(box, bitColor(b, theme()));
        painter.setPen(textOn(bitColor(b, theme())));
        painter.drawText(box, Qt::AlignCenter, QString::number(b));
        x += 22;
    }
    x += 14;
    const QString harm = m_data.harmLabel.isEmpty() ? tr("area of the square: log harm")
                                                    : tr("area of the square: log %1").arg(m_data.harmLabel);
    painter.setPen(theme().muted);
    const double room = size.width() - x - 6;
    // The footnote says the same in other words: better there alone than here cut.
    if (metrics.horizontalAdvance(harm) <= room || g.note <= 0)
        painter.drawText(QRectF(x, top, room, h), Qt::AlignLeft | Qt::AlignVCenter,
            metrics.elidedText(harm, Qt::ElideRight, room));
}

void BlockRoleMatrix::paintDeltaKey(QPainter& painter, const QRectF& area) const
{
    constexpr double kLongest = 90, kShortest = 30, kGap = 8;
    const QFontMetricsF metrics(painter.font());
    // Where not all fits, the ends of the scale alone: the footnote says what they are of.
    QString label = m_data.deltaLabel;
    if (metrics.horizontalAdvance(label) > area.width() - kLongest - kGap)
        label = label.section(QLatin1Char(':'), 0, 0);
    const double bar = std::floor(
        std::clamp(area.width() - kGap - 2 - metrics.horizontalAdvance(label), kShortest, kLongest));
    for (int i = 0; i < static_cast<int>(bar); ++i)
        painter.fillRect(QRectF(area.left() + i, area.top() + 1, 1.5, area.height() - 2),
            mapColor(divergingMap(theme()), i / (bar - 1)));
    painter.setPen(theme().muted);
    painter.drawText(area.adjusted(bar + kGap, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
        metrics.elidedText(label, Qt::ElideRight, area.width() - bar - kGap));
}

QFont BlockRoleMatrix::numberFont(const Geometry& g) const
{
    const bool small = g.cellHeight < 16 || g.cellWidth < 40;
    const bool large = g.cellHeight >= 56 && g.cellWidth >= 110; // a projector, or a screen of 4K
    const bool huge = g.cellHeight >= 110 && g.cellWidth >= 220;
    return scaledFont(font(), small ? 0.8 : huge ? 1.9 : large ? 1.3 : 0.95);
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
            outline(unit, theme().accent, 1.4, Qt::DashLine);
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
        paintCell(painter, rect, unitsOf(cell.y(), cell.x()), g.low);
    }
    m_dirty.clear();
}

void BlockRoleMatrix::renderTo(QPainter& painter, QSize size)
{
    paintAll(painter, fitted(size, 1, 1), size, {0, 0});
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
