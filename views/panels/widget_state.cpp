#include "views/panels/widget_state.h"

#include "views/charts/block_role_matrix.h"
#include "views/charts/chart_base.h"
#include "views/charts/size_treemap.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QTreeView>

#include <functional>
#include <map>

namespace bitwright::views {

namespace {

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

/// Nothing when the widget has no state of its own.
QJsonValue stateOf(QWidget& widget)
{
    if (const auto* chart = qobject_cast<ChartBase*>(&widget))
        return chart->viewState();
    if (const auto* matrix = qobject_cast<BlockRoleMatrix*>(&widget))
        return matrix->viewState();
    if (const auto* treemap = qobject_cast<SizeTreemap*>(&widget))
        return treemap->viewState();
    if (const auto* edit = qobject_cast<QLineEdit*>(&widget))
        return edit->isReadOnly() ? QJsonValue() : edit->text();
    if (const auto* box = qobject_cast<QComboBox*>(&widget))
        return box->currentIndex();
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
    if (value[QStringLiteral("columns")].toInt() == header.count())
        header.restoreState(bytesOf(value[QStringLiteral("state")]));
}

void restoreOne(QWidget& widget, const QJsonValue& value)
{
    if (auto* chart = qobject_cast<ChartBase*>(&widget))
        chart->setViewState(value.toObject());
    else if (auto* matrix = qobject_cast<BlockRoleMatrix*>(&widget))
        matrix->setViewState(value.toObject());
    else if (auto* treemap = qobject_cast<SizeTreemap*>(&widget))
        treemap->setViewState(value.toObject());
    else if (auto* edit = qobject_cast<QLineEdit*>(&widget))
        edit->setText(value.toString());
    else if (auto* box = qobject_cast<QComboBox*>(&widget)) {
        if (value.toInt(-1) >= 0 && value.toInt() < box->count())
            box->setCurrentIndex(value.toInt());
    } else if (auto* button = qobject_cast<QAbstractButton*>(&widget)) {
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
        || qobject_cast<const ChartBase*>(&widget) != nullptr;
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
