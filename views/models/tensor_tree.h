#pragma once

#include "views/models/document.h"

#include <QAbstractItemModel>
#include <QSortFilterProxyModel>

#include <vector>

namespace bitwright::views {

/// The checkpoint as block -> module -> tensor, from headers only. Sizes of inner nodes are totals.
class TensorTree : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column
    {
        NameColumn,
        ShapeColumn,
        TypeColumn,
        SizeColumn,
        BitsColumn,
        ColumnCount,
    };
    static constexpr int TensorRole = Qt::UserRole + 1; ///< Tensor index, -1 for inner nodes.
    static constexpr int BytesRole = Qt::UserRole + 2;
    static constexpr int SearchRole
        = Qt::UserRole + 3; ///< Full tensor name with role and dtype, for the filter.
    static constexpr int BitsRole = Qt::UserRole + 4; ///< Bits of the plan's option, NaN when not planned.
    static constexpr int LockedRole = Qt::UserRole + 5;

    explicit TensorTree(Document& document, QObject* parent = nullptr);

    [[nodiscard]] QModelIndex indexOfTensor(int tensor) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node
    {
        QString name;
        int parent = -1;
        int row = 0;
        int tensor = -1;
        int order = 0; ///< Block number; -1 for what precedes the blocks, large for what follows them.
        std::vector<int> children;
        std::uint64_t bytes = 0;
        std::uint64_t parameters = 0;
    };
    void rebuild();
    int childNamed(int parent, const QString& name, std::map<std::pair<int, QString>, int>& known);
    void sortBlocks();
    void refreshPlan();
    [[nodiscard]] const Node& nodeOf(const QModelIndex& index) const;
    [[nodiscard]] QVariant displayOf(const Node& node, int column) const;

    Document& m_document;
    std::vector<Node> m_nodes; ///< 0 is the invisible root.
    std::vector<int> m_nodeOfTensor;
    std::vector<double> m_bitsOfTensor;
    std::vector<char> m_lockedTensor;
};

/// Filter over names, roles and dtypes: space-separated words that must all occur; a match keeps its parents.
class TensorFilter : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit TensorFilter(QObject* parent = nullptr);
    void setText(const QString& text);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QStringList m_words;
};

} // namespace bitwright::views
