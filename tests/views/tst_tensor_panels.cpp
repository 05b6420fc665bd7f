#include "core/model/matrix_reader.h"
#include "tests/support/open_sample.h"
#include "views/panels/html_text.h"
#include "views/panels/segmented_switch.h"
#include "views/panels/spectrum_panel.h"
#include "views/panels/tensor_data.h"
#include "views/panels/tree_delegate.h"
#include "views/panels/weights_panel.h"

#include <QComboBox>
#include <QSignalSpy>
#include <QTableWidget>
#include <QToolButton>
#include <QtTest>

#include <cmath>

using namespace bitwright;
using namespace bitwright::views;

namespace {

/// The sample, scanned and planned, with one tensor selected.
class Opened
{
public:
    Opened()
        : document(jobs)
    {
        test::openSample(jobs, document);
        document.scan();
        wait([this] { return !document.isScanning() && jobs.isIdle(); });
        document.selectUnits({3});
    }
    ~Opened() { jobs.shutDown(); }

    template <typename Done>
    void wait(const Done& done)
    {
        QVERIFY(QTest::qWaitFor(done, 60000));
    }
    /// Longer than the delay before work starts.
    void settle()
    {
        QTest::qWait(200);
        wait([this] { return jobs.isIdle(); });
        QTest::qWait(20);
    }

    JobQueue jobs;
    Document document;
};

quant::Option optionOf(const char* id)
{
    return *quant::optionFromId(id);
}

RunContext context()
{
    RunContext context;
    context.threads = 2;
    return context;
}

} // namespace

class TestTensorPanels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesBreakBetweenTheirParts();
    void longNamesLoseTheirFirstParts()
    {
        const QFontMetrics metrics{QFont()};
        const QString name = QStringLiteral("embeddings.position_embeddings.weight");
        const auto shortened = [&](const QString& fitting) {
            return shortenedName(name, metrics, metrics.horizontalAdvance(fitting));
        };
        QCOMPARE(shortened(name), name);
        QCOMPARE(shortened(QStringLiteral("\u2026position_embeddings.weight_")),
            QStringLiteral("\u2026position_embeddings.weight"));
        const QString cut = shortened(QStringLiteral("\u2026position_embed")); // "weight" alone says nothing
        QVERIFY(cut.startsWith(QStringLiteral("posi")) && cut.endsWith(QStringLiteral("weight")));
        QVERIFY(metrics.horizontalAdvance(shortened(QStringLiteral("wei")))
            <= metrics.horizontalAdvance(QStringLiteral("wei")));
    }
    void cellsFit();
    void picturesEqualTheMatrix();
    void gridEqualsPlainLoops_data();
    void gridEqualsPlainLoops();
    void clippingIsCounted();
    void partsEqualTheWhole();
    void errorSpectrumHasTheErrorsEnergy();
    void workStops();
    void segmentsByMouseAndKeys();
    void previewEditsNothing();
    void imageClickPinsTheChannel();
    void estimatorIsChosenInTheTable();
    void alphaSelectsTheTensor();
    void emptyStatesOfferARemedy();
};

void TestTensorPanels::cellsFit()
{
    QCOMPARE(cellShape(10, 20, 200).rowsPerCell, std::uint64_t{1});
    for (const auto& [rows, columns] :
        {std::pair<std::uint64_t, std::uint64_t>(262144, 640), {5, 1000000}, {1, 1}, {7, 3}}) {
        for (const std::uint64_t limit : {1U, 10U, 4096U}) {
            const auto shape = cellShape(rows, columns, limit);
            const auto cells = ((rows + shape.rowsPerCell - 1) / shape.rowsPerCell)
                * ((columns + shape.columnsPerCell - 1) / shape.columnsPerCell);
            QVERIFY(cells <= limit);
        }
    }
}

void TestTensorPanels::picturesEqualTheMatrix()
{
    Opened opened;
    const auto& workspace = *opened.document.workspace();
    const MatrixRef ref{opened.document.selection().tensor(), 0};
    const auto picture = weightPicture(workspace, ref, context());
    QVERIFY(picture.has_value());
    const auto reader
        = model::MatrixReader::open(workspace.checkpoint(), static_cast<std::size_t>(ref.tensor));
    const auto weights = reader->readAll();
    QCOMPARE(picture->rows, reader->rows());
    for (std::size_t row = 0; row < picture->rows; ++row)
        for (std::size_t column = 0; column < picture->columns; ++column)
            QCOMPARE(picture->cells->at(row, column), (*weights)[row * picture->columns + column]);
}

void TestTensorPanels::gridEqualsPlainLoops_data()
{
    QTest::addColumn<QByteArray>("option");
    for (const char* id : {"int4-sym-g32/rtn", "int3-asym-g32/rtn", "int4-narrow-row/clip", "nf4-g64/rtn",
             "fp8-e4m3-row/rtn", "int4-sym-g32/gptq"})
        QTest::newRow(id) << QByteArray(id);
}

void TestTensorPanels::gridEqualsPlainLoops()
{
    QFETCH(QByteArray, option);
    Opened opened;
    const auto& workspace = *opened.document.workspace();
    const MatrixRef ref{opened.document.selection().tensor(), 0};
    const auto chosen = optionOf(option.constData());
    const auto grid = weightGrid(workspace, ref, chosen, {-1, 0, 1}, context());
    QVERIFY2(grid.has_value(), grid ? "" : grid.error().oneLine().c_str());
    QCOMPARE(QByteArray::fromStdString(grid->option), option);
    // Every weight lands on a level.
    double share = 0;
    for (const auto& level : grid->levels)
        share += level.share;
    QVERIFY(std::abs(share - 1.0) < 1e-9);
    // Error and SQNR by double loops over what the picture holds.
    const auto weights
        = model::MatrixReader::open(workspace.checkpoint(), static_cast<std::size_t>(ref.tensor))->readAll();
    double errors = 0, signal = 0, largest = 0;
    for (std::size_t row = 0; row < grid->error.rows; ++row)
        for (std::size_t column = 0; column < grid->error.columns; ++column) {
            const double e = double{grid->error.cells->at(row, column)};
            const double w = double{(*weights)[row * grid->error.columns + column]};
            errors += e * e;
            signal += w * w;
            largest = std::max(largest, std::abs(e));
        }
    QVERIFY(std::abs(*grid->sqnrDb - 10 * std::log10(signal / errors)) < 1e-9);
    QCOMPARE(grid->maxError, largest);
    QCOMPARE(grid->scales.rows, grid->error.rows);
    QCOMPARE(grid->scales.columns, chosen.grid->groupsPerRow(grid->error.columns));
    QVERIFY(grid->scales.cells->absMax() > 0);
    // What covers the range of its group cuts nothing off.
    if (chosen.method == quant::Method::RoundToNearest)
        QCOMPARE(grid->clippedWeights, std::uint64_t{0});
}

void TestTensorPanels::clippingIsCounted()
{
    Opened opened;
    const auto& workspace = *opened.document.workspace();
    const MatrixRef ref{opened.document.selection().tensor(), 0};
    const auto* result = opened.document.result(ref.tensor);
    const auto edges = weightHistogramData(
        workspace.checkpoint().tensors()[static_cast<std::size_t>(ref.tensor)], *result->stats)
                           .edges;
    const auto grid = weightGrid(workspace, ref, optionOf("int2-sym-g128/clip"), edges, context());
    QVERIFY(grid.has_value());
    QVERIFY(grid->clippedWeights > 0 && grid->clippedWeights < grid->weights / 4);
    double binned = 0;
    for (const double count : grid->clipped)
        binned += count;
    QCOMPARE(binned, static_cast<double>(grid->clippedWeights));
    // The same histogram as the scan's, and every weight of it.
    const auto scanned = weightHistogramData(
        workspace.checkpoint().tensors()[static_cast<std::size_t>(ref.tensor)], *result->stats);
    QCOMPARE(grid->counts.size(), scanned.counts.size());
    double counted = 0;
    for (const double count : grid->counts)
        counted += count;
    QCOMPARE(counted, static_cast<double>(grid->weights));
    // A few far weights leave the crowd a handful of bins: finer ones are asked for, as wide as each other.
    WeightHistogramData far;
    for (int i = 0; i <= 512; ++i)
        far.edges.push_back(i);
    far.counts.assign(512, 0);
    for (std::size_t i = 0; i < 20; ++i)
        far.counts[i] = 1e6;
    far.counts.back() = 1;
    const auto finer = finerEdges(far);
    QCOMPARE(finer.size(), std::size_t{512 * 12 + 1});
    QCOMPARE(finer.back(), 512.0);
    far.counts.assign(512, 1e6);
    QCOMPARE(finerEdges(far), far.edges);
    // Every clipped weight errs by more than any weight of a group that is not cut: more than half a step.
    QVERIFY(grid->maxError > double{grid->scales.cells->absMax()} / 2);
}

void TestTensorPanels::partsEqualTheWhole()
{
    Opened opened;
    const auto& workspace = *opened.document.workspace();
    const MatrixRef ref{opened.document.selection().tensor(), 0};
    const auto option = optionOf("int4-sym-g32/rtn");
    const auto grid = weightGrid(workspace, ref, option, {}, context());
    const auto part = matrixPart(workspace, {ref, option, 3, 9, 5, 21}, context());
    QVERIFY(grid && part);
    QCOMPARE(part->values->rows(), std::size_t{6});
    QCOMPARE(part->values->columns(), std::size_t{16});
    for (std::size_t row = 0; row < 6; ++row)
        for (std::size_t column = 0; column < 16; ++column)
            QCOMPARE(part->values->at(row, column), grid->error.cells->at(row + 3, column + 5));
    QVERIFY(!matrixPart(workspace, {ref, std::nullopt, 5, 5, 0, 1}, context()));
}

void TestTensorPanels::errorSpectrumHasTheErrorsEnergy()
{
    Opened opened;
    const auto& workspace = *opened.document.workspace();
    const MatrixRef ref{opened.document.selection().tensor(), 0};
    const auto option = optionOf("int3-sym-g32/rtn");
    const auto eigenvalues = errorSpectrum(workspace, ref, option, context());
    const auto grid = weightGrid(workspace, ref, option, {}, context());
    QVERIFY(eigenvalues && grid);
    double trace = 0, energy = 0;
    for (const double value : *eigenvalues)
        trace += value;
    for (std::size_t row = 0; row < grid->error.rows; ++row)
        for (std::size_t column = 0; column < grid->error.columns; ++column)
            energy += std::pow(double{grid->error.cells->at(row, column)}, 2);
    QVERIFY(std::abs(trace - energy) < 1e-4 * energy);
}

void TestTensorPanels::workStops()
{
    Opened opened;
    RunContext stopped = context();
    std::stop_source source;
    source.request_stop();
    stopped.stop = source.get_token();
    const MatrixRef ref{opened.document.selection().tensor(), 0};
    const auto picture = weightPicture(*opened.document.workspace(), ref, stopped);
    QVERIFY(!picture && picture.error().code == ErrorCode::Cancelled);
    const auto grid
        = weightGrid(*opened.document.workspace(), ref, optionOf("int4-sym-g32/rtn"), {}, stopped);
    QVERIFY(!grid && grid.error().code == ErrorCode::Cancelled);
}

void TestTensorPanels::segmentsByMouseAndKeys()
{
    Opened opened;
    WeightsPanel panel(opened.document, opened.jobs);
    panel.resize(700, 480);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    const auto buttons = panel.findChild<SegmentedSwitch*>()->findChildren<QToolButton*>();
    QCOMPARE(buttons.size(), 5);
    QTest::mouseClick(buttons[1], Qt::LeftButton);
    QCOMPARE(panel.mode(), WeightsPanel::ImageMode);
    opened.settle();
    auto* image = qobject_cast<MatrixImage*>(panel.surface()->surfaceWidget());
    QVERIFY(image != nullptr && image->data().cells != nullptr && !image->isStale());
    buttons[1]->setFocus();
    QTest::keyClick(buttons[1], Qt::Key_Right);
    QCOMPARE(panel.mode(), WeightsPanel::ErrorMode);
    opened.settle();
    auto* error = qobject_cast<MatrixImage*>(panel.surface()->surfaceWidget());
    QVERIFY(error != image && error->data().cells != nullptr);
    panel.activateWindow();
    QTest::keyClick(&panel, Qt::Key_5, Qt::ControlModifier | Qt::AltModifier);
    QCOMPARE(panel.mode(), WeightsPanel::ChannelsMode);
    QVERIFY(qobject_cast<ChannelRidge*>(panel.surface()->surfaceWidget())->data().activation.size() > 0);
    QStringList ids;
    for (const QAction* action : panel.actions())
        ids << action->objectName();
    QVERIFY(ids.contains(QStringLiteral("weights.scales")));
}

void TestTensorPanels::previewEditsNothing()
{
    Opened opened;
    WeightsPanel panel(opened.document, opened.jobs);
    panel.resize(700, 480);
    panel.show();
    opened.settle();
    auto* histogram = qobject_cast<WeightHistogram*>(panel.surface()->surfaceWidget());
    const auto before = opened.document.plan();
    const int undo = opened.document.undoStack().count();
    QVERIFY(!histogram->data().levels.empty() && !histogram->data().preview);
    auto* chooser = panel.findChild<QComboBox*>();
    const QString planned = histogram->data().option;
    for (int i = 1; i < chooser->count(); ++i)
        if (chooser->itemData(i).toString() != planned
            && chooser->itemData(i).toString().startsWith(QStringLiteral("int8"))) {
            chooser->setCurrentIndex(i);
            break;
        }
    QVERIFY(chooser->currentIndex() > 0);
    opened.settle();
    QVERIFY(histogram->data().preview);
    QCOMPARE(histogram->data().option, chooser->currentData().toString().section(u'/', 0, 0));
    QVERIFY(!histogram->isStale());
    QVERIFY(opened.document.plan() == before);
    QCOMPARE(opened.document.undoStack().count(), undo);
    chooser->setCurrentIndex(0);
    opened.settle();
    QCOMPARE(histogram->data().option, planned);
    QVERIFY(!histogram->data().preview);
}

void TestTensorPanels::imageClickPinsTheChannel()
{
    Opened opened;
    WeightsPanel panel(opened.document, opened.jobs);
    panel.resize(700, 480);
    panel.show();
    panel.setMode(WeightsPanel::ImageMode);
    opened.settle();
    auto* image = qobject_cast<MatrixImage*>(panel.surface()->surfaceWidget());
    image->replot(QCustomPlot::rpImmediateRefresh);
    const QPointF at = image->cellPixel(4, 11).toPoint();
    const auto place = image->placeAt(at);
    QVERIFY(place.has_value());
    QTest::mouseClick(image, Qt::LeftButton, Qt::NoModifier, at.toPoint());
    QCOMPARE(opened.document.selection().channel(), static_cast<int>(place->column));
}

void TestTensorPanels::estimatorIsChosenInTheTable()
{
    Opened opened;
    SpectrumPanel panel(opened.document, opened.jobs);
    panel.resize(1000, 560);
    panel.show();
    opened.settle();
    auto* table = panel.findChild<QTableWidget*>();
    QVERIFY(table != nullptr && table->isVisible());
    QCOMPARE(table->rowCount(), static_cast<int>(spectra::allTailEstimators().size()));
    auto* chart = qobject_cast<SpectrumChart*>(panel.surface()->surfaceWidget());
    for (int row = 0; row < table->rowCount(); ++row) {
        QTest::mouseClick(table->viewport(), Qt::LeftButton, Qt::NoModifier,
            table->visualItemRect(table->item(row, 0)).center());
        QCOMPARE(panel.estimator(), spectra::allTailEstimators()[static_cast<std::size_t>(row)]);
        const bool fitted = table->item(row, 1)->text() != QStringLiteral("–");
        QCOMPARE(chart->data().tails.size(), fitted ? std::size_t{1} : std::size_t{0});
        if (fitted)
            QCOMPARE(chart->data().tails.front().name, table->item(row, 0)->text());
    }
    QVERIFY(!chart->data().errorEigenvalues.empty());
}

void TestTensorPanels::alphaSelectsTheTensor()
{
    Opened opened;
    SpectrumPanel panel(opened.document, opened.jobs);
    panel.resize(1000, 560);
    panel.show();
    panel.setMode(SpectrumPanel::AlphaMode);
    opened.settle();
    auto* chart = qobject_cast<AlphaChart*>(panel.surface()->surfaceWidget());
    QVERIFY(chart != nullptr);
    QCOMPARE(chart->data().points.size(), opened.document.workspace()->units().size());
    int fitted = 0;
    for (const auto& point : chart->data().points) {
        fitted += std::isfinite(point.alpha) ? 1 : 0;
        QVERIFY(std::isfinite(point.bits));
    }
    QVERIFY(fitted > 0);
    chart->replot(QCustomPlot::rpImmediateRefresh);
    const double x = chart->xAxis->coordToPixel(7), y = chart->yAxis->axisRect()->center().y();
    QTest::mouseClick(chart, Qt::LeftButton, Qt::NoModifier, QPointF(x, y).toPoint());
    QCOMPARE(opened.document.selection().units(), QVector<int>{7});
    const auto press = [&](int point, Qt::KeyboardModifiers keys) {
        opened.settle();
        chart->replot(QCustomPlot::rpImmediateRefresh);
        const QPointF at(chart->xAxis->coordToPixel(point), chart->yAxis->axisRect()->center().y());
        QTest::mouseClick(chart, Qt::LeftButton, keys, at.toPoint());
    };
    press(9, Qt::ShiftModifier);
    QCOMPARE(opened.document.selection().units(), (QVector<int>{7, 8, 9}));
    press(8, Qt::ControlModifier);
    QCOMPARE(opened.document.selection().units(), (QVector<int>{7, 9}));
    press(3, Qt::ControlModifier);
    QCOMPARE(opened.document.selection().units(), (QVector<int>{3, 7, 9}));
    press(5, Qt::NoModifier);
    QCOMPARE(opened.document.selection().units(), QVector<int>{5});
}

void TestTensorPanels::emptyStatesOfferARemedy()
{
    JobQueue jobs;
    Document document(jobs);
    WeightsPanel weights(document, jobs);
    SpectrumPanel spectrum(document, jobs);
    for (Panel* panel : {static_cast<Panel*>(&weights), static_cast<Panel*>(&spectrum)}) {
        panel->resize(600, 400);
        panel->show();
        auto* chart = qobject_cast<ChartBase*>(panel->surface()->surfaceWidget());
        QVERIFY(chart->isEmpty());
        QSignalSpy open(panel, &Panel::openModelRequested);
        Q_EMIT chart->remedyRequested();
        QCOMPARE(open.size(), 1);
    }
    // With a model open and nothing selected, the button selects something worth looking at.
    document.open(test::sampleInputs({}, false));
    QTRY_VERIFY_WITH_TIMEOUT(document.isOpen() && jobs.isIdle(), 60000);
    for (Panel* panel : {static_cast<Panel*>(&weights), static_cast<Panel*>(&spectrum)}) {
        document.selection().clear();
        Q_EMIT qobject_cast<ChartBase*>(panel->surface()->surfaceWidget())->remedyRequested();
        QCOMPARE(document.selection().units().size(), 1);
        const auto& units = document.workspace()->units();
        const auto chosen = units[static_cast<std::size_t>(document.selection().units()[0])].parameters();
        for (const auto& unit : units)
            QVERIFY(unit.parameters() <= chosen);
    }
    jobs.shutDown();
}

void TestTensorPanels::namesBreakBetweenTheirParts()
{
    const auto shown = [](const char* name) {
        return breakable(QString::fromLatin1(name)).replace(QChar(0x200B), QLatin1Char('|'));
    };
    QCOMPARE(shown("model.layers.0.mlp.down_proj.weight"),
        QStringLiteral("model.|layers.|0.|mlp.|down_proj.|weight"));
    QCOMPARE(shown("post_attention_layernorm"), QStringLiteral("post_|attention_|layernorm"));
    QCOMPARE(shown("LlamaForCausalLM"), QStringLiteral("Llama|For|Causal|LM"));
}

QTEST_MAIN(TestTensorPanels)
#include "tst_tensor_panels.moc"
