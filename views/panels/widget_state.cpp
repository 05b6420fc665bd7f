#include "views/panels/widget_state.h"

#include "views/charts/block_role_matrix.h"
#include "views/charts/chart_base.h"
#include "views/charts/option_heat_map.h"
#include "views/charts/size_treemap.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QPointer>
#include <QSpinBox>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QTreeView>

#include <functional>
#include <map>

namespace bitwright::views {

namespace {

/// Property of a box: the entry that it waits for.
constexpr const char* kWaits = "waitsForEntry";
/// Of a chart: whether its table is shown in its place.
const QString kTable = QStringLiteral("table");

QString bytesText(const QByteArray& bytes)
{
    return QString::fromLatin1(bytes.toBase64());
}

QByteArray bytesOf(const QJsonValue& value)
{
    return QByteArray::fromBase64(value.toString().toLatin1());
}

QJsonValue headerState(const QHeaderView& header)
{
    return QJsonObject{{QStringLiteral("columns"), header.count()},
        {QStringLiteral("state"), bytesText(header.saveState())}};
}

/// Entry of a box by what it stands for, else by its place.
QJsonValue boxState(const QComboBox& box)
{
    if (const QVariant waits = box.property(kWaits); waits.isValid())
        return QJsonValue::fromVariant(waits);
    if (box.currentIndex() < 0 || !box.currentData().isValid())
        return box.currentIndex();
    return QJsonObject{{QStringLiteral("entry"), box.currentData().toString()}};
}

/// -1 while there is no such entry.
int entryOf(const QComboBox& box, const QJsonValue& value)
{
    if (!value.isObject())
        return value.toInt(-1) < box.count() ? value.toInt(-1) : -1;
    const QString wanted = value[QStringLiteral("entry")].toString();
    for (int i = 0; i < box.count(); ++i)
        if (box.itemData(i).isValid() && box.itemData(i).toString() == wanted)
            return i;
    return -1;
}

/// As if it had been chosen by hand: what a choice does must be done.
void choose(QComboBox& box, int index)
{
    if (index == box.currentIndex())
        return;
    box.setCurrentIndex(index);
    Q_EMIT box.activated(index);
}

/// Entries that depend on the model or the plan come later: chooses then, unless somebody chose before.
class LateChoice : public QObject
{
public:
    LateChoice(QComboBox& box, const QJsonValue& wanted)
        : QObject(&box)
        , m_box(box)
        , m_wanted(wanted)
    {
        box.setProperty(kWaits, wanted.toVariant());
        // Whoever fills a box chooses in it afterwards.
        connect(box.model(), &QAbstractItemModel::rowsInserted, this, &LateChoice::lookAgain,
            Qt::QueuedConnection);
        connect(&box, &QComboBox::activated, this, &LateChoice::end);
    }
    void end()
    {
        m_box.setProperty(kWaits, QVariant());
        disconnect();
        disconnect(&m_box, nullptr, this, nullptr);
        disconnect(m_box.model(), nullptr, this, nullptr);
        deleteLater();
    }

private:
    void lookAgain()
    {
        const int index = entryOf(m_box, m_wanted);
        if (index < 0)
            return;
        end();
        choose(m_box, index);
    }

    QComboBox& m_box;
    QJsonValue m_wanted;
};

void restoreBox(QComboBox& box, const QJsonValue& value)
{
    for (QObject* child : box.children())
        if (auto* waiting = dynamic_cast<LateChoice*>(child))
            waiting->end();
    if (value.isDouble() && value.toInt() < 0)
        return;
    if (const int index = entryOf(box, value); index >= 0)
        choose(box, index);
    else
        new LateChoice(box, value);
}

QJsonObject surfaceState(QWidget& widget)
{
    if (const auto* chart = qobject_cast<ChartBase*>(&widget))
        return chart->viewState();
    if (const auto* matrix = qobject_cast<BlockRoleMatrix*>(&widget))
        return matrix->viewState();
    if (const auto* map = qobject_cast<OptionHeatMap*>(&widget))
        return map->viewState();
    if (const auto* treemap = qobject_cast<SizeTreemap*>(&widget))
        return treemap->viewState();
    return {};
}

void restoreSurface(ChartSurface& surface, const QJsonObject& state)
{
    QWidget* widget = surface.surfaceWidget();
    if (auto* chart = qobject_cast<ChartBase*>(widget))
        chart->setViewState(state);
    else if (auto* matrix = qobject_cast<BlockRoleMatrix*>(widget))
        matrix->setViewState(state);
    else if (auto* map = qobject_cast<OptionHeatMap*>(widget))
        map->setViewState(state);
    else if (auto* treemap = qobject_cast<SizeTreemap*>(widget))
        treemap->setViewState(state);
    // The table would take the focus, which nobody moved.
    const QPointer<QWidget> focus = QApplication::focusWidget();
    surface.setTableShown(state[kTable].toBool());
    if (focus != nullptr && focus != QApplication::focusWidget())
        focus->setFocus();
}

/// Nothing when the widget has no state of its own.
QJsonValue stateOf(QWidget& widget)
{
    if (const auto* surface = dynamic_cast<ChartSurface*>(&widget)) {
        QJsonObject state = surfaceState(widget);
        if (surface->isTableShown())
            state[kTable] = true;
        return state;
    }
    if (const auto* edit = qobject_cast<QLineEdit*>(&widget))
        return edit->isReadOnly() ? QJsonValue() : edit->text();
    if (const auto* box = qobject_cast<QComboBox*>(&widget))
        return boxState(*box);
    if (const auto* spin = qobject_cast<QSpinBox*>(&widget))
        return spin->value();
    if (const auto* button = qobject_cast<QAbstractButton*>(&widget))
        return button->isCheckable() ? QJsonValue(button->isChecked()) : QJsonValue();
    if (const auto* tabs = qobject_cast<QTabWidget*>(&widget))
        return tabs->currentIndex();
    if (const auto* splitter = qobject_cast<QSplitter*>(&widget))
        return bytesText(splitter->saveState());
    if (const auto* table = qobject_cast<QTableView*>(&widget))
        return headerState(*table->horizontalHeader());
    if (const auto* tree = qobject_cast<QTreeView*>(&widget))
        return headerState(*tree->header());
    return {};
}

void restoreHeader(QHeaderView& header, const QJsonValue& value)
{
    // A state of other columns, from another version, would hide or swap them.
    if (value[QStringLiteral("columns")].toInt() != header.count())
        return;
    const bool sorts = header.isSortIndicatorShown();
    header.restoreState(bytesOf(value[QStringLiteral("state")]));
    header.setSortIndicatorShown(sorts); // what was kept before a table could be sorted says no
}

void restoreOne(QWidget& widget, const QJsonValue& value)
{
    if (auto* surface = dynamic_cast<ChartSurface*>(&widget))
        restoreSurface(*surface, value.toObject());
    else if (auto* edit = qobject_cast<QLineEdit*>(&widget))
        edit->setText(value.toString());
    else if (auto* box = qobject_cast<QComboBox*>(&widget))
        restoreBox(*box, value);
    else if (auto* spin = qobject_cast<QSpinBox*>(&widget))
        spin->setValue(value.toInt(spin->value()));
    else if (auto* button = qobject_cast<QAbstractButton*>(&widget)) {
        if (button->isCheckable())
            button->setChecked(value.toBool());
    } else if (auto* tabs = qobject_cast<QTabWidget*>(&widget))
        tabs->setCurrentIndex(value.toInt());
    else if (auto* splitter = qobject_cast<QSplitter*>(&widget))
        splitter->restoreState(bytesOf(value));
    else if (auto* table = qobject_cast<QTableView*>(&widget))
        restoreHeader(*table->horizontalHeader(), value);
    else if (auto* tree = qobject_cast<QTreeView*>(&widget))
        restoreHeader(*tree->header(), value);
}

/// Widgets whose inner parts are theirs alone.
bool isClosed(const QWidget& widget)
{
    return qobject_cast<const QAbstractSpinBox*>(&widget) != nullptr
        || qobject_cast<const QComboBox*>(&widget) != nullptr
        || qobject_cast<const QLineEdit*>(&widget) != nullptr
        || dynamic_cast<const ChartSurface*>(&widget) != nullptr;
}

/// Visits every widget below `parent` with a key that is the same in the next run.
void visit(
    QWidget& parent, std::map<QString, int>& seen, const std::function<void(QWidget&, const QString&)>& take)
{
    for (QObject* child : parent.children()) {
        auto* widget = qobject_cast<QWidget*>(child);
        if (widget == nullptr || widget->isWindow() || widget->property("keepState") == QVariant(false))
            continue;
        const QString kind = QString::fromLatin1(widget->metaObject()->className());
        const bool named
            = !widget->objectName().isEmpty() && !widget->objectName().startsWith(QLatin1String("qt_"));
        const QString base = named ? widget->objectName() : kind;
        const int number = seen[base]++;
        take(*widget, number == 0 ? base : QStringLiteral("%1#%2").arg(base).arg(number));
        if (!isClosed(*widget))
            visit(*widget, seen, take);
    }
}

} // namespace

QJsonObject widgetState(const QWidget& root)
{
    QJsonObject result;
    std::map<QString, int> seen;
    visit(const_cast<QWidget&>(root), seen, [&](QWidget& widget, const QString& key) {
        if (const QJsonValue value = stateOf(widget); !value.isNull())
            result[key] = value;
    });
    return result;
}

void restoreWidgetState(QWidget& root, const QJsonObject& state)
{
    std::map<QString, int> seen;
    visit(root, seen, [&](QWidget& widget, const QString& key) {
        if (const auto found = state.constFind(key); found != state.constEnd())
            restoreOne(widget, *found);
    });
}

void restoreChartState(QWidget& root, const QJsonObject& state)
{
    std::map<QString, int> seen;
    visit(root, seen, [&](QWidget& widget, const QString& key) {
        const auto found = state.constFind(key);
        if (found != state.constEnd() && qobject_cast<ChartBase*>(&widget) != nullptr)
            restoreOne(widget, *found);
    });
}

} // namespace bitwright::views
