#pragma once

#include "views/panels/panel.h"

class QLineEdit;
class QPushButton;
class QTreeWidget;
class QUndoView;

namespace bitwright::views {

/// Every step that can be undone; a click goes back or forth to it.
class HistoryPanel : public Panel
{
    Q_OBJECT

public:
    explicit HistoryPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme&) override { }

private:
    QUndoView* m_view;
};

/// The notes pinned to tensors; a click selects the tensor in all views.
class NotesPanel : public Panel
{
    Q_OBJECT

public:
    explicit NotesPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme&) override { }

private:
    void refresh();
    [[nodiscard]] int currentTensor() const;
    void copyAll() const;

    QLineEdit* m_filter;
    QTreeWidget* m_list;
    QPushButton* m_write;
    QPushButton* m_copy;
};

} // namespace bitwright::views
