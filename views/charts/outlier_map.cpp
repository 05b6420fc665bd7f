#include "views/charts/outlier_map.h"

#include "views/charts/outlier_image.h"

#include <QKeyEvent>
#include <QMenu>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bitwright::views {

namespace {
constexpr int kTopHeight = 54; // of the marginal per channel
constexpr int kRightWidth = 84; // of the marginal per layer
constexpr int kBarWidth = 12, kBarLabels = 46; // of the color bar
const QString kMarksKey = QStringLiteral("marks");
const float kUnknown = std::numeric_limits<float>::quiet_NaN();
} // namespace

struct OutlierMap::Private
{
    OutlierMapData data;
    OutlierImage image;
    QCPAxisRect* top = nullptr;
    QCPAxisRect* right = nullptr;
    QCPAxisRect* bar = nullptr;
    int channels = 0;
    bool sorted = false;
    int pinned = -1;
    int currentRow = -1;
    OutlierMark hover{-1, -1};
    std::vector<int> order; // display column -> channel
    std::vector<int> columnOf; // channel -> display column
    std::vector<float> rowMaxima;
    Interval scale{0, 1};
    QImage rendered;
};

OutlierMap::OutlierMap(QWidget* parent)
    : ChartBase(parent)
    , m_d(std::make_unique<Private>())
{
    yAxis->setRangeReversed(true);
    setTicks(
        xAxis, [](Interval range, int target) { return integerTicks(range, target); }, 90);
    setTicks(
        yAxis, [this](Interval range, int target) { return m_d->image.rowTicks(m_d->data, range, target); },
        22);
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
    themeApplied();
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
    m_d->bar->setMargins(QMargins(4, 0, kBarLabels, 0));
    m_d->image.setColors(colorMap(), theme());
}

// --- Data ---

void OutlierMap::setData(OutlierMapData data)
{
    m_d->data = std::move(data);
    m_d->channels = 0;
    for (const OutlierRow& row : m_d->data.rows)
        m_d->channels = std::max(m_d->channels, static_cast<int>(row.values.size()));
    if (m_d->pinned >= m_d->channels)
        m_d->pinned = -1;
    m_d->hover = {-1, -1};
    rebuildColumns();
    setAxisLabel(Qt::Horizontal, m_d->sorted ? tr("channel rank (by maximum)") : tr("channel"));
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

void OutlierMap::setCurrentRow(int row)
{
    m_d->currentRow = row;
    repaintOverlay();
}

Interval OutlierMap::homeRange(Qt::Orientation axis) const
{
    const double count = axis == Qt::Horizontal ? m_d->channels : static_cast<double>(m_d->data.rows.size());
    return {-0.5, std::max(count, 1.0) - 0.5};
}

// Marginals give way to the map on small charts.
void OutlierMap::layoutMarginals()
{
    const QSize size = viewport().size();
    const int top = size.height() < 360 ? 30 : kTopHeight;
    const int right = size.width() < 560 ? 40 : kRightWidth;
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
    const QString unit = m_d->data.unit.isEmpty() ? QString() : QStringLiteral(" [%1]").arg(m_d->data.unit);
    if (!m_d->data.rows.empty())
        swatch(QStringLiteral("measure"), m_d->data.measure + unit, mapColor(colorMap(), 0.75), Marker::None,
            false);
    if (!m_d->data.marks.empty())
        swatch(kMarksKey, m_d->data.criterion.isEmpty() ? tr("outliers") : m_d->data.criterion,
            theme().warning, Marker::Square, true);
    if (m_d->pinned >= 0)
        swatch(QStringLiteral("pinned"), tr("channel %1").arg(formatCount(m_d->pinned)), theme().accent,
            Marker::Diamond, false);
    if (m_d->image.hasUnknown())
        swatch(QStringLiteral("unknown"), tr("unknown"), theme().hatch, Marker::None, false);
    setLegend(std::move(entries));
}

// --- Painting ---

void OutlierMap::paintData(QCPPainter& painter)
{
    const QRectF area = plotArea();
    if (m_d->data.rows.empty() || area.width() < 1 || area.height() < 1)
        return;
    const double ratio = isExporting() ? 2 : bufferDevicePixelRatio();
    const Interval x = viewRange(Qt::Horizontal), y = viewRange(Qt::Vertical);
    const QSize pixels(std::max(1, static_cast<int>(area.width() * ratio)),
        std::max(1, static_cast<int>(area.height() * ratio)));
    m_d->rendered = m_d->image.render({x.lower + 0.5, x.upper + 0.5}, {y.lower + 0.5, y.upper + 0.5}, pixels);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(area, m_d->rendered);
    if (isLegendKeyShown(kMarksKey) && !m_d->data.marks.empty())
        paintMarks(painter);
    if (m_d->pinned >= 0) {
        const double center = cellPixel(0, m_d->pinned).x();
        const double half = std::max(1.5, (xAxis->coordToPixel(1) - xAxis->coordToPixel(0)) / 2);
        painter.setPen(QPen(theme().accent, 1.2));
        for (const double side : {center - half, center + half})
            painter.drawLine(QPointF(side, area.top()), QPointF(side, area.bottom()));
    }
}

void OutlierMap::paintMarks(QCPPainter& painter) const
{
    const double w = xAxis->coordToPixel(1) - xAxis->coordToPixel(0);
    const double h = yAxis->coordToPixel(1) - yAxis->coordToPixel(0);
    const QRectF area = plotArea().adjusted(-6, -6, 6, 6);
    painter.setPen(QPen(theme().warning, 1.3));
    painter.setBrush(Qt::NoBrush);
    for (const OutlierMark& mark : m_d->data.marks) {
        const QPointF at = cellPixel(mark.row, mark.channel);
        if (area.contains(at))
            painter.drawRect(QRectF(at.x() - std::max(w, 6.0) / 2, at.y() - std::max(h, 5.0) / 2,
                std::max(w, 6.0), std::max(h, 5.0)));
    }
}

// Envelope per pixel column: the band from the least to the greatest channel maximum, so both survive
// decimation.
void OutlierMap::paintTop(QCPPainter& painter)
{
    const QRectF area = m_d->top->rect();
    if (m_d->data.rows.empty() || area.width() < 1)
        return;
    const Interval x = viewRange(Qt::Horizontal);
    const auto envelope = minMaxEnvelope(
        m_d->image.columnMaxima(), x.lower + 0.5, x.upper + 0.5, static_cast<int>(area.width()));
    QCPAxis* axis = m_d->top->axis(QCPAxis::atLeft);
    painter.setAntialiasing(false);
    const auto pixel = [&](float value) {
        const double v = std::isinf(value) ? m_d->scale.upper : double{value};
        return std::clamp(axis->coordToPixel(std::max(v, m_d->scale.lower)), area.top(), area.bottom());
    };
    const QColor band = mix(theme().accent, theme().background, 0.35);
    const QColor faint = mix(theme().accent, theme().background, 0.78);
    for (std::size_t i = 0; i < envelope.size(); ++i) {
        if (std::isnan(envelope[i].upper))
            continue;
        const double px = area.left() + static_cast<double>(i);
        const double high = pixel(envelope[i].upper), low = pixel(envelope[i].lower);
        painter.fillRect(QRectF(px, low, 1, area.bottom() - low), faint);
        painter.fillRect(QRectF(px, high, 1, std::max(1.0, low - high)), band);
    }
    if (area.height() < kTopHeight)
        return; // no room for words above the envelope
    painter.setFont(smallFont());
    painter.setPen(theme().muted);
    painter.drawText(area.adjusted(4, 0, -2, 0), Qt::AlignRight | Qt::AlignTop, tr("max per channel"));
}

void OutlierMap::paintRight(QCPPainter& painter)
{
    const QRectF area = m_d->right->rect();
    QCPAxis* value = m_d->right->axis(QCPAxis::atBottom);
    QCPAxis* rows = m_d->right->axis(QCPAxis::atLeft);
    if (m_d->data.rows.empty() || area.width() < 1)
        return;
    const auto pixel = [&](float v) {
        const double x = std::isinf(v) ? m_d->scale.upper : std::max(double{v}, m_d->scale.lower);
        return std::clamp(value->coordToPixel(x), area.left(), area.right());
    };
    painter.setAntialiasing(false);
    const bool tracing = m_d->pinned >= 0;
    const QColor fill = mix(theme().accent, theme().background, tracing ? 0.8 : 0.45);
    for (std::size_t i = 0; i < m_d->rowMaxima.size(); ++i) {
        const double top = rows->coordToPixel(static_cast<double>(i) - 0.5);
        const double bottom = rows->coordToPixel(static_cast<double>(i) + 0.5);
        if (bottom < area.top() || top > area.bottom())
            continue;
        const double gap = bottom - top > 5 ? 1 : 0;
        const QRectF line(area.left(), top + gap, area.width(), std::max(1.0, bottom - top - 2 * gap));
        if (std::isnan(m_d->rowMaxima[i]))
            paintHatch(painter, line, theme());
        else
            painter.fillRect(
                QRectF(line.left(), line.top(), pixel(m_d->rowMaxima[i]) - area.left(), line.height()), fill);
    }
    if (tracing)
        paintTrace(painter);
    painter.setFont(smallFont());
    painter.setPen(theme().muted);
    // One line lower than the tick labels of the map, which reach under the marginal.
    const double down = 8 + QFontMetricsF(smallFont()).height();
    const QRectF below(area.left() - 20, area.bottom() + down, area.width() + 40, 40);
    const QString all = area.width() < 60 ? tr("max") : tr("max per layer");
    const QString text = tracing ? tr("channel %1").arg(formatCount(m_d->pinned)) : all;
    painter.drawText(below, Qt::AlignHCenter | Qt::AlignTop, text);
}

// The pinned channel across layers, over the maxima of the layers.
void OutlierMap::paintTrace(QCPPainter& painter) const
{
    const QRectF area = m_d->right->rect();
    QCPAxis* value = m_d->right->axis(QCPAxis::atBottom);
    QCPAxis* rows = m_d->right->axis(QCPAxis::atLeft);
    painter.setAntialiasing(true);
    QPolygonF line;
    const auto flush = [&] {
        painter.setPen(QPen(theme().accent, 1.8));
        if (line.size() > 1)
            painter.drawPolyline(line);
        for (const QPointF& p : line)
            paintMarker(painter, Marker::Circle, p, line.size() > 40 ? 1.6 : 2.6, theme().accent, false);
        line.clear();
    };
    for (std::size_t i = 0; i < m_d->data.rows.size(); ++i) {
        const auto& values = m_d->data.rows[i].values;
        const auto c = static_cast<std::size_t>(m_d->pinned);
        if (c >= values.size() || !std::isfinite(values[c])) {
            flush();
            continue;
        }
        const double x = value->coordToPixel(std::max(double{values[c]}, m_d->scale.lower));
        line << QPointF(
            std::clamp(x, area.left() + 2, area.right() - 2), rows->coordToPixel(static_cast<double>(i)));
    }
    flush();
}

void OutlierMap::paintBar(QCPPainter& painter)
{
    const QRectF area = m_d->bar->rect();
    if (m_d->data.rows.empty() || area.height() < 2)
        return;
    QImage strip(1, 256, QImage::Format_RGB32);
    for (int i = 0; i < 256; ++i)
        strip.setPixel(0, 255 - i, colorTable(colorMap())[static_cast<std::size_t>(i)]);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, true);
    painter.drawImage(QRectF(area.left(), area.top(), area.width(), area.height()), strip);
}

void OutlierMap::paintOverlay(QCPPainter& painter)
{
    const QRectF area = plotArea();
    if (m_d->currentRow >= 0 && m_d->currentRow < static_cast<int>(m_d->data.rows.size())) {
        const double top = yAxis->coordToPixel(m_d->currentRow - 0.5),
                     bottom = yAxis->coordToPixel(m_d->currentRow + 0.5);
        painter.setPen(QPen(theme().background, 3));
        painter.drawRect(QRectF(area.left(), top, area.width(), bottom - top));
        painter.setPen(QPen(theme().accent, 1.5));
        painter.drawRect(QRectF(area.left(), top, area.width(), bottom - top));
    }
}

// --- Hit testing and gestures ---

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

void OutlierMap::clicked(const QPointF& position, Qt::KeyboardModifiers)
{
    const OutlierMark cell = cellAtPixel(position);
    if (cell.row < 0)
        return;
    setCurrentRow(cell.row);
    setPinnedChannel(cell.channel);
    Q_EMIT cellActivated(cell.row, cell.channel);
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
        Q_EMIT regionSelected(rows, channels);
}

// S sorts, P pins the hovered channel; page up and down walk through the layers.
bool OutlierMap::keyPressed(QKeyEvent* event)
{
    if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier) || m_d->data.rows.empty())
        return false;
    switch (event->key()) {
    case Qt::Key_S:
        setSorted(!m_d->sorted);
        return true;
    case Qt::Key_P:
        setPinnedChannel(m_d->pinned >= 0 ? -1 : m_d->hover.channel);
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
    return tr("%1\nchannel %2\n%3  %4")
               .arg(row.name, formatCount(cell.channel), m_d->data.measure, formatNumber(double{value}))
        + (m_d->data.unit.isEmpty() ? QString() : u' ' + m_d->data.unit);
}

void OutlierMap::extendMenu(QMenu& menu, const QPointF& position)
{
    QAction* sorting = menu.addAction(tr("Sort channels by maximum\tS"));
    sorting->setCheckable(true);
    sorting->setChecked(m_d->sorted);
    connect(sorting, &QAction::toggled, this, &OutlierMap::setSorted);
    const OutlierMark cell = cellAtPixel(position);
    if (cell.channel >= 0)
        connect(menu.addAction(tr("Pin channel %1\tP").arg(formatCount(cell.channel))), &QAction::triggered,
            this, [this, cell] { setPinnedChannel(cell.channel); });
    if (m_d->pinned >= 0)
        connect(menu.addAction(tr("Unpin channel %1").arg(formatCount(m_d->pinned))), &QAction::triggered,
            this, [this] { setPinnedChannel(-1); });
}

QString OutlierMap::csv() const
{
    // What is shown: the rows and channels of the view.
    const Interval x = viewRange(Qt::Horizontal), y = viewRange(Qt::Vertical);
    const int firstRow = std::max(0, static_cast<int>(std::lround(y.lower)));
    const int lastRow
        = std::min(static_cast<int>(m_d->data.rows.size()) - 1, static_cast<int>(std::lround(y.upper)));
    const int firstColumn = std::max(0, static_cast<int>(std::lround(x.lower)));
    const int lastColumn = std::min(m_d->channels - 1, static_cast<int>(std::lround(x.upper)));
    QString text = QStringLiteral("layer,block,channel,value\n");
    for (int r = firstRow; r <= lastRow; ++r) {
        const OutlierRow& row = m_d->data.rows[static_cast<std::size_t>(r)];
        const QString head = csvText(row.name) + u',' + QString::number(row.block) + u',';
        for (int column = firstColumn; column <= lastColumn; ++column) {
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
