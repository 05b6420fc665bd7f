// How MaximaChart draws: faint kinds first, then the emphasized ones with their three lines, then the marks.
#include "views/charts/maxima_lines.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <map>

namespace bitwright::views {

namespace {
constexpr float kFaint = 0.3F;
constexpr int kManySites = 60; // of a line: smaller markers
constexpr std::size_t kMostLabels = 16;

// A label that stands away from its mark would be read as another mark's.
bool isFar(const QRectF& label, const QPointF& mark)
{
    constexpr double kFarthest = 26;
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
    QColor color = maximaLineColor(style.color, statistic, theme());
    if (!emphasized)
        color.setAlphaF(kFaint);
    std::vector<const MaximaSite*> line;
    for (const MaximaSite& site : m_data.dumps[static_cast<std::size_t>(dump)].sites)
        if (site.group == m_groups[group])
            line.push_back(&site);
    std::stable_sort(
        line.begin(), line.end(), [](const auto* a, const auto* b) { return a->position() < b->position(); });
    QPolygonF points;
    const auto flush = [&] {
        painter.setPen(QPen(color, emphasized ? maximaLineWidth(statistic) : 1.2,
            dump == 0 ? Qt::SolidLine : Qt::DashLine, Qt::RoundCap, Qt::RoundJoin));
        if (points.size() > 1)
            painter.drawPolyline(points);
        const double radius = static_cast<int>(line.size()) > kManySites ? 2.0 : 3.2;
        for (const QPointF& p : points)
            if (points.size() == 1 || (emphasized && statistic != kRmsLine))
                paintMarker(painter, style.marker, p, statistic == kQuantileLine ? radius * 0.8 : radius,
                    color, statistic == kQuantileLine);
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

// "max |x|", "q99.9", "rms" at the right ends, so that the eye need not go to the legend.
void MaximaChart::paintLineNames(QCPPainter& painter, const QStringList& groups) const
{
    if (groups.size() != 1 || m_data.dumps.empty() || m_statistic != MaximaStatistic::Spread)
        return;
    painter.setFont(smallFont());
    const QFontMetricsF metrics(painter.font());
    const CategoryStyle style = categoryStyle(static_cast<int>(m_groups.indexOf(groups.front())), theme());
    std::vector<int> lines = shownLines(true);
    std::reverse(lines.begin(), lines.end());
    double free = -1e9; // names go from top to bottom and do not overlap
    for (const int line : lines) {
        std::optional<QPointF> end;
        double last = -2;
        for (const MaximaSite& site : m_data.dumps[0].sites) {
            const auto value = maximaValue(site, line);
            if (site.group != groups.front() || site.position() < last
                || !isDrawable(value, isLogarithmic(Qt::Vertical)))
                continue;
            last = site.position();
            end = toPixel(last, *value);
        }
        if (!end || !plotArea().contains(*end))
            continue;
        const double y = std::max(end->y() - metrics.height() / 2, free);
        const QRectF box(
            end->x() + 8, y, metrics.horizontalAdvance(maximaLineName(line)) + 2, metrics.height());
        if (box.right() > plotArea().right() || box.bottom() > plotArea().bottom())
            continue;
        free = box.bottom();
        painter.setPen(mix(style.color, theme().foreground, 0.45));
        painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, maximaLineName(line));
    }
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
    paintLineNames(painter, emphasizedGroups());
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
                    {&mark, at, !strong.contains(group), std::abs(mark.value) >= largest[mark.site]});
        }
    }
    return marks;
}

// A star is massive in its site, a ring in its token, a star in a ring both.
void MaximaChart::paintMark(QCPPainter& painter, const PlacedMark& placed, bool strong) const
{
    QColor color = theme().warning;
    if (placed.faint && !strong)
        color.setAlphaF(0.5F);
    const double radius = strong ? 4.6 : placed.faint || !placed.leading ? 2.4 : 3.6;
    if (placed.mark->bySite && isLegendKeyShown(kMassiveSiteKey))
        paintMarker(painter, Marker::Star, placed.at, radius, color, false);
    if (placed.mark->byToken && isLegendKeyShown(kMassiveTokenKey))
        paintMarker(painter, Marker::Circle, placed.at, radius + 1.8, color, true);
}

void MaximaChart::paintMarks(QCPPainter& painter)
{
    const auto marks = visibleMarks();
    for (const PlacedMark& placed : marks)
        paintMark(painter, placed, m_currentChannel >= 0 && placed.mark->channel == m_currentChannel);
    if (!marks.empty())
        paintMarkLabels(painter, marks);
}

// A channel that is massive in twenty layers needs one label, at its largest value; the rest says so on
// hover.
void MaximaChart::paintMarkLabels(QCPPainter& painter, const std::vector<PlacedMark>& marks) const
{
    std::map<int, const PlacedMark*> largest;
    for (const PlacedMark& placed : marks) {
        const PlacedMark*& best = largest[placed.mark->channel];
        const bool better = best == nullptr || (best->faint && !placed.faint)
            || (best->faint == placed.faint && std::abs(placed.mark->value) > std::abs(best->mark->value));
        if (better)
            best = &placed;
    }
    std::vector<const PlacedMark*> labelled;
    for (const auto& [channel, placed] : largest)
        if (channel >= 0 && (!placed->faint || channel == m_currentChannel))
            labelled.push_back(placed); // of the other kinds, the mouse tells
    const auto isCurrent = [this](const PlacedMark* p) { return p->mark->channel == m_currentChannel; };
    std::sort(labelled.begin(), labelled.end(), [&](const auto* a, const auto* b) {
        return std::pair(isCurrent(a), std::abs(a->mark->value))
            > std::pair(isCurrent(b), std::abs(b->mark->value));
    });
    if (labelled.size() > kMostLabels)
        labelled.resize(kMostLabels);
    painter.setFont(smallFont());
    const QFontMetricsF metrics(painter.font());
    const bool brief = plotArea().width() < 520;
    QStringList texts;
    std::vector<QPointF> anchors;
    std::vector<QSizeF> sizes;
    for (const PlacedMark* placed : labelled) {
        texts << (brief ? tr("ch %1").arg(formatCount(placed->mark->channel)) : markLabel(*placed->mark));
        anchors.push_back(placed->at);
        sizes.push_back({metrics.horizontalAdvance(texts.back()) + 2, metrics.height()});
    }
    // Labels keep off other marks and the strong lines: sampled, they are obstacles.
    std::vector<QRectF> obstacles;
    for (const PlacedMark& placed : marks)
        obstacles.push_back(QRectF(placed.at.x() - 5, placed.at.y() - 5, 10, 10));
    for (const MaximaDump& dump : m_data.dumps)
        for (const QString& group : emphasizedGroups())
            addLineObstacles(dump, group, obstacles);
    const auto places = placeLabels(anchors, sizes, plotArea().adjusted(2, 2, -2, -2), 6, obstacles);
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (places[i].isNull() || isFar(places[i], anchors[i]))
            continue;
        QColor halo = theme().background;
        halo.setAlphaF(0.85F);
        painter.fillRect(places[i], halo);
        painter.setPen(isCurrent(labelled[i]) ? theme().warning : theme().foreground);
        painter.drawText(places[i], Qt::AlignCenter, texts[static_cast<qsizetype>(i)]);
    }
}

void MaximaChart::addLineObstacles(
    const MaximaDump& dump, const QString& group, std::vector<QRectF>& obstacles) const
{
    std::optional<QPointF> last;
    for (const MaximaSite& site : dump.sites) {
        if (site.group != group || !site.maximum || !(*site.maximum > 0))
            continue;
        const QPointF p = toPixel(site.position(), *site.maximum);
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
            painter.setPen(QPen(color, 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(*at, 7.5, 7.5);
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
