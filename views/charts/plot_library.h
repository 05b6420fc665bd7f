#pragma once

// QCustomPlot's header writes Qt's keywords and foreach, which this house switches off: they are defined
// around the include only.
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define emit
#define foreach(variable, container) for (variable : container)
// It also includes the whole of Qt Print Support, and through it all of Widgets, Gui and Core: 300,000 lines
// for each of our files, most of what compiling them took. Its declarations need none of it, so the guard of
// that header is set first.
#ifndef QT_QTPRINTSUPPORT_MODULE_H
#define QT_QTPRINTSUPPORT_MODULE_H
#endif
#include <qcustomplot.h>
#undef foreach
#undef emit
#undef slots
#undef signals
