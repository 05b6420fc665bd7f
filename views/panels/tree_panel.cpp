#include "views/panels/tree_panel.h"

#include "views/charts/chart_math.h"
#include "views/models/tensor_query.h"
#include "views/models/tensor_tree.h"
#include "views/models/text.h"
#include "views/panels/bits_delegate.h"
#include "views/panels/tensor_menu.h"
#include "views/panels/tree_delegate.h"

#include <QAction>
#include <QCompleter>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QJsonArray>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QStringListModel>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>
#include <QWhatsThis>

#include <algorithm>

namespace bitwright::views {

namespace {
/// Matches up to which a filter opens every branch; more would not be read anyway and cost the keystroke.
constexpr int kOpenedMatches = 2000;

/// Repaints where a plan changed. QTreeView looks for the lines of every changed parent one by one, which
/// took half of an edit at 10,000 units when all of them were said to be changed; here the few that an edit
/// moves are looked for among the visible lines, and more are one repaint of all that is visible.
class TensorView : public QTreeView
{
public:
    using QTreeView::QTreeView;

protected:
    void dataChanged(const QModelIndex& first, const QModelIndex& last, const QList<int>&) override
    {
        constexpr int kFew = 16;
        if (++m_changes > kFew)
            return viewport()->update(); // merged into one
        const int bottom = viewport()->height();
        for (QModelIndex at = indexAt({0, 0}); at.isValid(); at = indexBelow(at)) {
            const QRect line = visualRect(at);
            if (line.top() > bottom)
                break;
            if (at.parent() == first.parent() && at.row() >= first.row() && at.row() <= last.row())
                viewport()->update(0, line.top(), viewport()->width(), line.height());
        }
    }
    void paintEvent(QPaintEvent* event) override
    {
        m_changes = 0;
        QTreeView::paintEvent(event);
    }

private:
    int m_changes = 0; ///< Since the last painting.
};
} // namespace

TreePanel::TreePanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("tree"), tr("Model"), parent)
    , m_tree(new TensorTree(document, this))
    , m_text(new QLineEdit(this))
    , m_help(new QToolButton(this))
    , m_completer(new QCompleter(this))
    , m_completions(new QStringListModel(this))
    , m_view(new TensorView(this))
    , m_problem(new QLabel(this))
    , m_totals(new QLabel(this))
{
    buildFilter();
    buildView();
    m_totals->setContentsMargins(8, 3, 8, 3);
    m_totals->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_totals->setWordWrap(true);
    m_totals->setTextInteractionFlags(Qt::TextSelectableByMouse);
    setMinimumWidth(185); // of names that still tell tensors apart
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(6, 4, 6, 4);
    bar->setSpacing(4);
    bar->addWidget(m_text);
    bar->addWidget(m_help);
    m_layout->addLayout(bar);
    m_layout->addWidget(m_problem);
    m_layout->addWidget(m_view, 1);
    m_layout->addWidget(m_totals);
    connect(m_tree, &QAbstractItemModel::modelReset, this, &TreePanel::afterReset);
    connect(
        m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TreePanel::takeSelection);
    connect(&document.selection(), &Selection::changed, this, &TreePanel::followSelection);
    connect(&document, &Document::planChanged, this, &TreePanel::showTotals);
    installTensorMenu(
        m_view, document,
        [this](const QModelIndex& index) {
            const int tensor = index.siblingAtColumn(0).data(TensorTree::TensorRole).toInt();
            return tensor >= 0 ? targetOfTensor(m_document, tensor) : targetOfSelection(m_document);
        },
        EnterKey::Options);
    showTotals();
}

void TreePanel::buildFilter()
{
    m_text->setPlaceholderText(tr("Filter: down bits<=4"));
    m_text->setClearButtonEnabled(true);
    m_text->setAccessibleName(tr("Filter tensors"));
    m_text->setToolTip(TensorQuery::help());
    m_completer->setModel(m_completions);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_text->setCompleter(m_completer);
    auto* help = new QAction(tr("Filter &help"), this);
    help->setObjectName(QStringLiteral("tree.filter-help"));
    help->setToolTip(tr("What the filter understands"));
    connect(help, &QAction::triggered, this, &TreePanel::showHelp);
    addAction(help);
    m_help->setText(QStringLiteral("?"));
    m_help->setToolTip(help->toolTip());
    m_help->setAccessibleName(tr("Filter help"));
    connect(m_help, &QToolButton::clicked, help, &QAction::trigger);
    m_problem->setContentsMargins(8, 0, 8, 3);
    m_problem->setWordWrap(true);
    m_problem->hide();
    connect(m_text, &QLineEdit::textChanged, this, &TreePanel::applyFilter);
    connect(m_text, &QLineEdit::textEdited, this, &TreePanel::completeFilter);
}

void TreePanel::buildView()
{
    m_view->setModel(m_tree);
    m_view->setUniformRowHeights(true);
    m_view->setAlternatingRowColors(true);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setTextElideMode(Qt::ElideMiddle);
    m_view->setIndentation(12);
    m_view->setItemDelegateForColumn(TensorTree::NameColumn, new TreeDelegate(this));
    m_view->setItemDelegateForColumn(TensorTree::BitsColumn, new BitsDelegate(TensorTree::BitsRole, this));
    m_view->setAccessibleName(tr("Tensors of the model"));
    auto* header = m_view->header();
    header->setStretchLastSection(false);
    header->setSectionResizeMode(TensorTree::NameColumn, QHeaderView::Stretch);
    header->setMinimumSectionSize(40);
    header->moveSection(
        header->visualIndex(TensorTree::ParametersColumn), header->visualIndex(TensorTree::SizeColumn));
    const auto width
        = [this](const char* text) { return m_view->fontMetrics().horizontalAdvance(QLatin1String(text)); };
    const std::pair<int, int> widths[] = {{TensorTree::ShapeColumn, width("12.288 x 12.288") + 12},
        {TensorTree::TypeColumn, width("F8_E4M3") + 12},
        {TensorTree::ParametersColumn, width("1.000.000.000") + 10},
        {TensorTree::SizeColumn, width("1.000,0 MiB") + 10}, {TensorTree::BitsColumn, width("32,00") + 22}};
    for (const auto& [column, pixels] : widths) {
        header->setSectionResizeMode(column, QHeaderView::Interactive);
        m_view->setColumnWidth(column, pixels);
    }
    chooseColumns();
}

// In a narrow dock the name needs the room; what is hidden is in the tooltip and the Inspector.
void TreePanel::chooseColumns()
{
    const std::pair<int, int> least[] = {{TensorTree::SizeColumn, 260}, {TensorTree::ParametersColumn, 420},
        {TensorTree::TypeColumn, 520}, {TensorTree::ShapeColumn, 620}};
    for (const auto& [column, pixels] : least)
        m_view->setColumnHidden(column, width() < pixels);
}

void TreePanel::applyTheme(const Theme& theme)
{
    m_problem->setStyleSheet(QStringLiteral("QLabel { color: %1; }").arg(theme.warning.name()));
    m_view->viewport()->update();
}

void TreePanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    chooseColumns();
}

void TreePanel::focusFilter()
{
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
}

void TreePanel::setFilter(const QString& filter)
{
    m_text->setText(filter);
    focusFilter();
}

// --- What a project keeps ---

namespace {
constexpr int kKeptBranches = 2000; // more were opened by a filter or at once, not one by one
const QString kBranches = QStringLiteral("open-branches");
const QChar kBetween(u'\x1f'); // stands in no name

/// Visits the open branches, parents first.
void visitOpen(const QTreeView& view, const QModelIndex& parent, const QString& path, QJsonArray& open)
{
    const auto* model = view.model();
    for (int row = 0; row < model->rowCount(parent) && open.size() < kKeptBranches; ++row) {
        const QModelIndex index = model->index(row, 0, parent);
        if (!view.isExpanded(index))
            continue;
        const QString here = path + index.data().toString();
        open.push_back(here);
        visitOpen(view, index, here + kBetween, open);
    }
}

void openBranches(
    QTreeView& view, const QModelIndex& parent, const QString& path, const QSet<QString>& wanted)
{
    const auto* model = view.model();
    for (int row = 0; row < model->rowCount(parent); ++row) {
        const QModelIndex index = model->index(row, 0, parent);
        const QString here = path + index.data().toString();
        if (!wanted.contains(here))
            continue;
        view.setExpanded(index, true);
        openBranches(view, index, here + kBetween, wanted);
    }
}
} // namespace

QJsonObject TreePanel::viewState() const
{
    QJsonObject state = Panel::viewState();
    QJsonArray open;
    visitOpen(*m_view, {}, {}, open);
    state[kBranches] = open;
    return state;
}

void TreePanel::setViewState(const QJsonObject& state)
{
    Panel::setViewState(state);
    QSet<QString> wanted;
    for (const QJsonValue& path : state[kBranches].toArray())
        wanted.insert(path.toString());
    if (!state.contains(kBranches))
        return;
    m_view->collapseAll();
    openBranches(*m_view, {}, {}, wanted);
}

// --- Filter ---

void TreePanel::applyFilter(const QString& text)
{
    const QString problem = m_tree->setFilter(text);
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    showTotals();
}

void TreePanel::completeFilter(const QString& text)
{
    m_completions->setStringList(TensorQuery::completions(text, m_tree->roles(), m_tree->dtypes()));
    if (m_completions->rowCount() > 0)
        m_completer->complete();
    else if (m_completer->popup()->isVisible())
        m_completer->popup()->hide();
}

void TreePanel::showHelp()
{
    QWhatsThis::showText(m_help->mapToGlobal(QPoint(0, m_help->height())), TensorQuery::help(), this);
}

/// A reset closes every branch and forgets the selection.
void TreePanel::afterReset()
{
    if (m_tree->isFiltered()) {
        if (m_tree->matched().tensors <= kOpenedMatches)
            m_view->expandAll();
        else
            m_view->expandToDepth(0);
    }
    followSelection();
}

// --- Selection ---

void TreePanel::takeSelection()
{
    if (m_following)
        return;
    std::vector<int> tensors;
    for (const auto& index : m_view->selectionModel()->selectedRows())
        m_tree->collect(index, tensors);
    std::sort(tensors.begin(), tensors.end());
    tensors.erase(std::unique(tensors.begin(), tensors.end()), tensors.end());
    const QModelIndex current = m_view->currentIndex().siblingAtColumn(TensorTree::NameColumn);
    const int tensor = current.isValid() ? current.data(TensorTree::TensorRole).toInt() : -1;
    QVector<int> units;
    for (const int item : tensors)
        units += m_tree->unitsOf(item);
    m_taking = true;
    if (tensors.size() > 1) {
        const int first = tensor >= 0 ? tensor
            : units.isEmpty()         ? tensors.front()
                                      : m_document.tensorOfUnit(units.front());
        const int site = m_document.inputSiteOfTensor(first);
        auto& selection = m_document.selection();
        selection.set(first, units, site, site == selection.site() ? selection.channel() : -1);
    } else {
        m_document.selectTensor(tensors.empty() ? -1 : tensors.front());
    }
    m_taking = false;
    showTotals();
}

void TreePanel::followSelection()
{
    if (m_taking)
        return;
    QSet<int> tensors;
    const int tensor = m_document.isOpen() ? m_document.selection().tensor() : -1;
    if (tensor >= 0)
        tensors.insert(tensor);
    for (const int unit : m_document.selection().units())
        tensors.insert(m_document.tensorOfUnit(unit));
    QItemSelection rows;
    for (const int item : tensors)
        if (const QModelIndex index = m_tree->indexOfTensor(item); index.isValid())
            rows.select(index, index);
    m_following = true;
    const QModelIndex current = m_tree->indexOfTensor(tensor);
    if (current.isValid()) {
        m_view->scrollTo(current);
        m_view->selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
    }
    m_view->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    m_following = false;
    showTotals();
}

void TreePanel::showTotals()
{
    if (!m_document.isOpen()) {
        m_totals->setText(tr("No model is open"));
        return;
    }
    const auto line = [](const QString& what, const TensorTree::Totals& totals) {
        QString text = tr("%1: %2 parameters, %3")
                           .arg(what, formatCount(static_cast<std::int64_t>(totals.parameters)),
                               sizeText(totals.bytes));
        if (const auto bits = totals.bits())
            text += tr("; the planned part at %1 bpw")
                        .arg(formatBpw(*bits))
                        .replace(QStringLiteral(" bpw"), QStringLiteral("\u00a0bpw")); // no line of its own
        return text;
    };
    const auto matched = m_tree->matched();
    QString text = line(m_tree->isFiltered() ? tr("%1 matches").arg(formatCount(matched.tensors))
                                             : tr("%1 tensors").arg(formatCount(matched.tensors)),
        matched);
    QSet<int> seen;
    std::vector<int> selected;
    for (const int unit : m_document.selection().units()) {
        const int tensor = m_document.tensorOfUnit(unit);
        if (tensor >= 0 && !seen.contains(tensor)) {
            seen.insert(tensor);
            selected.push_back(tensor);
        }
    }
    if (selected.size() > 1)
        text += QLatin1Char('\n')
            + line(tr("%1 selected").arg(formatCount(static_cast<std::int64_t>(selected.size()))),
                m_tree->totalsOf(selected));
    m_totals->setText(text);
    m_totals->setToolTip(
        tr("Sizes are those of the file; bits are the mean of the plan over what it decides."));
}

} // namespace bitwright::views
