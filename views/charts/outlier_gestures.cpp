// Mouse, keys, readout and table of OutlierMap.
#include "views/charts/outlier_map_private.h"

#include <QAction>
#include <QKeyEvent>
#include <QMenu>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {
const float kUnknown = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t kMostTableRows = 4000;
} // namespace

QPointF OutlierMap::cellPixel(int row, int channel) const
{
    if (channel < 0 || channel >= m_d->channels)
        return {};
    return toPixel(m_d->columnOf[static_cast<std::size_t>(channel)], row);
}

OutlierMark OutlierMap::cellAtPixel(const QPointF& position) const
{
    if (!plotArea().contains(position) || m_d->data.rows.empty())
        return {-1, -1};
    const QPointF value = toValue(position);
    const int row = static_cast<int>(std::lround(value.y()));
    if (row < 0 || row >= static_cast<int>(m_d->data.rows.size()))
        return {-1, -1};
    // All columns that share this pixel stand under the cursor: the hottest is meant.
    const double left = xAxis->pixelToCoord(std::floor(position.x())) + 0.5;
    const double right = xAxis->pixelToCoord(std::floor(position.x()) + 1) + 0.5;
    const int first = std::clamp(static_cast<int>(std::floor(left)), 0, m_d->channels - 1);
    const int last = std::clamp(static_cast<int>(std::ceil(right)), first + 1, m_d->channels);
    const bool single = right - left < 1;
    const auto& values = m_d->data.rows[static_cast<std::size_t>(row)].values;
    OutlierMark best{row, -1};
    float highest = kUnknown;
    const int exact = std::clamp(static_cast<int>(std::lround(value.x())), 0, m_d->channels - 1);
    for (int column = single ? exact : first; column < (single ? exact + 1 : last); ++column) {
        const int channel = m_d->order[static_cast<std::size_t>(column)];
        const auto c = static_cast<std::size_t>(channel);
        if (c >= values.size())
            continue;
        if (best.channel < 0 || (!std::isnan(values[c]) && !(values[c] <= highest))) {
            best.channel = channel;
            highest = values[c];
        }
    }
    return best.channel < 0 ? OutlierMark{-1, -1} : best;
}

void OutlierMap::hoverMoved(const QPointF& position)
{
    const OutlierMark cell = cellAtPixel(position);
    if (cell.row == m_d->hover.row && cell.channel == m_d->hover.channel)
        return;
    m_d->hover = cell;
    Q_EMIT cellHovered(cell.row, cell.channel);
}

void OutlierMap::hoverLeft()
{
    if (m_d->hover.row >= 0)
        Q_EMIT cellHovered(-1, -1);
    m_d->hover = {-1, -1};
}

void OutlierMap::clicked(const QPointF& position, Qt::KeyboardModifiers modifiers)
{
    const OutlierMark cell = cellAtPixel(position);
    if (cell.row < 0)
        return;
    if (modifiers & (Qt::ControlModifier | Qt::ShiftModifier)) {
        QVector<int> rows;
        const bool range = modifiers.testFlag(Qt::ShiftModifier) && m_d->currentRow >= 0;
        const int step = range && m_d->currentRow > cell.row ? -1 : 1;
        for (int row = range ? m_d->currentRow : cell.row; row != cell.row; row += step)
            rows << row;
        Q_EMIT rowsExtended(rows << cell.row, cell.channel, modifiers.testFlag(Qt::ControlModifier));
        return;
    }
    setCurrentRow(cell.row);
    setPinnedChannel(cell.channel);
    Q_EMIT cellActivated(cell.row, cell.channel);
}

std::optional<Qt::KeyboardModifiers> OutlierMap::boxModifiers(BoxUse use) const
{
    return use == BoxUse::Zoom ? Qt::ShiftModifier : Qt::NoModifier;
}

void OutlierMap::boxed(const QRectF& box, Qt::KeyboardModifiers modifiers)
{
    const QRectF area = box.intersected(plotArea());
    if (modifiers.testFlag(Qt::ShiftModifier)) {
        ChartBase::boxed(box, modifiers);
        return;
    }
    const QPointF low = toValue(area.topLeft()), high = toValue(area.bottomRight());
    QVector<int> rows, channels;
    const int lastRow
        = std::min(static_cast<int>(m_d->data.rows.size()) - 1, static_cast<int>(std::lround(high.y())));
    for (int row = std::max(0, static_cast<int>(std::lround(low.y()))); row <= lastRow; ++row)
        rows << row;
    const int lastColumn = std::min(m_d->channels - 1, static_cast<int>(std::lround(high.x())));
    for (int column = std::max(0, static_cast<int>(std::lround(low.x()))); column <= lastColumn; ++column)
        channels << m_d->order[static_cast<std::size_t>(column)];
    if (!rows.isEmpty() && !channels.isEmpty())
        Q_EMIT regionSelected(rows, channels, modifiers.testFlag(Qt::ControlModifier));
}

// S sorts, P pins the hovered channel; page up and down walk through the layers.
bool OutlierMap::keyPressed(QKeyEvent* event)
{
    if ((event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) || m_d->data.rows.empty())
        return false;
    switch (event->key()) {
    case Qt::Key_S:
        setSorted(!m_d->sorted);
        return true;
    case Qt::Key_P:
        m_d->pin->trigger();
        return true;
    case Qt::Key_PageUp:
    case Qt::Key_PageDown: {
        const int step = event->key() == Qt::Key_PageDown ? 1 : -1;
        const int row = std::clamp(m_d->currentRow + step, 0, static_cast<int>(m_d->data.rows.size()) - 1);
        setCurrentRow(row);
        const auto& values = m_d->data.rows[static_cast<std::size_t>(row)].values;
        const auto hottest = std::max_element(values.begin(), values.end(),
            [](float a, float b) { return (std::isnan(a) && !std::isnan(b)) || a < b; });
        if (hottest != values.end())
            Q_EMIT cellActivated(row, static_cast<int>(hottest - values.begin()));
        return true;
    }
    default:
        return false;
    }
}

QString OutlierMap::readoutAt(const QPointF& position) const
{
    const OutlierMark cell = cellAtPixel(position);
    if (cell.row < 0)
        return {};
    const OutlierRow& row = m_d->data.rows[static_cast<std::size_t>(cell.row)];
    const float value = row.values[static_cast<std::size_t>(cell.channel)];
    const QString unit = m_d->data.unit.isEmpty() ? QString() : u' ' + m_d->data.unit;
    QStringList lines{row.name, tr("channel %1").arg(formatCount(cell.channel)),
        QStringLiteral("%1  %2%3").arg(m_d->data.measure, formatNumber(double{value}), unit)};
    const auto peak = std::find_if(
        row.peaks.begin(), row.peaks.end(), [&](const OutlierPeak& p) { return p.channel == cell.channel; });
    if (peak != row.peaks.end()) {
        const QString token = !peak->tokenText.isEmpty()
            ? tr("token %1 “%2”").arg(formatCount(peak->token)).arg(peak->tokenText)
            : peak->tokenId ? tr("token %1 (id %2)").arg(formatCount(peak->token)).arg(*peak->tokenId)
                            : tr("token %1").arg(formatCount(peak->token));
        lines << tr("largest: %1 at %2").arg(formatNumber(peak->value), token);
    }
    if (!m_d->data.rowValues.empty())
        lines << QStringLiteral("%1  %2").arg(m_d->data.rowMeasure, rowValueText(cell.row));
    return lines.join(u'\n');
}

QString OutlierMap::statisticAt(const QPointF&) const
{
    return m_d->data.measure;
}

void OutlierMap::extendMenu(QMenu& menu, const QPointF& position)
{
    menu.addAction(m_d->sort);
    const OutlierMark cell = cellAtPixel(position);
    if (cell.channel >= 0)
        connect(menu.addAction(tr("Pin channel %1").arg(formatCount(cell.channel))), &QAction::triggered,
            this, [this, cell] { setPinnedChannel(cell.channel); });
    if (m_d->pinned >= 0)
        connect(menu.addAction(tr("Unpin channel %1").arg(formatCount(m_d->pinned))), &QAction::triggered,
            this, [this] { setPinnedChannel(-1); });
}

std::pair<OutlierMark, OutlierMark> OutlierMap::visibleCells() const
{
    const Interval x = viewRange(Qt::Horizontal), y = viewRange(Qt::Vertical);
    const int rows = static_cast<int>(m_d->data.rows.size());
    return {{std::max(0, static_cast<int>(std::lround(y.lower))),
                std::max(0, static_cast<int>(std::lround(x.lower)))},
        {std::min(rows - 1, static_cast<int>(std::lround(y.upper))),
            std::min(m_d->channels - 1, static_cast<int>(std::lround(x.upper)))}};
}

TableData OutlierMap::tableData() const
{
    TableData table;
    table.columns = {{tr("Site"), {}, false}, {tr("Block"), {}, true}, {tr("Channel"), {}, true},
        {m_d->data.measure, m_d->data.unit, true}};
    const bool judged = !m_d->data.rowValues.empty();
    if (judged)
        table.columns.push_back({m_d->data.rowMeasure, tr("Of the whole row"), true});
    const auto [first, last] = visibleCells();
    const int rows = last.row - first.row + 1, columns = last.channel - first.channel + 1;
    if (rows < 1 || columns < 1)
        return table;
    const std::size_t each = std::max<std::size_t>(8, kMostTableRows / static_cast<std::size_t>(rows));
    using Cell = std::pair<float, int>; // value, channel
    for (int r = first.row; r <= last.row; ++r) {
        const OutlierRow& row = m_d->data.rows[static_cast<std::size_t>(r)];
        std::vector<Cell> hottest; // a heap with the least on top
        for (int column = first.channel; column <= last.channel; ++column) {
            const int channel = m_d->order[static_cast<std::size_t>(column)];
            if (static_cast<std::size_t>(channel) >= row.values.size())
                continue;
            const float value = row.values[static_cast<std::size_t>(channel)];
            if (std::isnan(value) || (hottest.size() == each && value <= hottest.front().first))
                continue;
            hottest.emplace_back(value, channel);
            std::push_heap(hottest.begin(), hottest.end(), std::greater<>());
            if (hottest.size() > each) {
                std::pop_heap(hottest.begin(), hottest.end(), std::greater<>());
                hottest.pop_back();
            }
        }
        std::sort(hottest.begin(), hottest.end(), std::greater<>());
        TableValue judgement;
        if (judged && !std::isnan(m_d->data.rowValues[static_cast<std::size_t>(r)]))
            judgement = m_d->data.rowValues[static_cast<std::size_t>(r)];
        for (const auto& [value, channel] : hottest) {
            std::vector<TableValue> cells{row.name, static_cast<double>(row.block),
                static_cast<double>(channel), static_cast<double>(value)};
            if (judged)
                cells.push_back(judgement);
            table.rows.push_back(std::move(cells));
        }
    }
    if (static_cast<std::size_t>(columns) > each)
        table.note = tr("the %1 largest of each site in view; zoom in for others")
                         .arg(formatCount(static_cast<std::int64_t>(each)));
    return table;
}

QString OutlierMap::csv() const
{
    // What is shown: the rows and channels of the view.
    const auto [first, last] = visibleCells();
    QString text = QStringLiteral("layer,block,channel,value\n");
    for (int r = first.row; r <= last.row; ++r) {
        const OutlierRow& row = m_d->data.rows[static_cast<std::size_t>(r)];
        const QString head = csvText(row.name) + u',' + QString::number(row.block) + u',';
        for (int column = first.channel; column <= last.channel; ++column) {
            const auto c = static_cast<std::size_t>(m_d->order[static_cast<std::size_t>(column)]);
            if (c < row.values.size())
                text += head + QString::number(c) + u',' + csvNumber(double{row.values[c]}) + u'\n';
        }
    }
    return text;
}

QJsonObject OutlierMap::viewState() const
{
    QJsonObject state = ChartBase::viewState();
    state[QStringLiteral("sorted")] = m_d->sorted;
    state[QStringLiteral("pinned")] = m_d->pinned;
    return state;
}

void OutlierMap::setViewState(const QJsonObject& state)
{
    setSorted(state[QStringLiteral("sorted")].toBool());
    setPinnedChannel(state[QStringLiteral("pinned")].toInt(-1));
    ChartBase::setViewState(state);
}

} // namespace bitwright::views
