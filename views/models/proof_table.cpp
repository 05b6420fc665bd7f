#include "views/models/proof_table.h"

#include "views/models/core_text.h"
#include "views/models/number_text.h"
#include "views/models/text.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

/// For CSV: locale-free, every digit; empty for what is unknown.
QString exactText(double value)
{
    if (std::isnan(value))
        return {};
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("inf") : QStringLiteral("-inf");
    return QString::number(value, 'g', QLocale::FloatingPointShortest);
}

QString quoted(QString text)
{
    return QLatin1Char('"') + text.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
}

} // namespace

ProofTable::Result ProofTable::resultOf(const exporting::TensorProof& proof)
{
    if (!proof.problem.empty())
        return Result::Failed;
    return proof.rereadExact ? Result::Exact : Result::Unchecked;
}

void ProofTable::clear()
{
    beginResetModel();
    m_rowOf.clear();
    m_proofs.clear();
    endResetModel();
}

void ProofTable::add(const exporting::TensorProof& proof)
{
    const auto [known, isNew] = m_rowOf.try_emplace(proof.unit, static_cast<int>(m_proofs.size()));
    const int row = known->second;
    if (!isNew) {
        m_proofs[static_cast<std::size_t>(row)] = proof;
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
        return;
    }
    beginInsertRows({}, row, row);
    m_proofs.push_back(proof);
    endInsertRows();
}

void ProofTable::setProofs(const std::vector<exporting::TensorProof>& proofs)
{
    beginResetModel();
    m_proofs = proofs;
    m_rowOf.clear();
    for (std::size_t row = 0; row < proofs.size(); ++row)
        m_rowOf[proofs[row].unit] = static_cast<int>(row);
    endResetModel();
}

int ProofTable::failures() const
{
    return static_cast<int>(std::count_if(m_proofs.begin(), m_proofs.end(),
        [](const auto& proof) { return resultOf(proof) == Result::Failed; }));
}

QString ProofTable::csv() const
{
    QString text = QStringLiteral("unit,planned,written,fallback,bytes,sqnr_db,max_abs_error,output_error,"
                                  "reread_exact,problem,seconds\n");
    for (const auto& proof : m_proofs) {
        const QStringList fields
            = {quoted(QString::fromStdString(proof.unit)), quoted(QString::fromStdString(proof.planned)),
                quoted(QString::fromStdString(proof.written)), quoted(QString::fromStdString(proof.fallback)),
                QString::number(proof.bytes), exactText(proof.sqnrDb), exactText(proof.maxAbsError),
                proof.outputError ? exactText(*proof.outputError) : QString(),
                proof.rereadExact ? QStringLiteral("true") : QStringLiteral("false"),
                quoted(QString::fromStdString(proof.problem)), exactText(proof.seconds)};
        text += fields.join(QLatin1Char(',')) + QLatin1Char('\n');
    }
    return text;
}

int ProofTable::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_proofs.size());
}

int ProofTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ProofTable::textOf(const exporting::TensorProof& proof, int column)
{
    const bool failed = resultOf(proof) == Result::Failed;
    switch (column) {
    case ResultColumn:
        if (failed)
            return tr("failed");
        return proof.rereadExact ? tr("exact") : tr("not yet");
    case UnitColumn:
        return shortTensorName(proof.unit, model::parseTensorName(proof.unit).block);
    case PlannedColumn:
        return display(proof.planned);
    case WrittenColumn:
        return proof.written.empty() ? tr("nothing") : display(proof.written);
    case BytesColumn:
        return failed && proof.bytes == 0 ? QString() : sizeText(proof.bytes);
    case SqnrColumn:
        if (std::isinf(proof.sqnrDb))
            return tr("lossless");
        return std::isnan(proof.sqnrDb) ? tr("unknown")
                                        : tr("%1 dB").arg(QLocale().toString(proof.sqnrDb, 'f', 2));
    case MaxErrorColumn:
        return numberText(proof.maxAbsError);
    case OutputErrorColumn:
        return proof.outputError ? numberText(*proof.outputError) : tr("unknown");
    default:
        return {};
    }
}

QString ProofTable::toolTipOf(const exporting::TensorProof& proof, int column)
{
    switch (column) {
    case UnitColumn:
        return display(proof.unit);
    case ResultColumn:
        if (!proof.problem.empty())
            return display(proof.problem);
        if (!proof.rereadExact)
            return tr("The independent reader has not compared this unit.");
        return proof.reused
            ? tr("Taken over from the interrupted export and read back: exactly what was meant.")
            : tr("The independent reader got exactly what the quantizer meant.");
    case WrittenColumn:
        return proof.fallback.empty() ? textOf(proof, column)
                                      : tr("%1: %2").arg(display(proof.written), coreText(proof.fallback));
    case BytesColumn:
        return formatExactBytes(static_cast<double>(proof.bytes));
    case SqnrColumn:
        return std::isfinite(proof.sqnrDb)
            ? tr("Weights against their error: %1 dB").arg(numberText(proof.sqnrDb, 17))
            : textOf(proof, column);
    case MaxErrorColumn:
        return numberText(proof.maxAbsError, 17);
    case OutputErrorColumn:
        return proof.outputError ? numberText(*proof.outputError, 17)
                                 : tr("The dump holds no Gram of this unit's inputs.");
    default:
        return textOf(proof, column);
    }
}

QVariant ProofTable::sortValueOf(const exporting::TensorProof& proof, int column)
{
    switch (column) {
    case ResultColumn: // failures first
        return 2 - static_cast<int>(resultOf(proof));
    case BytesColumn:
        return static_cast<qulonglong>(proof.bytes);
    case SqnrColumn:
        return proof.sqnrDb;
    case MaxErrorColumn:
        return proof.maxAbsError;
    case OutputErrorColumn:
        return proof.outputError.value_or(-1.0); // unknown before everything known
    default:
        return textOf(proof, column);
    }
}

QVariant ProofTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const auto& proof = m_proofs[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return textOf(proof, index.column());
    case Qt::ToolTipRole:
        return toolTipOf(proof, index.column());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            (index.column() >= BytesColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case SortRole:
        return sortValueOf(proof, index.column());
    case ResultRole:
        return static_cast<int>(resultOf(proof));
    case DiffersRole:
        return !proof.fallback.empty();
    default:
        return {};
    }
}

QVariant ProofTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            (section >= BytesColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    static const char* const kTips[] = {QT_TR_NOOP("Tensor, or expert of a stack"),
        QT_TR_NOOP("Option of the plan"), QT_TR_NOOP("Option in the file, with the scale type of the target"),
        QT_TR_NOOP("Whether an independent reader got back, bit for bit, what the quantizer meant"),
        QT_TR_NOOP("Bytes in the file, everything counted"),
        QT_TR_NOOP("Signal to quantization noise of the weights in the file"),
        QT_TR_NOOP("Largest absolute error of a weight"),
        QT_TR_NOOP("Share of the output's energy that is error, on the inputs of the dump")};
    static const char* const kNames[]
        = {QT_TR_NOOP("Unit"), QT_TR_NOOP("Planned"), QT_TR_NOOP("Written"), QT_TR_NOOP("Re-read"),
            QT_TR_NOOP("Size"), QT_TR_NOOP("SQNR"), QT_TR_NOOP("Max error"), QT_TR_NOOP("Output error")};
    if (section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::DisplayRole)
        return tr(kNames[section]);
    return role == Qt::ToolTipRole ? QVariant(tr(kTips[section])) : QVariant();
}

ProofFilter::ProofFilter(QObject* parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(ProofTable::SortRole);
    setSortCaseSensitivity(Qt::CaseInsensitive);
}

void ProofFilter::setText(const QString& text)
{
    m_words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

void ProofFilter::setKind(Kind kind)
{
    m_kind = kind;
    invalidateFilter();
}

bool ProofFilter::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    const auto at = [&](int column) { return sourceModel()->index(row, column, parent); };
    constexpr int kWhole = Qt::ToolTipRole; // names are shortened on display
    if (m_kind == Kind::Failed
        && at(0).data(ProofTable::ResultRole).toInt() != static_cast<int>(ProofTable::Result::Failed))
        return false;
    if (m_kind == Kind::Differs && !at(0).data(ProofTable::DiffersRole).toBool())
        return false;
    return std::all_of(m_words.begin(), m_words.end(), [&](const QString& word) {
        for (const int column :
            {ProofTable::UnitColumn, ProofTable::PlannedColumn, ProofTable::WrittenColumn})
            if (at(column).data(kWhole).toString().contains(word, Qt::CaseInsensitive))
                return true;
        return false;
    });
}

} // namespace bitwright::views
