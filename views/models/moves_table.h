#pragma once

#include "core/alloc/moves.h"
#include "views/models/document.h"

#include <QAbstractTableModel>

namespace bitwright::views {

/// The best single moves from the current plan: what a little more or less size would change.
class MovesTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        MoveColumn,
        FromColumn,
        ToColumn,
        BytesColumn,
        HarmColumn,
        PriceColumn,
        ColumnCount,
    };
    explicit MovesTable(Document& document, QObject* parent = nullptr);

    [[nodiscard]] const alloc::Move* moveAt(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void refresh();

    Document& m_document;
    std::vector<alloc::Move> m_moves;
};

} // namespace bitwright::views
