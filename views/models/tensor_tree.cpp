#include "views/models/tensor_tree.h"

#include "views/models/text.h"

#include <QLocale>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

QString shapeText(const model::TensorInfo& tensor)
{
    QStringList sides;
    for (const auto side : tensor.shape)
        sides.push_back(QString::number(side));
    return sides.join(QStringLiteral(" × "));
}

bool precedesBlocks(model::Role role)
{
    return role == model::Role::Embedding || role == model::Role::PositionEmbedding
        || role == model::Role::TypeEmbedding || role == model::Role::PatchEmbedding;
}

/// Name without the part up to and including the block index, cut into module and leaf.
std::pair<QString, QString> moduleAndLeaf(const model::TensorInfo& tensor)
{
    QString name = display(tensor.name);
    // Nearly every name ends so; the full one is in the tooltip.
    if (name.endsWith(QLatin1String(".weight")))
        name.chop(7);
    if (tensor.parts.block) {
        const QString middle = QStringLiteral(".%1.").arg(*tensor.parts.block);
        const auto at = name.indexOf(middle);
        if (at >= 0)
            name = name.mid(at + middle.size());
    }
    // A leaf keeps its module's last word: "q_proj.bias" says more than "bias".
    qsizetype cut = name.lastIndexOf(QLatin1Char('.'));
    if (name.endsWith(QLatin1String(".bias")) && cut > 0)
        cut = name.lastIndexOf(QLatin1Char('.'), cut - 1);
    if (cut < 0)
        return {QString(), name};
    return {name.left(cut), name.mid(cut + 1)};
}

} // namespace

TensorTree::TensorTree(Document& document, QObject* parent)
    : QAbstractItemModel(parent)
    , m_document(document)
    , m_nodes(1)
{
    connect(&document, &Document::opened, this, &TensorTree::rebuild);
    connect(&document, &Document::closed, this, &TensorTree::rebuild);
    connect(&document, &Document::planChanged, this, &TensorTree::refreshPlan);
    connect(&document, &Document::spaceChanged, this, &TensorTree::refreshPlan);
    rebuild();
}

int TensorTree::childNamed(int parent, const QString& name, std::map<std::pair<int, QString>, int>& known)
{
    const auto [found, added] = known.emplace(std::make_pair(parent, name), static_cast<int>(m_nodes.size()));
    if (added) {
        Node node;
        node.name = name;
        node.parent = parent;
        auto& siblings = m_nodes[static_cast<std::size_t>(parent)].children;
        node.row = static_cast<int>(siblings.size());
        siblings.push_back(found->second);
        m_nodes.push_back(std::move(node));
    }
    return found->second;
}

void TensorTree::rebuild()
{
    beginResetModel();
    m_nodes.assign(1, {});
    m_nodeOfTensor.clear();
    m_bitsOfTensor.clear();
    m_lockedTensor.clear();
    if (m_document.isOpen()) {
        const auto& tensors = m_document.workspace()->checkpoint().tensors();
        std::map<std::pair<int, QString>, int> known;
        bool severalTowers = false;
        for (const auto& tensor : tensors)
            severalTowers = severalTowers || tensor.parts.tower != tensors.front().parts.tower;
        for (std::size_t i = 0; i < tensors.size(); ++i) {
            const auto& tensor = tensors[i];
            int parent = 0;
            if (severalTowers && !tensor.parts.tower.empty())
                parent = childNamed(parent, display(tensor.parts.tower), known);
            const auto [module, leaf] = moduleAndLeaf(tensor);
            if (tensor.parts.block) {
                parent = childNamed(parent, tr("Block %1").arg(*tensor.parts.block), known);
                m_nodes[static_cast<std::size_t>(parent)].order = *tensor.parts.block;
            }
            if (tensor.parts.block && !module.isEmpty())
                parent = childNamed(parent, module, known);
            Node node;
            node.name = tensor.parts.block || module.isEmpty() ? leaf : module + QLatin1Char('.') + leaf;
            node.parent = parent;
            if (!tensor.parts.block)
                node.order = precedesBlocks(tensor.parts.role) ? -1 : std::numeric_limits<int>::max();
            node.tensor = static_cast<int>(i);
            node.bytes = tensor.bytes;
            node.parameters = tensor.parameters;
            const int id = static_cast<int>(m_nodes.size());
            auto& siblings = m_nodes[static_cast<std::size_t>(parent)].children;
            node.row = static_cast<int>(siblings.size());
            siblings.push_back(id);
            m_nodeOfTensor.push_back(id);
            m_nodes.push_back(std::move(node));
            for (int up = parent; up > 0; up = m_nodes[static_cast<std::size_t>(up)].parent) {
                m_nodes[static_cast<std::size_t>(up)].bytes += tensor.bytes;
                m_nodes[static_cast<std::size_t>(up)].parameters += tensor.parameters;
            }
        }
        sortBlocks();
        m_bitsOfTensor.assign(tensors.size(), std::numeric_limits<double>::quiet_NaN());
        m_lockedTensor.assign(tensors.size(), 0);
    }
    endResetModel();
    refreshPlan();
}

void TensorTree::sortBlocks()
{
    // Files list names alphabetically (block 10 before 2); people count.
    for (auto& node : m_nodes) {
        std::stable_sort(node.children.begin(), node.children.end(), [this](int a, int b) {
            return m_nodes[static_cast<std::size_t>(a)].order < m_nodes[static_cast<std::size_t>(b)].order;
        });
        for (std::size_t row = 0; row < node.children.size(); ++row)
            m_nodes[static_cast<std::size_t>(node.children[row])].row = static_cast<int>(row);
    }
}

void TensorTree::refreshPlan()
{
    const auto& space = m_document.space();
    if (!space || m_document.choice().size() != space->units().size() || m_bitsOfTensor.empty())
        return;
    std::vector<double> bytes(m_bitsOfTensor.size(), 0.0), parameters(m_bitsOfTensor.size(), 0.0);
    std::fill(m_lockedTensor.begin(), m_lockedTensor.end(), char{0});
    for (std::size_t i = 0; i < space->units().size(); ++i) {
        const auto& unit = space->units()[i];
        bytes[unit.index] += static_cast<double>(space->cell(i, m_document.choice()[i]).resolved.bytes);
        parameters[unit.index] += static_cast<double>(unit.parameters());
        const auto entry = m_document.plan().entries.find(unit.name);
        if (entry != m_document.plan().entries.end() && entry->second.locked)
            m_lockedTensor[unit.index] = 1;
    }
    for (std::size_t i = 0; i < bytes.size(); ++i)
        m_bitsOfTensor[i]
            = parameters[i] > 0 ? 8.0 * bytes[i] / parameters[i] : std::numeric_limits<double>::quiet_NaN();
    // One signal for the whole column of every parent: views repaint what is visible.
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        const auto& node = m_nodes[i];
        if (node.children.empty())
            continue;
        const QModelIndex first = createIndex(0, BitsColumn, static_cast<quintptr>(node.children.front()));
        const QModelIndex last = createIndex(static_cast<int>(node.children.size()) - 1, BitsColumn,
            static_cast<quintptr>(node.children.back()));
        Q_EMIT dataChanged(first, last);
    }
}

const TensorTree::Node& TensorTree::nodeOf(const QModelIndex& index) const
{
    return m_nodes[index.isValid() ? static_cast<std::size_t>(index.internalId()) : 0];
}

QModelIndex TensorTree::indexOfTensor(int tensor) const
{
    if (tensor < 0 || tensor >= static_cast<int>(m_nodeOfTensor.size()))
        return {};
    const int id = m_nodeOfTensor[static_cast<std::size_t>(tensor)];
    return createIndex(m_nodes[static_cast<std::size_t>(id)].row, 0, static_cast<quintptr>(id));
}

QModelIndex TensorTree::index(int row, int column, const QModelIndex& parent) const
{
    const Node& node = nodeOf(parent);
    if (row < 0 || row >= static_cast<int>(node.children.size()) || column < 0 || column >= ColumnCount)
        return {};
    return createIndex(row, column, static_cast<quintptr>(node.children[static_cast<std::size_t>(row)]));
}

QModelIndex TensorTree::parent(const QModelIndex& child) const
{
    if (!child.isValid())
        return {};
    const int parent = nodeOf(child).parent;
    if (parent <= 0)
        return {};
    return createIndex(m_nodes[static_cast<std::size_t>(parent)].row, 0, static_cast<quintptr>(parent));
}

int TensorTree::rowCount(const QModelIndex& parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(nodeOf(parent).children.size());
}

int TensorTree::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

QVariant TensorTree::displayOf(const Node& node, int column) const
{
    const model::TensorInfo* tensor = node.tensor < 0
        ? nullptr
        : &m_document.workspace()->checkpoint().tensors()[static_cast<std::size_t>(node.tensor)];
    switch (column) {
    case NameColumn:
        return node.name;
    case ShapeColumn:
        return tensor != nullptr ? QVariant(shapeText(*tensor)) : QVariant();
    case TypeColumn:
        return tensor != nullptr ? QVariant(dtypeText(*tensor)) : QVariant();
    case SizeColumn:
        return sizeText(node.bytes);
    case BitsColumn: {
        if (tensor == nullptr)
            return {};
        const double bits = m_bitsOfTensor[static_cast<std::size_t>(node.tensor)];
        return std::isnan(bits) ? QVariant(QStringLiteral("–")) : QVariant(QLocale().toString(bits, 'f', 2));
    }
    default:
        return {};
    }
}

QVariant TensorTree::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const Node& node = nodeOf(index);
    const model::TensorInfo* tensor = node.tensor < 0
        ? nullptr
        : &m_document.workspace()->checkpoint().tensors()[static_cast<std::size_t>(node.tensor)];
    switch (role) {
    case Qt::DisplayRole:
        return displayOf(node, index.column());
    case Qt::TextAlignmentRole:
        return index.column() >= SizeColumn
            ? QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter))
            : QVariant();
    case Qt::ToolTipRole:
        if (tensor == nullptr)
            return tr("%1: %2 parameters, %3")
                .arg(node.name)
                .arg(QLocale().toString(node.parameters))
                .arg(sizeText(node.bytes));
        return tr("%1\n%2, %3 parameters, %4 bytes\n%5")
            .arg(display(tensor->name), roleText(tensor->parts.role))
            .arg(QLocale().toString(tensor->parameters), QLocale().toString(tensor->bytes),
                tensor->quantizable ? tr("planned") : tr("kept: %1").arg(display(tensor->reason)));
    case TensorRole:
        return node.tensor;
    case BytesRole:
        return QVariant::fromValue<qulonglong>(node.bytes);
    case SearchRole:
        return tensor == nullptr
            ? QString()
            : QStringLiteral("%1 %2 %3")
                  .arg(display(tensor->name), roleText(tensor->parts.role), dtypeText(*tensor));
    case BitsRole:
        return tensor == nullptr ? std::numeric_limits<double>::quiet_NaN()
                                 : m_bitsOfTensor[static_cast<std::size_t>(node.tensor)];
    case LockedRole:
        return tensor != nullptr && m_lockedTensor[static_cast<std::size_t>(node.tensor)] != 0;
    default:
        return {};
    }
}

QVariant TensorTree::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && section >= SizeColumn)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn:
        return tr("Tensor");
    case ShapeColumn:
        return tr("Shape");
    case TypeColumn:
        return tr("Type");
    case SizeColumn:
        return tr("Size");
    case BitsColumn:
        return tr("Bits");
    default:
        return {};
    }
}

TensorFilter::TensorFilter(QObject* parent)
    : QSortFilterProxyModel(parent)
{
    setRecursiveFilteringEnabled(true);
}

void TensorFilter::setText(const QString& text)
{
    m_words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

bool TensorFilter::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    if (m_words.isEmpty())
        return true;
    const QString text = sourceModel()->index(row, 0, parent).data(TensorTree::SearchRole).toString();
    return !text.isEmpty() && std::all_of(m_words.begin(), m_words.end(), [&](const QString& word) {
        return text.contains(word, Qt::CaseInsensitive);
    });
}

} // namespace bitwright::views
