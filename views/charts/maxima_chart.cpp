#include "views/charts/maxima_chart.h"

#include "views/charts/maxima_lines.h"

#include <QKeyEvent>
#include <QResizeEvent>

#include <algorithm>
#include <array>
#include <cmath>

namespace bitwright::views {

namespace {
constexpr double kHitRadius = 9;
} // namespace

std::optional<double> maximaValue(const MaximaSite& site, int line)
{
    switch (line) {
    case kMaximumLine:
        return site.maximum;
    case kQuantileLine:
        return site.quantile999;
    case kRmsLine:
        return site.rms;
    default:
        if (!site.maximum || !site.rms || !(*site.rms > 0))
            return std::nullopt;
        return *site.maximum / *site.rms;
    }
}

QString maximaLineName(int line)
{
    switch (line) {
    case kMaximumLine:
        return QStringLiteral("max |x|");
    case kQuantileLine:
        return MaximaChart::tr("q99.9");
    case kRmsLine:
        return QStringLiteral("rms");
    default:
        return MaximaChart::tr("crest factor");
    }
}

MaximaChart::MaximaChart(QWidget* parent)
    : ChartBase(parent)
{
    setLogAllowed(Qt::Vertical, true);
    setLogarithmic(Qt::Vertical, true);
    setAxisLabel(Qt::Horizontal, tr("block"));
    setAxisLabel(Qt::Vertical, tr("|x|"));
    setTicks(
        xAxis,
        [this](Interval range, int target) {
            Ticks ticks = integerTicks(range, target);
            if (m_data.lastBlock < 0)
                return ticks;
            std::erase_if(ticks.major, [this](const Tick& tick) {
                return tick.value < -1.5 || tick.value > m_data.lastBlock + 1.5;
            });
            addEndTick(range, ticks);
            for (Tick& tick : ticks.major) {
                if (tick.value < -0.5)
                    tick.label = tr("embed");
                else if (tick.value > m_data.lastBlock + 0.5)
                    tick.label = tr("final");
            }
            ticks.minor = halfBlocks(range);
            return ticks;
        },
        60);
    setCrosshair(false, true);
    connect(this, &ChartBase::legendToggled, this, &MaximaChart::emphasisChanged);
    new PaintItem(this, QStringLiteral("main"), nullptr, [this](QCPPainter& p) { paintEndNames(p); });
}

// What stands behind the blocks is named whatever the step: it would be read as a block that there is not.
void MaximaChart::addEndTick(Interval range, Ticks& ticks) const
{
    constexpr double kRoom = 30; // pixels that the word needs
    constexpr double kBesidePlot = 70; // of the margins; the plot itself still has those of the last frame
    const double end = m_data.lastBlock + 1;
    const bool exists = std::any_of(m_data.dumps.begin(), m_data.dumps.end(), [&](const MaximaDump& dump) {
        return std::any_of(dump.sites.begin(), dump.sites.end(),
            [&](const MaximaSite& site) { return site.position() > m_data.lastBlock + 0.75; });
    });
    const double last = ticks.major.empty() ? range.lower : ticks.major.back().value;
    if (exists && range.contains(end) && last < end
        && (end - last) / range.width() * (viewport().width() - kBesidePlot - endNamesWidth()) >= kRoom)
        ticks.major.push_back({end, {}});
}

// Where sites stand between the blocks' two halves.
std::vector<double> MaximaChart::halfBlocks(Interval range) const
{
    constexpr double kMostBlocks = 24; // in view: more of them would be a comb
    std::vector<double> places;
    const auto& sites = m_data.dumps.empty() ? std::vector<MaximaSite>() : m_data.dumps.front().sites;
    for (const MaximaSite& site : sites)
        if (site.offset > 0 && range.width() <= kMostBlocks && range.contains(site.position()))
            places.push_back(site.position());
    return places;
}

// The margin at the right holds the names of the lines; the axis ends with the data.
void MaximaChart::syncAxes()
{
    mainRect()->setMinimumMargins(QMargins(52, 6, static_cast<int>(endNamesWidth()) + 10, 34));
}

void MaximaChart::setData(MaximaData data)
{
    m_data = std::move(data);
    m_groups = m_data.mainGroups;
    for (const MaximaDump& dump : m_data.dumps)
        for (const MaximaSite& site : dump.sites)
            if (!m_groups.contains(site.group))
                m_groups << site.group;
    m_hover = {};
    m_legendGroup.clear();
    dataChanged();
}

void MaximaChart::setStatistic(MaximaStatistic statistic)
{
    if (m_statistic == statistic)
        return;
    m_statistic = statistic;
    setAxisLabel(Qt::Vertical, statistic == MaximaStatistic::Crest ? tr("max |x| / rms") : tr("|x|"));
    resetAxis(Qt::Vertical);
    dataChanged();
    Q_EMIT statisticChanged();
}

std::vector<int> MaximaChart::shownLines(bool emphasized) const
{
    if (m_statistic != MaximaStatistic::Spread)
        return maximaLinesOf(m_statistic);
    std::vector<int> lines;
    for (const int line : {kRmsLine, kQuantileLine, kMaximumLine})
        if ((emphasized || line == kMaximumLine) && isLegendKeyShown(maximaLineKey(line)))
            lines.push_back(line);
    return lines;
}

QString MaximaChart::hoveredGroup() const
{
    if (!m_legendGroup.isEmpty())
        return m_legendGroup;
    if (m_hover.site < 0)
        return {};
    return m_data.dumps[static_cast<std::size_t>(m_hover.dump)]
        .sites[static_cast<std::size_t>(m_hover.site)]
        .group;
}

QStringList MaximaChart::emphasizedGroups() const
{
    const auto shown = [this](const QString& group) { return isLegendKeyShown(maximaGroupKey(group)); };
    if (const QString hovered = hoveredGroup(); !hovered.isEmpty() && shown(hovered))
        return {hovered};
    if (const QString current = currentGroup(); !current.isEmpty() && shown(current))
        return {current};
    QStringList groups;
    for (const QString& group : m_data.mainGroups)
        if (shown(group))
            groups << group;
    if (!groups.isEmpty())
        return groups;
    // Nothing stands out: whatever is shown does.
    for (const QString& group : m_groups)
        if (shown(group))
            groups << group;
    return groups;
}

/// The lines of a kind of site that the vertical axis has room for. Quantile and rms are drawn for the
/// selected kind alone, without one for the main kinds (or under the mouse, which should not move the axis).
std::vector<int> MaximaChart::rangeLines(const QString& group) const
{
    const QString current = currentGroup();
    const bool main = m_data.mainGroups.isEmpty() || m_data.mainGroups.contains(group);
    const bool spread
        = m_statistic != MaximaStatistic::Spread || (current.isEmpty() ? main : group == current);
    return spread ? maximaLinesOf(m_statistic) : std::vector<int>{kMaximumLine};
}

QString MaximaChart::currentGroup() const
{
    const auto dump = static_cast<std::size_t>(m_currentDump);
    if (m_currentSite < 0 || dump >= m_data.dumps.size()
        || static_cast<std::size_t>(m_currentSite) >= m_data.dumps[dump].sites.size())
        return {};
    return m_data.dumps[dump].sites[static_cast<std::size_t>(m_currentSite)].group;
}

Interval MaximaChart::homeRange(Qt::Orientation axis) const
{
    std::vector<double> values;
    for (const MaximaDump& dump : m_data.dumps) {
        for (const MaximaSite& site : dump.sites) {
            if (axis == Qt::Horizontal) {
                values.push_back(site.position());
                continue;
            }
            for (const int line : rangeLines(site.group))
                if (const auto value = maximaValue(site, line))
                    values.push_back(*value);
        }
        for (const MassiveMark& mark : dump.massive)
            if (axis == Qt::Vertical && m_statistic != MaximaStatistic::Crest)
                values.push_back(std::abs(mark.value));
    }
    const bool logarithmic = isLogarithmic(axis);
    const auto range = finiteRange(values, logarithmic);
    if (!range)
        return axis == Qt::Horizontal ? Interval{-0.5, 0.5} : Interval{0.1, 10};
    if (axis == Qt::Horizontal)
        return {range->lower - 0.4, range->upper + 0.4};
    if (!logarithmic)
        return {0, padded({0, range->upper}, 0.1, false).upper};
    return {padded(*range, 0.03, true).lower, padded(*range, headRoom(), true).upper};
}

// Above stand the ring around the current site and the label of a mark, which have one size in low charts
// too.
double MaximaChart::headRoom() const
{
    constexpr double kRing = 17, kLabel = 17, kBesidePlot = 100, kFootnote = 32, kFootnoteFrom = 240;
    const bool labelled = std::any_of(m_data.dumps.begin(), m_data.dumps.end(),
        [](const MaximaDump& dump) { return !dump.massive.empty(); });
    const double pixels = kRing + (labelled && m_statistic != MaximaStatistic::Crest ? kLabel : 0);
    const double plot
        = std::max(2 * pixels, height() - kBesidePlot - (height() < kFootnoteFrom ? 0 : kFootnote));
    return std::clamp(pixels / (plot - pixels), 0.09, 0.4);
}

void MaximaChart::resizeEvent(QResizeEvent* event)
{
    ChartBase::resizeEvent(event);
    if (!event->size().isEmpty() && event->oldSize().height() != event->size().height())
        followHomeRange(Qt::Vertical);
}

// --- Hit testing and gestures ---

QPointF MaximaChart::markPixel(const MassiveMark& mark, int dump) const
{
    const auto& site
        = m_data.dumps[static_cast<std::size_t>(dump)].sites[static_cast<std::size_t>(mark.site)];
    return toPixel(site.position(), std::abs(mark.value));
}

std::optional<QPointF> MaximaChart::sitePixel(int site, int dump) const
{
    if (dump < 0 || static_cast<std::size_t>(dump) >= m_data.dumps.size())
        return std::nullopt;
    const auto& sites = m_data.dumps[static_cast<std::size_t>(dump)].sites;
    if (site < 0 || static_cast<std::size_t>(site) >= sites.size())
        return std::nullopt;
    const MaximaSite& s = sites[static_cast<std::size_t>(site)];
    for (const int line : maximaLinesOf(m_statistic))
        if (const auto value = maximaValue(s, line))
            return toPixel(s.position(), *value);
    return std::nullopt;
}

bool MaximaChart::isShown(const MassiveMark& mark, int dump) const
{
    if (m_statistic == MaximaStatistic::Crest || !isLegendKeyShown(maximaDumpKey(dump)))
        return false;
    const auto& sites = m_data.dumps[static_cast<std::size_t>(dump)].sites;
    if (static_cast<std::size_t>(mark.site) >= sites.size()
        || !isLegendKeyShown(maximaGroupKey(sites[static_cast<std::size_t>(mark.site)].group)))
        return false;
    return (mark.bySite && isLegendKeyShown(kMassiveSiteKey))
        || (mark.byToken && isLegendKeyShown(kMassiveTokenKey));
}

MaximaChart::Hit MaximaChart::hitAt(const QPointF& position) const
{
    Hit best;
    double nearest = kHitRadius * kHitRadius;
    const auto consider = [&](const QPointF& at, Hit hit) {
        const QPointF d = at - position;
        const double distance = QPointF::dotProduct(d, d);
        if (distance < nearest) {
            nearest = distance;
            best = hit;
        }
    };
    const QStringList strong = emphasizedGroups();
    for (int d = 0; d < static_cast<int>(m_data.dumps.size()); ++d) {
        const MaximaDump& dump = m_data.dumps[static_cast<std::size_t>(d)];
        if (!isLegendKeyShown(maximaDumpKey(d)))
            continue;
        for (int m = 0; m < static_cast<int>(dump.massive.size()); ++m) {
            const MassiveMark& mark = dump.massive[static_cast<std::size_t>(m)];
            if (isShown(mark, d))
                consider(markPixel(mark, d), {d, mark.site, m, -1});
        }
        for (int i = 0; i < static_cast<int>(dump.sites.size()); ++i) {
            const MaximaSite& site = dump.sites[static_cast<std::size_t>(i)];
            if (!isLegendKeyShown(maximaGroupKey(site.group)))
                continue;
            for (const int line : shownLines(strong.contains(site.group)))
                if (const auto value = maximaValue(site, line))
                    consider(toPixel(site.position(), *value), {d, i, -1, line});
        }
    }
    return best;
}

void MaximaChart::hoverMoved(const QPointF& position)
{
    const Hit hit = hitAt(position);
    if (hit.site == m_hover.site && hit.dump == m_hover.dump && hit.mark == m_hover.mark)
        return;
    const QString before = hoveredGroup();
    m_hover = hit;
    if (hoveredGroup() == before)
        repaintOverlay();
    else
        emphasisChanged();
    Q_EMIT siteHovered(hit.site, hit.dump);
    if (hit.mark >= 0 && hit.dump == 0)
        Q_EMIT channelHovered(hit.site, m_data.dumps[0].massive[static_cast<std::size_t>(hit.mark)].channel);
    else
        Q_EMIT channelHovered(-1, -1);
}

void MaximaChart::hoverLeft()
{
    if (m_hover.site < 0)
        return;
    m_hover = {};
    emphasisChanged();
    Q_EMIT siteHovered(-1, 0);
    Q_EMIT channelHovered(-1, -1);
}

void MaximaChart::legendHovered(const QString& key)
{
    QString group;
    for (const QString& candidate : m_groups)
        if (maximaGroupKey(candidate) == key)
            group = candidate;
    if (group == m_legendGroup)
        return;
    m_legendGroup = group;
    emphasisChanged();
}

void MaximaChart::setCurrentSite(int site, int dump)
{
    if (m_currentSite == site && m_currentDump == dump)
        return;
    m_currentSite = site;
    m_currentDump = std::clamp(dump, 0, std::max(0, static_cast<int>(m_data.dumps.size()) - 1));
    followHomeRange(Qt::Vertical);
    emphasisChanged();
}

// Other kinds are drawn in full: the legend's samples follow.
void MaximaChart::emphasisChanged()
{
    rebuildLegend();
    requestReplot();
}

void MaximaChart::setCurrentChannel(int channel)
{
    if (m_currentChannel == channel)
        return;
    m_currentChannel = channel;
    emphasisChanged();
}

QString MaximaChart::readoutAt(const QPointF& position) const
{
    const Hit hit = hitAt(position);
    if (hit.site < 0) {
        const QPointF value = toValue(position);
        return tr("block %1, %2 %3")
            .arg(formatCount(std::llround(value.x())),
                m_statistic == MaximaStatistic::Crest ? tr("crest factor") : QStringLiteral("|x|"),
                formatNumber(value.y()));
    }
    const MaximaDump& dump = m_data.dumps[static_cast<std::size_t>(hit.dump)];
    const MaximaSite& site = dump.sites[static_cast<std::size_t>(hit.site)];
    QStringList lines{site.name, site.group};
    if (site.offset > 0)
        lines << tr("within block %1: after attention, before mlp").arg(formatCount(site.block));
    for (const int line : {kMaximumLine, kQuantileLine, kRmsLine, kCrestLine}) {
        const auto value = maximaValue(site, line);
        lines << QStringLiteral("%1  %2").arg(
            maximaLineName(line), value ? formatNumber(*value) : tr("unknown"));
    }
    if (site.nonFinite)
        lines << tr("NaN or Inf seen");
    if (hit.mark >= 0) {
        const MassiveMark& mark = dump.massive[static_cast<std::size_t>(hit.mark)];
        lines << tr("massive: %1 at %2").arg(formatNumber(mark.value), markLabel(mark));
        if (mark.count > 1)
            lines << tr("%n massive value(s) of this channel here", nullptr, mark.count);
        lines << (mark.bySite && mark.byToken ? tr("by both criteria")
                : mark.bySite                 ? tr("by the site's median (Sun et al.)")
                                              : tr("by the token's median (Max_act_llm)"));
    }
    if (m_data.dumps.size() > 1)
        lines << dump.name;
    return lines.join(u'\n');
}

QString MaximaChart::csv() const
{
    QString text = QStringLiteral("dump,site,group,block,max_abs,q99.9,rms,crest,non_finite\n");
    const auto optional = [](const std::optional<double>& v) { return v ? csvNumber(*v) : QString(); };
    for (const MaximaDump& dump : m_data.dumps)
        for (const MaximaSite& site : dump.sites)
            text += QStringList{csvText(dump.name), csvText(site.name), csvText(site.group),
                        QString::number(site.block), optional(site.maximum), optional(site.quantile999),
                        optional(site.rms), optional(maximaValue(site, kCrestLine)),
                        site.nonFinite ? QStringLiteral("1") : QStringLiteral("0")}
                        .join(u',')
                + u'\n';
    return text;
}

QJsonObject MaximaChart::viewState() const
{
    QJsonObject state = ChartBase::viewState();
    state[QStringLiteral("statistic")] = static_cast<int>(m_statistic);
    return state;
}

void MaximaChart::setViewState(const QJsonObject& state)
{
    const int statistic = state[QStringLiteral("statistic")].toInt();
    if (statistic >= 0 && statistic <= static_cast<int>(MaximaStatistic::Crest))
        setStatistic(static_cast<MaximaStatistic>(statistic));
    ChartBase::setViewState(state);
}

} // namespace bitwright::views
