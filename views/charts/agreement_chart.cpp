#include "views/charts/agreement_chart.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
constexpr std::size_t kNamedMisses = 24; // points: a unit misses with all group sizes of its bits at once
constexpr double kRing = 6.5; // radius, of what is selected
constexpr double kReach = 12; // pixels around a point that mean it
const QString kLawKey = QStringLiteral("law"), kSelectionKey = QStringLiteral("selection");

bool fits(const AgreementPoint& point)
{
    return point.predicted > 0 && point.measured > 0 && std::isfinite(point.predicted)
        && std::isfinite(point.measured);
}
} // namespace

double AgreementLaw::at(double predicted) const
{
    return std::exp(a + b * std::log(predicted));
}

std::optional<AgreementLaw> agreementLaw(const AgreementData& data)
{
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (const AgreementPoint& point : data.points) {
        if (!fits(point))
            continue;
        const double p = std::log(point.predicted), m = std::log(point.measured);
        n += 1;
        x += p;
        y += m;
        xx += p * p;
        xy += p * m;
    }
    if (n < 3)
        return std::nullopt;
    const double spread = xx - x * x / n;
    if (spread <= 1e-12)
        return std::nullopt;
    AgreementLaw law;
    law.b = (xy - x * y / n) / spread;
    law.a = (y - law.b * x) / n;
    return law;
}

std::vector<int> worstMisses(const AgreementData& data, std::size_t most)
{
    const auto law = agreementLaw(data);
    if (!law)
        return {};
    std::vector<std::pair<double, int>> misses;
    for (std::size_t i = 0; i < data.points.size(); ++i) {
        const AgreementPoint& point = data.points[i];
        if (!fits(point))
            continue;
        const double expected = law->at(point.predicted);
        if (point.interval && point.interval->contains(expected))
            continue;
        misses.emplace_back(std::abs(std::log(point.measured / expected)), static_cast<int>(i));
    }
    std::sort(misses.begin(), misses.end(), [](const auto& a, const auto& b) {
        return a.first > b.first || (a.first == b.first && a.second < b.second);
    });
    std::vector<int> result;
    for (std::size_t i = 0; i < std::min(most, misses.size()); ++i)
        result.push_back(misses[i].second);
    return result;
}

AgreementChart::AgreementChart(QWidget* parent)
    : ChartBase(parent)
{
    for (const Qt::Orientation axis : {Qt::Horizontal, Qt::Vertical}) {
        setLogAllowed(axis, true);
        setLogarithmic(axis, true);
    }
    setCrosshair(true, true);
}

void AgreementChart::setData(AgreementData data)
{
    m_data = std::move(data);
    m_law = agreementLaw(m_data);
    m_misses = worstMisses(m_data, kNamedMisses);
    setAxisLabel(Qt::Horizontal, m_data.predictedLabel);
    setAxisLabel(Qt::Vertical, m_data.measuredLabel);
    dataChanged();
}

void AgreementChart::setCurrentUnits(const QVector<int>& units)
{
    if (m_current == units)
        return;
    m_current = units;
    repaintOverlay();
}

bool AgreementChart::isShown(const AgreementPoint& point) const
{
    return std::isfinite(point.predicted) && std::isfinite(point.measured) && isLegendKeyShown(point.group);
}

Interval AgreementChart::homeRange(Qt::Orientation axis) const
{
    const bool logarithmic = isLogarithmic(axis);
    std::vector<double> values;
    for (const AgreementPoint& point : m_data.points) {
        if (!std::isfinite(point.predicted) || !std::isfinite(point.measured))
            continue;
        values.push_back(axis == Qt::Horizontal ? point.predicted : point.measured);
        if (axis == Qt::Vertical && point.interval)
            values.push_back(point.interval->upper);
    }
    const auto range = finiteRange(values, logarithmic);
    return range ? padded(*range, 0.08, logarithmic) : Interval{1e-4, 1};
}

std::optional<QPointF> AgreementChart::pointPixel(int point) const
{
    const AgreementPoint& value = m_data.points[static_cast<std::size_t>(point)];
    if (!isShown(value) || (isLogarithmic(Qt::Horizontal) && value.predicted <= 0))
        return std::nullopt;
    // Nothing and less than nothing have no place on a log axis: they stand at its lower end.
    if (isLogarithmic(Qt::Vertical) && value.measured <= 0)
        return QPointF(xAxis->coordToPixel(value.predicted), plotArea().bottom() - 4);
    return toPixel(value.predicted, value.measured);
}

void AgreementChart::rebuildLegend()
{
    std::vector<LegendEntry> entries;
    // What is explained nowhere else first: where the row is short, roles make way.
    if (m_law) {
        LegendEntry entry;
        entry.key = kLawKey;
        entry.label = tr("best power law (exponent %1)").arg(formatNumber(m_law->b, 2));
        entry.brief = tr("power law");
        entry.color = theme().muted;
        entry.dash = Qt::DashLine;
        entries.push_back(entry);
    }
    if (!m_data.points.empty()) {
        LegendEntry entry;
        entry.key = kSelectionKey;
        entry.label = tr("selected");
        entry.kind = LegendEntry::Kind::Mark;
        entry.color = theme().accent;
        entry.marker = Marker::Circle;
        entry.hollow = true;
        entry.width = 2;
        entry.toggles = false;
        entries.push_back(entry);
    }
    QSet<QString> known;
    for (const AgreementPoint& point : m_data.points) {
        if (known.contains(point.group))
            continue;
        known.insert(point.group);
        const CategoryStyle style = categoryStyle(point.style, theme());
        LegendEntry entry;
        entry.key = point.group;
        entry.label = point.group;
        entry.kind = LegendEntry::Kind::Mark;
        entry.color = style.color;
        entry.marker = style.marker;
        entries.push_back(entry);
    }
    setLegend(std::move(entries));
}

/// Empty where it is not shown.
QPolygonF AgreementChart::lawLine() const
{
    QPolygonF line;
    if (!m_law || !isLegendKeyShown(kLawKey))
        return line;
    const Interval x = viewRange(Qt::Horizontal);
    constexpr int kSteps = 64;
    for (int i = 0; i <= kSteps; ++i) {
        const double at = plotArea().left() + plotArea().width() * i / kSteps;
        const double predicted = xAxis->pixelToCoord(at);
        if (predicted > 0 && x.width() > 0)
            line << toPixel(predicted, m_law->at(predicted));
    }
    return line;
}

void AgreementChart::paintLaw(QCPPainter& painter) const
{
    painter.setPen(QPen(theme().muted, 1.2, Qt::DashLine));
    painter.drawPolyline(lawLine());
}

QLineF AgreementChart::whiskerOf(const Interval& interval, double x) const
{
    const auto pixelOf = [&](double y) {
        return isLogarithmic(Qt::Vertical) && y <= 0 ? plotArea().bottom() : yAxis->coordToPixel(y);
    };
    return {x, pixelOf(interval.lower), x, pixelOf(interval.upper)};
}

void AgreementChart::paintPoint(QCPPainter& painter, int point) const
{
    const AgreementPoint& value = m_data.points[static_cast<std::size_t>(point)];
    const auto at = pointPixel(point);
    if (!at)
        return;
    const CategoryStyle style = categoryStyle(value.style, theme());
    if (value.interval) {
        QColor line = style.color;
        line.setAlphaF(0.45F);
        painter.setPen(QPen(line, 1.2));
        painter.drawLine(whiskerOf(*value.interval, at->x()));
    }
    paintMarker(painter, style.marker, *at, 3.6, style.color, false);
}

void AgreementChart::paintData(QCPPainter& painter)
{
    paintLaw(painter);
    for (std::size_t i = 0; i < m_data.points.size(); ++i)
        paintPoint(painter, static_cast<int>(i));
    paintNames(painter);
}

void AgreementChart::paintOverlay(QCPPainter& painter)
{
    painter.setBrush(Qt::NoBrush);
    for (std::size_t i = 0; i < m_data.points.size(); ++i) {
        const int unit = m_data.points[i].unit;
        if (!std::binary_search(m_current.begin(), m_current.end(), unit))
            continue;
        if (const auto at = pointPixel(static_cast<int>(i))) {
            // On a ground of its own: other marks may lie over it, or have the color of the ring.
            painter.setBrush(theme().background);
            painter.setPen(QPen(theme().background, 5));
            painter.drawEllipse(*at, kRing, kRing);
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme().accent, 2));
            painter.drawEllipse(*at, kRing, kRing);
            paintPoint(painter, static_cast<int>(i));
            painter.setBrush(Qt::NoBrush);
        }
    }
}

int AgreementChart::pointAt(const QPointF& position) const
{
    int nearest = -1;
    double best = kReach;
    for (std::size_t i = 0; i < m_data.points.size(); ++i) {
        const auto at = pointPixel(static_cast<int>(i));
        if (!at)
            continue;
        const double distance = std::hypot(at->x() - position.x(), at->y() - position.y());
        if (distance < best) {
            best = distance;
            nearest = static_cast<int>(i);
        }
    }
    return nearest;
}

QString AgreementChart::readoutAt(const QPointF& position) const
{
    const int index = pointAt(position);
    if (index < 0)
        return {};
    const AgreementPoint& point = m_data.points[static_cast<std::size_t>(index)];
    QString measured = tr("measured %1").arg(formatNumber(point.measured));
    if (point.interval)
        measured += tr(" (%1 to %2)")
                        .arg(formatNumber(point.interval->lower), formatNumber(point.interval->upper));
    QString text = QStringLiteral("%1 %2").arg(point.name, point.option);
    text += u'\n' + tr("predicted %1").arg(formatNumber(point.predicted)) + u'\n' + measured;
    if (m_law && fits(point))
        text += u'\n'
            + tr("%1 times what the line says")
                  .arg(formatNumber(point.measured / m_law->at(point.predicted), 2));
    return text;
}

void AgreementChart::clicked(const QPointF& position, Qt::KeyboardModifiers modifiers)
{
    if (const int point = pointAt(position); point >= 0)
        Q_EMIT pointActivated(point, modifiers);
}

std::optional<Qt::KeyboardModifiers> AgreementChart::boxModifiers(BoxUse use) const
{
    return use == BoxUse::Zoom ? Qt::ShiftModifier : Qt::NoModifier;
}

// A scatter: dragging selects, with Shift it zooms, with Ctrl it adds.
void AgreementChart::boxed(const QRectF& box, Qt::KeyboardModifiers modifiers)
{
    if (modifiers.testFlag(Qt::ShiftModifier)) {
        ChartBase::boxed(box, modifiers);
        return;
    }
    QVector<int> points;
    for (std::size_t i = 0; i < m_data.points.size(); ++i)
        if (const auto at = pointPixel(static_cast<int>(i)); at && box.contains(*at))
            points << static_cast<int>(i);
    if (!points.isEmpty())
        Q_EMIT pointsSelected(points, modifiers.testFlag(Qt::ControlModifier));
}

QString AgreementChart::csv() const
{
    QString text = QStringLiteral("name,option,group,predicted,measured,measured_low,measured_high\n");
    for (const AgreementPoint& point : m_data.points) {
        const auto bound = [&](double value) { return point.interval ? csvNumber(value) : QString(); };
        const Interval interval = point.interval.value_or(Interval{0, 0});
        text += csvText(point.name) + u',' + csvText(point.option) + u',' + csvText(point.group) + u','
            + csvNumber(point.predicted) + u',' + csvNumber(point.measured) + u',' + bound(interval.lower)
            + u',' + bound(interval.upper) + u'\n';
    }
    return text;
}

} // namespace bitwright::views
