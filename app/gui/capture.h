#pragma once

#include <QSize>
#include <QString>

namespace bitwright::gui {

class MainWindow;

/// Runs the event loop until no job has run for a moment. Returns the message of a failure, empty when all
/// went well.
[[nodiscard]] QString waitForWork(MainWindow& window);
/// Selects what a first look should show: the massive activation's site and channel, and the tensor behind
/// it.
void selectTelling(MainWindow& window);
/// Writes one picture per view and per perspective into `folder`. Returns what went wrong, or an empty text.
[[nodiscard]] QString captureViews(MainWindow& window, const QString& folder);
/// Every chart that can be drawn: "weights", "weights/image".
[[nodiscard]] QStringList knownViews(const MainWindow& window);
/// Says which charts there are when `view` is none of them; else empty.
[[nodiscard]] QString unknownView(const MainWindow& window, const QString& view);
/// Selects a tensor by its name, or by a part of it that no other tensor has. Returns what went wrong.
[[nodiscard]] QString selectNamed(MainWindow& window, const QString& name);
/// Writes one chart to a file (.svg, .pdf, .png). Returns what went wrong, or an empty text.
[[nodiscard]] QString renderView(MainWindow& window, const QString& view, const QString& file, QSize size);

} // namespace bitwright::gui
