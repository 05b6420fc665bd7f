// The main journey by mouse and keys: open a model with its dump, see the massive activation, plan 4.5 bits
// per weight, edit five cells by hand, export, and read the proof. With BITWRIGHT_JOURNEY_MODEL, _DUMP and
// _OUT the same on another model, its export kept and every stage drawn into _OUT/pictures.
#include "tests/support/shown_window.h"
#include "views/charts/block_role_matrix.h"
#include "views/panels/check_list.h"
#include "views/panels/export_panel.h"

#include <QDir>
#include <QDoubleSpinBox>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;
using test::ShownWindow;

class TestJourney : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fromModelToProof();

private:
    void picture(ShownWindow& window, const char* name) const;
    QString m_pictures;
};

namespace {

QString given(const char* variable, const QString& otherwise)
{
    const QString text = qEnvironmentVariable(variable);
    return text.isEmpty() ? otherwise : text;
}

int bitsOf(Document& document, int unit)
{
    const auto& grid = document.space()->options()[document.choice()[static_cast<std::size_t>(unit)]].grid;
    return grid ? grid->bits : 16;
}

/// The five units below 8 bits that cost most, as their squares in the matrix show.
std::vector<int> mostHarmful(Document& document)
{
    std::vector<int> units(document.choice().size());
    std::iota(units.begin(), units.end(), 0);
    const auto harm = [&](int unit) {
        const auto index = static_cast<std::size_t>(unit);
        return bitsOf(document, unit) < 8 && !document.isLocked(index)
            ? document.space()->cell(index, document.choice()[index]).score.value_or(0)
            : -1.0;
    };
    // Of tied units one stands for all.
    for (const auto& tie : document.space()->tiesOf(document.plan()))
        for (std::size_t i = 1; i < tie.units.size(); ++i)
            units.erase(std::remove(units.begin(), units.end(), static_cast<int>(tie.units[i])), units.end());
    std::stable_sort(units.begin(), units.end(), [&](int a, int b) { return harm(a) > harm(b); });
    units.resize(std::min<std::size_t>(units.size(), 5));
    return units;
}

/// Brings the cell into view as a wheel or scroll bar would, and clicks it.
void clickCell(BlockRoleMatrix& matrix, int unit)
{
    const QRectF cell = matrix.unitRect(unit);
    const QRect view = matrix.viewport()->rect();
    if (cell.bottom() > view.bottom() || cell.top() < view.height() / 4.0)
        matrix.verticalScrollBar()->setValue(matrix.verticalScrollBar()->value()
            + static_cast<int>(std::lround(cell.center().y() - view.center().y())));
    QTest::mouseClick(matrix.viewport(), Qt::LeftButton, {}, matrix.unitRect(unit).center().toPoint());
}

} // namespace

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
    for (const int unit : mostHarmful(document)) {
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
    QPushButton* start = nullptr;
    for (auto* button : page->findChildren<QPushButton*>())
        if (QString(button->text()).remove(QLatin1Char('&')) == QLatin1String("Export"))
            start = button;
    QVERIFY(start != nullptr && start->isEnabled());
    QSignalSpy finished(page, &ExportPanel::finished);
    QTest::mouseClick(start, Qt::LeftButton);
    QVERIFY(finished.count() > 0 || finished.wait(600000));
    QVERIFY2(page->verdict().startsWith(QStringLiteral("Written as planned")), qPrintable(page->verdict()));
    picture(window, "5-proof");
}

QTEST_MAIN(TestJourney)
#include "tst_journey.moc"
