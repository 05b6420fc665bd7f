// Ranges, zoom and saved views of ChartBase.
#include "views/charts/chart_base.h"

#include <QJsonArray>

#include <cmath>

namespace bitwright::views {

QCPAxis* ChartBase::mainAxis(Qt::Orientation axis) const
{
    return axis == Qt::Horizontal ? xAxis : yAxis;
}
ChartBase::AxisState& ChartBase::state(Qt::Orientation axis)
{
    return axis == Qt::Horizontal ? m_x : m_y;
}
const ChartBase::AxisState& ChartBase::state(Qt::Orientation axis) const
{
    return axis == Qt::Horizontal ? m_x : m_y;
}
bool ChartBase::isLogarithmic(Qt::Orientation axis) const
{
    return state(axis).logarithmic;
}
bool ChartBase::logAllowed(Qt::Orientation axis) const
{
    return state(axis).logAllowed;
}
bool ChartBase::hasUserView(Qt::Orientation axis) const
{
    return state(axis).userView;
}
void ChartBase::setLogAllowed(Qt::Orientation axis, bool allowed)
{
    state(axis).logAllowed = allowed;
    refreshActions();
}

// After the user, a reset or a saved view moved the axes.
void ChartBase::viewMoved()
{
    syncAxes();
    requestReplot();
    refreshActions();
    tableDataChanged();
    Q_EMIT viewChanged();
}

Interval ChartBase::viewRange(Qt::Orientation axis) const
{
    const QCPRange range = mainAxis(axis)->range();
    return {range.lower, range.upper};
}

void ChartBase::applyScaleType(Qt::Orientation axis)
{
    mainAxis(axis)->setScaleType(state(axis).logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
}

void ChartBase::applyRange(Qt::Orientation axis, Interval range, bool byUser)
{
    const bool logarithmic = isLogarithmic(axis);
    if (byUser)
        range = clampedView(range, homeRange(axis), logarithmic, zoomOutLimit(), zoomLimit());
    if (!std::isfinite(range.lower) || !std::isfinite(range.upper) || !(range.width() > 0)
        || (logarithmic && !(range.lower > 0)))
        return;
    mainAxis(axis)->setRange(range.lower, range.upper);
}

void ChartBase::setViewRange(Qt::Orientation axis, Interval range)
{
    applyRange(axis, range, true);
    state(axis).userView = true;
    viewMoved();
}

void ChartBase::setLogarithmic(Qt::Orientation axis, bool logarithmic)
{
    if (state(axis).logarithmic == logarithmic || (logarithmic && !logAllowed(axis)))
        return;
    state(axis).logarithmic = logarithmic;
    applyScaleType(axis);
    resetAxis(axis);
}

void ChartBase::resetAxis(Qt::Orientation axis)
{
    state(axis).userView = false;
    applyRange(axis, homeRange(axis), false);
    viewMoved();
}

void ChartBase::followHomeRange(Qt::Orientation axis)
{
    if (!state(axis).userView)
        resetAxis(axis);
}

void ChartBase::resetView()
{
    resetAxis(Qt::Horizontal);
    resetAxis(Qt::Vertical);
}

void ChartBase::zoomAt(const QPointF& position, double factor, bool x, bool y)
{
    if (x) {
        const double center = xAxis->pixelToCoord(position.x());
        applyRange(Qt::Horizontal, zoomed(viewRange(Qt::Horizontal), center, factor, m_x.logarithmic), true);
        m_x.userView = true;
    }
    if (y) {
        const double center = yAxis->pixelToCoord(position.y());
        applyRange(Qt::Vertical, zoomed(viewRange(Qt::Vertical), center, factor, m_y.logarithmic), true);
        m_y.userView = true;
    }
    viewMoved();
    refreshReadout();
}

void ChartBase::zoomIn()
{
    zoomAt(m_cursor.value_or(plotArea().center()), 0.7, true, true);
}
void ChartBase::zoomOut()
{
    zoomAt(m_cursor.value_or(plotArea().center()), 1 / 0.7, true, true);
}

void ChartBase::dataChanged()
{
    clearEmpty();
    rebuildLegend();
    for (const Qt::Orientation axis : {Qt::Horizontal, Qt::Vertical}) {
        if (state(axis).logarithmic && !logAllowed(axis))
            state(axis).logarithmic = false;
        applyScaleType(axis);
        applyRange(axis, state(axis).userView ? viewRange(axis) : homeRange(axis), state(axis).userView);
    }
    syncAxes();
    relayout(size());
    refreshReadout();
    refreshActions();
    tableDataChanged();
    requestReplot();
}

QJsonObject ChartBase::viewState() const
{
    QJsonObject result;
    for (const auto& [axis, name] :
        {std::pair(Qt::Horizontal, QStringLiteral("x")), std::pair(Qt::Vertical, QStringLiteral("y"))}) {
        result[name + QStringLiteral("Log")] = isLogarithmic(axis);
        if (hasUserView(axis))
            result[name] = QJsonArray{viewRange(axis).lower, viewRange(axis).upper};
    }
    QStringList hidden(m_hiddenKeys.begin(), m_hiddenKeys.end());
    hidden.sort();
    result[QStringLiteral("hidden")] = QJsonArray::fromStringList(hidden);
    result[QStringLiteral("colorMap")] = static_cast<int>(m_colorMap);
    return result;
}

void ChartBase::setViewState(const QJsonObject& saved)
{
    m_hiddenKeys.clear();
    for (const QJsonValue& key : saved[QStringLiteral("hidden")].toArray())
        m_hiddenKeys.insert(key.toString());
    const int map = saved[QStringLiteral("colorMap")].toInt(static_cast<int>(m_colorMap));
    if (map >= 0 && map <= static_cast<int>(ColorMap::Diverging))
        setColorMap(static_cast<ColorMap>(map));
    for (const auto& [axis, name] :
        {std::pair(Qt::Horizontal, QStringLiteral("x")), std::pair(Qt::Vertical, QStringLiteral("y"))}) {
        setLogarithmic(axis, saved[name + QStringLiteral("Log")].toBool(isLogarithmic(axis)));
        const QJsonArray range = saved[name].toArray();
        if (range.size() == 2)
            setViewRange(axis, {range[0].toDouble(), range[1].toDouble()});
    }
    relayout(size());
    requestReplot();
}

} // namespace bitwright::views
