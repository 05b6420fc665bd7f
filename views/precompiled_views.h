#pragma once

// What nearly every file of charts, panels and the window includes, see precompiled_models.h.
#include "views/charts/plot_library.h"
#include "views/precompiled_models.h"

#include <QAction>
#include <QApplication>
#include <QBoxLayout>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QTableView>
#include <QWidget>
