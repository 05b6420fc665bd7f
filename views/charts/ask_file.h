#pragma once

#include <QString>

#include <functional>

class QFileDialog;
class QWidget;

namespace bitwright::views {

/// Questions for a file that leave the event loop running: jobs go on reporting, and closing the window does
/// not wait for an answer.
struct FileQuestion
{
    enum class Kind
    {
        OpenFile,
        OpenFolder,
        Save,
    };
    Kind kind = Kind::OpenFile;
    QString id; ///< Object name of the dialog, for scripts.
    QString title;
    QString filter; ///< As of QFileDialog; may be empty.
    QString suggestion; ///< Name of a new file, or where to begin.
    QString suffix; ///< What a new name without one gets.
};
/// Opens the dialog and returns; `chosen` is called with every chosen path, and not at all when it is
/// dismissed. The dialog dies with `parent`.
QFileDialog* askFile(
    QWidget* parent, const FileQuestion& question, const std::function<void(const QString&)>& chosen);

} // namespace bitwright::views
