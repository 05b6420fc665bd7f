// Data, geometry and text of the tensor x option map; see also option_heat_painting.cpp and
// option_heat_gestures.cpp.
#include "views/charts/option_heat_map.h"

#include <QEvent>
#include <QFontMetricsF>
#include <QScrollBar>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitwright::views {

namespace {

constexpr double kSmallestCell = 9, kLargestCell = 90;
constexpr double kDecades = 1e-6; // of harm that the colors span below the largest

} // namespace

QFont OptionHeatMap::smallFont() const
{
    QFont small = font();
    if (small.pointSizeF() > 0)
        small.setPointSizeF(std::max(6.0, small.pointSizeF() * 0.88));
    return small;
}

OptionHeatMap::OptionHeatMap(QWidget* parent)
    : UnitSurface(parent)
{
    setAccessibleName(tr("Harm of every option"));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

// --- Data ---

void OptionHeatMap::setData(OptionMapData data)
{
    m_data = std::move(data);
    const auto range = finiteRange(m_data.harm, true);
    m_range
        = range ? Interval{std::max(range->lower, range->upper * kDecades), range->upper} : Interval{0, 0};
    forgetUnits();
    m_hover = {};
    m_focusPlace = m_anchor = -1;
    m_focusColumn = 0;
    if (!m_data.rows.empty())
        clearEmpty();
    sortRows();
    layoutScrollBars();
    tableDataChanged();
    viewport()->update();
}

void OptionHeatMap::setChoices(std::vector<OptionMapChoice> choices)
{
    if (choices.size() != m_data.rows.size())
        return;
    m_data.choices = std::move(choices);
    // Rows stay where they are while one edits; the order by harm is made anew when it is asked for.
    tableDataChanged();
    viewport()->update();
}

void OptionHeatMap::setOrder(Order order)
{
    m_order = order;
    sortRows();
    viewport()->update();
}

void OptionHeatMap::sortRows()
{
    const auto count = static_cast<int>(m_data.rows.size());
    m_order2unit.resize(m_data.rows.size());
    std::iota(m_order2unit.begin(), m_order2unit.end(), 0);
    const auto harmOf = [this](int unit) {
        const int option = m_data.choices[static_cast<std::size_t>(unit)].option;
        for (std::size_t c = 0; c < m_data.options.size(); ++c)
            if (m_data.options[c] == option)
                return m_data.harm[cellIndex(unit, static_cast<int>(c))];
        return std::nan("");
    };
    if (m_order == Order::Role)
        std::stable_sort(m_order2unit.begin(), m_order2unit.end(), [this](int a, int b) {
            return m_data.rows[static_cast<std::size_t>(a)].role
                < m_data.rows[static_cast<std::size_t>(b)].role;
        });
    else if (m_order == Order::Harm) {
        std::vector<double> harm(m_data.rows.size());
        for (int unit = 0; unit < count; ++unit) {
            const double value = harmOf(unit);
            harm[static_cast<std::size_t>(unit)] = std::isnan(value) ? -1 : value; // unknown comes last
        }
        std::stable_sort(m_order2unit.begin(), m_order2unit.end(), [&](int a, int b) {
            return harm[static_cast<std::size_t>(a)] > harm[static_cast<std::size_t>(b)];
        });
    }
    m_unit2order.assign(m_data.rows.size(), 0);
    for (int place = 0; place < count; ++place)
        m_unit2order[static_cast<std::size_t>(m_order2unit[static_cast<std::size_t>(place)])] = place;
}

std::size_t OptionHeatMap::cellIndex(int unit, int column) const
{
    return static_cast<std::size_t>(unit) * m_data.columns.size() + static_cast<std::size_t>(column);
}

void OptionHeatMap::setColorMap(ColorMap map)
{
    m_colorMap = map;
    viewport()->update();
}

void OptionHeatMap::selectionSet()
{
    if (!selection().isEmpty() && !hasFocus())
        ensureVisible(m_unit2order[static_cast<std::size_t>(selection().front())]);
}

// --- Geometry ---

OptionHeatMap::Geometry OptionHeatMap::fitted(QSize size) const
{
    Geometry g;
    const QFontMetricsF metrics(smallFont());
    double label = 60, heading = 0;
    // The longest of the first labels is enough: ten thousand would be measured at every resize.
    for (std::size_t i = 0; i < std::min<std::size_t>(m_data.rows.size(), 200); ++i)
        label = std::max(label, metrics.horizontalAdvance(m_data.rows[i].label));
    for (const OptionMapColumn& column : m_data.columns)
        heading = std::max(heading, metrics.horizontalAdvance(column.label));
    g.left = std::min(label + 26, std::max(90.0, size.width() * 0.34));
    const auto columns = static_cast<double>(std::max<std::size_t>(m_data.columns.size(), 1));
    g.cellWidth = std::clamp((size.width() - g.left - 4) / columns, kSmallestCell, kLargestCell);
    g.upright = heading + 6 > g.cellWidth;
    g.top = (g.upright ? std::min(heading, 110.0) + 8 : metrics.height() + 6) + metrics.height() + 4;
    g.bottom = size.height() > 200 ? 2 * metrics.height() + 12 : 0;
    g.rowHeight = std::clamp((metrics.height() + 4) * m_zoom, 2.0, 60.0);
    return g;
}

void OptionHeatMap::layoutScrollBars()
{
    m_geometry = fitted(viewport()->size());
    const double content = m_geometry.rowHeight * static_cast<double>(m_data.rows.size());
    const int page = std::max(1, static_cast<int>(viewport()->height() - m_geometry.top - m_geometry.bottom));
    verticalScrollBar()->setSingleStep(std::max(1, static_cast<int>(m_geometry.rowHeight)));
    verticalScrollBar()->setPageStep(page);
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(std::ceil(content)) - page));
}

QJsonObject OptionHeatMap::viewState() const
{
    return {{QStringLiteral("zoom"), m_zoom},
        {QStringLiteral("top"), m_restoredTop.value_or(offset() / m_geometry.rowHeight)},
        {QStringLiteral("colorMap"), static_cast<int>(m_colorMap)}};
}

void OptionHeatMap::setViewState(const QJsonObject& state)
{
    m_zoom = std::clamp(state[QStringLiteral("zoom")].toDouble(1), kLeastZoom, kLargestZoom);
    m_restoredTop = std::max(0.0, state[QStringLiteral("top")].toDouble());
    const int map = state[QStringLiteral("colorMap")].toInt();
    if (map >= 0 && map < static_cast<int>(ColorMap::Diverging))
        m_colorMap = static_cast<ColorMap>(map);
    layoutScrollBars();
    viewport()->update();
}

double OptionHeatMap::offset() const
{
    return verticalScrollBar()->value();
}

QRectF OptionHeatMap::cellRectIn(const Geometry& g, double offset, int place, int column) const
{
    const double left = std::round(g.left + g.cellWidth * column);
    const double right = std::round(g.left + g.cellWidth * (column + 1));
    const double top = std::round(g.top + g.rowHeight * place - offset);
    const double bottom = std::round(g.top + g.rowHeight * (place + 1) - offset);
    return {left, top, right - left, bottom - top};
}

QRectF OptionHeatMap::cellRect(int unit, int column) const
{
    return cellRectIn(m_geometry, offset(), m_unit2order[static_cast<std::size_t>(unit)], column);
}

QRectF OptionHeatMap::labelRect(int unit) const
{
    const QRectF cell = cellRect(unit, 0);
    return {0, cell.top(), m_geometry.left, cell.height()};
}

OptionHeatMap::Place OptionHeatMap::placeAt(const QPointF& position) const
{
    const Geometry& g = m_geometry;
    if (position.y() < g.top || position.y() >= viewport()->height() - g.bottom)
        return {};
    const int place = static_cast<int>(std::floor((position.y() - g.top + offset()) / g.rowHeight));
    if (place < 0 || static_cast<std::size_t>(place) >= m_order2unit.size())
        return {};
    const int column = position.x() < g.left
        ? -1
        : cellAt(position.x(), g.left, g.cellWidth, static_cast<int>(m_data.columns.size()));
    if (position.x() >= g.left && column < 0)
        return {};
    return {m_order2unit[static_cast<std::size_t>(place)], column};
}

QVector<int> OptionHeatMap::unitsBetween(double top, double bottom) const
{
    const Geometry& g = m_geometry;
    const auto last = static_cast<int>(m_order2unit.size()) - 1;
    const int from
        = std::clamp(static_cast<int>(std::floor((std::min(top, bottom) - g.top) / g.rowHeight)), 0, last);
    const int to
        = std::clamp(static_cast<int>(std::floor((std::max(top, bottom) - g.top) / g.rowHeight)), 0, last);
    QVector<int> units;
    for (int place = from; place <= to; ++place)
        units << m_order2unit[static_cast<std::size_t>(place)];
    return units;
}

void OptionHeatMap::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    layoutScrollBars();
}

void OptionHeatMap::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        layoutScrollBars();
}

void OptionHeatMap::scrollContentsBy(int, int)
{
    viewport()->update();
}

// --- Text ---

QString OptionHeatMap::describe(const Place& place) const
{
    if (place.unit < 0)
        return {};
    const auto unit = static_cast<std::size_t>(place.unit);
    QStringList lines{m_data.rows[unit].name};
    if (place.column >= 0) {
        const std::size_t cell = cellIndex(place.unit, place.column);
        const auto column = static_cast<std::size_t>(place.column);
        lines << tr("%1, %2 bits per weight").arg(m_data.columns[column].id, formatBpw(m_data.bits[cell]));
        if (const auto refused = m_data.refused.find(cell); refused != m_data.refused.end())
            lines << tr("refused: %1").arg(refused->second);
        else
            lines << QStringLiteral("%1: %2").arg(m_data.harmLabel, formatNumber(m_data.harm[cell]));
        if (m_data.options[column] == m_data.choices[unit].option)
            lines << tr("the plan's choice");
    }
    if (m_data.choices[unit].locked)
        lines << tr("locked");
    if (m_data.choices[unit].tied)
        lines << tr("tied");
    if (m_data.choices[unit].edited)
        lines << tr("differs from the solver's choice");
    if (m_data.choices[unit].nonFinite)
        lines << tr("contains NaN or Inf");
    return lines.join(u'\n');
}

QString OptionHeatMap::csv() const
{
    QString text = QStringLiteral("unit,role,option,bits,harm,legal,chosen\n");
    for (const int unit : m_order2unit)
        for (int column = 0; column < static_cast<int>(m_data.columns.size()); ++column) {
            const std::size_t cell = cellIndex(unit, column);
            const auto c = static_cast<std::size_t>(column);
            const auto u = static_cast<std::size_t>(unit);
            const bool legal = m_data.refused.count(cell) == 0;
            text += QStringList{csvText(m_data.rows[u].name), csvText(m_data.rows[u].roleName),
                        csvText(m_data.columns[c].id), legal ? csvNumber(m_data.bits[cell]) : QString(),
                        csvNumber(m_data.harm[cell]), legal ? QStringLiteral("1") : QStringLiteral("0"),
                        m_data.options[c] == m_data.choices[u].option ? QStringLiteral("1")
                                                                      : QStringLiteral("0")}
                        .join(u',')
                + u'\n';
        }
    return text;
}

} // namespace bitwright::views
