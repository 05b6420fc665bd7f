// Data, geometry and painting of the matrix; gestures are in block_role_gestures.cpp.
#include "views/charts/block_role_matrix.h"

#include "views/charts/empty_state.h"

#include <QFontMetricsF>
#include <QJsonArray>
#include <QPainter>
#include <QResizeEvent>
#include <QScrollBar>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {
constexpr double kSmallestCellWidth = 13, kSmallestCellHeight = 13; // when fitted
constexpr double kLargestCellWidth = 84, kLargestCellHeight = 30;
constexpr double kTowerHeight = 20; // heading row of a tower
constexpr double kNumberWidth = 20, kNumberHeight = 10; // smallest cell that prints its bits
constexpr double kBesideWidth = 44; // from here on the harm square stands beside the number
constexpr double kStaleOpacity = 0.4;

QString bitsText(double bits)
{
    if (std::abs(bits - std::round(bits)) < 0.005)
        return QString::number(std::lround(bits));
    return QString::number(bits, 'f', 1);
}
QFont smaller(QFont font, double factor)
{
    if (font.pointSizeF() > 0)
        font.setPointSizeF(std::max(6.0, font.pointSizeF() * factor));
    return font;
}
} // namespace

BlockRoleMatrix::BlockRoleMatrix(QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_theme(themeFor(palette()))
    , m_empty(new EmptyState(this))
{
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    horizontalScrollBar()->setSingleStep(20);
    verticalScrollBar()->setSingleStep(20);
    connect(m_empty, &EmptyState::remedyRequested, this, &BlockRoleMatrix::remedyRequested);
    setTheme(m_theme);
}

// --- Data ---

void BlockRoleMatrix::setData(MatrixData data)
{
    m_data = std::move(data);
    m_selection.clear();
    m_highlighted.clear();
    m_hover = -1;
    m_focus = m_anchor = {-1, -1};
    clearEmpty();
    indexUnits();
    layoutScrollBars();
    invalidate();
}

void BlockRoleMatrix::setUnits(std::vector<MatrixUnit> units)
{
    const bool sameCount = units.size() == m_data.units.size();
    m_data.units = std::move(units);
    if (!sameCount) {
        m_selection.clear();
        m_highlighted.clear();
        m_hover = -1;
    }
    indexUnits();
    invalidate();
}

void BlockRoleMatrix::indexUnits()
{
    const std::size_t columns = m_data.columns.size();
    m_cells.assign(m_data.rows.size() * columns, {});
    std::vector<double> harms;
    for (std::size_t i = 0; i < m_data.units.size(); ++i) {
        const MatrixUnit& unit = m_data.units[i];
        if (unit.row < 0 || unit.column < 0 || static_cast<std::size_t>(unit.row) >= m_data.rows.size()
            || static_cast<std::size_t>(unit.column) >= columns)
            continue;
        m_cells[static_cast<std::size_t>(unit.row) * columns + static_cast<std::size_t>(unit.column)]
            .push_back(static_cast<int>(i));
        if (unit.harm)
            harms.push_back(*unit.harm);
    }
    // At most four decades, so that the area of the square still tells units apart.
    const auto range = finiteRange(harms, true);
    m_harmRange
        = range ? Interval{std::max(range->lower * 0.5, range->upper * 1e-4), range->upper} : Interval{0, 0};
    m_isSelected.assign(m_data.units.size(), 0);
    for (const int unit : m_selection)
        m_isSelected[static_cast<std::size_t>(unit)] = 1;
}

const std::vector<int>& BlockRoleMatrix::unitsOf(int row, int column) const
{
    static const std::vector<int> none;
    const auto columns = static_cast<int>(m_data.columns.size());
    if (row < 0 || column < 0 || row >= static_cast<int>(m_data.rows.size()) || column >= columns)
        return none;
    return m_cells[static_cast<std::size_t>(row * columns + column)];
}

void BlockRoleMatrix::setTheme(const Theme& theme)
{
    m_theme = theme;
    m_empty->setTheme(theme);
    invalidate();
}

void BlockRoleMatrix::setCaption(const ChartCaption& caption)
{
    ChartSurface::setCaption(caption);
    setAccessibleName(caption.title);
    setAccessibleDescription(caption.footnote());
    layoutScrollBars();
    invalidate();
}

void BlockRoleMatrix::setEmpty(const QString& message, const QString& buttonText)
{
    m_empty->setMessage(message, buttonText);
}
void BlockRoleMatrix::clearEmpty()
{
    m_empty->hide();
}

void BlockRoleMatrix::setStale(bool stale)
{
    if (m_stale == stale)
        return;
    m_stale = stale;
    invalidate();
}

void BlockRoleMatrix::setSelection(const QVector<int>& units)
{
    QVector<int> valid;
    for (const int unit : units)
        if (unit >= 0 && static_cast<std::size_t>(unit) < m_data.units.size())
            valid << unit;
    std::sort(valid.begin(), valid.end());
    valid.erase(std::unique(valid.begin(), valid.end()), valid.end());
    if (valid == m_selection)
        return;
    m_selection = valid;
    m_isSelected.assign(m_data.units.size(), 0);
    for (const int unit : m_selection)
        m_isSelected[static_cast<std::size_t>(unit)] = 1;
    viewport()->update();
}

void BlockRoleMatrix::setHighlighted(const QVector<int>& units)
{
    m_highlighted = units;
    viewport()->update();
}

void BlockRoleMatrix::setFocusCell(int row, int column)
{
    m_focus = m_anchor = {column, row};
    ensureVisible(row, column);
    viewport()->update();
}

// --- Geometry ---

BlockRoleMatrix::Geometry BlockRoleMatrix::fitted(QSize size, double zoomX, double zoomY) const
{
    Geometry g;
    const QFontMetricsF metrics(smaller(font(), 0.9));
    bool groups = false;
    double longest = metrics.horizontalAdvance(QStringLiteral("00"));
    for (const MatrixRow& row : m_data.rows)
        longest = std::max(longest, metrics.horizontalAdvance(row.label));
    double labelWidth = 0;
    for (const MatrixColumn& column : m_data.columns) {
        groups = groups || !column.group.isEmpty();
        labelWidth = std::max(labelWidth, metrics.horizontalAdvance(column.label));
    }
    g.left = std::min(longest, 110.0) + 14;
    g.bottom = size.height() > 220 ? metrics.height() + 10 : 0;
    if (g.bottom > 0 && !caption().footnote().isEmpty())
        g.bottom += metrics.height() + 2;
    const auto columns = static_cast<double>(std::max<std::size_t>(m_data.columns.size(), 1));
    const double fitWidth
        = std::clamp((size.width() - g.left - 4) / columns, kSmallestCellWidth, kLargestCellWidth);
    g.cellWidth = std::clamp(fitWidth * zoomX, 4.0, 400.0);
    // Labels stand upright when they do not fit across.
    g.upright = labelWidth + 4 > g.cellWidth;
    g.top = (groups ? metrics.height() + 6 : 0)
        + (g.upright ? std::min(labelWidth, 90.0) + 10 : metrics.height() + 8);
    int towers = 0;
    for (std::size_t i = 0; i < m_data.rows.size(); ++i)
        if (!m_data.rows[i].tower.isEmpty() && (i == 0 || m_data.rows[i].tower != m_data.rows[i - 1].tower))
            ++towers;
    const auto rows = static_cast<double>(std::max<std::size_t>(m_data.rows.size(), 1));
    const double room = size.height() - g.top - g.bottom - 2 - towers * kTowerHeight;
    g.cellHeight
        = std::clamp(std::clamp(room / rows, kSmallestCellHeight, kLargestCellHeight) * zoomY, 3.0, 200.0);
    double y = 0;
    for (std::size_t i = 0; i < m_data.rows.size(); ++i) {
        if (!m_data.rows[i].tower.isEmpty() && (i == 0 || m_data.rows[i].tower != m_data.rows[i - 1].tower))
            y += kTowerHeight;
        g.rowTops.push_back(y);
        y += g.cellHeight;
    }
    g.contentHeight = y;
    g.contentWidth = g.cellWidth * static_cast<double>(m_data.columns.size());
    return g;
}

void BlockRoleMatrix::layoutScrollBars()
{
    const QSize size = viewport()->size();
    m_geometry = fitted(size, m_zoomX, m_zoomY);
    const int pageX = std::max(1, static_cast<int>(size.width() - m_geometry.left));
    const int pageY = std::max(1, static_cast<int>(size.height() - m_geometry.top - m_geometry.bottom));
    horizontalScrollBar()->setPageStep(pageX);
    verticalScrollBar()->setPageStep(pageY);
    horizontalScrollBar()->setRange(
        0, std::max(0, static_cast<int>(std::ceil(m_geometry.contentWidth)) - pageX));
    verticalScrollBar()->setRange(
        0, std::max(0, static_cast<int>(std::ceil(m_geometry.contentHeight)) - pageY));
}

QPointF BlockRoleMatrix::offset() const
{
    return {static_cast<double>(horizontalScrollBar()->value()),
        static_cast<double>(verticalScrollBar()->value())};
}

QRectF BlockRoleMatrix::cellRectIn(const Geometry& g, QPointF offset, int row, int column) const
{
    if (row < 0 || static_cast<std::size_t>(row) >= g.rowTops.size())
        return {};
    // Whole pixels: cells of equal size look equal and their gaps stay even.
    const double left = std::round(g.left + g.cellWidth * column - offset.x());
    const double right = std::round(g.left + g.cellWidth * (column + 1) - offset.x());
    const double top = std::round(g.top + g.rowTops[static_cast<std::size_t>(row)] - offset.y());
    const double bottom
        = std::round(g.top + g.rowTops[static_cast<std::size_t>(row)] + g.cellHeight - offset.y());
    return {left, top, right - left, bottom - top};
}

QRectF BlockRoleMatrix::cellRect(int row, int column) const
{
    return cellRectIn(m_geometry, offset(), row, column);
}

QRectF BlockRoleMatrix::segmentRect(
    const QRectF& cell, const std::vector<int>& units, std::size_t segment) const
{
    const QRectF inner
        = cell.width() > 8 && cell.height() > 8 ? cell.adjusted(1, 1, -1, -1) : cell.adjusted(0, 0, -1, -1);
    if (units.size() == 1)
        return inner;
    double total = 0, before = 0;
    for (std::size_t i = 0; i < units.size(); ++i) {
        const double share = std::max(m_data.units[static_cast<std::size_t>(units[i])].share, 0.0);
        before += i < segment ? share : 0;
        total += share;
    }
    const double share = std::max(m_data.units[static_cast<std::size_t>(units[segment])].share, 0.0);
    if (!(total > 0))
        return {
            inner.left() + inner.width() * static_cast<double>(segment) / static_cast<double>(units.size()),
            inner.top(), inner.width() / static_cast<double>(units.size()), inner.height()};
    return {inner.left() + inner.width() * before / total, inner.top(), inner.width() * share / total,
        inner.height()};
}

QRectF BlockRoleMatrix::unitRect(int unit) const
{
    if (unit < 0 || static_cast<std::size_t>(unit) >= m_data.units.size())
        return {};
    const MatrixUnit& u = m_data.units[static_cast<std::size_t>(unit)];
    const std::vector<int>& units = unitsOf(u.row, u.column);
    const auto at = std::find(units.begin(), units.end(), unit);
    if (at == units.end())
        return {};
    return segmentRect(cellRect(u.row, u.column), units, static_cast<std::size_t>(at - units.begin()));
}

int BlockRoleMatrix::unitAt(const QPointF& position) const
{
    const Geometry& g = m_geometry;
    if (position.x() < g.left || position.y() < g.top || position.y() > viewport()->height() - g.bottom)
        return -1;
    const int column
        = cellAt(position.x() + offset().x(), g.left, g.cellWidth, static_cast<int>(m_data.columns.size()));
    const double y = position.y() + offset().y() - g.top;
    const auto above = std::upper_bound(g.rowTops.begin(), g.rowTops.end(), y);
    const int row = static_cast<int>(above - g.rowTops.begin()) - 1;
    if (row < 0 || y >= g.rowTops[static_cast<std::size_t>(row)] + g.cellHeight)
        return -1;
    const std::vector<int>& units = unitsOf(row, column);
    for (std::size_t i = 0; i < units.size(); ++i)
        if (position.x() < segmentRect(cellRect(row, column), units, i).right() || i + 1 == units.size())
            return units[i];
    return -1;
}

QRectF BlockRoleMatrix::rowHeaderRect(int row) const
{
    const QRectF cell = cellRect(row, 0);
    return {0, cell.top(), m_geometry.left, cell.height()};
}

QRectF BlockRoleMatrix::columnHeaderRect(int column) const
{
    const QRectF cell = cellRect(0, column);
    return {cell.left(), 0, cell.width(), m_geometry.top};
}

// --- Painting ---

void BlockRoleMatrix::paintHarm(
    QPainter& painter, const QRectF& rect, const MatrixUnit& unit, const QColor& ink) const
{
    const double room = std::min(rect.width(), rect.height()) - 4;
    if (room < 4)
        return;
    // Where there is room the square stands beside the number; else the number is printed over it, so the
    // square then takes the color that the number's ink is not.
    const bool beside = rect.width() >= kBesideWidth;
    const QPointF center = beside ? QPointF(rect.right() - 3 - room / 2, rect.center().y()) : rect.center();
    if (!unit.harm || std::isnan(*unit.harm)) {
        paintHatch(
            painter, QRectF(center - QPointF(room / 3, room / 3), QSizeF(room / 1.5, room / 1.5)), m_theme);
        return;
    }
    // Area, not side, is proportional: areas are what the eye compares.
    const double side = room * std::sqrt(logShare(*unit.harm, m_harmRange));
    if (side < 1)
        return;
    const QRectF square(center - QPointF(side / 2, side / 2), QSizeF(side, side));
    const bool prints = !beside && rect.width() >= kNumberWidth && rect.height() >= kNumberHeight;
    QColor fill = prints ? textOn(ink) : ink;
    fill.setAlphaF(prints ? 0.4F : 0.62F);
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
    const double size = std::clamp(std::min(rect.width(), rect.height()) * 0.42, 6.0, 11.0);
    if (rect.width() >= 9 && rect.height() >= 9) {
        if (unit.locked)
            paintPadlock(painter, QRectF(rect.left() + 1.5, rect.top() + 1, size, size), ink);
        if (unit.tie >= 0 && rect.height() >= 12)
            paintLink(painter, QRectF(rect.left() + 1, rect.bottom() - size - 0.5, size, size), ink);
        if (unit.edited) // a bar along the foot: placed by hand
            painter.fillRect(
                QRectF(rect.left() + 1, rect.bottom() - 2.5, std::min(rect.width() - 2, 24.0), 2), ink);
    }
    if (unit.fallback)
        paintCorner(painter, rect, std::min(size, rect.width()), m_theme);
    if (unit.nonFinite)
        paintNanCross(painter, rect, m_theme);
}

void BlockRoleMatrix::paintUnit(QPainter& painter, const QRectF& rect, const MatrixUnit& unit) const
{
    if (std::isnan(unit.bits)) {
        paintHatch(painter, rect, m_theme);
        paintBadges(painter, rect, unit, m_theme.foreground);
        return;
    }
    const QColor full = bitColor(unit.bits, m_theme);
    const QColor fill = unit.fixed ? mix(full, m_theme.surface, 0.75) : full;
    const QColor ink = textOn(fill);
    painter.fillRect(rect, fill);
    if (rect.width() < 5)
        return;
    if (!unit.fixed)
        paintHarm(painter, rect, unit, ink);
    if (rect.width() >= kNumberWidth && rect.height() >= kNumberHeight && !unit.nonFinite) {
        painter.setPen(unit.fixed ? m_theme.muted : ink);
        const bool beside = rect.width() >= kBesideWidth && !unit.fixed;
        const QRectF place
            = beside ? rect.adjusted(8, 0, -std::min(rect.width(), rect.height()) + 2, 0) : rect;
        painter.drawText(place, Qt::AlignCenter | Qt::TextDontClip, bitsText(unit.bits));
    }
    paintBadges(painter, rect, unit, ink);
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
    QFont number = smaller(font(), g.cellHeight < 16 || g.cellWidth < 26 ? 0.8 : 0.95);
    painter.setFont(number);
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
    const QFont labels = smaller(font(), 0.9);
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
            painter.setPen(m_theme.muted);
            QFont bold = labels;
            bold.setBold(true);
            painter.setFont(bold);
            painter.drawText(QRectF(6, cell.top() - kTowerHeight, size.width() - 8, kTowerHeight),
                Qt::AlignLeft | Qt::AlignVCenter, data.tower);
            painter.setFont(labels);
        }
        if (row % every != 0)
            continue;
        painter.setPen(m_theme.foreground);
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
        painter.setPen(m_theme.foreground);
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
        painter.setPen(m_theme.muted);
        painter.drawText(QRectF(cell.left(), 2, right - cell.left(), metrics.height()), Qt::AlignCenter,
            metrics.elidedText(data.group, Qt::ElideRight, right - cell.left()));
        painter.setPen(QPen(m_theme.axis, 1));
        painter.drawLine(QPointF(cell.left() + 3, groupHeight - 1.5), QPointF(right - 3, groupHeight - 1.5));
    }
    painter.restore();
}

// The key: bits colors that occur, and what the inner square means.
void BlockRoleMatrix::paintKey(QPainter& painter, const Geometry& g, QSize size) const
{
    if (g.bottom <= 0)
        return;
    const QFont labels = smaller(font(), 0.85);
    const QFontMetricsF metrics(labels);
    painter.setFont(labels);
    const bool note = !caption().footnote().isEmpty();
    const double noteHeight = note ? metrics.height() + 2 : 0;
    double x = 8;
    const double top = size.height() - g.bottom + 4, h = metrics.height() + 1;
    painter.setPen(m_theme.muted);
    const QString bits = tr("bits");
    painter.drawText(QRectF(x, top, 60, h), Qt::AlignLeft | Qt::AlignVCenter, bits);
    x += metrics.horizontalAdvance(bits) + 6;
    for (const int b : {1, 2, 3, 4, 5, 6, 8, 16}) {
        const QRectF box(x, top, 22, h);
        painter.fillRect(box, bitColor(b, m_theme));
        painter.setPen(textOn(bitColor(b, m_theme)));
        painter.drawText(box, Qt::AlignCenter, QString::number(b));
        x += 22;
    }
    x += 14;
    const QString harm = m_data.harmLabel.isEmpty() ? tr("area of the square: log harm")
                                                    : tr("area of the square: log %1").arg(m_data.harmLabel);
    painter.setPen(m_theme.muted);
    const double room = size.width() - x - 6;
    if (room > 60)
        painter.drawText(QRectF(x, top, room, h), Qt::AlignLeft | Qt::AlignVCenter,
            metrics.elidedText(harm, Qt::ElideRight, room));
    if (note)
        painter.drawText(QRectF(8, size.height() - noteHeight, size.width() - 12, noteHeight),
            Qt::AlignLeft | Qt::AlignVCenter,
            metrics.elidedText(caption().footnote(), Qt::ElideRight, size.width() - 14));
}

void BlockRoleMatrix::paintAll(QPainter& painter, const Geometry& g, QSize size, QPointF offset) const
{
    painter.fillRect(QRect(QPoint(0, 0), size), m_theme.background);
    const QRectF area(g.left, g.top, size.width() - g.left, size.height() - g.top - g.bottom);
    painter.save();
    painter.setClipRect(area);
    if (m_stale)
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
    for (const int unit : m_selection) {
        outline(unit, m_theme.background, 4, Qt::SolidLine);
        outline(unit, m_theme.accent, 2.2, Qt::SolidLine);
    }
    for (const int unit : m_highlighted)
        outline(unit, m_theme.foreground, 1.6, Qt::DotLine);
    if (m_hover >= 0) {
        const int tie = m_data.units[static_cast<std::size_t>(m_hover)].tie;
        for (std::size_t i = 0; tie >= 0 && i < m_data.units.size(); ++i)
            if (m_data.units[i].tie == tie)
                outline(static_cast<int>(i), m_theme.foreground, 1.6, Qt::DashLine);
        outline(m_hover, m_theme.foreground, 1.4, Qt::SolidLine);
    }
    if (hasFocus() && m_focus.y() >= 0) {
        const QRectF rect = cellRect(m_focus.y(), m_focus.x());
        painter.setPen(QPen(m_theme.background, 3));
        painter.drawRect(rect.adjusted(1.5, 1.5, -1.5, -1.5));
        painter.setPen(QPen(m_theme.foreground, 1.5, Qt::DashLine));
        painter.drawRect(rect.adjusted(1.5, 1.5, -1.5, -1.5));
    }
    if (m_gesture == Gesture::Box) {
        QColor fill = m_theme.accent;
        fill.setAlphaF(0.15F);
        painter.setPen(QPen(m_theme.accent, 1));
        painter.setBrush(fill);
        painter.drawRect(QRectF(m_pressPosition, m_dragPosition).normalized());
    }
    painter.restore();
}

void BlockRoleMatrix::invalidate()
{
    m_cache = QPixmap();
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
        QPainter cached(&m_cache);
        paintAll(cached, m_geometry, viewport()->size(), offset());
    }
    QPainter painter(viewport());
    painter.drawPixmap(0, 0, m_cache);
    paintOverlay(painter);
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

// --- Text ---

QString BlockRoleMatrix::describe(int index) const
{
    const MatrixUnit& unit = m_data.units[static_cast<std::size_t>(index)];
    QStringList lines{unit.name};
    if (std::isnan(unit.bits))
        lines << tr("no option yet");
    else
        lines << tr("%1, %2 bits per weight")
                     .arg(unit.option.isEmpty() ? tr("unchanged") : unit.option, formatBpw(unit.bits));
    const QString label = m_data.harmLabel.isEmpty() ? tr("harm") : m_data.harmLabel;
    lines << QStringLiteral("%1: %2").arg(label, unit.harm ? formatNumber(*unit.harm) : tr("unknown"));
    if (unit.imported)
        lines << tr("score imported");
    if (unit.locked)
        lines << tr("locked");
    if (unit.tie >= 0)
        lines << tr("tied");
    if (unit.edited)
        lines << tr("edited by hand");
    if (unit.nonFinite)
        lines << tr("contains NaN or Inf");
    if (unit.fixed)
        lines << tr("never quantized by this target");
    if (!unit.note.isEmpty())
        lines << unit.note;
    return lines.join(u'\n');
}

QString BlockRoleMatrix::csv() const
{
    QString text
        = QStringLiteral("unit,block,role,option,bits,harm,locked,tie,edited,fallback,non_finite,note\n");
    const auto flag = [](bool on) { return on ? QStringLiteral("1") : QStringLiteral("0"); };
    for (const MatrixUnit& unit : m_data.units) {
        const auto row = static_cast<std::size_t>(unit.row), column = static_cast<std::size_t>(unit.column);
        const bool placed = row < m_data.rows.size() && column < m_data.columns.size();
        text += QStringList{csvText(unit.name), csvText(placed ? m_data.rows[row].label : QString()),
                    csvText(placed ? m_data.columns[column].label : QString()), csvText(unit.option),
                    csvNumber(unit.bits), unit.harm ? csvNumber(*unit.harm) : QString(), flag(unit.locked),
                    unit.tie >= 0 ? QString::number(unit.tie) : QString(), flag(unit.edited),
                    flag(unit.fallback), flag(unit.nonFinite), csvText(unit.note)}
                    .join(u',')
            + u'\n';
    }
    return text;
}

QJsonObject BlockRoleMatrix::viewState() const
{
    return {{QStringLiteral("zoomX"), m_zoomX}, {QStringLiteral("zoomY"), m_zoomY},
        {QStringLiteral("x"), horizontalScrollBar()->value()},
        {QStringLiteral("y"), verticalScrollBar()->value()}};
}

void BlockRoleMatrix::setViewState(const QJsonObject& state)
{
    m_zoomX = std::clamp(state[QStringLiteral("zoomX")].toDouble(1), 1.0, 12.0);
    m_zoomY = std::clamp(state[QStringLiteral("zoomY")].toDouble(1), 1.0, 12.0);
    layoutScrollBars();
    horizontalScrollBar()->setValue(state[QStringLiteral("x")].toInt());
    verticalScrollBar()->setValue(state[QStringLiteral("y")].toInt());
    invalidate();
}

} // namespace bitwright::views
