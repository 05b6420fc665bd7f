// How MaximaChart draws: faint kinds first, then the emphasized ones with their three lines, then the marks.
#include "views/charts/maxima_lines.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace bitwright::views {

namespace {
constexpr int kManySites = 60; // of a line: smaller markers
constexpr std::size_t kMostLabels = 16;

// A label that stands away from its mark would be read as another mark's.
bool isFar(const QRectF& label, const QPointF& mark)
{
    constexpr double kFarthest = 34;
    const double dx = std::max({label.left() - mark.x(), mark.x() - label.right(), 0.0});
    const double dy = std::max({label.top() - mark.y(), mark.y() - label.bottom(), 0.0});
    return std::hypot(dx, dy) > kFarthest;
}

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
    const auto flush = [&] {
        painter.setPen(QPen(color, emphasized ? maximaLineWidth(statistic) : kMaximaFaintWidth,
            dump == 0 ? Qt::SolidLine : Qt::DashLine, Qt::RoundCap, Qt::RoundJoin));
        if (points.size() > 1)
            painter.drawPolyline(points);
        const double radius = static_cast<int>(line.size()) > kManySites ? 2.0 : 3.2;
        for (const QPointF& p : points)
            if (points.size() == 1 || !emphasized || statistic != kRmsLine)
                paintMarker(painter, marker, p, statistic == kQuantileLine ? radius * 0.8 : radius, color,
                    statistic == kQuantileLine);
        points.clear();
    };
    for (const MaximaSite* site : line) {
        const auto value = maximaValue(*site, statistic);
        if (isDrawable(value, isLogarithmic(Qt::Vertical)))
            points << toPixel(site->position(), *value);
        else
            flush();
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
        token += QStringLiteral(" \u201c%1\u201d").arg(mark.tokenText);
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
                    {&mark, group, at, !strong.contains(group), std::abs(mark.value) >= largest[mark.site]});
        }
    }
    constexpr std::ptrdiff_t kCrowd = 12;
    const bool crowded = std::count_if(marks.begin(), marks.end(), [](const PlacedMark& placed) {
        return placed.leading && !placed.faint;
    }) > kCrowd;
    for (PlacedMark& placed : marks)
        placed.crowded = crowded;
    return marks;
}

double MaximaChart::radiusOf(const PlacedMark& placed, bool strong)
{
    return strong ? 4.6 : placed.faint || !placed.leading ? 2.4 : placed.crowded ? 3.0 : 4.0;
}

namespace {
/// Of the points of a star.
double aroundStar(double radius)
{
    return 1.4 * radius + 2;
}
} // namespace

// A star is massive in its site, a ring in its token, a star in a ring both; in the color of its site.
void MaximaChart::paintMark(QCPPainter& painter, const PlacedMark& placed, bool strong) const
{
    const QColor own = categoryStyle(static_cast<int>(m_groups.indexOf(placed.group)), theme()).color;
    const QColor color
        = placed.faint && !strong ? maximaFaintColor(own, theme()) : mix(own, theme().foreground, 0.3);
    const double radius = radiusOf(placed, strong), around = aroundStar(radius);
    if (placed.mark->bySite && isLegendKeyShown(kMassiveSiteKey))
        paintMarker(painter, Marker::Star, placed.at, radius, color, false);
    if (placed.mark->byToken && isLegendKeyShown(kMassiveTokenKey))
        paintMarker(painter, Marker::Circle, placed.at, around, color, true);
}

void MaximaChart::paintMarks(QCPPainter& painter)
{
    auto marks = visibleMarks();
    const auto isStrong = [this](const PlacedMark& placed) {
        return m_currentChannel >= 0 && placed.mark->channel == m_currentChannel;
    };
    // What matters more is never covered: the pinned channel, what leads its site, the larger value.
    std::stable_sort(marks.begin(), marks.end(), [&](const PlacedMark& a, const PlacedMark& b) {
        return std::tuple(isStrong(a), a.leading, std::abs(a.mark->value))
            < std::tuple(isStrong(b), b.leading, std::abs(b.mark->value));
    });
    // The line's own mark and smaller channels would run into a star: all room is made first, so that none
    // cuts its neighbor.
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().background);
    for (const PlacedMark& placed : marks)
        if (const double around = aroundStar(radiusOf(placed, isStrong(placed))); placed.leading)
            painter.drawEllipse(placed.at, around, around);
    painter.setBrush(Qt::NoBrush);
    for (const PlacedMark& placed : marks)
        paintMark(painter, placed, isStrong(placed));
    if (!marks.empty())
        paintMarkLabels(painter, marks);
}

// A channel that is massive in twenty layers needs one label, at its largest value; the rest says so on
// hover. Where only a few sites have massive values, each of them is named.
std::vector<MaximaChart::MarkLabel> MaximaChart::labelledMarks(const std::vector<PlacedMark>& marks) const
{
    constexpr std::ptrdiff_t kFew = 6;
    std::map<int, const PlacedMark*> largest;
    for (const PlacedMark& placed : marks) {
        const PlacedMark*& best = largest[placed.mark->channel];
        const bool better = best == nullptr || (best->faint && !placed.faint)
            || (best->faint == placed.faint && std::abs(placed.mark->value) > std::abs(best->mark->value));
        if (better)
            best = &placed;
    }
    const bool few = std::count_if(marks.begin(), marks.end(), [](const PlacedMark& placed) {
        return placed.leading && !placed.faint;
    }) <= kFew;
    const auto isCurrent = [this](const PlacedMark* p) { return p->mark->channel == m_currentChannel; };
    std::vector<const PlacedMark*> chosen;
    for (const PlacedMark& placed : marks) {
        const bool ofItsChannel = largest[placed.mark->channel] == &placed;
        const bool meant = !placed.faint || isCurrent(&placed); // of the other kinds, the mouse tells
        if (placed.mark->channel >= 0 && meant && (ofItsChannel || (few && placed.leading)))
            chosen.push_back(&placed);
    }
    std::stable_sort(chosen.begin(), chosen.end(), [&](const auto* a, const auto* b) {
        return std::pair(isCurrent(a), std::abs(a->mark->value))
            > std::pair(isCurrent(b), std::abs(b->mark->value));
    });
    if (chosen.size() > kMostLabels)
        chosen.resize(kMostLabels);
    const bool brief = plotArea().width() < 520;
    std::vector<MarkLabel> labels;
    for (const PlacedMark* placed : chosen)
        labels.push_back({placed->mark, placed->at,
            brief ? tr("ch %1").arg(formatCount(placed->mark->channel)) : markLabel(*placed->mark), {}});
    return labels;
}

// Labels keep off the marks, the strong lines (sampled, they are obstacles) and each other. One whose full
// text finds no place tries the channel alone.
std::vector<MaximaChart::MarkLabel> MaximaChart::placedMarkLabels(const std::vector<PlacedMark>& marks) const
{
    std::vector<MarkLabel> labels = labelledMarks(marks);
    std::vector<QRectF> obstacles;
    for (const PlacedMark& placed : marks)
        obstacles.push_back(QRectF(placed.at.x() - 7, placed.at.y() - 7, 14, 14));
    for (const MaximaDump& dump : m_data.dumps)
        for (const QString& group : emphasizedGroups())
            addLineObstacles(dump, group, obstacles);
    const QFontMetricsF metrics(smallFont());
    const QRectF bounds = plotArea().adjusted(2, 2, -2, -2);
    for (MarkLabel& label : labels) {
        const QString channel = tr("ch %1").arg(formatCount(label.mark->channel));
        for (const QString& text : {label.text, channel}) {
            const QSizeF size(metrics.horizontalAdvance(text) + 2, metrics.height());
            const QRectF place
                = placeLabels(std::span(&label.at, 1), std::span(&size, 1), bounds, 13, obstacles)[0];
            if (place.isNull() || isFar(place, label.at))
                continue;
            label.text = text;
            label.place = place;
            obstacles.push_back(place);
            break;
        }
    }
    std::erase_if(labels, [](const MarkLabel& label) { return label.place.isNull(); });
    return labels;
}

QStringList MaximaChart::markLabels() const
{
    QStringList texts;
    for (const MarkLabel& label : placedMarkLabels(visibleMarks()))
        texts << label.text;
    return texts;
}

// From a label that could not stand right at its mark.
void MaximaChart::paintLeader(QCPPainter& painter, const MarkLabel& label) const
{
    constexpr double kRadius = 8, kLeast = 6; // of the mark; and of a line worth drawing
    const QPointF near(std::clamp(label.at.x(), label.place.left(), label.place.right()),
        std::clamp(label.at.y(), label.place.top(), label.place.bottom()));
    const QPointF way = near - label.at;
    const double length = std::hypot(way.x(), way.y());
    if (length < kRadius + kLeast)
        return;
    painter.setPen(QPen(theme().muted, 1));
    painter.drawLine(label.at + way * (kRadius / length), near);
}

void MaximaChart::paintMarkLabels(QCPPainter& painter, const std::vector<PlacedMark>& marks) const
{
    painter.setFont(smallFont());
    QColor halo = theme().background;
    halo.setAlphaF(0.85F);
    for (const MarkLabel& label : placedMarkLabels(marks)) {
        paintLeader(painter, label);
        painter.fillRect(label.place, halo);
        const bool current = label.mark->channel == m_currentChannel;
        painter.setPen(current ? theme().accent : theme().foreground);
        painter.drawText(label.place, Qt::AlignCenter, label.text);
    }
}

void MaximaChart::addLineObstacles(
    const MaximaDump& dump, const QString& group, std::vector<QRectF>& obstacles) const
{
    for (const int line : shownLines(true))
        addLineObstacles(dump, group, line, obstacles);
}

void MaximaChart::addLineObstacles(
    const MaximaDump& dump, const QString& group, int line, std::vector<QRectF>& obstacles) const
{
    std::optional<QPointF> last;
    for (const MaximaSite& site : dump.sites) {
        const auto value = maximaValue(site, line);
        if (site.group != group || !isDrawable(value, isLogarithmic(Qt::Vertical)))
            continue;
        const QPointF p = toPixel(site.position(), *value);
        const QPointF from = last.value_or(p);
        const int steps = std::clamp(static_cast<int>((p - from).manhattanLength() / 8), 1, 40);
        for (int k = 1; k <= steps && obstacles.size() < 4000; ++k) {
            const QPointF q = from + (p - from) * k / steps;
            obstacles.push_back({q.x() - 2, q.y() - 2, 4, 4});
        }
        last = p;
    }
}

void MaximaChart::paintOverlay(QCPPainter& painter)
{
    const auto ring = [&](int site, int dump, const QColor& color) {
        if (const auto at = sitePixel(site, dump)) {
            constexpr double kRadius = 12; // around the largest mark
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme().background, 4));
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
