#include "views/panels/spectrum_panel.h"

#include "views/charts/chart_math.h"
#include "views/models/core_text.h"
#include "views/panels/chart_data.h"
#include "views/panels/segmented_switch.h"
#include "views/panels/tensor_menu.h"
#include "views/panels/whole_rows_table.h"
#include "views/panels/wrap_bar.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QJsonArray>
#include <QLabel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {

const QString kTableRoom = QStringLiteral("tableRoom"); ///< Of the saved view: width and height.

/// Columns are as wide as their contents: with room at both sides.
void leaveRoom(QTableWidgetItem& item)
{
    constexpr int kSides = 12;
    const QFontMetrics metrics(QApplication::font("QTableView"));
    item.setSizeHint({metrics.horizontalAdvance(item.text()) + kSides, metrics.height()});
}

/// A read-only cell whose exact value is copied and shown on hover.
QTableWidgetItem* numberItem(double value, const QString& help)
{
    const bool whole = std::abs(value) < 1e9 && value == std::round(value);
    auto* item = new QTableWidgetItem(whole ? formatCount(std::llround(value)) : formatNumber(value));
    item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    leaveRoom(*item);
    item->setToolTip(std::isfinite(value) ? QStringLiteral("%1\n%2").arg(formatExact(value), help) : help);
    return item;
}

QTableWidget* makeTable(const QStringList& columns, const QString& name, QWidget* parent)
{
    auto* table = new WholeRowsTable(0, static_cast<int>(columns.size()), parent);
    table->setHorizontalHeaderLabels(columns);
    table->setAccessibleName(name);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 6);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setShowGrid(false);
    table->setFrameShape(QFrame::NoFrame);
    table->setTabKeyNavigation(false);
    table->horizontalHeader()->setHighlightSections(false); // a selected row would make headings bold
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
    for (int column = 1; column < table->columnCount(); ++column)
        leaveRoom(*table->horizontalHeaderItem(column));
    table->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    return table;
}

} // namespace

SpectrumPanel::SpectrumPanel(Document& document, JobQueue& jobs, QWidget* parent)
    : TensorPanel(document, jobs, QStringLiteral("spectrum"), tr("Spectrum"), parent)
    , m_switch(new SegmentedSwitch(tr("What to show of the spectrum"), this))
    , m_estimator(new QComboBox(this))
    , m_per(new QComboBox(this))
    , m_showTable(new QCheckBox(tr("Table"), this))
    , m_pages(new QStackedWidget(this))
    , m_splitter(new QSplitter(Qt::Horizontal, this))
    , m_chart(new SpectrumChart(this))
    , m_tables(new QWidget(this))
    , m_alpha(new AlphaChart(this))
    , m_error(jobs, QStringLiteral("error spectrum"), [this] { renew(); })
{
    buildBar();
    buildTables();
    m_splitter->addWidget(m_chart);
    m_splitter->addWidget(m_tables);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setChildrenCollapsible(false);
    m_pages->addWidget(m_splitter);
    m_pages->addWidget(m_alpha);
    m_layout->addWidget(m_pages, 1);
    setMinimumWidth(20 * fontMetrics().height()); // without what makes way in a narrow dock
    m_alphaDelay.setSingleShot(true);
    m_alphaDelay.setInterval(100);
    connectViews();
    offerChart(*m_chart);
    refresh();
}

void SpectrumPanel::buildBar()
{
    addAction(m_switch->addSegment(QStringLiteral("spectrum.loglog"), tr("&Log-log"),
        tr("Spectral density on logarithmic axes with the tail fit"),
        QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_1)));
    addAction(m_switch->addSegment(QStringLiteral("spectrum.density"), tr("&Density"),
        tr("Density of the bulk against the Marchenko-Pastur law"),
        QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_2)));
    addAction(m_switch->addSegment(QStringLiteral("spectrum.alpha"), tr("&Alpha and bits"),
        tr("Alpha of every tensor beside its bits in the plan"),
        QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_3)));
    for (const auto estimator : spectra::allTailEstimators()) {
        m_estimator->addItem(estimatorText(estimator), static_cast<int>(estimator));
        m_estimator->setItemData(m_estimator->count() - 1, estimatorHelp(estimator), Qt::ToolTipRole);
    }
    m_chart->setAccessibleName(tr("Spectrum"));
    m_alpha->setAccessibleName(tr("Alpha and bits"));
    m_estimator->setAccessibleName(tr("Estimator of the tail"));
    m_estimator->setToolTip(tr("Whose fit is drawn. Alphas of two estimators must not be compared."));
    m_per->addItems({tr("per tensor"), tr("per block")});
    m_per->setAccessibleName(tr("What a point stands for"));
    m_showTable->setChecked(true);
    m_showTable->setToolTip(tr("Estimators and metrics as numbers beside the chart"));
    letShrink(m_estimator);
    letShrink(m_per);
    auto* first = new WrapBar;
    first->addWidget(m_switch);
    first->addWidget(m_estimator);
    first->addWidget(m_per);
    first->addWidget(m_showTable);
    m_layout->addLayout(first);
}

void SpectrumPanel::buildTables()
{
    m_fits = makeTable({tr("Estimator"), tr("α"), tr("± 95 %"), tr("xmin"), tr("In tail"), tr("KS")},
        tr("Tail estimators"), m_tables);
    m_fits->setToolTip(tr("Click a row to draw its fit"));
    m_fits->setTextElideMode(Qt::ElideMiddle); // two estimators differ in their ends
    m_metrics = makeTable({tr("Metric"), tr("Value")}, tr("Metrics of the spectrum"), m_tables);
    const auto estimators = spectra::allTailEstimators();
    m_fits->setRowCount(static_cast<int>(estimators.size()));
    const int row = m_fits->verticalHeader()->defaultSectionSize();
    m_fits->setFixedHeight(
        m_fits->horizontalHeader()->sizeHint().height() + row * static_cast<int>(estimators.size()) + 4);
    m_tablesLayout = new QBoxLayout(QBoxLayout::TopToBottom, m_tables);
    m_tablesLayout->setContentsMargins(0, 0, 0, 0);
    m_tablesLayout->addWidget(m_fits, 0);
    m_tablesLayout->addWidget(m_metrics, 1);
}

void SpectrumPanel::connectViews()
{
    for (ChartBase* chart : {static_cast<ChartBase*>(m_chart), static_cast<ChartBase*>(m_alpha)}) {
        connect(chart, &ChartBase::readoutChanged, this, &Panel::readout);
        installTensorMenu(chart, m_document, [this](const QPointF& position) { return targetAt(position); });
        connect(chart, &ChartBase::remedyRequested, this, [this] { remedyEmptiness(); });
    }
    connect(m_switch, &SegmentedSwitch::currentChanged, this, [this] {
        // Menus and the palette act on the chart that is seen.
        const bool alpha = mode() == AlphaMode;
        for (QAction* action : (alpha ? static_cast<ChartBase*>(m_chart) : m_alpha)->chartActions())
            removeAction(action);
        offerChart(alpha ? static_cast<ChartSurface&>(*m_alpha) : *m_chart);
        refresh();
    });
    connect(m_chart, &SpectrumChart::modeChanged, this, [this](SpectrumChart::Mode mode) {
        if (this->mode() != AlphaMode)
            m_switch->setCurrent(mode == SpectrumChart::Mode::Density ? DensityMode : LogLogMode);
    });
    connect(m_estimator, &QComboBox::currentIndexChanged, this, [this] { refresh(); });
    connect(m_per, &QComboBox::currentIndexChanged, this, [this] { refresh(); });
    connect(m_showTable, &QCheckBox::toggled, this, [this] { arrange(); });
    connect(m_splitter, &QSplitter::splitterMoved, this, [this] {
        (m_splitter->orientation() == Qt::Horizontal ? m_tableWidth : m_tableHeight)
            = m_splitter->sizes().value(1);
    });
    connect(m_fits, &QTableWidget::currentCellChanged, this, [this](int row) {
        if (row >= 0)
            m_estimator->setCurrentIndex(row);
    });
    const auto unitsOf = [this](const QVector<int>& points) {
        QVector<int> units;
        for (const int point : points)
            units << m_alpha->data().points[static_cast<std::size_t>(point)].units;
        return units;
    };
    connect(m_alpha, &AlphaChart::pointActivated, this,
        [this, unitsOf](int point) { m_document.selectUnits(unitsOf({point})); });
    connect(m_alpha, &AlphaChart::pointsExtended, this,
        [this, unitsOf](const QVector<int>& points, bool toggles) {
            m_document.selectUnits(extendedUnits(m_document.selection().units(), unitsOf(points), toggles));
        });
    connect(
        m_alpha, &AlphaChart::pointsSelected, this, [this, unitsOf](const QVector<int>& points, bool extend) {
            const QVector<int> before = extend ? m_document.selection().units() : QVector<int>();
            m_document.selectUnits(extendedUnits(before, unitsOf(points), false));
        });
    connect(&m_document, &Document::tensorScanned, &m_alphaDelay, qOverload<>(&QTimer::start));
    connect(&m_alphaDelay, &QTimer::timeout, this, [this] {
        if (mode() == AlphaMode && isVisible())
            showAlpha();
    });
}

void SpectrumPanel::applyTheme(const Theme& theme)
{
    m_chart->setTheme(theme);
    m_alpha->setTheme(theme);
}

ChartSurface* SpectrumPanel::surface()
{
    return mode() == AlphaMode ? static_cast<ChartSurface*>(m_alpha) : m_chart;
}

/// By mode.
QStringList SpectrumPanel::chartWords() const
{
    return {QStringLiteral("loglog"), QStringLiteral("density"), QStringLiteral("alpha")};
}

ChartSurface* SpectrumPanel::showChart(const QString& word)
{
    setMode(static_cast<Mode>(std::max<qsizetype>(0, chartWords().indexOf(word))));
    return surface();
}

void SpectrumPanel::setMode(Mode mode)
{
    m_switch->setCurrent(mode);
}

SpectrumPanel::Mode SpectrumPanel::mode() const
{
    return static_cast<Mode>(m_switch->current());
}

spectra::TailEstimator SpectrumPanel::estimator() const
{
    return static_cast<spectra::TailEstimator>(m_estimator->currentData().toInt());
}

void SpectrumPanel::setEstimator(spectra::TailEstimator estimator)
{
    m_estimator->setCurrentIndex(m_estimator->findData(static_cast<int>(estimator)));
}

void SpectrumPanel::resizeEvent(QResizeEvent* event)
{
    TensorPanel::resizeEvent(event);
    arrange();
}

// The table stands beside a wide chart and below a tall one; where both would be cramped it makes way.
void SpectrumPanel::arrange()
{
    constexpr int kBeside = 1100, kBelow = 500, kRoomForSwitch = 400;
    const bool beside = width() >= kBeside;
    const bool room = beside ? height() >= 260 : height() >= kBelow;
    m_splitter->setOrientation(beside ? Qt::Horizontal : Qt::Vertical);
    // Below the chart they stand side by side: each keeps its height.
    m_tablesLayout->setDirection(beside ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    m_tablesLayout->setStretchFactor(m_fits, beside ? 0 : 3);
    m_tablesLayout->setStretchFactor(m_metrics, beside ? 1 : 2);
    m_tablesLayout->setAlignment(m_fits, beside ? Qt::Alignment() : Qt::AlignTop);
    m_tables->setVisible(m_showTable->isChecked() && room);
    m_showTable->setVisible(room && mode() != AlphaMode && width() >= kRoomForSwitch); // its action stays
    m_metrics->setVisible(true);
    if (beside)
        m_splitter->setSizes({width() - m_tableWidth, m_tableWidth});
    else
        m_splitter->setSizes({height() - m_tableHeight, m_tableHeight});
}

QJsonObject SpectrumPanel::viewState() const
{
    QJsonObject state = TensorPanel::viewState();
    state[kTableRoom] = QJsonArray{m_tableWidth, m_tableHeight};
    return state;
}

void SpectrumPanel::setViewState(const QJsonObject& state)
{
    const QJsonArray room = state[kTableRoom].toArray();
    m_tableWidth = std::max(1, room.at(0).toInt(m_tableWidth));
    m_tableHeight = std::max(1, room.at(1).toInt(m_tableHeight));
    TensorPanel::setViewState(state);
    arrange();
}

void SpectrumPanel::forget()
{
    m_error.clear();
    m_tabled = nullptr;
    m_alpha->setData({});
}

void SpectrumPanel::refresh()
{
    const bool alpha = mode() == AlphaMode;
    m_pages->setCurrentIndex(alpha ? 1 : 0);
    m_per->setVisible(alpha);
    arrange();
    {
        const QSignalBlocker blocker(m_fits);
        m_fits->setCurrentCell(m_estimator->currentIndex(), 0);
    }
    if (alpha)
        showAlpha();
    else
        showSpectrum();
}

void SpectrumPanel::showSpectrum()
{
    const auto* info = tensorInfo();
    if (info == nullptr) {
        fillTables(nullptr);
        m_chart->setEmpty(
            tr("Eigenvalues of a weight with tail fit and random bulk, and those of its rounding error.\n%1")
                .arg(m_document.isOpen() ? tr("Select a tensor.") : tr("No model is open.")),
            m_document.isOpen() ? tr("Select the largest matrix") : tr("Open a model…"));
        return;
    }
    const auto* result = m_document.result(matrix().tensor);
    if (result == nullptr || !result->spectrum) {
        fillTables(nullptr);
        const bool expected = info->quantizable && info->experts == 1;
        QString why = tr("The spectrum of this tensor has not been computed.");
        if (result != nullptr && result->error)
            why = errorText(*result->error);
        else if (info->experts > 1)
            why = tr("Spectra of stacked experts are not computed.");
        else if (!expected)
            why = tr("Spectra are computed for weight matrices; this tensor is none (%1).")
                      .arg(QString::fromStdString(escapedForDisplay(info->reason)));
        m_chart->setEmpty(why, expected && !m_document.isScanning() ? tr("Scan the model") : QString());
        return;
    }
    auto shown = spectrumData(*info, *result->spectrum, estimator());
    const auto option = planOption();
    if (option && option->grid && isVisible()) {
        const QString id = QString::fromStdString(option->id), key = matrixKey() + QLatin1Char('/') + id;
        m_error.want(key, tr("Error spectrum of %1").arg(matrixTitle()),
            [workspace = m_document.workspace(), matrix = matrix(), option = *option](
                const RunContext& context) { return errorSpectrum(*workspace, matrix, option, context); });
        if (m_error.has(key)) {
            shown.errorEigenvalues = *m_error.value();
            shown.errorBits = option->grid->bitsPerWeight(info->rows(), info->cols());
            shown.errorOption = optionName(option->id);
        }
    }
    m_chart->clearEmpty();
    m_chart->setMode(mode() == DensityMode ? SpectrumChart::Mode::Density : SpectrumChart::Mode::LogLog);
    m_chart->setCaption({tr("Spectrum of %1").arg(shown.tensor), m_document.title(),
        tr("eigenvalues of WᵀW; tail by %1, bulk by Marchenko-Pastur").arg(estimatorText(estimator())),
        tr("measured")});
    m_chart->setData(std::move(shown));
    fillTables(result->spectrum.get());
}

void SpectrumPanel::fillTables(const project::StoredSpectrum* stored)
{
    if (m_tabled == stored && stored != nullptr)
        return;
    m_tabled = stored;
    const QSignalBlocker blocker(m_fits);
    const auto estimators = spectra::allTailEstimators();
    for (int row = 0; row < static_cast<int>(estimators.size()); ++row) {
        const auto estimator = estimators[static_cast<std::size_t>(row)];
        const auto* fit = stored != nullptr ? stored->spectrum.fit(estimator) : nullptr;
        auto* name = new QTableWidgetItem(estimatorText(estimator));
        name->setToolTip(estimatorHelp(estimator));
        m_fits->setItem(row, 0, name);
        if (fit == nullptr || fit->status != spectra::FitStatus::Fitted) {
            const auto word = fit != nullptr ? spectra::fitStatusName(fit->status) : std::string_view();
            const QString why = fit != nullptr
                ? tr("no fit: %1").arg(QString::fromUtf8(word.data(), static_cast<qsizetype>(word.size())))
                : tr("not measured");
            for (int column = 1; column < m_fits->columnCount(); ++column) {
                auto* item = new QTableWidgetItem(QStringLiteral("–"));
                item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
                item->setToolTip(why);
                m_fits->setItem(row, column, item);
            }
            continue;
        }
        const QString flag = fit->spurious ? tr("\nspurious: above 8 a fit means nothing") : QString();
        m_fits->setItem(row, 1, numberItem(fit->alpha, tr("exponent of the density%1").arg(flag)));
        m_fits->setItem(
            row, 2, numberItem(1.96 * fit->standardError, tr("95 % interval: 1.96 (α - 1) / sqrt(tail)")));
        m_fits->setItem(row, 3, numberItem(fit->xmin, tr("eigenvalue at which the tail begins")));
        m_fits->setItem(
            row, 4, numberItem(static_cast<double>(fit->tailCount), tr("eigenvalues in the tail")));
        m_fits->setItem(
            row, 5, numberItem(fit->distance, tr("Kolmogorov-Smirnov distance of the tail from its fit")));
    }
    m_fits->setCurrentCell(m_estimator->currentIndex(), 0);
    const auto metrics = stored != nullptr ? spectrumMetrics(*stored) : std::vector<SpectrumMetric>();
    m_metrics->setRowCount(static_cast<int>(metrics.size()));
    for (int row = 0; row < static_cast<int>(metrics.size()); ++row) {
        const auto& metric = metrics[static_cast<std::size_t>(row)];
        auto* name = new QTableWidgetItem(metric.name);
        name->setToolTip(metric.help);
        m_metrics->setItem(row, 0, name);
        m_metrics->setItem(row, 1, numberItem(metric.value, metric.help));
    }
}

void SpectrumPanel::showAlpha()
{
    if (!m_document.isOpen()) {
        m_alpha->setEmpty(tr("Tail exponent of every tensor beside its bits in the plan.\nNo model is open."),
            tr("Open a model…"));
        return;
    }
    auto shown = alphaData(m_document, estimator(), m_per->currentIndex() == 1);
    const bool known = std::any_of(shown.points.begin(), shown.points.end(),
        [](const AlphaPoint& point) { return std::isfinite(point.alpha); });
    if (!known) {
        m_alpha->setEmpty(
            tr("Tail exponent of every tensor beside its bits in the plan.\nNo spectrum is known yet."),
            m_document.isScanning() ? QString() : tr("Scan the model"));
        return;
    }
    m_alpha->clearEmpty();
    m_alpha->setCaption({tr("Alpha and bits"), m_document.title(),
        tr("alpha by %1; bits of the plan above").arg(shown.estimator), tr("measured; bits as planned")});
    m_alpha->setData(std::move(shown));
    m_alpha->setCurrentUnits(m_document.selection().units());
}

/// The point of the alpha chart under the cursor; elsewhere the tensor that is shown.
TensorTarget SpectrumPanel::targetAt(const QPointF& position) const
{
    const int point = mode() == AlphaMode ? m_alpha->pointAt(position) : -1;
    return point >= 0
        ? targetOfUnits(m_document, m_alpha->data().points[static_cast<std::size_t>(point)].units)
        : targetOfTensor(m_document, m_document.selection().tensor());
}

} // namespace bitwright::views
