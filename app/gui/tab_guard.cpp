#include "app/gui/tab_guard.h"

#include <QChildEvent>
#include <QCoreApplication>
#include <QMainWindow>
#include <QMouseEvent>
#include <QTabBar>

namespace bitwright::gui {

namespace {

constexpr char kPressedOf[] = "bitwright-tabs-when-pressed";

/// Qt takes a movement without buttons for the end of a drag that it has missed; only those that track the
/// mouse are told of one.
void letGo(QTabBar& bar)
{
    bar.setProperty(kPressedOf, {});
    const QPointF nowhere(-1, -1);
    QMouseEvent released(
        QEvent::MouseMove, nowhere, bar.mapToGlobal(nowhere), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    const bool tracks = bar.hasMouseTracking();
    bar.setMouseTracking(true);
    QCoreApplication::sendEvent(&bar, &released);
    bar.setMouseTracking(tracks);
}

} // namespace

TabGuard::TabGuard(QMainWindow* window)
    : QObject(window)
{
    window->installEventFilter(this);
}

bool TabGuard::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::ChildPolished) {
        if (auto* bar = qobject_cast<QTabBar*>(static_cast<QChildEvent*>(event)->child()))
            bar->installEventFilter(this);
        return false;
    }
    auto* bar = qobject_cast<QTabBar*>(watched);
    if (bar == nullptr)
        return false;
    if (event->type() == QEvent::MouseButtonPress) {
        bar->setProperty(kPressedOf, bar->count());
    } else if (event->type() == QEvent::MouseMove) {
        const QVariant pressedOf = bar->property(kPressedOf);
        if (pressedOf.isValid() && pressedOf.toInt() != bar->count())
            letGo(*bar);
    }
    return false;
}

} // namespace bitwright::gui
