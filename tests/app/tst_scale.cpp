// The window at 200 and 300 %: nothing is cut, and every picture has as many dots as the screen. The scale of
// a program is fixed when it starts, so that each one is a run of this test by itself.
#include "tests/support/cut_text.h"
#include "views/charts/chart_base.h"

#include <QAbstractScrollArea>
#include <QProcess>
#include <QProcessEnvironment>

#include <cmath>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;

namespace {

constexpr const char* kScale = "QT_SCALE_FACTOR";

double wantedScale()
{
    return qEnvironmentVariableIsSet(kScale) ? qEnvironmentVariable(kScale).toDouble() : 1;
}

/// Whether a picture was drawn with fewer dots and made larger: all dots of a block of scale x scale are then
/// the same. Counts blocks where they are not.
int sharpBlocks(const QImage& image, int scale)
{
    int sharp = 0;
    for (int y = 0; y + scale <= image.height(); y += scale)
        for (int x = 0; x + scale <= image.width(); x += scale) {
            const QRgb first = image.pixel(x, y);
            bool same = true;
            for (int i = 1; i < scale * scale && same; ++i)
                same = std::abs(qGray(image.pixel(x + i % scale, y + i / scale)) - qGray(first)) < 40;
            sharp += same ? 0 : 1;
        }
    return sharp;
}

/// The charts that a page shows now.
QVector<QWidget*> visibleCharts(const Panel& panel)
{
    QVector<QWidget*> charts;
    for (QWidget* widget : panel.findChildren<QWidget*>())
        if (dynamic_cast<ChartSurface*>(widget) != nullptr && widget->isVisible())
            charts << widget;
    return charts;
}

} // namespace

class TestScale : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void atTwoAndThreeTimes_data();
    void atTwoAndThreeTimes();
    // What the runs of the test above do; in a plain run at 100 %.
    void nothingIsCut();
    void picturesHaveTheDotsOfTheScreen();

private:
    static constexpr QSize kSize{1100, 700};
};

void TestScale::atTwoAndThreeTimes_data()
{
    QTest::addColumn<QString>("scale");
    for (const char* scale : {"2", "3"})
        QTest::newRow(scale) << QString::fromLatin1(scale);
}

void TestScale::atTwoAndThreeTimes()
{
    if (qEnvironmentVariableIsSet(kScale))
        QSKIP("this is such a run");
    QFETCH(QString, scale);
    QProcess run;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QLatin1String(kScale), scale);
    run.setProcessEnvironment(environment);
    run.setProcessChannelMode(QProcess::MergedChannels);
    run.start(QCoreApplication::applicationFilePath(),
        {QStringLiteral("nothingIsCut"), QStringLiteral("picturesHaveTheDotsOfTheScreen")});
    QVERIFY(run.waitForFinished(240000));
    constexpr qsizetype kTail = 1500;
    const QByteArray said = run.readAll();
    QVERIFY2(run.exitStatus() == QProcess::NormalExit && run.exitCode() == 0,
        said.right(kTail)); // where it says why
    QVERIFY2(said.contains("4 passed, 0 failed, 0 skipped"),
        said.right(kTail)); // with initTestCase and cleanupTestCase
}

void TestScale::nothingIsCut()
{
    test::ShownWindow window(test::scripted(), kSize);
    QCOMPARE(window->devicePixelRatio(), wantedScale());
    QCOMPARE(window.open({test::kSample, test::kSampleDump}), QString());
    QVERIFY2(test::cutTexts(window, kSize).isEmpty(), "the texts above are cut");
}

void TestScale::picturesHaveTheDotsOfTheScreen()
{
    const double scale = wantedScale();
    test::ShownWindow window(test::scripted(), kSize);
    QCOMPARE(window.open({test::kSample, test::kSampleDump}), QString());
    selectTelling(*window);
    int charts = 0;
    for (Panel* panel : window->panels()) {
        if (panel->surface() == nullptr)
            continue;
        for (const QString& word : QStringList{QString()} + panel->chartWords()) {
            window->showPerspective(panel->id());
            panel->showChart(word);
            QCOMPARE(waitForWork(*window), QString());
            for (QWidget* chart : visibleCharts(*panel)) {
                const QString name
                    = panel->id() + u'/' + word + u' ' + QLatin1String(chart->metaObject()->className());
                if (auto* plot = qobject_cast<QCustomPlot*>(chart))
                    QVERIFY2(plot->bufferDevicePixelRatio() == scale, qPrintable(name));
                const QPixmap picture = chart->grab();
                QVERIFY2(picture.devicePixelRatio() == scale, qPrintable(name));
                QVERIFY2(picture.size() == (QSizeF(chart->size()) * scale).toSize(), qPrintable(name));
                ++charts;
                if (scale == 1 || chart->width() < 200)
                    continue;
                const int sharp = sharpBlocks(picture.toImage(), static_cast<int>(std::lround(scale)));
                QVERIFY2(sharp > 300, qPrintable(QStringLiteral("%1: %2").arg(name).arg(sharp)));
            }
        }
    }
    QVERIFY2(charts >= 15, qPrintable(QString::number(charts)));
    const QPixmap whole = window->grab();
    QCOMPARE(whole.devicePixelRatio(), scale);
    QCOMPARE(whole.size(), (QSizeF(kSize) * scale).toSize());
}

QTEST_MAIN(TestScale)
#include "tst_scale.moc"
