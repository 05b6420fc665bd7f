#include "views/models/tensor_tree.h"

#include "views/models/core_text.h"
#include "views/models/number_text.h"
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
    m_preparing.setSingleShot(true);
    m_preparing.setInterval(0);
    connect(&m_preparing, &QTimer::timeout, this, &TensorTree::prepareSome);
    connect(&document, &Document::opened, this, &TensorTree::rebuild);
    connect(&document, &Document::closed, this, &TensorTree::rebuild);
    connect(&document, &Document::planChanged, this, &TensorTree::refreshPlan);
    connect(&document, &Document::spaceChanged, this, &TensorTree::refreshPlan);
    connect(&document, &Document::tensorScanned, this, &TensorTree::takeScan);
    connect(&document, &Document::scanStateChanged, this, &TensorTree::refilter);
    connect(&document, &Document::notesChanged, this, &TensorTree::takeNotes);
    rebuild();
}

int TensorTree::childNamed(int parent, const QString& name, QHash<QPair<int, QString>, int>& known)
{
    // Tensors of one module mostly stand together.
    const auto& siblings = m_nodes[static_cast<std::size_t>(parent)].children;
    if (!siblings.empty() && m_nodes[static_cast<std::size_t>(siblings.back())].tensor < 0
        && m_nodes[static_cast<std::size_t>(siblings.back())].name == name)
        return siblings.back();
    const auto key = qMakePair(parent, name);
    auto found = known.constFind(key);
    if (found == known.constEnd()) {
        found = known.insert(key, static_cast<int>(m_nodes.size()));
        Node node;
        node.name = name;
        node.parent = parent;
        m_nodes[static_cast<std::size_t>(parent)].children.push_back(found.value());
        m_nodes.push_back(std::move(node));
    }
    return found.value();
}

void TensorTree::rebuild()
{
    beginResetModel();
    m_nodes.assign(1, {});
    m_nodeOfTensor.clear();
    m_queryOfTensor.clear();
    m_stateOfTensor.clear();
    m_planBytesOfTensor.clear();
    m_plannedOfTensor.clear();
    m_unitsOfTensor.clear();
    m_matched.clear();
    m_noted.clear();
    m_delta.forget();
    if (m_document.isOpen()) {
        const auto& tensors = m_document.workspace()->checkpoint().tensors();
        QHash<QPair<int, QString>, int> known;
        const bool severalTowers = std::any_of(tensors.begin(), tensors.end(),
            [&](const auto& tensor) { return tensor.parts.tower != tensors.front().parts.tower; });
        m_nodes.reserve(2 * tensors.size() + 1); // each with a module of its own, and the blocks
        known.reserve(static_cast<qsizetype>(tensors.size()));
        m_nodeOfTensor.reserve(tensors.size());
        for (std::size_t i = 0; i < tensors.size(); ++i)
            addTensor(static_cast<int>(i), severalTowers, known);
        sortBlocks();
        m_stateOfTensor.assign(tensors.size(), {std::numeric_limits<double>::quiet_NaN()});
        m_planBytesOfTensor.assign(tensors.size(), 0.0);
        m_plannedOfTensor.assign(tensors.size(), 0);
        const auto& units = m_document.workspace()->units();
        for (std::size_t unit = 0; unit < units.size(); ++unit)
            m_unitsOfTensor[static_cast<int>(units[unit].index)].push_back(static_cast<int>(unit));
        for (std::size_t i = 0; i < tensors.size(); ++i)
            readScan(static_cast<int>(i));
        readNotes();
        if (!m_query.isEmpty()) {
            prepareQuery(tensors.size());
            m_matched = matches();
        }
    }
    show(std::move(m_matched));
    sumUp(); // marks that no plan is needed for
    endResetModel();
    refreshPlan();
    m_preparing.start();
}

void TensorTree::readNotes()
{
    const auto& checkpoint = m_document.workspace()->checkpoint();
    m_noted.assign(checkpoint.tensors().size(), 0);
    for (const auto& [name, text] : m_document.notes())
        if (const auto tensor = checkpoint.find(name))
            m_noted[static_cast<std::size_t>(*tensor)] = 1;
}

void TensorTree::takeNotes()
{
    if (!m_document.isOpen() || m_stateOfTensor.empty())
        return;
    readNotes();
    announceMoved(sumUp());
}

void TensorTree::addTensor(int index, bool severalTowers, QHash<QPair<int, QString>, int>& known)
{
    const auto& tensor = m_document.workspace()->checkpoint().tensors()[static_cast<std::size_t>(index)];
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
    node.tensor = index;
    node.bytes = tensor.bytes;
    node.parameters = tensor.parameters;
    const int id = static_cast<int>(m_nodes.size());
    m_nodes[static_cast<std::size_t>(parent)].children.push_back(id);
    m_nodeOfTensor.push_back(id);
    m_nodes.push_back(std::move(node));
    for (int up = parent; up >= 0; up = m_nodes[static_cast<std::size_t>(up)].parent) {
        m_nodes[static_cast<std::size_t>(up)].bytes += tensor.bytes;
        m_nodes[static_cast<std::size_t>(up)].parameters += tensor.parameters;
    }
}

void TensorTree::sortBlocks()
{
    // Files list names alphabetically (block 10 before 2); people count.
    for (auto& node : m_nodes) {
        std::stable_sort(node.children.begin(), node.children.end(), [this](int a, int b) {
            return m_nodes[static_cast<std::size_t>(a)].order < m_nodes[static_cast<std::size_t>(b)].order;
        });
        for (std::size_t place = 0; place < node.children.size(); ++place)
            m_nodes[static_cast<std::size_t>(node.children[place])].place = static_cast<int>(place);
    }
}

// --- Filter ---

QString TensorTree::setFilter(const QString& text)
{
    m_query = TensorQuery::parse(text);
    std::vector<char> matched;
    if (!m_query.isEmpty()) {
        prepareQuery(m_stateOfTensor.size());
        matched = matches();
    }
    if (matched != m_matched) {
        beginResetModel();
        show(std::move(matched));
        endResetModel();
    }
    return m_query.problem();
}

/// Ahead of the first filter, a little at a time: of 100,000 tensors it would take longer than a key may.
void TensorTree::prepareSome()
{
    constexpr std::size_t kAtOnce = 4096;
    if (!m_document.isOpen())
        return;
    const std::size_t all = m_document.workspace()->checkpoint().tensors().size();
    prepareQuery(std::min(all, m_queryOfTensor.size() + kAtOnce));
    if (m_queryOfTensor.size() < all)
        m_preparing.start();
}

void TensorTree::prepareQuery(std::size_t count)
{
    if (!m_document.isOpen())
        return;
    const auto& tensors = m_document.workspace()->checkpoint().tensors();
    m_queryOfTensor.reserve(tensors.size());
    for (std::size_t i = m_queryOfTensor.size(); i < std::min(count, tensors.size()); ++i) {
        const auto& tensor = tensors[i];
        QueryTensor item;
        item.name = display(tensor.name);
        item.role = roleText(tensor.parts.role).toLower().toStdString();
        item.dtype = dtypeText(tensor).toLower().toStdString();
        item.text = item.name.toLower().toStdString() + ' ' + item.role + ' ' + item.dtype;
        item.block = tensor.parts.block;
        item.bytes = tensor.bytes;
        item.parameters = tensor.parameters;
        m_queryOfTensor.push_back(std::move(item));
    }
}

std::vector<char> TensorTree::matches() const
{
    std::vector<char> matched(m_queryOfTensor.size(), 0);
    for (std::size_t i = 0; i < matched.size(); ++i)
        matched[i] = m_query.matches(m_queryOfTensor[i], m_stateOfTensor[i]) ? 1 : 0;
    return matched;
}

/// Lists per node what the filter leaves. A node comes after its parent, so one pass from the end suffices.
void TensorTree::show(std::vector<char> matched)
{
    m_matched = std::move(matched);
    if (m_matched.empty())
        return; // everything: the lists of all children serve
    std::vector<char> visible(m_nodes.size(), 0);
    for (std::size_t id = m_nodes.size(); id-- > 1;) {
        const Node& node = m_nodes[id];
        if (node.tensor >= 0)
            visible[id] = m_matched[static_cast<std::size_t>(node.tensor)];
        if (visible[id] != 0)
            visible[static_cast<std::size_t>(node.parent)] = 1;
    }
    for (auto& node : m_nodes) {
        node.shown.clear();
        for (const int child : node.children) {
            auto& entry = m_nodes[static_cast<std::size_t>(child)];
            entry.row = -1;
            if (visible[static_cast<std::size_t>(child)] == 0)
                continue;
            entry.row = static_cast<int>(node.shown.size());
            node.shown.push_back(child);
        }
    }
}

TensorTree::Totals TensorTree::matched() const
{
    if (m_matched.empty()) {
        const Node& root = m_nodes.front();
        return {static_cast<int>(m_nodeOfTensor.size()), root.parameters, root.bytes, root.plannedParameters,
            root.planBytes};
    }
    std::vector<int> tensors;
    for (std::size_t i = 0; i < m_nodeOfTensor.size(); ++i)
        if (m_matched[i] != 0)
            tensors.push_back(static_cast<int>(i));
    return totalsOf(tensors);
}

TensorTree::Totals TensorTree::totalsOf(const std::vector<int>& tensors) const
{
    Totals totals;
    for (const int tensor : tensors) {
        const auto index = static_cast<std::size_t>(tensor);
        const Node& node = m_nodes[static_cast<std::size_t>(m_nodeOfTensor[index])];
        ++totals.tensors;
        totals.parameters += node.parameters;
        totals.bytes += node.bytes;
        totals.plannedParameters += m_plannedOfTensor[index];
        totals.planBytes += m_planBytesOfTensor[index];
    }
    return totals;
}

std::optional<double> TensorTree::Totals::bits() const
{
    return plannedParameters > 0 ? std::optional(8.0 * planBytes / static_cast<double>(plannedParameters))
                                 : std::nullopt;
}

void TensorTree::collect(const QModelIndex& index, std::vector<int>& tensors) const
{
    const Node& node = nodeOf(index);
    if (node.tensor >= 0)
        tensors.push_back(node.tensor);
    for (const int child : childrenOf(node))
        collect(createIndex(0, 0, static_cast<quintptr>(child)), tensors);
}

// --- What changes ---

void TensorTree::readScan(int tensor)
{
    auto& state = m_stateOfTensor[static_cast<std::size_t>(tensor)];
    const auto* result = m_document.result(tensor);
    state.failed = result != nullptr && result->error.has_value();
    state.nonFinite = result != nullptr && result->stats && result->stats->hasNonFinite();
}

void TensorTree::takeScan(int tensor)
{
    if (tensor < 0 || tensor >= static_cast<int>(m_stateOfTensor.size()))
        return;
    const QueryState before = m_stateOfTensor[static_cast<std::size_t>(tensor)];
    readScan(tensor);
    const QueryState& now = m_stateOfTensor[static_cast<std::size_t>(tensor)];
    if (before.failed == now.failed && before.nonFinite == now.nonFinite)
        return;
    const int mark = (now.failed ? FailedMark : 0) | (now.nonFinite ? NonFiniteMark : 0);
    for (int id = m_nodeOfTensor[static_cast<std::size_t>(tensor)]; id > 0;
         id = m_nodes[static_cast<std::size_t>(id)].parent) {
        Node& node = m_nodes[static_cast<std::size_t>(id)];
        node.marks |= mark;
        if (rowOf(node) < 0)
            continue;
        const QModelIndex index = createIndex(rowOf(node), NameColumn, static_cast<quintptr>(id));
        Q_EMIT dataChanged(index, index);
    }
}

bool TensorTree::refilter()
{
    if (!m_query.dependsOnState() || m_queryOfTensor.empty())
        return false;
    auto matched = matches();
    if (matched == m_matched)
        return false;
    beginResetModel();
    show(std::move(matched));
    endResetModel();
    return true;
}

/// Sums of the plan and marks for inner nodes, from the leaves up.
const TensorTree::Node& TensorTree::nodeOf(const QModelIndex& index) const
{
    return m_nodes[index.isValid() ? static_cast<std::size_t>(index.internalId()) : 0];
}

QModelIndex TensorTree::indexOfTensor(int tensor) const
{
    if (tensor < 0 || tensor >= static_cast<int>(m_nodeOfTensor.size()))
        return {};
    const int id = m_nodeOfTensor[static_cast<std::size_t>(tensor)];
    const int row = rowOf(m_nodes[static_cast<std::size_t>(id)]);
    return row < 0 ? QModelIndex() : createIndex(row, 0, static_cast<quintptr>(id));
}

QModelIndex TensorTree::index(int row, int column, const QModelIndex& parent) const
{
    const auto& shown = childrenOf(nodeOf(parent));
    if (row < 0 || row >= static_cast<int>(shown.size()) || column < 0 || column >= ColumnCount)
        return {};
    return createIndex(row, column, static_cast<quintptr>(shown[static_cast<std::size_t>(row)]));
}

QModelIndex TensorTree::parent(const QModelIndex& child) const
{
    if (!child.isValid())
        return {};
    const int parent = nodeOf(child).parent;
    if (parent <= 0)
        return {};
    return createIndex(rowOf(m_nodes[static_cast<std::size_t>(parent)]), 0, static_cast<quintptr>(parent));
}

int TensorTree::rowCount(const QModelIndex& parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(childrenOf(nodeOf(parent)).size());
}

int TensorTree::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

} // namespace bitwright::views
