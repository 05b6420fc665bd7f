#include "views/panels/pareto_panel.h"

#include "core/plan/difference.h"
#include "views/charts/chart_math.h"
#include "views/models/core_text.h"
#include "views/models/harm_run.h"
#include "views/panels/harm_data.h"
#include "views/panels/plan_data.h"
#include "views/panels/wrap_bar.h"

#include <QAction>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace bitwright::views {

namespace {

QString text(std::string_view word)
{
    return QString::fromUtf8(word.data(), static_cast<qsizetype>(word.size()));
}

} // namespace

ParetoPanel::ParetoPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("pareto"), tr("Plan"), parent)
    , m_chart(new ParetoChart(this))
    , m_target(new QComboBox(this))
    , m_score(new QComboBox(this))
    , m_quantizer(new QComboBox(this))
    , m_objective(new QComboBox(this))
    , m_budget(new QDoubleSpinBox(this))
    , m_bar(new WrapBar)
    , m_size(new QComboBox(this))
    , m_compare(new QComboBox(this))
    , m_plans(new QPushButton(this))
    , m_menu(new QMenu(this))
    , m_summary(new QLabel(this))
{
    createControls();
    createPlanControls();
    m_layout->addWidget(m_chart, 1);
    createActions();
    connectChart();
    connectDocument();
    refresh();
}

void ParetoPanel::createControls()
{
    for (const auto* target : plan::allTargets()) {
        m_target->addItem(QString::fromStdString(target->id()));
        m_target->setItemData(
            m_target->count() - 1, QString::fromStdString(target->description()), Qt::ToolTipRole);
    }
    m_target->setCurrentText(m_document.settings().target);
    m_score->addItem(tr("default score"), -1);
    m_compare->addItem(tr("no second score"), -1);
    for (const auto kind : score::allScores()) {
        m_score->addItem(text(score::scoreId(kind)), static_cast<int>(kind));
        m_compare->addItem(tr("against %1").arg(text(score::scoreId(kind))), static_cast<int>(kind));
        for (QComboBox* box : {m_score, m_compare})
            box->setItemData(box->count() - 1, text(score::scoreDescription(kind)), Qt::ToolTipRole);
    }
    for (const auto method : quant::allMethods())
        m_quantizer->addItem(text(quant::methodWord(method)), static_cast<int>(method));
    m_objective->addItem(tr("total harm"), static_cast<int>(alloc::ObjectiveKind::Sum));
    m_objective->addItem(tr("worst harm"), static_cast<int>(alloc::ObjectiveKind::Max));
    m_budget->setRange(0.5, 32.0);
    m_budget->setDecimals(3);
    m_budget->setSingleStep(0.05);
    m_budget->setSuffix(tr(" bpw"));
    m_budget->setKeyboardTracking(false);
    m_budget->setValue(m_document.settings().startBpw);
    const auto describe = [](QWidget* widget, const QString& name, const QString& toolTip) {
        widget->setAccessibleName(name);
        widget->setToolTip(toolTip);
    };
    describe(m_budget, tr("Budget in bits per weight"),
        tr("Budget: bits per weight over the planned tensors, with scales, zeros and padding counted"));
    describe(m_target, tr("Target"), tr("What the engine can load"));
    describe(m_score, tr("Score"), tr("How harm is predicted, or \"measured\" where the model was run"));
    describe(m_quantizer, tr("Quantizer"), tr("How codes are chosen: round to nearest, clip search, GPTQ"));
    describe(m_objective, tr("Objective"),
        tr("What the solver minimizes: the sum over all units, or the harm of the worst one"));
    for (QWidget* widget : std::initializer_list<QWidget*>{m_target, m_score, m_quantizer, m_budget})
        m_bar->addWidget(widget);
    m_layout->addLayout(m_bar);
    for (QComboBox* box : {m_target, m_score, m_quantizer, m_objective}) {
        letShrink(box);
        connect(box, &QComboBox::activated, this, &ParetoPanel::applySettings);
    }
    connect(m_budget, &QDoubleSpinBox::valueChanged, this,
        [this](double bpw) { m_document.setBudgetBpw(bpw, stepNumber(Step::Bpw)); });
    // They show what the document plans with, which has a place of its own in the project.
    for (QComboBox* box : {m_target, m_score, m_quantizer, m_objective, m_compare})
        box->setProperty("keepState", false);
}

void ParetoPanel::createPlanControls()
{
    m_plans->setText(tr("&Plans"));
    m_plans->setMenu(m_menu);
    m_plans->setAccessibleName(tr("Named plans"));
    m_plans->setToolTip(
        tr("Save the plan under a name; load, compare, rename, duplicate or delete named plans"));
    m_size->addItem(tr("size in bytes"), static_cast<int>(ParetoSize::Bytes));
    m_size->addItem(tr("bpw planned"), static_cast<int>(ParetoSize::Bpw));
    m_size->addItem(tr("bpw file"), static_cast<int>(ParetoSize::FileBpw));
    m_size->setAccessibleName(tr("Unit of the size axis"));
    m_size->setToolTip(
        tr("In what the size is read: bytes of all weights, bits per planned weight, or bits per "
           "weight of the whole file"));
    m_compare->setAccessibleName(tr("Second score"));
    m_compare->setToolTip(tr("Draws the plans that another score calls best, with the harm that the present "
                             "score predicts for them"));
    m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_summary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_summary->setWordWrap(true);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_plans, m_objective, m_size, m_compare})
        m_bar->addWidget(widget);
    auto* line = new QHBoxLayout;
    line->setContentsMargins(10, 0, 8, 2);
    line->addWidget(m_summary, 1);
    m_layout->addLayout(line);
    for (QComboBox* box : {m_size, m_compare})
        letShrink(box);
    connect(m_size, &QComboBox::activated, this,
        [this] { m_chart->setSizeAxis(static_cast<ParetoSize>(m_size->currentData().toInt())); });
    connect(m_compare, &QComboBox::activated, this, [this] {
        const int kind = m_compare->currentData().toInt();
        m_document.setComparedScore(
            kind < 0 ? std::nullopt : std::optional(static_cast<score::ScoreKind>(kind)));
    });
}

namespace {

/// Drags and runs of steps have numbers of their own: edits of one number are one undo step.
int nextDrag()
{
    static int last = 0;
    return ++last;
}

} // namespace

int ParetoPanel::dragNumber(Step step)
{
    if (m_chart->isStepping())
        return stepNumber(step);
    if (m_drag == 0)
        m_drag = nextDrag();
    return m_drag;
}

/// Steps of one kind within a second are one edit, as a drag is: a held key must not bury the history.
int ParetoPanel::stepNumber(Step step)
{
    constexpr int kTogetherMs = 1000;
    if (m_stepDrag == 0 || step != m_lastStep || m_sinceStep.elapsed() > kTogetherMs)
        m_stepDrag = nextDrag();
    m_lastStep = step;
    m_sinceStep.start();
    return m_stepDrag;
}

void ParetoPanel::connectChart()
{
    offerChart(*m_chart);
    connect(m_chart, &ChartBase::readoutChanged, this, &Panel::readout);
    connect(m_chart, &ChartBase::remedyRequested, this, &Panel::openModelRequested);
    connect(m_chart, &ParetoChart::budgetDragging, this, [this](double bytes) {
        m_document.setBudget(
            static_cast<std::uint64_t>(std::max(0.0, bytes)), dragNumber(Step::Budget), true);
    });
    connect(m_chart, &ParetoChart::budgetReleased, this, [this](double bytes) {
        m_document.setBudget(static_cast<std::uint64_t>(std::max(0.0, bytes)), dragNumber(Step::Budget));
        m_drag = 0;
        refreshPlan();
    });
    connect(m_chart, &ParetoChart::handleMoved, this,
        [this](int state) { m_document.takeFrontierState(state, dragNumber(Step::Frontier)); });
    connect(m_chart, &ParetoChart::handleReleased, this, [this](int state) {
        m_document.takeFrontierState(state, dragNumber(Step::Frontier));
        m_drag = 0;
        refreshPlan();
    });
    // Esc: what the drag did is undone as one step, so that it leaves no trace.
    const auto cancelDrag = [this] {
        m_document.cancelDrag(std::exchange(m_drag, 0));
        refreshPlan();
    };
    connect(m_chart, &ParetoChart::budgetCancelled, this, cancelDrag);
    connect(m_chart, &ParetoChart::handleCancelled, this, cancelDrag);
    const auto nameOf = [](const std::vector<ParetoMark>& marks, int index) {
        return index >= 0 && index < static_cast<int>(marks.size())
            ? marks[static_cast<std::size_t>(index)].id
            : QString();
    };
    connect(m_chart, &ParetoChart::presetActivated, this,
        [this, nameOf](int preset) { m_document.setUniform(nameOf(m_chart->data().presets, preset)); });
    connect(m_chart, &ParetoChart::planActivated, this,
        [this, nameOf](int index) { takeMark(index, nameOf(m_chart->data().plans, index)); });
    connect(m_chart, &ParetoChart::planHovered, this, [this, nameOf](int index) {
        const auto& plans = m_chart->data().plans;
        if (index >= 0 && index < static_cast<int>(plans.size())
            && plans[static_cast<std::size_t>(index)].measured) {
            const PlanHarm* harm = measuredPlan(nameOf(plans, index));
            const auto measured = harm != nullptr && harm->plan && m_document.space()
                ? m_document.space()->choiceOf(*harm->plan)
                : Result<std::vector<std::size_t>>();
            compareHovered(measured ? *measured : std::vector<std::size_t>{});
            m_chart->setCompareNote(measuredNote(nameOf(plans, index)));
            return;
        }
        const auto* plan = m_document.namedPlan(nameOf(m_chart->data().plans, index));
        const auto choice = plan != nullptr && m_document.space() ? m_document.space()->choiceOf(*plan)
                                                                  : Result<std::vector<std::size_t>>();
        compareHovered(choice ? *choice : std::vector<std::size_t>{});
    });
    connect(m_chart, &ParetoChart::presetHovered, this, [this, nameOf](int index) {
        const QString name = nameOf(m_chart->data().presets, index);
        std::vector<std::size_t> choice;
        for (const auto& uniform : m_document.uniforms())
            if (QString::fromStdString(uniform.option) == name && m_document.space())
                choice = m_document.space()->choiceOf(uniform.plan).value_or(choice);
        compareHovered(choice);
    });
    connect(m_chart, &ParetoChart::improveRequested, &m_document, &Document::improveWithinLocks);
    connect(m_chart, &ParetoChart::showDifferenceRequested, this,
        [this] { Q_EMIT differenceRequested(QStringLiteral("best")); });
    connect(m_chart, &ParetoChart::sizeAxisChanged, this,
        [this] { m_size->setCurrentIndex(m_size->findData(static_cast<int>(m_chart->sizeAxis()))); });
}

/// What was measured of a plan, by its choice; nullptr where there is none.
const PlanHarm* ParetoPanel::measuredPlan(const QString& choice) const
{
    if (m_measured != nullptr)
        for (const PlanHarm& plan : m_measured->plans())
            if (plan.choice == choice && plan.target == m_document.settings().target)
                return &plan;
    return nullptr;
}

/// A named plan, or one that was run: it becomes the current one.
void ParetoPanel::takeMark(int index, const QString& id)
{
    const auto& plans = m_chart->data().plans;
    if (index < 0 || index >= static_cast<int>(plans.size()))
        return;
    if (!plans[static_cast<std::size_t>(index)].measured)
        return m_document.loadPlan(id);
    const PlanHarm* harm = measuredPlan(id);
    if (harm != nullptr && harm->plan)
        m_document.takePlan(*harm->plan);
    else
        Q_EMIT readout(tr("This plan was measured before plans were kept: measure it again to take it."));
}

/// How a measured plan stands to what the current one was measured as.
QString ParetoPanel::measuredNote(const QString& choice) const
{
    const PlanHarm* current = m_measured != nullptr ? m_measured->currentPlan() : nullptr;
    if (m_measured == nullptr || current == nullptr)
        return tr("the current plan was not run");
    for (const PlanHarm& plan : m_measured->plans())
        if (plan.choice == choice && plan.choice != current->choice) {
            const auto difference = differenceOf(plan, *current);
            return difference ? differenceText(*difference, tr("the current plan"), plan.cosine)
                              : tr("measured on other tokens than the current plan");
        }
    return {};
}

/// Counts and lights up the units that the plan under the cursor gives another option.
void ParetoPanel::compareHovered(const std::vector<std::size_t>& choice)
{
    QVector<int> units;
    if (m_document.space() && !m_document.choice().empty()) {
        if (const auto difference = plan::differenceOf(*m_document.space(), m_document.choice(), choice)) {
            for (const auto& unit : difference->units)
                if (!unit.same())
                    units.push_back(static_cast<int>(unit.unit));
            m_chart->setCompareNote(tr("%1 units differ").arg(formatCount(units.size())));
        }
    }
    Q_EMIT unitsHovered(units);
}

void ParetoPanel::connectDocument()
{
    const auto& document = m_document;
    connect(&document, &Document::opened, this, &ParetoPanel::refresh);
    connect(&document, &Document::closed, this, &ParetoPanel::refresh);
    connect(&document, &Document::spaceChanged, this, &ParetoPanel::refresh);
    connect(&document, &Document::frontierChanged, this, &ParetoPanel::refresh);
    connect(&document, &Document::otherFrontierChanged, this, &ParetoPanel::refresh);
    connect(&document, &Document::namedPlansChanged, this, &ParetoPanel::refresh);
    connect(&document, &Document::planChanged, this, &ParetoPanel::refreshPlan);
    connect(&document, &Document::busyChanged, this, [this] { m_chart->setStale(m_document.isStale()); });
}

// What nobody measured cannot be chosen.
void ParetoPanel::enableMeasured()
{
    const auto& workspace = m_document.workspace();
    const bool measured = workspace && workspace->defaultScore() == score::ScoreKind::Measured;
    for (QComboBox* box : {m_score, m_compare})
        if (auto* model = qobject_cast<QStandardItemModel*>(box->model()))
            if (auto* item = model->item(box->findData(static_cast<int>(score::ScoreKind::Measured))))
                item->setEnabled(measured);
}

void ParetoPanel::showMeasured(const HarmRun& run)
{
    m_measured = &run;
    connect(&run, &HarmRun::changed, this, &ParetoPanel::refresh);
    refresh();
}

void ParetoPanel::refresh()
{
    // A project brings its own settings.
    const PlanSettings& settings = m_document.settings();
    m_target->setCurrentText(settings.target);
    m_score->setCurrentIndex(m_score->findData(settings.score ? static_cast<int>(*settings.score) : -1));
    m_quantizer->setCurrentIndex(m_quantizer->findData(static_cast<int>(settings.method)));
    m_objective->setCurrentIndex(m_objective->findData(static_cast<int>(settings.objective.kind)));
    const auto compared = m_document.comparedScore();
    m_compare->setCurrentIndex(m_compare->findData(compared ? static_cast<int>(*compared) : -1));
    const bool ready = m_document.space() != nullptr;
    enableMeasured();
    for (QWidget* widget : std::initializer_list<QWidget*>{
             m_target, m_score, m_quantizer, m_objective, m_budget, m_size, m_compare, m_plans})
        widget->setEnabled(m_document.isOpen());
    if (!ready) {
        m_chart->setData({});
        m_summary->clear();
        m_chart->setEmpty(
            tr("Size against predicted harm: drag the budget, compare with uniform plans.\n%1")
                .arg(m_document.isOpen() ? tr("Scoring the options…") : tr("No model is open.")),
            m_document.isOpen() ? QString() : tr("Open a model…"));
        return;
    }
    m_chart->clearEmpty();
    m_chart->setCaption(
        {tr("Plan %1 for %2")
                .arg(QString::fromStdString(m_document.plan().name), m_document.settings().target),
            harmSource(m_document), {}, // the axes name what is shown
            harmIsMeasured(m_document) ? tr("units: %1").arg(harmLabel(m_document))
                                       : provenanceText(m_document.space()->provenance())});
    m_chart->setData(paretoData(m_document, m_measured));
    refreshPlan();
}

// What the strip above the views says already is left out where the chart needs the room.
QString ParetoPanel::summaryText() const
{
    const auto& numbers = m_document.numbers();
    const QString harm = planHarmText(m_document, formatNumber(numbers.objective));
    QString text = m_compact ? harm
                             : tr("%1 bpw planned · %2 bpw file · %3 · %4")
                                   .arg(formatBpw(numbers.size.bpw()), formatBpw(numbers.size.fileBpw()),
                                       formatBytes(static_cast<double>(numbers.size.bytes())), harm);
    const QStringList better = m_measured != nullptr ? plansThatAreBetter(*m_measured) : QStringList();
    if (!better.isEmpty())
        text += tr(" · \u26a0 measured worse than %1 of its size").arg(better.join(tr(" and ")));
    return text;
}

void ParetoPanel::arrange()
{
    constexpr int kLines = 29; // of text: less height is little
    const bool compact = height() < kLines * fontMetrics().height();
    if (compact == m_compact)
        return;
    m_compact = compact;
    m_size->setVisible(!compact);
    m_compare->setVisible(!compact);
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * (compact ? 0.88 : 1));
    m_summary->setFont(small);
    m_chart->setFootnoteShown(!compact); // the line above the chart says the same
    if (m_document.space() && !m_document.choice().empty())
        m_summary->setText(summaryText());
}

void ParetoPanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    arrange();
}

void ParetoPanel::refreshPlan()
{
    if (!m_document.space() || m_document.choice().empty())
        return;
    const ParetoCurrent fresh = paretoCurrent(m_document);
    if (m_chart->data().frontierStale != fresh.frontierStale)
        m_chart->setFrontierStale(fresh.frontierStale);
    if (!m_chart->isDragging())
        m_chart->setBudget(fresh.budgetBytes);
    if (fresh.mark || !m_chart->isDragging())
        m_chart->setCurrent(fresh.mark, fresh.state);
    const auto& numbers = m_document.numbers();
    m_summary->setText(summaryText());
    QString tip = tr("bpw planned counts the %1 planned weights, bpw file all %2 weights; both count "
                     "codes, scales, zeros and padding")
                      .arg(formatCount(static_cast<std::int64_t>(numbers.size.unitParameters)),
                          formatCount(static_cast<std::int64_t>(numbers.size.fileParameters)));
    if (harmIsMeasured(m_document))
        tip += u'\n'
            + tr("Harm: %1. The plan as a whole was not run for it.")
                  .arg(provenanceText(m_document.space()->provenance()));
    m_summary->setToolTip(tip);
    const bool above = !m_chart->distanceText().isEmpty();
    m_improve->setEnabled(above);
    m_difference->setEnabled(above);
    const QSignalBlocker quiet(m_budget);
    if (m_document.plan().budgetBpw)
        m_budget->setValue(*m_document.plan().budgetBpw);
    else if (const auto budget = m_document.budgetBytes();
             budget && *budget >= m_document.space()->keptBytes())
        m_budget->setValue(8.0 * static_cast<double>(*budget - m_document.space()->keptBytes())
            / static_cast<double>(m_document.space()->unitParameters()));
}

void ParetoPanel::applySettings()
{
    PlanSettings settings = m_document.settings();
    settings.target = m_target->currentText();
    const int kind = m_score->currentData().toInt();
    settings.score = kind < 0 ? std::nullopt : std::optional(static_cast<score::ScoreKind>(kind));
    settings.method = static_cast<quant::Method>(m_quantizer->currentData().toInt());
    settings.objective.kind = static_cast<alloc::ObjectiveKind>(m_objective->currentData().toInt());
    m_document.setSettings(settings);
}

// --- Previews ---

void ParetoPanel::previewUnit(int unit, int option)
{
    std::vector<ParetoMove> moves;
    const auto& space = m_document.space();
    if (unit >= 0 && space) {
        for (std::size_t j = 0; j < space->optionIds().size(); ++j) {
            if (auto move = paretoMove(m_document, {unit}, j)) {
                move->emphasized = static_cast<int>(j) == option;
                moves.push_back(*move);
            }
        }
    }
    m_chart->setPreviewMoves(std::move(moves));
}

void ParetoPanel::previewMove(const QVector<int>& units, int option)
{
    std::vector<ParetoMove> moves;
    if (!units.isEmpty() && option >= 0) {
        if (auto move = paretoMove(m_document, units, static_cast<std::size_t>(option))) {
            move->emphasized = true;
            moves.push_back(*move);
        }
    }
    m_chart->setPreviewMoves(std::move(moves));
}

} // namespace bitwright::views
