// Where MaximaChart writes token and channel of its massive activations.
#include "views/charts/label_geometry.h"
#include "views/charts/maxima_lines.h"

#include <QFontMetricsF>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>
#include <utility>

namespace bitwright::views {

namespace {
constexpr std::size_t kMostLabels = 16;
constexpr double kRing = 13; // of the ring around the current site, with its line
constexpr double kBeside = 8; // up to here from its rim a label needs no line to its mark
constexpr double kFarthest = 32; // a label that stands farther off would be read as another mark's
constexpr double kLeastLine = 6; // a shorter one is not seen
constexpr double kBeforeText = 2;
constexpr int kDirections = 24;
constexpr std::array kDistances{2.0, 5.0, 9.0, 14.0, 20.0, 26.0, kFarthest};

struct Rim
{
    QPointF at;
    double radius = 0;
};

int countIn(const std::vector<QPointF>& points, const QRectF& box)
{
    return static_cast<int>(std::count_if(
        points.begin(), points.end(), [&](const QPointF& point) { return box.contains(point); }));
}
} // namespace

struct MaximaChart::LabelScene
{
    std::vector<Rim> rims; // of marks and of the rings of sites
    std::vector<QPointF> strong; // along the lines that are drawn in full
    std::vector<QPointF> faint; // along the others, where a label is better than nowhere
    std::vector<QRectF> markers;
    std::vector<QRectF> boxes; // of labels
    std::vector<QLineF> leaders;
    QRectF bounds;

    // How much a label gives way to lines: not at all, of those drawn in full not, or everywhere.
    enum class Tolerance
    {
        None,
        Lines,
        Everything
    };
    // Tries all places around a mark; what they cost is their distance and what they cover.
    [[nodiscard]] std::optional<MarkLabel> placed(
        MarkLabel label, const QSizeF& size, Tolerance tolerance) const;
    [[nodiscard]] double ownRim(const QPointF& at) const;
    [[nodiscard]] double nearestOther(const QRectF& box, const QPointF& own) const; // from its rim
    [[nodiscard]] bool isFree(const QRectF& box, Tolerance tolerance) const;
    [[nodiscard]] std::optional<QLineF> leaderTo(const QRectF& box, const QPointF& own, double rim) const;
};

double MaximaChart::LabelScene::ownRim(const QPointF& at) const
{
    double radius = 0;
    for (const Rim& rim : rims)
        if (QLineF(rim.at, at).length() < 2)
            radius = std::max(radius, rim.radius);
    return radius;
}

double MaximaChart::LabelScene::nearestOther(const QRectF& box, const QPointF& own) const
{
    double nearest = 1e9;
    for (const Rim& rim : rims)
        if (QLineF(rim.at, own).length() >= 2)
            nearest = std::min(nearest, distanceOf(box, rim.at) - rim.radius);
    return nearest;
}

bool MaximaChart::LabelScene::isFree(const QRectF& box, Tolerance tolerance) const
{
    const auto meets = [&](const QRectF& other) { return other.intersects(box); };
    if (!bounds.contains(box) || std::any_of(boxes.begin(), boxes.end(), meets)
        || std::any_of(
            leaders.begin(), leaders.end(), [&](const QLineF& leader) { return crosses(leader, box); }))
        return false;
    if (tolerance != Tolerance::Everything && std::any_of(markers.begin(), markers.end(), meets))
        return false;
    return tolerance != Tolerance::None || countIn(strong, box.adjusted(-2, -2, 2, 2)) == 0;
}

// Nothing where it would be too short to be seen, or could be taken for the line to another mark.
std::optional<QLineF> MaximaChart::LabelScene::leaderTo(
    const QRectF& box, const QPointF& own, double rim) const
{
    const QPointF end(std::clamp(own.x(), box.left(), box.right()),
        std::clamp(own.y(), box.top() + 2, std::max(box.top() + 2, box.bottom() - 2)));
    const QPointF way = end - own;
    const double length = std::hypot(way.x(), way.y());
    if (length < rim + 1 + kLeastLine + kBeforeText)
        return std::nullopt;
    const QLineF line(own + way * ((rim + 1) / length), own + way * ((length - kBeforeText) / length));
    for (const Rim& other : rims)
        if (QLineF(other.at, own).length() >= 2 && distanceOf(line, other.at) < other.radius + 1)
            return std::nullopt;
    const bool cut
        = std::any_of(boxes.begin(), boxes.end(), [&](const QRectF& b) { return crosses(line, b); })
        || std::any_of(leaders.begin(), leaders.end(), [&](const QLineF& other) {
               return line.intersects(other, nullptr) == QLineF::BoundedIntersection;
           });
    return cut ? std::nullopt : std::optional(line);
}

std::optional<MaximaChart::MarkLabel> MaximaChart::LabelScene::placed(
    MarkLabel label, const QSizeF& size, Tolerance tolerance) const
{
    constexpr double kClear = 2, kClearOfLed = 4, kApart = 3; // of another mark
    constexpr double kLeaderCosts = 6, kLineCosts = 4;
    const double rim = ownRim(label.at);
    std::optional<MarkLabel> best;
    double least = 0;
    for (const double distance : kDistances)
        for (int k = 0; k < kDirections; ++k) {
            const double angle = 2 * std::numbers::pi * k / kDirections;
            const QPointF center = label.at
                + QPointF(std::cos(angle) * (rim + distance + size.width() / 2),
                    std::sin(angle) * (rim + distance + size.height() / 2));
            const QRectF box(center - QPointF(size.width() / 2, size.height() / 2), size);
            const double away = distanceOf(box, label.at) - rim;
            if (away < kClear - 0.5 || away > kFarthest || (best && away >= least) || !isFree(box, tolerance))
                continue;
            const double other = nearestOther(box, label.at);
            std::optional<QLineF> leader;
            if (other < kClear)
                continue;
            // Whoever reads a label takes it for the name of what is nearest.
            if (away > kBeside || other < away + kApart) {
                leader = leaderTo(box, label.at, rim);
                if (!leader || other < kClearOfLed)
                    continue;
            }
            const double price = away + (leader ? kLeaderCosts : 0)
                + kLineCosts * (countIn(faint, box) + countIn(strong, box));
            if (best && price >= least)
                continue;
            label.place = box;
            label.leader = leader.value_or(QLineF());
            best = label;
            least = price;
        }
    return best;
}

// A channel that is massive in twenty layers needs one label, at its largest value; the rest says so on
// hover. Where only a few sites have massive values, each of them is named.
std::vector<MaximaChart::MarkLabel> MaximaChart::labelledMarks(const std::vector<PlacedMark>& marks) const
{
    constexpr std::ptrdiff_t kFew = 6;
    const auto widthOf = [](const PlacedMark& placed) { return std::max(placed.star, placed.ring); };
    // A name that leads to what lies under another mark would be that one's.
    const auto isCovered = [&](const PlacedMark& placed) {
        return std::any_of(marks.begin(), marks.end(), [&](const PlacedMark& other) {
            return other.mark->channel != placed.mark->channel && widthOf(other) > widthOf(placed)
                && QLineF(other.at, placed.at).length() < widthOf(other) + 2;
        });
    };
    std::map<int, const PlacedMark*> largest;
    for (const PlacedMark& placed : marks) {
        if (!placed.strong && isCovered(placed))
            continue;
        const PlacedMark*& best = largest[placed.mark->channel];
        // Of the pinned channel the largest one is named, of whatever kind its site is.
        const bool better = best == nullptr || (!placed.strong && best->faint && !placed.faint)
            || ((placed.strong || best->faint == placed.faint)
                && std::abs(placed.mark->value) > std::abs(best->mark->value));
        if (better)
            best = &placed;
    }
    const bool few = std::count_if(marks.begin(), marks.end(), [](const PlacedMark& placed) {
        return placed.leading && !placed.faint;
    }) <= kFew;
    std::vector<const PlacedMark*> chosen;
    for (const PlacedMark& placed : marks) {
        const bool ofItsChannel = largest[placed.mark->channel] == &placed;
        const bool meant = !placed.faint || placed.strong; // of the other kinds, the mouse tells
        if (placed.mark->channel >= 0 && meant && (ofItsChannel || (few && placed.leading)))
            chosen.push_back(&placed);
    }
    std::stable_sort(chosen.begin(), chosen.end(), [](const auto* a, const auto* b) {
        return std::pair(a->strong, std::abs(a->mark->value))
            > std::pair(b->strong, std::abs(b->mark->value));
    });
    if (chosen.size() > kMostLabels)
        chosen.resize(kMostLabels);
    const bool brief = plotArea().width() < 520;
    std::vector<MarkLabel> labels;
    for (const PlacedMark* placed : chosen)
        labels.push_back({placed->mark, placed->at,
            brief ? tr("ch %1").arg(formatCount(placed->mark->channel)) : markLabel(*placed->mark), {}, {}});
    return labels;
}

// Markers of lines, and points along them.
void MaximaChart::addMarkerObstacles(const MaximaDump& dump, LabelScene& scene) const
{
    constexpr double kMarker = 4, kStep = 6;
    const QStringList strong = emphasizedGroups();
    for (const QString& group : m_groups) {
        if (!isLegendKeyShown(maximaGroupKey(group)))
            continue;
        const bool full = strong.contains(group);
        for (const int line : shownLines(full)) {
            std::optional<QPointF> last;
            for (const MaximaSite& site : dump.sites) {
                const auto value = maximaValue(site, line);
                if (site.group != group || !value || !(*value > 0 || !isLogarithmic(Qt::Vertical)))
                    continue;
                const QPointF p = toPixel(site.position(), *value), way = p - last.value_or(p);
                const int steps = std::clamp(static_cast<int>(way.manhattanLength() / kStep), 1, 60);
                for (int k = 1; k <= steps; ++k)
                    (full ? scene.strong : scene.faint).push_back(last.value_or(p) + way * k / steps);
                if (line != kRmsLine || !full)
                    scene.markers.emplace_back(p.x() - kMarker, p.y() - kMarker, 2 * kMarker, 2 * kMarker);
                last = p;
            }
        }
    }
}

MaximaChart::LabelScene MaximaChart::labelScene(const std::vector<PlacedMark>& marks) const
{
    LabelScene scene;
    scene.bounds = plotArea().adjusted(2, 2, -2, -2);
    for (const PlacedMark& placed : marks)
        scene.rims.push_back({placed.at, placed.rim()});
    for (const int site : m_selectedSites)
        if (const auto at = sitePixel(site, 0))
            scene.rims.push_back({*at, kRing});
    if (const auto at = sitePixel(m_currentSite, m_currentDump))
        scene.rims.push_back({*at, kRing});
    for (std::size_t d = 0; d < m_data.dumps.size(); ++d)
        if (isLegendKeyShown(maximaDumpKey(static_cast<int>(d))))
            addMarkerObstacles(m_data.dumps[d], scene);
    return scene;
}

// One whose full text finds no place tries the channel alone. The first, that of the pinned channel or of the
// largest value, rather covers lines than stays away.
std::vector<MaximaChart::MarkLabel> MaximaChart::placedMarkLabels(const std::vector<PlacedMark>& marks) const
{
    using Tolerance = LabelScene::Tolerance;
    std::vector<MarkLabel> found;
    LabelScene scene = labelScene(marks);
    const QFontMetricsF metrics(smallFont());
    bool isFirst = true;
    for (const MarkLabel& label : labelledMarks(marks)) {
        const QString channel = tr("ch %1").arg(formatCount(label.mark->channel));
        std::vector<std::pair<QString, Tolerance>> tries{
            {label.text, Tolerance::None}, {channel, Tolerance::None}};
        if (std::exchange(isFirst, false))
            tries.insert(tries.end(), {{channel, Tolerance::Lines}, {channel, Tolerance::Everything}});
        for (const auto& [text, tolerance] : tries) {
            MarkLabel wanted = label;
            wanted.text = text;
            const QSizeF size(metrics.horizontalAdvance(text) + 2, metrics.height());
            const auto placed = scene.placed(wanted, size, tolerance);
            if (!placed)
                continue;
            scene.boxes.push_back(placed->place);
            if (!placed->leader.isNull())
                scene.leaders.push_back(placed->leader);
            found.push_back(*placed);
            break;
        }
    }
    return found;
}

QStringList MaximaChart::markLabels() const
{
    QStringList texts;
    for (const MarkLabel& label : placedMarkLabels(visibleMarks()))
        texts << label.text;
    return texts;
}

void MaximaChart::paintMarkLabels(QCPPainter& painter, const std::vector<PlacedMark>& marks) const
{
    painter.setFont(smallFont());
    QColor halo = theme().background;
    halo.setAlphaF(0.85F);
    for (const MarkLabel& label : placedMarkLabels(marks)) {
        painter.setPen(QPen(theme().muted, 1));
        if (!label.leader.isNull())
            painter.drawLine(label.leader);
        painter.fillRect(label.place, halo);
        const bool current = label.mark->channel == m_currentChannel;
        painter.setPen(current ? theme().accent : theme().foreground);
        painter.drawText(label.place, Qt::AlignCenter, label.text);
    }
}

} // namespace bitwright::views
