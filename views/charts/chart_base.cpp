#include "views/charts/chart_base.h"

#include "views/charts/chart_parts.h"
#include "views/charts/empty_state.h"

#include <QFontMetricsF>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
const QString kBackdropLayer = QStringLiteral("backdrop");
const QString kDataLayer = QStringLiteral("main");
const QString kOverlayLayer = QStringLiteral("overlay");
const QString kCrosshairLayer = QStringLiteral("crosshair");
} // namespace

// --- Construction and look ---

ChartBase::ChartBase(QWidget* parent)
    : QCustomPlot(parent)
    , m_theme(themeFor(palette()))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setPlottingHint(QCP::phCacheLabels, true);
    setInteractions(QCP::iNone);
    installAccessibility();
    createActions();
    createButtons();
    buildLayout();
    buildLayers();
    m_empty = new EmptyState(this);
    connect(m_empty, &EmptyState::remedyRequested, this, &ChartBase::remedyRequested);
    connect(m_empty, &EmptyState::otherRemedyRequested, this, &ChartBase::otherRemedyRequested);
    (void)ChartBase::chartActions(); // their keys work before a menu was opened
    applyTheme();
    refreshActions();
}

ChartBase::~ChartBase() = default;

void ChartBase::buildLayout()
{
    m_rect = axisRect();
    plotLayout()->take(m_rect);
    m_body = new QCPLayoutGrid;
    m_legend = new LegendStrip(this);
    m_footnote = new Footnote(this);
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

QCPAxisRect* ChartBase::addUpperRect(const QMargins& leastMargins, std::function<void(QCPPainter&)> paint)
{
    auto* rect = new QCPAxisRect(this, false);
    rect->setRangeDrag({});
    rect->setMinimumMargins(leastMargins);
    rect->addAxis(QCPAxis::atBottom);
    rect->addAxis(QCPAxis::atLeft);
    m_body->take(m_rect);
    m_body->addElement(0, 0, rect);
    m_body->addElement(1, 0, m_rect);
    m_body->setRowSpacing(6);
    auto* margins = new QCPMarginGroup(this);
    for (QCPAxisRect* one : {m_rect, rect})
        one->setMarginGroup(QCP::msLeft | QCP::msRight, margins);
    new PaintItem(this, kDataLayer, rect, std::move(paint));
    return rect;
}

void ChartBase::styleUpperRect(const QCPAxisRect& rect)
{
    for (QCPAxis* axis : rect.axes())
        styleAxis(axis);
    rect.axis(QCPAxis::atBottom)->setTickLabels(false);
    rect.axis(QCPAxis::atBottom)->setTicks(false);
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
    m_legend->setFocusColor(m_theme.accent);
    m_footnote->setLook(smallFont(), m_theme.muted);
    m_empty->setTheme(m_theme);
    QPalette colors = palette();
    colors.setColor(QPalette::ButtonText, m_theme.muted);
    colors.setColor(QPalette::Button, m_theme.background);
    for (QToolButton* button : {m_menuButton, m_resetButton})
        button->setPalette(colors);
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
    relayout(size());
    requestReplot();
}

void ChartBase::setFootnoteShown(bool shown)
{
    m_footnoteShown = shown;
    relayout(size());
}

void ChartBase::setEmpty(const QString& message, const QString& buttonText, const QString& otherText)
{
    m_empty->setMessage(message, buttonText, otherText);
    setTableShown(false);
    placeButtons();
    if (!m_readout.isEmpty())
        Q_EMIT readoutChanged(m_readout = QString());
}

void ChartBase::clearEmpty()
{
    m_empty->hide();
    placeButtons();
}

QString ChartBase::emptyMessage() const
{
    return m_empty->message();
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

int ChartBase::smallLineHeight() const
{
    return static_cast<int>(std::ceil(QFontMetricsF(smallFont()).height())) + 6;
}

void ChartBase::relayout(QSize size)
{
    constexpr int kSmallHeight = 340;
    // Small charts spend their pixels on data: fewer legend rows, no footnote when there is no room for it.
    const int h = size.height();
    const int rows = h < 150 ? 0 : h < 200 ? 1 : h < 340 ? 2 : h < 480 ? 3 : 5;
    m_legend->setHidden(m_hiddenKeys);
    // On screen the legend leaves the top right corner to the buttons, also where it has no entries.
    const int width = size.width() - 8 - (m_exporting ? 0 : buttonsWidth());
    const int least = m_exporting || h < 200 ? 0 : smallLineHeight();
    m_legend->settle(width, std::min(rows, h < kSmallHeight ? legendRowsWhenSmall() : rows), least);
    if (m_legend->isCut())
        m_legend->settle(width, rows, least);
    const int noteLines = m_exporting || !m_footnoteShown || h < 240 ? 0 : h < 260 ? 1 : 2;
    m_footnote->settle(caption(), size.width() - 8, noteLines);
    for (const Qt::Orientation axis : {Qt::Horizontal, Qt::Vertical})
        mainAxis(axis)->setLabel(elidedAxisLabel(axis));
}

QString ChartBase::elidedAxisLabel(Qt::Orientation axis) const
{
    const QRect area = viewport();
    const double length = axis == Qt::Horizontal ? area.width() - 90.0 : area.height() - 110.0;
    const QFontMetricsF metrics(smallFont());
    const QString& label = axis == Qt::Horizontal ? m_labelX : m_labelY;
    if (metrics.horizontalAdvance(label) <= length)
        return label;
    // What stands in brackets or behind a comma stands in the footnote too.
    for (const QString& end : {QStringLiteral(" ("), QStringLiteral(", "), QStringLiteral(": ")})
        if (const QString part = label.section(end, 0, 0); metrics.horizontalAdvance(part) <= length)
            return part;
    return metrics.elidedText(label.section(QStringLiteral(" ("), 0, 0), Qt::ElideRight, length);
}

void ChartBase::setAxisLabel(Qt::Orientation axis, const QString& label)
{
    (axis == Qt::Horizontal ? m_labelX : m_labelY) = label;
    mainAxis(axis)->setLabel(elidedAxisLabel(axis));
}

void ChartBase::setLegend(std::vector<LegendEntry> entries)
{
    if (m_focusedEntry >= static_cast<int>(entries.size()))
        m_focusedEntry = -1;
    const auto& old = m_legend->entries();
    const bool same = std::equal(old.begin(), old.end(), entries.begin(), entries.end(),
        [](const LegendEntry& a, const LegendEntry& b) { return a.key == b.key && a.label == b.label; });
    m_legend->setEntries(std::move(entries));
    m_legend->setFocused(m_focusedEntry);
    if (same)
        return; // in other colors perhaps: places and the entry under the mouse stay
    m_hoveredEntry = -1;
    relayout(size());
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
    tableDataChanged();
    announceValue();
    Q_EMIT legendToggled(key, shown);
}

void ChartBase::showLegendKeyAlone(const QString& key)
{
    const QString kind = key.section(u':', 0, 0);
    QStringList others;
    bool alone = isLegendKeyShown(key);
    for (const LegendEntry& entry : m_legend->entries())
        if (entry.toggles && entry.key != key && entry.key.section(u':', 0, 0) == kind) {
            others << entry.key;
            alone = alone && !isLegendKeyShown(entry.key);
        }
    setLegendKeyShown(key, true);
    for (const QString& other : others)
        setLegendKeyShown(other, alone);
}

QRectF ChartBase::legendRect(const QString& key) const
{
    const auto& entries = m_legend->entries();
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (entries[i].key == key)
            return m_legend->placeOf(static_cast<int>(i));
    return {};
}

QString ChartBase::focusedLegendKey() const
{
    return m_focusedEntry < 0 ? QString() : m_legend->entries()[static_cast<std::size_t>(m_focusedEntry)].key;
}

void ChartBase::setCrosshair(bool horizontal, bool vertical)
{
    m_crosshairX = vertical;
    m_crosshairY = horizontal;
}

// --- Defaults of the hooks ---

void ChartBase::paintBackdrop(QCPPainter&) { }
void ChartBase::paintOverlay(QCPPainter&) { }
void ChartBase::rebuildLegend() { }
void ChartBase::syncAxes() { }
void ChartBase::themeApplied() { }
void ChartBase::hoverMoved(const QPointF&) { }
void ChartBase::hoverLeft() { }
void ChartBase::legendHovered(const QString&) { }
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
