#include "views/panels/plan_panels.h"

#include "core/alloc/moves.h"
#include "views/charts/chart_math.h"
#include "views/models/allocation_table.h"
#include "views/panels/bits_delegate.h"

#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace bitwright::views {

// --- Matrix ---

SensitivityPanel::SensitivityPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("sensitivity"), tr("Block × role"), parent)
    , m_matrix(new BlockRoleMatrix(this))
{
    m_layout->addWidget(m_matrix);
    connect(m_matrix, &BlockRoleMatrix::readoutChanged, this, &Panel::readout);
    connect(m_matrix, &BlockRoleMatrix::remedyRequested, this, &Panel::openModelRequested);
    connect(m_matrix, &BlockRoleMatrix::selectionEdited, &document, &Document::selectUnits);
    connect(m_matrix, &BlockRoleMatrix::setBitsRequested, &document, &Document::setBits);
    connect(m_matrix, &BlockRoleMatrix::restoreRequested, &document, &Document::restore);
    connect(m_matrix, &BlockRoleMatrix::lockToggleRequested, &document, &Document::toggleLock);
    connect(m_matrix, &BlockRoleMatrix::tieToggleRequested, &document, [this] { m_document.toggleTies(); });
    connect(m_matrix, &BlockRoleMatrix::optionListRequested, this, &SensitivityPanel::showOptions);
    connect(m_matrix, &BlockRoleMatrix::hovered, this, [this](int unit) {
        // Tie partners light up with the cell under the cursor.
        QVector<int> partners;
        if (unit >= 0 && m_document.space()) {
            for (const auto& tie : m_document.space()->tiesOf(m_document.plan())) {
                if (std::find(tie.units.begin(), tie.units.end(), static_cast<std::size_t>(unit))
                    != tie.units.end()) {
                    for (const auto member : tie.units)
                        partners.push_back(static_cast<int>(member));
                }
            }
        }
        m_matrix->setHighlighted(partners);
        Q_EMIT unitHovered(unit);
    });
    connect(&document, &Document::opened, this, &SensitivityPanel::rebuild);
    connect(&document, &Document::closed, this, &SensitivityPanel::rebuild);
    connect(&document, &Document::spaceChanged, this, &SensitivityPanel::rebuild);
    connect(&document, &Document::planChanged, this, &SensitivityPanel::refresh);
    connect(&document, &Document::scanStateChanged, this, &SensitivityPanel::refresh); // a scan finds NaN
    connect(&document, &Document::busyChanged, this, [this] { m_matrix->setStale(m_document.isStale()); });
    connect(&document.selection(), &Selection::changed, this,
        [this] { m_matrix->setSelection(m_document.selection().units()); });
    rebuild();
}

void SensitivityPanel::rebuild()
{
    m_data = matrixData(m_document);
    if (m_data.units.empty()) {
        m_matrix->setData({});
        m_matrix->setEmpty(tr("Bits and predicted harm of every block and role; a click sets the option.\n%1")
                               .arg(m_document.isOpen() ? tr("This model has no weight matrix to plan.")
                                                        : tr("No model is open.")),
            m_document.isOpen() ? QString() : tr("Open a model…"));
        return;
    }
    m_matrix->clearEmpty();
    m_matrix->setCaption(
        {tr("Plan %1").arg(QString::fromStdString(m_document.plan().name)), sourceText(m_document),
            tr("fill: bits per weight; square: harm on a log scale"), harmLabel(m_document)});
    m_matrix->setData(m_data);
    m_matrix->setSelection(m_document.selection().units());
}

void SensitivityPanel::refresh()
{
    if (m_data.units.empty())
        return;
    m_matrix->setUnits(matrixUnits(m_document, m_data));
}

void SensitivityPanel::showOptions(const QVector<int>& units, const QPoint& position)
{
    const auto& space = m_document.space();
    if (!space || units.isEmpty())
        return;
    QMenu menu(this);
    const auto unit = static_cast<std::size_t>(units.front());
    for (std::size_t j = 0; j < space->optionIds().size(); ++j) {
        const auto& cell = space->cell(unit, j);
        auto* action
            = menu.addAction(QStringLiteral("%1\t%2").arg(QString::fromStdString(space->optionIds()[j]),
                cell.score ? formatNumber(*cell.score) : tr("unknown")));
        action->setEnabled(cell.legal);
        action->setToolTip(QString::fromStdString(cell.legal ? cell.resolved.fallback : cell.reason));
        action->setCheckable(true);
        action->setChecked(m_document.choice().size() > unit && m_document.choice()[unit] == j);
        connect(
            action, &QAction::triggered, &m_document, [this, units, j] { m_document.setOption(units, j); });
    }
    menu.setToolTipsVisible(true);
    menu.exec(position);
}

// --- Pareto ---

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
    for (const auto kind :
        {score::ScoreKind::Fisher, score::ScoreKind::Residual, score::ScoreKind::WeightErrorRelative,
            score::ScoreKind::WeightError, score::ScoreKind::ActDiag, score::ScoreKind::ActGram}) {
        const auto id = score::scoreId(kind);
        const auto text = score::scoreDescription(kind);
        m_score->addItem(
            QString::fromUtf8(id.data(), static_cast<qsizetype>(id.size())), static_cast<int>(kind));
        m_score->setItemData(m_score->count() - 1,
            QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())), Qt::ToolTipRole);
    }
    for (const auto method :
        {quant::Method::RoundToNearest, quant::Method::ClipSearch, quant::Method::Gptq}) {
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

// --- Allocation table ---

AllocationPanel::AllocationPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("allocation"), tr("Allocation"), parent)
    , m_model(new AllocationTable(document, this))
    , m_moves(new MovesTable(document, this))
    , m_table(new QTableView(this))
    , m_movesView(new QTableView(this))
    , m_filter(new QLineEdit(this))
{
    auto* proxy = new QSortFilterProxyModel(this);
    proxy->setSourceModel(m_model);
    proxy->setSortRole(AllocationTable::SortRole);
    proxy->setFilterKeyColumn(-1);
    proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_table->setModel(proxy);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder);
    m_table->setItemDelegateForColumn(
        AllocationTable::BitsColumn, new BitsDelegate(AllocationTable::BitsRole, this));
    m_movesView->setModel(m_moves);
    for (QTableView* view : {m_table, m_movesView}) {
        view->setSelectionBehavior(QAbstractItemView::SelectRows);
        view->verticalHeader()->hide();
        view->verticalHeader()->setDefaultSectionSize(view->fontMetrics().height() + 6);
        view->horizontalHeader()->setStretchLastSection(true);
        view->horizontalHeader()->setHighlightSections(false);
        view->setAlternatingRowColors(true);
        view->setShowGrid(false);
        view->setTextElideMode(Qt::ElideMiddle);
        view->setWordWrap(false);
    }
    const auto widths = [](QTableView* view, std::initializer_list<int> characters) {
        int column = 0;
        for (const int count : characters)
            view->setColumnWidth(column++, view->fontMetrics().averageCharWidth() * count + 14);
    };
    widths(m_table, {19, 17, 8, 9, 17, 9});
    widths(m_movesView, {19, 17, 17, 9, 17, 14});
    m_table->setAccessibleName(tr("Allocation of every unit"));
    m_movesView->setAccessibleName(tr("Next best moves"));
    m_filter->setPlaceholderText(tr("Filter units, options, notes"));
    m_filter->setClearButtonEnabled(true);
    auto* copy = new QPushButton(tr("Copy as CSV"), this);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(8, 4, 8, 4);
    bar->addWidget(m_filter, 1);
    bar->addWidget(copy);
    m_layout->addLayout(bar);
    m_splitter = new QSplitter(Qt::Horizontal, this);
    m_splitter->addWidget(m_table);
    m_splitter->addWidget(m_movesView);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_layout->addWidget(m_splitter, 1);
    connect(m_filter, &QLineEdit::textChanged, proxy, &QSortFilterProxyModel::setFilterFixedString);
    connect(copy, &QPushButton::clicked, this, &AllocationPanel::copyCsv);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
        &AllocationPanel::takeSelection);
    connect(&document.selection(), &Selection::changed, this, &AllocationPanel::followSelection);
    connect(m_movesView, &QTableView::activated, this, [this](const QModelIndex& index) {
        const alloc::Move* move = m_moves->moveAt(index.row());
        if (move == nullptr)
            return;
        QVector<int> units;
        for (const auto unit : move->units)
            units.push_back(static_cast<int>(unit));
        m_document.setOption(units, move->to);
    });
    m_movesView->setToolTip(tr("Press Enter or double click to make a move"));
}

void AllocationPanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    // Side by side where both tables have room, else one above the other.
    const auto orientation = width() > 900 || height() < 420 ? Qt::Horizontal : Qt::Vertical;
    if (m_splitter->orientation() == orientation)
        return;
    m_splitter->setOrientation(orientation);
    m_splitter->setSizes(orientation == Qt::Horizontal ? QList<int>{width() * 3 / 5, width() * 2 / 5}
                                                       : QList<int>{height() * 3 / 5, height() * 2 / 5});
}

void AllocationPanel::applyTheme(const Theme&)
{
    m_table->viewport()->update();
}

void AllocationPanel::takeSelection()
{
    if (m_following)
        return;
    const auto* proxy = static_cast<const QSortFilterProxyModel*>(m_table->model());
    QVector<int> units;
    for (const auto& index : m_table->selectionModel()->selectedRows())
        units.push_back(proxy->mapToSource(index).row());
    m_document.selectUnits(units);
}

void AllocationPanel::followSelection()
{
    const auto* proxy = static_cast<const QSortFilterProxyModel*>(m_table->model());
    QItemSelection rows;
    QModelIndex first;
    for (const int unit : m_document.selection().units()) {
        const QModelIndex index = proxy->mapFromSource(m_model->index(unit, 0));
        if (!index.isValid())
            continue;
        rows.select(index, index);
        if (!first.isValid())
            first = index;
    }
    m_following = true;
    m_table->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    m_following = false;
    if (first.isValid() && !m_table->hasFocus())
        m_table->scrollTo(first);
}

void AllocationPanel::copyCsv() const
{
    QString text;
    const auto* model = m_table->model();
    for (int column = 0; column < model->columnCount(); ++column)
        text += (column > 0 ? QStringLiteral(",") : QString())
            + csvText(model->headerData(column, Qt::Horizontal).toString());
    text += QLatin1Char('\n');
    for (int row = 0; row < model->rowCount(); ++row) {
        for (int column = 0; column < model->columnCount(); ++column) {
            const QModelIndex index = model->index(row, column);
            const QVariant number = index.data(AllocationTable::SortRole);
            text += column > 0 ? QStringLiteral(",") : QString();
            text += number.typeId() == QMetaType::Double ? csvNumber(number.toDouble())
                                                         : csvText(index.data().toString());
        }
        text += QLatin1Char('\n');
    }
    QGuiApplication::clipboard()->setText(text);
}

} // namespace bitwright::views
