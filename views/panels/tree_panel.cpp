#include "views/panels/tree_panel.h"

#include "views/charts/chart_math.h"
#include "views/models/tensor_tree.h"
#include "views/models/text.h"
#include "views/panels/bits_delegate.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTreeView>
#include <QVBoxLayout>

namespace bitwright::views {

TreePanel::TreePanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("tree"), tr("Model"), parent)
    , m_tree(new TensorTree(document, this))
    , m_filter(new TensorFilter(this))
    , m_text(new QLineEdit(this))
    , m_view(new QTreeView(this))
    , m_totals(new QLabel(this))
{
    m_filter->setSourceModel(m_tree);
    m_view->setModel(m_filter);
    m_view->setUniformRowHeights(true);
    m_view->setAlternatingRowColors(true);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setTextElideMode(Qt::ElideMiddle);
    m_view->setItemDelegateForColumn(TensorTree::BitsColumn, new BitsDelegate(TensorTree::BitsRole, this));
    m_view->setAccessibleName(tr("Tensors of the model"));
    m_view->header()->setStretchLastSection(false);
    m_view->header()->setSectionResizeMode(TensorTree::NameColumn, QHeaderView::Stretch);
    m_view->header()->setMinimumSectionSize(40);
    for (const int column :
        {TensorTree::ShapeColumn, TensorTree::TypeColumn, TensorTree::SizeColumn, TensorTree::BitsColumn})
        m_view->header()->setSectionResizeMode(column, QHeaderView::Interactive);
    m_view->setColumnWidth(
        TensorTree::SizeColumn, m_view->fontMetrics().horizontalAdvance(QStringLiteral("1.000,0 MiB")) + 10);
    m_view->setColumnWidth(
        TensorTree::BitsColumn, m_view->fontMetrics().horizontalAdvance(QStringLiteral("16,00")) + 26);
    // Shape and type are in the tooltip and the Inspector; in a narrow dock the name needs the room.
    m_view->setColumnHidden(TensorTree::ShapeColumn, true);
    m_view->setColumnHidden(TensorTree::TypeColumn, true);
    m_text->setPlaceholderText(tr("Filter: words of name, role, dtype"));
    m_text->setClearButtonEnabled(true);
    m_text->setAccessibleName(tr("Filter tensors"));
    m_totals->setContentsMargins(8, 3, 8, 3);
    m_totals->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_totals->setWordWrap(true);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(6, 4, 6, 4);
    bar->addWidget(m_text);
    m_layout->addLayout(bar);
    m_layout->addWidget(m_view, 1);
    m_layout->addWidget(m_totals);
    connect(m_text, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_filter->setText(text);
        if (!text.isEmpty())
            m_view->expandAll();
        showTotals();
    });
    connect(
        m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TreePanel::takeSelection);
    connect(&document.selection(), &Selection::changed, this, &TreePanel::followSelection);
    connect(&document, &Document::opened, this, &TreePanel::showTotals);
    connect(&document, &Document::closed, this, &TreePanel::showTotals);
    showTotals();
}

void TreePanel::applyTheme(const Theme&)
{
    m_view->viewport()->update();
}

void TreePanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    // In a narrow dock the name needs the room; the size is in the tooltip and the Inspector.
    constexpr int kNarrow = 260;
    m_view->setColumnHidden(TensorTree::SizeColumn, width() < kNarrow);
}

void TreePanel::focusFilter()
{
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
}

void TreePanel::takeSelection()
{
    if (m_following)
        return;
    QVector<int> units;
    int current = m_view->currentIndex().siblingAtColumn(0).data(TensorTree::TensorRole).isValid()
        ? m_view->currentIndex().siblingAtColumn(0).data(TensorTree::TensorRole).toInt()
        : -1;
    const std::function<void(const QModelIndex&)> collect = [&](const QModelIndex& index) {
        const int tensor = index.data(TensorTree::TensorRole).toInt();
        if (tensor >= 0)
            units += m_document.unitsOfTensor(tensor);
        for (int i = 0; i < m_filter->rowCount(index); ++i)
            collect(m_filter->index(i, 0, index));
    };
    for (const auto& index : m_view->selectionModel()->selectedRows())
        collect(index);
    if (units.isEmpty() || current >= 0)
        m_document.selectTensor(current);
    std::sort(units.begin(), units.end());
    units.erase(std::unique(units.begin(), units.end()), units.end());
    if (units.size() > 1)
        m_document.selection().set(current >= 0 ? current : m_document.tensorOfUnit(units.front()), units,
            m_document.selection().site(), m_document.selection().channel());
    showTotals();
}

void TreePanel::followSelection()
{
    if (m_view->hasFocus())
        return;
    const QModelIndex index = m_filter->mapFromSource(m_tree->indexOfTensor(m_document.selection().tensor()));
    m_following = true;
    if (index.isValid()) {
        m_view->scrollTo(index);
        m_view->selectionModel()->setCurrentIndex(
            index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    } else {
        m_view->clearSelection();
    }
    m_following = false;
    showTotals();
}

void TreePanel::showTotals()
{
    if (!m_document.isOpen()) {
        m_totals->setText(tr("No model is open"));
        return;
    }
    const auto& checkpoint = m_document.workspace()->checkpoint();
    std::uint64_t parameters = 0, bytes = 0;
    int count = 0;
    for (const int unit : m_document.selection().units()) {
        const auto& tensor = checkpoint.tensors()[static_cast<std::size_t>(m_document.tensorOfUnit(unit))];
        parameters += m_document.workspace()->units()[static_cast<std::size_t>(unit)].parameters();
        bytes += tensor.bytes / std::max<std::uint64_t>(1, tensor.experts);
        ++count;
    }
    if (count > 1)
        m_totals->setText(tr("%1 selected: %2 parameters, %3")
                              .arg(count)
                              .arg(formatCount(static_cast<std::int64_t>(parameters)), sizeText(bytes)));
    else
        m_totals->setText(tr("%1 tensors, %2 parameters, %3")
                              .arg(checkpoint.tensors().size())
                              .arg(formatCount(static_cast<std::int64_t>(checkpoint.parameterCount())),
                                  sizeText(checkpoint.dataBytes())));
}

} // namespace bitwright::views
