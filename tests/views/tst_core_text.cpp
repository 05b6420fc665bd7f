// Messages of the core in the language of the window, numbers on screen, and questions for files.
#include "views/charts/ask_file.h"
#include "views/models/core_text.h"
#include "views/models/export_checks.h"
#include "views/models/number_column.h"
#include "views/models/number_text.h"
#include "views/models/text.h"

#include <QDirIterator>
#include <QFile>
#include <QFileDialog>
#include <QLocale>
#include <QPointer>
#include <QRegularExpression>
#include <QTranslator>
#include <QWidget>
#include <QtTest/QTest>

#include <limits>

using namespace bitwright;
using namespace bitwright::views;

namespace {

/// Marks what went through it, so that no language has to be installed.
class Marking : public QTranslator
{
public:
    QString translate(const char* context, const char* source, const char*, int) const override
    {
        return QLatin1String(context) == QLatin1String("CoreText")
            ? QStringLiteral("<%1>").arg(QString::fromUtf8(source))
            : QString();
    }
    bool isEmpty() const override { return false; }
};

/// All string literals of the core, with those that stand side by side joined and %n for what is filled in.
QString literalsOfTheCore()
{
    QString all;
    QDirIterator files(QStringLiteral(BITWRIGHT_SOURCE_DIR "/core"), {QStringLiteral("*.cpp")}, QDir::Files,
        QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.open(QIODevice::ReadOnly))
            all += QString::fromUtf8(file.readAll());
    }
    static const QRegularExpression kSeam(QStringLiteral("\"\\s*\n\\s*\"")),
        kPlace(QStringLiteral("\\{[:.\\w]*\\}"));
    return all.replace(kSeam, QString())
        .replace(kPlace, QStringLiteral("{}"))
        .replace(QStringLiteral("\\\""), QStringLiteral("\""));
}

} // namespace

class TestCoreText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QLocale::setDefault(QLocale::c()); }
    void everyKnownMessageIsOneOfTheCore()
    {
        const QString core = literalsOfTheCore();
        static const QRegularExpression kPlace(QStringLiteral("%[1-9]"));
        for (QString message : knownCoreMessages()) {
            message.replace(kPlace, QStringLiteral("{}"));
            QVERIFY2(core.contains(message), qPrintable(message));
        }
    }
    void messagesAreTranslatedSentenceBySentence()
    {
        Marking marking;
        QCoreApplication::installTranslator(&marking);
        QCOMPARE(coreText("File is empty."), QStringLiteral("<File is empty.>"));
        QCOMPARE(coreText("Header says 120000 bytes, only 7 follow. Strange rest."),
            QStringLiteral("<Header says 120\u202f000 bytes, only 7 follow.> Strange rest."));
        QCOMPARE(coreText("What nobody knows."), QStringLiteral("What nobody knows."));
        // A path with places and dots stays what it is.
        QCOMPARE(coreText("Cannot write: folder /a.b/%2 does not exist."),
            QStringLiteral("<Cannot write: folder /a.b/%2 does not exist.>"));
        Error error;
        error.code = ErrorCode::Format;
        error.message = "File is empty.";
        error.file = "/x\n.safetensors";
        error.offset = 12345;
        error.remedy = "Download it again.";
        QCOMPARE(errorText(error),
            QStringLiteral("/x\\x0A.safetensors: <byte 12\u202f345:> <File is empty.> <Download it again.>"));
        QCoreApplication::removeTranslator(&marking);
        error.message = "Dump has no group /sites."; // what was said once is kept in its language
        error.remedy.clear();
        QCOMPARE(errorText(error),
            QStringLiteral("/x\\x0A.safetensors: byte 12\u202f345: Dump has no group /sites."));
    }
    void provenanceSaysHow()
    {
        score::Provenance provenance;
        provenance.score = "act-gram";
        provenance.tokens = 14467;
        QCOMPARE(provenanceText(provenance),
            QStringLiteral("predicted by act-gram on 14\u202f467 tokens, not measured"));
        provenance.tokens = 0;
        QCOMPARE(provenanceText(provenance), QStringLiteral("predicted by act-gram, not measured"));
        provenance.origin = "imported";
        provenance.label = "imported from a file";
        QCOMPARE(provenanceText(provenance), QStringLiteral("imported from a file"));
    }
    void numbersOfTablesHaveThreeDigits()
    {
        QCOMPARE(numberText(0.083), QStringLiteral("0.0830"));
        QCOMPARE(numberText(4.5e-8), QStringLiteral("4.50·10⁻⁸"));
        QCOMPARE(numberText(0.1, 17), QStringLiteral("0.1"));
        QCOMPARE(numberText(std::numeric_limits<double>::quiet_NaN()), QStringLiteral("unknown"));
        QCOMPARE(formatExactBytes(4521984), QStringLiteral("4\u202f521\u202f984 bytes"));
    }
    void columnsHaveOneNotation()
    {
        NumberColumn plain;
        plain.add(0.00863);
        plain.add(0.0);
        QCOMPARE(plain.text(0.00863), QStringLiteral("0.00863"));
        NumberColumn powers = plain;
        powers.add(7.07e-5);
        QVERIFY(!plain.hasPowers() && powers.hasPowers());
        QCOMPARE(powers.text(0.000114), QStringLiteral("1.14·10⁻⁴"));
        QCOMPARE(powers.text(-7.07e-5), QStringLiteral("\u22127.07·10⁻⁵"));
        QCOMPARE(powers.text(0.0), QStringLiteral("0"));
        QCOMPARE(powers.text(0.0099996), QStringLiteral("1.00·10⁻²"));
        QCOMPARE(
            powers.within(QStringLiteral("\u22480.000114"), 0.000114), QStringLiteral("\u22481.14·10⁻⁴"));
    }
    void buttonsSayWhatTheySelect()
    {
        const QString one = QStringLiteral("lm_head.weight"),
                      deep = QStringLiteral("model.language_model.layers.11.mlp.down_proj.weight");
        QCOMPARE(ExportChecks::remedyText(Remedy::SelectUnits, {one}), QStringLiteral("Select lm_head"));
        QCOMPARE(ExportChecks::remedyText(Remedy::SelectUnits, {deep}), QStringLiteral("Select the unit"));
        QCOMPARE(
            ExportChecks::remedyText(Remedy::SelectUnits, {one, deep}), QStringLiteral("Select the units"));
    }
    void tokensAreReadable()
    {
        QCOMPARE(readableToken(" the\n"), QStringLiteral("␣the↵"));
        QCOMPARE(readableToken("\xC3\xA4"), QStringLiteral("ä"));
        QCOMPARE(readableToken("\xC3"), QStringLiteral("\\xC3")); // half a character
        QCOMPARE(readableToken(std::string("\0", 1)), QStringLiteral("\\x00"));
    }
    void questionsForFilesDoNotStopTheProgram()
    {
        QWidget window;
        window.show();
        QStringList answers;
        const auto ask = [&](FileQuestion::Kind kind) {
            return askFile(&window,
                {kind, QStringLiteral("question"), QStringLiteral("Title"), QStringLiteral("Plans (*.json)"),
                    QDir::tempPath() + QStringLiteral("/plan"), QStringLiteral("json")},
                [&](const QString& path) { answers << path; });
        };
        QPointer<QFileDialog> dialog = ask(FileQuestion::Kind::Save);
        QVERIFY(dialog->isVisible()); // and yet this goes on
        QVERIFY(answers.isEmpty());
        dialog->reject();
        QTRY_VERIFY(dialog.isNull());
        QVERIFY(answers.isEmpty());
        dialog = ask(FileQuestion::Kind::Save);
        static_cast<QDialog*>(dialog.data())->accept();
        QTRY_VERIFY(dialog.isNull());
        QCOMPARE(answers, QStringList{QDir::tempPath() + QStringLiteral("/plan.json")});
        dialog = ask(FileQuestion::Kind::OpenFolder);
        QCOMPARE(dialog->fileMode(), QFileDialog::Directory);
        dialog->reject();
    }
};

QTEST_MAIN(TestCoreText)
#include "tst_core_text.moc"
