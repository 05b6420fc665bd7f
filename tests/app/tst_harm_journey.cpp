// From a model alone to a plan that was run, by mouse and keys: record activations, measure what every option
// of every unit costs, solve at 4 bits per weight by that, set three cells by hand, run the plan, export it.
// What the page promised goes into promise.json, for another reader of the export to hold against its own
// run.
//
// With BITWRIGHT_JOURNEY_MODEL, _OUT and _TARGET the same on another model, kept, with every stage drawn into
// _OUT/pictures.
#include "app/gui/record_dialog.h"
#include "tests/support/journey_steps.h"
#include "views/models/harm_run.h"
#include "views/models/run_text.h"
#include "views/panels/harm_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QToolButton>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;
using namespace bitwright::test;

namespace {
constexpr double kBudget = 4.25; // bits per weight
}

class TestHarmJourney : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void records();
    void measures();
    void solves();
    void correctsByHand();
    void runsThePlan();
    void exports();
    void cleanupTestCase() { m_window.reset(); }

private:
    void picture(const char* name);
    void choose(QComboBox& box, const QVariant& data, int role = Qt::UserRole);
    void measureAndWait(HarmRun::What what, int tokens, bool fromEnd);
    [[nodiscard]] HarmPanel& page() { return *m_window->panel<HarmPanel>("harm"); }
    [[nodiscard]] HarmRun& run() { return *(*m_window)->findChild<HarmRun*>(); }
    [[nodiscard]] int tokens() const { return m_real ? 512 : 1024; }

    QTemporaryDir m_folder;
    QString m_out;
    QString m_model = given("BITWRIGHT_JOURNEY_MODEL", kSample);
    QString m_target = given("BITWRIGHT_JOURNEY_TARGET", QStringLiteral("fake-quant"));
    bool m_real = qEnvironmentVariableIsSet("BITWRIGHT_JOURNEY_MODEL");
    std::unique_ptr<ShownWindow> m_window;
};

void TestHarmJourney::picture(const char* name)
{
    if (qEnvironmentVariableIsSet("BITWRIGHT_JOURNEY_OUT"))
        QVERIFY(
            (*m_window)->grab().save(QStringLiteral("%1/pictures/%2.png").arg(m_out, QLatin1String(name))));
}

void TestHarmJourney::choose(QComboBox& box, const QVariant& data, int role)
{
    const int index = box.findData(data, role);
    QVERIFY2(index >= 0, qPrintable(data.toString()));
    box.setCurrentIndex(index); // at once: each one on the way would be scored
    Q_EMIT box.activated(index); // as the list does
}

void TestHarmJourney::initTestCase()
{
    m_out = given("BITWRIGHT_JOURNEY_OUT", m_folder.path());
    QVERIFY(QDir().mkpath(m_out + QStringLiteral("/pictures")));
    m_window = std::make_unique<ShownWindow>();
    QCOMPARE(m_window->open({m_model}), QString());
    QVERIFY(m_window->document().workspace()->dump() == nullptr);
    picture("1-without-activations");
}

void TestHarmJourney::records()
{
    m_window->action("file.record")->trigger();
    auto* dialog = (*m_window)->findChild<QDialog*>(QStringLiteral("recordActivations"));
    QVERIFY(dialog != nullptr && dialog->isVisible());
    dialog->findChild<QSpinBox*>()->setValue(2 * tokens());
    for (auto* edit : dialog->findChildren<QLineEdit*>())
        if (edit->text().endsWith(QStringLiteral(".h5")))
            edit->setText(m_out + QStringLiteral("/activations.h5"));
    for (auto* button : dialog->findChild<QDialogButtonBox*>()->buttons())
        if (button->text().contains(QStringLiteral("Record")))
            QTest::mouseClick(button, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_window->document().workspace()->dump() != nullptr, 600000);
    QCOMPARE(waitForWork(**m_window), QString());
    QVERIFY(!m_window->document().workspace()->dump()->gradients().empty());
    picture("2-recorded");
}

void TestHarmJourney::measureAndWait(HarmRun::What what, int tokens, bool fromEnd)
{
    (*m_window)->showPanel(QStringLiteral("harm"));
    QTest::qWait(50);
    choose(*m_window->find<QComboBox>("harm", "What to measure"), static_cast<int>(what));
    choose(
        *m_window->find<QComboBox>("harm", "Text to measure on"), static_cast<int>(RunText::Source::Bundled));
    m_window->find<QSpinBox>("harm", "Tokens to run")->setValue(tokens);
    auto* end = m_window->find<QCheckBox>("harm");
    if (end->isChecked() != fromEnd)
        QTest::keyClick(end, Qt::Key_Space);
    QCOMPARE(run().obstacle(page().request()), QString());
    for (auto* button : page().findChildren<QPushButton*>())
        if (QString(button->text()).remove(QLatin1Char('&')) == QLatin1String("Measure"))
            QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(run().isRunning());
    constexpr int kLongest = 3'600'000;
    QTRY_VERIFY_WITH_TIMEOUT(!run().isRunning(), kLongest);
    QCOMPARE(waitForWork(**m_window), QString());
}

void TestHarmJourney::measures()
{
    (*m_window)->showPerspective(QStringLiteral("plan"));
    QTest::qWait(50);
    choose(*m_window->find<QComboBox>("pareto", "Target"), m_target, Qt::DisplayRole);
    QCOMPARE(waitForWork(**m_window), QString());
    QCOMPARE(m_window->document().space()->target().id(), m_target.toStdString());
    measureAndWait(HarmRun::What::Everything, tokens(), false);
    QVERIFY(run().pairs().size() >= m_window->document().space()->units().size());
    picture("3-measured");
    // What was measured is what plans are made from now.
    QVERIFY2(m_window->document().space()->provenance().score.find("measured") != std::string::npos,
        m_window->document().space()->provenance().score.c_str());
    // And the chip says of what: of harm, on as many tokens as the pair with most had.
    const auto* chip = (*m_window)->findChild<QToolButton*>(QStringLiteral("header.scores"));
    QVERIFY2(chip->accessibleName().startsWith(QStringLiteral("scores: measured, up to ")),
        qPrintable(chip->accessibleName()));
}

void TestHarmJourney::solves()
{
    (*m_window)->showPerspective(QStringLiteral("plan"));
    QTest::qWait(50);
    auto* budget = m_window->find<QDoubleSpinBox>("pareto");
    budget->setFocus();
    budget->selectAll();
    QTest::keyClicks(budget, QLocale().toString(kBudget, 'f', 3));
    QTest::keyClick(budget, Qt::Key_Return);
    QCOMPARE(waitForWork(**m_window), QString());
    QVERIFY(std::abs(m_window->document().numbers().size.bpw() - kBudget) < 0.05);
    picture("4-solved");
}

void TestHarmJourney::correctsByHand()
{
    auto& document = m_window->document();
    auto* matrix = m_window->find<BlockRoleMatrix>("sensitivity");
    std::string eightBits;
    for (const auto& option : document.space()->options())
        if (option.grid && option.grid->bits == 8)
            eightBits = option.id;
    const auto units = bestToRaise(document, eightBits.c_str(), 3);
    QCOMPARE(units.size(), std::size_t{3});
    for (const int unit : units) {
        clickCell(*matrix, unit);
        QCOMPARE(document.selection().units(), QVector<int>{unit});
        QTest::keyClick(matrix, Qt::Key_8);
        QCOMPARE(bitsOf(document, unit), 8);
        QTest::keyClick(matrix, Qt::Key_K);
    }
    QTest::keyClick(matrix, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(matrix, Qt::Key_0); // the rest makes room for them
    QCOMPARE(waitForWork(**m_window), QString());
    QVERIFY(document.numbers().size.bpw() < kBudget + 0.005);
    for (const int unit : units)
        QCOMPARE(bitsOf(document, unit), 8);
    picture("5-by-hand");
}

void TestHarmJourney::runsThePlan()
{
    // On tokens that chose nothing.
    measureAndWait(HarmRun::What::Plan, tokens(), true);
    picture("6-run");
    const PlanHarm* plan = run().currentPlan();
    QVERIFY(plan != nullptr && plan->low && plan->high && plan->perplexity && plan->referencePerplexity);
    QVERIFY(plan->mean > 0 && *plan->low <= plan->mean && plan->mean <= *plan->high);
    const auto& plans = run().plans();
    const auto uniform = std::find_if(plans.begin(), plans.end(),
        [](const PlanHarm& other) { return other.kind == PlanHarm::Kind::Uniform; });
    QVERIFY(uniform != plans.end());
    qInfo("KL %g (%g to %g) nats per token, uniform %g; perplexity %g, of the original %g", plan->mean,
        *plan->low, *plan->high, uniform->mean, *plan->perplexity, *plan->referencePerplexity);
}

void TestHarmJourney::exports()
{
    auto* exporter = m_window->panel<ExportPanel>("export");
    (*m_window)->showPerspective(QStringLiteral("export"));
    exporter->setFolder(m_out + QStringLiteral("/export"));
    QCOMPARE(waitForWork(**m_window), QString());
    const QString verdict = exportAndWait(*exporter);
    QVERIFY2(verdict.startsWith(QStringLiteral("Written as planned")), qPrintable(verdict));
    picture("7-proof");
    const PlanHarm* plan = run().currentPlan();
    QVERIFY(plan != nullptr);
    const auto batch = tokensOf(
        *m_window->document().workspace(), {RunText::Source::Bundled, {}, tokens(), true}, RunContext());
    QVERIFY(batch);
    QJsonArray sequences;
    for (std::size_t s = 0; s < batch->sequences(); ++s) {
        QJsonArray ids;
        for (std::size_t i = batch->starts[s]; i < batch->starts[s + 1]; ++i)
            ids.append(static_cast<qint64>(batch->ids[i]));
        sequences.append(ids);
    }
    QFile file(m_out + QStringLiteral("/promise.json"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const QJsonObject promise{{QStringLiteral("model"), m_model},
        {QStringLiteral("export"), m_out + QStringLiteral("/export")}, {QStringLiteral("target"), m_target},
        {QStringLiteral("perplexity"), *plan->perplexity},
        {QStringLiteral("reference_perplexity"), *plan->referencePerplexity},
        {QStringLiteral("kl"), plan->mean}, {QStringLiteral("sequences"), sequences}};
    QVERIFY(file.write(QJsonDocument(promise).toJson()) > 0);
}

QTEST_MAIN(TestHarmJourney)
#include "tst_harm_journey.moc"
