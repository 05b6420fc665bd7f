#include "views/panels/allocation_panel.h"

#include "views/charts/chart_math.h"
#include "views/models/allocation_table.h"
#include "views/models/moves_table.h"
#include "views/panels/bits_delegate.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

namespace bitwright::views {

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
