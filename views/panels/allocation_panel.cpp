#include "views/panels/allocation_panel.h"

#include "views/charts/chart_math.h"
#include "views/charts/column_widths.h"
#include "views/charts/empty_state.h"
#include "views/models/allocation_table.h"
#include "views/models/moves_table.h"
#include "views/models/text.h"
#include "views/panels/bits_delegate.h"
#include "views/panels/lock_delegate.h"
#include "views/panels/model_csv.h"
#include "views/panels/move_groups.h"
#include "views/panels/option_delegate.h"
#include "views/panels/option_popup.h"
#include "views/panels/segmented_switch.h"
#include "views/panels/tensor_menu.h"
#include "views/panels/unit_delegate.h"
#include "views/panels/wrap_bar.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace bitwright::views {

namespace {

constexpr int kResortMs = 350; // of quiet before edited rows move to their new places

} // namespace

AllocationPanel::AllocationPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("allocation"), tr("Allocation"), parent)
    , m_model(new AllocationTable(document, this))
    , m_filter(new AllocationFilter(*m_model, this))
    , m_moves(new MovesTable(document, this))
    , m_sortedMoves(new MovesFilter(*m_moves, *m_model, *m_filter, this))
    , m_table(new QTableView(this))
    , m_movesView(new QTableView(this))
    , m_words(new QLineEdit(this))
    , m_role(new QComboBox(this))
    , m_show(new QComboBox(this))
    , m_count(new QLabel(this))
    , m_switch(new SegmentedSwitch(tr("What the allocation lists"), this))
    , m_splitter(new QSplitter(Qt::Horizontal, this))
    , m_empty(new EmptyState(m_table))
{
    createBar();
    createViews();
    createActions();
    connectViews();
    connectDocument();
    fillRoles();
    showCount();
    showEmptiness();
}

void AllocationPanel::showEmptiness()
{
    arrange();
    if (m_document.space() != nullptr)
        return m_empty->hide();
    m_empty->setMessage(
        tr("Every unit of the plan with its option, size and harm, and the next best moves.\n%1")
            .arg(m_document.isOpen() ? tr("The weights are not measured yet.") : tr("No model is open.")),
        m_document.isOpen() ? tr("Measure the weights") : tr("Open a model…"));
}

void AllocationPanel::arrange()
{
    // Side by side where both tables have room, one above the other on a page, else one at a time: two halves
    // of tables would both hide what they are read for.
    constexpr int kCharactersOfBoth = 185, kPageHeight = 420;
    const bool known = m_document.space() != nullptr;
    const bool wide = width() > kCharactersOfBoth * fontMetrics().averageCharWidth();
    const bool single = !wide && height() < kPageHeight;
    m_switch->setVisible(known && single);
    m_table->setVisible(!known || !single || m_switch->current() == 0);
    m_movesView->setVisible(known && (!single || m_switch->current() == 1));
    m_moveWidths->grow();
    const auto orientation = wide || single ? Qt::Horizontal : Qt::Vertical;
    if (m_splitter->orientation() == orientation)
        return;
    m_splitter->setOrientation(orientation);
    m_splitter->setSizes(orientation == Qt::Horizontal ? QList<int>{width() * 3 / 5, width() * 2 / 5}
                                                       : QList<int>{height() * 3 / 5, height() * 2 / 5});
}

void AllocationPanel::createBar()
{
    m_words->setPlaceholderText(tr("Filter"));
    m_words->setAccessibleName(tr("Filter of the allocation"));
    m_words->setToolTip(tr("Shows the units in which every word occurs, and their moves"));
    m_words->setClearButtonEnabled(true);
    m_role->setAccessibleName(tr("Role"));
    m_role->setToolTip(tr("Shows the units of one role"));
    m_show->setAccessibleName(tr("Which units"));
    m_show->setToolTip(tr("Shows the units that are in this state"));
    using Show = AllocationFilter::Show;
    m_show->addItem(tr("all"), static_cast<int>(Show::All));
    m_show->addItem(tr("differs from the solver's choice"), static_cast<int>(Show::Edited));
    m_show->addItem(tr("locked"), static_cast<int>(Show::Locked));
    m_show->addItem(tr("fallback"), static_cast<int>(Show::Fallback));
    m_show->addItem(tr("unknown harm"), static_cast<int>(Show::Unknown));
    auto* copy = new QPushButton(tr("Copy as CSV"), this);
    copy->setToolTip(tr("Copies the shown rows with full precision"));
    auto* bar = new WrapBar;
    for (QComboBox* box : {m_role, m_show})
        letShrink(box);
    // All at the left, above the table of units that they are about: at the right end of a wide page they
    // would stand above the moves.
    for (QWidget* widget : std::initializer_list<QWidget*>{m_switch, m_words, m_role, m_show, m_count, copy})
        bar->addWidget(widget);
    m_layout->addLayout(bar);
    connect(copy, &QPushButton::clicked, this, &AllocationPanel::copyCsv);
    connect(m_words, &QLineEdit::textChanged, m_filter, &AllocationFilter::setWords);
    connect(m_role, &QComboBox::activated, this, [this] {
        const int role = m_role->currentData().toInt();
        m_filter->setRole(role < 0 ? std::nullopt : std::optional(static_cast<model::Role>(role)));
    });
    connect(m_show, &QComboBox::activated, this,
        [this] { m_filter->setShow(static_cast<AllocationFilter::Show>(m_show->currentData().toInt())); });
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_filter, signal, this, &AllocationPanel::afterFilter);
    connect(m_filter, &QAbstractItemModel::modelReset, this, &AllocationPanel::afterFilter);
}

void AllocationPanel::createViews()
{
    m_table->setModel(m_filter);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder);
    m_table->setItemDelegateForColumn(
        AllocationTable::BitsColumn, new BitsDelegate(AllocationTable::BitsRole, this));
    m_table->setItemDelegateForColumn(
        AllocationTable::UnitColumn, new UnitDelegate(AllocationTable::StateRole, this));
    m_table->setItemDelegateForColumn(AllocationTable::OptionColumn, new OptionDelegate(m_document, this));
    m_table->setItemDelegateForColumn(AllocationTable::LockedColumn, new LockDelegate(this));
    m_table->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_sortedMoves->setSourceModel(m_moves);
    m_sortedMoves->setSortRole(MovesTable::SortRole);
    m_movesView->setModel(m_sortedMoves);
    m_movesView->setSortingEnabled(true);
    m_movesView->sortByColumn(-1, Qt::AscendingOrder);
    m_movesView->setSelectionMode(QAbstractItemView::SingleSelection);
    m_movesView->setMouseTracking(true);
    m_movesView->viewport()->installEventFilter(this);
    m_movesView->installEventFilter(this);
    m_table->installEventFilter(this);
    m_table->viewport()->installEventFilter(this);
    for (QTableView* view : {m_table, m_movesView}) {
        view->setSelectionBehavior(QAbstractItemView::SelectRows);
        view->verticalHeader()->hide();
        view->verticalHeader()->setDefaultSectionSize(view->fontMetrics().height() + 6);
        view->horizontalHeader()->setHighlightSections(false);
        view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        view->setAlternatingRowColors(true);
        view->setShowGrid(false);
        view->setTextElideMode(Qt::ElideMiddle);
        view->setWordWrap(false);
        view->setTabKeyNavigation(false);
    }
    m_widths = new ColumnWidths(m_table);
    m_widths->setLeastShare(0.7);
    m_widths->setCharacters({26, 14, 7, 8, 10, 10, 8});
    showNotes();
    m_moveWidths = new ColumnWidths(m_movesView);
    // The price of a bit is that of a KiB again: it gives way to names that would be cut.
    m_moveWidths->setFills(true);
    m_moveWidths->setSpareColumns({MovesTable::PerBitColumn});
    new MoveGroups(m_movesView);
    m_table->setAccessibleName(tr("Allocation of every unit"));
    m_movesView->setAccessibleName(tr("Next best moves"));
    m_movesView->setToolTip(
        tr("What a little more (buy) or less (sell) size changes; Enter or double click makes the move"));
    m_splitter->addWidget(m_table);
    m_splitter->addWidget(m_movesView);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_layout->addWidget(m_splitter, 1);
}

void AllocationPanel::createActions()
{
    const auto add = [this](const QString& id, const QString& text, const QString& toolTip) {
        auto* action = new QAction(text, this);
        action->setObjectName(id);
        action->setToolTip(toolTip);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(action);
        return action;
    };
    const auto addPart = [this](const QString& id, const QString& text, const QString& toolTip,
                             const QKeySequence& keys, QTableView* view) {
        QAction* action = m_switch->addSegment(id, text, toolTip, keys);
        addAction(action);
        connect(action, &QAction::triggered, view, [view] { view->setFocus(Qt::ShortcutFocusReason); });
    };
    addPart(QStringLiteral("allocation.units"), tr("&Units"), tr("Every unit of the plan with its option"),
        QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_1), m_table);
    addPart(QStringLiteral("allocation.moves"), tr("Next best &moves"),
        tr("The moves that gain most for each byte, or lose least"),
        QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_2), m_movesView);
    connect(m_switch, &SegmentedSwitch::currentChanged, this, &AllocationPanel::arrange);
    auto* options = add(QStringLiteral("allocation.options"), tr("&Options of the selection…"),
        tr("Lists bits, size and harm of every option of the selected units (Enter)"));
    connect(options, &QAction::triggered, this, &AllocationPanel::showOptions);
    auto* restore = add(QStringLiteral("allocation.restore"), tr("&Restore the solver's choice"),
        tr("Gives the selected units the solver's option at the budget (0)"));
    connect(
        restore, &QAction::triggered, this, [this] { m_document.restore(m_document.selection().units()); });
    auto* lock = add(QStringLiteral("allocation.lock"), tr("&Lock or unlock the selection"),
        tr("Locked units keep their option whatever the solver does (K)"));
    connect(
        lock, &QAction::triggered, this, [this] { m_document.toggleLock(m_document.selection().units()); });
    auto* csv = add(QStringLiteral("allocation.copy-csv"), tr("&Copy the allocation as CSV"),
        tr("Copies the shown rows with full precision"));
    connect(csv, &QAction::triggered, this, &AllocationPanel::copyCsv);
    auto* move = add(QStringLiteral("allocation.best-move"), tr("Make the selected next best &move"),
        tr("Applies the move that is selected in the price list (Enter in the list)"));
    connect(move, &QAction::triggered, this, [this] { applyMove(m_movesView->currentIndex()); });
}

void AllocationPanel::connectViews()
{
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
        &AllocationPanel::takeSelection);
    connect(m_table, &QTableView::customContextMenuRequested, this, &AllocationPanel::openMenu);
    connect(m_movesView, &QTableView::activated, this, &AllocationPanel::applyMove);
    const auto unitsAt = [this](const QModelIndex& index) {
        return m_moves->unitsOf(m_sortedMoves->mapToSource(index).row());
    };
    installTensorMenu(m_movesView, m_document,
        [this, unitsAt](const QModelIndex& index) { return targetOfUnits(m_document, unitsAt(index)); });
    connect(m_movesView, &QTableView::clicked, this,
        [this, unitsAt](const QModelIndex& index) { m_document.selectUnits(unitsAt(index)); });
    const auto preview = [this](const QModelIndex& index) {
        const int row = m_sortedMoves->mapToSource(index).row();
        const alloc::Move* move = m_moves->moveAt(row);
        Q_EMIT moveHovered(m_moves->unitsOf(row), move != nullptr ? static_cast<int>(move->to) : -1);
    };
    connect(m_movesView, &QTableView::entered, this, preview);
    connect(m_movesView->selectionModel(), &QItemSelectionModel::currentChanged, this, preview);
}

void AllocationPanel::connectDocument()
{
    for (const auto change : {&Document::opened, &Document::closed, &Document::spaceChanged}) {
        connect(&m_document, change, this, &AllocationPanel::showEmptiness);
        connect(&m_document, change, this, &AllocationPanel::showNotes);
        connect(&m_document, change, this, &AllocationPanel::fitHeading);
    }
    connect(m_empty, &EmptyState::remedyRequested, this,
        [this] { m_document.isOpen() ? Q_EMIT scanRequested() : Q_EMIT openModelRequested(); });
    m_resort.setSingleShot(true);
    m_resort.setInterval(kResortMs);
    connect(&m_resort, &QTimer::timeout, this, [this] {
        if (!isEditing())
            m_filter->resort();
        followSelection();
    });
    connect(&m_document, &Document::planChanged, this, [this] {
        if (m_filter->sortColumn() > AllocationTable::UnitColumn || m_show->currentIndex() > 0)
            m_resort.start();
    });
    connect(&m_document, &Document::solverChoiceChanged, this, [this] { m_table->viewport()->update(); });
    connect(&m_document, &Document::spaceChanged, this, &AllocationPanel::fillRoles);
    connect(&m_document, &Document::notesChanged, this, &AllocationPanel::showNotes);
    connect(m_sortedMoves, &QAbstractItemModel::modelReset, m_moveWidths, &ColumnWidths::grow);
    connect(&m_document, &Document::closed, this, &AllocationPanel::fillRoles);
    connect(&m_document.selection(), &Selection::changed, this, &AllocationPanel::followSelection);
}

bool AllocationPanel::isEditing() const
{
    const QWidget* focus = QApplication::focusWidget();
    return focus != nullptr && m_table->viewport()->isAncestorOf(focus);
}

void AllocationPanel::fillRoles()
{
    const QVariant kept = m_role->currentData();
    m_role->clear();
    m_role->addItem(tr("every role"), -1);
    std::set<model::Role> roles;
    if (m_document.space())
        for (const auto& unit : m_document.space()->units())
            roles.insert(unit.role);
    for (const auto role : roles)
        m_role->addItem(roleText(role), static_cast<int>(role));
    const int index = std::max(0, m_role->findData(kept));
    m_role->setCurrentIndex(index);
    if (index == 0)
        m_filter->setRole(std::nullopt);
}

void AllocationPanel::afterFilter()
{
    m_sortedMoves->invalidate();
    showCount();
}

void AllocationPanel::showCount()
{
    const int shown = m_filter->rowCount(), all = m_model->rowCount();
    m_count->setText(shown == all ? tr("%1 units").arg(all) : tr("%1 of %2").arg(shown).arg(all));
}

/// Notes are few and anybody's own: their column is there where one was written, or where there is room.
void AllocationPanel::showNotes()
{
    const bool noted = !m_document.notes().empty();
    m_widths->setSpareColumns(noted ? QList<int>{} : QList<int>{AllocationTable::NoteColumn});
    if (!noted || !m_table->isColumnHidden(AllocationTable::NoteColumn))
        return;
    m_table->setColumnHidden(AllocationTable::NoteColumn, false);
    m_widths->apply();
}

/// "Harm (runs)" in full where no column has to give room for it.
void AllocationPanel::fitHeading()
{
    const auto width = [this](bool whole) {
        return m_table->horizontalHeader()->fontMetrics().horizontalAdvance(m_model->harmHeadingText(whole));
    };
    const int more = m_model->hasWholeHeading() ? 0 : width(true) - width(false);
    m_model->setWholeHeading(
        m_widths != nullptr && m_widths->wantedWidth() + std::max(0, more) <= m_table->viewport()->width());
}

void AllocationPanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    arrange();
}

void AllocationPanel::applyTheme(const Theme& theme)
{
    m_empty->setTheme(theme);
    m_table->viewport()->update();
}

// --- Edits ---

QVector<int> AllocationPanel::selectedUnits() const
{
    QVector<int> units;
    for (const auto& index : m_table->selectionModel()->selectedRows())
        units.push_back(index.data(AllocationTable::UnitRole).toInt());
    return units;
}

bool AllocationPanel::editKey(int key)
{
    const QVector<int> units = selectedUnits();
    if (units.isEmpty())
        return false;
    if (key >= Qt::Key_2 && key <= Qt::Key_9)
        m_document.setBits(units, key - Qt::Key_0);
    else if (key == Qt::Key_0)
        m_document.restore(units);
    else if (key == Qt::Key_K)
        m_document.toggleLock(units);
    else if (key == Qt::Key_T)
        m_document.toggleTies();
    else if (key == Qt::Key_Return || key == Qt::Key_Enter)
        showOptions();
    else
        return false;
    return true;
}

bool AllocationPanel::eventFilter(QObject* watched, QEvent* event)
{
    const bool key = event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride;
    if (watched == m_table && key && !isEditing()) {
        const auto* press = static_cast<QKeyEvent*>(event);
        if ((press->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier) {
            const int k = press->key();
            const bool edits = k == Qt::Key_0 || (k >= Qt::Key_2 && k <= Qt::Key_9) || k == Qt::Key_K
                || k == Qt::Key_T || k == Qt::Key_Return || k == Qt::Key_Enter;
            if (edits && event->type() == QEvent::ShortcutOverride) {
                event->accept();
                return true;
            }
            if (edits && editKey(k))
                return true;
        }
    }
    if (watched == m_table->viewport() && event->type() == QEvent::Resize)
        fitHeading();
    const bool leaves = (watched == m_movesView->viewport() && event->type() == QEvent::Leave)
        || (watched == m_movesView && event->type() == QEvent::FocusOut);
    if (leaves)
        Q_EMIT moveHovered({}, -1);
    return Panel::eventFilter(watched, event);
}

void AllocationPanel::showOptions()
{
    const QVector<int> units = m_document.selection().units();
    if (units.isEmpty() || !m_document.space())
        return;
    auto* popup = new OptionPopup(m_document, units, this);
    connect(popup, &OptionPopup::optionHovered, this, &AllocationPanel::optionHovered);
    const QRect row = m_table->visualRect(m_table->currentIndex());
    popup->showAt(m_table->viewport()->mapToGlobal(row.bottomLeft()));
}

void AllocationPanel::openMenu(const QPoint& position)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(QStringLiteral("tensorMenu"));
    addTensorActions(*menu, m_document, targetOfUnits(m_document, selectedUnits()));
    menu->addSeparator();
    for (QAction* action : actions()) {
        if (action->objectName() == QLatin1String("allocation.copy-csv"))
            menu->addAction(action);
    }
    menu->popup(m_table->viewport()->mapToGlobal(position));
}

void AllocationPanel::applyMove(const QModelIndex& index)
{
    const int row = m_sortedMoves->mapToSource(index).row();
    const alloc::Move* move = m_moves->moveAt(row);
    if (move == nullptr)
        return;
    const QVector<int> units = m_moves->unitsOf(row);
    const std::size_t option = move->to; // the edit replaces the list
    m_document.setOption(units, option);
}

// --- Selection ---

void AllocationPanel::takeSelection()
{
    if (!m_following)
        m_document.selectUnits(selectedUnits());
}

void AllocationPanel::followSelection()
{
    const QVector<int>& units = m_document.selection().units();
    if (selectedUnits() == units)
        return;
    QItemSelection rows;
    QModelIndex first;
    for (const int unit : units) {
        const QModelIndex index = m_filter->mapFromSource(m_model->index(unit, 0));
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
    const bool moves = !m_table->isVisible() || m_movesView->hasFocus();
    QApplication::clipboard()->setText(moves
            ? modelCsv(*m_sortedMoves, MovesTable::SortRole, MovesTable::MoveColumn)
            : modelCsv(*m_filter, AllocationTable::SortRole, AllocationTable::UnitColumn));
}

} // namespace bitwright::views
