#pragma once

#include "core/session/compare.h"
#include "views/models/document.h"

#include <QAbstractTableModel>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QTableView;

namespace bitwright::views {

/// Tensors of two checkpoints side by side.
class ModelDifferenceTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        NameColumn,
        StateColumn,
        MaxErrorColumn,
        SqnrColumn,
        DifferingColumn,
        DTypeColumn,
        ColumnCount,
    };
    static constexpr int SortRole = Qt::UserRole + 1; ///< Numbers as numbers.

    using QAbstractTableModel::QAbstractTableModel;
    void setComparison(const session::ModelComparison& comparison);
    void clear();

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row
    {
        session::TensorDifference item;
        int side = 0; ///< -1: only in A, 1: only in B.
    };
    [[nodiscard]] QString textOf(const Row& row, int column) const;
    [[nodiscard]] QVariant numberOf(const Row& row, int column) const;
    std::vector<Row> m_rows;
};

/// Compares the open model with another one in a job.
class ModelDifference : public QWidget
{
    Q_OBJECT

public:
    ModelDifference(Document& document, JobQueue& jobs, QWidget* parent = nullptr);
    /// Asks for the second model without blocking.
    void askModel(bool folder);
    void compareWith(const QString& path);
    [[nodiscard]] QTableView* table() const { return m_table; }
    [[nodiscard]] QLabel* summary() const { return m_summary; }

Q_SIGNALS:
    void tensorSelected(int tensor);

private:
    void reset();
    void copyCsv() const;
    void show(const session::ModelComparison& comparison, const QString& name);
    Document& m_document;
    JobQueue& m_jobs;
    ModelDifferenceTable* m_model;
    QSortFilterProxyModel* m_sorted;
    QPushButton* m_open;
    QPushButton* m_openFile;
    QLineEdit* m_filter;
    QLabel* m_summary;
    QTableView* m_table;
    int m_serial = 0;
};

} // namespace bitwright::views
