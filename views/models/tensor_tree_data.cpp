// What the tree says: cells, tooltips, headings, words to complete a filter with.
#include "views/models/core_text.h"
#include "views/models/number_text.h"
#include "views/models/tensor_tree.h"
#include "views/models/text.h"

#include <QLocale>
#include <QSet>

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

} // namespace

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
    case BitsColumn:
        if (node.plannedParameters == 0)
            return tensor != nullptr ? QVariant(QStringLiteral("–")) : QVariant();
        return QLocale().toString(8.0 * node.planBytes / static_cast<double>(node.plannedParameters), 'f', 2);
    case ParametersColumn:
        return formatCount(static_cast<std::int64_t>(node.parameters));
    default:
        return {};
    }
}

QString TensorTree::fallbackText(int tensor) const
{
    const auto& space = m_document.space();
    for (const int unit : unitsOf(tensor)) {
        const auto index = static_cast<std::size_t>(unit);
        const auto& resolved = space->cell(index, m_document.choice()[index]).resolved;
        if (!resolved.fallback.empty())
            return coreText(resolved.fallback);
    }
    return {};
}

QString TensorTree::toolTipOf(const Node& node) const
{
    const QLocale locale;
    if (node.tensor < 0) {
        QString text = tr("%1: %2 parameters, %3 (%4 bytes)")
                           .arg(node.name, locale.toString(node.parameters), sizeText(node.bytes),
                               locale.toString(node.bytes));
        if (node.plannedParameters > 0)
            text += tr("\nmean bits of the plan: %1")
                        .arg(locale.toString(
                            8.0 * node.planBytes / static_cast<double>(node.plannedParameters), 'f', 4));
        if ((node.marks & NonFiniteMark) != 0)
            text += tr("\nholds tensors with NaN or Inf");
        if ((node.marks & FailedMark) != 0)
            text += tr("\nholds tensors that could not be measured");
        if ((node.marks & NoteMark) != 0)
            text += tr("\nholds tensors with notes");
        return text;
    }
    const auto& tensor
        = m_document.workspace()->checkpoint().tensors()[static_cast<std::size_t>(node.tensor)];
    QString text = tr("%1\n%2, %3 parameters, %4 bytes\n%5")
                       .arg(display(tensor.name), roleText(tensor.parts.role),
                           locale.toString(tensor.parameters), locale.toString(tensor.bytes),
                           tensor.quantizable ? tr("planned") : tr("kept: %1").arg(coreText(tensor.reason)));
    if ((node.marks & LockedMark) != 0)
        text += tr("\nlocked: the solver keeps its option");
    if ((node.marks & TiedMark) != 0)
        text += tr("\ntied: shares its option with others");
    if ((node.marks & FallbackMark) != 0)
        text += tr("\nfallback: %1").arg(fallbackText(node.tensor));
    const auto* result = m_document.result(node.tensor);
    if ((node.marks & NonFiniteMark) != 0 && result != nullptr && result->stats)
        text += tr("\n%1 NaN, %2 Inf")
                    .arg(result->stats->nan)
                    .arg(result->stats->positiveInf + result->stats->negativeInf);
    if ((node.marks & FailedMark) != 0 && result != nullptr && result->error)
        text += tr("\nnot measured: %1").arg(errorText(*result->error));
    if ((node.marks & NoteMark) != 0)
        text += tr("\nnote: %1").arg(m_document.note(node.tensor));
    return text;
}

QVariant TensorTree::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const Node& node = nodeOf(index);
    switch (role) {
    case Qt::DisplayRole:
        return displayOf(node, index.column());
    case Qt::TextAlignmentRole:
        return index.column() >= SizeColumn
            ? QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter))
            : QVariant();
    case Qt::ToolTipRole:
        return toolTipOf(node);
    case TensorRole:
        return node.tensor;
    case BytesRole:
        return QVariant::fromValue<qulonglong>(node.bytes);
    case BitsRole:
        return node.plannedParameters == 0
            ? std::numeric_limits<double>::quiet_NaN()
            : 8.0 * node.planBytes / static_cast<double>(node.plannedParameters);
    case LockedRole:
        return (node.marks & LockedMark) != 0;
    case StateRole:
        return node.marks;
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
    case ParametersColumn:
        return tr("Parameters");
    default:
        return {};
    }
}

QStringList TensorTree::roles() const
{
    QSet<QString> words;
    if (m_document.isOpen())
        for (const auto& tensor : m_document.workspace()->checkpoint().tensors())
            words.insert(roleText(tensor.parts.role));
    QStringList sorted(words.begin(), words.end());
    sorted.sort();
    return sorted;
}

QStringList TensorTree::dtypes() const
{
    QSet<QString> words;
    if (m_document.isOpen())
        for (const auto& tensor : m_document.workspace()->checkpoint().tensors())
            words.insert(dtypeText(tensor).toLower());
    QStringList sorted(words.begin(), words.end());
    sorted.sort();
    return sorted;
}

} // namespace bitwright::views
