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
#include <utility>
#include <vector>

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

/// The five tied groups below 8 bits where 8 bits take away most harm per byte; one unit stands for each.
std::vector<int> bestToRaise(const Document& document)
{
    const auto& space = *document.space();
    const auto best = space.optionIndex("int8-sym-g128/rtn");
    if (!best)
        return {};
    std::vector<std::vector<std::size_t>> groups;
    std::vector<bool> tied(space.units().size(), false);
    for (const auto& tie : space.tiesOf(document.plan())) {
        groups.push_back(tie.units);
        for (const std::size_t unit : tie.units)
            tied[unit] = true;
    }
    for (std::size_t unit = 0; unit < tied.size(); ++unit)
        if (!tied[unit])
            groups.push_back({unit});
    std::vector<std::pair<double, int>> gains; // descending harm per byte
    for (const auto& group : groups) {
        double harm = 0, bytes = 0;
        for (const std::size_t unit : group) {
            const auto& now = space.cell(unit, document.choice()[unit]);
            const auto& then = space.cell(unit, *best);
            harm += now.score.value_or(0) - then.score.value_or(0);
            bytes += static_cast<double>(then.resolved.bytes) - static_cast<double>(now.resolved.bytes);
        }
        if (bytes > 0 && space.cell(group.front(), *best).legal)
            gains.emplace_back(-harm / bytes, static_cast<int>(group.front()));
    }
    std::sort(gains.begin(), gains.end());
    std::vector<int> units;
    for (std::size_t i = 0; i < std::min<std::size_t>(gains.size(), 5); ++i)
        units.push_back(gains[i].second);
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
    for (const int unit : bestToRaise(document)) {
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
