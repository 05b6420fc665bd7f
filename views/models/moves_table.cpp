#include "views/models/moves_table.h"

#include "views/models/core_text.h"
#include "views/models/harm_text.h"
#include "views/models/number_text.h"
#include "views/models/text.h"

#include <QLocale>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace bitwright::views {

namespace {

constexpr std::size_t kPerKind = 16;
/// From here on the list is not part of the frame of a drag.
constexpr std::size_t kManyUnits = 2000;
constexpr int kDelayMs = 60;
constexpr double kBytesPerKib = 1024, kBitsPerByte = 8;

QString signedText(bool negative, const QString& text)
{
    return (negative ? QStringLiteral("−") : QStringLiteral("+")) + text;
}

} // namespace

MovesTable::MovesTable(Document& document, QObject* parent)
    : QAbstractTableModel(parent)
    , m_document(document)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(kDelayMs);
    connect(&m_timer, &QTimer::timeout, this, &MovesTable::refresh);
    connect(&document, &Document::planChanged, this, &MovesTable::schedule);
    connect(&document, &Document::spaceChanged, this, &MovesTable::refresh);
    connect(&document, &Document::closed, this, &MovesTable::refresh);
}

void MovesTable::schedule()
{
    if (m_document.choice().size() > kManyUnits)
        m_timer.start();
    else
        refresh();
}

void MovesTable::refresh()
{
    m_timer.stop();
    std::vector<alloc::Move> moves;
    const auto& space = m_document.space();
    if (space && m_document.choice().size() == space->units().size()) {
        const auto problem = space->problem(m_document.plan(), m_document.settings().objective);
        if (auto list = alloc::nextMoves(problem, m_document.choice(), kPerKind))
            moves = std::move(list->moves);
    }
    // Same length: keeps scroll place and selection of the view.
    if (moves.size() == m_moves.size() && !moves.empty()) {
        m_moves = std::move(moves);
        findNotation();
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_moves = std::move(moves);
    findNotation();
    endResetModel();
}

void MovesTable::findNotation()
{
    m_harm = m_perKib = m_perBit = {};
    for (const alloc::Move& move : m_moves) {
        m_harm.add(move.deltaCost);
        if (move.kind == alloc::MoveKind::Free)
            continue;
        m_perKib.add(move.price * kBytesPerKib);
        m_perBit.add(move.price / kBitsPerByte);
    }
}

const alloc::Move* MovesTable::moveAt(int row) const
{
    return row >= 0 && row < rowCount() ? &m_moves[static_cast<std::size_t>(row)] : nullptr;
}

QVector<int> MovesTable::unitsOf(int row) const
{
    QVector<int> units;
    if (const alloc::Move* move = moveAt(row))
        for (const auto unit : move->units)
            units.push_back(static_cast<int>(unit));
    return units;
}

int MovesTable::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_moves.size());
}

int MovesTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

namespace {

QString groupText(alloc::MoveKind kind)
{
    switch (kind) {
    case alloc::MoveKind::Free:
        return MovesTable::tr("Free: less harm, no more size");
    case alloc::MoveKind::Buy:
        return MovesTable::tr("Spend size: less harm");
    case alloc::MoveKind::Sell:
        break;
    }
    return MovesTable::tr("Save size: more harm");
}

} // namespace

QString MovesTable::namesOf(const alloc::Move& move, bool full) const
{
    QStringList names;
    // As everybody says them: q, k, v.
    auto units = move.units;
    std::stable_sort(units.begin(), units.end(), [this](std::size_t a, std::size_t b) {
        const auto& all = m_document.space()->units();
        return all[a].role < all[b].role;
    });
    for (const auto unit : units) {
        const auto& item = m_document.space()->units()[unit];
        names << (full ? QString::fromStdString(escapedForDisplay(item.name))
                       : shortTensorName(item.name, item.block));
    }
    return full ? names.join(u'\n') : jointName(names);
}

QString MovesTable::harmSign(const alloc::Move& move) const
{
    const auto& space = *m_document.space();
    const auto calibrated = [&](std::size_t unit, std::size_t option) {
        return space.cell(unit, option).origin == score::ScoreOrigin::Calibrated;
    };
    const bool any = std::any_of(move.units.begin(), move.units.end(),
        [&](std::size_t unit) { return calibrated(unit, move.from) || calibrated(unit, move.to); });
    return any ? QStringLiteral("\u2248") : QString();
}

QString MovesTable::textOf(const alloc::Move& move, int column) const
{
    switch (column) {
    case MoveColumn:
        return namesOf(move, false);
    case FromColumn:
        return shortOptionName(*m_document.space(), move.from);
    case ToColumn:
        return shortOptionName(*m_document.space(), move.to);
    case BytesColumn:
        return signedText(
            move.deltaBytes < 0, sizeText(static_cast<std::uint64_t>(std::llabs(move.deltaBytes))));
    case HarmColumn:
        return harmSign(move) + signedText(move.deltaCost < 0, m_harm.text(std::abs(move.deltaCost)));
    case PerKibColumn:
        return move.kind == alloc::MoveKind::Free ? tr("free")
                                                  : harmSign(move) + m_perKib.text(move.price * kBytesPerKib);
    case PerBitColumn:
        return move.kind == alloc::MoveKind::Free ? tr("free")
                                                  : harmSign(move) + m_perBit.text(move.price / kBitsPerByte);
    default:
        return {};
    }
}

QVariant MovesTable::numberOf(const alloc::Move& move, int column) const
{
    switch (column) {
    case BytesColumn:
        return static_cast<qlonglong>(move.deltaBytes);
    case HarmColumn:
        return move.deltaCost;
    case PerKibColumn:
    case PerBitColumn:
        return move.price;
    default:
        return textOf(move, column);
    }
}

QVariant MovesTable::data(const QModelIndex& index, int role) const
{
    const alloc::Move* move = index.isValid() ? moveAt(index.row()) : nullptr;
    if (move == nullptr || !m_document.space())
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return textOf(*move, column);
    case SortRole:
        return numberOf(*move, column);
    case KindRole:
        return static_cast<int>(move->kind);
    case GroupRole:
        return QStringLiteral("%1 (%2)").arg(groupText(move->kind), harmUnit(m_document));
    case Qt::TextAlignmentRole:
        return column >= BytesColumn ? QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter))
                                     : QVariant();
    case Qt::ToolTipRole:
        if (column == MoveColumn)
            return namesOf(*move, true);
        if (column == FromColumn || column == ToColumn)
            return QString::fromStdString(
                m_document.space()->optionIds()[column == FromColumn ? move->from : move->to]);
        if (column == BytesColumn)
            return formatExactBytes(static_cast<double>(move->deltaBytes));
        if (column >= HarmColumn)
            return tr("%1 (%2)").arg(textOf(*move, column), provenanceText(m_document.space()->provenance()));
        return textOf(*move, column);
    default:
        return {};
    }
}

QVariant MovesTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && section >= BytesColumn)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    if (role == Qt::ToolTipRole && section == HarmColumn && m_document.space())
        return QStringLiteral("%1\n%2").arg(
            harmLabel(m_document), provenanceText(m_document.space()->provenance()));
    if (role == Qt::ToolTipRole && section >= PerKibColumn)
        return tr("Predicted harm that the move saves (buy) or costs (sell) for each %1 of size")
                   .arg(section == PerKibColumn ? tr("KiB") : tr("bit"))
            + u'\n' + harmLabel(m_document);
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
        return tr("Δ size");
    case HarmColumn:
        return tr("Δ harm");
    case PerKibColumn:
        return tr("Harm/KiB");
    case PerBitColumn:
        return tr("Harm/bit");
    default:
        return {};
    }
}

} // namespace bitwright::views
