// Data and queries of the Pareto chart; see also pareto_gestures.cpp and pareto_painting.cpp.
#include "views/charts/pareto_chart.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {
constexpr double kHitRadius = 10;
constexpr double kBudgetGrip = 5; // pixels on both sides of the line
constexpr double kOnFrontier = 1e-9; // relative harm that still counts as lying on the frontier
} // namespace

ParetoChart::ParetoChart(QWidget* parent)
    : ChartBase(parent)
{
    setLogAllowed(Qt::Vertical, true);
    setLogarithmic(Qt::Vertical, true);
    setAxisLabel(Qt::Vertical, tr("predicted harm"));
    themeApplied();
}

void ParetoChart::themeApplied()
{
    xAxis2->grid()->setVisible(false);
    xAxis2->setTickLabels(true);
    applySizeAxis();
}

// The main axis always counts bytes; in the other readings only its ticks and labels change.
void ParetoChart::applySizeAxis()
{
    const auto ticksOf = [this](ParetoSize size, bool inBytes) -> TickMaker {
        if (size == ParetoSize::Bytes)
            return [](Interval range, int target) { return byteTicks(range, target); };
        return [this, size, inBytes](Interval range, int target) {
            if (!inBytes)
                return linearTicks(range, target);
            Ticks ticks = linearTicks({sizeIn(size, range.lower), sizeIn(size, range.upper)}, target);
            for (Tick& tick : ticks.major)
                tick.value = bytesFrom(size, tick.value);
            for (double& minor : ticks.minor)
                minor = bytesFrom(size, minor);
            return ticks;
        };
    };
    const ParetoSize shown = m_data.plannedWeights > 0 ? m_size : ParetoSize::Bytes;
    const ParetoSize second = shown == ParetoSize::Bytes ? ParetoSize::Bpw : ParetoSize::Bytes;
    setTicks(xAxis, ticksOf(shown, true), 90);
    setTicks(xAxis2, ticksOf(second, false), 80);
    xAxis2->grid()->setVisible(false);
    xAxis2->setTickLabels(true);
    xAxis2->setLabel(sizeLabel(second));
    setAxisLabel(Qt::Horizontal, sizeLabel(shown));
    syncAxes();
}

QString ParetoChart::sizeLabel(ParetoSize size) const
{
    if (size == ParetoSize::Bpw)
        return tr("bits per weight of the planned tensors");
    if (size == ParetoSize::FileBpw)
        return tr("bits per weight of the whole file");
    return m_data.bytesLabel.isEmpty() ? tr("size of the planned tensors") : m_data.bytesLabel;
}

void ParetoChart::setSizeAxis(ParetoSize size)
{
    if (m_size == size)
        return;
    m_size = size;
    applySizeAxis();
    requestReplot();
    Q_EMIT sizeAxisChanged();
}

double ParetoChart::sizeIn(ParetoSize size, double bytes) const
{
    return size == ParetoSize::Bpw ? bpwOf(bytes) : size == ParetoSize::FileBpw ? fileBpwOf(bytes) : bytes;
}

double ParetoChart::bytesFrom(ParetoSize size, double value) const
{
    if (size == ParetoSize::Bpw)
        return value * m_data.plannedWeights / 8 + m_data.keptBytes;
    if (size == ParetoSize::FileBpw)
        return value * (m_data.fileWeights > 0 ? m_data.fileWeights : m_data.plannedWeights) / 8;
    return value;
}

QJsonObject ParetoChart::viewState() const
{
    QJsonObject state = ChartBase::viewState();
    state[QStringLiteral("size")] = static_cast<int>(m_size);
    return state;
}

void ParetoChart::setViewState(const QJsonObject& state)
{
    setSizeAxis(static_cast<ParetoSize>(std::clamp(state[QStringLiteral("size")].toInt(), 0, 2)));
    ChartBase::setViewState(state);
}

void ParetoChart::setData(ParetoData data)
{
    m_data = std::move(data);
    m_sizes.clear();
    for (const ParetoState& state : m_data.frontier)
        m_sizes.push_back(state.bytes);
    m_hover = {};
    m_compareNote.clear();
    applySizeAxis();
    setAxisLabel(Qt::Vertical, m_data.harmLabel.isEmpty() ? tr("predicted harm") : m_data.harmLabel);
    xAxis2->setVisible(m_data.plannedWeights > 0);
    mainRect()->setMinimumMargins(QMargins(52, m_data.plannedWeights > 0 ? 34 : 6, 12, 34));
    dataChanged();
    repaintOverlay();
}

void ParetoChart::setCurrent(const std::optional<ParetoMark>& current, int state)
{
    m_data.current = current;
    m_data.currentState = state;
    repaintOverlay();
}

void ParetoChart::setBudget(std::optional<double> bytes)
{
    m_data.budgetBytes = bytes;
    repaintOverlay();
}

void ParetoChart::setFrontierStale(bool stale)
{
    m_data.frontierStale = stale;
    requestReplot();
}

void ParetoChart::setPreviewMoves(std::vector<ParetoMove> moves)
{
    m_moves = std::move(moves);
    repaintOverlay();
}

void ParetoChart::setCompareNote(const QString& note)
{
    m_compareNote = note;
    repaintOverlay();
}

double ParetoChart::bpwOf(double bytes) const
{
    return m_data.plannedWeights > 0 ? 8 * (bytes - m_data.keptBytes) / m_data.plannedWeights
                                     : std::numeric_limits<double>::quiet_NaN();
}

double ParetoChart::fileBpwOf(double bytes) const
{
    const double weights = m_data.fileWeights > 0 ? m_data.fileWeights : m_data.plannedWeights;
    return weights > 0 ? 8 * bytes / weights : std::numeric_limits<double>::quiet_NaN();
}

void ParetoChart::syncAxes()
{
    const Interval range = viewRange(Qt::Horizontal);
    if (m_data.plannedWeights <= 0)
        return;
    const ParetoSize second = m_size == ParetoSize::Bytes ? ParetoSize::Bpw : ParetoSize::Bytes;
    xAxis2->setRange(sizeIn(second, range.lower), sizeIn(second, range.upper));
}

// A frontier may go on far beyond every plan that has a name, to all weights as they are: at first only the
// part that anyone plans in is shown. Nothing where the whole is no longer than that.
std::optional<double> ParetoChart::namedEnd() const
{
    constexpr double kMuchLonger = 3, kBeyond = 0.35; // shares of the part with names
    if (m_data.frontier.empty() || m_data.presets.empty())
        return std::nullopt;
    double last = m_data.budgetBytes.value_or(0);
    for (const auto* marks : {&m_data.presets, &m_data.plans})
        for (const ParetoMark& mark : *marks)
            last = std::max(last, mark.bytes);
    if (m_data.current)
        last = std::max(last, m_data.current->bytes);
    const double named = last - m_data.frontier.front().bytes;
    if (named <= 0 || m_data.frontier.back().bytes - m_data.frontier.front().bytes < kMuchLonger * named)
        return std::nullopt;
    return last + kBeyond * named;
}

double ParetoChart::zoomOutLimit() const
{
    const auto end = namedEnd();
    if (!end)
        return ChartBase::zoomOutLimit();
    const double first = m_data.frontier.front().bytes;
    return ChartBase::zoomOutLimit() * (m_data.frontier.back().bytes - first) / (*end - first);
}

Interval ParetoChart::homeRange(Qt::Orientation axis) const
{
    const double end = namedEnd().value_or(std::numeric_limits<double>::infinity());
    std::vector<double> values;
    const auto add
        = [&](double bytes, double harm) { values.push_back(axis == Qt::Horizontal ? bytes : harm); };
    for (const ParetoState& s : m_data.frontier)
        if (s.bytes <= end)
            add(s.bytes, s.harm);
    for (const ParetoMark& m : m_data.presets)
        add(m.bytes, m.harm);
    for (const ParetoMark& m : m_data.plans)
        add(m.bytes, m.harm);
    if (m_data.current)
        add(m_data.current->bytes, m_data.current->harm);
    if (m_data.budgetBytes && axis == Qt::Horizontal)
        values.push_back(*m_data.budgetBytes);
    const bool logarithmic = isLogarithmic(axis);
    const auto range = finiteRange(values, logarithmic);
    if (!range)
        return axis == Qt::Horizontal ? Interval{0, 1} : Interval{0.1, 1};
    Interval wide = padded(*range, axis == Qt::Horizontal ? 0.05 : 0.09, logarithmic);
    if (!logarithmic)
        wide.lower = std::max(wide.lower, 0.0);
    return wide;
}

void ParetoChart::rebuildLegend()
{
    std::vector<LegendEntry> entries;
    const QHash<QString, QString> brief{{QStringLiteral("frontier"), tr("frontier")},
        {QStringLiteral("presets"), tr("uniform")}, {QStringLiteral("measured"), tr("measured")},
        {QStringLiteral("plans"), tr("named")}, {QStringLiteral("current"), tr("current")}};
    const auto add
        = [&](const QString& key, const QString& label, const QColor& color, LegendEntry::Kind kind,
              Marker marker, bool hollow, Qt::PenStyle dash, bool toggles) {
              LegendEntry entry;
              entry.key = key;
              entry.label = label;
              entry.color = color;
              entry.kind = kind;
              entry.marker = marker;
              entry.hollow = hollow;
              entry.dash = dash;
              entry.toggles = toggles;
              entry.width = 2;
              entry.brief = brief.value(key);
              entries.push_back(entry);
          };
    using Kind = LegendEntry::Kind;
    if (!m_data.frontier.empty())
        add(QStringLiteral("frontier"),
            m_data.exact
                ? tr("exact frontier (%1 plans)").arg(formatCount(static_cast<std::int64_t>(m_sizes.size())))
                : m_data.gap > 0
                ? tr("frontier, certified within %1 % at this size").arg(formatNumber(m_data.gap * 100, 2))
                : tr("frontier, exact at this size"),
            theme().foreground, Kind::Line, Marker::None, false, Qt::SolidLine, false);
    if (!m_data.otherFrontier.empty())
        add(QStringLiteral("other"), m_data.otherName, categoryStyle(2, theme()).color, Kind::Line,
            Marker::None, false, Qt::DashLine, true);
    if (!m_data.presets.empty())
        add(QStringLiteral("presets"), tr("uniform plans"), theme().foreground, Kind::Mark, Marker::Square,
            true, Qt::SolidLine, true);
    const auto has = [&](bool measured) {
        return std::any_of(m_data.plans.begin(), m_data.plans.end(),
            [&](const ParetoMark& mark) { return mark.measured == measured; });
    };
    if (has(true))
        add(QStringLiteral("measured"), tr("measured plans (95 %)"), categoryStyle(3, theme()).color,
            Kind::Mark, Marker::TriangleDown, false, Qt::SolidLine, true);
    if (has(false))
        add(QStringLiteral("plans"), tr("named plans"), categoryStyle(2, theme()).color, Kind::Mark,
            Marker::Diamond, false, Qt::SolidLine, true);
    if (m_data.current)
        add(QStringLiteral("current"), tr("current plan"), theme().accent, Kind::Mark, Marker::Circle, true,
            Qt::SolidLine, false);
    if (m_data.budgetBytes)
        add(QStringLiteral("budget"), tr("budget"), theme().warning, Kind::Line, Marker::None, false,
            Qt::DashLine, false);
    setLegend(std::move(entries));
}

// --- Queries ---

QPointF ParetoChart::handlePixel() const
{
    return m_data.current ? toPixel(m_data.current->bytes, m_data.current->harm) : QPointF();
}

double ParetoChart::budgetPixel() const
{
    return xAxis->coordToPixel(m_data.budgetBytes.value_or(0));
}

int ParetoChart::bestStateOfSize(double bytes) const
{
    const auto above = std::upper_bound(m_sizes.begin(), m_sizes.end(), bytes);
    return static_cast<int>(above - m_sizes.begin()) - 1;
}

QString ParetoChart::distanceText() const
{
    if (!m_data.current || m_drag == Drag::Handle)
        return {};
    const int best = bestStateOfSize(m_data.current->bytes);
    if (best < 0)
        return {};
    const double lowest = m_data.frontier[static_cast<std::size_t>(best)].harm;
    if (!(lowest > 0) || !std::isfinite(m_data.current->harm)
        || m_data.current->harm <= lowest * (1 + kOnFrontier))
        return {};
    return tr("%1 harm against the best of this size").arg(formatChange(m_data.current->harm / lowest - 1));
}

double ParetoChart::priceAt(int state) const
{
    const auto i = static_cast<std::size_t>(state);
    if (state < 0 || i + 1 >= m_data.frontier.size())
        return std::numeric_limits<double>::quiet_NaN();
    const ParetoState& a = m_data.frontier[i];
    const ParetoState& b = m_data.frontier[i + 1];
    return b.bytes > a.bytes ? (a.harm - b.harm) / (b.bytes - a.bytes)
                             : std::numeric_limits<double>::quiet_NaN();
}

int ParetoChart::stateAtPixel(double x) const
{
    return nearestIndex(m_sizes, xAxis->pixelToCoord(x));
}

bool ParetoChart::isShown(const ParetoMark& mark, bool preset) const
{
    return isLegendKeyShown(preset ? QStringLiteral("presets")
            : mark.measured        ? QStringLiteral("measured")
                                   : QStringLiteral("plans"));
}

ParetoChart::MarkHit ParetoChart::hitAt(const QPointF& position) const
{
    using Kind = MarkHit::Kind;
    const auto near = [&](double bytes, double harm, double radius) {
        const QPointF d = toPixel(bytes, harm) - position;
        return QPointF::dotProduct(d, d) <= radius * radius;
    };
    if (improveRect().contains(position))
        return {Kind::Improve, 0};
    if (differenceRect().contains(position))
        return {Kind::Difference, 0};
    if (m_data.current && near(m_data.current->bytes, m_data.current->harm, kHandleRadius + 4))
        return {Kind::Handle, 0};
    const auto search = [&](const std::vector<ParetoMark>& marks, bool preset) {
        for (std::size_t i = 0; i < marks.size(); ++i)
            if (isShown(marks[i], preset) && near(marks[i].bytes, marks[i].harm, kHitRadius))
                return static_cast<int>(i);
        return -1;
    };
    if (const int plan = search(m_data.plans, false); plan >= 0)
        return {Kind::Plan, plan};
    if (const int preset = search(m_data.presets, true); preset >= 0)
        return {Kind::Preset, preset};
    const QRectF area = plotArea();
    if (m_data.budgetBytes && area.contains(position)
        && std::abs(position.x() - budgetPixel()) <= kBudgetGrip)
        return {Kind::Budget, 0};
    const int state = stateAtPixel(position.x());
    if (state >= 0) {
        const ParetoState& s = m_data.frontier[static_cast<std::size_t>(state)];
        if (near(s.bytes, s.harm, kHitRadius))
            return {Kind::State, state};
    }
    return {};
}

QString ParetoChart::describe(double bytes, double harm) const
{
    QString text = tr("harm  %1\nsize  %2").arg(formatNumber(harm), formatBytes(bytes));
    if (m_data.plannedWeights > 0)
        text += tr("\nbpw  %1").arg(formatBpw(bpwOf(bytes)));
    if (m_data.fileWeights > 0)
        text += tr("\nfile bpw  %1").arg(formatBpw(fileBpwOf(bytes)));
    return text;
}

// What the best plan of a size costs, and what the next bytes would buy.
QString ParetoChart::describeBest(double bytes) const
{
    const int best = bestStateOfSize(bytes);
    if (best < 0)
        return tr("\nno plan is this small");
    QString text = tr("\nbest of this size  %1")
                       .arg(formatNumber(m_data.frontier[static_cast<std::size_t>(best)].harm));
    if (const double price = priceAt(best); std::isfinite(price))
        text += tr("\nnext KiB saves  %1 harm").arg(formatNumber(price * 1024));
    return text;
}

const ParetoMark* ParetoChart::hoveredMark() const
{
    const auto i = static_cast<std::size_t>(std::max(m_hover.index, 0));
    if (m_hover.kind == MarkHit::Kind::Plan && i < m_data.plans.size())
        return &m_data.plans[i];
    if (m_hover.kind == MarkHit::Kind::Preset && i < m_data.presets.size())
        return &m_data.presets[i];
    return nullptr;
}

QString ParetoChart::readoutAt(const QPointF& position) const
{
    if (m_drag == Drag::Budget)
        return m_data.budgetBytes
            ? tr("budget  %1\nbpw  %2")
                    .arg(formatBytes(*m_data.budgetBytes), formatBpw(bpwOf(*m_data.budgetBytes)))
                + describeBest(*m_data.budgetBytes)
            : QString();
    const MarkHit hit
        = m_drag == Drag::Handle ? MarkHit{MarkHit::Kind::State, m_data.currentState} : hitAt(position);
    const auto named = [this](const ParetoMark& mark) {
        const QString interval = mark.interval
            ? tr("measured: %1 to %2 (95 %)")
                  .arg(formatNumber(mark.interval->lower), formatNumber(mark.interval->upper))
            : tr("measured");
        const QString how = mark.measured ? interval : m_data.harmLabel;
        return mark.name + u'\n' + describe(mark.bytes, mark.harm)
            + (how.isEmpty() ? QString() : u'\n' + how);
    };
    const auto i = static_cast<std::size_t>(std::max(hit.index, 0));
    switch (hit.kind) {
    case MarkHit::Kind::Handle:
        return named(*m_data.current) + describeBest(m_data.current->bytes);
    case MarkHit::Kind::Plan:
        return named(m_data.plans[i]);
    case MarkHit::Kind::Preset:
        return named(m_data.presets[i]);
    case MarkHit::Kind::Budget:
        return tr("budget %1, drag to change").arg(formatBytes(*m_data.budgetBytes))
            + describeBest(*m_data.budgetBytes);
    case MarkHit::Kind::Improve:
        return tr("Improve within locks: the best plan of this size that keeps every lock");
    case MarkHit::Kind::Difference:
        return tr("Show what differs from the best plan of this size");
    case MarkHit::Kind::State: {
        if (hit.index < 0 || i >= m_data.frontier.size())
            return {};
        QString text = describe(m_data.frontier[i].bytes, m_data.frontier[i].harm);
        if (const double price = priceAt(hit.index); std::isfinite(price))
            text += tr("\nnext KiB saves  %1 harm").arg(formatNumber(price * 1024));
        return text;
    }
    case MarkHit::Kind::None:
        break;
    }
    const QPointF value = toValue(position);
    return describe(value.x(), value.y()) + (m_data.frontier.empty() ? QString() : describeBest(value.x()));
}

QString ParetoChart::csv() const
{
    QString text = QStringLiteral("kind,name,bytes,bpw,file_bpw,harm,measured\n");
    const auto line
        = [&](const QString& kind, const QString& name, double bytes, double harm, bool measured) {
              text += QStringList{kind, csvText(name), csvNumber(bytes), csvNumber(bpwOf(bytes)),
                          csvNumber(fileBpwOf(bytes)), csvNumber(harm),
                          measured ? QStringLiteral("1") : QStringLiteral("0")}
                          .join(u',')
                  + u'\n';
          };
    for (const ParetoState& s : m_data.frontier)
        line(QStringLiteral("frontier"), {}, s.bytes, s.harm, false);
    for (const ParetoState& s : m_data.otherFrontier)
        line(QStringLiteral("other frontier"), m_data.otherName, s.bytes, s.harm, false);
    for (const ParetoMark& m : m_data.presets)
        line(QStringLiteral("preset"), m.name, m.bytes, m.harm, m.measured);
    for (const ParetoMark& m : m_data.plans)
        line(QStringLiteral("plan"), m.name, m.bytes, m.harm, m.measured);
    if (m_data.current)
        line(QStringLiteral("current"), m_data.current->name, m_data.current->bytes, m_data.current->harm,
            m_data.current->measured);
    return text;
}

} // namespace bitwright::views
