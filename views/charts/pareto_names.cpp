// Names of the marks in the Pareto chart.
#include "views/charts/mark_labels.h"
#include "views/charts/pareto_chart.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <utility>

namespace bitwright::views {

namespace {
constexpr double kFarLabel = 60; // pixels from the mark
constexpr double kUnreachable = 40; // what a label gives to stand above the frontier
constexpr double kLineStep = 3; // pixels between points of the frontier that no leader runs along
constexpr double kWidestName = 170, kWidestGroup = 240;

/// How the marks of a group are named: each for itself, all by one label, by a shorter one; then each again,
/// as far as there is room.
enum class Naming
{
    Each,
    Together,
    Shortly,
    AsFits
};

Naming after(Naming naming)
{
    return static_cast<Naming>(static_cast<int>(naming) + 1);
}
} // namespace

struct ParetoChart::Named
{
    QPointF at;
    QString name;
    int group = -1;
    QString text{}; // that is painted; empty: another of the group has it
    MarkLabel label{};
};

namespace {

bool namesEach(Naming naming)
{
    return naming == Naming::Each || naming == Naming::AsFits;
}

/// Of a group that is named together only the first mark gets the text.
template <typename Mark>
void fillTexts(std::vector<Mark>& marks, const std::vector<Naming>& namings, const QFontMetricsF& metrics)
{
    std::vector<QStringList> members(namings.size());
    for (const Mark& mark : marks) // from right to left; names are read from left to right
        if (mark.group >= 0)
            members[static_cast<std::size_t>(mark.group)].prepend(mark.name);
    for (Mark& mark : marks) {
        const auto group = static_cast<std::size_t>(std::max(mark.group, 0));
        if (mark.group < 0 || namesEach(namings[group])) {
            mark.text = metrics.elidedText(mark.name, Qt::ElideMiddle, kWidestName);
            continue;
        }
        const QStringList names = std::exchange(members[group], {});
        mark.text = names.isEmpty() ? QString()
                                    : metrics.elidedText(familyName(names, namings[group] == Naming::Shortly),
                                        Qt::ElideMiddle, kWidestGroup);
    }
}

} // namespace

/// From the right: beside the last mark of a row there is room, and above it for those before. What was
/// measured first: it is what counts where there is not room for all.
std::vector<ParetoChart::Named> ParetoChart::namedMarks() const
{
    std::vector<Named> named;
    const QRectF area = plotArea();
    const auto collect = [&](std::vector<ParetoMark> marks, bool preset, bool measured) {
        std::stable_sort(marks.begin(), marks.end(),
            [](const ParetoMark& a, const ParetoMark& b) { return a.bytes > b.bytes; });
        for (const ParetoMark& mark : marks)
            if (const QPointF at = toPixel(mark.bytes, mark.harm); std::isfinite(mark.harm)
                && mark.measured == measured && isShown(mark, preset) && area.contains(at))
                named.push_back({at, mark.name});
    };
    collect(m_data.plans, false, true);
    collect(m_data.plans, false, false);
    const std::size_t plans = named.size();
    collect(m_data.presets, true, false);
    std::vector<FamilyMark> presets;
    for (std::size_t i = plans; i < named.size(); ++i)
        presets.push_back({named[i].at, named[i].name});
    const std::vector<int> groups = familyGroups(presets);
    for (std::size_t i = plans; i < named.size(); ++i)
        named[i].group = groups[i - plans];
    // The handle has no name, but is a mark: a name nearer to it than to its own needs a line.
    if (m_data.current && std::isfinite(m_data.current->harm) && !isExporting())
        named.push_back({handlePixel(), QString()});
    return named;
}

QPen ParetoChart::leaderPen() const
{
    return QPen(mix(theme().foreground, theme().background, 0.25), 1);
}

/// Places the names; a group with a mark that nobody names is named otherwise.
void ParetoChart::placeNames(std::vector<Named>& marks, const QFontMetricsF& metrics) const
{
    const std::vector<QRectF> obstacles = labelObstacles(metrics);
    std::vector<QPointF> line = sampledLine(staircase(m_data.frontier), kLineStep);
    std::erase_if(line, [&](QPointF point) { return !plotArea().contains(point); });
    // Above the frontier is room; below it a name would stand in what cannot be reached.
    const auto cost = [&](const QRectF& box) {
        const int best = bestStateOfSize(xAxis->pixelToCoord(box.center().x()));
        const double lowest = best < 0 ? HUGE_VAL : m_data.frontier[static_cast<std::size_t>(best)].harm;
        return yAxis->pixelToCoord(box.center().y()) < lowest ? kUnreachable : 0.0;
    };
    std::vector<Naming> namings(marks.size(), Naming::Each); // by group, of which there are fewer
    for (bool again = true; again;) {
        fillTexts(marks, namings, metrics);
        std::vector<QPointF> anchors;
        std::vector<QSizeF> sizes;
        std::vector<int> together;
        for (const Named& mark : marks) {
            anchors.push_back(mark.at);
            sizes.push_back(mark.text.isEmpty()
                    ? QSizeF()
                    : QSizeF(metrics.horizontalAdvance(mark.text) + 2, metrics.height()));
            const bool alone = mark.group < 0 || namesEach(namings[static_cast<std::size_t>(mark.group)]);
            together.push_back(alone ? -1 : mark.group);
        }
        const auto labels = labelMarks(
            anchors, sizes, plotArea().adjusted(2, 2, -2, -2), obstacles, kFarLabel, cost, together, line);
        std::vector<char> unnamed(namings.size(), 0);
        for (std::size_t i = 0; i < marks.size(); ++i) {
            marks[i].label = labels[i];
            if (marks[i].group >= 0 && !marks[i].text.isEmpty() && labels[i].box.isNull())
                unnamed[static_cast<std::size_t>(marks[i].group)] = 1;
        }
        again = false;
        for (std::size_t group = 0; group < namings.size(); ++group)
            if (unnamed[group] != 0 && namings[group] != Naming::AsFits) {
                namings[group] = after(namings[group]);
                again = true;
            }
    }
}

void ParetoChart::paintMarkLabels(QCPPainter& painter) const
{
    painter.setFont(smallFont());
    std::vector<Named> marks = namedMarks();
    placeNames(marks, QFontMetricsF(painter.font()));
    m_leaders.clear();
    m_labelBoxes.clear();
    m_labelNames.clear();
    painter.setPen(theme().foreground);
    for (const Named& mark : marks) {
        if (mark.label.box.isNull())
            continue; // the mouse and the table tell
        if (!mark.label.leader.isNull())
            m_leaders.push_back(mark.label.leader);
        m_labelBoxes.push_back(mark.label.box);
        m_labelNames << mark.text;
        painter.drawText(mark.label.box, Qt::AlignCenter | Qt::TextDontClip, mark.text);
    }
    painter.setPen(leaderPen());
    for (const QLineF& leader : m_leaders)
        painter.drawLine(leader);
}

} // namespace bitwright::views
