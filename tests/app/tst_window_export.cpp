// The export page by mouse: checks with remedies, export, cancel, resume, replace, verify.
#include "tests/support/export_model.h"
#include "tests/support/shown_window.h"
#include "views/panels/check_list.h"
#include "views/panels/export_panel.h"
#include "views/panels/proof_view.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QtTest/QTest>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;
using test::kSample;

namespace {

const QString& kDump = test::kSampleDump;

/// A window with the export page in the middle.
class Window : public test::ShownWindow
{
public:
    explicit Window(const QSize& size = {1440, 900})
        : ShownWindow(test::scripted(), size)
        , m_panel(ShownWindow::panel<ExportPanel>("export"))
    { }

    /// Opens, shows the page, and waits for the checks.
    bool open(const QStringList& paths, const QString& folder)
    {
        if (!ShownWindow::open(paths).isEmpty())
            return false;
        (*this)->showPerspective(QStringLiteral("export"));
        m_panel->setFolder(folder);
        return waitForChecks();
    }

    /// The checks run beside the jobs, and their trial takes as long as the machine needs.
    bool waitForChecks()
    {
        return waitForWork(**this).isEmpty()
            && QTest::qWaitFor([this] { return !row("output").isEmpty(); }, 20000);
    }
    ExportPanel& panel() { return *m_panel; }
    QString row(const char* id) { return m_panel->checkList().rowText(QLatin1String(id)); }

    QPushButton* button(const QString& text)
    {
        for (auto* button : m_panel->findChildren<QPushButton*>())
            if (QString(button->text()).remove(QLatin1Char('&')) == text)
                return button;
        return nullptr;
    }
    void click(const QString& text) { QTest::mouseClick(button(text), Qt::LeftButton); }
    void click(const char* id, Remedy remedy)
    {
        QTest::mouseClick(m_panel->checkList().button(QLatin1String(id), remedy), Qt::LeftButton);
    }
    bool exportAndWait()
    {
        QSignalSpy finished(m_panel, &ExportPanel::finished);
        click(QStringLiteral("Export"));
        return finished.count() > 0 || finished.wait(60000);
    }

private:
    ExportPanel* m_panel;
};

bool flipByte(const QString& path, qint64 fromEnd)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadWrite) || !file.seek(file.size() - fromEnd))
        return false;
    char byte = 0;
    return file.getChar(&byte) && file.seek(file.size() - fromEnd)
        && file.putChar(static_cast<char>(byte ^ 0x10));
}

} // namespace

class TestWindowExport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void checksSayWhatIsInOrder();
    void exportsAndProves();
    void cancelLeavesNoOutputAndResumes();
    void earlierExportsAreReplacedOnRequest();
    void nonFiniteWeightsWaitForADecision();
    void brokenTiesAreMended();
    void missingGramsLeadToARemedy();
    void verificationFindsAFlippedBit();
    void unitsThatFailAreMarked();
    void proofIsSortedFilteredAndCopied();
    void nothingIsCut_data();
    void nothingIsCut();
    void defaultFolderLiesBesideTheModel();
};

void TestWindowExport::checksSayWhatIsInOrder()
{
    const QTemporaryDir folder;
    Window window;
    QVERIFY(window.open({kSample, kDump}, folder.filePath(QStringLiteral("out"))));
    // The sample quantizes its head, which some readers do not expect.
    QVERIFY2(window.row("target").contains(QStringLiteral("(warning)")), qPrintable(window.row("target")));
    for (const char* id : {"plan", "ties", "fallbacks", "non-finite", "calibration", "output"})
        QVERIFY2(window.row(id).contains(QStringLiteral("(in order)"))
                || window.row(id).contains(QStringLiteral("(note)")),
            qPrintable(window.row(id)));
    QVERIFY2(window.row("space").contains(QStringLiteral("are free")), qPrintable(window.row("space")));
    QVERIFY2(window.row("space").contains(QStringLiteral("Weights ")), qPrintable(window.row("space")));
    QVERIFY2(window.row("time").contains(QStringLiteral("second")), qPrintable(window.row("time")));
    QVERIFY2(window.panel().verdict().startsWith(QStringLiteral("Ready, with 1 warning")),
        qPrintable(window.panel().verdict()));
    QVERIFY(window.button(QStringLiteral("Export"))->isEnabled());
    QVERIFY(!window.button(QStringLiteral("Cancel"))->isEnabled());
    QVERIFY(!window.button(QStringLiteral("Verify what is there"))->isEnabled());
    window.panel().setFolder(folder.filePath(QStringLiteral("no/such/place")));
    QVERIFY(window.waitForChecks());
    QVERIFY2(window.row("output").contains(QStringLiteral("(problem)")), qPrintable(window.row("output")));
    QVERIFY(!window.button(QStringLiteral("Export"))->isEnabled());
}

void TestWindowExport::exportsAndProves()
{
    const QTemporaryDir folder;
    const QString out = folder.filePath(QStringLiteral("out"));
    Window window;
    QVERIFY(window.open({kSample, kDump}, out));
    QVERIFY(window.exportAndWait());
    QVERIFY2(window.panel().verdict().startsWith(QStringLiteral("Written as planned")),
        qPrintable(window.panel().verdict()));
    QVERIFY(QFile::exists(out + QStringLiteral("/model.safetensors")));
    QVERIFY(!QFile::exists(out + QStringLiteral(".partial")));
    const ProofTable& table = window.panel().proof().table();
    QCOMPARE(table.rowCount(), 36);
    for (int row = 0; row < table.rowCount(); ++row)
        QCOMPARE(table.index(row, ProofTable::ResultColumn).data().toString(), QStringLiteral("exact"));
    QVERIFY(window.panel().proof().remarks().contains(QStringLiteral("No engine has loaded the files")));
    // A row selects its unit everywhere.
    window.panel().proof().view()->selectRow(5);
    const auto unit = static_cast<std::size_t>(window.document().selection().units().value(0));
    QCOMPARE(window.document().space()->units()[unit].name, table.proofs()[5].unit);
    QVERIFY(waitForWork(*window).isEmpty());
    window.click(QStringLiteral("Verify what is there"));
    QTRY_VERIFY_WITH_TIMEOUT(!window.panel().isRunning(), 60000);
    QVERIFY2(window.panel().verdict().startsWith(QStringLiteral("What is there is what was exported")),
        qPrintable(window.panel().verdict()));
}

void TestWindowExport::cancelLeavesNoOutputAndResumes()
{
    const QTemporaryDir folder;
    const QString out = folder.filePath(QStringLiteral("out"));
    const QString whole = folder.filePath(QStringLiteral("whole"));
    Window window;
    QVERIFY(window.open({kSample, kDump}, whole));
    window.document().setUniform(QStringLiteral("int4-sym-g32/rtn"));
    QVERIFY(window.waitForChecks());
    QVERIFY(window.exportAndWait());
    window.panel().setFolder(out);
    QVERIFY(window.waitForChecks());

    QSignalSpy finished(&window.panel(), &ExportPanel::finished);
    window.click(QStringLiteral("Export"));
    QTRY_VERIFY(window.panel().proof().table().rowCount() >= 3 || finished.count() > 0);
    QVERIFY(window.button(QStringLiteral("Cancel"))->isEnabled());
    window.click(QStringLiteral("Cancel"));
    QVERIFY(finished.count() > 0 || finished.wait(10000));
    QVERIFY2(window.panel().verdict().startsWith(QStringLiteral("Canceled")),
        qPrintable(window.panel().verdict()));
    QVERIFY(!QFile::exists(out));
    QVERIFY(window.waitForChecks());
    QVERIFY2(window.row("output").contains(QStringLiteral("resumed")), qPrintable(window.row("output")));

    QVERIFY(window.exportAndWait());
    QVERIFY(window.panel().verdict().startsWith(QStringLiteral("Written as planned")));
    const auto& proofs = window.panel().proof().table().proofs();
    QVERIFY(std::any_of(proofs.begin(), proofs.end(), [](const auto& proof) { return proof.reused; }));
    QVERIFY(test::folderBytes(out.toStdString()) == test::folderBytes(whole.toStdString()));

    // What an interrupted export left can be thrown away.
    window.panel().setFolder(folder.filePath(QStringLiteral("third")));
    QVERIFY(window.waitForChecks());
    finished.clear();
    window.click(QStringLiteral("Export"));
    QTRY_VERIFY(window.panel().proof().table().rowCount() >= 2 || finished.count() > 0);
    window.click(QStringLiteral("Cancel"));
    QVERIFY(finished.count() > 0 || finished.wait(10000));
    QVERIFY(window.waitForChecks());
    QVERIFY(QFile::exists(folder.filePath(QStringLiteral("third.partial"))));
    window.click("output", Remedy::DiscardPartial);
    QTRY_VERIFY(!QFile::exists(folder.filePath(QStringLiteral("third.partial"))));
}

void TestWindowExport::earlierExportsAreReplacedOnRequest()
{
    const QTemporaryDir folder;
    const QString out = folder.filePath(QStringLiteral("out"));
    Window window;
    QVERIFY(window.open({kSample}, out));
    QVERIFY(window.exportAndWait());
    QVERIFY(window.waitForChecks());
    QVERIFY(!window.button(QStringLiteral("Export"))->isEnabled());
    QVERIFY2(
        window.row("output").contains(QStringLiteral("earlier export")), qPrintable(window.row("output")));
    window.document().setBits({0}, 8);
    QVERIFY(window.waitForChecks());
    const auto before = test::folderBytes(out.toStdString());
    window.click("output", Remedy::AllowReplace);
    QVERIFY(window.waitForChecks());
    QVERIFY(window.button(QStringLiteral("Export"))->isEnabled());
    window.click("output", Remedy::ForbidReplace);
    QVERIFY(window.waitForChecks());
    QVERIFY(!window.button(QStringLiteral("Export"))->isEnabled());
    window.click("output", Remedy::AllowReplace);
    QVERIFY(window.waitForChecks());
    QVERIFY(window.exportAndWait());
    QVERIFY2(
        window.panel().verdict().startsWith(QStringLiteral("Written")), qPrintable(window.panel().verdict()));
    QVERIFY(test::folderBytes(out.toStdString()) != before);
    QVERIFY(window.waitForChecks());
    window.click("output", Remedy::FreeName);
    QCOMPARE(window.panel().folder(), out + QStringLiteral("-2"));
    QVERIFY(window.waitForChecks());
    QVERIFY(window.button(QStringLiteral("Export"))->isEnabled());
}

void TestWindowExport::nonFiniteWeightsWaitForADecision()
{
    const test::ExportModel model(model::DType::BF16, true);
    const QString out = QString::fromStdString(model.file("out"));
    Window window;
    QVERIFY(window.open({QString::fromStdString(model.path())}, out));
    window.document().setUniform(QStringLiteral("int4-sym-g32/rtn"));
    QVERIFY(window.waitForChecks());
    QVERIFY2(window.row("non-finite").contains(QLatin1String(test::ExportModel::kNaNTensor)),
        qPrintable(window.row("non-finite")));
    QVERIFY(!window.button(QStringLiteral("Export"))->isEnabled());
    window.click("non-finite", Remedy::SelectUnits);
    const auto selected = window.document().selection().units();
    QCOMPARE(selected.size(), 1);
    QCOMPARE(window.document().space()->units()[static_cast<std::size_t>(selected.first())].name,
        std::string(test::ExportModel::kNaNTensor));
    window.click("non-finite", Remedy::KeepNonFinite);
    QVERIFY(window.waitForChecks());
    QVERIFY(window.button(QStringLiteral("Export"))->isEnabled());
    QVERIFY(window.exportAndWait());
    QVERIFY2(
        window.panel().verdict().startsWith(QStringLiteral("Written")), qPrintable(window.panel().verdict()));
}

void TestWindowExport::brokenTiesAreMended()
{
    const QTemporaryDir folder;
    Window window;
    QVERIFY(window.open({kSample}, folder.filePath(QStringLiteral("out"))));
    plan::Plan plan = window.document().plan();
    const auto& space = *window.document().space();
    const auto unit = space.unitIndex("model.layers.0.self_attn.q_proj.weight");
    QVERIFY(unit);
    auto& option = plan.entries[space.units()[*unit].name].option;
    const auto other = std::find_if(space.optionIds().begin(), space.optionIds().end(),
        [&](const std::string& id) { return id != option && id != "keep"; });
    QVERIFY(other != space.optionIds().end());
    option = *other;
    window.document().setPlan(plan, QStringLiteral("break"));
    QVERIFY(window.waitForChecks());
    QVERIFY2(window.row("ties").contains(QStringLiteral("(problem)")), qPrintable(window.row("ties")));
    QVERIFY(!window.button(QStringLiteral("Export"))->isEnabled());
    const int steps = window.document().undoStack().index();
    window.click("ties", Remedy::TieUnits);
    QVERIFY(window.waitForChecks());
    QVERIFY2(window.row("ties").contains(QStringLiteral("(in order)")), qPrintable(window.row("ties")));
    QVERIFY(window.button(QStringLiteral("Export"))->isEnabled());
    QCOMPARE(window.document().undoStack().index(), steps + 1);
    window.document().undoStack().undo();
    QVERIFY(window.document().plan() == plan);
    QVERIFY(window.waitForChecks());
}

void TestWindowExport::missingGramsLeadToARemedy()
{
    const QTemporaryDir folder;
    Window window;
    QVERIFY(window.open({kSample}, folder.filePath(QStringLiteral("out"))));
    plan::Plan plan = window.document().plan();
    for (const auto& unit : window.document().space()->units())
        plan.entries[unit.name].option = "int4-sym-g32/gptq";
    QVERIFY(window.document().space()->optionIndex("int4-sym-g32/gptq") == std::nullopt);
    PlanSettings settings = window.document().settings();
    settings.method = quant::Method::Gptq;
    window.document().setSettings(settings);
    QVERIFY(window.waitForChecks());
    plan.target = window.document().plan().target;
    window.document().setPlan(plan, QStringLiteral("gptq"));
    QVERIFY(window.waitForChecks());
    QVERIFY2(window.row("calibration").contains(QStringLiteral("(problem)")),
        qPrintable(window.row("calibration")));
    QSignalSpy dump(&window.panel(), &Panel::openDumpRequested);
    // The window would ask for a file.
    QObject::disconnect(&window.panel(), &Panel::openDumpRequested, &*window, nullptr);
    window.click("calibration", Remedy::OpenDump);
    QCOMPARE(dump.count(), 1);
    window.click("calibration", Remedy::RoundToNearest);
    QVERIFY(window.waitForChecks());
    QVERIFY(window.document().settings().method == quant::Method::RoundToNearest);
}

void TestWindowExport::verificationFindsAFlippedBit()
{
    const QTemporaryDir folder;
    const QString out = folder.filePath(QStringLiteral("out"));
    Window window;
    QVERIFY(window.open({kSample}, out));
    window.document().setUniform(QStringLiteral("int8-sym-row/rtn"));
    QVERIFY(window.waitForChecks());
    QVERIFY(window.exportAndWait());
    QVERIFY(waitForWork(*window).isEmpty());
    const auto written = formats::openCheckpoint(out.toStdString()).value();
    const std::string module = "model.layers.1.mlp.down_proj";
    const auto& info = written->tensors()[*written->find(module + ".weight_packed")];
    const auto path = out + QStringLiteral("/model.safetensors");
    QVERIFY(flipByte(path, QFileInfo(path).size() - static_cast<qint64>(info.offset) - 9));
    window.click(QStringLiteral("Verify what is there"));
    QTRY_VERIFY_WITH_TIMEOUT(!window.panel().isRunning(), 60000);
    QVERIFY2(window.panel().verdict().startsWith(QStringLiteral("The verification failed")),
        qPrintable(window.panel().verdict()));
    const ProofTable& table = window.panel().proof().table();
    QCOMPARE(table.failures(), 1);
    QCOMPARE(table.rowCount(), 36);
    for (const auto& proof : table.proofs())
        QCOMPARE(!proof.problem.empty(), proof.unit == module + ".weight");
    QVERIFY(window.panel().proof().remarks().contains(QString::fromStdString(module)));
}

void TestWindowExport::unitsThatFailAreMarked()
{
    ProofView view;
    view.resize(700, 300);
    view.show();
    exporting::TensorProof proof;
    proof.unit = "model.layers.0.self_attn.q_proj.weight";
    proof.planned = proof.written = "int4-sym-g32/rtn";
    proof.rereadExact = true;
    view.add(proof);
    proof.unit = "model.layers.0.self_attn.k_proj.weight";
    view.add(proof);
    proof.rereadExact = false;
    proof.problem = "the file holds other values than were written";
    view.add(proof); // said again, and worse
    QCOMPARE(view.table().rowCount(), 2);
    QCOMPARE(view.table().failures(), 1);
    QCOMPARE(view.table().index(1, ProofTable::ResultColumn).data().toString(), QStringLiteral("failed"));
    QVERIFY(view.table()
                .index(1, ProofTable::ResultColumn)
                .data(Qt::ToolTipRole)
                .toString()
                .contains(QStringLiteral("other values")));
}

void TestWindowExport::proofIsSortedFilteredAndCopied()
{
    const QTemporaryDir folder;
    Window window;
    QVERIFY(window.open({kSample, kDump}, folder.filePath(QStringLiteral("out"))));
    QVERIFY(window.exportAndWait());
    ProofView& proof = window.panel().proof();
    auto* view = proof.view();
    auto* header = view->horizontalHeader();
    const QAbstractItemModel* shown = view->model();
    const int x = header->sectionViewportPosition(ProofTable::BytesColumn) + 8;
    QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, QPoint(x, header->height() / 2));
    for (int row = 1; row < shown->rowCount(); ++row)
        QVERIFY(shown->index(row - 1, ProofTable::BytesColumn).data(ProofTable::SortRole).toULongLong()
            <= shown->index(row, ProofTable::BytesColumn).data(ProofTable::SortRole).toULongLong());
    auto* filter = proof.findChild<QLineEdit*>();
    filter->setFocus();
    QTest::keyClicks(filter, QStringLiteral("down_proj"));
    QVERIFY(shown->rowCount() > 0 && shown->rowCount() < 36);
    for (int row = 0; row < shown->rowCount(); ++row)
        QVERIFY(shown->index(row, ProofTable::UnitColumn)
                    .data()
                    .toString()
                    .contains(QStringLiteral("down_proj")));
    filter->clear();
    auto* kind = proof.findChild<QComboBox*>();
    kind->setCurrentIndex(1);
    QCOMPARE(shown->rowCount(), 0); // nothing failed
    kind->setCurrentIndex(0);
    QCOMPARE(shown->rowCount(), 36);
    window.click(QStringLiteral("Copy table"));
    const QStringList lines = QApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 37);
    QVERIFY(lines.first().startsWith(QStringLiteral("unit,planned,written")));
    QVERIFY(!lines.at(1).contains(QStringLiteral("dB")));
    window.click(QStringLiteral("Copy report"));
    const QString report = QApplication::clipboard()->text();
    QVERIFY(report.startsWith(QStringLiteral("# tiny-llama: Written as planned")));
    QVERIFY(report.contains(QStringLiteral("Not checked")) && report.contains(QStringLiteral("| exact |")));
}

void TestWindowExport::nothingIsCut_data()
{
    QTest::addColumn<QSize>("size");
    QTest::newRow("1100x700") << QSize(1100, 700);
    QTest::newRow("1440x900") << QSize(1440, 900);
}

void TestWindowExport::nothingIsCut()
{
    QFETCH(QSize, size);
    const QTemporaryDir folder;
    Window window(size);
    QVERIFY(window.open({kSample, kDump}, folder.filePath(QStringLiteral("out"))));
    const auto check = [&] {
        for (auto* button : window.panel().findChildren<QPushButton*>()) {
            if (!button->isVisible())
                continue;
            QVERIFY2(button->width() >= button->minimumSizeHint().width(), qPrintable(button->text()));
            const QPoint corner = button->mapTo(&window.panel(), QPoint(button->width(), 0));
            QVERIFY2(corner.x() <= window.panel().width(), qPrintable(button->text()));
        }
    };
    check();
    QVERIFY(window.exportAndWait());
    check();
    QVERIFY(window.panel().proof().view()->height() > 100);
}

void TestWindowExport::defaultFolderLiesBesideTheModel()
{
    const QTemporaryDir folder;
    QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("llama")));
    const QString model = folder.filePath(QStringLiteral("llama"));
    QCOMPARE(ExportPanel::defaultFolder(model + QLatin1Char('/'), QStringLiteral("fake-quant")),
        model + QStringLiteral("-fake-quant"));
    QCOMPARE(ExportPanel::freeName(model), model + QStringLiteral("-2"));
    QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("llama-2.partial")));
    QCOMPARE(ExportPanel::freeName(model), model + QStringLiteral("-3"));
    QCOMPARE(ExportPanel::freeName(folder.filePath(QStringLiteral("new"))),
        folder.filePath(QStringLiteral("new")));
    // Where nothing can be written beside the model, the user's own folder is proposed.
    QVERIFY(!ExportPanel::defaultFolder(
        folder.filePath(QStringLiteral("gone/llama")), QStringLiteral("fake-quant"))
                 .startsWith(folder.path()));
}

QTEST_MAIN(TestWindowExport)
#include "tst_window_export.moc"
