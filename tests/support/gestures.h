#pragma once

// Hands of a test in a window: clicks, drags, the wheel and menus.
#include "views/charts/chart_base.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QMenu>
#include <QWheelEvent>
#include <QtTest/QTest>

namespace bitwright::test {

/// An action of a menu or of its submenus by its id.
inline QAction* actionIn(const QMenu& menu, const QString& id)
{
    for (QAction* action : menu.actions()) {
        if (action->objectName() == id)
            return action;
        if (action->menu() != nullptr)
            if (QAction* found = actionIn(*action->menu(), id); found != nullptr)
                return found;
    }
    return nullptr;
}

/// The same by the beginning of its text, without mnemonics.
inline QAction* actionNamed(const QMenu& menu, const QString& text)
{
    for (QAction* action : menu.actions()) {
        if (QString(action->text()).remove(u'&').startsWith(text))
            return action;
        if (action->menu() != nullptr)
            if (QAction* found = actionNamed(*action->menu(), text); found != nullptr)
                return found;
    }
    return nullptr;
}

/// The menu of a right click; the caller closes it.
inline QMenu* menuAt(QWidget& widget, const QPointF& at)
{
    QContextMenuEvent event(QContextMenuEvent::Mouse, at.toPoint(), widget.mapToGlobal(at.toPoint()));
    QApplication::sendEvent(&widget, &event);
    return qobject_cast<QMenu*>(QApplication::activePopupWidget());
}

inline void click(QWidget& widget, const QPointF& at, Qt::KeyboardModifiers modifiers = {})
{
    QTest::mouseClick(&widget, Qt::LeftButton, modifiers, at.toPoint());
}

inline void moveTo(QWidget& widget, const QPointF& at, Qt::MouseButtons buttons = Qt::NoButton)
{
    QMouseEvent event(QEvent::MouseMove, at, widget.mapToGlobal(at), Qt::NoButton, buttons, Qt::NoModifier);
    QApplication::sendEvent(&widget, &event);
}

/// Presses and moves; the caller releases, or does something else first.
inline void pull(QWidget& widget, const QPointF& from, const QPointF& to, Qt::MouseButton button)
{
    QTest::mousePress(&widget, button, {}, from.toPoint());
    moveTo(widget, (from + to) / 2, button);
    moveTo(widget, to, button);
}

inline void turnWheel(QWidget& widget, const QPointF& at, int notches, Qt::KeyboardModifiers modifiers = {})
{
    QWheelEvent event(at, widget.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt::NoButton, modifiers,
        Qt::NoScrollPhase, false);
    QApplication::sendEvent(&widget, &event);
}

inline void settle(views::ChartBase& chart)
{
    QTest::qWait(30);
    chart.replot(QCustomPlot::rpImmediateRefresh);
}

} // namespace bitwright::test
