#include "app/gui/record_dialog.h"

#include "views/charts/ask_file.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace bitwright::gui {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("RecordDialog", text);
}

/// What the dialog holds; it owns them as children.
struct Fields
{
    QComboBox* text;
    QSpinBox* tokens;
    QCheckBox* gradients;
    QCheckBox* grams;
    QLineEdit* out;
};

Fields makeFields(QDialog* dialog, const views::Recording& recording)
{
    Fields fields{new QComboBox(dialog), new QSpinBox(dialog),
        new QCheckBox(tr("Mean squared &gradients"), dialog), new QCheckBox(tr("G&ram matrices"), dialog),
        new QLineEdit(recording.suggestedFile(), dialog)};
    fields.text->addItem(tr("the bundled text"), QString());
    fields.text->setToolTip(tr("Plain English in the public domain, by the model's own tokenizer"));
    fields.tokens->setRange(16, 1'000'000);
    fields.tokens->setSingleStep(512);
    fields.tokens->setValue(2048);
    fields.tokens->setGroupSeparatorShown(true);
    fields.tokens->setToolTip(tr("Tokens to run; time grows with them, memory does not"));
    const bool possible = recording.hasGradients();
    fields.gradients->setChecked(possible);
    fields.gradients->setEnabled(possible);
    fields.gradients->setToolTip(possible
            ? tr("The score fisher needs them; they take about twice the time of the rest")
            : tr("Encoders have none here"));
    fields.grams->setToolTip(tr("GPTQ needs them; they make the file large"));
    fields.out->setToolTip(tr("The dump to write (.h5)"));
    return fields;
}

} // namespace

void askRecording(QWidget* parent, views::Document& document, views::Recording& recording)
{
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("recordActivations"));
    dialog->setWindowTitle(tr("Record activations"));
    const Fields fields = makeFields(dialog, recording);
    auto* chooseText = new QPushButton(tr("&Text…"), dialog);
    chooseText->setToolTip(tr("Another text, or token ids as .npy"));
    auto* chooseOut = new QPushButton(tr("&Choose…"), dialog);
    chooseOut->setToolTip(tr("Where the dump goes"));
    const auto beside = [](QWidget* field, QPushButton* button) {
        auto* row = new QHBoxLayout;
        row->addWidget(field, 1);
        row->addWidget(button);
        return row;
    };
    auto* form = new QFormLayout;
    const auto add = [form](const QString& label, QWidget* field, QLayout* row) {
        field->setAccessibleName(label);
        auto* text = new QLabel(label);
        text->setBuddy(field);
        row != nullptr ? form->addRow(text, row) : form->addRow(text, field);
    };
    add(tr("Text"), fields.text, beside(fields.text, chooseText));
    add(tr("Tokens"), fields.tokens, nullptr);
    form->addRow(QString(), fields.gradients);
    form->addRow(QString(), fields.grams);
    add(tr("Dump"), fields.out, beside(fields.out, chooseOut));
    auto* problem = new QLabel(recording.obstacle(), dialog);
    problem->setWordWrap(true);
    problem->setVisible(!problem->text().isEmpty());
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, dialog);
    auto* start = buttons->addButton(tr("&Record"), QDialogButtonBox::AcceptRole);
    start->setEnabled(problem->text().isEmpty() && !recording.isRunning());
    auto* layout = new QVBoxLayout(dialog);
    layout->addLayout(form);
    layout->addWidget(problem);
    layout->addWidget(buttons);
    dialog->resize(560, dialog->sizeHint().height());
    using views::FileQuestion;
    QObject::connect(chooseText, &QPushButton::clicked, dialog, [dialog, fields] {
        views::askFile(dialog,
            {FileQuestion::Kind::OpenFile, QStringLiteral("recordText"), tr("Text to run"),
                tr("Texts and token ids (*.txt *.md *.npy *.ids);;All files (*)"), {}, {}},
            [fields](const QString& path) {
                fields.text->addItem(QFileInfo(path).fileName(), path);
                fields.text->setCurrentIndex(fields.text->count() - 1);
            });
    });
    QObject::connect(chooseOut, &QPushButton::clicked, dialog, [dialog, fields] {
        views::askFile(dialog,
            {FileQuestion::Kind::Save, QStringLiteral("recordOut"), tr("Dump to write"),
                tr("Activation dumps (*.h5)"), fields.out->text(), QStringLiteral("h5")},
            [fields](const QString& path) { fields.out->setText(path); });
    });
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    QObject::connect(&document, &views::Document::closed, dialog, &QDialog::reject);
    QObject::connect(buttons, &QDialogButtonBox::accepted, dialog, [dialog, fields, &recording] {
        recording.start({fields.text->currentData().toString(), fields.tokens->value(),
            fields.gradients->isChecked(), fields.grams->isChecked(), fields.out->text()});
        dialog->accept();
    });
    dialog->open();
}

} // namespace bitwright::gui
