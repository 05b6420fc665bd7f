#include "views/charts/channel_ridge.h"

#include <QKeyEvent>
#include <QMenu>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitwright::views {

namespace {
const QString kRangeKey = QStringLiteral("range");
const QString kRmsKey = QStringLiteral("rms");
const QString kActivationKey = QStringLiteral("activation");
constexpr double kTopShare = 0.3; // of the height, for the activations

float magnitudeOf(const ChannelRidgeData& data, std::size_t channel)
{
    return std::max(std::abs(data.minimum[channel]), std::abs(data.maximum[channel]));
}
} // namespace

std::vector<int> ridgeOrder(const ChannelRidgeData& data, bool sorted)
{
    std::vector<int> order(data.maximum.size());
    std::iota(order.begin(), order.end(), 0);
    if (!sorted)
        return order;
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        const float left = magnitudeOf(data, static_cast<std::size_t>(a));
        const float right = magnitudeOf(data, static_cast<std::size_t>(b));
        return std::isnan(left) ? false : std::isnan(right) || left > right;
    });
    return order;
}

ChannelRidge::ChannelRidge(QWidget* parent)
    : ChartBase(parent)
{
    setLogAllowed(Qt::Vertical, true);
    setTicks(
        xAxis, [](Interval range, int target) { return integerTicks(range, target); }, 90);
    setAxisLabel(Qt::Vertical, tr("weight"));
    setCrosshair(true, false);
    m_top = addUpperRect(QMargins(52, 6, 0, 0), [this](QCPPainter& p) { paintTop(p); });
    themeApplied();
}

void ChannelRidge::themeApplied()
{
    styleUpperRect(*m_top);
    m_top->axis(QCPAxis::atLeft)->setScaleType(QCPAxis::stLogarithmic);
    xAxis->grid()->setVisible(false);
}

void ChannelRidge::setData(ChannelRidgeData data)
{
    const bool otherChannels = data.maximum.size() != m_data.maximum.size();
    m_data = std::move(data);
    m_data.minimum.resize(m_data.maximum.size(), std::numeric_limits<float>::quiet_NaN());
    m_data.rms.resize(m_data.maximum.size(), std::numeric_limits<float>::quiet_NaN());
    if (m_data.activation.size() != m_data.maximum.size())
        m_data.activation.clear();
    rebuild();
    if (otherChannels)
        resetAxis(Qt::Horizontal);
    setAxisLabel(Qt::Horizontal,
        m_sorted ? tr("%1, by descending max |w|").arg(m_data.channelLabel) : m_data.channelLabel);
    m_top->axis(QCPAxis::atLeft)->setLabel(m_data.activation.empty() ? QString() : tr("max |x|"));
    dataChanged();
}

void ChannelRidge::rebuild()
{
    m_order = ridgeOrder(m_data, m_sorted);
    const std::size_t count = m_order.size();
    m_columnOf.assign(count, 0);
    for (auto* values : {&m_low, &m_high, &m_rms, &m_minusRms, &m_magnitude})
        values->resize(count);
    m_activation.resize(m_data.activation.size());
    for (std::size_t column = 0; column < count; ++column) {
        const auto channel = static_cast<std::size_t>(m_order[column]);
        m_columnOf[channel] = static_cast<int>(column);
        m_low[column] = m_data.minimum[channel];
        m_high[column] = m_data.maximum[channel];
        m_rms[column] = m_data.rms[channel];
        m_minusRms[column] = -m_data.rms[channel];
        m_magnitude[column] = magnitudeOf(m_data, channel);
        if (!m_activation.empty())
            m_activation[column] = m_data.activation[channel];
    }
}

void ChannelRidge::setSorted(bool sorted)
{
    if (m_sorted == sorted)
        return;
    m_sorted = sorted;
    setData(m_data);
    Q_EMIT sortedChanged(sorted);
}

void ChannelRidge::setMarkedChannel(int channel)
{
    if (m_marked == channel)
        return;
    m_marked = channel;
    repaintOverlay();
}

double ChannelRidge::columnOf(int channel) const
{
    return channel >= 0 && static_cast<std::size_t>(channel) < m_columnOf.size()
        ? m_columnOf[static_cast<std::size_t>(channel)]
        : -1;
}

Interval ChannelRidge::homeRange(Qt::Orientation axis) const
{
    if (m_order.empty())
        return axis == Qt::Horizontal || !isLogarithmic(axis) ? Interval{0, 1} : Interval{0.1, 1};
    if (axis == Qt::Horizontal)
        return {0, static_cast<double>(m_order.size())};
    std::vector<double> values;
    for (std::size_t i = 0; i < m_order.size(); ++i) {
        values.push_back(double{isLogarithmic(axis) ? m_magnitude[i] : m_low[i]});
        values.push_back(double{isLogarithmic(axis) ? m_rms[i] : m_high[i]});
    }
    const auto range = finiteRange(values, isLogarithmic(axis));
    if (!range)
        return isLogarithmic(axis) ? Interval{0.1, 1} : Interval{-1, 1};
    return padded(*range, 0.06, isLogarithmic(axis));
}

Interval ChannelRidge::activationRange() const
{
    const std::vector<double> values(m_activation.begin(), m_activation.end());
    const auto range = finiteRange(values, true);
    return range ? padded(*range, 0.08, true) : Interval{0.1, 1};
}

void ChannelRidge::syncAxes()
{
    const bool shown = !m_activation.empty();
    const int height = shown ? static_cast<int>(viewport().height() * kTopShare) : 0;
    m_top->setVisible(shown);
    m_top->setMinimumMargins(QMargins(52, shown ? 6 : 0, 0, 0));
    m_top->setMinimumSize(0, height);
    m_top->setMaximumSize(QWIDGETSIZE_MAX, height);
    const Interval x = viewRange(Qt::Horizontal), y = activationRange();
    m_top->axis(QCPAxis::atBottom)->setRange(x.lower, x.upper);
    m_top->axis(QCPAxis::atLeft)->setRange(y.lower, y.upper);
    setAxisLabel(Qt::Vertical, isLogarithmic(Qt::Vertical) ? tr("|w|") : tr("weight"));
}

void ChannelRidge::rebuildLegend()
{
    std::vector<LegendEntry> entries;
    const auto add = [&](const QString& key, const QString& label, const QColor& color) {
        LegendEntry entry;
        entry.key = key;
        entry.label = label;
        entry.color = color;
        entry.kind = LegendEntry::Kind::Swatch;
        entries.push_back(entry);
    };
    if (!m_order.empty()) {
        add(kRangeKey, tr("range of %1 channels").arg(formatCount(static_cast<std::int64_t>(m_order.size()))),
            mix(theme().muted, theme().background, 0.45));
        add(kRmsKey, tr("rms"), categoryStyle(4, theme()).color);
    }
    if (!m_activation.empty())
        add(kActivationKey, m_data.activationLabel, categoryStyle(1, theme()).color);
    setLegend(std::move(entries));
}

void ChannelRidge::paintBand(QCPPainter& painter, const std::vector<float>& low,
    const std::vector<float>& high, const QColor& fill, const QColor& line) const
{
    const QRectF area = plotArea();
    const Interval x = viewRange(Qt::Horizontal);
    const int pixels = static_cast<int>(area.width());
    const auto bottoms = minMaxEnvelope(low, x.lower, x.upper, pixels);
    const auto tops = minMaxEnvelope(high, x.lower, x.upper, pixels);
    painter.setAntialiasing(false);
    for (int i = 0; i < pixels; ++i) {
        const auto p = static_cast<std::size_t>(i);
        if (std::isnan(bottoms[p].lower) || std::isnan(tops[p].upper)) {
            painter.fillRect(QRectF(area.left() + i, area.top(), 1, area.height()), hatchBrush(theme()));
            continue;
        }
        const auto pixel = [&](float value) {
            const bool below = isLogarithmic(Qt::Vertical) && !(value > 0);
            return std::clamp(below ? area.bottom() : yAxis->coordToPixel(double{value}), area.top() - 2,
                area.bottom() + 2);
        };
        const double from = pixel(tops[p].upper), to = pixel(bottoms[p].lower);
        painter.fillRect(QRectF(area.left() + i, from, 1, std::max(1.0, to - from)), fill);
        painter.fillRect(QRectF(area.left() + i, from, 1, 1), line);
    }
}

void ChannelRidge::paintData(QCPPainter& painter)
{
    if (m_order.empty())
        return;
    const QColor muted = mix(theme().muted, theme().background, 0.45);
    const QColor rms = categoryStyle(4, theme()).color;
    QColor inner = rms;
    inner.setAlphaF(0.45F);
    if (isLogarithmic(Qt::Vertical)) {
        const std::vector<float> none(m_order.size(), 0.0F);
        if (isLegendKeyShown(kRangeKey))
            paintBand(painter, none, m_magnitude, muted, mix(muted, theme().foreground, 0.4));
        if (isLegendKeyShown(kRmsKey))
            paintBand(painter, none, m_rms, inner, rms);
        return;
    }
    if (isLegendKeyShown(kRangeKey))
        paintBand(painter, m_low, m_high, muted, mix(muted, theme().foreground, 0.4));
    if (isLegendKeyShown(kRmsKey))
        paintBand(painter, m_minusRms, m_rms, inner, rms);
}

void ChannelRidge::paintTop(QCPPainter& painter)
{
    if (m_activation.empty() || !isLegendKeyShown(kActivationKey))
        return;
    const QRectF area = m_top->rect();
    const Interval x = viewRange(Qt::Horizontal);
    const int pixels = static_cast<int>(area.width());
    const auto values = minMaxEnvelope(m_activation, x.lower, x.upper, pixels);
    const QColor color = categoryStyle(1, theme()).color;
    QCPAxis* axis = m_top->axis(QCPAxis::atLeft);
    painter.setAntialiasing(false);
    for (int i = 0; i < pixels; ++i) {
        const float top = values[static_cast<std::size_t>(i)].upper;
        if (std::isnan(top)) {
            painter.fillRect(QRectF(area.left() + i, area.top(), 1, area.height()), hatchBrush(theme()));
            continue;
        }
        if (!(top > 0))
            continue;
        const double y = std::clamp(axis->coordToPixel(double{top}), area.top(), area.bottom());
        painter.fillRect(QRectF(area.left() + i, y, 1, std::max(1.0, area.bottom() - y + 1)), color);
    }
}

void ChannelRidge::paintOverlay(QCPPainter& painter)
{
    const double column = columnOf(m_marked);
    if (column < 0)
        return;
    const QRectF area = plotArea();
    const double left = xAxis->coordToPixel(column), right = xAxis->coordToPixel(column + 1);
    painter.setAntialiasing(false);
    painter.setPen(QPen(theme().accent, 1));
    painter.drawRect(QRectF(left - 1, area.top() - 2, std::max(2.0, right - left + 1), area.height() + 4));
}

int ChannelRidge::channelAt(const QPointF& position) const
{
    const QRectF area = plotArea();
    if (position.x() < area.left() || position.x() > area.right() || m_order.empty())
        return -1;
    // The largest of the channels that share the pixel: the one that is seen.
    const double pixel = std::floor(position.x());
    const auto last = static_cast<double>(m_order.size() - 1);
    const double from = std::clamp(std::floor(xAxis->pixelToCoord(pixel)), 0.0, last);
    const double to = std::clamp(std::ceil(xAxis->pixelToCoord(pixel + 1)) - 1, from, last);
    auto best = static_cast<std::size_t>(from);
    for (auto i = best; i <= static_cast<std::size_t>(to); ++i)
        if (m_magnitude[i] > m_magnitude[best])
            best = i;
    return m_order[best];
}

QString ChannelRidge::readoutAt(const QPointF& position) const
{
    const int channel = channelAt(position);
    if (channel < 0)
        return {};
    const auto i = static_cast<std::size_t>(channel);
    QStringList lines{tr("%1 %2").arg(m_data.channelLabel, formatCount(channel)),
        tr("%1 to %2").arg(formatNumber(double{m_data.minimum[i]}), formatNumber(double{m_data.maximum[i]})),
        tr("rms %1").arg(formatNumber(double{m_data.rms[i]}))};
    if (!m_data.activation.empty())
        lines << tr("input max |x| %1").arg(formatNumber(double{m_data.activation[i]}));
    return lines.join(u'\n');
}

void ChannelRidge::clicked(const QPointF& position, Qt::KeyboardModifiers)
{
    if (const int channel = channelAt(position); channel >= 0)
        Q_EMIT channelActivated(channel);
}

bool ChannelRidge::keyPressed(QKeyEvent* event)
{
    if (event->key() != Qt::Key_S || event->modifiers() != Qt::NoModifier)
        return false;
    setSorted(!m_sorted);
    return true;
}

void ChannelRidge::extendMenu(QMenu& menu, const QPointF&)
{
    QAction* action = menu.addAction(tr("Sort channels by max |w|\tS"));
    action->setCheckable(true);
    action->setChecked(m_sorted);
    connect(action, &QAction::toggled, this, &ChannelRidge::setSorted);
}

QString ChannelRidge::csv() const
{
    QString text = QStringLiteral("channel,min,max,rms,input_abs_max\n");
    for (const int channel : m_order) {
        const auto i = static_cast<std::size_t>(channel);
        text += QStringLiteral("%1,%2,%3,%4,%5\n")
                    .arg(channel)
                    .arg(csvNumber(double{m_data.minimum[i]}), csvNumber(double{m_data.maximum[i]}),
                        csvNumber(double{m_data.rms[i]}),
                        m_data.activation.empty() ? QString() : csvNumber(double{m_data.activation[i]}));
    }
    return text;
}

QJsonObject ChannelRidge::viewState() const
{
    QJsonObject state = ChartBase::viewState();
    state[QStringLiteral("sorted")] = m_sorted;
    return state;
}

void ChannelRidge::setViewState(const QJsonObject& state)
{
    setSorted(state[QStringLiteral("sorted")].toBool());
    ChartBase::setViewState(state);
}

} // namespace bitwright::views
