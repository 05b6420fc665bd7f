#include "views/panels/history_panels.h"

#include "views/charts/chart_math.h"
#include "views/panels/tensor_menu.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QUndoView>
#include <QVBoxLayout>

namespace bitwright::views {

HistoryPanel::HistoryPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("history"), tr("History"), parent)
    , m_view(new QUndoView(&document.undoStack(), this))
{
    m_view->setEmptyLabel(tr("As it was opened"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setAccessibleName(tr("Steps that can be undone"));
    m_view->setToolTip(tr("Click a step to go back or forth to it"));
    m_layout->addWidget(m_view);
}

// --- Notes ---

namespace {
constexpr int kTensorRole = Qt::UserRole + 1;
}

NotesPanel::NotesPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("notes"), tr("Notes"), parent)
    , m_filter(new QLineEdit(this))
    , m_list(new QTreeWidget(this))
    , m_write(new QPushButton(tr("Write…"), this))
    , m_copy(new QPushButton(tr("Copy"), this))
{
    m_filter->setObjectName(QStringLiteral("notes.filter"));
    m_filter->setPlaceholderText(tr("Filter"));
    m_filter->setAccessibleName(tr("Filter notes"));
    m_filter->setClearButtonEnabled(true);
    m_list->setHeaderLabels({tr("Tensor"), tr("Note")});
    m_list->setRootIsDecorated(false);
    m_list->setAlternatingRowColors(true);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setAccessibleName(tr("Notes pinned to tensors"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_write->setToolTip(tr("Write a note on the selected tensor (N in tables and in the tree)"));
    m_copy->setToolTip(tr("Copy all notes as CSV"));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(6, 4, 6, 4);
    bar->addWidget(m_filter, 1);
    bar->addWidget(m_write);
    bar->addWidget(m_copy);
    m_layout->addLayout(bar);
    m_layout->addWidget(m_list, 1);
    auto* remove = new QAction(tr("&Remove this note"), this);
    remove->setObjectName(QStringLiteral("notes.remove"));
    remove->setShortcut(QKeySequence::Delete);
    remove->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    remove->setToolTip(tr("Take the chosen note off its tensor; can be undone (Del)"));
    addAction(remove);
    connect(remove, &QAction::triggered, this, [this] { m_document.setNote(currentTensor(), {}); });
    connect(m_filter, &QLineEdit::textChanged, this, &NotesPanel::refresh);
    connect(m_list, &QTreeWidget::itemClicked, this, [this] { m_document.selectTensor(currentTensor()); });
    connect(m_list, &QTreeWidget::itemActivated, this, [this] {
        m_document.selectTensor(currentTensor());
        editNote(this, m_document, currentTensor());
    });
    connect(m_write, &QPushButton::clicked, this,
        [this] { editNote(this, m_document, m_document.selection().tensor()); });
    connect(m_copy, &QPushButton::clicked, this, &NotesPanel::copyAll);
    installTensorMenu(m_list, document, [this](const QModelIndex& index) {
        return targetOfTensor(m_document, index.siblingAtColumn(0).data(kTensorRole).toInt());
    });
    for (const auto signal : {&Document::opened, &Document::closed, &Document::notesChanged})
        connect(&document, signal, this, &NotesPanel::refresh);
    connect(&document.selection(), &Selection::changed, this,
        [this] { m_write->setEnabled(m_document.selection().tensor() >= 0); });
    refresh();
}

int NotesPanel::currentTensor() const
{
    const auto* item = m_list->currentItem();
    return item == nullptr ? -1 : item->data(0, kTensorRole).toInt();
}

void NotesPanel::refresh()
{
    m_list->clear();
    m_write->setEnabled(m_document.isOpen() && m_document.selection().tensor() >= 0);
    m_copy->setEnabled(!m_document.notes().empty());
    if (!m_document.isOpen() || m_document.notes().empty()) {
        auto* hint = new QTreeWidgetItem(m_list,
            {m_document.isOpen() ? tr("No notes yet. Select a tensor and press N, or use its context menu.")
                                 : tr("No model is open.")});
        hint->setFirstColumnSpanned(true);
        hint->setFlags(Qt::NoItemFlags);
        hint->setData(0, kTensorRole, -1);
        return;
    }
    for (const auto& [name, note] : m_document.notes()) {
        const QString tensor = QString::fromStdString(escapedForDisplay(name));
        if (!tensor.contains(m_filter->text(), Qt::CaseInsensitive)
            && !note.contains(m_filter->text(), Qt::CaseInsensitive))
            continue;
        auto* item = new QTreeWidgetItem(m_list, {tensor, note.simplified()});
        item->setToolTip(0, tensor);
        item->setToolTip(1, note);
        // A note on a tensor that this model does not have (any more) stays listed.
        const auto index = m_document.workspace()->checkpoint().find(name);
        item->setData(0, kTensorRole, index ? static_cast<int>(*index) : -1);
    }
}

void NotesPanel::copyAll() const
{
    QString text = QStringLiteral("tensor,note\n");
    for (const auto& [name, note] : m_document.notes())
        text += csvText(QString::fromStdString(name)) + QLatin1Char(',') + csvText(note) + QLatin1Char('\n');
    QGuiApplication::clipboard()->setText(text);
}

} // namespace bitwright::views
