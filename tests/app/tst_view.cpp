// Charts from a script: every one can be asked for, they are of what was asked for, and nothing of the
// project changes.
#include "tests/support/run_cli.h"
#include "tests/support/shown_window.h"
#include "views/charts/chart_base.h"
#include "views/charts/pareto_chart.h"
#include "views/panels/weights_panel.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest/QTest>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;
using test::kSample;
using test::Ran;

namespace {

const QString& kDump = test::kSampleDump;
const QString kTensor = QStringLiteral("model.layers.1.mlp.up_proj.weight");

/// Everything that a window keeps in a project.
QStringList kept(const QString& path)
{
    const auto project = project::Project::open(path.toStdString());
    QStringList values;
    for (const char* key : {"window/view", "autosave/plan", "autosave/settings", "autosave/open-since",
             "autosave/recovery", "autosave/recovery-time"}) {
        const auto value = (*project)->state(key);
        values.push_back(value && *value ? QString::fromStdString(**value) : QStringLiteral("none"));
    }
    return values;
}

QByteArray bytesOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// A project that was left with its image of a tensor, a zoomed and edited plan.
void leaveProject(const QString& path)
{
    test::ShownWindow window;
    QCOMPARE(window.open({kSample, kDump, path}), QString());
    window->showPerspective(QStringLiteral("plan"));
    window.panel<WeightsPanel>("weights")->setMode(WeightsPanel::ImageMode);
    auto* pareto = window.find<ChartBase>("pareto");
    const Interval range = pareto->viewRange(Qt::Horizontal);
    pareto->setViewRange(Qt::Horizontal, {range.lower * 1.5, range.upper * 0.6});
    window.document().setBits({3}, 8);
    window.document().selectUnits({7});
    QCOMPARE(waitForWork(*window), QString());
    QVERIFY(window->close());
}

} // namespace

class TestView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void nothingIsWritten();
    void windowsThatAreOpenKeepTheirMark();
    void drawsWhatWasAskedFor();
    void choicesAreDrawn();
    void unknownChoicesAreNamed_data();
    void unknownChoicesAreNamed();
    void everyChartCanBeAskedFor();

private:
    [[nodiscard]] QString file(const char* name) const
    {
        return m_folder.filePath(QString::fromLatin1(name));
    }
    [[nodiscard]] Ran view(const QString& view, const QString& out, const QStringList& more = {}) const
    {
        return test::runCli(QStringList{QStringLiteral("view"), m_project, QStringLiteral("--view"), view,
                                QStringLiteral("-o"), out}
            + more);
    }
    QTemporaryDir m_folder;
    QString m_project;
};

void TestView::initTestCase()
{
    test::beginWithoutSettings("tst_view");
    m_project = file("p.bwp");
    QVERIFY(project::Project::open(m_project.toStdString()));
    leaveProject(m_project);
}

void TestView::nothingIsWritten()
{
    const QStringList before = kept(m_project);
    QVERIFY(before[0] != QStringLiteral("none") && before[1] != QStringLiteral("none"));
    const Ran drawn = view(QStringLiteral("pareto"), file("a.svg"));
    QVERIFY2(drawn.code == 0, drawn.describe());
    QCOMPARE(kept(m_project), before);
}

/// A window that is open marks its project; a picture of it must not be taken for the end of that window.
void TestView::windowsThatAreOpenKeepTheirMark()
{
    const QString path = file("open.bwp");
    QVERIFY(QFile::copy(m_project, path));
    {
        const auto project = project::Project::open(path.toStdString());
        QVERIFY((*project)->setState("autosave/open-since", "2026-11-22T09:00:00Z"));
    }
    const QStringList before = kept(path);
    const Ran drawn = test::runCli({QStringLiteral("view"), path, QStringLiteral("--view"),
        QStringLiteral("sensitivity"), QStringLiteral("-o"), file("open.svg")});
    QVERIFY2(drawn.code == 0, drawn.describe());
    QCOMPARE(kept(path), before);
}

void TestView::drawsWhatWasAskedFor()
{
    // The same picture whatever the window showed last.
    const QString fresh = file("fresh.bwp");
    QVERIFY(QFile::copy(m_project, fresh));
    {
        const auto project = project::Project::open(fresh.toStdString());
        QVERIFY((*project)->removeState("window/view"));
    }
    for (const char* id : {"weights", "pareto"}) {
        const QString left = file("left.svg"), clean = file("clean.svg");
        QVERIFY(view(QLatin1String(id), left).code == 0);
        QVERIFY(test::runCli({QStringLiteral("view"), fresh, QStringLiteral("--view"), QLatin1String(id),
                                 QStringLiteral("-o"), clean})
                    .code
            == 0);
        QVERIFY(bytesOf(left).size() > 2000);
        QVERIFY2(bytesOf(left) == bytesOf(clean), id);
    }
    // A tensor by its name, or by a part of it.
    const QStringList named{QStringLiteral("--tensor"), kTensor};
    QVERIFY(view(QStringLiteral("weights"), file("named.svg"), named).code == 0);
    QVERIFY(view(QStringLiteral("weights"), file("part.svg"),
                {QStringLiteral("--tensor"), QStringLiteral("layers.1.mlp.up")})
                .code
        == 0);
    QCOMPARE(bytesOf(file("part.svg")), bytesOf(file("named.svg")));
    QVERIFY(bytesOf(file("named.svg")) != bytesOf(file("left.svg")));
    for (const char* wrong : {"no-such-tensor", "up_proj"}) {
        const Ran ran = view(
            QStringLiteral("weights"), file("none.svg"), {QStringLiteral("--tensor"), QLatin1String(wrong)});
        QVERIFY2(ran.code == 2, ran.describe());
    }
    QVERIFY(!QFile::exists(file("none.svg")));
}

void TestView::choicesAreDrawn()
{
    const auto drawn = [this](const char* id, const QStringList& words) {
        const Ran ran = view(QLatin1String(id), file("choice.svg"), words);
        if (ran.code != 0)
            qWarning("%s", ran.describe().constData());
        return ran.code == 0 ? bytesOf(file("choice.svg")) : QByteArray();
    };
    const auto allDiffer = [&](const char* id, const char* option, const QStringList& values) {
        QSet<QByteArray> pictures;
        for (const QString& value : values)
            pictures << drawn(id, {QLatin1String(option), value});
        return pictures.size() == values.size() && !pictures.contains(QByteArray());
    };
    const QString rms = QStringLiteral("rms"), kurtosis = QStringLiteral("kurtosis");
    QVERIFY(allDiffer("outlier-map", "--measure", {QStringLiteral("max"), rms, kurtosis}));
    QVERIFY(allDiffer("outlier-map", "--criterion",
        {QStringLiteral("none"), QStringLiteral("int8-separate"), kurtosis, QStringLiteral("crossquant")}));
    QVERIFY(allDiffer("outlier-map/trace", "--channel", {QStringLiteral("0"), QStringLiteral("25")}));
    QVERIFY(allDiffer("pareto", "--score", {QStringLiteral("act-gram"), QStringLiteral("residual")}));
    // Together, and of a tensor that is named.
    const QByteArray both = drawn("outlier-map/trace",
        {QStringLiteral("--tensor"), kTensor, QStringLiteral("--measure"), rms, QStringLiteral("--channel"),
            QStringLiteral("7")});
    QVERIFY(both.contains("rms"));
    QVERIFY(both != drawn("outlier-map/trace", {QStringLiteral("--channel"), QStringLiteral("7")}));
}

void TestView::unknownChoicesAreNamed_data()
{
    QTest::addColumn<QString>("view");
    QTest::addColumn<QString>("option");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* view, const char* option, const char* value, const char* says) {
        QTest::addRow("%s %s %s", view, option, value)
            << QString::fromLatin1(view) << QString::fromLatin1(option) << QString::fromLatin1(value)
            << QString::fromLatin1(says);
    };
    row("outlier-map", "--measure", "loud",
        "There is no measure \"loud\". Known: max, rms, kurtosis, share.");
    row("outlier-map", "--criterion", "loud", "Known: none, int8-joint, int8-separate, inf-norm");
    row("outlier-map/trace", "--channel", "256", "There is no channel 256. Known: 0 to 255.");
    row("outlier-map", "--channel", "-1", "--channel takes a number from 0, not \"-1\".");
    row("pareto", "--score", "loud", "There is no score \"loud\". Known: ");
    row("pareto", "--measure", "rms", "The chart \"pareto\" has no measure; these have: outlier-map.");
    row("weights", "--score", "act-gram", "The chart \"weights\" has no score; these have: overview,");
    row("pareto", "--score", "measured", "measured");
}

void TestView::unknownChoicesAreNamed()
{
    QFETCH(QString, view);
    QFETCH(QString, option);
    QFETCH(QString, value);
    QFETCH(QString, says);
    // As one word: a value may begin with a dash.
    const Ran ran = this->view(view, file("none.svg"), {option + u'=' + value});
    QVERIFY2(ran.code == 2, ran.describe());
    QVERIFY2(ran.errorLines() == 1, ran.describe());
    QVERIFY2(QString::fromUtf8(ran.err).contains(says), ran.describe());
    QVERIFY(!QFile::exists(file("none.svg")));
}

void TestView::everyChartCanBeAskedFor()
{
    const QString help
        = QString::fromUtf8(test::runCli({QStringLiteral("view"), QStringLiteral("--help")}).out)
              .simplified();
    test::ShownWindow window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    selectTelling(*window);
    QCOMPARE(selectNamed(*window, kTensor), QString());
    const QStringList views = knownViews(*window);
    QVERIFY(views.size() >= 18);
    for (const QString& id : views) {
        QVERIFY2(help.contains(id), qPrintable(id));
        const QString out = m_folder.filePath(QString(id).replace(u'/', u'-') + QStringLiteral(".svg"));
        QCOMPARE(renderView(*window, id, out, {800, 500}), QString());
        QVERIFY2(QFile(out).size() > 1000, qPrintable(id));
    }
    // Each of a page is another picture.
    for (const char* page : {"weights", "spectrum", "sensitivity", "outlier-map"}) {
        QList<QByteArray> pictures;
        for (const QString& id : views)
            if (id.startsWith(QLatin1String(page) + u'/'))
                pictures.push_back(
                    bytesOf(m_folder.filePath(QString(id).replace(u'/', u'-') + QStringLiteral(".svg"))));
        QVERIFY(!pictures.isEmpty());
        QCOMPARE(QSet<QByteArray>(pictures.begin(), pictures.end()).size(), pictures.size());
    }
}

QTEST_MAIN(TestView)
#include "tst_view.moc"
