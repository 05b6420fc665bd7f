#include "views/charts/mark_labels.h"

#include "views/charts/label_geometry.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

namespace bitwright::views {

namespace {
constexpr double kMark = 5; // half the side of a mark
constexpr double kBeside = 10; // up to here a label needs no line
constexpr double kBeforeText = 3; // where a line ends
constexpr double kLeastLine = 7; // a shorter one is not seen
constexpr double kSideBySide = 30; // of the marks of a group
constexpr double kClear = 9; // of another mark: from a label that is led to its own
constexpr double kPass = 7; // of another mark: from a line
constexpr double kApart = 5; // how much farther another mark must be from a name that no line leads to
constexpr double kAnothers = 30; // what a label gives not to end nearer to another mark than to its own
constexpr double kOnLine = 2; // from a line that a leader would run along
constexpr int kDirections = 24;
constexpr std::array kDistances{8.0, 13.0, 19.0, 26.0, 34.0, 43.0, 53.0};

QPointF nearestOf(const QRectF& box, QPointF to)
{
    return {std::clamp(to.x(), box.left(), box.right()),
        std::clamp(
            to.y(), std::min(box.top() + 3, box.center().y()), std::max(box.bottom() - 3, box.center().y()))};
}

/// More than to cross it takes.
bool runsAlong(const QLineF& leader, std::span<const QPointF> line)
{
    const auto touched = std::count_if(
        line.begin(), line.end(), [&](QPointF point) { return distanceOf(leader, point) < kOnLine; });
    return touched > 2 && static_cast<double>(touched) * 3 > 0.4 * leader.length();
}

struct Scene
{
    std::span<const QPointF> marks;
    std::span<const int> groups;
    std::vector<MarkLabel> placed;

    [[nodiscard]] bool together(std::size_t a, std::size_t b) const
    {
        return !groups.empty() && groups[a] >= 0 && groups[a] == groups[b];
    }

    /// Whether a mark of another name is nearer to the label than its own.
    [[nodiscard]] bool nearerToAnother(const QRectF& box, std::size_t own) const
    {
        const double distance = distanceOf(box, marks[own]);
        for (std::size_t i = 0; i < marks.size(); ++i)
            if (i != own && !together(i, own) && QLineF(marks[i], marks[own]).length() >= 2
                && distanceOf(box, marks[i]) < distance)
                return true;
        return false;
    }

    /// Whether `label` can only be read as the name of mark `own`.
    [[nodiscard]] bool reads(const MarkLabel& label, std::size_t own) const
    {
        const double distance = distanceOf(label.box, marks[own]);
        for (std::size_t i = 0; i < marks.size(); ++i) {
            const double other = distanceOf(label.box, marks[i]);
            // Marks in one place have their names in one place.
            const bool here = i == own || QLineF(marks[i], marks[own]).length() < 2;
            const bool same = here || together(i, own);
            if (other <= kMark || (!same && other < std::min(distance, kClear)))
                return false;
            if (!same && label.leader.isNull() && other < distance + kApart)
                return false;
            if (!here && !label.leader.isNull() && distanceOf(label.leader, marks[i]) < kPass
                && distanceOf(label.leader, marks[i]) < QLineF(marks[i], marks[own]).length() - 0.5)
                return false;
        }
        return std::none_of(placed.begin(), placed.end(), [&](const MarkLabel& other) {
            return !other.box.isNull()
                && (other.box.intersects(label.box)
                    || (!label.leader.isNull() && crosses(label.leader, other.box))
                    || (!other.leader.isNull() && crosses(other.leader, label.box))
                    || (!label.leader.isNull() && !other.leader.isNull()
                        && label.leader.intersects(other.leader, nullptr) == QLineF::BoundedIntersection));
        });
    }
};

QLineF leaderTo(const QRectF& box, QPointF mark)
{
    const QPointF end = nearestOf(box, mark), way = end - mark;
    const QPointF step = way / std::hypot(way.x(), way.y());
    QPointF stop = end;
    while (distanceOf(box, stop) < kBeforeText && QPointF::dotProduct(stop - mark, step) > kMark)
        stop -= 0.25 * step;
    return {mark + step * kMark, stop};
}

MarkLabel labelAt(QPointF mark, QSizeF size, double direction, double distance)
{
    const double x = std::cos(direction), y = std::sin(direction);
    const QPointF center
        = mark + QPointF(x * (distance + size.width() / 2), y * (distance + size.height() / 2));
    MarkLabel label;
    label.box = QRectF(center - QPointF(size.width() / 2, size.height() / 2), size);
    if (distanceOf(label.box, mark) > kBeside)
        label.leader = leaderTo(label.box, mark);
    return label;
}
} // namespace

std::vector<MarkLabel> labelMarks(std::span<const QPointF> marks, std::span<const QSizeF> sizes,
    const QRectF& bounds, std::span<const QRectF> obstacles, double reach,
    const std::function<double(const QRectF&)>& cost, std::span<const int> groups,
    std::span<const QPointF> line)
{
    constexpr double kLed = kMark + kLeastLine + kBeforeText; // from here on a line can be drawn
    Scene scene{marks, groups, {}};
    for (std::size_t i = 0; i < marks.size(); ++i) {
        if (sizes[i].isEmpty()) {
            scene.placed.emplace_back();
            continue;
        }
        const QRectF around = QRectF(marks[i], marks[i])
                                  .adjusted(-reach - sizes[i].width(), -reach - sizes[i].height(),
                                      reach + sizes[i].width(), reach + sizes[i].height());
        std::vector<QRectF> near;
        std::copy_if(obstacles.begin(), obstacles.end(), std::back_inserter(near),
            [&](const QRectF& obstacle) { return obstacle.intersects(around); });
        std::vector<QPointF> points;
        std::copy_if(line.begin(), line.end(), std::back_inserter(points),
            [&](QPointF point) { return QLineF(point, marks[i]).length() < reach + kMark; });
        std::optional<MarkLabel> best;
        double least = 0;
        for (const double distance : kDistances)
            for (int k = 0; k < kDirections; ++k) {
                MarkLabel label
                    = labelAt(marks[i], sizes[i], 2 * std::numbers::pi * k / kDirections, distance);
                const double away = distanceOf(label.box, marks[i]);
                double price = away + (cost ? cost(label.box) : 0);
                const bool faint = !label.leader.isNull() && away < kLed;
                if (faint || away > reach || (best && price >= least) || !bounds.contains(label.box)
                    || std::any_of(near.begin(), near.end(),
                        [&](const QRectF& obstacle) { return obstacle.intersects(label.box); }))
                    continue;
                if (!scene.reads(label, i)) {
                    // Even beside its mark a name may need a line, where others stand near.
                    if (!label.leader.isNull() || away < kLed)
                        continue;
                    label.leader = leaderTo(label.box, marks[i]);
                    if (!scene.reads(label, i))
                        continue;
                }
                price += scene.nearerToAnother(label.box, i) ? kAnothers : 0;
                if ((best && price >= least) || (!label.leader.isNull() && runsAlong(label.leader, points)))
                    continue;
                best = label;
                least = price;
            }
        scene.placed.push_back(best.value_or(MarkLabel{}));
    }
    return scene.placed;
}

namespace {
/// "int2-sym" of "int2-sym-g64"; empty without such parts.
QString familyOf(const QString& name)
{
    return name.left(std::max<qsizetype>(name.lastIndexOf(u'-'), 0));
}
} // namespace

std::vector<int> familyGroups(std::span<const FamilyMark> marks)
{
    std::vector<int> groups(marks.size(), -1);
    int next = 0;
    for (std::size_t i = 1; i < marks.size(); ++i) {
        const QString family = familyOf(marks[i].name);
        if (family.isEmpty() || family != familyOf(marks[i - 1].name)
            || QLineF(marks[i].at, marks[i - 1].at).length() > kSideBySide)
            continue;
        if (groups[i - 1] < 0)
            groups[i - 1] = next++;
        groups[i] = groups[i - 1];
    }
    return groups;
}

QString familyName(const QStringList& names, bool shortly)
{
    const QString family = familyOf(names.value(0));
    QStringList members;
    for (const QString& name : names)
        members << name.mid(family.size() + 1);
    return shortly ? family : QStringLiteral("%1: %2").arg(family, members.join(QStringLiteral(", ")));
}

std::vector<QPointF> sampledLine(const QPolygonF& line, double step)
{
    std::vector<QPointF> points;
    double left = 0; // to the next point
    for (qsizetype i = 1; i < line.size(); ++i) {
        const QLineF part(line[i - 1], line[i]);
        double at = left;
        for (; at < part.length(); at += step)
            points.push_back(part.pointAt(at / part.length()));
        left = at - part.length();
    }
    return points;
}

} // namespace bitwright::views
