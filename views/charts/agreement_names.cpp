// Names of the worst misses in the chart of measured harm.
#include "views/charts/agreement_chart.h"
#include "views/charts/mark_labels.h"

#include <QFontMetricsF>

#include <algorithm>

namespace bitwright::views {

namespace {
constexpr qsizetype kMostNames = 4;
constexpr double kReachOfNames = 60; // pixels

/// "int2" of "int2-sym-g64".
QString familyOf(const AgreementPoint& point)
{
    return point.option.section(u'-', 0, 0);
}
} // namespace

QStringList AgreementChart::missNames() const
{
    QStringList names;
    for (const Miss& miss : namedMisses())
        names << miss.name;
    return names;
}

/// The worst misses by the names that they are given: one for all options of a unit that have the same bits
/// and so stand side by side.
std::vector<AgreementChart::Miss> AgreementChart::namedMisses() const
{
    std::vector<Miss> misses;
    for (const int index : m_misses) {
        const AgreementPoint& point = m_data.points[static_cast<std::size_t>(index)];
        const QString family = familyOf(point);
        const auto isOf = [&](const AgreementPoint& other) {
            return other.unit == point.unit && familyOf(other) == family;
        };
        const bool known = std::any_of(misses.begin(), misses.end(),
            [&](const Miss& miss) { return isOf(m_data.points[static_cast<std::size_t>(miss.point)]); });
        if (known)
            continue;
        const auto of = std::count_if(m_data.points.begin(), m_data.points.end(), isOf);
        misses.push_back({index, QStringLiteral("%1 %2").arg(point.name, of > 1 ? family : point.option)});
        if (static_cast<qsizetype>(misses.size()) == kMostNames)
            break;
    }
    return misses;
}

void AgreementChart::paintNames(QCPPainter& painter) const
{
    painter.setFont(smallFont());
    const QFontMetricsF metrics(smallFont());
    const QRectF area = plotArea();
    std::vector<QPointF> marks, whiskers; // the named first
    std::vector<QSizeF> sizes;
    std::vector<int> groups;
    QStringList names;
    QRectF near; // as far as labels may stand
    const std::vector<Miss> misses = namedMisses();
    for (const Miss& miss : misses) {
        const auto at = pointPixel(miss.point);
        if (!at || !area.contains(*at))
            continue;
        names << miss.name;
        marks.push_back(*at);
        sizes.emplace_back(metrics.horizontalAdvance(miss.name) + 2, metrics.height());
        groups.push_back(m_data.points[static_cast<std::size_t>(miss.point)].unit);
        const double wide = sizes.back().width() + 2 * kReachOfNames;
        near |= QRectF(at->x() - wide, at->y() - wide, 2 * wide, 2 * wide);
    }
    if (names.isEmpty())
        return;
    std::vector<QRectF> obstacles;
    for (const QPointF point : sampledLine(lawLine(), 5))
        obstacles.emplace_back(point - QPointF(2, 2), QSizeF(4, 4));
    for (std::size_t i = 0; i < m_data.points.size(); ++i) {
        const auto at = pointPixel(static_cast<int>(i));
        if (!at || !area.contains(*at) || !near.contains(*at))
            continue;
        if (const auto& interval = m_data.points[i].interval) {
            const QLineF whisker = whiskerOf(*interval, at->x());
            obstacles.push_back(QRectF(whisker.p1(), whisker.p2()).normalized().adjusted(-2, 0, 2, 0));
            for (const QPointF point : sampledLine(QPolygonF({whisker.p1(), whisker.p2()}), 3))
                whiskers.push_back(point);
        }
        if (std::find(marks.begin(), marks.begin() + names.size(), *at) != marks.begin() + names.size())
            continue;
        marks.push_back(*at);
        sizes.emplace_back();
        const int unit = m_data.points[i].unit;
        const bool named
            = std::find(groups.begin(), groups.begin() + names.size(), unit) != groups.begin() + names.size();
        groups.push_back(named ? unit : -1);
    }
    const auto labels = labelMarks(
        marks, sizes, area.adjusted(2, 2, -2, -2), obstacles, kReachOfNames, {}, groups, whiskers);
    for (qsizetype i = 0; i < names.size(); ++i) {
        const MarkLabel& label = labels[static_cast<std::size_t>(i)];
        if (label.box.isNull())
            continue; // a name that could be read as another's is left out: the readout has it
        painter.setPen(theme().foreground);
        painter.drawText(label.box, Qt::AlignCenter | Qt::TextDontClip, names[i]);
        painter.setPen(QPen(mix(theme().foreground, theme().background, 0.25), 1));
        if (!label.leader.isNull())
            painter.drawLine(label.leader);
    }
}

} // namespace bitwright::views
