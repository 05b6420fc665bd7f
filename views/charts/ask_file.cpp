#include "views/charts/ask_file.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>

namespace bitwright::views {

QFileDialog* askFile(
    QWidget* parent, const FileQuestion& question, const std::function<void(const QString&)>& chosen)
{
    auto* dialog = new QFileDialog(parent, question.title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(question.id);
    if (!question.filter.isEmpty())
        dialog->setNameFilter(question.filter);
    const QFileInfo suggestion(question.suggestion);
    switch (question.kind) {
    case FileQuestion::Kind::OpenFile:
        dialog->setFileMode(QFileDialog::ExistingFile);
        break;
    case FileQuestion::Kind::OpenFolder:
        dialog->setFileMode(QFileDialog::Directory);
        dialog->setOption(QFileDialog::ShowDirsOnly);
        break;
    case FileQuestion::Kind::Save:
        dialog->setFileMode(QFileDialog::AnyFile);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setDefaultSuffix(question.suffix);
        break;
    }
    if (suggestion.isAbsolute())
        dialog->setDirectory(suggestion.absolutePath());
    if (!suggestion.fileName().isEmpty())
        dialog->selectFile(suggestion.fileName());
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, chosen);
    dialog->open();
    return dialog;
}

} // namespace bitwright::views
