#include "views/panels/proof_view.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDesktopServices>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QUrl>

namespace bitwright::views {

namespace {

/// Colors what failed and what differs from the plan; the words say the same.
class ProofDelegate : public QStyledItemDelegate
{
public:
    ProofDelegate(const Theme& theme, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_theme(theme)
    { }

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        option->textElideMode = Qt::ElideMiddle;
        const bool failed
            = index.data(ProofTable::ResultRole).toInt() == static_cast<int>(ProofTable::Result::Failed);
        const bool differs
            = index.column() == ProofTable::WrittenColumn && index.data(ProofTable::DiffersRole).toBool();
        if (failed)
            option->font.setBold(true);
        if (failed || differs)
            option->palette.setColor(QPalette::Text, m_theme.warning);
    }

private:
    const Theme& m_theme;
};

QString markdownCell(QString text)
{
    return text.replace(QLatin1Char('|'), QStringLiteral("\\|"));
}

} // namespace

ProofView::ProofView(QWidget* parent)
    : QWidget(parent)
    , m_table(new ProofTable(this))
    , m_filter(new ProofFilter(this))
    , m_text(new QLineEdit(this))
    , m_kind(new QComboBox(this))
    , m_count(new QLabel(this))
    , m_copyCsv(new QPushButton(tr("Copy table"), this))
    , m_copyReport(new QPushButton(tr("Copy report"), this))
    , m_openFolder(new QPushButton(tr("Open folder"), this))
    , m_view(new QTableView(this))
    , m_remarks(new QLabel(this))
{
    createControls();
    createTable();
    setFolder({});
    updateCount();
}

void ProofView::createControls()
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(10, 6, 10, 0);
    m_text->setPlaceholderText(tr("Filter units and options"));
    m_text->setAccessibleName(tr("Filter of the proof"));
    m_text->setToolTip(tr("Words that must all occur in a unit's name or its options"));
    m_text->setClearButtonEnabled(true);
    m_text->setMinimumWidth(120);
    m_kind->addItems({tr("All"), tr("Failed"), tr("Fallbacks")});
    m_kind->setAccessibleName(tr("Kind of units shown"));
    m_kind->setToolTip(tr("Show all units, those that failed, or those stored by a fallback"));
    m_copyCsv->setToolTip(tr("Copy every unit with full precision, as CSV"));
    m_copyReport->setToolTip(tr("Copy verdict, numbers, what was not checked and the table, as Markdown"));
    m_openFolder->setToolTip(tr("Open the folder of the export in the file manager"));
    bar->addWidget(m_text, 1);
    bar->addWidget(m_kind);
    bar->addWidget(m_count);
    layout->addLayout(bar);
    layout->addWidget(m_view, 1);
    auto* area = new QScrollArea(this);
    area->setWidget(m_remarks);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setMaximumHeight(9 * fontMetrics().lineSpacing());
    area->setAccessibleName(tr("What was not checked"));
    area->setToolTip(tr("What the proof does not cover"));
    m_remarks->setWordWrap(true);
    m_remarks->setTextFormat(Qt::RichText);
    m_remarks->setContentsMargins(12, 0, 12, 0);
    m_remarks->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_remarks->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(area);
    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(10, 0, 10, 6);
    buttons->addWidget(m_openFolder);
    buttons->addWidget(m_copyReport);
    buttons->addWidget(m_copyCsv);
    buttons->addStretch();
    layout->addLayout(buttons);
    connect(m_text, &QLineEdit::textChanged, m_filter, &ProofFilter::setText);
    connect(m_kind, &QComboBox::currentIndexChanged, m_filter,
        [this](int index) { m_filter->setKind(static_cast<ProofFilter::Kind>(index)); });
    connect(m_copyCsv, &QPushButton::clicked, this,
        [this] { QApplication::clipboard()->setText(m_table->csv()); });
    connect(m_copyReport, &QPushButton::clicked, this, &ProofView::copyReportRequested);
    connect(m_openFolder, &QPushButton::clicked, this,
        [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(m_folder)); });
}

void ProofView::createTable()
{
    m_filter->setSourceModel(m_table);
    m_view->setModel(m_filter);
    m_view->setItemDelegate(new ProofDelegate(m_theme, m_view));
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(-1, Qt::AscendingOrder); // in the order of the export until a header is clicked
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setAlternatingRowColors(true);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setTabKeyNavigation(false);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setAccessibleName(tr("Proof of every unit"));
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
    m_view->setMinimumHeight(5 * (fontMetrics().height() + 6));
    auto* header = m_view->horizontalHeader();
    header->setHighlightSections(false);
    const auto width = [this](const QString& text) { return fontMetrics().horizontalAdvance(text) + 16; };
    for (int column = 0; column < ProofTable::ColumnCount; ++column) {
        const QString sample = column == ProofTable::UnitColumn ? QStringLiteral("00 self_attn.q_proj")
            : column == ProofTable::PlannedColumn               ? QStringLiteral("int4-sym-g128/rtn")
            : column == ProofTable::WrittenColumn               ? QStringLiteral("int4-sym-g128-bf16/rtn")
                                                                : QStringLiteral("00.00 dB");
        header->resizeSection(column,
            std::max(width(sample),
                width(m_table->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString())));
    }
    auto* copy = new QAction(tr("Copy the proof as CSV"), m_view);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_view->addAction(copy);
    connect(copy, &QAction::triggered, m_copyCsv, &QPushButton::click);
    const auto activate = [this](const QModelIndex& index) {
        if (index.isValid())
            Q_EMIT unitActivated(QString::fromStdString(
                m_table->proofs()[static_cast<std::size_t>(m_filter->mapToSource(index).row())].unit));
    };
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, activate);
    connect(m_filter, &QAbstractItemModel::modelReset, this, &ProofView::updateCount);
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, &ProofView::updateCount);
    connect(m_filter, &QAbstractItemModel::rowsRemoved, this, &ProofView::updateCount);
}

void ProofView::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    // Room that the other columns leave goes to the names.
    auto* header = m_view->horizontalHeader();
    const int others = header->length() - header->sectionSize(ProofTable::UnitColumn);
    const int least = fontMetrics().horizontalAdvance(QStringLiteral("00 self_attn.q_proj")) + 16;
    header->resizeSection(ProofTable::UnitColumn, std::max(least, m_view->viewport()->width() - others));
}

void ProofView::applyTheme(const Theme& theme)
{
    m_theme = theme;
    m_view->viewport()->update();
}

void ProofView::clear()
{
    m_table->clear();
    setRemarks({}, {});
}

void ProofView::setProofs(const std::vector<exporting::TensorProof>& proofs)
{
    m_table->setProofs(proofs);
}

void ProofView::updateCount()
{
    const int shown = m_filter->rowCount();
    const int all = m_table->rowCount();
    m_count->setText(shown == all ? tr("%n unit(s)", nullptr, all) : tr("%1 of %2").arg(shown).arg(all));
    m_copyCsv->setEnabled(all > 0);
    m_copyReport->setEnabled(all > 0);
}

void ProofView::setRemarks(const QStringList& problems, const QStringList& unchecked)
{
    m_problems = problems;
    m_unchecked = unchecked;
    const auto list = [](const QString& title, const QStringList& lines) {
        QString html = QStringLiteral("<b>%1</b><ul style='margin:0 0 0 -24px'>").arg(title.toHtmlEscaped());
        for (QString line : lines) {
            line = line.toHtmlEscaped();
            html += QStringLiteral("<li>%1</li>")
                        .arg(line.replace(QLatin1Char('_'), QStringLiteral("_&#8203;")));
        }
        return html + QStringLiteral("</ul>");
    };
    QString html;
    if (!problems.isEmpty())
        html += list(tr("Problems"), problems);
    if (!unchecked.isEmpty())
        html += list(tr("Not checked"), unchecked);
    m_remarks->setText(html);
    m_remarks->parentWidget()->parentWidget()->setVisible(!html.isEmpty());
}

QString ProofView::remarks() const
{
    return (m_problems + m_unchecked).join(QLatin1Char('\n'));
}

void ProofView::setFolder(const QString& folder)
{
    m_folder = folder;
    m_openFolder->setEnabled(!folder.isEmpty());
}

QString ProofView::report(const QString& heading) const
{
    QString text = heading + QLatin1Char('\n');
    const auto list = [&text](const QString& title, const QStringList& lines) {
        if (lines.isEmpty())
            return;
        text += QStringLiteral("\n## %1\n\n").arg(title);
        for (const QString& line : lines)
            text += QStringLiteral("- %1\n").arg(line);
    };
    list(tr("Problems"), m_problems);
    list(tr("Not checked"), m_unchecked);
    text += QStringLiteral("\n## %1\n\n|").arg(tr("Units"));
    for (int column = 0; column < ProofTable::ColumnCount; ++column)
        text += QStringLiteral(" %1 |").arg(
            m_table->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
    text += QLatin1String("\n|") + QStringLiteral(" --- |").repeated(ProofTable::ColumnCount);
    for (int row = 0; row < m_table->rowCount(); ++row) {
        text += QLatin1String("\n|");
        for (int column = 0; column < ProofTable::ColumnCount; ++column)
            text += QStringLiteral(" %1 |").arg(
                markdownCell(m_table->index(row, column).data(Qt::DisplayRole).toString()));
    }
    return text + QLatin1Char('\n');
}

} // namespace bitwright::views
