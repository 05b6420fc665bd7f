#pragma once

#include "views/models/document.h"

#include <QAbstractTableModel>

namespace bitwright::views {

/// The plan as a table: one row per unit.
class AllocationTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        UnitColumn,
        OptionColumn,
        BitsColumn,
        BytesColumn,
        HarmColumn,
        SqnrColumn,
        NoteColumn,
        ColumnCount,
    };
    static constexpr int SortRole = Qt::UserRole + 1; ///< Numbers as numbers.
    static constexpr int BitsRole = Qt::UserRole + 2;
    static constexpr int LockedRole = Qt::UserRole + 3;

    explicit AllocationTable(Document& document, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void refresh();
    [[nodiscard]] double numberOf(int row, int column) const;
    [[nodiscard]] QString textOf(int row, int column) const;

    Document& m_document;
    int m_rows = 0;
};

} // namespace bitwright::views
