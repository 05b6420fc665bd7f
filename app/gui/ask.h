#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace bitwright::gui {

// Questions that do not stop the program: the window goes on, the answer comes later. A dialog with a loop of
// its own would keep timers and jobs of the caller waiting.

/// Asks for one line of text. `id` is the dialog's object name.
void askText(QWidget* parent, const QString& id, const QString& title, const QString& label,
    const QString& text, const std::function<void(const QString&)>& accepted);
/// Asks for a number with three decimals.
void askNumber(QWidget* parent, const QString& id, const QString& title, const QString& label, double value,
    double least, double most, double step, const std::function<void(double)>& accepted);

} // namespace bitwright::gui
