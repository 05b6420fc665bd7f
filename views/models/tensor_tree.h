#pragma once

#include "views/models/document.h"
#include "views/models/plan_delta.h"
#include "views/models/tensor_query.h"

#include <QAbstractItemModel>
#include <QHash>
#include <QTimer>

#include <vector>

namespace bitwright::views {

/// The checkpoint as block -> module -> tensor, from headers only. Sizes of inner nodes are totals, their
/// bits the mean over what the plan decides. Filters itself: a proxy would be too slow for 100,000 tensors.
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
        ParametersColumn,
        ColumnCount,
    };
    static constexpr int TensorRole = Qt::UserRole + 1; ///< Tensor index, -1 for inner nodes.
    static constexpr int BytesRole = Qt::UserRole + 2;
    static constexpr int BitsRole = Qt::UserRole + 4; ///< Bits in the plan, NaN when not planned.
    static constexpr int LockedRole = Qt::UserRole + 5;
    static constexpr int StateRole = Qt::UserRole + 6; ///< Marks as flags, for the delegate.
    enum Mark
    {
        LockedMark = 1,
        TiedMark = 2,
        FallbackMark = 4,
        NonFiniteMark = 8, ///< Also of inner nodes that hold such a tensor.
        FailedMark = 16,
        NoteMark = 32, ///< Also of inner nodes.
    };
    /// Sums over tensors.
    struct Totals
    {
        int tensors = 0;
        std::uint64_t parameters = 0;
        std::uint64_t bytes = 0;
        std::uint64_t plannedParameters = 0;
        double planBytes = 0;
        /// Mean bits of what the plan decides; nothing without such.
        [[nodiscard]] std::optional<double> bits() const;
    };

    explicit TensorTree(Document& document, QObject* parent = nullptr);

    [[nodiscard]] QModelIndex indexOfTensor(int tensor) const; ///< Invalid while it is filtered out.
    /// Shows what matches, with its parents. Returns what is wrong with the text, empty when nothing is.
    QString setFilter(const QString& text);
    [[nodiscard]] bool isFiltered() const { return !m_query.isEmpty(); }
    [[nodiscard]] Totals matched() const; ///< Of what is shown.
    /// Of tensors, each counted once.
    [[nodiscard]] Totals totalsOf(const std::vector<int>& tensors) const;
    [[nodiscard]] QVector<int> unitsOf(int tensor) const { return m_unitsOfTensor.value(tensor); }
    /// Tensors of a node that are shown, itself or below.
    void collect(const QModelIndex& index, std::vector<int>& tensors) const;
    [[nodiscard]] QStringList roles() const; ///< That occur, for completions.
    [[nodiscard]] QStringList dtypes() const;

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
        int place = 0; ///< Among all children of its parent.
        int row = 0; ///< Among those that the filter leaves; -1: left out. Of use under a filter alone.
        int tensor = -1;
        int order = 0; ///< Block number; -1 for what precedes the blocks, large for what follows them.
        std::vector<int> children;
        std::vector<int> shown; ///< Of the children: what the filter leaves. Of use under a filter alone.
        std::uint64_t plannedParameters = 0;
        double planBytes = 0;
        int marks = 0;
        std::uint64_t bytes = 0;
        std::uint64_t parameters = 0;
    };
    void rebuild();
    int childNamed(int parent, const QString& name, QHash<QPair<int, QString>, int>& known);
    void addTensor(int tensor, bool severalTowers, QHash<QPair<int, QString>, int>& known);
    void sortBlocks();
    void prepareSome();
    void prepareQuery(std::size_t count);
    [[nodiscard]] std::vector<char> matches() const;
    void show(std::vector<char> matched);
    bool refilter();
    void takeScan(int tensor);
    void readScan(int tensor);
    std::vector<int> sumUp(); ///< Returns the nodes whose sums or marks are others than before.
    void takeNotes();
    void readNotes();
    void announceMoved(const std::vector<int>& nodes);
    void takePlanOf(std::size_t tensor);
    [[nodiscard]] QString toolTipOf(const Node& node) const;
    [[nodiscard]] QString fallbackText(
        int tensor) const; ///< Why the plan takes another option than asked for.
    void refreshPlan();
    [[nodiscard]] const Node& nodeOf(const QModelIndex& index) const;
    [[nodiscard]] const std::vector<int>& childrenOf(const Node& node) const
    {
        return m_matched.empty() ? node.children : node.shown;
    }
    [[nodiscard]] int rowOf(const Node& node) const { return m_matched.empty() ? node.place : node.row; }
    [[nodiscard]] QVariant displayOf(const Node& node, int column) const;

    Document& m_document;
    std::vector<Node> m_nodes; ///< 0 is the invisible root.
    std::vector<int> m_nodeOfTensor;
    std::vector<QueryTensor> m_queryOfTensor; ///< Complete once there is a filter.
    QTimer m_preparing;
    std::vector<QueryState> m_stateOfTensor;
    std::vector<double> m_planBytesOfTensor;
    std::vector<std::uint64_t> m_plannedOfTensor;
    QHash<int, QVector<int>> m_unitsOfTensor;
    PlanDelta m_delta;
    std::vector<char> m_noted; ///< Per tensor.
    TensorQuery m_query;
    std::vector<char> m_matched; ///< Per tensor; empty without a filter.
};

} // namespace bitwright::views
