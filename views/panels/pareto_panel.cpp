#include "views/panels/pareto_panel.h"

#include "views/charts/chart_math.h"
#include "views/panels/chart_data.h"
#include "views/panels/plan_data.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace bitwright::views {

ParetoPanel::ParetoPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("pareto"), tr("Plan"), parent)
    , m_chart(new ParetoChart(this))
    , m_target(new QComboBox(this))
    , m_score(new QComboBox(this))
    , m_quantizer(new QComboBox(this))
    , m_objective(new QComboBox(this))
    , m_budget(new QDoubleSpinBox(this))
    , m_summary(new QLabel(this))
{
    createControls();
    m_layout->addWidget(m_chart, 1);
    connectChart();
    connect(&document, &Document::opened, this, &ParetoPanel::refresh);
    connect(&document, &Document::closed, this, &ParetoPanel::refresh);
    connect(&document, &Document::spaceChanged, this, &ParetoPanel::refresh);
    connect(&document, &Document::frontierChanged, this, &ParetoPanel::refresh);
    connect(&document, &Document::namedPlansChanged, this, &ParetoPanel::refresh);
    connect(&document, &Document::planChanged, this, &ParetoPanel::refreshPlan);
    connect(&document, &Document::busyChanged, this, [this] { m_chart->setStale(m_document.isStale()); });
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
    for (const auto kind : score::allScores()) {
        const auto id = score::scoreId(kind);
        const auto text = score::scoreDescription(kind);
        m_score->addItem(
            QString::fromUtf8(id.data(), static_cast<qsizetype>(id.size())), static_cast<int>(kind));
        m_score->setItemData(m_score->count() - 1,
            QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())), Qt::ToolTipRole);
    }
    for (const auto method : quant::allMethods()) {
        const auto word = quant::methodWord(method);
        m_quantizer->addItem(
            QString::fromUtf8(word.data(), static_cast<qsizetype>(word.size())), static_cast<int>(method));
    }
    m_objective->addItem(tr("least total harm"), static_cast<int>(alloc::ObjectiveKind::Sum));
    m_objective->addItem(tr("least worst harm"), static_cast<int>(alloc::ObjectiveKind::Max));
    m_budget->setRange(0.5, 32.0);
    m_budget->setDecimals(3);
    m_budget->setSingleStep(0.05);
    m_budget->setSuffix(tr(" bpw"));
    m_budget->setKeyboardTracking(false);
    m_budget->setValue(m_document.settings().startBpw);
    m_budget->setToolTip(
        tr("Budget: bits per weight over the planned tensors, with scales, zeros and padding counted"));
    m_target->setToolTip(tr("What the engine can load"));
    m_score->setToolTip(tr("How harm is predicted; nothing here is measured by running the model"));
    m_quantizer->setToolTip(tr("How codes are chosen: round to nearest, clip search, GPTQ"));
    m_objective->setToolTip(tr("What the solver minimizes"));
    m_target->setAccessibleName(tr("Target"));
    m_score->setAccessibleName(tr("Score"));
    m_quantizer->setAccessibleName(tr("Quantizer"));
    m_objective->setAccessibleName(tr("Objective"));
    m_budget->setAccessibleName(tr("Budget in bits per weight"));
    m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_summary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_summary->setWordWrap(true);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(8, 4, 8, 2);
    bar->setSpacing(6);
    for (QWidget* widget :
        std::initializer_list<QWidget*>{m_target, m_score, m_quantizer, m_objective, m_budget})
        bar->addWidget(widget);
    m_layout->addLayout(bar);
    auto* line = new QHBoxLayout;
    line->setContentsMargins(10, 0, 8, 2);
    line->addWidget(m_summary, 1);
    m_layout->addLayout(line);
    for (QComboBox* box : {m_target, m_score, m_quantizer, m_objective}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(5);
        box->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        connect(box, &QComboBox::activated, this, &ParetoPanel::applySettings);
    }
    connect(m_budget, &QDoubleSpinBox::valueChanged, &m_document, &Document::setBudgetBpw);
}

int ParetoPanel::dragNumber()
{
    static int next = 0;
    if (m_drag == 0)
        m_drag = ++next;
    return m_drag;
}

void ParetoPanel::connectChart()
{
    offerChart(*m_chart);
    connect(m_chart, &ChartBase::readoutChanged, this, &Panel::readout);
    connect(m_chart, &ChartBase::remedyRequested, this, &Panel::openModelRequested);
    connect(m_chart, &ParetoChart::budgetDragging, this, [this](double bytes) {
        m_document.setBudget(static_cast<std::uint64_t>(std::max(0.0, bytes)), dragNumber());
    });
    connect(m_chart, &ParetoChart::budgetReleased, this, [this](double bytes) {
        m_document.setBudget(static_cast<std::uint64_t>(std::max(0.0, bytes)), dragNumber());
        m_drag = 0;
        refreshPlan();
    });
    connect(m_chart, &ParetoChart::handleMoved, this,
        [this](int state) { m_document.takeFrontierState(state, dragNumber()); });
    connect(m_chart, &ParetoChart::handleReleased, this, [this](int state) {
        m_document.takeFrontierState(state, dragNumber());
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
    connect(m_chart, &ParetoChart::presetActivated, this, [this](int preset) {
        if (preset >= 0 && preset < static_cast<int>(m_chart->data().presets.size()))
            m_document.setUniform(m_chart->data().presets[static_cast<std::size_t>(preset)].name);
    });
    connect(m_chart, &ParetoChart::planActivated, this, [this](int plan) {
        if (plan >= 0 && plan < static_cast<int>(m_chart->data().plans.size()))
            m_document.loadPlan(m_chart->data().plans[static_cast<std::size_t>(plan)].name);
    });
    connect(m_chart, &ParetoChart::improveRequested, &m_document, &Document::improveWithinLocks);
}

void ParetoPanel::refresh()
{
    // A project brings its own settings.
    const PlanSettings& settings = m_document.settings();
    m_target->setCurrentText(settings.target);
    m_score->setCurrentIndex(m_score->findData(settings.score ? static_cast<int>(*settings.score) : -1));
    m_quantizer->setCurrentIndex(m_quantizer->findData(static_cast<int>(settings.method)));
    m_objective->setCurrentIndex(m_objective->findData(static_cast<int>(settings.objective.kind)));
    const bool ready = m_document.space() != nullptr;
    for (QWidget* widget :
        std::initializer_list<QWidget*>{m_target, m_score, m_quantizer, m_objective, m_budget})
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
            sourceText(m_document), tr("size of all weights against harm"),
            QString::fromStdString(m_document.space()->provenance().label)});
    m_chart->setData(paretoData(m_document));
    refreshPlan();
}

void ParetoPanel::refreshPlan()
{
    if (!m_document.space() || m_document.choice().empty())
        return;
    const ParetoData fresh = paretoData(m_document);
    if (!m_chart->isDragging()) {
        m_chart->setBudget(fresh.budgetBytes);
        m_chart->setCurrent(fresh.current, fresh.currentState);
    } else if (fresh.current) {
        m_chart->setCurrent(fresh.current, fresh.currentState);
    }
    const auto& numbers = m_document.numbers();
    QString text
        = tr("%1 bpw planned · %2 bpw file · %3 · harm %4 (predicted, not measured)")
              .arg(formatBpw(numbers.size.bpw()), formatBpw(numbers.size.fileBpw()),
                  formatBytes(static_cast<double>(numbers.size.bytes())), formatNumber(numbers.objective));
    m_summary->setText(text);
    m_summary->setToolTip(tr("bpw planned counts the %1 planned weights, bpw file all %2 weights; both count "
                             "codes, scales, zeros and padding")
                              .arg(formatCount(static_cast<std::int64_t>(numbers.size.unitParameters)),
                                  formatCount(static_cast<std::int64_t>(numbers.size.fileParameters))));
    if (m_document.plan().budgetBpw) {
        const QSignalBlocker quiet(m_budget);
        m_budget->setValue(*m_document.plan().budgetBpw);
    } else if (m_document.budgetBytes()) {
        const QSignalBlocker quiet(m_budget);
        const double bytes = static_cast<double>(*m_document.budgetBytes() - m_document.space()->keptBytes());
        m_budget->setValue(8.0 * bytes / static_cast<double>(m_document.space()->unitParameters()));
    }
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

void ParetoPanel::previewUnit(int unit)
{
    const auto& space = m_document.space();
    std::vector<ParetoMove> moves;
    if (unit >= 0 && space && m_document.choice().size() == space->units().size()
        && m_document.settings().objective.kind == alloc::ObjectiveKind::Sum) {
        const auto index = static_cast<std::size_t>(unit);
        const auto& now = space->cell(index, m_document.choice()[index]);
        for (std::size_t j = 0; j < space->optionIds().size(); ++j) {
            const auto& cell = space->cell(index, j);
            if (j == m_document.choice()[index] || !cell.legal || !cell.score || !now.score)
                continue;
            moves.push_back({QString::fromStdString(space->optionIds()[j]),
                static_cast<double>(m_document.numbers().size.bytes())
                    + static_cast<double>(cell.resolved.bytes) - static_cast<double>(now.resolved.bytes),
                m_document.numbers().objective + *cell.score - *now.score});
        }
    }
    m_chart->setPreviewMoves(std::move(moves));
}

} // namespace bitwright::views
