#pragma once

#include "views/charts/chart_math.h"
#include "views/models/number_column.h"

#include <QAbstractTableModel>
#include <QWidget>

#include <variant>
#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QTableView;
class QVBoxLayout;

namespace bitwright::views {

// Unknown, a number or a text.
using TableValue = std::variant<std::monostate, double, QString>;

struct TableColumn
{
    QString title;
    QString tip; // may be empty
    bool numeric = false; // right aligned
    bool oneNotation = false; // numbers as NumberColumn writes them
};
struct TableData
{
    std::vector<TableColumn> columns;
    std::vector<std::vector<TableValue>> rows; // each as long as `columns`
    QString note; // what the rows leave out; may be empty
};
// Reads what ChartSurface::csv() writes: a header line, then rows; a column is numeric when every field of it
// is a number or empty, and an empty field in it is unknown.
[[nodiscard]] TableData tableFromCsv(const QString& csv);
// The fields of the next CSV record from `position`, which moves behind it.
[[nodiscard]] QStringList csvRecord(const QString& csv, qsizetype& position);

class ColumnWidths;

// Rows as a Qt model: three digits on screen, every digit in the tooltip and in copies, unknown sorted last.
class TableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    static constexpr int kSortRole = Qt::UserRole + 1;
    using QAbstractTableModel::QAbstractTableModel;
    void setData(TableData data);
    [[nodiscard]] const TableData& table() const { return m_data; }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    // Texts right after numbers, which stand at the other side of their columns.
    [[nodiscard]] bool isIndented(int column) const;
    // A field as a file has it: C locale, empty for unknown.
    [[nodiscard]] QString csvField(int row, int column) const;

private:
    [[nodiscard]] const TableValue& at(const QModelIndex& index) const;
    TableData m_data;
    std::vector<NumberColumn> m_numbers; // by column
};

// A table with a filter box, sortable columns, and a button that copies what it shows as CSV.
class DataTable : public QWidget
{
    Q_OBJECT
public:
    // `name` is what a screen reader says of the table.
    explicit DataTable(const QString& name, QWidget* parent = nullptr);
    void setData(TableData content);
    [[nodiscard]] const TableData& table() const { return m_model->table(); }
    [[nodiscard]] QTableView* view() const { return m_view; }
    [[nodiscard]] QLineEdit* filterBox() const { return m_filter; }
    void setName(const QString& name);
    void setDescription(const QString& text);
    void setEmptyText(const QString& text); // shown in place of rows when there are none
    // Columns that make way, in this order, where not all have room; the note names them, copies hold them.
    void setSpareColumns(const QList<int>& columns);
    void setFont(const QFont& font);
    // Adds a widget at the right end of the filter's line.
    void addTool(QWidget* tool);
    // Row of the data that is current, -1 when none; setting it emits nothing.
    [[nodiscard]] int currentRow() const;
    void setCurrentRow(int row);
    // Names that are never cut.
    void setWholeColumns(const QList<int>& columns);
    [[nodiscard]] int visibleRows() const;
    // Row of the data behind an index of the view.
    [[nodiscard]] int rowOf(const QModelIndex& index) const;
    // The rows that the filter leaves, in the order of the screen.
    [[nodiscard]] QString visibleCsv() const;

Q_SIGNALS:
    void rowActivated(int row); // click, Enter or arrow keys; row of the data
    void rowEntered(int row); // Enter or double click: what a mere look at a row must not do

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void copySelection() const;
    void copyVisible() const;
    [[nodiscard]] QString csvOf(const QList<int>& proxyRows) const;
    void refreshNote();

    TableModel* m_model;
    QSortFilterProxyModel* m_proxy;
    QTableView* m_view;
    ColumnWidths* m_widths = nullptr;
    QLineEdit* m_filter;
    QLabel* m_note;
    QPushButton* m_copy;
    QWidget* m_bar;
    QString m_emptyText;
    bool m_quiet = false;
};

} // namespace bitwright::views
