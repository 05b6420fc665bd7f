// The main journey by mouse and keys: open a model with its dump, see the massive activation, plan 4.5 bits
// per weight, edit five cells by hand, export, and read the proof. With BITWRIGHT_JOURNEY_MODEL, _DUMP and
// _OUT the same on another model, its export kept and every stage drawn into _OUT/pictures.
#include "tests/support/journey_steps.h"
#include "views/panels/check_list.h"

#include <QDir>
#include <QDoubleSpinBox>
#include <QTemporaryDir>

#include <cmath>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;
using namespace bitwright::test;

class TestJourney : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fromModelToProof();

private:
    void picture(ShownWindow& window, const char* name) const;
    QString m_pictures;
};

void TestJourney::picture(ShownWindow& window, const char* name) const
{
    if (!m_pictures.isEmpty())
        QVERIFY(window->grab().save(QStringLiteral("%1/%2.png").arg(m_pictures, QLatin1String(name))));
}

void TestJourney::fromModelToProof()
{
    const QTemporaryDir folder;
    const QString out = given("BITWRIGHT_JOURNEY_OUT", folder.path());
    if (out != folder.path())
        m_pictures = out + QStringLiteral("/pictures");
    QVERIFY(QDir().mkpath(out) && (m_pictures.isEmpty() || QDir().mkpath(m_pictures)));
    ShownWindow window;
    QCOMPARE(window.open({given("BITWRIGHT_JOURNEY_MODEL", test::kSample),
                 given("BITWRIGHT_JOURNEY_DUMP", test::kSampleDump)}),
        QString());
    auto& document = window.document();
    selectTelling(*window);
    QVERIFY(document.selection().tensor() >= 0);
    QVERIFY(waitForWork(*window).isEmpty());
    picture(window, "1-look");

    window->showPerspective(QStringLiteral("plan"));
    QTest::qWait(50);
    auto* budget = window.find<QDoubleSpinBox>("pareto");
    QVERIFY(budget != nullptr);
    budget->setFocus();
    budget->selectAll();
    QTest::keyClicks(budget, QLocale().toString(4.5, 'f', 3));
    QTest::keyClick(budget, Qt::Key_Return);
    QVERIFY(waitForWork(*window).isEmpty());
    QVERIFY(std::abs(document.numbers().size.bpw() - 4.5) < 0.05);
    picture(window, "2-solved");

    auto* matrix = window.find<BlockRoleMatrix>("sensitivity");
    const plan::Plan solved = document.plan();
    const double harm = document.numbers().objective;
    const int steps = document.undoStack().count();
    for (const int unit : bestToRaise(document, "int8-sym-g128/rtn", 5)) {
        clickCell(*matrix, unit);
        QCOMPARE(document.selection().units(), QVector<int>{unit});
        QTest::keyClick(matrix, Qt::Key_8);
        QCOMPARE(bitsOf(document, unit), 8);
        QTest::keyClick(matrix, Qt::Key_K);
        QVERIFY(document.isLocked(static_cast<std::size_t>(unit)));
    }
    QVERIFY(document.undoStack().count() > steps);
    QVERIFY(document.numbers().objective < harm);
    QVERIFY(waitForWork(*window).isEmpty());
    picture(window, "3-edited");

    // Too large now: what is not locked goes back to the solver's choice at the budget.
    const std::uint64_t edited = document.numbers().size.bytes();
    QTest::keyClick(matrix, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(matrix, Qt::Key_0);
    QVERIFY(document.numbers().size.bytes() < edited && document.numbers().size.bpw() < 4.505);
    QVERIFY(!(document.plan() == solved));
    QVERIFY(document.numbers().objective >= harm); // the solver's plan was the best of its size
    QVERIFY(waitForWork(*window).isEmpty());
    picture(window, "3-fitted");
    qInfo("Five cells by hand: %.3f bpw, predicted harm %g (solved: %g)", document.numbers().size.bpw(),
        document.numbers().objective, harm);

    auto* page = window.panel<ExportPanel>("export");
    window->showPerspective(QStringLiteral("export"));
    page->setFolder(out + QStringLiteral("/packed"));
    QVERIFY(waitForWork(*window).isEmpty());
    picture(window, "4-checks");
    const QString verdict = exportAndWait(*page);
    QVERIFY2(verdict.startsWith(QStringLiteral("Written as planned")), qPrintable(verdict));
    picture(window, "5-proof");
}

QTEST_MAIN(TestJourney)
#include "tst_journey.moc"
