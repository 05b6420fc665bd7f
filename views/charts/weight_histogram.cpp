#include "views/charts/weight_histogram.h"

#include <QAction>
#include <QFontMetricsF>
#include <QMenu>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
const QString kLevelsKey = QStringLiteral("levels");
const QString kClipKey = QStringLiteral("clip");
const QString kCountsKey = QStringLiteral("counts");
// Lowest count that a log axis shows; empty bins end here.
constexpr double kLogFloor = 0.6;
constexpr double kStripShare = 0.16; // of the height, for the occupancy
constexpr double kStripRoom = 1.15; // above its longest bar

// One label says nothing about a scale.
Ticks weightTicks(Interval range, int target)
{
    Ticks ticks = linearTicks(range, target);
    for (int more = target + 1; ticks.major.size() < 2 && more <= 2 * target + 2; ++more)
        ticks = linearTicks(range, more);
    return ticks;
}

Ticks percentTicks(Interval range)
{
    Ticks ticks = linearTicks(range, 2);
    std::erase_if(ticks.major, [](const Tick& tick) { return !(tick.value > 0); });
    ticks.minor.clear();
    for (Tick& tick : ticks.major)
        tick.label = WeightHistogram::tr("%1 %").arg(tick.label);
    return ticks;
}
} // namespace

Interval crowdedRange(std::span<const double> edges, std::span<const double> counts)
{
    if (counts.empty() || edges.size() != counts.size() + 1)
        return {0, 0};
    double total = 0;
    for (const double count : counts)
        total += count;
    constexpr double kStrays = 5e-5;
    constexpr double kLargestGap = 0.02; // of the crowd's width
    const double most = kStrays * total;
    std::size_t first = 0, last = counts.size();
    for (double below = counts[first]; first + 1 < last && below <= most; below += counts[first])
        ++first;
    for (double above = counts[last - 1]; last > first + 1 && above <= most; above += counts[last - 1])
        --last;
    // Never in mid-slope: what hangs together with the crowd belongs to it.
    const double gap = kLargestGap * (edges[last] - edges[first]);
    for (std::size_t i = last; i < counts.size() && edges[i] - edges[last] <= gap; ++i)
        if (counts[i] > 0)
            last = i + 1;
    for (std::size_t i = first; i > 0 && edges[first] - edges[i] <= gap; --i)
        if (counts[i - 1] > 0)
            first = i - 1;
    const Interval core{edges[first], edges[last]}, whole{edges.front(), edges.back()};
    // An end that adds less than what is crowded stays: an axis that is cut has to be worth it.
    const bool cutsBelow = core.lower - whole.lower > core.width();
    const bool cutsAbove = whole.upper - core.upper > core.width();
    Interval shown{cutsBelow ? core.lower : whole.lower, cutsAbove ? core.upper : whole.upper};
    // One cut end reaches as far as the other: a crowd that leans to a side would be the chart's doing.
    const double middle = (core.lower + core.upper) / 2;
    const auto mirrored = [&](double end) { return 2 * middle - end; };
    if (cutsAbove && !cutsBelow)
        shown.upper = std::min(whole.upper, std::max(shown.upper, mirrored(shown.lower)));
    if (cutsBelow && !cutsAbove)
        shown.lower = std::max(whole.lower, std::min(shown.lower, mirrored(shown.upper)));
    return shown;
}

WeightHistogram::WeightHistogram(QWidget* parent)
    : ChartBase(parent)
{
    mainRect()->setMinimumMargins(QMargins(52, 0, 12, 34)); // no gap below the strip
    m_strip = addUpperRect(QMargins(52, 4, 0, 0), [this](QCPPainter& p) { paintOccupancy(p); });
    setTicks(
        m_strip->axis(QCPAxis::atLeft), [](Interval range, int) { return percentTicks(range); }, 40);
    setTicks(xAxis, weightTicks, 80);
    m_whole = makeAction(QStringLiteral("whole-range"), tr("Show every &weight"),
        tr("Widens the axis to the smallest and the largest weight, however far they are from the others; "
           "a double click on the axis goes back"));
    setLogAllowed(Qt::Vertical, true); // moves the axes, and with them those of the strip
    setLogarithmic(Qt::Vertical, true);
    setAxisLabel(Qt::Horizontal, tr("weight"));
    setAxisLabel(Qt::Vertical, tr("weights per bin"));
    setCrosshair(false, true);
    connect(m_whole, &QAction::triggered, this, &WeightHistogram::showWholeRange);
    connect(this, &ChartBase::legendToggled, this, [this] { syncAxes(); });
    themeApplied();
}

QList<QAction*> WeightHistogram::chartActions()
{
    QList<QAction*> actions = ChartBase::chartActions();
    if (m_whole != nullptr) // the base asks before it exists
        actions << m_whole;
    return actions;
}

void WeightHistogram::themeApplied()
{
    styleUpperRect(*m_strip);
    for (QCPAxis* axis : m_strip->axes())
        axis->grid()->setVisible(false);
}

void WeightHistogram::setData(WeightHistogramData data)
{
    m_data = std::move(data);
    if (m_data.edges.size() != m_data.counts.size() + 1) {
        m_data.edges.clear();
        m_data.counts.clear();
    }
    if (m_data.clipped.size() != m_data.counts.size())
        m_data.clipped.clear();
    if (!(m_data.extremes.width() > 0) && !m_data.edges.empty())
        m_data.extremes = {m_data.edges.front(), m_data.edges.back()};
    dataChanged();
}

bool WeightHistogram::showsLevels() const
{
    return !m_data.levels.empty() && isLegendKeyShown(kLevelsKey);
}

double WeightHistogram::largestShare() const
{
    double largest = 0;
    for (const GridLevel& level : m_data.levels)
        if (std::isfinite(level.share))
            largest = std::max(largest, level.share);
    return largest;
}

Interval WeightHistogram::wholeRange() const
{
    return padded({m_data.edges.front(), m_data.edges.back()}, 0.02, false);
}

void WeightHistogram::showWholeRange()
{
    if (!m_data.counts.empty())
        setViewRange(Qt::Horizontal, wholeRange());
}

double WeightHistogram::zoomOutLimit() const
{
    constexpr double kUsual = 1.6;
    if (m_data.counts.empty())
        return kUsual;
    // Every weight can be shown whichever end it is at, since zooming out keeps what is shown first.
    const Interval home = homeRange(Qt::Horizontal), whole = wholeRange();
    const double reach = 2 * std::max(home.lower - whole.lower, whole.upper - home.upper) / home.width();
    return std::max(kUsual, 1 + std::max(0.0, reach));
}

// The strip of the occupancy stands above the counts and has its own scale.
void WeightHistogram::syncAxes()
{
    const bool shown = showsLevels();
    const int height = shown ? std::clamp(static_cast<int>(viewport().height() * kStripShare), 30, 110) : 0;
    m_strip->setVisible(shown);
    m_strip->setMinimumMargins(QMargins(52, shown ? 4 : 0, 0, 0));
    m_strip->setMinimumSize(0, height);
    m_strip->setMaximumSize(QWIDGETSIZE_MAX, height);
    const Interval x = viewRange(Qt::Horizontal);
    m_strip->axis(QCPAxis::atBottom)->setRange(x.lower, x.upper);
    const double largest = largestShare();
    m_strip->axis(QCPAxis::atLeft)->setRange(0, largest > 0 ? 100 * largest * kStripRoom : 1);
    m_whole->setEnabled(!beyondText(false).isEmpty() || !beyondText(true).isEmpty());
}

Interval WeightHistogram::homeRange(Qt::Orientation axis) const
{
    if (m_data.counts.empty())
        return axis == Qt::Horizontal ? Interval{-1, 1} : Interval{kLogFloor, 10};
    if (axis == Qt::Horizontal) {
        Interval shown = crowdedRange(m_data.edges, m_data.counts);
        for (const GridLevel& level : m_data.levels)
            shown = united(shown, {level.value, level.value});
        shown = padded(shown, 0.02, false);
        return {std::max(shown.lower, wholeRange().lower), std::min(shown.upper, wholeRange().upper)};
    }
    const double top = std::max(1.0, *std::max_element(m_data.counts.begin(), m_data.counts.end()));
    if (!isLogarithmic(Qt::Vertical))
        return {0, top * 1.08};
    return {kLogFloor, top * std::pow(10.0, 0.06 * std::log10(top / kLogFloor))};
}

void WeightHistogram::rebuildLegend()
{
    std::vector<LegendEntry> entries;
    LegendEntry counts;
    counts.key = kCountsKey;
    counts.label = tr("%1 weights").arg(formatCount(m_data.total));
    counts.kind = LegendEntry::Kind::Swatch;
    counts.color = mix(theme().muted, theme().background, 0.35);
    entries.push_back(counts);
    if (!m_data.levels.empty()) {
        LegendEntry levels;
        levels.key = kLevelsKey;
        const QString count = formatCount(static_cast<std::int64_t>(m_data.levels.size()));
        const QString text = m_data.preview ? tr("preview: %1 levels of %2, at its median scale")
                                            : tr("%1 levels of %2, at its median scale");
        levels.label = text.arg(count, m_data.option);
        levels.brief = m_data.preview ? tr("preview: %1 levels").arg(count) : tr("%1 levels").arg(count);
        levels.kind = LegendEntry::Kind::Swatch;
        levels.color = bitColor(m_data.optionBits, theme());
        entries.push_back(levels);
    }
    if (m_data.clippedShare > 0) {
        LegendEntry clip;
        clip.key = kClipKey;
        clip.label = tr("clipped %1 %").arg(formatNumber(m_data.clippedShare * 100));
        clip.kind = LegendEntry::Kind::Swatch;
        clip.color = theme().warning;
        entries.push_back(clip);
    }
    if (m_data.nonFinite > 0) {
        LegendEntry bad;
        bad.key = QStringLiteral("nonFinite");
        bad.label = tr("%1 NaN or Inf, not drawn").arg(formatCount(m_data.nonFinite));
        bad.kind = LegendEntry::Kind::Mark;
        bad.marker = Marker::Cross;
        bad.color = theme().nan;
        bad.toggles = false;
        entries.push_back(bad);
    }
    setLegend(std::move(entries));
}

// Bars that share a pixel column are drawn as their maximum, so a lone far weight stays visible.
void WeightHistogram::paintBars(QCPPainter& painter) const
{
    const QRectF area = plotArea();
    const QColor fill = mix(theme().muted, theme().background, 0.35);
    const double floor = isLogarithmic(Qt::Vertical) ? viewRange(Qt::Vertical).lower : 0;
    const double foot = std::min(yAxis->coordToPixel(floor), area.bottom() + 1);
    painter.setAntialiasing(false);
    const auto draw = [&](std::size_t i, double count, const QColor& color) {
        const double left = std::floor(xAxis->coordToPixel(m_data.edges[i]));
        const double right = std::max(left + 1, std::floor(xAxis->coordToPixel(m_data.edges[i + 1])));
        if (!(count > 0) || right < area.left() || left > area.right())
            return;
        const double top = yAxis->coordToPixel(count);
        painter.fillRect(QRectF(left, top, right - left, std::max(1.0, foot - top)), color);
    };
    for (std::size_t i = 0; i < m_data.counts.size(); ++i)
        draw(i, m_data.counts[i], fill);
    for (std::size_t i = 0; i < m_data.clipped.size() && isLegendKeyShown(kClipKey); ++i)
        draw(i, m_data.clipped[i], theme().warning);
}

// Short, so that they do not cut the bars into pieces.
void WeightHistogram::paintLevelTicks(QCPPainter& painter) const
{
    constexpr double kTick = 6, kApart = 3; // nearer ticks would run into blocks that mean nothing
    const QRectF area = plotArea();
    painter.setAntialiasing(false);
    painter.setPen(QPen(mix(bitColor(m_data.optionBits, theme()), theme().foreground, 0.45), 1));
    std::vector<double> places;
    for (const GridLevel& level : m_data.levels)
        if (const double x = std::round(xAxis->coordToPixel(level.value));
            x >= area.left() && x <= area.right())
            places.push_back(x);
    std::sort(places.begin(), places.end());
    const bool crowded = std::adjacent_find(places.begin(), places.end(), [](double a, double b) {
        return b - a < kApart;
    }) != places.end();
    if (crowded) { // a bracket from the first to the last
        painter.drawLine(QPointF(places.front(), area.top() + 1), QPointF(places.back(), area.top() + 1));
        places = {places.front(), places.back()};
    }
    for (const double x : places)
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.top() + kTick));
}

void WeightHistogram::paintOccupancy(QCPPainter& painter) const
{
    if (!showsLevels())
        return;
    const QRectF area = m_strip->rect();
    QCPAxis* share = m_strip->axis(QCPAxis::atLeft);
    const QColor color = bitColor(m_data.optionBits, theme());
    const QColor edge = mix(color, theme().foreground, 0.45);
    double nearest = area.width();
    for (std::size_t i = 1; i < m_data.levels.size(); ++i)
        nearest = std::min(nearest,
            std::abs(xAxis->coordToPixel(m_data.levels[i].value)
                - xAxis->coordToPixel(m_data.levels[i - 1].value)));
    const double width = std::clamp(nearest * 0.6, 1.0, 14.0);
    painter.setAntialiasing(false);
    for (const GridLevel& level : m_data.levels) {
        const double x = std::round(xAxis->coordToPixel(level.value));
        if (x < area.left() - width || x > area.right() + width)
            continue;
        if (std::isnan(level.share)) {
            paintHatch(painter, QRectF(x - width / 2, area.top() + 2, width, area.height() - 2), theme());
            continue;
        }
        const double top = share->coordToPixel(100 * level.share);
        const QRectF bar(x - width / 2, top, width, area.bottom() + 1 - top);
        painter.fillRect(bar, color);
        painter.setPen(QPen(edge, 1));
        if (width >= 4)
            painter.drawRect(bar);
    }
    painter.setAntialiasing(true);
    painter.setFont(smallFont());
    painter.setPen(theme().muted);
    // Beside the bars or not at all.
    const double first = xAxis->coordToPixel(m_data.levels.front().value) - width;
    const double last = xAxis->coordToPixel(m_data.levels.back().value) + width;
    for (const QString& text : {tr("share of the weights"), tr("share of weights"), tr("share")}) {
        const double needed = QFontMetricsF(painter.font()).horizontalAdvance(text) + 8;
        const bool right = area.right() - last > needed;
        if (!right && first - area.left() <= needed)
            continue;
        const Qt::Alignment side = right ? Qt::AlignRight : Qt::AlignLeft;
        painter.drawText(area.adjusted(4, 1, -4, 0), static_cast<int>(side | Qt::AlignTop), text);
        break;
    }
}

// --- Weights beyond the view ---

QString WeightHistogram::beyondText(bool above, Words words) const
{
    const Interval view = viewRange(Qt::Horizontal);
    if (m_data.counts.empty()
        || (above ? m_data.extremes.upper <= view.upper : m_data.extremes.lower >= view.lower))
        return {};
    double count = 0; // of whole bins: the view ends at a bin's edge unless a person zoomed
    for (std::size_t i = 0; i < m_data.counts.size(); ++i)
        if (above ? m_data.edges[i] >= view.upper : m_data.edges[i + 1] <= view.lower)
            count += m_data.counts[i];
    constexpr double kFew = 1e-3; // of all: more of them are no strays, the view is merely zoomed
    if (!(count > 0) || count > kFew * static_cast<double>(m_data.total))
        return {};
    if (words == Words::Brief)
        return tr("%1 beyond, to %2")
            .arg(formatCount(std::llround(count)),
                formatNumber(above ? m_data.extremes.upper : m_data.extremes.lower));
    const auto whole = static_cast<int>(std::min(count, 2e9));
    return above ? tr("%n weight(s) up to %1", nullptr, whole).arg(formatNumber(m_data.extremes.upper))
                 : tr("%n weight(s) down to %1", nullptr, whole).arg(formatNumber(m_data.extremes.lower));
}

QString WeightHistogram::beyondLabel(bool above) const
{
    // Of the plot, on each side of the bars, which are narrow at the height of the words.
    constexpr double kWidestShare = 0.3, kWidestBrief = 0.4;
    const QFontMetricsF metrics(smallFont());
    for (const Words words : {Words::Full, Words::Brief}) { // both sides say as much as each other
        const QString text = beyondText(above, words);
        const double widest
            = std::max(metrics.horizontalAdvance(text), metrics.horizontalAdvance(beyondText(!above, words)));
        const double share = words == Words::Full ? kWidestShare : kWidestBrief;
        if (text.isEmpty() || widest <= share * plotArea().width())
            return text;
    }
    return formatNumber(above ? m_data.extremes.upper : m_data.extremes.lower);
}

QRectF WeightHistogram::beyondRect(bool above) const
{
    const QString text = beyondLabel(above);
    if (text.isEmpty())
        return {};
    constexpr double kArrow = 16;
    const QFontMetricsF metrics(smallFont());
    const QRectF area = plotArea().adjusted(4, 10, -4, 0);
    const QSizeF size(metrics.horizontalAdvance(text) + kArrow, metrics.height() + 4);
    return {QPointF(above ? area.right() - size.width() : area.left(), area.top()), size};
}

void WeightHistogram::paintBeyond(QCPPainter& painter) const
{
    painter.setFont(smallFont());
    for (const bool above : {false, true}) {
        const QRectF box = beyondRect(above);
        if (box.isNull())
            continue;
        QColor halo = theme().background;
        halo.setAlphaF(0.85F);
        painter.fillRect(box, halo);
        painter.setPen(theme().accent);
        const Qt::Alignment side = (above ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter;
        const QString text = above ? QStringLiteral("%1 \u2192") : QStringLiteral("\u2190 %1");
        painter.drawText(box, static_cast<int>(side), text.arg(beyondLabel(above)));
    }
}

void WeightHistogram::clicked(const QPointF& position, Qt::KeyboardModifiers)
{
    if (beyondRect(false).contains(position) || beyondRect(true).contains(position))
        showWholeRange();
}

void WeightHistogram::extendMenu(QMenu& menu, const QPointF&)
{
    menu.addAction(m_whole);
}

void WeightHistogram::paintData(QCPPainter& painter)
{
    if (isLegendKeyShown(kCountsKey))
        paintBars(painter);
    if (showsLevels())
        paintLevelTicks(painter);
    paintBeyond(painter);
}

QString WeightHistogram::readoutAt(const QPointF& position) const
{
    const double x = toValue(position).x();
    QStringList lines;
    const int bin = binAt(m_data.edges, x);
    if (bin >= 0) {
        const auto i = static_cast<std::size_t>(bin);
        lines << tr("%1 to %2").arg(formatNumber(m_data.edges[i]), formatNumber(m_data.edges[i + 1]))
              << tr("%1 weights").arg(formatCount(std::llround(m_data.counts[i])));
        if (!m_data.clipped.empty() && m_data.clipped[i] > 0)
            lines << tr("%1 of them clipped").arg(formatCount(std::llround(m_data.clipped[i])));
    } else {
        lines << formatNumber(x);
    }
    std::vector<double> values;
    for (const GridLevel& level : m_data.levels)
        values.push_back(level.value);
    if (const int level = nearestIndex(values, x); level >= 0) {
        const GridLevel& l = m_data.levels[static_cast<std::size_t>(level)];
        lines << tr("nearest level %1: %2 % of the weights")
                     .arg(formatNumber(l.value), formatNumber(l.share * 100));
    }
    return lines.join(u'\n');
}

QString WeightHistogram::csv() const
{
    QString text = QStringLiteral("kind,from,to,count_or_share\n");
    for (std::size_t i = 0; i < m_data.counts.size(); ++i)
        text += QStringLiteral("bin,%1,%2,%3\n")
                    .arg(csvNumber(m_data.edges[i]), csvNumber(m_data.edges[i + 1]),
                        csvNumber(m_data.counts[i]));
    for (std::size_t i = 0; i < m_data.clipped.size(); ++i)
        if (m_data.clipped[i] > 0)
            text += QStringLiteral("clipped,%1,%2,%3\n")
                        .arg(csvNumber(m_data.edges[i]), csvNumber(m_data.edges[i + 1]),
                            csvNumber(m_data.clipped[i]));
    for (const GridLevel& level : m_data.levels)
        text += QStringLiteral("level,%1,%1,%2\n").arg(csvNumber(level.value), csvNumber(level.share));
    return text;
}

} // namespace bitwright::views
