#pragma once

// What nearly every file of views/models and views/jobs includes; reading it took two thirds of compiling
// them. Files still include what they use: -DBITWRIGHT_PCH=OFF builds without this.
#include "core/plan/solve.h"
#include "core/session/workspace.h"
#include "core/stats/outliers.h"

#include <QAbstractItemModel>
#include <QColor>
#include <QDateTime>
#include <QLocale>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QThreadPool>
#include <QTimer>
#include <QUndoStack>
#include <QVector>
#include <QtConcurrent/QtConcurrentRun>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>
