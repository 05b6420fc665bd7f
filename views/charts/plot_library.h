#pragma once

// QCustomPlot's header writes Qt's keywords and foreach, which this house switches off: they are defined
// around the include only.
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define emit
#define foreach(variable, container) for (variable : container)
#include <qcustomplot.h>
#undef foreach
#undef emit
#undef slots
#undef signals
