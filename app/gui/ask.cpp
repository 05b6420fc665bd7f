#include "app/gui/ask.h"

#include <QInputDialog>

namespace bitwright::gui {

namespace {

QInputDialog* makeDialog(QWidget* parent, const QString& id, const QString& title, const QString& label)
{
    auto* dialog = new QInputDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(id);
    dialog->setWindowTitle(title);
    dialog->setLabelText(label);
    return dialog;
}

} // namespace

void askText(QWidget* parent, const QString& id, const QString& title, const QString& label,
    const QString& text, const std::function<void(const QString&)>& accepted)
{
    QInputDialog* dialog = makeDialog(parent, id, title, label);
    dialog->setTextValue(text);
    QObject::connect(dialog, &QInputDialog::textValueSelected, parent, accepted);
    dialog->open();
}

void askNumber(QWidget* parent, const QString& id, const QString& title, const QString& label, double value,
    double least, double most, double step, const std::function<void(double)>& accepted)
{
    QInputDialog* dialog = makeDialog(parent, id, title, label);
    dialog->setInputMode(QInputDialog::DoubleInput);
    dialog->setDoubleDecimals(3);
    dialog->setDoubleRange(least, most);
    dialog->setDoubleStep(step);
    dialog->setDoubleValue(value);
    QObject::connect(dialog, &QInputDialog::doubleValueSelected, parent, accepted);
    dialog->open();
}

} // namespace bitwright::gui
