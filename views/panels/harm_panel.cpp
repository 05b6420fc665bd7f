#include "views/panels/harm_panel.h"

#include "core/score/measured.h"
#include "views/charts/ask_file.h"
#include "views/charts/data_table.h"
#include "views/models/harm_text.h"
#include "views/panels/chart_data.h"
#include "views/panels/harm_data.h"
#include "views/panels/refine_box.h"
#include "views/panels/refine_data.h"
#include "views/panels/tensor_menu.h"
#include "views/panels/wrap_bar.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QItemSelection>
#include <QLabel>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QSpinBox>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace bitwright::views {

namespace {
constexpr int kFileItem = 2;
constexpr int kRefineItem = 100; // no HarmRun::What
}

HarmPanel::HarmPanel(Document& document, HarmRun& run, RefineRun& refine, QWidget* parent)
    : Panel(document, QStringLiteral("harm"), tr("Measured harm"), parent)
    , m_run(run)
    , m_refine(refine)
    , m_what(new QComboBox(this))
    , m_text(new QComboBox(this))
    , m_tokens(new QSpinBox(this))
    , m_fromEnd(new QCheckBox(tr("from the &end"), this))
    , m_start(new QPushButton(tr("&Measure"), this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
    , m_status(new QLabel(this))
    , m_splitter(new QSplitter(Qt::Horizontal, this))
    , m_chart(new AgreementChart(this))
    , m_tables(new QStackedWidget(this))
    , m_table(new DataTable(tr("Measured harm"), this))
    , m_refineTable(new DataTable(tr("Refinement"), this))
    , m_refineBox(new RefineBox(refine, this))
{
    createBar();
    m_splitter->addWidget(m_chart);
    m_tables->addWidget(m_table);
    m_tables->addWidget(m_refineTable);
    m_splitter->addWidget(m_tables);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setSizes({460, 480}); // the table needs its columns, the chart a line for its caption
    m_table->setWholeColumns({0}); // units are told apart by the middle of their names
    for (DataTable* table : {m_table, m_refineTable}) { // as the other tables of the plan
        table->view()->setAlternatingRowColors(true);
        table->view()->setShowGrid(false);
    }
    // Behind the allocation in a small window: what this page would like must not make it higher.
    const int line = fontMetrics().height();
    m_chart->setMinimumSize(12 * line, 6 * line);
    m_tables->setMinimumSize(12 * line, 6 * line);
    m_layout->addWidget(m_splitter, 1);
    m_chart->setAccessibleName(tr("Predicted against measured harm"));
    createActions();
    offerChart(*m_chart);
    createRefineActions();
    connectViews();
    connectRefine();
    refresh();
}

void HarmPanel::createBar()
{
    m_what->addItem(tr("the plan and the uniform plan of its size"), static_cast<int>(HarmRun::What::Plan));
    m_what->addItem(tr("the plan, the uniform plan, presets and proxies"),
        static_cast<int>(HarmRun::What::PlanAndProxies));
    m_what->addItem(tr("all options of the selected units"), static_cast<int>(HarmRun::What::Selection));
    m_what->addItem(tr("all options of all units"), static_cast<int>(HarmRun::What::Everything));
    m_what->addItem(tr("better the plan by measured steps"), kRefineItem);
    m_what->setAccessibleName(tr("What to measure"));
    m_what->setToolTip(tr("What is run with other options and compared with the original"));
    m_text->addItem(tr("tokens of the dump"), static_cast<int>(RunText::Source::Dump));
    m_text->addItem(tr("the bundled text"), static_cast<int>(RunText::Source::Bundled));
    m_text->addItem(tr("a file…"), static_cast<int>(RunText::Source::File));
    m_text->setAccessibleName(tr("Text to measure on"));
    m_text->setProperty("keepState", false); // the file that was asked for is not kept either
    m_text->setToolTip(tr("Text (through the model's own tokenizer), or token ids as .npy"));
    m_tokens->setRange(16, 1'000'000);
    m_tokens->setSingleStep(256);
    m_tokens->setValue(512);
    m_tokens->setSuffix(tr(" tokens"));
    m_tokens->setGroupSeparatorShown(true);
    m_tokens->setAccessibleName(tr("Tokens to run"));
    m_tokens->setToolTip(tr("More tokens make intervals narrower and take longer"));
    m_fromEnd->setToolTip(tr("Takes the last sequences of the text: others than those that units were "
                             "measured on, so that a plan is "
                             "judged on what did not choose it"));
    m_start->setToolTip(tr("Runs the model (Ctrl+Return)"));
    m_cancel->setObjectName(QStringLiteral("harm.cancel"));
    m_cancel->setToolTip(tr("Stops; what was measured until then is kept"));
    for (QComboBox* box : {m_what, m_text})
        letShrink(box);
    auto* bar = new WrapBar;
    for (QWidget* widget :
        std::initializer_list<QWidget*>{m_what, m_text, m_tokens, m_fromEnd, m_start, m_cancel})
        bar->addWidget(widget);
    m_layout->addLayout(bar);
    m_layout->addWidget(m_refineBox);
    m_status->setObjectName(QStringLiteral("harm.status"));
    m_status->setWordWrap(true);
    m_status->setContentsMargins(10, 3, 8, 3);
    m_status->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_layout->addWidget(m_status);
}

// Side by side where it is wide; one above the other where the table would lose its columns.
void HarmPanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    const bool wide = width() > 1000 || height() < width() * 3 / 5 || height() < 24 * fontMetrics().height();
    m_splitter->setOrientation(wide ? Qt::Horizontal : Qt::Vertical);
}

QAction* HarmPanel::addPanelAction(const QString& id, const QString& text, const QString& tip,
    const QKeySequence& key, const std::function<void()>& slot)
{
    auto* action = new QAction(text, this);
    action->setObjectName(id);
    action->setToolTip(tip);
    action->setStatusTip(tip);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, slot);
    addAction(action);
    return action;
}

void HarmPanel::createActions()
{
    const auto add
        = [this](const QString& id, const QString& text, const QString& tip, const QKeySequence& key,
              const std::function<void()>& slot) { addPanelAction(id, text, tip, key, slot); };
    add(QStringLiteral("harm.plan"), tr("Measure the &plan"),
        tr("Runs the current plan and the uniform plan of its size, and says what they cost"), {},
        [this] { measure(HarmRun::What::Plan); });
    add(QStringLiteral("harm.proxies"), tr("Measure the plan beside those of p&roxies"),
        tr("Runs the current plan and, of its size, the uniform plan, presets that people use, and what the "
           "proxies call the best"),
        {}, [this] { measure(HarmRun::What::PlanAndProxies); });
    add(QStringLiteral("harm.selection"), tr("Measure the &selected units"),
        tr("Runs every option of the selected units"), {}, [this] { measure(HarmRun::What::Selection); });
    add(QStringLiteral("harm.everything"), tr("Measure &all units"),
        tr("Runs every option of every unit: the score \"measured\" is made from this"), {},
        [this] { measure(HarmRun::What::Everything); });
    m_take = addPanelAction(QStringLiteral("harm.take"), tr("Take the &measured plan"),
        tr("Makes the plan of the selected row the current one: one undo step (Enter in the table)"), {},
        [this] { takeMeasured(); });
    add(QStringLiteral("harm.start"), tr("&Measure"), tr("Measures what the page says (Ctrl+Return)"),
        QKeySequence(Qt::CTRL | Qt::Key_Return), [this] { start(); });
}

void HarmPanel::connectViews()
{
    connect(m_start, &QPushButton::clicked, this, &HarmPanel::start);
    connect(m_cancel, &QPushButton::clicked, &m_run, &HarmRun::cancel);
    connect(m_what, &QComboBox::currentIndexChanged, this, &HarmPanel::refreshControls);
    connect(m_tokens, &QSpinBox::valueChanged, this, &HarmPanel::refreshControls);
    connect(m_text, &QComboBox::activated, this, [this](int index) {
        if (index == kFileItem)
            askText();
        refreshControls();
    });
    connect(&m_run, &HarmRun::changed, this, &HarmPanel::refresh);
    connect(&m_run, &HarmRun::runningChanged, this, &HarmPanel::refreshControls);
    connect(&m_run, &HarmRun::statusChanged, this, &HarmPanel::refreshControls);
    for (const auto signal :
        {&Document::opened, &Document::closed, &Document::spaceChanged, &Document::dumpsChanged})
        connect(&m_document, signal, this, &HarmPanel::refresh);
    connect(&m_document, &Document::planChanged, this, [this] {
        const PlanHarm* plan = m_run.currentPlan();
        if ((plan == nullptr ? QString() : plan->choice) != m_comparedPlan) {
            refreshTable(); // its last column is about the current plan
            followSelection();
        }
        refreshControls();
    });
    connect(&m_document.selection(), &Selection::changed, this, &HarmPanel::followSelection);
    const auto unitsOfPoints = [this](const QVector<int>& points) {
        QVector<int> units;
        for (const int point : points)
            units << m_chart->data().points[static_cast<std::size_t>(point)].unit;
        return units;
    };
    connect(m_chart, &AgreementChart::pointActivated, this,
        [this, unitsOfPoints](int point, Qt::KeyboardModifiers modifiers) {
            select(unitsOfPoints({point}), modifiers.testFlag(Qt::ControlModifier));
        });
    connect(m_chart, &AgreementChart::pointsSelected, this,
        [this, unitsOfPoints](
            const QVector<int>& points, bool extend) { select(unitsOfPoints(points), extend); });
    connect(m_chart, &AgreementChart::readoutChanged, this, &Panel::readout);
    connect(m_chart, &AgreementChart::remedyRequested, this, [this] {
        if (m_document.isOpen())
            measure(HarmRun::What::Everything);
        else
            Q_EMIT openModelRequested();
    });
    connect(m_chart, &AgreementChart::otherRemedyRequested, this, [this] { measure(HarmRun::What::Plan); });
    connect(m_table->view()->selectionModel(), &QItemSelectionModel::selectionChanged, this,
        &HarmPanel::refreshControls);
    connect(m_table, &DataTable::rowActivated, this, [this](int row) {
        // Its own rows stay selected as they are: two of them can be compared.
        const QScopedValueRollback own(m_fromTable, true);
        if (const int unit = unitOfRow(row); unit >= 0)
            select({unit}, false);
    });
    connect(m_table, &DataTable::rowEntered, this, &HarmPanel::takeMeasured);
    installTensorMenu(m_chart, m_document, [this](const QPointF& position) {
        const int point = m_chart->pointAt(position);
        return point < 0
            ? TensorTarget{}
            : targetOfUnits(m_document, {m_chart->data().points[static_cast<std::size_t>(point)].unit});
    });
    installTensorMenu(m_table->view(), m_document, [this](const QModelIndex& index) {
        const int unit = unitOfRow(m_table->rowOf(index));
        return unit < 0 ? TensorTarget{} : targetOfUnits(m_document, {unit});
    });
}

HarmRun::Request HarmPanel::request() const
{
    HarmRun::Request request;
    if (!isRefining())
        request.what = static_cast<HarmRun::What>(m_what->currentData().toInt());
    request.text.source = static_cast<RunText::Source>(m_text->currentData().toInt());
    request.text.file = m_file;
    request.text.tokens = m_tokens->value();
    request.text.fromEnd = m_fromEnd->isChecked();
    return request;
}

void HarmPanel::measure(HarmRun::What what)
{
    m_what->setCurrentIndex(m_what->findData(static_cast<int>(what)));
    Q_EMIT viewRequested(id());
    const QString obstacle = m_run.obstacle(request());
    if (obstacle.isEmpty())
        m_run.start(request());
    else
        m_status->setText(obstacle);
}

void HarmPanel::askText()
{
    askFile(this,
        {FileQuestion::Kind::OpenFile, QStringLiteral("harmText"), tr("Text to measure on"),
            tr("Texts and token ids (*.txt *.md *.npy *.ids);;All files (*)"), {}, {}},
        [this](const QString& path) {
            m_file = path;
            m_text->setItemText(kFileItem, QFileInfo(path).fileName());
            refreshControls();
        });
}

void HarmPanel::refresh()
{
    if (!m_document.isOpen()) {
        m_chart->setData({});
        m_chart->setEmpty(tr("Predicted against measured harm of every unit and option.\n"
                             "No model is open."),
            tr("Open a model…"));
    } else if (m_run.pairs().empty()) {
        m_chart->setData({});
        HarmRun::Request everything = request();
        everything.what = HarmRun::What::Everything;
        const QString obstacle = m_run.obstacle(everything);
        m_chart->setEmpty(tr("Predicted against measured harm of every unit and option. Measuring runs the "
                             "model with one changed and compares it with the original: KL divergence per "
                             "token, of an encoder the cosine distance of its embeddings.\n%1")
                              .arg(obstacle.isEmpty() ? tr("No unit has been measured yet.") : obstacle),
            obstacle.isEmpty() ? tr("Measure all units") : QString(),
            obstacle.isEmpty() ? tr("Measure the plan") : QString());
    } else {
        m_chart->clearEmpty();
        m_chart->setData(agreementData(m_document, m_run));
        // Where there is one line, it says what the marks and their lines are.
        m_chart->setCaption({tr("Predicted against measured harm"), m_document.title(), m_run.rankText(),
            tr("from runs on up to %1 tokens; vertical lines: 95 % bootstrap intervals over blocks of tokens")
                .arg(formatCount(static_cast<std::int64_t>(tokensBehind(m_run))))});
    }
    refreshTable();
    refreshControls();
    followSelection();
}

void HarmPanel::refreshTable()
{
    m_table->setEmptyText(tr("Nothing has been measured yet."));
    m_table->view()->setToolTip(tr("Two selected rows (Ctrl+click) are compared over the same tokens; Enter "
                                   "or double click takes a plan"));
    const PlanHarm* plan = m_run.currentPlan();
    m_comparedPlan = plan == nullptr ? QString() : plan->choice;
    m_table->setData(m_document.space() ? harmTable(m_document, m_run) : TableData{});
}

void HarmPanel::refreshControls()
{
    const bool running = m_run.isRunning() || m_refine.isRunning();
    const bool refining = isRefining();
    const QString obstacle = refining ? m_refine.obstacle(refineRequest()) : m_run.obstacle(request());
    m_start->setText(refining ? tr("&Refine") : tr("&Measure"));
    m_start->setEnabled(!running && obstacle.isEmpty());
    m_cancel->setEnabled(running);
    m_refineBox->setVisible(refining);
    m_refineBox->refresh(running, obstacle.isEmpty());
    m_adopt->setEnabled(m_refine.canAdopt());
    const PlanHarm* harm = selectedPlan();
    m_take->setEnabled(harm != nullptr && harm->plan && harm->target == m_document.settings().target);
    m_tables->setCurrentWidget(refining ? m_refineTable : m_table);
    // A table of headings alone beside an empty chart would be a second empty box.
    m_tables->setVisible(refining || running || !m_run.pairs().empty() || !m_run.plans().empty());
    m_chart->setVisible(!refining); // it is about units by themselves
    m_status->setText(statusText(running, obstacle));
}

QString HarmPanel::statusText(bool running, const QString& obstacle) const
{
    const bool refining = isRefining();
    const QString verdict = refining ? refineSummary(m_refine.record()) : planVerdict(m_run);
    const QString& status = refining ? m_refine.status() : m_run.status();
    QStringList lines;
    if (!running && !obstacle.isEmpty())
        lines << obstacle;
    if (!status.isEmpty())
        lines << status;
    if ((refining || !running) && !verdict.isEmpty())
        lines << verdict;
    if (const QString rows = refining ? QString() : rowsInWords(); !rows.isEmpty())
        lines << rows;
    if (lines.isEmpty() && !refining)
        lines << restingText();
    // The caption has no room in a small window, and no ranking is to be read without it.
    if (const QString reliability = m_run.reliabilityText(); !refining && !running && !reliability.isEmpty())
        lines << reliability;
    if (!lines.isEmpty())
        return lines.join(u'\n');
    return tr("One half of the tokens chooses changes of the plan, the other half judges them: only what is "
              "better there beyond its noise is kept, as a plan of its own beside yours.");
}

QString HarmPanel::rowsInWords() const
{
    const QModelIndexList rows = m_table->view()->selectionModel()->selectedRows();
    if (rows.size() != 2)
        return {};
    return rowsCompared(m_document, m_run, m_table->rowOf(rows[0]), m_table->rowOf(rows[1]));
}

// Plans come first in the table.
int HarmPanel::unitOfRow(int row) const
{
    const int pair = row - static_cast<int>(m_run.plans().size());
    return pair >= 0 && pair < static_cast<int>(m_run.pairs().size())
        ? m_run.pairs()[static_cast<std::size_t>(pair)].unit
        : -1;
}

const PlanHarm* HarmPanel::selectedPlan() const
{
    const QModelIndexList rows = m_table->view()->selectionModel()->selectedRows();
    const int row = rows.size() == 1 ? m_table->rowOf(rows.front()) : -1;
    return row >= 0 && row < static_cast<int>(m_run.plans().size())
        ? &m_run.plans()[static_cast<std::size_t>(row)]
        : nullptr;
}

void HarmPanel::takeMeasured()
{
    if (const PlanHarm* harm = selectedPlan(); m_take->isEnabled() && harm != nullptr && harm->plan)
        m_document.takePlan(plan::Plan(*harm->plan)); // taking it measures nothing, but lists change under it
}

QString HarmPanel::restingText() const
{
    const auto pairs = static_cast<int>(m_run.pairs().size());
    if (pairs == 0)
        return tr("Until the model has been run, harm is only predicted.");
    const QString text
        = tr("%n pair(s) of unit and option are measured. What a whole plan costs, only running it tells.",
            nullptr, pairs);
    return harmIsMeasured(m_document) || m_document.settings().score
        ? text
        : text + u' ' + tr("Plans count what is measured from %1 units on.").arg(score::kUnitsToCalibrate);
}

void HarmPanel::followSelection()
{
    QVector<int> units = m_document.selection().units();
    std::sort(units.begin(), units.end());
    m_chart->setCurrentUnits(units);
    if (m_fromTable)
        return;
    // The rows of the selected units, in runs: there may be thousands.
    const QAbstractItemModel& rows = *m_table->view()->model();
    QItemSelection marked;
    int first = -1;
    for (int row = 0; row <= rows.rowCount(); ++row) {
        const bool in = row < rows.rowCount()
            && std::binary_search(units.begin(), units.end(), unitOfRow(m_table->rowOf(rows.index(row, 0))));
        if (in && first < 0)
            first = row;
        if (!in && first >= 0)
            marked.append(QItemSelectionRange(
                rows.index(std::exchange(first, -1), 0), rows.index(row - 1, rows.columnCount() - 1)));
    }
    m_table->view()->selectionModel()->select(marked, QItemSelectionModel::ClearAndSelect);
    if (!marked.isEmpty())
        m_table->view()->scrollTo(marked.front().topLeft());
}

void HarmPanel::select(const QVector<int>& units, bool extend)
{
    QVector<int> known = units;
    known.removeIf([](int unit) { return unit < 0; });
    const QVector<int> before = extend ? m_document.selection().units() : QVector<int>{};
    m_document.selectUnits(extendedUnits(before, known, false));
}

} // namespace bitwright::views
