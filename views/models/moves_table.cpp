#include "views/models/moves_table.h"

#include "views/models/text.h"

#include <QLocale>

#include <cstdlib>

namespace bitwright::views {

namespace {

QVariant rightAligned()
{
    return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
}

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

} // namespace

MovesTable::MovesTable(Document& document, QObject* parent)
    : QAbstractTableModel(parent)
    , m_document(document)
{
    connect(&document, &Document::planChanged, this, &MovesTable::refresh);
    connect(&document, &Document::spaceChanged, this, &MovesTable::refresh);
    connect(&document, &Document::closed, this, &MovesTable::refresh);
}

void MovesTable::refresh()
{
    beginResetModel();
    m_moves.clear();
    const auto& space = m_document.space();
    if (space && m_document.choice().size() == space->units().size()) {
        const auto problem = space->problem(m_document.plan(), m_document.settings().objective);
        constexpr std::size_t kPerKind = 12;
        if (auto list = alloc::nextMoves(problem, m_document.choice(), kPerKind))
            m_moves = std::move(list->moves);
    }
    endResetModel();
}

const alloc::Move* MovesTable::moveAt(int row) const
{
    return row >= 0 && row < rowCount() ? &m_moves[static_cast<std::size_t>(row)] : nullptr;
}

int MovesTable::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_moves.size());
}

int MovesTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant MovesTable::data(const QModelIndex& index, int role) const
{
    const alloc::Move* move = index.isValid() ? moveAt(index.row()) : nullptr;
    const auto& space = m_document.space();
    if (move == nullptr || !space)
        return {};
    if (role == Qt::TextAlignmentRole)
        return index.column() >= BytesColumn ? rightAligned() : QVariant();
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case MoveColumn: {
        QStringList names;
        for (const auto unit : move->units)
            names.push_back(role == Qt::ToolTipRole
                    ? display(space->units()[unit].name)
                    : shortTensorName(space->units()[unit].name, space->units()[unit].block));
        return names.join(role == Qt::ToolTipRole ? QStringLiteral("\n") : QStringLiteral(" + "));
    }
    case FromColumn:
        return QString::fromStdString(space->optionIds()[move->from]);
    case ToColumn:
        return QString::fromStdString(space->optionIds()[move->to]);
    case BytesColumn:
        return QStringLiteral("%1%2").arg(move->deltaBytes < 0 ? QStringLiteral("−") : QStringLiteral("+"),
            sizeText(static_cast<std::uint64_t>(std::llabs(move->deltaBytes))));
    case HarmColumn:
        return QStringLiteral("%1%2").arg(move->deltaCost < 0 ? QStringLiteral("−") : QStringLiteral("+"),
            numberText(std::abs(move->deltaCost)));
    case PriceColumn:
        return move->kind == alloc::MoveKind::Free ? tr("free")
                                                   : tr("%1 per KiB").arg(numberText(move->price * 1024.0));
    default:
        return {};
    }
}

QVariant MovesTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && section >= BytesColumn)
        return rightAligned();
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case MoveColumn:
        return tr("Next best move");
    case FromColumn:
        return tr("From");
    case ToColumn:
        return tr("To");
    case BytesColumn:
        return tr("Size");
    case HarmColumn:
        return tr("Harm (predicted)");
    case PriceColumn:
        return tr("Price");
    default:
        return {};
    }
}

} // namespace bitwright::views
