#include "app/gui/scale.h"

#include <QActionGroup>
#include <QCoreApplication>
#include <QMenu>
#include <QMessageBox>
#include <QSettings>

namespace bitwright::gui {

namespace {

const QString kKey = QStringLiteral("window/scale");
constexpr char kVariable[] = "QT_SCALE_FACTOR";

QString translated(const char* text)
{
    return QCoreApplication::translate("bitwright::gui::MainWindow", text);
}

} // namespace

const std::vector<int>& scales()
{
    static const std::vector<int> percents{100, 125, 150, 175, 200, 250, 300};
    return percents;
}

int scaleFromText(const QString& text)
{
    constexpr int kLeast = 50, kMost = 400;
    QString digits = text.trimmed();
    if (digits.endsWith(QLatin1Char('%')))
        digits.chop(1);
    bool known = false;
    const int percent = digits.toInt(&known);
    return known && percent >= kLeast && percent <= kMost ? percent : 0;
}

void applyScale(int percent)
{
    if (percent > 0 && percent != 100 && !qEnvironmentVariableIsSet(kVariable))
        qputenv(kVariable, QByteArray::number(percent / 100.0));
}

int chosenScale()
{
    return scaleFromText(QSettings().value(kKey).toString());
}

QMenu* addScaleMenu(QMenu* menu)
{
    auto* scaleMenu = menu->addMenu(translated(QT_TRANSLATE_NOOP("bitwright::gui::MainWindow", "&Scale")));
    auto* group = new QActionGroup(scaleMenu);
    const int chosen = chosenScale() > 0 ? chosenScale() : 100;
    for (const int percent : scales()) {
        QAction* action = scaleMenu->addAction(
            translated(QT_TRANSLATE_NOOP("bitwright::gui::MainWindow", "%1 %")).arg(percent));
        action->setObjectName(QStringLiteral("view.scale.%1").arg(percent));
        action->setCheckable(true);
        action->setChecked(percent == chosen);
        action->setToolTip(translated(QT_TRANSLATE_NOOP("bitwright::gui::MainWindow",
            "Size of everything in the window, from the next start on: for a room, or a screen of many "
            "dots")));
        action->setStatusTip(action->toolTip());
        group->addAction(action);
        QObject::connect(action, &QAction::triggered, scaleMenu, [percent, scaleMenu] {
            QSettings().setValue(kKey, QString::number(percent));
            auto* box = new QMessageBox(QMessageBox::Information,
                translated(QT_TRANSLATE_NOOP("bitwright::gui::MainWindow", "Scale")),
                translated(QT_TRANSLATE_NOOP(
                    "bitwright::gui::MainWindow", "The new scale is used when the program starts again.")),
                QMessageBox::Ok, scaleMenu->parentWidget());
            box->setAttribute(Qt::WA_DeleteOnClose);
            box->open(); // without a loop of its own, in which timers would wait
        });
    }
    return scaleMenu;
}

} // namespace bitwright::gui
