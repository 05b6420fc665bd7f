#pragma once

#include "views/panels/panel.h"

class QLineEdit;
class QSplitter;
class QTableView;

namespace bitwright::views {

class AllocationTable;
class MovesTable;

/// The allocation as a table, beside the next best moves.
class AllocationPanel : public Panel
{
    Q_OBJECT

public:
    explicit AllocationPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void copyCsv() const;
    void followSelection();
    void takeSelection();
    AllocationTable* m_model;
    MovesTable* m_moves;
    QTableView* m_table;
    QTableView* m_movesView;
    QLineEdit* m_filter;
    QSplitter* m_splitter = nullptr;
    bool m_following = false;
};

} // namespace bitwright::views
