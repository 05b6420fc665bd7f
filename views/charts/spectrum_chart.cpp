#include "views/charts/spectrum_chart.h"

#include <QActionGroup>
#include <QFontMetricsF>
#include <QMenu>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bitwright::views {

namespace {
const QString kWeightsKey = QStringLiteral("weights");
const QString kBulkKey = QStringLiteral("bulk");
const QString kErrorKey = QStringLiteral("error");
const QString kEstimatorsKey = QStringLiteral("estimators");
QString tailKey(std::size_t i)
{
    return QStringLiteral("tail:%1").arg(i);
}
constexpr double kWidestBox = 0.42, kTallestBox = 0.45; // of the plot: data comes first

std::vector<double> sortedPositive(const std::vector<double>& values)
{
    std::vector<double> result;
    for (const double v : values)
        if (std::isfinite(v) && v >= 0)
            result.push_back(v);
    std::sort(result.begin(), result.end());
    return result;
}
} // namespace

SpectrumChart::SpectrumChart(QWidget* parent)
    : ChartBase(parent)
{
    setLogAllowed(Qt::Horizontal, true);
    setLogAllowed(Qt::Vertical, true);
    setLogarithmic(Qt::Horizontal, true);
    setLogarithmic(Qt::Vertical, true);
    setAxisLabel(Qt::Horizontal, tr("eigenvalue"));
    setAxisLabel(Qt::Vertical, tr("spectral density"));
}

void SpectrumChart::setData(SpectrumData data)
{
    m_data = std::move(data);
    m_sorted = sortedPositive(m_data.eigenvalues);
    m_sortedError = sortedPositive(m_data.errorEigenvalues);
    rebin();
    dataChanged();
}

void SpectrumChart::setMode(Mode mode)
{
    if (m_mode == mode)
        return;
    m_mode = mode;
    const bool logarithmic = mode == Mode::LogLog;
    setLogarithmic(Qt::Horizontal, logarithmic);
    setLogarithmic(Qt::Vertical, logarithmic);
    rebin();
    rebuildLegend();
    resetView();
    Q_EMIT modeChanged(mode);
}

// The color of the bits, moved toward the foreground until the line stands out from the background.
QColor SpectrumChart::errorColor() const
{
    QColor color = bitColor(m_data.errorBits, theme());
    for (int i = 0; i < 8 && contrastRatio(color, theme().background) < 2.5; ++i)
        color = mix(color, theme().foreground, 0.15);
    return color;
}

// Equal bins in log (log-log) or linear space, about the cube root rule so that a bin holds enough
// eigenvalues.
SpectrumChart::Density SpectrumChart::binned(const std::vector<double>& sorted, Interval range) const
{
    Density result;
    const bool logarithmic = m_mode == Mode::LogLog;
    if (sorted.empty() || !(range.width() > 0))
        return result;
    const int bins = std::clamp(static_cast<int>(4 * std::cbrt(static_cast<double>(sorted.size()))), 8, 120);
    for (int i = 0; i <= bins; ++i) {
        const double t = static_cast<double>(i) / bins;
        result.edges.push_back(logarithmic ? range.lower * std::pow(range.upper / range.lower, t)
                                           : range.lower + range.width() * t);
    }
    result.density.assign(static_cast<std::size_t>(bins), 0);
    for (const double v : sorted)
        if (const int bin = binAt(result.edges, v); bin >= 0)
            ++result.density[static_cast<std::size_t>(bin)];
    const auto alone = [&](std::size_t i) {
        constexpr double kFew = 2;
        return result.density[i] > 0 && result.density[i] <= kFew && (i == 0 || result.density[i - 1] == 0)
            && (i + 1 == result.density.size() || result.density[i + 1] == 0);
    };
    for (std::size_t i = 0; i < result.density.size(); ++i) {
        if (!alone(i))
            continue;
        const auto first = std::lower_bound(sorted.begin(), sorted.end(), result.edges[i]);
        result.loners.insert(
            result.loners.end(), first, first + static_cast<std::ptrdiff_t>(result.density[i]));
    }
    for (std::size_t i = 0; i < result.density.size(); ++i)
        result.density[i] /= static_cast<double>(sorted.size()) * (result.edges[i + 1] - result.edges[i]);
    return result;
}

// Without what is numerically zero: it would spend most of a log axis.
Interval SpectrumChart::shownRange(const std::vector<double>& sorted) const
{
    const bool logarithmic = m_mode == Mode::LogLog;
    auto range = finiteRange(sorted, logarithmic);
    if (!range)
        return {0, 0};
    if (logarithmic) {
        constexpr double kNoise = 1e-9, kLow = 0.02, kFar = 0.01;
        const double low = sorted[static_cast<std::size_t>(kLow * static_cast<double>(sorted.size()))];
        range->lower = std::max({range->lower, range->upper * kNoise, low * kFar});
    }
    return range->width() > 0 ? *range : padded(*range, 0, logarithmic);
}

void SpectrumChart::rebin()
{
    const auto rangeOf = [&](const std::vector<double>& sorted) -> Interval {
        // Linear bins over far spikes would swallow the bulk: the part that is shown first gets them all.
        if (m_mode == Mode::Density && m_data.bulk && !m_sorted.empty())
            return densityRange();
        return shownRange(sorted);
    };
    m_density = binned(m_sorted, rangeOf(m_sorted));
    m_errorDensity = binned(m_sortedError, rangeOf(m_sortedError));
}

double SpectrumChart::tailDensity(const TailFit& fit, double x) const
{
    const double share
        = m_sorted.empty() ? 0 : static_cast<double>(fit.tailCount) / static_cast<double>(m_sorted.size());
    return share * (fit.alpha - 1) / fit.xmin * std::pow(x / fit.xmin, -fit.alpha);
}

// Marchenko-Pastur density between its edges, scaled to the share of eigenvalues that lie in the bulk.
double SpectrumChart::bulkDensity(double x) const
{
    const BulkFit& b = *m_data.bulk;
    if (x <= b.lower || x >= b.upper || x <= 0)
        return 0;
    const double share
        = m_sorted.empty() ? 1 : 1 - static_cast<double>(b.spikes) / static_cast<double>(m_sorted.size());
    return share * std::sqrt((b.upper - x) * (x - b.lower))
        / (2 * std::numbers::pi * std::max(b.aspect, 1e-6) * b.sigma2 * x);
}

// Linear: the bulk fills the picture, spikes far out are marks at the edge of the rug.
Interval SpectrumChart::densityRange() const
{
    const double far = std::min(m_sorted.back(), m_data.bulk->upper * 2.2);
    return {0, std::max(far, m_data.bulk->upper * 1.1)};
}

Interval SpectrumChart::homeRange(Qt::Orientation axis) const
{
    const bool logarithmic = isLogarithmic(axis);
    std::vector<double> values;
    for (const Density* density : {&m_density, &m_errorDensity}) {
        if (axis == Qt::Horizontal)
            values.insert(values.end(), density->edges.begin(), density->edges.end());
        else
            for (const double d : density->density)
                if (d > 0
                    && (m_mode == Mode::LogLog
                        || density == &m_density)) // a narrow error peak would flatten the rest
                    values.push_back(d);
    }
    if (m_mode == Mode::Density && axis == Qt::Horizontal && m_data.bulk && !m_sorted.empty()) {
        return densityRange();
    }
    const auto range = finiteRange(values, logarithmic);
    if (!range)
        return logarithmic ? Interval{0.1, 10} : Interval{0, 1};
    if (!logarithmic)
        return {0, range->upper * (axis == Qt::Vertical ? 1.12 : 1.02)};
    return padded(*range, axis == Qt::Vertical ? 0.06 : 0.03, true);
}

void SpectrumChart::rebuildLegend()
{
    std::vector<LegendEntry> entries;
    const auto add = [&](const QString& key, const QString& label, const QColor& color,
                         LegendEntry::Kind kind, Qt::PenStyle dash) {
        LegendEntry entry;
        entry.key = key;
        entry.label = label;
        entry.color = color;
        entry.kind = kind;
        entry.dash = dash;
        entry.width = 2;
        entries.push_back(entry);
    };
    using Kind = LegendEntry::Kind;
    if (!m_sorted.empty())
        add(kWeightsKey, tr("%1 eigenvalues").arg(formatCount(static_cast<std::int64_t>(m_sorted.size()))),
            mix(theme().muted, theme().background, 0.3), Kind::Swatch, Qt::SolidLine);
    for (std::size_t i = 0; i < m_data.tails.size(); ++i) {
        const TailFit& fit = m_data.tails[i];
        QString label = tr("%1: alpha %2").arg(fit.name, formatNumber(fit.alpha));
        if (fit.alphaInterval)
            label += tr(" (%1 to %2)")
                         .arg(formatNumber(fit.alphaInterval->lower), formatNumber(fit.alphaInterval->upper));
        add(tailKey(i), label, categoryStyle(static_cast<int>(i) + 1, theme()).color, Kind::Line,
            i == 0 ? Qt::SolidLine : Qt::DashLine);
    }
    if (m_data.bulk)
        add(kBulkKey, tr("Marchenko-Pastur bulk, %1 spikes").arg(formatCount(m_data.bulk->spikes)),
            categoryStyle(4, theme()).color, Kind::Swatch, Qt::SolidLine);
    if (!m_sortedError.empty())
        add(kErrorKey, tr("error of %1").arg(m_data.errorOption), bitColor(m_data.errorBits, theme()),
            Kind::Swatch, Qt::SolidLine);
    if (!m_data.estimators.empty()) {
        add(kEstimatorsKey, tr("estimators"), theme().axis, Kind::Swatch, Qt::SolidLine);
        entries.back().hollow = true;
    }
    setLegend(std::move(entries));
}

void SpectrumChart::paintBackdrop(QCPPainter& painter)
{
    if (m_data.bulk && isLegendKeyShown(kBulkKey))
        paintBulk(painter);
}

void SpectrumChart::paintBulk(QCPPainter& painter) const
{
    const QRectF area = plotArea();
    const BulkFit& bulk = *m_data.bulk;
    const QColor color = categoryStyle(4, theme()).color;
    const auto pixel = [&](double x) {
        if (isLogarithmic(Qt::Horizontal) && x <= 0)
            return area.left();
        return std::clamp(xAxis->coordToPixel(x), area.left(), area.right());
    };
    const double left = pixel(bulk.lower), right = pixel(bulk.upper);
    QColor fill = color;
    fill.setAlphaF(theme().dark ? 0.16F : 0.18F);
    painter.fillRect(QRectF(left, area.top(), right - left, area.height()), fill);
    painter.setPen(QPen(color, 1.2, Qt::DashDotLine));
    for (const double x : {left, right})
        if (x > area.left() + 1 && x < area.right() - 1)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
}

void SpectrumChart::paintDensity(
    QCPPainter& painter, const Density& density, const QColor& color, bool filled) const
{
    if (density.density.empty())
        return;
    const QRectF area = plotArea();
    QPainterPath outline;
    const double foot = area.bottom() + 2;
    const auto x = [&](double edge) {
        if (isLogarithmic(Qt::Horizontal) && edge <= 0)
            return area.left() - 2;
        return std::clamp(xAxis->coordToPixel(edge), area.left() - 2, area.right() + 2);
    };
    outline.moveTo(x(density.edges.front()), foot);
    const auto alone = [&](std::size_t i) {
        return std::any_of(density.loners.begin(), density.loners.end(),
            [&](double v) { return v >= density.edges[i] && v <= density.edges[i + 1]; });
    };
    for (std::size_t i = 0; i < density.density.size(); ++i) {
        const double d = alone(i) ? 0 : density.density[i];
        const double y = d > 0 ? std::clamp(yAxis->coordToPixel(d), area.top() - 2, foot) : foot;
        outline.lineTo(x(density.edges[i]), y);
        outline.lineTo(x(density.edges[i + 1]), y);
    }
    outline.lineTo(x(density.edges.back()), foot);
    if (filled)
        painter.fillPath(outline, mix(color, theme().background, 0.3));
    painter.setPen(QPen(color, filled ? 1.0 : 1.6));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(outline);
    paintStems(painter, density, color);
}

// One stem per eigenvalue that stands alone: its place is meant, a height would be that of its bin.
void SpectrumChart::paintStems(QCPPainter& painter, const Density& density, const QColor& color) const
{
    constexpr double kStem = 22;
    const QRectF area = plotArea();
    painter.setPen(QPen(color, 1.6));
    for (const double value : density.loners) {
        if (isLogarithmic(Qt::Horizontal) && value <= 0)
            continue;
        const double x = xAxis->coordToPixel(value);
        if (x < area.left() || x > area.right())
            continue;
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() - kStem));
        paintMarker(painter, Marker::Circle, {x, area.bottom() - kStem}, 3, color, false);
    }
}

void SpectrumChart::paintTails(QCPPainter& painter) const
{
    const QRectF area = plotArea();
    for (std::size_t i = 0; i < m_data.tails.size(); ++i) {
        const TailFit& fit = m_data.tails[i];
        if (!isLegendKeyShown(tailKey(i)) || !(fit.xmin > 0) || !(fit.alpha > 1) || m_sorted.empty())
            continue;
        const QColor color = categoryStyle(static_cast<int>(i) + 1, theme()).color;
        QPolygonF line;
        const double end = std::max(m_sorted.back(), fit.xmin * 1.0001);
        for (int k = 0; k <= 64; ++k) {
            const double x = fit.xmin * std::pow(end / fit.xmin, k / 64.0);
            line << toPixel(x, std::max(tailDensity(fit, x), 1e-300));
        }
        painter.setPen(QPen(color, 2.2, i == 0 ? Qt::SolidLine : Qt::DashLine, Qt::FlatCap));
        painter.drawPolyline(line);
        const double x = line.front().x();
        if (x < area.left() || x > area.right())
            continue;
        painter.setPen(QPen(color, 1, Qt::DotLine));
        painter.drawLine(QPointF(x, line.front().y()), QPointF(x, area.bottom()));
        painter.setFont(smallFont());
        painter.setPen(theme().foreground);
        const QString text = QStringLiteral("xmin");
        const double lift = 3 + 13.0 * static_cast<double>(i);
        painter.drawText(QPointF(x + 4, area.bottom() - lift), text);
    }
}

// One tick per spike above the bulk edge along the foot: they can be counted.
void SpectrumChart::paintRug(QCPPainter& painter) const
{
    if (!m_data.bulk || !isLegendKeyShown(kBulkKey))
        return;
    const QRectF area = plotArea();
    painter.setAntialiasing(false);
    painter.setPen(QPen(theme().foreground, 1));
    bool outside = false;
    double lastX = -1;
    const double edge = std::max(m_data.bulk->upper, m_data.bulk->spikeEdge);
    for (auto it = std::upper_bound(m_sorted.begin(), m_sorted.end(), edge); it != m_sorted.end(); ++it) {
        const double x = std::floor(xAxis->coordToPixel(*it));
        outside = outside || x > area.right();
        if (x != lastX && x >= area.left() && x <= area.right())
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.top() + 7));
        lastX = x;
    }
    painter.setAntialiasing(true);
    if (outside)
        paintMarker(
            painter, Marker::TriangleDown, {area.right() - 6, area.top() + 7}, 4, theme().foreground, false);
}

void SpectrumChart::paintEstimators(QCPPainter& painter) const
{
    painter.setFont(smallFont());
    const QFontMetricsF metrics(painter.font());
    double names = 0, values = 0;
    for (const auto& [name, value] : m_data.estimators) {
        names = std::max(names, metrics.horizontalAdvance(name));
        values = std::max(values, metrics.horizontalAdvance(value));
    }
    const QRectF area = plotArea();
    const double row = metrics.height() + 1;
    const auto fits = static_cast<std::size_t>(std::max(0.0, (area.height() * kTallestBox - 10) / row));
    const std::size_t count = std::min(fits, m_data.estimators.size());
    const double width = names + values + 26;
    if (count == 0 || width > area.width() * kWidestBox)
        return;
    // The upper right of a falling density is the emptiest place.
    const QRectF box(area.right() - width - 8, area.top() + 12, width, row * static_cast<double>(count) + 8);
    QColor fill = theme().surface;
    fill.setAlphaF(0.9F);
    painter.setPen(QPen(theme().grid, 1));
    painter.setBrush(fill);
    painter.drawRoundedRect(box, 3, 3);
    painter.setBrush(Qt::NoBrush);
    for (std::size_t i = 0; i < count; ++i) {
        const QRectF line(
            box.left() + 7, box.top() + 4 + row * static_cast<double>(i), box.width() - 14, row);
        painter.setPen(theme().muted);
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, m_data.estimators[i].first);
        painter.setPen(theme().foreground);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, m_data.estimators[i].second);
    }
}

void SpectrumChart::paintData(QCPPainter& painter)
{
    if (isLegendKeyShown(kWeightsKey))
        paintDensity(painter, m_density, mix(theme().muted, theme().background, 0.3), true);
    if (m_data.bulk && isLegendKeyShown(kBulkKey)) {
        QPolygonF curve;
        const BulkFit& bulk = *m_data.bulk;
        const double first = std::max(bulk.lower, bulk.upper * 1e-6);
        const bool logarithmic = isLogarithmic(Qt::Horizontal);
        for (int i = 0; i <= 200; ++i) {
            const double t = i / 200.0;
            const double x
                = logarithmic ? first * std::pow(bulk.upper / first, t) : first + (bulk.upper - first) * t;
            if (const double y = bulkDensity(x); y > 0)
                curve << toPixel(x, y);
        }
        painter.setPen(QPen(mix(categoryStyle(4, theme()).color, theme().foreground, 0.25), 2));
        painter.drawPolyline(curve);
        paintRug(painter);
    }
    if (isLegendKeyShown(kErrorKey))
        paintDensity(painter, m_errorDensity, errorColor(), false);
    paintTails(painter);
    if (!m_data.estimators.empty() && isLegendKeyShown(kEstimatorsKey))
        paintEstimators(painter);
}

QString SpectrumChart::readoutAt(const QPointF& position) const
{
    const double x = toValue(position).x();
    QStringList lines{tr("eigenvalue  %1").arg(formatNumber(x))};
    const auto above
        = static_cast<std::int64_t>(m_sorted.end() - std::upper_bound(m_sorted.begin(), m_sorted.end(), x));
    if (const int bin = binAt(m_density.edges, x); bin >= 0)
        lines << tr("density  %1").arg(formatNumber(m_density.density[static_cast<std::size_t>(bin)]));
    lines << tr("%1 of %2 lie above")
                 .arg(formatCount(above), formatCount(static_cast<std::int64_t>(m_sorted.size())));
    if (!m_sortedError.empty()) {
        const auto errors
            = m_sortedError.end() - std::upper_bound(m_sortedError.begin(), m_sortedError.end(), x);
        lines << tr("error: %1 of %2 lie above")
                     .arg(formatCount(static_cast<std::int64_t>(errors)),
                         formatCount(static_cast<std::int64_t>(m_sortedError.size())));
    }
    return lines.join(u'\n');
}

void SpectrumChart::extendMenu(QMenu& menu, const QPointF&)
{
    auto* group = new QActionGroup(&menu);
    for (const Mode mode : {Mode::LogLog, Mode::Density}) {
        QAction* action
            = menu.addAction(mode == Mode::LogLog ? tr("Log-log with tail fit") : tr("Density with bulk"));
        action->setCheckable(true);
        action->setChecked(mode == m_mode);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, mode] { setMode(mode); });
    }
}

QString SpectrumChart::csv() const
{
    QString text = QStringLiteral("kind,name,value\n");
    const auto line = [&](const QString& kind, const QString& name, double value) {
        text += kind + u',' + csvText(name) + u',' + csvNumber(value) + u'\n';
    };
    for (const TailFit& fit : m_data.tails) {
        line(QStringLiteral("alpha"), fit.name, fit.alpha);
        line(QStringLiteral("xmin"), fit.name, fit.xmin);
    }
    if (m_data.bulk) {
        line(QStringLiteral("bulk_lower"), {}, m_data.bulk->lower);
        line(QStringLiteral("bulk_upper"), {}, m_data.bulk->upper);
    }
    for (const double v : m_sorted)
        line(QStringLiteral("eigenvalue"), {}, v);
    for (const double v : m_sortedError)
        line(QStringLiteral("error_eigenvalue"), m_data.errorOption, v);
    return text;
}

QJsonObject SpectrumChart::viewState() const
{
    QJsonObject state = ChartBase::viewState();
    state[QStringLiteral("mode")] = static_cast<int>(m_mode);
    return state;
}

void SpectrumChart::setViewState(const QJsonObject& state)
{
    setMode(state[QStringLiteral("mode")].toInt() == static_cast<int>(Mode::Density) ? Mode::Density
                                                                                     : Mode::LogLog);
    ChartBase::setViewState(state);
}

} // namespace bitwright::views
