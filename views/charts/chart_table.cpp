// The table of a chart, and the actions that every ChartSurface has.
#include "views/charts/chart_table.h"

#include "views/charts/chart_surface.h"

#include <QAction>
#include <QCoreApplication>
#include <QEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPushButton>
#include <QShortcut>
#include <QTableView>

namespace bitwright::views {

namespace {
constexpr int kRefreshMs = 100;
QString tr(const char* text)
{
    return QCoreApplication::translate("ChartSurface", text);
}
} // namespace

ChartTable::ChartTable(ChartSurface& surface, QWidget* chart)
    : DataTable(chart->accessibleName(), chart)
    , m_surface(surface)
{
    auto* back = new QPushButton(tr("Show &chart"), this);
    back->setToolTip(tr("Shows the chart again (Esc)"));
    connect(back, &QPushButton::clicked, this, &ChartTable::closed);
    addTool(back);
    auto* shortcut = new QShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T), this);
    shortcut->setContext(Qt::WidgetWithChildrenShortcut);
    connect(shortcut, &QShortcut::activated, this, &ChartTable::closed);
    setEmptyText(tr("There is nothing to show."));
    m_delay.setSingleShot(true);
    m_delay.setInterval(kRefreshMs);
    connect(&m_delay, &QTimer::timeout, this, &ChartTable::refresh);
    chart->installEventFilter(this);
    hide();
}

void ChartTable::open()
{
    refresh();
    setGeometry(parentWidget()->rect());
    raise();
    show();
    view()->setFocus();
    if (view()->model()->rowCount() > 0 && !view()->currentIndex().isValid())
        view()->setCurrentIndex(view()->model()->index(0, 0));
}

void ChartTable::refresh()
{
    const ChartCaption& caption = m_surface.caption();
    setName(tr("%1 as a table").arg(caption.title));
    setDescription(caption.footnote());
    setData(m_surface.tableData());
}

void ChartTable::refreshSoon()
{
    if (!m_delay.isActive())
        m_delay.start();
}

bool ChartTable::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize)
        setGeometry(parentWidget()->rect());
    return DataTable::eventFilter(watched, event);
}

void ChartTable::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        Q_EMIT closed();
    else
        event->accept(); // the chart behind the table must not take keys that the table has no use for
}

// --- ChartSurface ---

TableData ChartSurface::tableData() const
{
    return tableFromCsv(csv());
}

DataTable* ChartSurface::table() const
{
    return m_table;
}

bool ChartSurface::isTableShown() const
{
    return m_table != nullptr && !m_table->isHidden();
}

void ChartSurface::setTableShown(bool shown)
{
    if (shown == isTableShown())
        return;
    if (m_table == nullptr) {
        m_table = new ChartTable(*this, surfaceWidget());
        QObject::connect(m_table, &ChartTable::closed, m_table, [this] { setTableShown(false); });
    }
    if (shown) {
        m_table->open();
    } else {
        m_table->hide();
        surfaceWidget()->setFocus();
    }
    surfaceActions().front()->setChecked(shown);
}

void ChartSurface::tableDataChanged()
{
    if (isTableShown())
        m_table->refreshSoon();
}

QAction* ChartSurface::makeAction(const QString& word, const QString& text, const QString& tip)
{
    auto* action = new QAction(text, surfaceWidget());
    action->setToolTip(tip);
    action->setStatusTip(tip);
    action->setProperty("word", word);
    action->setObjectName(QStringLiteral("chart.") + word);
    action->setShortcutContext(Qt::WidgetShortcut);
    surfaceWidget()->addAction(action);
    return action;
}

const QList<QAction*>& ChartSurface::surfaceActions()
{
    if (!m_actions.isEmpty())
        return m_actions;
    QAction* table = makeAction(QStringLiteral("table"), tr("Show as &table"),
        tr("Shows the numbers of the chart in a table that can be sorted, filtered and copied "
           "(Ctrl+Shift+T)"));
    table->setCheckable(true);
    // Of the chart alone, as all its keys: a panel that offers the action may hold a second chart. The table
    // has a shortcut of its own.
    table->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T));
    QObject::connect(table, &QAction::toggled, table, [this](bool on) { setTableShown(on); });
    QAction* data = makeAction(QStringLiteral("copy-data"), tr("Copy data (CSV)"),
        tr("Copies the numbers of the chart with every digit (Ctrl+C)"));
    data->setShortcut(QKeySequence::Copy);
    QObject::connect(data, &QAction::triggered, data, [this] { copyData(); });
    QAction* picture = makeAction(QStringLiteral("copy-picture"), tr("Copy picture"),
        tr("Copies the chart with its caption as a picture (Ctrl+Shift+C)"));
    picture->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C));
    QObject::connect(picture, &QAction::triggered, picture, [this] { copyPicture(); });
    QAction* save = makeAction(QStringLiteral("export-picture"), tr("Export picture…"),
        tr("Writes the chart with its caption as SVG, PDF or PNG"));
    QObject::connect(save, &QAction::triggered, save, [this] { exportInteractively(); });
    m_actions = {table, data, picture, save};
    return m_actions;
}

QList<QAction*> ChartSurface::chartActions()
{
    return surfaceActions();
}

void ChartSurface::nameActions(const QString& prefix)
{
    for (QAction* action : chartActions())
        action->setObjectName(prefix + u'.' + action->property("word").toString());
}

void ChartSurface::addExportActions(QMenu& menu)
{
    menu.addActions(surfaceActions());
}

} // namespace bitwright::views
