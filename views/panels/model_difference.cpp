#include "views/panels/model_difference.h"

#include "core/formats/open.h"
#include "views/charts/ask_file.h"
#include "views/charts/chart_math.h"
#include "views/charts/column_widths.h"
#include "views/models/core_text.h"
#include "views/panels/model_csv.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>

#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {

QString lineOf(const Error& error)
{
    return errorText(error);
}

} // namespace

// --- Table ---

void ModelDifferenceTable::setComparison(const session::ModelComparison& comparison)
{
    beginResetModel();
    m_rows.clear();
    for (const auto& item : comparison.tensors)
        m_rows.push_back({item, 0});
    const auto only = [this](const std::vector<std::string>& names, int side) {
        for (const auto& name : names) {
            Row row;
            row.item.name = name;
            row.side = side;
            m_rows.push_back(std::move(row));
        }
    };
    only(comparison.onlyA, -1);
    only(comparison.onlyB, 1);
    endResetModel();
}

void ModelDifferenceTable::clear()
{
    setComparison({});
}

int ModelDifferenceTable::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ModelDifferenceTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ModelDifferenceTable::textOf(const Row& row, int column) const
{
    const auto& item = row.item;
    const QString none = QStringLiteral("–");
    switch (column) {
    case NameColumn:
        return QString::fromStdString(escapedForDisplay(item.name));
    case StateColumn:
        if (row.side != 0)
            return row.side < 0 ? tr("only in this model") : tr("only in the other");
        if (item.sameBytes)
            return tr("same bytes");
        if (!item.maxAbsError)
            return item.reason.empty() ? tr("bytes differ") : QString::fromStdString(item.reason);
        return item.differing == 0 ? tr("same values") : tr("differs");
    case MaxErrorColumn:
        return item.maxAbsError ? formatNumber(*item.maxAbsError) : none;
    case SqnrColumn:
        if (!item.sqnrDb)
            return item.maxAbsError ? tr("unknown") : none;
        return std::isinf(*item.sqnrDb) ? tr("exact")
                                        : tr("%1 dB").arg(QLocale().toString(*item.sqnrDb, 'f', 1));
    case DifferingColumn:
        return item.maxAbsError ? formatCount(static_cast<std::int64_t>(item.differing)) : none;
    case DTypeColumn: {
        const QString a = QString::fromStdString(escapedForDisplay(item.dtypeA));
        const QString b = QString::fromStdString(escapedForDisplay(item.dtypeB));
        return a == b ? a : tr("%1 / %2").arg(a, b);
    }
    default:
        return {};
    }
}

QVariant ModelDifferenceTable::numberOf(const Row& row, int column) const
{
    constexpr double kNone = -std::numeric_limits<double>::infinity();
    switch (column) {
    case MaxErrorColumn:
        return row.item.maxAbsError.value_or(kNone);
    case SqnrColumn:
        return row.item.sqnrDb.value_or(kNone);
    case DifferingColumn:
        return row.item.maxAbsError ? static_cast<double>(row.item.differing) : kNone;
    default:
        return textOf(row, column);
    }
}

QVariant ModelDifferenceTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return textOf(row, index.column());
    case SortRole:
        return numberOf(row, index.column());
    case Qt::ToolTipRole:
        if (index.column() == MaxErrorColumn && row.item.maxAbsError)
            return formatExact(*row.item.maxAbsError);
        if (row.item.nonFinite > 0 && index.column() >= MaxErrorColumn)
            return tr("%1 places with NaN or Inf are left out")
                .arg(formatCount(static_cast<std::int64_t>(row.item.nonFinite)));
        return textOf(row, index.column());
    case Qt::TextAlignmentRole:
        return index.column() >= MaxErrorColumn && index.column() <= DifferingColumn
            ? QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter))
            : QVariant();
    default:
        return {};
    }
}

QVariant ModelDifferenceTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && section >= MaxErrorColumn && section <= DifferingColumn)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn:
        return tr("Tensor");
    case StateColumn:
        return tr("Result");
    case MaxErrorColumn:
        return tr("Largest error");
    case SqnrColumn:
        return tr("SQNR");
    case DifferingColumn:
        return tr("Values that differ");
    case DTypeColumn:
        return tr("Type");
    default:
        return {};
    }
}

// --- Widget ---

ModelDifference::ModelDifference(Document& document, JobQueue& jobs, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_jobs(jobs)
    , m_model(new ModelDifferenceTable(this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_open(new QPushButton(tr("Compare with &folder…"), this))
    , m_openFile(new QPushButton(tr("File…"), this))
    , m_filter(new QLineEdit(this))
    , m_summary(new QLabel(this))
    , m_table(new QTableView(this))
{
    auto* copy = new QPushButton(tr("Copy as CSV"), this);
    m_open->setToolTip(
        tr("Chooses the folder of a second model; every tensor of the same name is compared value by value"));
    m_openFile->setToolTip(tr("Chooses a second model that is one file"));
    m_openFile->setAccessibleName(tr("Compare with the file of a model"));
    m_filter->setPlaceholderText(tr("Filter tensors, results"));
    m_filter->setAccessibleName(tr("Filter of the compared tensors"));
    m_filter->setClearButtonEnabled(true);
    m_summary->setWordWrap(true);
    m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(ModelDifferenceTable::SortRole);
    m_sorted->setFilterKeyColumn(-1);
    m_sorted->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_table->setModel(m_sorted);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 6);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setAccessibleName(tr("Tensors of two models"));
    (new ColumnWidths(m_table))->setCharacters({40, 16, 14, 11, 17});
    auto* bar = new QHBoxLayout;
    bar->addWidget(m_open);
    bar->addWidget(m_openFile);
    bar->addWidget(m_filter, 1);
    bar->addWidget(copy);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 6, 8, 4);
    layout->setSpacing(4);
    layout->addLayout(bar);
    layout->addWidget(m_summary);
    layout->addWidget(m_table, 1);
    connect(m_open, &QPushButton::clicked, this, [this] { askModel(true); });
    connect(m_openFile, &QPushButton::clicked, this, [this] { askModel(false); });
    connect(copy, &QPushButton::clicked, this, &ModelDifference::copyCsv);
    connect(m_filter, &QLineEdit::textChanged, m_sorted, &QSortFilterProxyModel::setFilterFixedString);
    connect(&document, &Document::opened, this, &ModelDifference::reset);
    connect(&document, &Document::closed, this, &ModelDifference::reset);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& index) {
            const std::string name = index.siblingAtColumn(0).data().toString().toStdString();
            if (!m_document.isOpen() || name.empty())
                return;
            if (const auto tensor = m_document.workspace()->checkpoint().find(name))
                Q_EMIT tensorSelected(static_cast<int>(*tensor));
        });
    reset();
}

void ModelDifference::reset()
{
    ++m_serial;
    m_model->clear();
    m_open->setEnabled(m_document.isOpen());
    m_openFile->setEnabled(m_document.isOpen());
    m_summary->setText(m_document.isOpen()
            ? tr("Compares every tensor with the tensor of the same name in a second checkpoint: largest "
                 "error, SQNR, "
                 "same bytes. Nothing was compared yet.")
            : tr("Largest error, SQNR and equality of two checkpoints, tensor by tensor. No model is open."));
}

void ModelDifference::askModel(bool folder)
{
    if (!m_document.isOpen())
        return;
    const QString beside = QString::fromStdString(m_document.workspace()->checkpoint().path());
    askFile(this,
        {folder ? FileQuestion::Kind::OpenFolder : FileQuestion::Kind::OpenFile,
            QStringLiteral("compareWith"), tr("Compare with"),
            folder ? QString() : tr("Models (*.safetensors *.json);;All files (*)"),
            QFileInfo(beside).absolutePath() + QLatin1Char('/'), {}},
        [this](const QString& path) { compareWith(path); });
}

void ModelDifference::compareWith(const QString& path)
{
    if (!m_document.isOpen())
        return;
    const int serial = ++m_serial;
    m_model->clear();
    const QString name = QFileInfo(path).fileName();
    m_summary->setText(tr("Comparing with %1…").arg(name));
    m_jobs.run<session::ModelComparison>(
        tr("Compare with %1").arg(name), QStringLiteral("compare"),
        [workspace = m_document.workspace(), file = path.toStdString()](
            const RunContext& context) -> Result<session::ModelComparison> {
            BITWRIGHT_ASSIGN(const auto other, formats::openCheckpoint(file));
            return session::compareModels(workspace->checkpoint(), *other, {}, context);
        },
        [this, serial, name](Result<session::ModelComparison> comparison) {
            if (serial != m_serial)
                return;
            if (comparison)
                return show(*comparison, name);
            m_summary->setText(comparison.error().code == ErrorCode::Cancelled
                    ? tr("The comparison with %1 was canceled.").arg(name)
                    : lineOf(comparison.error()));
        });
}

void ModelDifference::show(const session::ModelComparison& comparison, const QString& name)
{
    m_model->setComparison(comparison);
    int same = 0, differ = 0, failed = 0;
    for (const auto& item : comparison.tensors) {
        same += item.sameBytes ? 1 : 0;
        differ += !item.sameBytes && item.maxAbsError ? 1 : 0;
        failed += !item.sameBytes && !item.maxAbsError ? 1 : 0;
    }
    if (comparison.same()) {
        m_summary->setText(
            tr("%1 and %2 are the same: %3 tensors, every byte.").arg(m_document.title(), name).arg(same));
        return;
    }
    QStringList parts{tr("%1 tensors with the same bytes").arg(same), tr("%1 that differ").arg(differ)};
    if (failed > 0)
        parts << tr("%1 that cannot be compared by value").arg(failed);
    if (!comparison.onlyA.empty())
        parts << tr("%1 only here").arg(comparison.onlyA.size());
    if (!comparison.onlyB.empty())
        parts << tr("%1 only there").arg(comparison.onlyB.size());
    m_summary->setText(
        tr("%1 against %2: %3").arg(m_document.title(), name, parts.join(QStringLiteral(" · "))));
}

void ModelDifference::copyCsv() const
{
    QGuiApplication::clipboard()->setText(modelCsv(*m_sorted, ModelDifferenceTable::SortRole));
}

} // namespace bitwright::views
