#include "views/charts/spectrum_keys.h"

#include <QActionGroup>
#include <QMenu>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bitwright::views {

using namespace spectrum;

namespace {
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

namespace {
LegendEntry legendEntry(const QString& key, const QString& label, const QString& brief, const QColor& color,
    LegendEntry::Kind kind)
{
    LegendEntry entry;
    entry.key = key;
    entry.label = label;
    entry.brief = brief;
    entry.color = color;
    entry.kind = kind;
    entry.width = 2;
    return entry;
}
} // namespace

// What dominates the picture comes first, so that it is named where there is little room.
void SpectrumChart::rebuildLegend()
{
    using Kind = LegendEntry::Kind;
    std::vector<LegendEntry> entries;
    if (!m_sorted.empty())
        entries.push_back(legendEntry(kWeightsKey,
            tr("%1 eigenvalues").arg(formatCount(static_cast<std::int64_t>(m_sorted.size()))),
            tr("eigenvalues"), mix(theme().muted, theme().background, 0.3), Kind::Swatch));
    if (!m_sortedError.empty())
        entries.push_back(legendEntry(
            kErrorKey, tr("error of %1").arg(m_data.errorOption), tr("error"), errorColor(), Kind::Line));
    addFitEntries(entries);
    addStemEntry(entries);
    if (!m_data.estimators.empty()) {
        entries.push_back(legendEntry(kEstimatorsKey, tr("estimators"), {}, theme().axis, Kind::Swatch));
        entries.back().hollow = true;
    }
    setLegend(std::move(entries));
}

// One for both kinds of stems, with a sample of each.
void SpectrumChart::addStemEntry(std::vector<LegendEntry>& entries) const
{
    const bool ofWeights = !m_density.loners.empty(), ofError = !m_errorDensity.loners.empty();
    if (!ofWeights && !ofError)
        return;
    const auto strong = [&](const QColor& color) { return mix(color, theme().foreground, 0.3); };
    const QString label = !ofError ? tr("single eigenvalue")
        : ofWeights                ? tr("single eigenvalue, of weights and of error")
                                   : tr("single eigenvalue of the error");
    entries.push_back(legendEntry(kLonersKey, label, tr("single value"),
        strong(ofWeights ? theme().muted : errorColor()), LegendEntry::Kind::Pin));
    entries.back().width = 1.5;
    if (ofWeights && ofError)
        entries.back().second = strong(errorColor());
}

void SpectrumChart::addFitEntries(std::vector<LegendEntry>& entries) const
{
    using Kind = LegendEntry::Kind;
    for (std::size_t i = 0; i < m_data.tails.size(); ++i) {
        const TailFit& fit = m_data.tails[i];
        const QString alpha = QStringLiteral("\u03b1 %1").arg(formatNumber(fit.alpha));
        QString label = QStringLiteral("%1: %2").arg(fit.name, alpha);
        if (fit.alphaInterval)
            label += tr(" (%1 to %2)")
                         .arg(formatNumber(fit.alphaInterval->lower), formatNumber(fit.alphaInterval->upper));
        entries.push_back(legendEntry(
            tailKey(i), label, alpha, categoryStyle(static_cast<int>(i) + 1, theme()).color, Kind::Line));
        entries.back().dash = i == 0 ? Qt::SolidLine : Qt::DashLine;
    }
    if (!m_data.bulk)
        return;
    entries.push_back(legendEntry(kBulkKey, tr("Marchenko-Pastur bulk"), tr("bulk"),
        categoryStyle(kBulkStyle, theme()).color, Kind::Line));
    if (m_data.bulk->spikes > 0)
        entries.push_back(legendEntry(kSpikesKey,
            tr("%n spike(s) above it", nullptr, static_cast<int>(m_data.bulk->spikes)),
            tr("%n spike(s)", nullptr, static_cast<int>(m_data.bulk->spikes)), theme().foreground,
            Kind::Tick));
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
