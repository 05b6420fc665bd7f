#include "views/charts/data_table.h"

#include "views/charts/column_widths.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

// --- CSV ---

QStringList csvRecord(const QString& csv, qsizetype& position)
{
    QStringList fields;
    QString field;
    bool quoted = false;
    for (; position < csv.size(); ++position) {
        const QChar c = csv[position];
        if (quoted) {
            if (c != u'"')
                field += c;
            else if (position + 1 < csv.size() && csv[position + 1] == u'"')
                field += csv[++position];
            else
                quoted = false;
        } else if (c == u'"')
            quoted = true;
        else if (c == u',')
            fields << std::exchange(field, QString());
        else if (c == u'\n') {
            ++position;
            break;
        } else
            field += c;
    }
    return fields << field;
}

TableData tableFromCsv(const QString& csv)
{
    TableData data;
    qsizetype position = 0;
    for (const QString& title : csvRecord(csv, position))
        data.columns.push_back({QString(title).replace(u'_', u' '), {}, true});
    std::vector<QStringList> records;
    while (position < csv.size())
        records.push_back(csvRecord(csv, position));
    const auto isNumber = [](const QString& text) {
        bool ok = false;
        (void)text.toDouble(&ok);
        return ok;
    };
    for (std::size_t c = 0; c < data.columns.size(); ++c) {
        const auto field = static_cast<qsizetype>(c);
        bool any = false;
        for (const QStringList& record : records) {
            const QString text = record.value(field);
            any = any || !text.isEmpty();
            if (!text.isEmpty() && !isNumber(text))
                data.columns[c].numeric = false;
        }
        data.columns[c].numeric = data.columns[c].numeric && any;
    }
    for (const QStringList& record : records) {
        std::vector<TableValue> row;
        for (std::size_t c = 0; c < data.columns.size(); ++c) {
            const QString text = record.value(static_cast<qsizetype>(c));
            if (!data.columns[c].numeric)
                row.emplace_back(text);
            else if (text.isEmpty())
                row.emplace_back(std::monostate());
            else
                row.emplace_back(text.toDouble());
        }
        data.rows.push_back(std::move(row));
    }
    return data;
}

// --- TableModel ---

void TableModel::setData(TableData data)
{
    beginResetModel();
    m_data = std::move(data);
    m_numbers.assign(m_data.columns.size(), {});
    for (std::size_t column = 0; column < m_data.columns.size(); ++column)
        for (std::size_t row = 0; m_data.columns[column].oneNotation && row < m_data.rows.size(); ++row)
            if (const auto* number = std::get_if<double>(&m_data.rows[row][column]))
                m_numbers[column].add(*number);
    endResetModel();
}

int TableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_data.rows.size());
}

int TableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_data.columns.size());
}

const TableValue& TableModel::at(const QModelIndex& index) const
{
    return m_data.rows[static_cast<std::size_t>(index.row())][static_cast<std::size_t>(index.column())];
}

QVariant TableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const TableValue& value = at(index);
    const auto* number = std::get_if<double>(&value);
    const auto* text = std::get_if<QString>(&value);
    const bool numeric = m_data.columns[static_cast<std::size_t>(index.column())].numeric;
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole: {
        if (text)
            return *text;
        if (!number)
            return tr("unknown");
        const auto column = static_cast<std::size_t>(index.column());
        if (m_data.columns[column].oneNotation)
            return m_numbers[column].text(*number);
        constexpr double kExactWholes = 1e15;
        const bool whole = *number == std::round(*number) && std::abs(*number) < kExactWholes;
        return whole ? formatCount(static_cast<std::int64_t>(*number)) : formatNumber(*number);
    }
    case Qt::ToolTipRole:
        return text ? *text : number ? formatExact(*number) : tr("The dump or scan does not hold this.");
    case Qt::TextAlignmentRole:
        return static_cast<int>((numeric ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case kSortRole:
        if (text)
            return *text;
        return number ? QVariant(*number) : QVariant();
    default:
        return {};
    }
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const TableColumn& column = m_data.columns[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole)
        return isIndented(section) ? QChar(0x2003) + column.title : column.title;
    if (role == Qt::ToolTipRole)
        return column.tip.isEmpty() ? QVariant() : QVariant(column.tip);
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((column.numeric ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return {};
}

bool TableModel::isIndented(int column) const
{
    const auto c = static_cast<std::size_t>(column);
    return column > 0 && !m_data.columns[c].numeric && m_data.columns[c - 1].numeric;
}

QString TableModel::csvField(int row, int column) const
{
    const TableValue& value = m_data.rows[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
    if (const auto* number = std::get_if<double>(&value))
        return csvNumber(*number);
    const auto* text = std::get_if<QString>(&value);
    return text ? csvText(*text) : QString();
}

namespace {

// Unknown goes last whichever way is sorted; the filter looks at every column.
class TableProxy : public QSortFilterProxyModel
{
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

protected:
    bool lessThan(const QModelIndex& a, const QModelIndex& b) const override
    {
        const QVariant x = a.data(TableModel::kSortRole), y = b.data(TableModel::kSortRole);
        const bool ascending = sortOrder() == Qt::AscendingOrder;
        if (!x.isValid() || !y.isValid())
            return x.isValid() == ascending && x.isValid() != y.isValid();
        if (x.typeId() == QMetaType::QString)
            return QString::localeAwareCompare(x.toString(), y.toString()) < 0;
        return x.toDouble() < y.toDouble();
    }
};

// A text that follows a number at the right end of its column would touch it.
class IndentDelegate : public QStyledItemDelegate
{
public:
    IndentDelegate(const TableModel& model, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_model(model)
    { }

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        return QStyledItemDelegate::sizeHint(option, index) + QSize(indent(option, index), 0);
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const int left = indent(option, index);
        if (left == 0)
            return QStyledItemDelegate::paint(painter, option, index);
        // The background of the whole cell first.
        QStyleOptionViewItem whole = option;
        initStyleOption(&whole, index);
        whole.text.clear();
        const QStyle* style = option.widget != nullptr ? option.widget->style() : QApplication::style();
        style->drawControl(QStyle::CE_ItemViewItem, &whole, painter, option.widget);
        QStyleOptionViewItem part = option;
        initStyleOption(&part, index);
        part.rect.adjust(left, 0, 0, 0);
        part.backgroundBrush = Qt::NoBrush;
        style->drawControl(QStyle::CE_ItemViewItem, &part, painter, option.widget);
    }

private:
    int indent(const QStyleOptionViewItem& option, const QModelIndex& index) const
    {
        return m_model.isIndented(index.column()) ? option.fontMetrics.horizontalAdvance(QChar(0x2003)) : 0;
    }

    const TableModel& m_model;
};

} // namespace

// --- DataTable ---

DataTable::DataTable(const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_model(new TableModel(this))
    , m_proxy(new TableProxy(this))
    , m_view(new QTableView(this))
    , m_filter(new QLineEdit(this))
    , m_note(new QLabel(this))
    , m_copy(new QPushButton(tr("Copy as CS&V"), this))
    , m_bar(new QWidget(this))
{
    m_proxy->setSourceModel(m_model);
    m_proxy->setFilterKeyColumn(-1);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_view->setModel(m_proxy);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(-1, Qt::AscendingOrder);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setWordWrap(false);
    m_view->setTextElideMode(Qt::ElideMiddle);
    m_view->setTabKeyNavigation(false);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(QFontMetrics(font()).height() + 6);
    m_view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->setItemDelegate(new IndentDelegate(*m_model, m_view));
    m_widths = new ColumnWidths(m_view);
    connect(m_widths, &ColumnWidths::spareChanged, this, &DataTable::refreshNote);
    m_view->installEventFilter(this);
    m_filter->setPlaceholderText(tr("Filter"));
    setName(name);
    m_filter->setToolTip(tr("Shows the rows that contain this text in any column"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMaximumWidth(260);
    m_copy->setToolTip(tr("Copies the rows shown, with every digit; Ctrl+C copies the selected ones"));
    m_note->setWordWrap(true);
    auto* bar = new QHBoxLayout(m_bar);
    bar->setContentsMargins(8, 4, 8, 4);
    bar->setSpacing(8);
    bar->addWidget(m_filter, 1);
    bar->addWidget(m_note, 2);
    bar->addWidget(m_copy);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addWidget(m_view, 1);
    setFocusProxy(m_view);
    setAutoFillBackground(true);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_proxy->setFilterFixedString(text);
        refreshNote();
    });
    connect(m_copy, &QPushButton::clicked, this, &DataTable::copyVisible);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& current) {
            if (!m_quiet && current.isValid())
                Q_EMIT rowActivated(m_proxy->mapToSource(current).row());
        });
    connect(m_view, &QTableView::clicked, this, [this](const QModelIndex& index) {
        // A click on the row that is current already still means it.
        if (!m_quiet)
            Q_EMIT rowActivated(m_proxy->mapToSource(index).row());
    });
    connect(m_view, &QTableView::doubleClicked, this,
        [this](const QModelIndex& index) { Q_EMIT rowEntered(m_proxy->mapToSource(index).row()); });
}

void DataTable::setData(TableData content)
{
    const bool sameColumns = content.columns.size() == m_model->table().columns.size();
    const bool firstRows = m_model->rowCount() == 0 && !content.rows.empty();
    m_quiet = true;
    m_model->setData(std::move(content));
    if (!sameColumns)
        m_proxy->sort(-1);
    if (!sameColumns || firstRows)
        m_widths->refresh();
    else
        m_widths->grow();
    m_quiet = false;
    refreshNote();
}

void DataTable::setName(const QString& name)
{
    m_view->setAccessibleName(name);
    m_filter->setAccessibleName(tr("Filter: %1").arg(name));
}

void DataTable::setDescription(const QString& text)
{
    m_view->setAccessibleDescription(text);
}

void DataTable::setEmptyText(const QString& text)
{
    m_emptyText = text;
    refreshNote();
}

void DataTable::setSpareColumns(const QList<int>& columns)
{
    m_widths->setSpareColumns(columns);
}

void DataTable::setWholeColumns(const QList<int>& columns)
{
    m_widths->setWholeColumns(columns);
}

void DataTable::setFont(const QFont& font)
{
    QWidget::setFont(font);
    m_view->verticalHeader()->setDefaultSectionSize(QFontMetrics(font).height() + 6);
}

void DataTable::addTool(QWidget* tool)
{
    m_bar->layout()->addWidget(tool);
}

void DataTable::refreshNote()
{
    const int all = m_model->rowCount();
    const int shown = m_proxy->rowCount();
    QString text = all == 0 ? m_emptyText
        : shown == all      ? tr("%1 rows").arg(formatCount(all))
                            : tr("%1 of %2 rows").arg(formatCount(shown), formatCount(all));
    if (all != 0 && !m_model->table().note.isEmpty())
        text += QStringLiteral(" \u00b7 ") + m_model->table().note;
    QStringList hidden;
    for (int column = 0; column < m_model->columnCount(); ++column)
        if (m_view->isColumnHidden(column))
            hidden << QString(m_model->table().columns[static_cast<std::size_t>(column)].title)
                          .replace(u' ', QChar::Nbsp);
    if (all != 0 && !hidden.isEmpty())
        text += QStringLiteral(" \u00b7 ") + tr("no room for: %1").arg(hidden.join(QStringLiteral(", ")));
    m_note->setText(text);
    m_copy->setEnabled(shown > 0);
}

int DataTable::currentRow() const
{
    const QModelIndex index = m_view->currentIndex();
    return index.isValid() ? m_proxy->mapToSource(index).row() : -1;
}

void DataTable::setCurrentRow(int row)
{
    if (row == currentRow())
        return;
    m_quiet = true;
    const QModelIndex index = row >= 0 ? m_proxy->mapFromSource(m_model->index(row, 0)) : QModelIndex();
    if (index.isValid()) {
        m_view->selectRow(index.row());
        m_view->scrollTo(index);
    } else {
        m_view->clearSelection();
        m_view->setCurrentIndex({});
    }
    m_quiet = false;
}

int DataTable::rowOf(const QModelIndex& index) const
{
    return index.isValid() ? m_proxy->mapToSource(index).row() : -1;
}

int DataTable::visibleRows() const
{
    return m_proxy->rowCount();
}

QString DataTable::csvOf(const QList<int>& proxyRows) const
{
    QStringList titles;
    for (const TableColumn& column : m_model->table().columns)
        titles << csvText(column.title);
    QString text = titles.join(u',') + u'\n';
    for (const int row : proxyRows) {
        const int source = m_proxy->mapToSource(m_proxy->index(row, 0)).row();
        for (int c = 0; c < m_model->columnCount(); ++c)
            text += (c > 0 ? QStringLiteral(",") : QString()) + m_model->csvField(source, c);
        text += u'\n';
    }
    return text;
}

QString DataTable::visibleCsv() const
{
    QList<int> rows;
    for (int row = 0; row < m_proxy->rowCount(); ++row)
        rows << row;
    return csvOf(rows);
}

namespace {

void putCsvOnClipboard(const QString& csv)
{
    auto* mime = new QMimeData;
    mime->setText(csv);
    mime->setData(QStringLiteral("text/csv"), csv.toUtf8());
    QApplication::clipboard()->setMimeData(mime);
}

} // namespace

void DataTable::copyVisible() const
{
    putCsvOnClipboard(visibleCsv());
}

void DataTable::copySelection() const
{
    QList<int> rows;
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows())
        rows << index.row();
    std::sort(rows.begin(), rows.end());
    if (!rows.isEmpty())
        putCsvOnClipboard(csvOf(rows));
}

bool DataTable::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_view && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Copy)) {
            copySelection(); // the view's own copy takes one cell
            return true;
        }
        if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) && currentRow() >= 0) {
            Q_EMIT rowActivated(currentRow());
            Q_EMIT rowEntered(currentRow());
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace bitwright::views
