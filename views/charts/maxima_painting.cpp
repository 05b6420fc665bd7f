// How MaximaChart draws: faint kinds first, then the emphasized ones with their three lines, then the marks.
#include "views/charts/maxima_lines.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

namespace bitwright::views {

namespace {
constexpr int kManySites = 60; // of a line: smaller markers
bool isDrawable(const std::optional<double>& value, bool logarithmic)
{
    return value && std::isfinite(*value) && (*value > 0 || !logarithmic);
}
} // namespace

// Sites of one group in order of their place make one line; an unknown value breaks it.
void MaximaChart::paintLine(QCPPainter& painter, int dump, int group, int statistic, bool emphasized) const
{
    const CategoryStyle style = categoryStyle(group, theme());
    std::vector<const MaximaSite*> line;
    for (const MaximaSite& site : m_data.dumps[static_cast<std::size_t>(dump)].sites)
        if (site.group == m_groups[group])
            line.push_back(&site);
    const QColor color = emphasized || line.size() == 1 // a lone point has nothing to recede behind
        ? maximaReadable(style.color, theme())
        : maximaFaintColor(style.color, theme());
    // Not every marker can be hollow.
    const Marker marker = statistic == kQuantileLine ? Marker::Circle : style.marker;
    std::stable_sort(
        line.begin(), line.end(), [](const auto* a, const auto* b) { return a->position() < b->position(); });
    QPolygonF points;
    QList<bool> starred; // a massive mark stands there
    const double step = stepOf(dump, m_groups[group]);
    const auto flush = [&] {
        painter.setPen(QPen(color, emphasized ? maximaLineWidth(statistic) : kMaximaFaintWidth,
            dump == 0 ? Qt::SolidLine : Qt::DashLine, Qt::RoundCap, Qt::RoundJoin));
        if (points.size() > 1)
            painter.drawPolyline(points);
        const double most = static_cast<int>(line.size()) > kManySites ? 2.0 : emphasized ? 3.2 : 2.9;
        const double radius = std::min(most, std::max(1.2, 0.4 * step));
        for (qsizetype i = 0; i < points.size(); ++i)
            if (!starred[i] && (points.size() == 1 || !emphasized || statistic != kRmsLine))
                paintMarker(painter, marker, points[i], statistic == kQuantileLine ? radius * 0.8 : radius,
                    color, statistic == kQuantileLine);
        points.clear();
        starred.clear();
    };
    for (const MaximaSite* site : line) {
        const auto value = maximaValue(*site, statistic);
        if (!isDrawable(value, isLogarithmic(Qt::Vertical))) {
            flush();
            continue;
        }
        const auto index = static_cast<int>(site - m_data.dumps[static_cast<std::size_t>(dump)].sites.data());
        points << toPixel(site->position(), *value);
        starred << (statistic == kMaximumLine && m_starred.contains({dump, index}));
    }
    flush();
}

void MaximaChart::paintGroups(QCPPainter& painter, bool emphasized)
{
    const QStringList strong = emphasizedGroups();
    for (const int line : shownLines(emphasized))
        for (int d = static_cast<int>(m_data.dumps.size()) - 1; d >= 0; --d)
            for (int g = 0; g < m_groups.size(); ++g)
                if (strong.contains(m_groups[g]) == emphasized
                    && isLegendKeyShown(maximaGroupKey(m_groups[g])) && isLegendKeyShown(maximaDumpKey(d)))
                    paintLine(painter, d, g, line, emphasized);
}

// Unknown is hatched where a site stands but nothing about it is known; NaN is a magenta cross.
void MaximaChart::paintUnknown(QCPPainter& painter) const
{
    for (const MaximaDump& dump : m_data.dumps)
        for (const MaximaSite& site : dump.sites) {
            const double x = xAxis->coordToPixel(site.position());
            const double foot = plotArea().bottom() - 6;
            if (site.nonFinite)
                paintNanCross(painter, QRectF(x - 6, foot - 8, 12, 12), theme());
            else if (!site.maximum && !site.quantile999 && !site.rms)
                paintHatch(painter, QRectF(x - 5, foot - 4, 10, 8), theme());
        }
}

void MaximaChart::paintData(QCPPainter& painter)
{
    m_starred.clear();
    for (const PlacedMark& placed : visibleMarks())
        if (placed.leading)
            m_starred.insert({placed.dump, placed.mark->site});
    paintGroups(painter, false);
    paintGroups(painter, true);
    paintUnknown(painter);
    paintMarks(painter);
}

// --- Massive activations ---

QString MaximaChart::markLabel(const MassiveMark& mark) const
{
    QString token = tr("token %1").arg(formatCount(mark.token));
    if (!mark.tokenText.isEmpty())
        token = tr("%1 \u201c%2\u201d").arg(token, mark.tokenText);
    else if (mark.tokenId)
        token += tr(" (id %1)").arg(*mark.tokenId);
    return mark.channel < 0 ? token : tr("%1, ch %2").arg(token, formatCount(mark.channel));
}

std::vector<MaximaChart::PlacedMark> MaximaChart::visibleMarks() const
{
    const QStringList strong = emphasizedGroups();
    std::vector<PlacedMark> marks;
    for (int d = 0; d < static_cast<int>(m_data.dumps.size()); ++d) {
        const MaximaDump& dump = m_data.dumps[static_cast<std::size_t>(d)];
        std::map<int, double> largest; // of every site: it stands out, further channels are small
        for (const MassiveMark& mark : dump.massive)
            largest[mark.site] = std::max(largest[mark.site], std::abs(mark.value));
        for (const MassiveMark& mark : dump.massive) {
            if (!isShown(mark, d))
                continue;
            const QPointF at = markPixel(mark, d);
            const QString& group = dump.sites[static_cast<std::size_t>(mark.site)].group;
            if (plotArea().adjusted(-8, -8, 8, 8).contains(at))
                marks.push_back(
                    {&mark, group, at, !strong.contains(group), std::abs(mark.value) >= largest[mark.site], d,
                        m_currentChannel >= 0 && mark.channel == m_currentChannel});
        }
    }
    chooseWhole(marks);
    sizeMarks(marks);
    return marks;
}

// The one that is looked for is not made small: the largest of the pinned channel, or of all.
void MaximaChart::chooseWhole(std::vector<PlacedMark>& marks) const
{
    const auto most
        = std::max_element(marks.begin(), marks.end(), [](const PlacedMark& a, const PlacedMark& b) {
              return std::tuple(a.strong, !a.faint, std::abs(a.mark->value))
                  < std::tuple(b.strong, !b.faint, std::abs(b.mark->value));
          });
    if (most != marks.end())
        most->whole = true;
    for (PlacedMark& placed : marks)
        placed.whole = placed.whole
            || (placed.strong && placed.dump == m_currentDump && placed.mark->site == m_currentSite);
}

double MaximaChart::stepOf(int dump, const QString& group) const
{
    std::vector<double> places;
    for (const MaximaSite& site : m_data.dumps[static_cast<std::size_t>(dump)].sites)
        if (site.group == group)
            places.push_back(site.position());
    std::sort(places.begin(), places.end());
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; i < places.size(); ++i)
        if (const double step = places[i] - places[i - 1]; step > 0)
            least = std::min(least, step);
    return std::isfinite(least) ? xAxis->coordToPixel(least) - xAxis->coordToPixel(0) : least;
}

namespace {
constexpr double kStarPoints = 1.4; // of a star's radius
constexpr double kStarWidth = 1.34; // half of it, of its radius

/// Of the points of a star.
double aroundStar(double radius)
{
    return kStarPoints * radius + 2;
}
} // namespace

// A mark is no wider than the step to its neighbor, if its star and its ring can still be told: what it is
// says the same at every size.
void MaximaChart::sizeMarks(std::vector<PlacedMark>& marks) const
{
    constexpr std::ptrdiff_t kCrowd = 12;
    constexpr double kBetween = 0.8, kLeastInRing = 1.3, kLeastRing = 3.2, kOthers = 0.8;
    const bool crowded = std::count_if(marks.begin(), marks.end(), [](const PlacedMark& placed) {
        return placed.leading && !placed.faint;
    }) > kCrowd;
    std::map<std::pair<int, QString>, double> steps;
    for (PlacedMark& placed : marks) {
        const auto [step, isNew] = steps.try_emplace({placed.dump, placed.group}, 0);
        if (isNew)
            step->second = stepOf(placed.dump, placed.group);
        const bool bySite = placed.mark->bySite && isLegendKeyShown(kMassiveSiteKey);
        const bool byToken = placed.mark->byToken && isLegendKeyShown(kMassiveTokenKey);
        double star = placed.strong || placed.whole ? 4.6
            : placed.faint || !placed.leading       ? 2.4
            : crowded                               ? 3.0
                                                    : 4.0;
        double ring = aroundStar(star);
        const double half = (step->second - kBetween) / 2;
        placed.isTight = ring > half;
        if (placed.isTight && !placed.whole) {
            const double room = half * (placed.strong || !placed.leading ? 1 : kOthers);
            ring = std::max(room, bySite ? kLeastRing : 1.2);
            const double inside = std::max((ring - 1.6) / kStarPoints, kLeastInRing);
            star = std::min(star, byToken ? inside : std::max(room / kStarWidth, 0.9));
        }
        placed.star = bySite ? star : 0;
        placed.ring = byToken ? ring : 0;
    }
}

double MaximaChart::markWidth(int mark, int dump) const
{
    const MassiveMark* wanted
        = &m_data.dumps[static_cast<std::size_t>(dump)].massive[static_cast<std::size_t>(mark)];
    for (const PlacedMark& placed : visibleMarks())
        if (placed.mark == wanted)
            return 2 * std::max(kStarWidth * placed.star, placed.ring);
    return 0;
}

std::pair<bool, bool> MaximaChart::markSigns(int mark, int dump) const
{
    const MassiveMark* wanted
        = &m_data.dumps[static_cast<std::size_t>(dump)].massive[static_cast<std::size_t>(mark)];
    for (const PlacedMark& placed : visibleMarks())
        if (placed.mark == wanted)
            return {placed.star > 0, placed.ring > 0};
    return {false, false};
}

// A star is massive in its site, a ring in its token, a star in a ring both; in the color of its site.
void MaximaChart::paintMark(QCPPainter& painter, const PlacedMark& placed) const
{
    const QColor own = categoryStyle(static_cast<int>(m_groups.indexOf(placed.group)), theme()).color;
    // Upon their own line, stars need more contrast than in room of their own.
    const double darker = placed.isTight && !placed.whole && placed.ring == 0 ? 0.6 : 0.3;
    const QColor color = placed.faint && !placed.strong ? maximaFaintMarkColor(own, theme())
                                                        : mix(own, theme().foreground, darker);
    if (placed.star > 0)
        paintMarker(painter, Marker::Star, placed.at, placed.star, color, false);
    if (placed.ring > 0)
        paintMarker(painter, Marker::Circle, placed.at, placed.ring, color, true);
}

// The line's own mark and smaller channels would run into a star. Where stars stand side by side, the line
// under them would be gone: they stay upon it.
void MaximaChart::clearRoom(QCPPainter& painter, const PlacedMark& placed) const
{
    if (!placed.leading || (placed.isTight && !placed.whole && placed.ring == 0))
        return;
    const double around = placed.isTight && !placed.whole ? placed.ring : aroundStar(placed.star);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().background);
    painter.drawEllipse(placed.at, std::max(around, placed.ring), std::max(around, placed.ring));
    painter.setBrush(Qt::NoBrush);
}

void MaximaChart::paintMarks(QCPPainter& painter)
{
    auto marks = visibleMarks();
    // What matters more is never covered: what is looked for, the pinned channel, what leads its site, the
    // larger value.
    std::stable_sort(marks.begin(), marks.end(), [](const PlacedMark& a, const PlacedMark& b) {
        return std::tuple(a.whole, a.strong, a.leading, std::abs(a.mark->value))
            < std::tuple(b.whole, b.strong, b.leading, std::abs(b.mark->value));
    });
    // All room is made first, so that none cuts its neighbor, except by those that are drawn whole.
    for (const bool whole : {false, true}) {
        for (const PlacedMark& placed : marks)
            if (placed.whole == whole)
                clearRoom(painter, placed);
        for (const PlacedMark& placed : marks)
            if (placed.whole == whole)
                paintMark(painter, placed);
    }
    if (!marks.empty())
        paintMarkLabels(painter, marks);
}

void MaximaChart::paintOverlay(QCPPainter& painter)
{
    const auto ring = [&](int site, int dump, const QColor& color) {
        if (const auto at = sitePixel(site, dump)) {
            constexpr double kRadius = 12; // around the largest mark
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme().background, 3));
            painter.drawEllipse(*at, kRadius, kRadius);
            painter.setPen(QPen(color, 2));
            painter.drawEllipse(*at, kRadius, kRadius);
        }
    };
    for (const int site : m_selectedSites)
        if (!m_data.dumps.empty() && site < static_cast<int>(m_data.dumps[0].sites.size())
            && isLegendKeyShown(maximaGroupKey(m_data.dumps[0].sites[static_cast<std::size_t>(site)].group)))
            ring(site, 0, mix(theme().accent, theme().background, 0.35));
    ring(m_currentSite, m_currentDump, theme().accent);
    if (m_hover.site >= 0)
        ring(m_hover.site, m_hover.dump, theme().muted);
}

} // namespace bitwright::views
