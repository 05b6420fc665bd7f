#include "views/charts/alpha_chart.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QKeyEvent>

#include <algorithm>
#include <cmath>
#include <map>

namespace bitwright::views {

namespace {
constexpr double kOverTrained = 2, kUnderTrained = 6; // WeightWatcher's limits of alpha
constexpr double kTopShare = 0.3; // of the height, for the bits
constexpr double kMostBits = 16;
} // namespace

std::vector<AlphaPoint> alphaByBlock(const std::vector<AlphaPoint>& points)
{
    struct Sum
    {
        double alpha = 0, fits = 0, low = 0, high = 0, bits = 0, weight = 0;
        QVector<int> units;
    };
    std::map<int, Sum> sums;
    for (const AlphaPoint& point : points) {
        if (point.block < 0)
            continue;
        Sum& sum = sums[point.block];
        sum.units += point.units;
        if (std::isfinite(point.alpha)) {
            sum.low = sum.fits > 0 ? std::min(sum.low, point.alpha) : point.alpha;
            sum.high = sum.fits > 0 ? std::max(sum.high, point.alpha) : point.alpha;
            sum.alpha += point.alpha;
            ++sum.fits;
        }
        if (std::isfinite(point.bits)) {
            sum.bits += point.bits * point.weight;
            sum.weight += point.weight;
        }
    }
    std::vector<AlphaPoint> result;
    for (auto& [block, sum] : sums) {
        AlphaPoint point;
        point.name = QCoreApplication::translate("AlphaChart", "block %1").arg(block);
        point.group = QCoreApplication::translate("AlphaChart", "mean and range per block");
        point.block = block;
        point.weight = sum.weight;
        point.units = sum.units;
        if (sum.fits > 0) {
            point.alpha = sum.alpha / sum.fits;
            point.alphaLow = sum.low;
            point.alphaHigh = sum.high;
        }
        if (sum.weight > 0)
            point.bits = sum.bits / sum.weight;
        result.push_back(std::move(point));
    }
    return result;
}

AlphaChart::AlphaChart(QWidget* parent)
    : ChartBase(parent)
{
    setTicks(
        xAxis, [this](Interval range, int target) { return blockTicks(range, target); }, 46);
    setAxisLabel(Qt::Horizontal, tr("block"));
    setAxisLabel(Qt::Vertical, tr("tail exponent alpha"));
    setCrosshair(true, false);
    m_top = addUpperRect(QMargins(52, 6, 12, 0), [this](QCPPainter& p) { paintBits(p); });
    m_top->axis(QCPAxis::atLeft)->setLabel(tr("bits"));
    themeApplied();
}

void AlphaChart::themeApplied()
{
    styleUpperRect(*m_top);
    m_top->axis(QCPAxis::atLeft)->setRange(0, kMostBits * 1.05);
    xAxis->grid()->setVisible(false);
}

void AlphaChart::setData(AlphaData data)
{
    const bool others = data.points.size() != m_data.points.size();
    m_data = std::move(data);
    dataChanged();
    if (!others)
        return;
    m_anchor = -1;
    resetAxis(Qt::Horizontal);
}

void AlphaChart::setCurrentUnits(const QVector<int>& units)
{
    if (m_current == units)
        return;
    m_current = units;
    repaintOverlay();
}

bool AlphaChart::isShown(const AlphaPoint& point) const
{
    return std::isfinite(point.alpha) && isLegendKeyShown(point.group);
}

bool AlphaChart::isCurrent(const AlphaPoint& point) const
{
    return std::any_of(point.units.begin(), point.units.end(),
        [&](int unit) { return std::binary_search(m_current.begin(), m_current.end(), unit); });
}

Interval AlphaChart::homeRange(Qt::Orientation axis) const
{
    if (axis == Qt::Horizontal)
        return {-0.7, std::max(1.0, static_cast<double>(m_data.points.size())) - 0.3};
    // Fits far out mean nothing (alpha above 8 is spurious): they are marks at the upper edge.
    constexpr double kHighest = 12;
    std::vector<double> values{kOverTrained};
    for (const AlphaPoint& point : m_data.points)
        values.push_back(std::min(point.alpha, kHighest));
    const auto range = finiteRange(values, false);
    return range ? padded(*range, 0.08, false) : Interval{1, 7};
}

Ticks AlphaChart::blockTicks(Interval range, int target) const
{
    // A label where a block begins; as many as there is room for.
    std::vector<std::pair<double, int>> begins;
    for (std::size_t i = 0; i < m_data.points.size(); ++i)
        if (m_data.points[i].block >= 0 && (i == 0 || m_data.points[i - 1].block != m_data.points[i].block)
            && range.contains(static_cast<double>(i)))
            begins.emplace_back(static_cast<double>(i), m_data.points[i].block);
    Ticks ticks;
    const auto stride = std::max<std::size_t>(1,
        (begins.size() + static_cast<std::size_t>(std::max(target, 1)) - 1)
            / static_cast<std::size_t>(std::max(target, 1)));
    for (std::size_t i = 0; i < begins.size(); i += stride)
        ticks.major.push_back({begins[i].first, formatCount(begins[i].second)});
    return ticks;
}

void AlphaChart::syncAxes()
{
    const int height = static_cast<int>(viewport().height() * kTopShare);
    m_top->setMinimumSize(0, height);
    m_top->setMaximumSize(QWIDGETSIZE_MAX, height);
    const Interval x = viewRange(Qt::Horizontal);
    m_top->axis(QCPAxis::atBottom)->setRange(x.lower, x.upper);
}

void AlphaChart::rebuildLegend()
{
    std::vector<LegendEntry> entries;
    QSet<QString> known;
    for (const AlphaPoint& point : m_data.points) {
        if (known.contains(point.group))
            continue;
        known.insert(point.group);
        const CategoryStyle style = categoryStyle(point.style, theme());
        LegendEntry entry;
        entry.key = point.group;
        entry.label = point.group;
        entry.kind = LegendEntry::Kind::Mark;
        entry.color = style.color;
        entry.marker = style.marker;
        entries.push_back(entry);
    }
    setLegend(std::move(entries));
}

void AlphaChart::paintGuides(QCPPainter& painter) const
{
    if (!m_data.calibrated)
        return;
    const QRectF area = plotArea();
    painter.setFont(smallFont());
    for (const auto& [value, text] : {std::pair(kOverTrained, tr("below 2: over-trained")),
             std::pair(kUnderTrained, tr("above 6: under-trained"))}) {
        const double y = yAxis->coordToPixel(value);
        if (y < area.top() || y > area.bottom())
            continue;
        painter.setPen(QPen(theme().axis, 1, Qt::DashLine));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(theme().muted);
        const bool below = value == kOverTrained;
        painter.drawText(QRectF(area.left() + 6, below ? y + 1 : y - 18, area.width() - 12, 17),
            static_cast<int>(Qt::AlignRight | (below ? Qt::AlignTop : Qt::AlignBottom)), text);
    }
}

void AlphaChart::paintData(QCPPainter& painter)
{
    paintGuides(painter);
    const QRectF area = plotArea();
    const double room = area.width() / std::max(viewRange(Qt::Horizontal).width(), 1e-9);
    const double radius = std::clamp(room * 0.4, 1.6, 4.5);
    for (std::size_t i = 0; i < m_data.points.size(); ++i) {
        const AlphaPoint& point = m_data.points[i];
        if (!isShown(point))
            continue;
        const CategoryStyle style = categoryStyle(point.style, theme());
        const QPointF at = toPixel(static_cast<double>(i), point.alpha);
        if (at.x() < area.left() - 5 || at.x() > area.right() + 5)
            continue;
        if (std::isfinite(point.alphaLow) && (m_data.perBlock || room > 8)) {
            QColor line = style.color;
            line.setAlphaF(0.5F);
            painter.setPen(QPen(line, 1.4));
            painter.drawLine(QPointF(at.x(), yAxis->coordToPixel(point.alphaLow)),
                QPointF(at.x(), yAxis->coordToPixel(point.alphaHigh)));
        }
        if (at.y() < area.top())
            paintMarker(painter, Marker::Triangle, {at.x(), area.top() + 6}, 4, style.color, true);
        else
            paintMarker(painter, style.marker, at, radius, style.color, false);
    }
}

void AlphaChart::paintBits(QCPPainter& painter)
{
    const QRectF area = m_top->rect();
    QCPAxis* axis = m_top->axis(QCPAxis::atLeft);
    const double room = area.width() / std::max(viewRange(Qt::Horizontal).width(), 1e-9);
    const double width = std::max(1.0, room > 4 ? room * 0.8 : room);
    painter.setAntialiasing(false);
    for (std::size_t i = 0; i < m_data.points.size(); ++i) {
        const double center = xAxis->coordToPixel(static_cast<double>(i));
        if (center < area.left() - width || center > area.right() + width)
            continue;
        const double bits = m_data.points[i].bits;
        if (std::isnan(bits)) {
            paintHatch(painter, QRectF(center - width / 2, area.top(), width, area.height()), theme());
            continue;
        }
        const double top = axis->coordToPixel(std::min(bits, kMostBits));
        painter.fillRect(
            QRectF(center - width / 2, top, width, area.bottom() - top + 1), bitColor(bits, theme()));
        const QString text = formatNumber(bits, 2);
        painter.setFont(smallFont());
        if (room < QFontMetricsF(painter.font()).horizontalAdvance(text) + 4)
            continue;
        painter.setPen(theme().foreground);
        painter.drawText(
            QRectF(center - room / 2, top - 16, room, 15), Qt::AlignHCenter | Qt::AlignBottom, text);
    }
}

void AlphaChart::paintOverlay(QCPPainter& painter)
{
    for (std::size_t i = 0; i < m_data.points.size(); ++i) {
        const AlphaPoint& point = m_data.points[i];
        if (!isCurrent(point) || !isShown(point))
            continue;
        painter.setPen(QPen(theme().accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(pointPixel(static_cast<int>(i)), 7.5, 7.5);
    }
}

int AlphaChart::pointAt(const QPointF& position) const
{
    if (m_data.points.empty() || !plotArea().contains(position))
        return -1;
    const double x = std::round(toValue(position).x());
    return static_cast<int>(std::clamp(x, 0.0, static_cast<double>(m_data.points.size() - 1)));
}

QPointF AlphaChart::pointPixel(int point) const
{
    return toPixel(point, m_data.points[static_cast<std::size_t>(point)].alpha);
}

QString AlphaChart::readoutAt(const QPointF& position) const
{
    const int index = pointAt(position);
    if (index < 0)
        return {};
    const AlphaPoint& point = m_data.points[static_cast<std::size_t>(index)];
    QString alpha
        = tr("alpha %1").arg(std::isfinite(point.alpha) ? formatNumber(point.alpha) : tr("unknown"));
    if (std::isfinite(point.alphaLow))
        alpha += tr(" (%1 to %2)").arg(formatNumber(point.alphaLow), formatNumber(point.alphaHigh));
    return QStringLiteral("%1\n%2\n%3").arg(point.name, alpha, tr("bits %1").arg(formatNumber(point.bits)));
}

int AlphaChart::anchor() const
{
    const auto& points = m_data.points;
    const auto isSelected = [this](const AlphaPoint& point) { return isCurrent(point); };
    if (m_anchor >= 0 && isSelected(points[static_cast<std::size_t>(m_anchor)]))
        return m_anchor;
    const auto first = std::find_if(points.begin(), points.end(), isSelected);
    return first == points.end() ? -1 : static_cast<int>(first - points.begin());
}

void AlphaChart::activate(int point, Qt::KeyboardModifiers modifiers)
{
    const int from = anchor();
    if (modifiers.testFlag(Qt::ShiftModifier) && from >= 0) {
        QVector<int> points;
        for (int i = std::min(from, point); i <= std::max(from, point); ++i)
            if (isLegendKeyShown(m_data.points[static_cast<std::size_t>(i)].group))
                points << i;
        Q_EMIT pointsExtended(points, false);
        return;
    }
    m_anchor = point;
    if (modifiers.testFlag(Qt::ControlModifier))
        Q_EMIT pointsExtended({point}, true);
    else
        Q_EMIT pointActivated(point);
}

void AlphaChart::clicked(const QPointF& position, Qt::KeyboardModifiers modifiers)
{
    if (const int point = pointAt(position); point >= 0)
        activate(point, modifiers);
}

std::optional<Qt::KeyboardModifiers> AlphaChart::boxModifiers(BoxUse use) const
{
    return use == BoxUse::Zoom ? Qt::NoModifier : Qt::ShiftModifier;
}

void AlphaChart::boxed(const QRectF& box, Qt::KeyboardModifiers modifiers)
{
    if (!modifiers.testFlag(Qt::ShiftModifier)) {
        ChartBase::boxed(box, modifiers);
        return;
    }
    QVector<int> points;
    for (int i = 0; i < static_cast<int>(m_data.points.size()); ++i)
        if (isShown(m_data.points[static_cast<std::size_t>(i)]) && box.contains(pointPixel(i)))
            points << i;
    if (!points.isEmpty())
        Q_EMIT pointsSelected(points, modifiers.testFlag(Qt::ControlModifier));
}

// Page up and down walk through what the legend shows, with Shift they extend: the keyboard's way to click.
bool AlphaChart::keyPressed(QKeyEvent* event)
{
    const bool forward = event->key() == Qt::Key_PageDown;
    if (!forward && event->key() != Qt::Key_PageUp)
        return false;
    const int count = static_cast<int>(m_data.points.size()), step = forward ? 1 : -1;
    const bool extends = event->modifiers().testFlag(Qt::ShiftModifier);
    // An extension goes on at its far end.
    int from = anchor();
    while (extends && from >= 0 && from + step >= 0 && from + step < count
        && isCurrent(m_data.points[static_cast<std::size_t>(from + step)]))
        from += step;
    int next = from < 0 ? (forward ? 0 : count - 1) : from + step;
    while (
        next >= 0 && next < count && !isLegendKeyShown(m_data.points[static_cast<std::size_t>(next)].group))
        next += step;
    if (next >= 0 && next < count)
        activate(next, extends ? Qt::ShiftModifier : Qt::NoModifier);
    return true;
}

QString AlphaChart::csv() const
{
    QString text = QStringLiteral("name,block,alpha,alpha_low,alpha_high,bits\n");
    for (const AlphaPoint& point : m_data.points)
        text += csvText(point.name) + u',' + (point.block < 0 ? QString() : QString::number(point.block))
            + u',' + csvNumber(point.alpha) + u',' + csvNumber(point.alphaLow) + u','
            + csvNumber(point.alphaHigh) + u',' + csvNumber(point.bits) + u'\n';
    return text;
}

} // namespace bitwright::views
