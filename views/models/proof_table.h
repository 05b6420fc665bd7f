#pragma once

#include "core/export/exporter.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <string>
#include <unordered_map>
#include <vector>

namespace bitwright::views {

/// The proof of an export: one row per unit with what was planned, what was written and what the independent
/// reader found.
class ProofTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        UnitColumn,
        PlannedColumn,
        WrittenColumn,
        ResultColumn,
        BytesColumn,
        SqnrColumn,
        MaxErrorColumn,
        OutputErrorColumn,
        ColumnCount,
    };
    enum class Result
    {
        Exact, ///< The reader got exactly what was meant.
        Unchecked, ///< Not yet, or nothing to compare with.
        Failed,
    };
    static constexpr int SortRole = Qt::UserRole + 1; ///< Numbers as numbers.
    static constexpr int ResultRole = Qt::UserRole + 2; ///< Result as int.
    static constexpr int DiffersRole = Qt::UserRole + 3; ///< Stored by a fallback.

    using QAbstractTableModel::QAbstractTableModel;

    void clear();
    /// Adds a unit, or replaces what was said about it.
    void add(const exporting::TensorProof& proof);
    void setProofs(const std::vector<exporting::TensorProof>& proofs);
    [[nodiscard]] const std::vector<exporting::TensorProof>& proofs() const { return m_proofs; }
    [[nodiscard]] static Result resultOf(const exporting::TensorProof& proof);
    [[nodiscard]] int failures() const;
    /// Everything with full precision, for files and spreadsheets.
    [[nodiscard]] QString csv() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] static QString textOf(const exporting::TensorProof& proof, int column);
    [[nodiscard]] static QString toolTipOf(const exporting::TensorProof& proof, int column);
    [[nodiscard]] static QVariant sortValueOf(const exporting::TensorProof& proof, int column);

    std::vector<exporting::TensorProof> m_proofs;
    std::unordered_map<std::string, int> m_rowOf; ///< By unit.
};

/// Rows whose unit or options hold every word of the filter, of one kind.
class ProofFilter : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    enum class Kind
    {
        All,
        Failed,
        Differs, ///< Written otherwise than planned.
    };
    explicit ProofFilter(QObject* parent = nullptr);
    void setText(const QString& text);
    void setKind(Kind kind);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QStringList m_words;
    Kind m_kind = Kind::All;
};

} // namespace bitwright::views
