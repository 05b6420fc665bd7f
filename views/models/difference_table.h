#pragma once

#include "core/plan/difference.h"
#include "views/models/document.h"
#include "views/models/number_column.h"
#include "views/models/unit_marks.h"

#include <QAbstractTableModel>

namespace bitwright::views {

/// The units that two plans treat differently, those that matter most first.
class DifferenceTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        // What differs, then what it does.
        UnitColumn,
        OptionAColumn,
        OptionBColumn,
        HarmColumn,
        BytesColumn,
        ShareColumn,
        ColumnCount,
    };
    static constexpr int SortRole = Qt::UserRole + 1; ///< Numbers as numbers.
    static constexpr int UnitRole = Qt::UserRole + 2;
    static constexpr int StateRole = Qt::UserRole + 3; ///< Marks as flags of TensorTree::Mark, as A has them.

    explicit DifferenceTable(const Document& document, QObject* parent = nullptr);
    /// Shows another difference; deltas are B minus A.
    void setDifference(plan::PlanDifference difference);
    [[nodiscard]] const plan::PlanDifference& difference() const { return m_difference; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString harmOf(const plan::UnitDifference& item) const;
    [[nodiscard]] QString textOf(const plan::UnitDifference& item, int column) const;
    [[nodiscard]] QVariant numberOf(const plan::UnitDifference& item, int column) const;

    const Document& m_document;
    UnitMarks m_marks;
    plan::PlanDifference m_difference;
    std::vector<plan::UnitDifference> m_rows; ///< Those that differ.
    double m_moved = 0; ///< Sum of |harm deltas|.
    NumberColumn m_harms, m_shares;
};

/// "+1.23 MiB", "−90.0 KiB", "0 B".
[[nodiscard]] QString signedSizeText(std::int64_t bytes);
/// How the bits per weight of a unit change, in three forms: matrices show the longest that fits all cells.
/// Another group size alone is never written as a change of the codes.
struct BitsChange
{
    QString bits; ///< "8.06→4.25"
    QString codes; ///< "8→4", "≠" where the codes have the same bits.
    QString sign; ///< "↓", "↑", "≠"
};
[[nodiscard]] BitsChange bitsChange(double a, double b);
/// "+0.012", "−3.4"; "unknown" for nothing.
[[nodiscard]] QString signedNumberText(const std::optional<double>& value);

} // namespace bitwright::views
