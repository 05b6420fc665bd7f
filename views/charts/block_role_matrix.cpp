// Data and geometry of the matrix; see also block_role_painting.cpp, block_role_text.cpp and
// block_role_gestures.cpp.
#include "views/charts/block_role_matrix.h"

#include <QFontMetricsF>
#include <QJsonArray>
#include <QLocale>
#include <QPainter>
#include <QResizeEvent>
#include <QScrollBar>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {
constexpr double kSmallestCellWidth = 13, kSmallestCellHeight = 11; // when fitted
constexpr double kLargestCellWidth = 420, kLargestCellHeight = 130;
constexpr std::size_t kManyUnits = 2000; // from here on another scale is not part of the frame of an edit
constexpr int kRescaleMs = 60;
constexpr double kLargeLabels = 130; // pixels per column from which its name is larger
constexpr int kHighPage = 480; // from here on a third line of the footnote costs little
constexpr double kTallestShape = 1.6; // of larger cells: a page of few blocks is filled, not a strip of it
} // namespace

BlockRoleMatrix::BlockRoleMatrix(QWidget* parent)
    : UnitSurface(parent)
{
    viewport()->setAutoFillBackground(false);
    horizontalScrollBar()->setSingleStep(20);
    verticalScrollBar()->setSingleStep(20);
    m_rescale.setSingleShot(true);
    m_rescale.setInterval(kRescaleMs);
    connect(&m_rescale, &QTimer::timeout, this, [this] {
        if (!rescaleHarm())
            return;
        layoutScrollBars(); // the key may need another line
        invalidate();
    });
}

QFont BlockRoleMatrix::scaledFont(QFont font, double factor)
{
    if (font.pointSizeF() > 0)
        font.setPointSizeF(std::max(6.0, font.pointSizeF() * factor));
    return font;
}

// --- Data ---

void BlockRoleMatrix::setData(MatrixData data)
{
    m_data = std::move(data);
    m_alikeOf = -1;
    forgetUnits();
    m_hover = -1;
    m_focus = m_anchor = {-1, -1};
    clearEmpty();
    indexUnits();
    layoutScrollBars();
    tableDataChanged();
    invalidate();
}

void BlockRoleMatrix::setUnits(const std::vector<MatrixUnit>& units)
{
    m_alikeOf = -1;
    const bool sameCount = units.size() == m_data.units.size();
    bool samePlaces = sameCount;
    std::vector<QPoint> dirty;
    // An edit touches a few of thousands: only these are copied.
    for (std::size_t i = 0; i < units.size() && samePlaces; ++i) {
        MatrixUnit& held = m_data.units[i];
        samePlaces = units[i].row == held.row && units[i].column == held.column;
        if (!samePlaces || units[i] == held)
            continue;
        dirty.emplace_back(units[i].column, units[i].row);
        countHarm(held.harm, -1);
        countHarm(units[i].harm, 1);
        held = units[i];
    }
    if (!samePlaces)
        m_data.units = units;
    if (!sameCount) {
        forgetUnits();
        m_hover = -1;
    }
    tableDataChanged();
    const bool badges = m_hasBadges, wide = m_hasWideNumbers;
    if (!samePlaces)
        indexUnits();
    else
        m_hasBadges = anyBadge();
    m_hasWideNumbers = anyWideNumber();
    const bool many = m_data.units.size() > kManyUnits;
    if (many && !dirty.empty())
        m_rescale.start();
    const bool rescaled = !many && rescaleHarm();
    const bool moved = rescaled || wide != m_hasWideNumbers;
    if (moved)
        layoutScrollBars();
    if (!samePlaces || moved || badges != m_hasBadges)
        return invalidate();
    m_dirty.insert(m_dirty.end(), dirty.begin(), dirty.end());
    viewport()->update();
}

bool BlockRoleMatrix::anyBadge() const
{
    return std::any_of(m_data.units.begin(), m_data.units.end(),
        [](const MatrixUnit& unit) { return unit.locked || unit.tie >= 0; });
}

/// What nobody is stored in needs no room: beside "4.25" there is room for a mark where "16.00" has none.
bool BlockRoleMatrix::anyWideNumber() const
{
    return std::any_of(
        m_data.units.begin(), m_data.units.end(), [](const MatrixUnit& unit) { return unit.bits >= 9.995; });
}

void BlockRoleMatrix::indexUnits()
{
    const std::size_t columns = m_data.columns.size();
    m_cells.assign(m_data.rows.size() * columns, {});
    m_harmSteps.clear();
    for (std::size_t i = 0; i < m_data.units.size(); ++i) {
        const MatrixUnit& unit = m_data.units[i];
        countHarm(unit.harm, 1);
        if (unit.row < 0 || unit.column < 0 || static_cast<std::size_t>(unit.row) >= m_data.rows.size()
            || static_cast<std::size_t>(unit.column) >= columns)
            continue;
        m_cells[static_cast<std::size_t>(unit.row) * columns + static_cast<std::size_t>(unit.column)]
            .push_back(static_cast<int>(i));
    }
    rescaleHarm();
    m_hasBadges = anyBadge();
    m_hasWideNumbers = anyWideNumber();
}

const std::vector<int>& BlockRoleMatrix::unitsOf(int row, int column) const
{
    static const std::vector<int> none;
    const auto columns = static_cast<int>(m_data.columns.size());
    if (row < 0 || column < 0 || row >= static_cast<int>(m_data.rows.size()) || column >= columns)
        return none;
    return m_cells[static_cast<std::size_t>(row * columns + column)];
}

void BlockRoleMatrix::setFocusCell(int row, int column)
{
    m_focus = m_anchor = {column, row};
    ensureVisible(row, column);
    viewport()->update();
}

// --- Geometry ---

bool BlockRoleMatrix::startsTower(std::size_t row) const
{
    const QString& tower = m_data.rows[row].tower;
    return !tower.isEmpty() && (row == 0 || tower != m_data.rows[row - 1].tower);
}

double BlockRoleMatrix::rowHeight(const Geometry& g, int row) const
{
    return g.spans[static_cast<std::size_t>(row)] > 0 ? g.looseHeight : g.cellHeight;
}

QSizeF BlockRoleMatrix::numberSize(const Geometry& g) const
{
    const QFontMetricsF metrics(numberFont(g));
    const QString widest
        = wholeBits(g) ? QLocale().toString(16) : QLocale().toString(m_hasWideNumbers ? 16.0 : 8.0, 'f', 2);
    return {metrics.horizontalAdvance(widest), metrics.ascent() + 1};
}

bool BlockRoleMatrix::wholeBits(const Geometry& g) const
{
    return QFontMetricsF(numberFont(g)).horizontalAdvance(QLocale().toString(16.0, 'f', 2)) + 2
        > std::floor(g.cellWidth) - 2;
}

int BlockRoleMatrix::lastColumn(int row) const
{
    int last = static_cast<int>(m_data.columns.size()) - 1;
    if (row >= 0 && static_cast<std::size_t>(row) < m_data.rows.size()
        && m_data.rows[static_cast<std::size_t>(row)].loose)
        while (last > 0 && unitsOf(row, last).empty())
            --last;
    return last;
}

// Cells take what is left beside the loose rows, and these only what a square needs: it has one size in all.
void BlockRoleMatrix::fitHeights(Geometry& g, double room, double fitWidth, double zoomX, double zoomY) const
{
    const auto loose = static_cast<double>(std::count_if(
        m_data.rows.begin(), m_data.rows.end(), [](const MatrixRow& row) { return row.loose; }));
    const double rows = std::max(static_cast<double>(m_data.rows.size()) - loose, 1.0);
    const double largest = std::max(kLargestCellHeight, fitWidth * kTallestShape);
    const auto heightOf = [&](double left, double count) {
        return std::clamp(std::clamp(left / count, kSmallestCellHeight, largest) * zoomY, 3.0, 600.0);
    };
    const auto sideOf = [&] {
        const MatrixCellLayout layout = layoutMatrixCell(
            {std::floor(g.cellWidth) - 2, std::floor(g.cellHeight) - 2}, numberSize(g), m_hasBadges);
        return layout.square.width();
    };
    g.cellHeight = heightOf(room - loose * kLooseGap, rows + loose);
    g.side = sideOf();
    if (loose <= 0)
        return;
    const double least = std::min(QFontMetricsF(font()).height() + 8, g.cellHeight);
    const double square = m_data.deltaLabel.isEmpty() ? g.side : 0; // a difference has none
    g.looseHeight = std::clamp(
        std::max(std::ceil(square), 2 * numberSize(g).height()) + 6, least, std::max(g.cellHeight, least));
    if (zoomX == 1 && zoomY == 1)
        g.cellHeight = heightOf(room - loose * (kLooseGap + g.looseHeight), rows);
}

void BlockRoleMatrix::placeRows(Geometry& g) const
{
    const QFontMetricsF metrics(font());
    const double number = QFontMetricsF(numberFont(g)).horizontalAdvance(QLocale().toString(16.0, 'f', 2));
    const auto columns = static_cast<int>(m_data.columns.size());
    double y = 0;
    for (std::size_t i = 0; i < m_data.rows.size(); ++i) {
        const bool loose = m_data.rows[i].loose;
        y += startsTower(i) ? kTowerHeight : loose && i > 0 ? kLooseGap : 0;
        g.rowTops.push_back(y);
        y += loose ? g.looseHeight : g.cellHeight;
        int span = 0;
        if (loose) {
            const int count = lastColumn(static_cast<int>(i)) + 1;
            double widest = 0;
            for (int column = 0; column < count; ++column)
                for (const int unit : unitsOf(static_cast<int>(i), column))
                    widest = std::max(widest,
                        metrics.horizontalAdvance(m_data.units[static_cast<std::size_t>(unit)].label));
            const double wanted = widest + (m_data.deltaLabel.isEmpty() ? 3 : 1) * number + g.side + 38;
            span = std::clamp(static_cast<int>(std::ceil(wanted / g.cellWidth)), 1, columns / count);
        }
        g.spans.push_back(span);
    }
    g.contentHeight = y;
    g.contentWidth = g.cellWidth * columns;
}

BlockRoleMatrix::Geometry BlockRoleMatrix::fitted(QSize size, double zoomX, double zoomY) const
{
    Geometry g;
    g.labels = size.width() >= kLargeLabels * static_cast<double>(m_data.columns.size()) ? 1.25 : 0.9;
    const QFontMetricsF metrics(scaledFont(font(), g.labels));
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
    const auto columns = static_cast<double>(std::max<std::size_t>(m_data.columns.size(), 1));
    const double fitWidth
        = std::clamp((size.width() - g.left - 4) / columns, kSmallestCellWidth, kLargestCellWidth);
    g.cellWidth = std::clamp(fitWidth * zoomX, 4.0, 600.0);
    g.deltaForm = deltaFormIn(g.cellWidth);
    if (size.height() > 220) {
        const QFontMetricsF small(scaledFont(font(), kKeyFont));
        g.keyLines = keyLinesIn(size.width() - 14.0, g.deltaForm);
        g.bottom = g.keyLines * (small.height() + 2) + 8;
        g.noteLines = !m_data.deltaLabel.isEmpty() ? 4 : size.height() > kHighPage ? 3 : 2;
        const auto lines = caption().footnoteLines(small, size.width() - 14.0, g.noteLines).size();
        g.note = lines == 0 ? 0 : static_cast<double>(lines) * small.height() + 2;
        g.bottom += g.note;
    }
    // Labels stand upright when they do not fit across.
    g.upright = labelWidth + 4 > g.cellWidth;
    g.top = (groups ? metrics.height() + 6 : 0)
        + (g.upright ? std::min(labelWidth, 90.0) + 10 : metrics.height() + 8);
    int towers = 0;
    for (std::size_t i = 0; i < m_data.rows.size(); ++i)
        towers += startsTower(i) ? 1 : 0;
    fitHeights(g, size.height() - g.top - g.bottom - 2 - towers * kTowerHeight, fitWidth, zoomX, zoomY);
    placeRows(g);
    return g;
}

void BlockRoleMatrix::layoutScrollBars()
{
    const QSize size = viewport()->size();
    m_geometry = fitted(size, m_zoomX, m_zoomY);
    m_number = numberSize(m_geometry);
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

QRectF BlockRoleMatrix::columnSpan(const Geometry& g, QPointF offset, int column) const
{
    const double left = std::round(g.left + g.cellWidth * column - offset.x());
    return {left, 0, std::round(g.left + g.cellWidth * (column + 1) - offset.x()) - left, g.top};
}

QRectF BlockRoleMatrix::cellRectIn(const Geometry& g, QPointF offset, int row, int column) const
{
    if (row < 0 || static_cast<std::size_t>(row) >= g.rowTops.size())
        return {};
    // Whole pixels: cells of equal size look equal and their gaps stay even.
    const int span = std::max(g.spans[static_cast<std::size_t>(row)], 1);
    const double left = std::round(g.left + g.cellWidth * column * span - offset.x());
    const double right = std::round(g.left + g.cellWidth * (column + 1) * span - offset.x());
    const double from = g.top + g.rowTops[static_cast<std::size_t>(row)] - offset.y();
    const double top = std::round(from), bottom = std::round(from + rowHeight(g, row));
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
    if (units.size() == 1) {
        // An expert's coverage: as wide as the share of the tokens that it saw.
        const double only = std::clamp(m_data.units[static_cast<std::size_t>(units.front())].share, 0.0, 1.0);
        return {inner.left(), inner.top(), std::max(3.0, inner.width() * only), inner.height()};
    }
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
    const double y = position.y() + offset().y() - g.top;
    const auto above = std::upper_bound(g.rowTops.begin(), g.rowTops.end(), y);
    const int row = static_cast<int>(above - g.rowTops.begin()) - 1;
    if (row < 0 || y >= g.rowTops[static_cast<std::size_t>(row)] + rowHeight(g, row))
        return -1;
    const int span = std::max(g.spans[static_cast<std::size_t>(row)], 1);
    const int column = cellAt(position.x() + offset().x(), g.left, g.cellWidth * span, lastColumn(row) + 1);
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
    return columnSpan(m_geometry, offset(), column);
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
