#include "views/panels/difference_panel.h"

#include "core/plan/solve.h"
#include "views/charts/chart_math.h"
#include "views/charts/column_widths.h"
#include "views/models/core_text.h"
#include "views/models/difference_table.h"
#include "views/models/text.h"
#include "views/models/words_filter.h"
#include "views/panels/chart_data.h"
#include "views/panels/model_csv.h"
#include "views/panels/model_difference.h"
#include "views/panels/plan_data.h"
#include "views/panels/tensor_menu.h"
#include "views/panels/unit_delegate.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QScrollBar>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
const QString kPlan = QStringLiteral("plan:");
const QString kUniform = QStringLiteral("uniform:");
} // namespace

DifferencePanel::DifferencePanel(Document& document, JobQueue& jobs, QWidget* parent)
    : Panel(document, QStringLiteral("difference"), tr("Difference"), parent)
    , m_tabs(new QTabWidget(this))
    , m_a(new QComboBox(this))
    , m_b(new QComboBox(this))
    , m_totals(new QLabel(this))
    , m_useA(new QPushButton(tr("Use &A for the selection"), this))
    , m_useB(new QPushButton(tr("Use &B for the selection"), this))
    , m_matrix(new BlockRoleMatrix(this))
    , m_model(new DifferenceTable(document, this))
    , m_sorted(new WordsFilter(this))
    , m_table(new QTableView(this))
    , m_tablePart(new QWidget(this))
    , m_models(new ModelDifference(document, jobs, this))
{
    m_tabs->setDocumentMode(true);
    m_matrix->setAccessibleName(tr("Where the plans differ"));
    m_tabs->setAccessibleName(tr("What is compared"));
    m_layout->addWidget(m_tabs);
    createViews();
    createActions();
    connectDocument();
    fillChoices();
    refresh();
}

void DifferencePanel::createBar()
{
    for (QComboBox* box : {m_a, m_b}) {
        letShrink(box);
        connect(box, &QComboBox::activated, this, [this, box] {
            m_choseB = m_choseB || box == m_b;
            refresh();
        });
    }
    m_a->setAccessibleName(tr("Plan A"));
    m_b->setAccessibleName(tr("Plan B"));
    m_a->setToolTip(tr("The plan that is compared from"));
    m_b->setToolTip(tr("The plan that is compared with; deltas are B minus A"));
    m_useA->setToolTip(tr("The current plan takes the options of A for the selected units; one undo step"));
    m_useB->setToolTip(tr("The current plan takes the options of B for the selected units; one undo step"));
    connect(m_useA, &QPushButton::clicked, this, [this] { take(false); });
    connect(m_useB, &QPushButton::clicked, this, [this] { take(true); });
    m_totals->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_totals->setWordWrap(true);
}

void DifferencePanel::createTable()
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(DifferenceTable::SortRole);
    m_table->setModel(m_sorted);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 6);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->setAccessibleName(tr("Units that differ"));
    m_widths = new ColumnWidths(m_table);
    m_widths->setWholeColumns({DifferenceTable::UnitColumn});
    m_widths->setFills(true);
    m_table->setItemDelegateForColumn(
        DifferenceTable::UnitColumn, new UnitDelegate(DifferenceTable::StateRole, this));
    auto* words = new QLineEdit(m_tablePart);
    words->setPlaceholderText(tr("Filter"));
    words->setAccessibleName(tr("Filter of the units that differ"));
    words->setToolTip(tr("Shows the units in which every word occurs"));
    words->setClearButtonEnabled(true);
    auto* copy = new QPushButton(tr("Copy as CSV"), m_tablePart);
    copy->setToolTip(tr("Copies the shown rows with full precision"));
    auto* bar = new QHBoxLayout;
    bar->addWidget(words, 1);
    bar->addWidget(copy);
    auto* layout = new QVBoxLayout(m_tablePart);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(bar);
    layout->addWidget(m_table, 1);
    connect(words, &QLineEdit::textChanged, m_sorted, &WordsFilter::setWords);
    connect(copy, &QPushButton::clicked, this, &DifferencePanel::copyCsv);
}

void DifferencePanel::copyCsv() const
{
    QGuiApplication::clipboard()->setText(
        modelCsv(*m_sorted, DifferenceTable::SortRole, DifferenceTable::UnitColumn));
}

void DifferencePanel::createViews()
{
    createBar();
    auto* page = new QWidget(this);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(8, 6, 8, 4);
    layout->setSpacing(4);
    auto* choices = new QHBoxLayout;
    auto* labelA = new QLabel(tr("A"), page);
    auto* labelB = new QLabel(tr("B"), page);
    labelA->setBuddy(m_a);
    labelB->setBuddy(m_b);
    for (QWidget* widget : std::initializer_list<QWidget*>{labelA, m_a, labelB, m_b, m_useA, m_useB})
        choices->addWidget(widget);
    layout->addLayout(choices);
    shareByText(choices, page);
    layout->addWidget(m_totals);
    createTable();
    // Behind the allocation in a small window: what this page would like must not make it higher.
    m_matrix->setMinimumHeight(6 * fontMetrics().height());
    m_matrix->setMinimumWidth(24 * fontMetrics().averageCharWidth());
    auto* splitter = new QSplitter(Qt::Horizontal, page);
    splitter->addWidget(m_matrix);
    splitter->addWidget(m_tablePart);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    m_splitter = splitter;
    connect(splitter, &QSplitter::splitterMoved, this, [this] { m_sharedByHand = true; });
    layout->addWidget(splitter, 1);
    m_tabs->addTab(page, tr("Two plans"));
    m_tabs->addTab(m_models, tr("Two models"));
    connect(m_matrix, &BlockRoleMatrix::selectionEdited, &m_document, &Document::selectUnits);
    connect(m_matrix, &BlockRoleMatrix::readoutChanged, this, &Panel::readout);
    connect(m_matrix, &BlockRoleMatrix::remedyRequested, this, &Panel::openModelRequested);
    connectMatrixEdits();
    connect(m_models, &ModelDifference::tensorSelected, &m_document, &Document::selectTensor);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        if (m_following)
            return;
        QVector<int> units;
        for (const auto& index : m_table->selectionModel()->selectedRows())
            units.push_back(index.data(DifferenceTable::UnitRole).toInt());
        if (!units.isEmpty())
            m_document.selectUnits(units);
    });
}

void DifferencePanel::createActions()
{
    const auto add = [this](const QString& id, const QString& text, const QString& toolTip) {
        auto* action = new QAction(text, this);
        action->setObjectName(id);
        action->setToolTip(toolTip);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(action);
        return action;
    };
    connect(add(QStringLiteral("difference.use-a"), tr("Use plan &A for the selection"), m_useA->toolTip()),
        &QAction::triggered, this, [this] { take(false); });
    connect(add(QStringLiteral("difference.use-b"), tr("Use plan &B for the selection"), m_useB->toolTip()),
        &QAction::triggered, this, [this] { take(true); });
    connect(add(QStringLiteral("difference.best"), tr("Compare with the best &plan of this size"),
                tr("Current plan against the best that the frontier knows at its size")),
        &QAction::triggered, this, [this] { compareWith(QStringLiteral("best")); });
    connect(add(QStringLiteral("difference.copy-csv"), tr("&Copy the difference as CSV"),
                tr("Copies the shown rows with full precision")),
        &QAction::triggered, this, &DifferencePanel::copyCsv);
    connect(add(QStringLiteral("difference.models"), tr("Compare with another &model…"),
                tr("Opens a second checkpoint and compares tensor by tensor")),
        &QAction::triggered, this, [this] {
            m_tabs->setCurrentWidget(m_models);
            m_models->askModel(true);
        });
}

void DifferencePanel::connectDocument()
{
    const auto later = [this] {
        m_dirty = true;
        // A dock behind another tab counts as visible; what nobody sees waits for its first paint.
        if (!visibleRegion().isEmpty())
            refresh();
        update();
    };
    const auto all = [this, later] {
        fillChoices();
        later();
    };
    const auto& document = m_document;
    connect(&document, &Document::opened, this, all);
    connect(&document, &Document::closed, this, all);
    connect(&document, &Document::spaceChanged, this, all);
    connect(&document, &Document::namedPlansChanged, this, all);
    connect(&document, &Document::planChanged, this, later);
    connect(&document, &Document::frontierChanged, this, later);
    connect(&document, &Document::solverChoiceChanged, this, later);
    connect(&m_document.selection(), &Selection::changed, this, &DifferencePanel::followSelection);
}

// The table gets what its columns need, but leaves the matrix room to be read; the matrix gets the rest.
void DifferencePanel::shareWidth()
{
    const int all = m_splitter->width() - m_splitter->handleWidth();
    if (m_sharedByHand || all <= 0)
        return;
    const int least = m_matrix->minimumWidth();
    const int beside = m_table->verticalScrollBar()->sizeHint().width() + 4;
    // Of all columns the share says least: it is the change of harm again, and the rows stand in its order.
    const bool hidden = m_widths->wantedWidth() + beside > all - least;
    const int wanted = m_widths->wantedWidth()
        - (hidden ? m_widths->wantedWidth(DifferenceTable::ShareColumn) : 0) + beside;
    m_table->setColumnHidden(DifferenceTable::ShareColumn, hidden);
    const int table = std::min(wanted, all - least);
    m_splitter->setSizes({all - table, table});
    m_widths->apply();
}

void DifferencePanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    QTimer::singleShot(0, this, &DifferencePanel::shareWidth); // when the page has its width
}

void DifferencePanel::paintEvent(QPaintEvent* event)
{
    Panel::paintEvent(event);
    if (m_dirty)
        QTimer::singleShot(0, this, [this] {
            if (m_dirty)
                refresh();
        });
}

void DifferencePanel::fillChoices()
{
    const QString keptA = keyOf(*m_a), keptB = keyOf(*m_b);
    for (QComboBox* box : {m_a, m_b}) {
        box->clear();
        box->addItem(tr("current plan"), QStringLiteral("current"));
        box->addItem(tr("best of this size"), QStringLiteral("best"));
        box->addItem(tr("solver's choice at the budget"), QStringLiteral("solver"));
        for (const auto& plan : m_document.namedPlans())
            box->addItem(tr("plan %1").arg(QString::fromStdString(plan.name)),
                kPlan + QString::fromStdString(plan.name));
        for (const auto& uniform : m_document.uniforms())
            addUniform(*box, QString::fromStdString(uniform.option));
        box->setEnabled(m_document.space() != nullptr);
    }
    m_a->setCurrentIndex(std::max(0, m_a->findData(keptA)));
    const int b = m_b->findData(keptB);
    m_b->setCurrentIndex(b >= 0 ? b : 1);
}

/// By the name that is short everywhere; the whole one is in the tooltip.
void DifferencePanel::addUniform(QComboBox& box, const QString& option)
{
    const auto& space = m_document.space();
    const auto index = space ? space->optionIndex(option.toStdString()) : std::nullopt;
    box.addItem(tr("uniform %1").arg(index ? shortOptionName(*space, *index) : option), kUniform + option);
    box.setItemData(box.count() - 1, option, Qt::ToolTipRole);
}

QString DifferencePanel::keyOf(const QComboBox& box) const
{
    return box.currentData().toString();
}

std::vector<std::size_t> DifferencePanel::choiceOf(const QString& key) const
{
    const auto& space = m_document.space();
    if (!space)
        return {};
    if (key == QLatin1String("current"))
        return m_document.choice();
    if (key == QLatin1String("best"))
        return m_document.bestChoiceAtSize();
    if (key == QLatin1String("solver"))
        return m_document.solverChoice();
    if (key.startsWith(kPlan)) {
        const auto* plan = m_document.namedPlan(key.mid(kPlan.size()));
        return plan == nullptr ? std::vector<std::size_t>{}
                               : space->choiceOf(*plan).value_or(std::vector<std::size_t>{});
    }
    for (const auto& uniform : m_document.uniforms())
        if (kUniform + QString::fromStdString(uniform.option) == key)
            return space->choiceOf(uniform.plan).value_or(std::vector<std::size_t>{});
    return {};
}

void DifferencePanel::compareWith(const QString& key)
{
    fillChoices();
    m_a->setCurrentIndex(0);
    m_b->setCurrentIndex(std::max(0, m_b->findData(key)));
    m_choseB = true;
    m_tabs->setCurrentIndex(0);
    refresh();
}

void DifferencePanel::suggestB()
{
    const auto best = m_document.bestChoiceAtSize();
    QString key = QStringLiteral("best");
    if (!best.empty() && best == choiceOf(keyOf(*m_a))) {
        const auto bytes = plan::numbersOf(*m_document.space(), best, m_document.settings().objective).size;
        std::uint64_t largest = 0;
        for (const auto& uniform : m_document.uniforms()) {
            const std::uint64_t size = uniform.numbers.size.bytes();
            if (size <= bytes.bytes() && size > largest) {
                largest = size;
                key = kUniform + QString::fromStdString(uniform.option);
            }
        }
    }
    if (const int index = m_b->findData(key); index >= 0)
        m_b->setCurrentIndex(index);
}

void DifferencePanel::refresh()
{
    m_dirty = false;
    if (!m_choseB)
        suggestB();
    m_choiceA = choiceOf(keyOf(*m_a));
    m_choiceB = choiceOf(keyOf(*m_b));
    plan::PlanDifference difference;
    const auto& space = m_document.space();
    const bool ready = space && !m_choiceA.empty() && !m_choiceB.empty();
    if (ready)
        difference = plan::differenceOf(*space, m_choiceA, m_choiceB).value_or(difference);
    const bool same = ready && difference.changed == 0;
    m_model->setDifference(std::move(difference));
    m_widths->refresh();
    shareWidth();
    m_tablePart->setVisible(!same); // an empty table would say less than the words above it
    m_useA->setEnabled(ready && keyOf(*m_a) != QLatin1String("current"));
    m_useB->setEnabled(ready && keyOf(*m_b) != QLatin1String("current"));
    showTotals();
    refreshMatrix();
    followSelection();
}

void DifferencePanel::showTotals()
{
    const auto& space = m_document.space();
    if (!space) {
        m_totals->clear();
        return;
    }
    if (m_choiceA.empty() || m_choiceB.empty()) {
        m_totals->setText(
            tr("One of the two is not known yet: the frontier is being computed, or the plan names "
               "options that are not offered here."));
        return;
    }
    const auto& difference = m_model->difference();
    const auto describe = [&](const std::vector<std::size_t>& choice) {
        const auto numbers = plan::numbersOf(*space, choice, m_document.settings().objective);
        return tr("%1 bpw, %2, harm %3")
            .arg(formatBpw(numbers.size.bpw()), formatBytes(static_cast<double>(numbers.size.bytes())),
                formatNumber(numbers.objective));
    };
    QString text = tr("A: %1 · B: %2").arg(describe(m_choiceA), describe(m_choiceB));
    text += difference.changed == 0
        ? tr("\nThe plans are the same.")
        : tr("\n%1 of %2 units differ").arg(difference.changed).arg(difference.units.size())
            + tr(" · size %1 · %2")
                  .arg(signedSizeText(difference.deltaBytes),
                      planHarmText(m_document, signedNumberText(difference.deltaHarm)));
    if (difference.unknown > 0)
        text += tr(" · unknown for %1 of them").arg(difference.unknown);
    m_totals->setText(text);
}

void DifferencePanel::followSelection()
{
    const QVector<int>& units = m_document.selection().units();
    m_matrix->setSelection(units);
    QItemSelection rows;
    for (int row = 0; row < m_sorted->rowCount(); ++row) {
        const QModelIndex index = m_sorted->index(row, 0);
        if (std::binary_search(units.begin(), units.end(), index.data(DifferenceTable::UnitRole).toInt()))
            rows.select(index, index);
    }
    m_following = true;
    m_table->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    m_following = false;
}

void DifferencePanel::take(bool b)
{
    const auto& choice = b ? m_choiceB : m_choiceA;
    if (choice.empty())
        return;
    QVector<int> differing, chosen;
    const QVector<int>& selected = m_document.selection().units();
    for (const auto& unit : m_model->difference().units) {
        if (unit.same())
            continue;
        differing.push_back(static_cast<int>(unit.unit));
        if (selected.contains(static_cast<int>(unit.unit)))
            chosen.push_back(static_cast<int>(unit.unit));
    }
    m_document.takeOptions(chosen.isEmpty() ? differing : chosen, choice,
        tr("Take options of %1").arg(b ? m_b->currentText() : m_a->currentText()));
}

} // namespace bitwright::views
