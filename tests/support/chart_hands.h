#pragma once

// The mouse that plays with charts outside of a window.
#include "views/charts/plot_library.h"

#include <QMouseEvent>
#include <QWheelEvent>
#include <QtTest>

namespace bitwright::views {

inline QString utf8(const char* text)
{
    return QString::fromUtf8(text);
}

inline void showAt(QWidget& widget, QSize size)
{
    widget.resize(size);
    widget.show();
    QVERIFY(QTest::qWaitForWindowExposed(&widget));
    if (auto* plot = qobject_cast<QCustomPlot*>(&widget))
        plot->replot(QCustomPlot::rpImmediateRefresh);
}

inline void move(QWidget& widget, const QPointF& at, Qt::MouseButtons buttons = Qt::NoButton)
{
    QMouseEvent event(QEvent::MouseMove, at, widget.mapToGlobal(at), Qt::NoButton, buttons, Qt::NoModifier);
    QApplication::sendEvent(&widget, &event);
}

inline void wheel(QWidget& widget, const QPointF& at, int notches)
{
    QWheelEvent event(at, widget.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt::NoButton,
        Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(&widget, &event);
}

/// With the left button; the keys are held from the press to the release.
inline void drag(QWidget& widget, const QPointF& from, const QPointF& to, Qt::KeyboardModifiers keys = {})
{
    QTest::mousePress(&widget, Qt::LeftButton, keys, from.toPoint());
    QMouseEvent event(QEvent::MouseMove, to, widget.mapToGlobal(to), Qt::NoButton, Qt::LeftButton, keys);
    QApplication::sendEvent(&widget, &event);
    QTest::mouseRelease(&widget, Qt::LeftButton, keys, to.toPoint());
}

} // namespace bitwright::views
