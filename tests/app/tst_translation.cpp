// The translations that are shipped: complete, with the same placeholders, and found at run time.
#include "app/gui/language.h"
#include "views/models/export_checks.h"

#include <QCoreApplication>
#include <QDir>
#include <QLocale>
#include <QRegularExpression>
#include <QXmlStreamReader>
#include <QtTest/QTest>

#include <algorithm>

namespace {

struct Message
{
    QString context, source;
    QStringList forms; ///< One, or as many as the language has plurals.
    bool numerus = false;
    bool unfinished = false;
};

QList<Message> messagesOf(const QString& language)
{
    QFile file(QStringLiteral(BITWRIGHT_SOURCE_DIR "/resources/translations/bitwright_%1.ts").arg(language));
    QList<Message> messages;
    if (!file.open(QIODevice::ReadOnly))
        return messages;
    QXmlStreamReader xml(&file);
    QString context;
    while (!xml.atEnd()) {
        xml.readNext();
        if (!xml.isStartElement())
            continue;
        if (xml.name() == QLatin1String("name"))
            context = xml.readElementText();
        else if (xml.name() == QLatin1String("message"))
            messages.push_back({context, {}, {},
                xml.attributes().value(QLatin1String("numerus")) == QLatin1String("yes"), false});
        else if (xml.name() == QLatin1String("source"))
            messages.last().source = xml.readElementText();
        else if (xml.name() == QLatin1String("numerusform"))
            messages.last().forms.push_back(xml.readElementText());
        else if (xml.name() == QLatin1String("translation")) {
            messages.last().unfinished = xml.attributes().hasAttribute(QLatin1String("type"));
            if (!messages.last().numerus)
                messages.last().forms.push_back(xml.readElementText());
        }
    }
    return messages;
}

/// "%1", "%2", "%n" and tags of rich text, sorted.
QStringList placeholders(const QString& text)
{
    static const QRegularExpression kPattern(QStringLiteral("%L?[0-9n]|<[^>]*>"));
    QStringList found;
    for (auto match = kPattern.globalMatch(text); match.hasNext();)
        found.push_back(match.next().captured());
    found.sort();
    return found;
}

qsizetype mnemonics(const QString& text)
{
    static const QRegularExpression kPattern(QStringLiteral("&[^& ]"));
    qsizetype count = 0;
    for (auto match = kPattern.globalMatch(text); match.hasNext(); match.next())
        ++count;
    return count;
}

} // namespace

class TestTranslation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyTextIsTranslated_data();
    void everyTextIsTranslated();
    void languagesAreChosen();
    void textsAreFoundAtRunTime();
};

void TestTranslation::everyTextIsTranslated_data()
{
    QTest::addColumn<QString>("language");
    QTest::newRow("de") << QStringLiteral("de");
    QTest::newRow("en") << QStringLiteral("en");
}

void TestTranslation::everyTextIsTranslated()
{
    QFETCH(QString, language);
    const auto messages = messagesOf(language);
    QVERIFY(messages.size() > (language == QLatin1String("de") ? 600 : 20));
    for (const Message& message : messages) {
        const QByteArray where = (message.context + QStringLiteral(": ") + message.source).toUtf8();
        QVERIFY2(!message.unfinished, where.constData());
        QCOMPARE(message.forms.size(), message.numerus ? 2 : 1);
        for (const QString& form : message.forms) {
            QVERIFY2(!form.isEmpty(), where.constData());
            QVERIFY2(placeholders(form) == placeholders(message.source), where.constData());
            QVERIFY2(
                form.endsWith(QChar(0x2026)) == message.source.endsWith(QChar(0x2026)), where.constData());
            QVERIFY2(
                form.count(QLatin1Char('\t')) == message.source.count(QLatin1Char('\t')), where.constData());
            QVERIFY2(
                form.count(QLatin1Char('\n')) == message.source.count(QLatin1Char('\n')), where.constData());
            QVERIFY2(mnemonics(form) == mnemonics(message.source), where.constData());
        }
    }
}

void TestTranslation::languagesAreChosen()
{
    using bitwright::gui::languageFor;
    QCOMPARE(languageFor({}, {QStringLiteral("de-DE")}), QStringLiteral("de"));
    QCOMPARE(languageFor({}, {QStringLiteral("fr-FR"), QStringLiteral("de"), QStringLiteral("en")}),
        QStringLiteral("de"));
    QCOMPARE(languageFor({}, {QStringLiteral("C")}), QStringLiteral("en"));
    QCOMPARE(languageFor(QStringLiteral("en"), {QStringLiteral("de-DE")}), QStringLiteral("en"));
    QCOMPARE(languageFor(QStringLiteral("xx"), {}), QStringLiteral("en"));
}

void TestTranslation::textsAreFoundAtRunTime()
{
    using bitwright::views::ExportChecks;
    QCOMPARE(
        ExportChecks::stateText(bitwright::views::ExportCheck::State::Warning), QStringLiteral("warning"));
    bitwright::gui::installLanguage(QStringLiteral("de"));
    QCOMPARE(QLocale().language(), QLocale::German);
    QCOMPARE(QLocale().toString(1.5), QStringLiteral("1,5"));
    QCOMPARE(
        ExportChecks::stateText(bitwright::views::ExportCheck::State::Warning), QStringLiteral("Warnung"));
    const char* const panel = "bitwright::views::ExportPanel";
    QCOMPARE(QCoreApplication::translate(panel, "Ready, with %n warning(s)", nullptr, 1),
        QStringLiteral("Bereit, mit 1 Warnung"));
    QCOMPARE(QCoreApplication::translate(panel, "Ready, with %n warning(s)", nullptr, 2),
        QStringLiteral("Bereit, mit 2 Warnungen"));
    // Every text is found under the context that the program asks with, also those of free functions, which
    // name one of their own.
    for (const Message& message : messagesOf(QStringLiteral("de"))) {
        if (message.numerus)
            continue;
        QCOMPARE(QCoreApplication::translate(
                     message.context.toUtf8().constData(), message.source.toUtf8().constData()),
            message.forms.first());
    }
    QCOMPARE(QCoreApplication::translate("ChartData", "residual stream"), QStringLiteral("Residualstrom"));
    QCOMPARE(QCoreApplication::translate("ChartSurface", "Copy picture"), QStringLiteral("Bild kopieren"));
}

QTEST_MAIN(TestTranslation)
#include "tst_translation.moc"
