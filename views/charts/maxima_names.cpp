// What names MaximaChart's lines: the legend, and names at their right ends, so that the eye need not go
// there.
#include "views/charts/maxima_lines.h"
#include "views/charts/site_words.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

namespace bitwright::views {

namespace {
constexpr int kRoomForAll = 300; // pixels of width from which every line is named
constexpr int kRoomForFull = 620; // and from which by its full name
constexpr double kWidestShare = 0.27; // of the chart, for the names
constexpr double kGap = 6;
constexpr double kFarthestShift = 3.4; // in heights of a name, from the end of its line

// Places for all labels in the order of what they name, with the least squares of shifts (isotonic regression
// by pooling neighbors); nothing where one of them would have to stand farther off than `farthest`.
std::vector<double> orderedPlaces(
    std::span<const double> wanted, double height, Interval bounds, double farthest)
{
    std::vector<std::size_t> order(wanted.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(
        order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return wanted[a] < wanted[b]; });
    struct Pool
    {
        double sum = 0;
        int count = 0;
        [[nodiscard]] double mean() const { return sum / count; }
    };
    std::vector<Pool> pools;
    for (std::size_t k = 0; k < order.size(); ++k) {
        pools.push_back({wanted[order[k]] - static_cast<double>(k) * height, 1});
        while (pools.size() > 1 && pools[pools.size() - 2].mean() > pools.back().mean()) {
            const Pool last = pools.back();
            pools.pop_back();
            pools.back().sum += last.sum;
            pools.back().count += last.count;
        }
    }
    const double most = bounds.upper - static_cast<double>(order.size() - 1) * height;
    if (order.empty() || most < bounds.lower)
        return {};
    std::vector<double> places(wanted.size());
    std::size_t k = 0;
    for (const Pool& pool : pools)
        for (int i = 0; i < pool.count; ++i, ++k) {
            places[order[k]] = std::clamp(pool.mean(), bounds.lower, most) + static_cast<double>(k) * height;
            if (std::abs(places[order[k]] - wanted[order[k]]) > farthest)
                return {};
        }
    return places;
}

} // namespace

bool MaximaChart::namesEveryLine() const
{
    return viewport().width() >= kRoomForAll && m_groups.size() > 1;
}

QString MaximaChart::nameOf(const QString& group) const
{
    return viewport().width() >= kRoomForFull ? group : m_data.briefGroups.value(group, group);
}

// Among the names of sites, the bare name of a statistic would not say of which site it is.
QString MaximaChart::statisticName(const QString& group, int line) const
{
    return tr("%1: %2").arg(m_data.briefGroups.value(group, group), maximaLineName(line));
}

double MaximaChart::endNamesWidth() const
{
    const QFontMetricsF metrics(smallFont());
    double widest = 0;
    // Of the kinds that are drawn in full while nobody points at another: the margin stays where it is.
    const QString current = currentGroup();
    const QStringList resting = current.isEmpty() ? m_data.mainGroups : QStringList{current};
    if (m_statistic == MaximaStatistic::Spread)
        for (const QString& group : resting)
            for (const int line : maximaLinesOf(m_statistic))
                widest = std::max(widest, metrics.horizontalAdvance(statisticName(group, line)));
    if (namesEveryLine())
        for (const QString& group : m_groups)
            widest = std::max(widest, metrics.horizontalAdvance(nameOf(group)));
    return widest > 0 ? std::min(std::ceil(widest) + kGap, kWidestShare * viewport().width()) : 0;
}

// Where a line of the first dump ends, if that is in view.
std::optional<QPointF> MaximaChart::endOf(const QString& group, int line) const
{
    std::optional<QPointF> end;
    double last = -2;
    for (const MaximaSite& site : m_data.dumps[0].sites) {
        const auto value = maximaValue(site, line);
        const bool drawable = value && std::isfinite(*value) && (*value > 0 || !isLogarithmic(Qt::Vertical));
        if (site.group != group || site.position() < last || !drawable)
            continue;
        last = site.position();
        end = toPixel(last, *value);
    }
    return end && plotArea().adjusted(-1, -1, 1, 1).contains(*end) ? end : std::nullopt;
}

// The important ones first: of an emphasized kind on its own its statistics, of the others the kind.
std::vector<MaximaChart::EndName> MaximaChart::wantedEndNames() const
{
    std::vector<EndName> names;
    if (m_data.dumps.empty() || !isLegendKeyShown(maximaDumpKey(0)))
        return names;
    const QStringList strong = emphasizedGroups();
    const auto colorOf = [&](const QString& group) {
        return mix(
            categoryStyle(static_cast<int>(m_groups.indexOf(group)), theme()).color, theme().foreground, 0.4);
    };
    const bool byStatistic = strong.size() == 1 && m_statistic == MaximaStatistic::Spread;
    if (byStatistic) {
        std::vector<int> lines = shownLines(true);
        std::reverse(lines.begin(), lines.end());
        for (const int line : lines)
            if (const auto end = endOf(strong.front(), line))
                names.push_back(
                    {statisticName(strong.front(), line), colorOf(strong.front()), *end, end->y(), true});
    }
    for (const bool emphasized : {true, false}) {
        const std::vector<int> lines = shownLines(emphasized);
        for (const QString& group : m_groups) {
            if (lines.empty() || !namesEveryLine() || strong.contains(group) != emphasized
                || !isLegendKeyShown(maximaGroupKey(group)) || (emphasized && byStatistic))
                continue;
            if (const auto end = endOf(group, lines.back()))
                names.push_back({nameOf(group), colorOf(group), *end, end->y(), false});
        }
    }
    // A point without a line leads the eye nowhere: its own name has to stand beside it.
    std::stable_partition(names.begin(), names.end(), [&](const EndName& name) {
        return name.ofStatistic || std::any_of(m_groups.begin(), m_groups.end(), [&](const QString& group) {
            return nameOf(group) == name.text && isLone(group);
        });
    });
    return names;
}

std::vector<MaximaChart::EndName> MaximaChart::placedEndNames() const
{
    std::vector<EndName> names = wantedEndNames();
    std::vector<double> wanted;
    for (const EndName& name : names)
        wanted.push_back(name.y);
    const double height = QFontMetricsF(smallFont()).height();
    const Interval bounds{plotArea().top() + height / 2, plotArea().bottom() - height / 2};
    // In the order of their lines, so that leaders do not cross, unless the nearest gap for one after the
    // other, the most important ones first, leaves out fewer of them.
    auto places = spreadLabels(wanted, height, bounds, kFarthestShift * height);
    const auto isPlaced = [](double y) { return !std::isnan(y); };
    const auto greedy = static_cast<std::size_t>(std::count_if(places.begin(), places.end(), isPlaced));
    for (std::size_t count = wanted.size(); count > 0 && count >= greedy; --count) {
        const auto ordered = orderedPlaces({wanted.data(), count}, height, bounds, kFarthestShift * height);
        if (ordered.empty())
            continue;
        places.assign(wanted.size(), std::numeric_limits<double>::quiet_NaN());
        std::copy(ordered.begin(), ordered.end(), places.begin());
        break;
    }
    for (std::size_t i = 0; i < names.size(); ++i)
        names[i].y = places[i];
    std::erase_if(names, [](const EndName& name) { return std::isnan(name.y); });
    return names;
}

QStringList MaximaChart::endNames() const
{
    QStringList texts;
    for (const EndName& name : placedEndNames())
        texts << name.text;
    return texts;
}

bool MaximaChart::isLone(const QString& group) const
{
    return std::none_of(m_data.dumps.begin(), m_data.dumps.end(), [&](const MaximaDump& dump) {
        return std::count_if(dump.sites.begin(), dump.sites.end(), [&](const MaximaSite& site) {
            return site.group == group;
        }) > 1;
    });
}

// Dots from where a line ends to its name, where they do not meet by themselves.
void MaximaChart::paintEndLeader(QCPPainter& painter, const EndName& name) const
{
    constexpr double kClear = 8, kLevel = 5;
    const QPointF to(plotArea().right() + kGap - 2, name.y), from = name.end + QPointF(kClear, 0);
    const bool beside = std::abs(name.y - name.end.y()) <= kLevel;
    if (to.x() - from.x() < (beside ? 2 * kClear : kClear / 2))
        return;
    painter.setPen(QPen(maximaFaintColor(name.color, theme()), 1, Qt::DotLine));
    painter.drawLine(from, to);
}

void MaximaChart::paintEndNames(QCPPainter& painter) const
{
    const QFontMetricsF metrics(smallFont());
    painter.setFont(smallFont());
    const double left = plotArea().right() + kGap, width = endNamesWidth() + 4;
    for (const EndName& name : placedEndNames()) {
        paintEndLeader(painter, name);
        painter.setPen(name.color);
        painter.drawText(QRectF(left, name.y - metrics.height() / 2, width, metrics.height()),
            Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
            metrics.elidedText(name.text, Qt::ElideRight, width));
    }
}

// --- Legend ---

// Samples look as their lines do now, also those that recede: a bright sample of a faint line would point at
// another line of that color.
void MaximaChart::addGroupEntries(std::vector<LegendEntry>& entries) const
{
    const QStringList strong = emphasizedGroups();
    for (int g = 0; g < m_groups.size(); ++g) {
        const CategoryStyle style = categoryStyle(g, theme());
        const bool full = strong.contains(m_groups[g]) || isLone(m_groups[g]);
        LegendEntry entry;
        entry.key = maximaGroupKey(m_groups[g]);
        entry.label = m_groups[g];
        entry.color = full ? maximaReadable(style.color, theme()) : maximaFaintColor(style.color, theme());
        entry.width = full ? maximaLineWidth(kMaximumLine) : kMaximaFaintWidth;
        entry.marker = style.marker;
        entry.kind = isLone(m_groups[g]) ? LegendEntry::Kind::Mark : LegendEntry::Kind::Line;
        entry.brief = m_data.briefGroups.value(m_groups[g]);
        entry.inPlot = m_groups.size() > 1; // at the right end of its line
        entries.push_back(entry);
    }
}

// In the color of the one kind that shows them; of several kinds in that of none.
void MaximaChart::addStatisticEntries(std::vector<LegendEntry>& entries) const
{
    if (m_statistic != MaximaStatistic::Spread || m_groups.isEmpty())
        return;
    const QStringList strong = emphasizedGroups();
    const QColor color = strong.size() == 1
        ? categoryStyle(static_cast<int>(m_groups.indexOf(strong.front())), theme()).color
        : theme().muted;
    for (const int line : {kMaximumLine, kQuantileLine, kRmsLine}) {
        LegendEntry entry;
        entry.key = maximaLineKey(line);
        entry.label = maximaLineName(line);
        entry.color = maximaReadable(color, theme());
        entry.width = maximaLineWidth(line);
        entry.marker = line == kQuantileLine ? Marker::Circle : Marker::None; // filled ones are of sites
        entry.hollow = line == kQuantileLine;
        entries.push_back(entry);
    }
}

// What the ring stands for: the site that all views share, which need not feed the selected tensor.
void MaximaChart::addCurrentEntry(std::vector<LegendEntry>& entries) const
{
    if (currentGroup().isEmpty())
        return;
    const MaximaSite& site = m_data.dumps[static_cast<std::size_t>(m_currentDump)]
                                 .sites[static_cast<std::size_t>(m_currentSite)];
    LegendEntry entry;
    entry.key = QStringLiteral("current");
    const QString name = site.label.isEmpty() ? site.name : siteWords(site.label);
    entry.brief = tr("site: %1").arg(name); // alone it would read as another line
    entry.label = tr("current site: %1").arg(name);
    entry.kind = LegendEntry::Kind::Mark;
    entry.color = theme().accent;
    entry.marker = Marker::Circle;
    entry.ringed = true;
    entry.toggles = false;
    entries.push_back(entry);
}

// In the chart they have the color of their site.
void MaximaChart::addMarkEntries(std::vector<LegendEntry>& entries) const
{
    bool bySite = false, byToken = false;
    for (const MaximaDump& dump : m_data.dumps)
        for (const MassiveMark& mark : dump.massive) {
            bySite = bySite || mark.bySite;
            byToken = byToken || mark.byToken;
        }
    if (m_statistic == MaximaStatistic::Crest)
        return;
    const auto addMark
        = [&](const QString& key, const QString& label, const QString& brief, Marker marker, bool hollow) {
              LegendEntry entry;
              entry.key = key;
              entry.label = label;
              entry.brief = brief;
              entry.kind = LegendEntry::Kind::Mark;
              entry.color = theme().foreground;
              entry.marker = marker;
              entry.hollow = hollow;
              entries.push_back(entry);
          };
    if (bySite)
        addMark(kMassiveSiteKey, tr("massive in its site (Sun et al.)"), tr("massive in site"), Marker::Star,
            false);
    if (byToken)
        addMark(kMassiveTokenKey, tr("massive in its token (Max_act_llm)"),
            bySite ? tr("in token") : tr("massive in token"), Marker::Circle, true);
}

void MaximaChart::addDumpEntries(std::vector<LegendEntry>& entries) const
{
    for (std::size_t d = 0; m_data.dumps.size() > 1 && d < m_data.dumps.size(); ++d) {
        LegendEntry entry;
        entry.key = maximaDumpKey(static_cast<int>(d));
        entry.label = m_data.dumps[d].name;
        entry.color = theme().muted;
        entry.dash = d == 0 ? Qt::SolidLine : Qt::DashLine;
        entries.push_back(entry);
    }
}

void MaximaChart::rebuildLegend()
{
    std::vector<LegendEntry> entries;
    addGroupEntries(entries);
    addStatisticEntries(entries);
    addMarkEntries(entries);
    addDumpEntries(entries);
    addCurrentEntry(entries);
    setLegend(std::move(entries));
}

} // namespace bitwright::views
