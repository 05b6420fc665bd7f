#pragma once

#include "core/alloc/moves.h"
#include "views/models/document.h"
#include "views/models/number_column.h"

#include <QAbstractTableModel>
#include <QTimer>

namespace bitwright::views {

/// The best single moves from the current plan as a price list: what a little more or less size would change.
/// Buying comes by falling, selling by rising price. For plans of many units the list follows a moment after
/// the last edit.
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
        PerKibColumn,
        PerBitColumn,
        ColumnCount,
    };
    static constexpr int SortRole = Qt::UserRole + 1; ///< Numbers as numbers.
    static constexpr int KindRole = Qt::UserRole + 2; ///< Free, buy, sell: in this order.
    static constexpr int GroupRole = Qt::UserRole + 3; ///< The kind in words, as a heading.

    explicit MovesTable(Document& document, QObject* parent = nullptr);

    [[nodiscard]] const alloc::Move* moveAt(int row) const;
    /// The units of a move.
    [[nodiscard]] QVector<int> unitsOf(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void schedule();
    void refresh();
    void findNotation();
    [[nodiscard]] QString harmSign(const alloc::Move& move) const; ///< "\u2248" where not all was measured.
    [[nodiscard]] QString textOf(const alloc::Move& move, int column) const;
    [[nodiscard]] QVariant numberOf(const alloc::Move& move, int column) const;
    [[nodiscard]] QString namesOf(const alloc::Move& move, bool full) const;

    Document& m_document;
    QTimer m_timer;
    std::vector<alloc::Move> m_moves;
    NumberColumn m_harm, m_perKib, m_perBit;
};

} // namespace bitwright::views
