// No control, label or heading of the window loses letters: every page and perspective, both languages, small
// and large.
#include "app/gui/language.h"
#include "app/gui/strip_text.h"
#include "tests/support/cut_text.h"

using namespace bitwright;
using namespace bitwright::gui;

class TestElision : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // First, because a language stays.
    void headerKeepsWhatMatters()
    {
        test::ShownWindow window(test::scripted(), {1100, 700});
        QCOMPARE(window.open({test::kSample, test::kSampleDump}), QString());
        const auto shown = [&window] {
            QTest::qWait(20);
            QString text;
            for (const StripText* strip : window->findChildren<StripText*>())
                text += strip->shownText() + u'|';
            return text;
        };
        const QString small = shown();
        for (const char* part : {"tiny-llama", "4.499 bpw", "below the budget", "parameters"})
            QVERIFY2(small.contains(QLatin1String(part)), qPrintable(small));
        QVERIFY(!small.contains(QChar(0x2026)));
        window->resize(2200, 900);
        const QString large = shown();
        for (const char* part : {"safetensors", "in the file", "BF16"})
            QVERIFY2(large.contains(QLatin1String(part)), qPrintable(large));
    }

    void everythingReads_data()
    {
        QTest::addColumn<QString>("language");
        QTest::addColumn<QSize>("size");
        for (const char* language : {"en", "de"})
            for (const QSize& size : {QSize(1100, 700), QSize(1440, 900), QSize(3840, 2160)})
                QTest::addRow("%s %d", language, size.width()) << QString::fromLatin1(language) << size;
    }

    void everythingReads()
    {
        QFETCH(QString, language);
        QFETCH(QSize, size);
        installLanguage(language);
        test::ShownWindow window(test::scripted(), size);
        QCOMPARE(window.open({test::kSample, test::kSampleDump}), QString());
        QVERIFY2(test::cutTexts(window, size).isEmpty(), "the texts above are cut");
    }
};

QTEST_MAIN(TestElision)
#include "tst_elision.moc"
