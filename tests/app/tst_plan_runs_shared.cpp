// Whole plans that the command line ran are known in the window, and the other way round.
#include "tests/support/open_sample.h"
#include "tests/support/run_cli.h"
#include "views/jobs/job_queue.h"
#include "views/models/harm_run.h"
#include "views/panels/harm_data.h"
#include "views/panels/plan_data.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest/QTest>

using namespace bitwright;
using namespace bitwright::views;
using bitwright::test::kSample;
using bitwright::test::Ran;

class TestPlanRunsShared : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const Ran ran = cli({QStringLiteral("scan"), kSample, QStringLiteral("--no-spectra"),
            QStringLiteral("--activations"), test::kSampleDump});
        QVERIFY2(ran.code == 0, ran.describe().constData());
    }

    void ofTheCommandLineInTheWindow()
    {
        const QStringList target{QStringLiteral("--target"), QStringLiteral("compressed-tensors")};
        // Harm in nats, so that plans that were run are marks of the Pareto chart.
        const QStringList units{QStringLiteral("--units"), QStringLiteral("*.3.mlp.*,*.4.mlp.*"),
            QStringLiteral("--max-tokens"), QStringLiteral("128")};
        Ran ran = cli(QStringList{QStringLiteral("measure")} + target + units);
        QVERIFY2(ran.code == 0, ran.describe().constData());
        const QString path = m_folder.filePath(QStringLiteral("mine.json"));
        ran = cli(QStringList{QStringLiteral("plan")} + target
            + QStringList{QStringLiteral("--bpw"), QStringLiteral("3.5"), QStringLiteral("--score"),
                QStringLiteral("fisher"), QStringLiteral("--name"), QStringLiteral("mine"),
                QStringLiteral("-o"), path});
        QVERIFY2(ran.code == 0, ran.describe().constData());
        const QStringList measure = QStringList{QStringLiteral("measure")} + target
            + QStringList{QStringLiteral("--text"), kSample + QStringLiteral("/held_out.txt"),
                QStringLiteral("--plan"), path};
        ran = cli(measure
            + QStringList{QStringLiteral("--against-uniform"), QStringLiteral("--against-presets"),
                QStringLiteral("--max-tokens"), QStringLiteral("256"), QStringLiteral("--json")});
        QVERIFY2(ran.code == 0, ran.describe().constData());
        const auto item = ran.document()["measurements"][0];
        QCOMPARE(item["against_presets"].size(), std::size_t{2});

        JobQueue jobs;
        Document document(jobs);
        HarmRun run(document, jobs);
        test::openSample(jobs, document, project());
        QCOMPARE(run.plans().size(), std::size_t{4});
        const PlanHarm& mine = run.plans()[0];
        QCOMPARE(mine.name, QStringLiteral("mine"));
        QCOMPARE(mine.mean, item["kl"].get<double>());
        QCOMPARE(mine.low, std::optional(item["kl_low"].get<double>()));
        QCOMPARE(mine.sameBest, std::optional(item["top1_agreement"].get<double>()));
        QCOMPARE(mine.text, QStringLiteral("held_out.txt"));
        QCOMPARE(mine.tokens, std::uint64_t{256});
        const PlanHarm& uniform = run.plans()[1];
        QVERIFY(uniform.kind == PlanHarm::Kind::Uniform && run.plans()[3].kind == PlanHarm::Kind::Preset);
        QCOMPARE(uniform.bytes, item["against_uniform"]["bytes"].get<std::uint64_t>());
        // Same tokens: the window comes to the verdict of the command line.
        const auto difference = differenceOf(mine, uniform);
        QVERIFY(difference && difference->paired);
        QVERIFY(std::abs(difference->paired->mean - (mine.mean - uniform.mean)) < 1e-6);
        // Once taken, the plan was run.
        QVERIFY(mine.plan);
        document.takePlan(plan::Plan(*mine.plan));
        QVERIFY(run.currentPlan() != nullptr);
        QCOMPARE(run.currentPlan()->name, mine.name);
        const QString verdict = planVerdict(run);
        for (const PlanHarm& rival : run.plans())
            QVERIFY2(rival.kind == PlanHarm::Kind::Own || verdict.contains(rival.name), qPrintable(verdict));
        QVERIFY(harmTable(document, run).rows.size() >= 4);
        const ParetoData pareto = paretoData(document, &run);
        QCOMPARE(std::count_if(pareto.plans.begin(), pareto.plans.end(),
                     [](const ParetoMark& mark) { return mark.measured && mark.interval; }),
            4);
        document.flush();
    }

    void refinedByTheCommandLine()
    {
        // A score that plans badly, so that there is something to better.
        const QString path = m_folder.filePath(QStringLiteral("poor.json"));
        Ran ran = cli({QStringLiteral("plan"), QStringLiteral("--target"),
            QStringLiteral("compressed-tensors"), QStringLiteral("--bpw"), QStringLiteral("3.5"),
            QStringLiteral("--score"), QStringLiteral("act-gram"), QStringLiteral("--name"),
            QStringLiteral("poor"), QStringLiteral("-o"), path});
        QVERIFY2(ran.code == 0, ran.describe().constData());
        ran = cli({QStringLiteral("measure"), QStringLiteral("--target"),
            QStringLiteral("compressed-tensors"), QStringLiteral("--text"),
            kSample + QStringLiteral("/held_out.txt"), QStringLiteral("--max-tokens"), QStringLiteral("2048"),
            QStringLiteral("--plan"), path, QStringLiteral("--refine"), QStringLiteral("--rounds"),
            QStringLiteral("1"), QStringLiteral("--steps"), QStringLiteral("24"), QStringLiteral("--swaps"),
            QStringLiteral("4"), QStringLiteral("-o"), m_folder.filePath(QStringLiteral("refined.json")),
            QStringLiteral("--json")});
        QVERIFY2(ran.code == 0, ran.describe().constData());
        const auto refined = ran.document();
        const auto workspace = session::Workspace::open(project()).value();
        const auto runs = session::planRuns(*workspace).value();
        const auto found = std::find_if(
            runs.begin(), runs.end(), [](const auto& run) { return run.name == "poor refined"; });
        QVERIFY2(refined["kept"].get<int>() > 0 && found != runs.end(), ran.describe().constData());
        QCOMPARE(found->mean, refined["refined"]["kl_accepting"].get<double>());
        QCOMPARE(found->tokens, refined["tokens_accepting"].get<std::uint64_t>());
        QVERIFY(found->text == "held_out.txt, judging half" && found->referencePerplexity);
    }

    void ofTheWindowInTheProject()
    {
        JobQueue jobs;
        Document document(jobs);
        HarmRun run(document, jobs);
        test::openSample(jobs, document, project());
        const auto before = run.plans().size();
        document.setUniform(QStringLiteral("int8-sym-row/rtn"));
        run.start({HarmRun::What::Plan, {RunText::Source::Dump, {}, 64, false}});
        QTRY_VERIFY_WITH_TIMEOUT(!run.isRunning() && jobs.isIdle(), 120000);
        QVERIFY2(run.currentPlan() != nullptr, qPrintable(run.status()));
        QVERIFY(run.plans().size() > before);
        const auto runs = session::planRuns(*document.workspace()).value();
        QCOMPARE(runs.size(), run.plans().size());
        QCOMPARE(runs.back().choice, session::choiceKey(document.plan()));
        QCOMPARE(runs.back().tokens, std::uint64_t{64});
    }

private:
    [[nodiscard]] Ran cli(const QStringList& words) const
    {
        return test::runCli(QStringList{words.front(), QStringLiteral("--quiet"), QStringLiteral("--project"),
                                m_folder.filePath(QStringLiteral("shared.bwp"))}
            + words.mid(1));
    }
    [[nodiscard]] session::Inputs project() const
    {
        session::Inputs inputs;
        inputs.project = m_folder.filePath(QStringLiteral("shared.bwp")).toStdString();
        return inputs;
    }

    QTemporaryDir m_folder;
};

QTEST_MAIN(TestPlanRunsShared)
#include "tst_plan_runs_shared.moc"
