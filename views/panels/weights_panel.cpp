#include "views/panels/weights_panel.h"

#include "views/charts/chart_math.h"
#include "views/panels/elided_label.h"
#include "views/panels/segmented_switch.h"
#include "views/panels/tensor_menu.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>

namespace bitwright::views {

namespace {
const QString kPlanOption; // what the chooser holds for "as planned"
}

WeightsPanel::WeightsPanel(Document& document, JobQueue& jobs, QWidget* parent)
    : TensorPanel(document, jobs, QStringLiteral("weights"), tr("Weights"), parent)
    , m_switch(new SegmentedSwitch(tr("What to show of the weights"), this))
    , m_option(new QComboBox(this))
    , m_logCounts(new QCheckBox(tr("Log counts"), this))
    , m_side(new QComboBox(this))
    , m_sorted(new QCheckBox(tr("Sorted"), this))
    , m_badge(new QLabel(tr("preview"), this))
    , m_note(new ElidedLabel(this))
    , m_pages(new QStackedWidget(this))
    , m_histogram(new WeightHistogram(this))
    , m_image(new MatrixImage(this))
    , m_error(new MatrixImage(this))
    , m_scales(new MatrixImage(this))
    , m_ridge(new ChannelRidge(this))
    , m_picture(jobs, QStringLiteral("weights image"), [this] { renew(); })
    , m_grid(jobs, QStringLiteral("weights grid"), [this] { renew(); })
    , m_weightPart(jobs, QStringLiteral("weights part"), [this] { takePart(false); })
    , m_errorPart(jobs, QStringLiteral("error part"), [this] { takePart(true); })
{
    buildBar();
    for (ChartBase* page : {static_cast<ChartBase*>(m_histogram), static_cast<ChartBase*>(m_image),
             static_cast<ChartBase*>(m_error), static_cast<ChartBase*>(m_scales),
             static_cast<ChartBase*>(m_ridge)}) {
        m_pages->addWidget(page);
        installTensorMenu(page, m_document,
            [this](const QPointF&) { return targetOfTensor(m_document, m_document.selection().tensor()); });
    }
    m_layout->addWidget(m_pages, 1);
    connectCharts();
    offerChart(*m_histogram);
    fillOptions();
    connect(&m_document, &Document::spaceChanged, this, &WeightsPanel::fillOptions);
    refresh();
}

void WeightsPanel::buildBar()
{
    const QString id = QStringLiteral("weights.%1");
    const auto key = [](int digit) {
        return QKeySequence(Qt::CTRL | Qt::ALT | static_cast<Qt::Key>(Qt::Key_0 + digit));
    };
    addAction(m_switch->addSegment(id.arg(QStringLiteral("histogram")), tr("&Histogram"),
        tr("Counts of the weights with the levels of the option"), key(1)));
    addAction(m_switch->addSegment(id.arg(QStringLiteral("image")), tr("&Image"),
        tr("Every weight as a pixel; the largest stays visible when many share one"), key(2)));
    addAction(m_switch->addSegment(id.arg(QStringLiteral("error")), tr("&Error"),
        tr("What rounding to the option changes, weight by weight"), key(3)));
    addAction(m_switch->addSegment(id.arg(QStringLiteral("scales")), tr("&Scales"),
        tr("The scale of every group of the option"), key(4)));
    addAction(m_switch->addSegment(id.arg(QStringLiteral("channels")), tr("&Channels"),
        tr("Range and rms of every channel, with the activations that feed it"), key(5)));
    m_histogram->setAccessibleName(tr("Histogram of the weights"));
    m_image->setAccessibleName(tr("Weights as an image"));
    m_error->setAccessibleName(tr("Rounding error"));
    m_scales->setAccessibleName(tr("Scales"));
    m_ridge->setAccessibleName(tr("Range of every channel"));
    m_option->setAccessibleName(tr("Option to look at"));
    m_option->setToolTip(tr("Whose grid is shown. Looking at another option does not edit the plan."));
    m_option->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_option->setMinimumContentsLength(8);
    m_logCounts->setChecked(true);
    m_logCounts->setToolTip(tr("Counts on a logarithmic axis (L over the chart)"));
    m_side->addItems({tr("Inputs"), tr("Outputs")});
    m_side->setAccessibleName(tr("Channels of which side"));
    m_side->setToolTip(tr("Input channels are columns of the matrix, output channels its rows"));
    m_sorted->setToolTip(tr("Channels by descending largest magnitude (S over the chart)"));
    m_badge->setToolTip(tr("The plan has another option for this tensor; this one is only looked at."));
    m_note->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* first = new QHBoxLayout;
    first->setContentsMargins(8, 4, 8, 0);
    first->addWidget(m_switch);
    first->addStretch();
    auto* second = new QHBoxLayout;
    second->setContentsMargins(8, 3, 8, 2);
    second->setSpacing(8);
    for (QWidget* widget :
        {static_cast<QWidget*>(m_option), static_cast<QWidget*>(m_badge), static_cast<QWidget*>(m_logCounts),
            static_cast<QWidget*>(m_side), static_cast<QWidget*>(m_sorted)})
        second->addWidget(widget);
    second->addWidget(m_note, 1);
    m_layout->addLayout(first);
    m_layout->addLayout(second);
}

void WeightsPanel::connectCharts()
{
    for (int i = 0; i < m_pages->count(); ++i) {
        auto* page = static_cast<ChartBase*>(m_pages->widget(i));
        connect(page, &ChartBase::readoutChanged, this, &Panel::readout);
        connect(page, &ChartBase::remedyRequested, this, [this] { remedyEmptiness(); });
    }
    connect(m_switch, &SegmentedSwitch::currentChanged, this, [this] {
        offerShownChart();
        refresh();
    });
    connect(m_option, &QComboBox::currentIndexChanged, this, [this] { refresh(); });
    connect(m_logCounts, &QCheckBox::toggled, m_histogram,
        [this](bool on) { m_histogram->setLogarithmic(Qt::Vertical, on); });
    connect(m_histogram, &ChartBase::viewChanged, this, [this] {
        const QSignalBlocker blocker(m_logCounts);
        m_logCounts->setChecked(m_histogram->isLogarithmic(Qt::Vertical));
    });
    connect(m_side, &QComboBox::currentIndexChanged, this, [this] { refresh(); });
    connect(m_sorted, &QCheckBox::toggled, m_ridge, &ChannelRidge::setSorted);
    connect(m_ridge, &ChannelRidge::sortedChanged, m_sorted, &QCheckBox::setChecked);
    connect(m_ridge, &ChannelRidge::channelActivated, this, [this](int channel) {
        if (m_side->currentIndex() == 0)
            selectInput(channel);
        else
            m_ridge->setMarkedChannel(channel);
    });
    connect(m_image, &MatrixImage::partWanted, this,
        [this](int a, int b, int c, int d) { wantPart(false, a, b, c, d); });
    connect(m_error, &MatrixImage::partWanted, this,
        [this](int a, int b, int c, int d) { wantPart(true, a, b, c, d); });
    for (MatrixImage* image : {m_image, m_error})
        connect(image, &MatrixImage::cellActivated, this, [this](int, int column) { selectInput(column); });
}

void WeightsPanel::applyTheme(const Theme& theme)
{
    for (int i = 0; i < m_pages->count(); ++i)
        static_cast<ChartBase*>(m_pages->widget(i))->setTheme(theme);
    m_badge->setStyleSheet(
        QStringLiteral("QLabel { color: %1; border: 1px solid %1; border-radius: 3px; padding: 0 5px; }")
            .arg(theme.warning.name()));
}

ChartBase* WeightsPanel::chart() const
{
    return static_cast<ChartBase*>(m_pages->widget(m_switch->current()));
}

// Menus and the palette act on the chart that is seen.
void WeightsPanel::offerShownChart()
{
    for (int i = 0; i < m_pages->count(); ++i)
        for (QAction* action : static_cast<ChartBase*>(m_pages->widget(i))->chartActions())
            removeAction(action);
    offerChart(*chart());
}

ChartSurface* WeightsPanel::surface()
{
    return chart();
}

/// By mode.
QStringList WeightsPanel::chartWords() const
{
    return {QStringLiteral("histogram"), QStringLiteral("image"), QStringLiteral("error"),
        QStringLiteral("scales"), QStringLiteral("channels")};
}

ChartSurface* WeightsPanel::showChart(const QString& word)
{
    setMode(static_cast<Mode>(std::max<qsizetype>(0, chartWords().indexOf(word))));
    return surface();
}

void WeightsPanel::setMode(Mode mode)
{
    m_switch->setCurrent(mode);
}

WeightsPanel::Mode WeightsPanel::mode() const
{
    return static_cast<Mode>(m_switch->current());
}

// --- The option that is looked at ---

void WeightsPanel::fillOptions()
{
    const QSignalBlocker blocker(m_option);
    const QString before = m_option->currentData().toString();
    m_option->clear();
    m_option->addItem(tr("as planned"), kPlanOption);
    if (const auto& space = m_document.space()) {
        for (const auto& option : space->options()) {
            if (!option.grid)
                continue;
            const QString id = QString::fromStdString(option.id);
            m_option->addItem(tr("preview %1").arg(optionName(option.id)), id);
            m_option->setItemData(
                m_option->count() - 1, QString::fromStdString(option.description), Qt::ToolTipRole);
        }
    }
    const int index = m_option->findData(before);
    m_option->setCurrentIndex(std::max(0, index));
}

std::optional<quant::Option> WeightsPanel::shownOption() const
{
    const QString id = m_option->currentData().toString();
    if (id.isEmpty()) {
        auto planned = planOption();
        return planned && planned->grid ? planned : std::nullopt;
    }
    const auto& space = m_document.space();
    const auto index = space ? space->optionIndex(id.toStdString()) : std::nullopt;
    return index ? std::optional(space->options()[*index]) : std::nullopt;
}

bool WeightsPanel::isPreview() const
{
    const auto shown = shownOption();
    const auto planned = planOption();
    return shown && (!planned || planned->id != shown->id);
}

QString WeightsPanel::gridKey() const
{
    const auto option = shownOption();
    return option ? matrixKey() + QLatin1Char('/') + QString::fromStdString(option->id) : QString();
}

// --- Showing ---

void WeightsPanel::forget()
{
    m_picture.clear();
    m_grid.clear();
    m_weightPart.clear();
    m_errorPart.clear();
    m_drawnPicture.clear();
    m_drawnGrid.clear();
    m_drawnChannels.clear();
}

void WeightsPanel::refresh()
{
    const Mode mode = this->mode();
    m_pages->setCurrentIndex(mode);
    m_option->setVisible(mode == HistogramMode || mode == ErrorMode || mode == ScalesMode);
    m_logCounts->setVisible(mode == HistogramMode);
    m_side->setVisible(mode == ChannelsMode);
    m_sorted->setVisible(mode == ChannelsMode);
    m_badge->setVisible(m_option->isVisibleTo(this) && isPreview());
    const auto* info = tensorInfo();
    if (info == nullptr) {
        chart()->setEmpty(
            tr("The weights of one tensor: their distribution with every level of a number format, the "
               "tensor as an image, its rounding error, scales and channels.\n%1")
                .arg(m_document.isOpen() ? tr("Select a tensor.") : tr("No model is open.")),
            m_document.isOpen() ? tr("Select the largest matrix") : tr("Open a model…"));
        showNote();
        return;
    }
    if (mode != HistogramMode && mode != ChannelsMode && (info->rows() == 0 || info->cols() == 0)) {
        chart()->setEmpty(tr("This tensor is no matrix: there is nothing to draw as an image."));
        showNote();
        return;
    }
    switch (mode) {
    case HistogramMode:
        showHistogram();
        break;
    case ImageMode:
        showImage();
        break;
    case ErrorMode:
        showError();
        break;
    case ScalesMode:
        showScales();
        break;
    default:
        showChannels();
        break;
    }
    showNote();
}

void WeightsPanel::wantGrid()
{
    const auto option = shownOption();
    const auto* info = tensorInfo();
    if (!option || info == nullptr || info->rows() == 0 || !isVisible())
        return;
    std::vector<double> edges;
    if (const auto* result = m_document.result(matrix().tensor); result != nullptr && result->stats)
        edges = finerEdges(weightHistogramData(*info, *result->stats));
    // Clipping per bin needs the histogram: without a scan the grid is asked for again after it.
    const QString key = gridKey() + (edges.empty() ? QString() : QStringLiteral("/bins"));
    m_grid.want(key, tr("Round %1 to %2").arg(matrixTitle(), QString::fromStdString(option->id)),
        [workspace = m_document.workspace(), matrix = matrix(), option = *option, edges](
            const RunContext& context) { return weightGrid(*workspace, matrix, option, edges, context); });
}

// --- Close views and clicks ---

void WeightsPanel::wantPart(bool error, int firstRow, int lastRow, int firstColumn, int lastColumn)
{
    PartRequest request{matrix(), std::nullopt, static_cast<std::uint64_t>(firstRow),
        static_cast<std::uint64_t>(lastRow), static_cast<std::uint64_t>(firstColumn),
        static_cast<std::uint64_t>(lastColumn)};
    if (error) {
        request.option = shownOption();
        if (!request.option)
            return;
    }
    auto& part = error ? m_errorPart : m_weightPart;
    auto& key = error ? m_errorPartKey : m_weightPartKey;
    key = QStringLiteral("%1/%2/%3/%4/%5")
              .arg(error ? gridKey() : matrixKey())
              .arg(firstRow)
              .arg(lastRow)
              .arg(firstColumn)
              .arg(lastColumn);
    part.want(key, tr("Read a part of %1").arg(matrixTitle()),
        [workspace = m_document.workspace(), request](
            const RunContext& context) { return matrixPart(*workspace, request, context); });
}

void WeightsPanel::takePart(bool error)
{
    auto& part = error ? m_errorPart : m_weightPart;
    const QString& key = error ? m_errorPartKey : m_weightPartKey;
    const QString current = error ? gridKey() : matrixKey();
    if (part.has(key) && key.startsWith(current + QLatin1Char('/')))
        (error ? m_error : m_image)->setPart(*part.value());
}

void WeightsPanel::selectInput(int channel)
{
    const int site = m_document.inputSiteOfTensor(matrix().tensor);
    auto& selection = m_document.selection();
    selection.set(selection.tensor(), selection.units(), site >= 0 ? site : selection.site(), channel);
}

} // namespace bitwright::views
