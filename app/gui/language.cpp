#include "app/gui/language.h"

#include <QActionGroup>
#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QMenu>
#include <QMessageBox>
#include <QSettings>
#include <QTranslator>

#include <clocale>

static void initTranslations()
{
    Q_INIT_RESOURCE(translations); // lies in a static library
}

namespace bitwright::gui {

namespace {

const QString kKey = QStringLiteral("window/language");

/// Finds texts of free functions too: the extractor files them under their namespace, because only classes
/// have a context of their own.
class Translator : public QTranslator
{
public:
    using QTranslator::QTranslator;
    [[nodiscard]] QString translate(
        const char* context, const char* source, const char* disambiguation, int n) const override
    {
        QString text = QTranslator::translate(context, source, disambiguation, n);
        for (const char* space : {"bitwright::views", "bitwright::gui"}) {
            if (text.isNull())
                text = QTranslator::translate(space, source, disambiguation, n);
            if (text.isNull() && context != nullptr)
                text = QTranslator::translate(
                    (QByteArray(space) + "::" + context).constData(), source, disambiguation, n);
        }
        return text;
    }
};

} // namespace

QStringList languages()
{
    return {QStringLiteral("en"), QStringLiteral("de")};
}

QString languageName(const QString& code)
{
    return code == QLatin1String("de") ? QStringLiteral("Deutsch") : QStringLiteral("English");
}

QString languageFor(const QString& wanted, const QStringList& systemLanguages)
{
    if (languages().contains(wanted))
        return wanted;
    for (const QString& language : systemLanguages) {
        const QString code = language.section(QLatin1Char('-'), 0, 0);
        if (languages().contains(code))
            return code;
    }
    return QStringLiteral("en");
}

void installLanguage(const QString& code)
{
    initTranslations();
    // Qt takes over the system's way of writing numbers for C functions too; files must not follow it.
    std::setlocale(LC_NUMERIC, "C");
    const QLocale::Language language = code == QLatin1String("de") ? QLocale::German : QLocale::English;
    const QLocale system = QLocale::system();
    const bool plain = system.language() == QLocale::C && language == QLocale::English;
    if (system.language() != language && !plain)
        QLocale::setDefault(QLocale(language));
    auto* texts = new Translator(QCoreApplication::instance());
    if (texts->load(QStringLiteral(":/translations/bitwright_%1.qm").arg(code)))
        QCoreApplication::installTranslator(texts);
    // Buttons of standard dialogs, where Qt's own translations are installed.
    auto* standard = new QTranslator(QCoreApplication::instance());
    if (standard->load(
            QStringLiteral("qtbase_%1").arg(code), QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(standard);
}

QMenu* addLanguageMenu(QMenu* menu)
{
    auto* languageMenu
        = menu->addMenu(QCoreApplication::translate("bitwright::gui::MainWindow", "&Language"));
    auto* group = new QActionGroup(languageMenu);
    const QString chosen = QSettings().value(kKey).toString();
    const auto add = [&](const QString& code, const QString& text) {
        QAction* action = languageMenu->addAction(text);
        action->setObjectName(
            QStringLiteral("view.language.") + (code.isEmpty() ? QStringLiteral("system") : code));
        action->setCheckable(true);
        action->setChecked(code == chosen || (code.isEmpty() && !languages().contains(chosen)));
        action->setToolTip(QCoreApplication::translate(
            "bitwright::gui::MainWindow", "Language of the program, from the next start on"));
        action->setStatusTip(action->toolTip());
        group->addAction(action);
        QObject::connect(action, &QAction::triggered, languageMenu, [code, languageMenu] {
            QSettings().setValue(kKey, code);
            auto* box = new QMessageBox(QMessageBox::Information,
                QCoreApplication::translate("bitwright::gui::MainWindow", "Language"),
                QCoreApplication::translate(
                    "bitwright::gui::MainWindow", "The new language is used when the program starts again."),
                QMessageBox::Ok, languageMenu->parentWidget());
            box->setAttribute(Qt::WA_DeleteOnClose);
            box->open(); // without a loop of its own, in which timers would wait
        });
    };
    add({}, QCoreApplication::translate("bitwright::gui::MainWindow", "Language of the &system"));
    for (const QString& code : languages())
        add(code, languageName(code));
    return languageMenu;
}

} // namespace bitwright::gui
