#include "views/charts/outlier_map_private.h"
#include "views/charts/site_words.h"

#include <QAction>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bitwright::views {

namespace {
const float kUnknown = std::numeric_limits<float>::quiet_NaN();
} // namespace

OutlierMap::OutlierMap(QWidget* parent)
    : ChartBase(parent)
    , m_d(std::make_unique<Private>())
{
    yAxis->setRangeReversed(true);
    setTicks(
        xAxis, [](Interval range, int target) { return integerTicks(range, target); }, 90);
    setTicks(
        yAxis,
        [this](
            Interval range, int target) { return m_d->image.rowTicks(m_d->data, range, target, isNarrow()); },
        20);
    setAxisLabel(Qt::Horizontal, tr("channel"));
    const auto addRect = [this](int row, int column) {
        auto* rect = new QCPAxisRect(this, false);
        rect->setRangeDrag({});
        rect->setMinimumMargins(QMargins(0, 0, 0, 0));
        rect->setMargins(QMargins(0, 0, 0, 0));
        body()->addElement(row, column, rect);
        return rect;
    };
    body()->take(mainRect());
    m_d->top = addRect(0, 0);
    body()->addElement(1, 0, mainRect());
    m_d->right = addRect(1, 1);
    m_d->bar = addRect(1, 2);
    m_d->right->setMinimumMargins(QMargins(kBesideMap, 0, 0, 0)); // its scale is another one than the map's
    m_d->top->addAxis(QCPAxis::atBottom);
    m_d->top->addAxis(QCPAxis::atLeft);
    m_d->right->addAxis(QCPAxis::atLeft);
    m_d->right->addAxis(QCPAxis::atBottom);
    m_d->bar->addAxis(QCPAxis::atRight);

    body()->setRowSpacing(4);
    body()->setColumnSpacing(4);
    auto* vertical = new QCPMarginGroup(this);
    auto* horizontal = new QCPMarginGroup(this);
    for (QCPAxisRect* rect : {mainRect(), m_d->top})
        rect->setMarginGroup(QCP::msLeft | QCP::msRight, vertical);
    for (QCPAxisRect* rect : {mainRect(), m_d->right, m_d->bar})
        rect->setMarginGroup(QCP::msTop | QCP::msBottom, horizontal);
    const QString layerName = QStringLiteral("main");
    new PaintItem(this, layerName, m_d->top, [this](QCPPainter& p) { paintTop(p); });
    new PaintItem(this, layerName, nullptr, [this](QCPPainter& p) { paintRight(p); });
    new PaintItem(this, layerName, m_d->bar, [this](QCPPainter& p) { paintBar(p); });
    mainRect()->setMinimumMargins(QMargins(52, 0, 0, 34));
    createActions();
    themeApplied();
}

void OutlierMap::createActions()
{
    m_d->sort = makeAction(QStringLiteral("sort"), tr("&Sort channels by maximum"),
        tr("Sorts the channels by their largest value over the rows, or shows them in their own order (S)"));
    m_d->sort->setCheckable(true);
    m_d->sort->setShortcut(QKeySequence(Qt::Key_S));
    connect(m_d->sort, &QAction::toggled, this, &OutlierMap::setSorted);
    m_d->pin = makeAction(QStringLiteral("pin"), tr("&Pin channel"),
        tr("Keeps the channel under the cursor marked and shows it across the layers; again: lets it go "
           "(P)"));
    m_d->pin->setShortcut(QKeySequence(Qt::Key_P));
    connect(m_d->pin, &QAction::triggered, this,
        [this] { setPinnedChannel(m_d->pinned >= 0 ? -1 : m_d->hover.channel); });
}

QAction* OutlierMap::sortAction() const
{
    return m_d->sort;
}

QList<QAction*> OutlierMap::chartActions()
{
    QList<QAction*> actions = ChartBase::chartActions();
    if (m_d) // the base asks before the map exists
        actions << m_d->sort << m_d->pin;
    return actions;
}

void OutlierMap::setPreviewChannel(int channel)
{
    if (m_d->preview == channel)
        return;
    m_d->preview = channel;
    repaintOverlay();
}

OutlierMap::~OutlierMap() = default;

const OutlierMapData& OutlierMap::data() const
{
    return m_d->data;
}
bool OutlierMap::isSorted() const
{
    return m_d->sorted;
}
int OutlierMap::pinnedChannel() const
{
    return m_d->pinned;
}
QImage OutlierMap::renderedMap() const
{
    return m_d->rendered;
}

void OutlierMap::themeApplied()
{
    for (QCPAxisRect* rect : {m_d->top, m_d->right, m_d->bar})
        for (QCPAxis* axis : rect->axes()) {
            styleAxis(axis);
            axis->grid()->setVisible(false);
            const bool isBar = rect == m_d->bar;
            axis->setTicks(isBar);
            axis->setTickLabels(isBar);
            axis->setVisible(true);
            if (isBar)
                axis->setBasePen(Qt::NoPen);
        }
    xAxis->grid()->setVisible(false);
    yAxis->grid()->setVisible(false);
    m_d->bar->setAutoMargins(QCP::msTop | QCP::msBottom);
    m_d->bar->setMargins(QMargins(4, 0, barLabels(), 0));
    m_d->image.setColors(colorMap(), theme());
}

// --- Data ---

void OutlierMap::setData(OutlierMapData data)
{
    m_d->data = std::move(data);
    m_d->channels = 0;
    const auto& rows = m_d->data.rows;
    for (const OutlierRow& row : rows)
        m_d->channels = std::max(m_d->channels, static_cast<int>(row.values.size()));
    if (m_d->pinned >= m_d->channels)
        m_d->pinned = -1;
    m_d->hover = {-1, -1};
    rebuildColumns();
    setAxisLabel(Qt::Horizontal, m_d->sorted ? tr("channel rank (by maximum)") : tr("channel"));
    const bool numbered = std::all_of(rows.begin(), rows.end(),
        [](const OutlierRow& row) { return row.label.toInt() > 0 || row.label == QLatin1String("0"); });
    setAxisLabel(Qt::Vertical, numbered && !rows.empty() ? tr("block") : QString());
    dataChanged();
}

void OutlierMap::rebuildColumns()
{
    const auto& rows = m_d->data.rows;
    const auto channels = static_cast<std::size_t>(m_d->channels);
    std::vector<float> columnMaxima(channels, kUnknown);
    for (const OutlierRow& row : rows)
        for (std::size_t c = 0; c < row.values.size(); ++c)
            if (!(columnMaxima[c] >= row.values[c]) && !std::isnan(row.values[c]))
                columnMaxima[c] = row.values[c];
    m_d->order.resize(channels);
    std::iota(m_d->order.begin(), m_d->order.end(), 0);
    if (m_d->sorted)
        std::stable_sort(m_d->order.begin(), m_d->order.end(), [&](int a, int b) {
            const float x = columnMaxima[static_cast<std::size_t>(a)],
                        y = columnMaxima[static_cast<std::size_t>(b)];
            return std::isnan(y) ? !std::isnan(x) : x > y; // unknown channels last
        });
    m_d->columnOf.resize(channels);
    for (std::size_t i = 0; i < channels; ++i)
        m_d->columnOf[static_cast<std::size_t>(m_d->order[i])] = static_cast<int>(i);
    m_d->columnMarks.assign(channels, 0);
    for (const int channel : m_d->data.markedChannels)
        if (channel >= 0 && channel < m_d->channels)
            m_d->columnMarks[static_cast<std::size_t>(m_d->columnOf[static_cast<std::size_t>(channel)])] = 1;
    m_d->image.setRows(m_d->data, m_d->order);
    m_d->rowMaxima = m_d->image.rowMaxima();
    m_d->scale = m_d->image.valueRange(m_d->data.logarithmic);
    m_d->image.setScale(m_d->scale, m_d->data.logarithmic);
}

void OutlierMap::setSorted(bool sorted)
{
    if (m_d->sorted == sorted)
        return;
    m_d->sorted = sorted;
    m_d->sort->setChecked(sorted);
    rebuildColumns();
    setAxisLabel(Qt::Horizontal, sorted ? tr("channel rank (by maximum)") : tr("channel"));
    resetAxis(Qt::Horizontal);
    Q_EMIT sortedChanged(sorted);
}

void OutlierMap::setPinnedChannel(int channel)
{
    const int pinned = channel >= 0 && channel < m_d->channels ? channel : -1;
    if (m_d->pinned == pinned)
        return;
    m_d->pinned = pinned;
    rebuildLegend();
    requestReplot();
    Q_EMIT channelPinned(pinned);
}

void OutlierMap::setPreviewRow(int row)
{
    if (m_d->previewRow == row)
        return;
    m_d->previewRow = row;
    repaintOverlay();
}

void OutlierMap::setCurrentRow(int row)
{
    if (m_d->currentRow == row)
        return;
    m_d->currentRow = row;
    rebuildLegend();
    repaintOverlay();
}

void OutlierMap::setSelectedRows(const QVector<int>& rows)
{
    if (m_d->selectedRows == rows)
        return;
    m_d->selectedRows = rows;
    repaintOverlay();
}

Interval OutlierMap::homeRange(Qt::Orientation axis) const
{
    const double count = axis == Qt::Horizontal ? m_d->channels : static_cast<double>(m_d->data.rows.size());
    return {-0.5, std::max(count, 1.0) - 0.5};
}

bool OutlierMap::isNarrow() const
{
    constexpr int kNarrow = 460;
    return viewport().width() < kNarrow;
}

int OutlierMap::barLabels() const
{
    return isNarrow() ? kLeastBarLabels : kBarLabels;
}

// Marginals give way to the map on small charts.
void OutlierMap::layoutMarginals()
{
    const QSize size = viewport().size();
    const int top = std::clamp(size.height() / 10, kLeastTop, kMostTop);
    const int right = (size.width() < 560 ? kLeastRight : kRightWidth) + static_cast<int>(rowNumbersWidth());
    m_d->bar->setMargins(QMargins(4, 0, barLabels(), 0));
    m_d->top->setMinimumSize(0, top);
    m_d->top->setMaximumSize(QWIDGETSIZE_MAX, top);
    m_d->right->setMinimumSize(right, 0);
    m_d->right->setMaximumSize(right, QWIDGETSIZE_MAX);
    m_d->bar->setMinimumSize(kBarWidth, 0); // QCustomPlot constrains the inner rectangle
    m_d->bar->setMaximumSize(kBarWidth, QWIDGETSIZE_MAX);
}

void OutlierMap::syncAxes()
{
    layoutMarginals();
    const Interval x = viewRange(Qt::Horizontal), y = viewRange(Qt::Vertical);
    m_d->top->axis(QCPAxis::atBottom)->setRange(x.lower, x.upper);
    m_d->right->axis(QCPAxis::atLeft)->setRange(y.lower, y.upper);
    m_d->right->axis(QCPAxis::atLeft)->setRangeReversed(true);
    const auto type = m_d->data.logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear;
    for (QCPAxis* axis : {m_d->top->axis(QCPAxis::atLeft), m_d->right->axis(QCPAxis::atBottom),
             m_d->bar->axis(QCPAxis::atRight)}) {
        axis->setScaleType(type);
        axis->setRange(m_d->scale.lower, m_d->scale.upper);
    }
}

void OutlierMap::rebuildLegend()
{
    std::vector<LegendEntry> entries;
    const auto swatch
        = [&](const QString& key, const QString& label, const QColor& color, Marker marker, bool toggles) {
              LegendEntry entry;
              entry.key = key;
              entry.label = label;
              entry.color = color;
              entry.kind = marker == Marker::None ? LegendEntry::Kind::Swatch : LegendEntry::Kind::Mark;
              entry.marker = marker;
              entry.hollow = marker == Marker::Square;
              entry.toggles = toggles;
              entries.push_back(entry);
          };
    const bool judged = !m_d->data.marks.empty() || !m_d->data.rowValues.empty();
    if (judged || !m_d->data.criterion.isEmpty()) {
        QString label = m_d->data.criterion.isEmpty() ? tr("outliers") : m_d->data.criterion;
        if (!m_d->data.criterionNote.isEmpty())
            label += QStringLiteral(": ") + m_d->data.criterionNote;
        swatch(kMarksKey, label, theme().warning, Marker::Square, judged);
        // As the channels are marked at the map's edge: ticks, which merge into a band where most are named.
        if (const std::size_t marked = m_d->data.markedChannels.size(); marked > 0) {
            LegendEntry& entry = entries.back();
            entry.kind = 2 * marked > static_cast<std::size_t>(m_d->channels) ? LegendEntry::Kind::Swatch
                                                                              : LegendEntry::Kind::Tick;
            entry.hollow = false;
            entry.width = 2;
        }
        entries.back().brief = m_d->data.criterionNote;
    }
    if (m_d->pinned >= 0) {
        swatch(QStringLiteral("pinned"), tr("channel %1").arg(formatCount(m_d->pinned)), theme().accent,
            Marker::Diamond, false);
        entries.back().kind = LegendEntry::Kind::Line; // that of the margin at the right
        swatch(QStringLiteral("largest"), tr("largest of all channels"), rowBarColor(), Marker::None, false);
        entries.back().brief = tr("all channels");
    }
    if (const auto row = static_cast<std::size_t>(m_d->currentRow);
        m_d->currentRow >= 0 && row < m_d->data.rows.size()) {
        const QString site = siteWords(m_d->data.rows[row].label);
        swatch(
            QStringLiteral("current"), tr("current site: %1").arg(site), theme().accent, Marker::None, false);
        entries.back().hollow = true; // the frame around its row
        entries.back().brief = tr("site: %1").arg(site);
    }
    if (m_d->image.hasUnknown())
        swatch(QStringLiteral("unknown"), tr("unknown"), theme().hatch, Marker::None, false);
    setLegend(std::move(entries));
}

} // namespace bitwright::views
