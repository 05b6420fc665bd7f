#pragma once

#include "views/panels/panel.h"

#include <QTimer>

class QComboBox;
class QLabel;
class QLineEdit;
class QMenu;
class QSortFilterProxyModel;
class QSplitter;
class QTableView;

namespace bitwright::views {

class ColumnWidths;
class EmptyState;

class AllocationFilter;
class AllocationTable;
class MovesTable;
class SegmentedSwitch;

/// The allocation as a table, beside the next best moves.
class AllocationPanel : public Panel
{
    Q_OBJECT

public:
    explicit AllocationPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override;
    [[nodiscard]] QTableView* table() const { return m_table; }
    [[nodiscard]] QTableView* movesView() const { return m_movesView; }

Q_SIGNALS:
    /// The move or unit under the cursor; no units when it leaves.
    void moveHovered(const QVector<int>& units, int option);
    void optionHovered(int unit, int option);

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void createViews();
    void createBar();
    void createActions();
    void connectViews();
    void connectDocument();
    void fillRoles();
    void afterFilter();
    void showCount();
    void copyCsv() const;
    void followSelection();
    void takeSelection();
    void applyMove(const QModelIndex& index);
    void showOptions();
    bool editKey(int key);
    [[nodiscard]] bool isEditing() const;
    void showEmptiness();
    void arrange();
    void showNotes();
    void fitHeading();
    void openMenu(const QPoint& position);
    [[nodiscard]] QVector<int> selectedUnits() const;

    AllocationTable* m_model;
    AllocationFilter* m_filter;
    MovesTable* m_moves;
    QSortFilterProxyModel* m_sortedMoves;
    QTableView* m_table;
    QTableView* m_movesView;
    ColumnWidths* m_widths = nullptr;
    ColumnWidths* m_moveWidths = nullptr;
    QLineEdit* m_words;
    QComboBox* m_role;
    QComboBox* m_show;
    QLabel* m_count;
    SegmentedSwitch* m_switch; ///< Where only one of the tables has room.
    QSplitter* m_splitter;
    EmptyState* m_empty; ///< In place of the tables while there is nothing to list.
    QTimer m_resort;
    bool m_following = false;
};

} // namespace bitwright::views
