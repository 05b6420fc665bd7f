#pragma once

#include "views/models/document.h"
#include "views/models/number_column.h"
#include "views/models/unit_marks.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

namespace bitwright::views {

/// The plan as a table: one row per unit. Option, lock and note are edited in place; an edit of a selected
/// row is an edit of all selected units.
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
        ShareColumn,
        SqnrColumn,
        LockedColumn,
        NoteColumn,
        ColumnCount,
    };
    static constexpr int SortRole = Qt::UserRole + 1; ///< Numbers as numbers.
    static constexpr int BitsRole = Qt::UserRole + 2;
    static constexpr int LockedRole = Qt::UserRole + 3;
    static constexpr int UnitRole = Qt::UserRole + 4; ///< Index of the unit.
    static constexpr int StateRole = Qt::UserRole + 5; ///< Marks as flags of TensorTree::Mark.

    explicit AllocationTable(Document& document, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    [[nodiscard]] const Document& document() const { return m_document; }
    /// Whether the unit's option is not the solver's.
    [[nodiscard]] bool isEdited(int row) const;
    /// Whether the heading of the harm is written out.
    void setWholeHeading(bool whole);
    [[nodiscard]] bool hasWholeHeading() const { return m_wholeHeading; }
    [[nodiscard]] QString harmHeadingText(bool whole) const;
    /// The selected units when `row` is among them, else the row's.
    [[nodiscard]] QVector<int> targetsOf(int row) const;

private:
    void refresh();
    [[nodiscard]] double numberOf(int row, int column) const;
    [[nodiscard]] QString textOf(int row, int column) const;
    [[nodiscard]] QString noteOf(int row) const;
    [[nodiscard]] QVariant toolTip(int row, int column) const;

    Document& m_document;
    int m_rows = 0;
    double m_totalHarm = 0;
    std::vector<std::size_t> m_choice; ///< What was shown last: only rows that changed are announced.
    std::vector<char> m_locked;
    NumberColumn m_harm;
    bool m_wholeHeading = false;
    UnitMarks m_marks;
};

/// Combined filter of the allocation table. Rows keep their place while the plan is edited; `resort` orders
/// them again.
class AllocationFilter : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    /// What a row must be besides matching the words.
    enum class Show
    {
        All,
        Edited,
        Locked,
        Fallback,
        Unknown,
    };
    explicit AllocationFilter(AllocationTable& table, QObject* parent = nullptr);
    /// Every word must occur in name, role, option or note.
    void setWords(const QString& words);
    void setRole(std::optional<model::Role> role);
    void setShow(Show show);
    void resort();

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    AllocationTable& m_table;
    QStringList m_words;
    std::optional<model::Role> m_role;
    Show m_show = Show::All;
};

} // namespace bitwright::views
