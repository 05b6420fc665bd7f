#include "views/charts/chart_base.h"

#include "views/charts/chart_parts.h"
#include "views/charts/empty_state.h"

#include <QFontMetricsF>
#include <QJsonArray>
#include <QPicture>
#include <QTextDocument>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
const QString kBackdropLayer = QStringLiteral("backdrop");
const QString kDataLayer = QStringLiteral("main");
const QString kOverlayLayer = QStringLiteral("overlay");
const QString kCrosshairLayer = QStringLiteral("crosshair");
constexpr double kStaleOpacity = 0.4;
} // namespace

// --- PaintItem ---

PaintItem::PaintItem(
    QCustomPlot* plot, const QString& layer, QCPAxisRect* clip, std::function<void(QCPPainter&)> paint)
    : QCPLayerable(plot, layer)
    , m_clip(clip)
    , m_paint(std::move(paint))
{ }

void PaintItem::applyDefaultAntialiasingHint(QCPPainter* painter) const
{
    painter->setAntialiasing(true);
}

void PaintItem::draw(QCPPainter* painter)
{
    painter->save();
    m_paint(*painter);
    painter->restore();
}

// QCustomPlot shifts clip rectangles up by one pixel; one more row below keeps the last one visible.
QRect PaintItem::clipRect() const
{
    return m_clip ? m_clip->rect().adjusted(0, 0, 1, 1) : parentPlot()->viewport();
}

// --- Construction and look ---

ChartBase::ChartBase(QWidget* parent)
    : QCustomPlot(parent)
    , m_theme(themeFor(palette()))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setPlottingHint(QCP::phCacheLabels, true);
    setInteractions(QCP::iNone);
    buildLayout();
    buildLayers();
    m_empty = new EmptyState(this);
    connect(m_empty, &EmptyState::remedyRequested, this, &ChartBase::remedyRequested);
    applyTheme();
}

ChartBase::~ChartBase() = default;

void ChartBase::buildLayout()
{
    m_rect = axisRect();
    plotLayout()->take(m_rect);
    m_body = new QCPLayoutGrid;
    m_legend = new LegendStrip(this);
    m_footnote = new TextLine(this);
    plotLayout()->addElement(0, 0, m_legend);
    plotLayout()->addElement(1, 0, m_body);
    plotLayout()->addElement(2, 0, m_footnote);
    plotLayout()->setRowSpacing(2);
    plotLayout()->setMargins(QMargins(4, 4, 4, 2));
    m_body->addElement(0, 0, m_rect);
    m_rect->setMinimumMargins(QMargins(52, 6, 12, 34));
    m_rect->setupFullAxesBox(false);
    for (QCPAxis* axis : {xAxis, yAxis})
        styleAxis(axis);
    for (QCPAxis* axis : {xAxis2, yAxis2})
        axis->setVisible(false);
}

void ChartBase::buildLayers()
{
    addLayer(kBackdropLayer, layer(QStringLiteral("grid")), limBelow);
    addLayer(kCrosshairLayer, layer(kOverlayLayer), limAbove);
    layer(kOverlayLayer)->setMode(QCPLayer::lmBuffered);
    layer(kCrosshairLayer)->setMode(QCPLayer::lmBuffered);
    new PaintItem(this, kBackdropLayer, m_rect, [this](QCPPainter& p) { paintBackdrop(p); });
    new PaintItem(this, kDataLayer, m_rect, [this](QCPPainter& p) { paintData(p); });
    new PaintItem(this, kDataLayer, nullptr, [this](QCPPainter& p) { paintStale(p); });
    new PaintItem(this, kOverlayLayer, m_rect, [this](QCPPainter& p) { paintOverlay(p); });
    new PaintItem(this, kCrosshairLayer, nullptr, [this](QCPPainter& p) { paintCrosshair(p); });
}

QFont ChartBase::smallFont() const
{
    QFont small = font();
    if (small.pointSizeF() > 0)
        small.setPointSizeF(std::max(6.5, small.pointSizeF() * 0.9));
    return small;
}

void ChartBase::styleAxis(QCPAxis* axis)
{
    if (!axis->ticker().dynamicCast<NiceTicker>())
        axis->setTicker(QSharedPointer<NiceTicker>::create(axis));
    axis->setNumberFormat(QStringLiteral("g")); // labels are ready text; no typesetting of exponents
    axis->setBasePen(QPen(m_theme.axis, 1));
    axis->setTickPen(QPen(m_theme.axis, 1));
    axis->setSubTickPen(QPen(mix(m_theme.axis, m_theme.background, 0.4), 1));
    axis->setTickLabelColor(m_theme.foreground);
    axis->setLabelColor(m_theme.muted);
    axis->setTickLabelFont(smallFont());
    axis->setLabelFont(smallFont());
    axis->setTickLengthIn(0);
    axis->setTickLengthOut(4);
    axis->setSubTickLengthIn(0);
    axis->setSubTickLengthOut(2);
    axis->setTickLabelPadding(3);
    axis->setLabelPadding(3);
    axis->grid()->setPen(QPen(m_theme.grid, 1));
    axis->grid()->setZeroLinePen(Qt::NoPen);
    axis->grid()->setSubGridVisible(false);
}

void ChartBase::setTicks(QCPAxis* axis, TickMaker maker, double pixelsPerTick)
{
    styleAxis(axis);
    if (const auto ticker = axis->ticker().dynamicCast<NiceTicker>())
        ticker->setMaker(std::move(maker), pixelsPerTick);
}

void ChartBase::applyTheme()
{
    setBackground(QBrush(m_theme.background));
    for (QCPAxisRect* rect : axisRects())
        for (QCPAxis* axis : rect->axes())
            styleAxis(axis);
    m_legend->setLook(smallFont(), m_theme.foreground, m_theme.muted);
    m_footnote->setLook(smallFont(), m_theme.muted);
    m_empty->setTheme(m_theme);
}

void ChartBase::setTheme(const Theme& theme)
{
    m_theme = theme;
    applyTheme();
    themeApplied();
    rebuildLegend();
    relayout(size());
    requestReplot();
    Q_EMIT themeChanged();
}

void ChartBase::setCaption(const ChartCaption& caption)
{
    ChartSurface::setCaption(caption);
    m_footnote->setText(caption.footnote());
    setAccessibleName(caption.title);
    setAccessibleDescription(caption.footnote());
    relayout(size());
    requestReplot();
}

void ChartBase::setEmpty(const QString& message, const QString& buttonText)
{
    m_empty->setMessage(message, buttonText);
    if (!m_readout.isEmpty())
        Q_EMIT readoutChanged(m_readout = QString());
}

void ChartBase::clearEmpty()
{
    m_empty->hide();
}

bool ChartBase::isEmpty() const
{
    return m_empty->isVisibleTo(this);
}

void ChartBase::setStale(bool stale)
{
    if (m_stale == stale)
        return;
    m_stale = stale;
    requestReplot();
}

void ChartBase::setColorMap(ColorMap map)
{
    if (m_colorMap == map)
        return;
    m_colorMap = map;
    themeApplied();
    requestReplot();
    Q_EMIT colorMapChanged(map);
}

void ChartBase::relayout(QSize size)
{
    // Small charts spend their pixels on data: fewer legend rows, no footnote when there is no room for it.
    const int rows = size.height() < 200 ? 0 : size.height() < 280 ? 1 : size.height() < 420 ? 2 : 3;
    m_legend->setHidden(m_hiddenKeys);
    m_legend->settle(size.width() - 8, rows);
    m_footnote->settle(size.height() >= 240 && !m_exporting);
    for (const Qt::Orientation axis : {Qt::Horizontal, Qt::Vertical})
        mainAxis(axis)->setLabel(elidedAxisLabel(axis));
}

QString ChartBase::elidedAxisLabel(Qt::Orientation axis) const
{
    const QRect area = viewport();
    const double length = axis == Qt::Horizontal ? area.width() - 90.0 : area.height() - 110.0;
    return QFontMetricsF(smallFont())
        .elidedText(axis == Qt::Horizontal ? m_labelX : m_labelY, Qt::ElideRight, length);
}

void ChartBase::setAxisLabel(Qt::Orientation axis, const QString& label)
{
    (axis == Qt::Horizontal ? m_labelX : m_labelY) = label;
    mainAxis(axis)->setLabel(elidedAxisLabel(axis));
}

void ChartBase::setLegend(std::vector<LegendEntry> entries)
{
    m_legend->setEntries(std::move(entries));
}

bool ChartBase::isLegendKeyShown(const QString& key) const
{
    return !m_hiddenKeys.contains(key);
}

void ChartBase::setLegendKeyShown(const QString& key, bool shown)
{
    if (shown == isLegendKeyShown(key))
        return;
    if (shown)
        m_hiddenKeys.remove(key);
    else
        m_hiddenKeys.insert(key);
    relayout(size());
    requestReplot();
    Q_EMIT legendToggled(key, shown);
}

void ChartBase::setCrosshair(bool horizontal, bool vertical)
{
    m_crosshairX = vertical;
    m_crosshairY = horizontal;
}

// --- Ranges ---

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
    syncAxes();
    requestReplot();
    Q_EMIT viewChanged();
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
    syncAxes();
    requestReplot();
    Q_EMIT viewChanged();
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
    syncAxes();
    requestReplot();
    refreshReadout();
    Q_EMIT viewChanged();
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

// --- Drawing ---

QRectF ChartBase::plotArea() const
{
    return QRectF(m_rect->rect());
}
QPointF ChartBase::toPixel(double x, double y) const
{
    return {xAxis->coordToPixel(x), yAxis->coordToPixel(y)};
}
QPointF ChartBase::toValue(const QPointF& pixel) const
{
    return {xAxis->pixelToCoord(pixel.x()), yAxis->pixelToCoord(pixel.y())};
}

void ChartBase::requestReplot()
{
    replot(QCustomPlot::rpQueuedReplot);
}
void ChartBase::repaintOverlay()
{
    layer(kOverlayLayer)->replot();
}

void ChartBase::renderTo(QPainter& painter, QSize size)
{
    const QSize before = this->size();
    m_exporting = true;
    const QRect oldViewport = viewport();
    setViewport(QRect(QPoint(0, 0), size));
    relayout(size);
    // QCPPainter must own its device; pictures carry the commands to whatever device the caller paints on.
    QPicture picture;
    QCPPainter recorder(&picture);
    recorder.setMode(QCPPainter::pmVectorized);
    recorder.setMode(QCPPainter::pmNoCaching);
    toPainter(&recorder, size.width(), size.height());
    recorder.end();
    painter.drawPicture(0, 0, picture);
    m_exporting = false;
    setViewport(oldViewport);
    relayout(before);
    requestReplot();
}

void ChartBase::paintStale(QCPPainter& painter)
{
    if (!m_stale)
        return;
    QColor veil = m_theme.background;
    veil.setAlphaF(static_cast<float>(1 - kStaleOpacity));
    for (QCPAxisRect* rect : axisRects())
        painter.fillRect(rect->rect(), veil);
    painter.setFont(smallFont());
    painter.setPen(m_theme.muted);
    painter.drawText(
        plotArea().adjusted(6, 4, -6, -4), Qt::AlignRight | Qt::AlignTop, tr("stale: being computed again"));
}

void ChartBase::paintTextBox(
    QPainter& painter, const QPointF& anchor, const QString& text, const QRectF& bounds) const
{
    if (text.isEmpty())
        return;
    painter.setFont(smallFont());
    const QFontMetricsF metrics(painter.font());
    const QStringList lines = text.split(u'\n');
    double width = 0;
    for (const QString& line : lines)
        width = std::max(width, metrics.horizontalAdvance(line));
    QSizeF size(
        std::ceil(width) + 14, std::ceil(metrics.lineSpacing()) * static_cast<double>(lines.size()) + 8);
    QPointF corner = anchor + QPointF(14, 14);
    if (corner.x() + size.width() > bounds.right())
        corner.setX(anchor.x() - 14 - size.width());
    if (corner.y() + size.height() > bounds.bottom())
        corner.setY(anchor.y() - 14 - size.height());
    corner.setX(std::max(corner.x(), bounds.left()));
    corner.setY(std::max(corner.y(), bounds.top()));
    const QRectF box(corner, size);
    QColor fill = m_theme.surface;
    fill.setAlphaF(0.95F);
    painter.setPen(QPen(m_theme.axis, 1));
    painter.setBrush(fill);
    painter.drawRoundedRect(box.translated(0.5, 0.5), 3, 3);
    painter.setPen(m_theme.foreground);
    painter.drawText(box.adjusted(7, 4, -4, -4), Qt::AlignLeft | Qt::AlignTop, text);
    painter.setBrush(Qt::NoBrush);
}

void ChartBase::paintCrosshair(QCPPainter& painter)
{
    if (m_exporting)
        return;
    if (m_gesture == Gesture::Box && m_dragged) {
        QColor fill = m_theme.accent;
        fill.setAlphaF(0.15F);
        painter.setPen(QPen(m_theme.accent, 1));
        painter.setBrush(fill);
        painter.drawRect(QRectF(m_pressPosition, m_lastPosition).normalized().intersected(plotArea()));
        painter.setBrush(Qt::NoBrush);
    }
    if (!m_cursor || !plotArea().contains(*m_cursor) || isEmpty())
        return;
    QPen pen(m_theme.muted, 1, Qt::DotLine);
    painter.setPen(pen);
    const QRectF area = plotArea();
    painter.setAntialiasing(false);
    if (m_crosshairX)
        painter.drawLine(QPointF(m_cursor->x(), area.top()), QPointF(m_cursor->x(), area.bottom()));
    if (m_crosshairY)
        painter.drawLine(QPointF(area.left(), m_cursor->y()), QPointF(area.right(), m_cursor->y()));
    painter.setAntialiasing(true);
    if (m_gesture != Gesture::Pan)
        paintTextBox(painter, *m_cursor, m_readout, QRectF(viewport()).adjusted(2, 2, -2, -2));
}

void ChartBase::refreshReadout()
{
    const QString text
        = m_cursor && plotArea().contains(*m_cursor) && !isEmpty() ? readoutAt(*m_cursor) : QString();
    if (text != m_readout) {
        m_readout = text;
        Q_EMIT readoutChanged(text);
    }
}

// --- Defaults of the hooks ---

void ChartBase::paintBackdrop(QCPPainter&) { }
void ChartBase::paintOverlay(QCPPainter&) { }
void ChartBase::rebuildLegend() { }
void ChartBase::syncAxes() { }
void ChartBase::themeApplied() { }
void ChartBase::hoverMoved(const QPointF&) { }
void ChartBase::hoverLeft() { }
bool ChartBase::gesturePress(const QPointF&, Qt::KeyboardModifiers)
{
    return false;
}
void ChartBase::gestureMove(const QPointF&, Qt::KeyboardModifiers) { }
void ChartBase::gestureRelease(const QPointF&, Qt::KeyboardModifiers) { }
void ChartBase::gestureCancel() { }
void ChartBase::clicked(const QPointF&, Qt::KeyboardModifiers) { }
bool ChartBase::keyPressed(QKeyEvent*)
{
    return false;
}
void ChartBase::extendMenu(QMenu&, const QPointF&) { }

QString ChartBase::readoutAt(const QPointF& position) const
{
    const QPointF value = toValue(position);
    return QStringLiteral("%1, %2").arg(formatNumber(value.x()), formatNumber(value.y()));
}

void ChartBase::boxed(const QRectF& box, Qt::KeyboardModifiers)
{
    const QRectF area = box.intersected(plotArea());
    if (area.width() < 4 || area.height() < 4)
        return;
    const QPointF low = toValue(area.bottomLeft()), high = toValue(area.topRight());
    setViewRange(Qt::Horizontal, {low.x(), high.x()});
    setViewRange(Qt::Vertical, {std::min(low.y(), high.y()), std::max(low.y(), high.y())});
}

} // namespace bitwright::views
