// What the weights view shows in each of its modes.
#include "views/charts/chart_math.h"
#include "views/models/core_text.h"
#include "views/panels/elided_label.h"
#include "views/panels/weights_panel.h"

#include <QCheckBox>

namespace bitwright::views {

void WeightsPanel::showHistogram()
{
    const auto* info = tensorInfo();
    const auto* result = m_document.result(matrix().tensor);
    if (result == nullptr || !result->stats) {
        const QString why = result != nullptr && result->error ? errorText(*result->error)
                                                               : tr("This tensor has not been scanned.");
        m_histogram->setEmpty(why, m_document.isScanning() ? QString() : tr("Scan the model"));
        return;
    }
    wantGrid();
    auto shown = weightHistogramData(*info, *result->stats);
    const auto* grid = m_grid.value();
    const bool ready = grid != nullptr && m_grid.has(gridKey() + QStringLiteral("/bins"));
    if (ready) {
        shown.option = optionName(grid->option);
        shown.optionBits = grid->bits;
        shown.levels = grid->levels;
        shown.preview = isPreview();
        // Those of the scan are of all experts of a stack; the grid is of one matrix.
        if (grid->counts.size() > shown.counts.size() && info->experts <= 1) {
            shown.edges = grid->edges;
            shown.counts = grid->counts;
        }
        shown.clipped = grid->clipped;
        shown.clippedShare = static_cast<double>(grid->clippedWeights) / static_cast<double>(grid->weights);
    }
    m_histogram->clearEmpty();
    m_histogram->setStale(
        shownOption().has_value() && !ready && !m_grid.errorOf(gridKey() + QStringLiteral("/bins")));
    m_histogram->setCaption({tr("Weights of %1").arg(shown.tensor), m_document.title(),
        tr("count per bin; levels at the median scale, occupancy over all groups"), tr("measured")});
    m_histogram->setData(std::move(shown));
}

void WeightsPanel::showImage()
{
    const auto* info = tensorInfo();
    const QString key = matrixKey();
    if (isVisible())
        m_picture.want(key, tr("Read %1").arg(matrixTitle()),
            [workspace = m_document.workspace(), matrix = matrix()](
                const RunContext& context) { return weightPicture(*workspace, matrix, context); });
    if (const auto error = m_picture.errorOf(key)) {
        m_image->setEmpty(errorText(*error));
        return;
    }
    m_image->setStale(!m_picture.has(key));
    if (!m_picture.has(key)) {
        if (!m_image->data().cells)
            m_image->setEmpty(tr("Reading the weights…"));
        return;
    }
    m_image->setMarkedColumn(info->cols() == 0 ? -1 : m_document.selection().channel());
    if (m_drawnPicture == key) {
        m_image->clearEmpty();
        return;
    }
    m_drawnPicture = key;
    const MatrixPicture& picture = *m_picture.value();
    const QString name = QString::fromStdString(escapedForDisplay(info->name));
    m_image->setCaption({tr("Weights of %1").arg(name), m_document.title(),
        tr("one pixel per weight, extreme value where many share one"), tr("measured")});
    m_image->setData({tr("weight"), tr("weight"), tr("output channel"), tr("input channel"), picture.rows,
        picture.columns, picture.shape.rowsPerCell, picture.shape.columnsPerCell, picture.cells, true, 1});
}

bool WeightsPanel::gridReady(MatrixImage* chart, const QString& what)
{
    if (!shownOption()) {
        const auto planned = planOption();
        chart->setStale(false);
        chart->setEmpty(planned
                ? tr("%1: the plan keeps this tensor as it is, so there is none.\nChoose an option "
                     "above to look at what it would be.")
                      .arg(what)
                : tr("%1: the plan has no option for this tensor.\nChoose one above to look at what it "
                     "would be.")
                      .arg(what));
        return false;
    }
    wantGrid();
    const QString plain = gridKey(), binned = plain + QStringLiteral("/bins");
    const auto error = m_grid.errorOf(binned) ? m_grid.errorOf(binned) : m_grid.errorOf(plain);
    const bool ready = m_grid.has(binned) || m_grid.has(plain);
    if (error && !ready) {
        chart->setStale(false);
        chart->setEmpty(errorText(*error));
        return false;
    }
    chart->setStale(!ready);
    if (!ready && !chart->data().cells)
        chart->setEmpty(tr("Rounding to %1…").arg(optionName(shownOption()->id)));
    return ready;
}

void WeightsPanel::showError()
{
    if (!gridReady(m_error, tr("Rounding error")))
        return;
    const auto* info = tensorInfo();
    const WeightGrid& grid = *m_grid.value();
    m_error->setMarkedColumn(m_document.selection().channel());
    m_error->clearEmpty();
    if (m_drawnGrid == gridKey() + QStringLiteral("/error"))
        return;
    m_drawnGrid = gridKey() + QStringLiteral("/error");
    const QString option = optionName(grid.option);
    m_error->setCaption(
        {tr("Rounding error of %1").arg(QString::fromStdString(escapedForDisplay(info->name))),
            m_document.title(), tr("%1 minus original; extreme value where many share a pixel").arg(option),
            tr("measured on the weights")});
    m_error->setData(
        {tr("error"), isPreview() ? tr("preview: error of %1").arg(option) : tr("error of %1").arg(option),
            tr("output channel"), tr("input channel"), grid.error.rows, grid.error.columns,
            grid.error.shape.rowsPerCell, grid.error.shape.columnsPerCell, grid.error.cells, true, 1});
}

void WeightsPanel::showScales()
{
    if (!gridReady(m_scales, tr("Scales")))
        return;
    const auto* info = tensorInfo();
    const WeightGrid& grid = *m_grid.value();
    m_scales->clearEmpty();
    if (m_drawnGrid == gridKey() + QStringLiteral("/scales"))
        return;
    m_drawnGrid = gridKey() + QStringLiteral("/scales");
    const QString option = optionName(grid.option);
    m_scales->setCaption({tr("Scales of %1").arg(QString::fromStdString(escapedForDisplay(info->name))),
        m_document.title(), tr("one pixel per group of %1 inputs, %2").arg(grid.columnsPerGroup).arg(option),
        tr("measured on the weights")});
    m_scales->setData(
        {tr("scale"), isPreview() ? tr("preview: scales of %1").arg(option) : tr("scales of %1").arg(option),
            tr("output channel"), tr("group of %1 inputs").arg(grid.columnsPerGroup), grid.scales.rows,
            grid.scales.columns, grid.scales.shape.rowsPerCell, grid.scales.shape.columnsPerCell,
            grid.scales.cells, false, grid.columnsPerGroup});
}

void WeightsPanel::showChannels()
{
    const auto* info = tensorInfo();
    const auto* result = m_document.result(matrix().tensor);
    if (result == nullptr || !result->stats) {
        m_ridge->setEmpty(tr("Range of every channel.\nThis tensor has not been scanned."),
            m_document.isScanning() ? QString() : tr("Scan the model"));
        return;
    }
    const bool inputs = m_side->currentIndex() == 0;
    const auto& ranges = inputs ? result->stats->inputs : result->stats->outputs;
    if (ranges.size() == 0) {
        m_ridge->setEmpty(tr("This tensor has no input channels of its own."));
        return;
    }
    const int site = m_document.inputSiteOfTensor(matrix().tensor);
    const auto* known
        = site >= 0 ? &m_document.workspace()->dump()->sites()[static_cast<std::size_t>(site)] : nullptr;
    m_ridge->clearEmpty();
    m_ridge->setMarkedChannel(inputs ? m_document.selection().channel() : -1);
    const QString key = QStringLiteral("%1/%2/%3").arg(matrixKey()).arg(site).arg(inputs);
    if (m_drawnChannels == key)
        return;
    m_drawnChannels = key;
    auto shown = channelRidgeData(*info, *result->stats, known, inputs);
    m_ridge->setCaption({tr("Channels of %1").arg(shown.tensor), m_document.title(),
        inputs ? tr("min, max and rms per input channel; largest |x| of the input above")
               : tr("min, max and rms per output channel"),
        tr("measured")});
    m_ridge->setData(std::move(shown));
}

void WeightsPanel::showNote()
{
    QString text, toolTip;
    const auto* grid = m_grid.value();
    const bool ready = m_option->isVisibleTo(this) && grid != nullptr && !gridKey().isEmpty()
        && (m_grid.has(gridKey()) || m_grid.has(gridKey() + QStringLiteral("/bins")));
    if (ready) {
        const double share
            = 100.0 * static_cast<double>(grid->clippedWeights) / static_cast<double>(grid->weights);
        // Groups have scales of their own: weights far beyond the levels that are drawn need not be clipped.
        const QString clipped = grid->clippedWeights == 0 ? tr("none clipped in its group")
                                                          : tr("clipped %1 %").arg(formatNumber(share));
        text = tr("SQNR %1 · %2 · largest error %3")
                   .arg(grid->sqnrDb ? tr("%1 dB").arg(formatNumber(*grid->sqnrDb)) : tr("exact"), clipped,
                       formatNumber(grid->maxError));
        toolTip
            = tr("%1 of %2 weights lie beyond the outermost level of their group by more than half a step.\n"
                 "Measured by rounding this matrix with %3.")
                  .arg(formatCount(static_cast<std::int64_t>(grid->clippedWeights)),
                      formatCount(static_cast<std::int64_t>(grid->weights)),
                      QString::fromStdString(grid->option));
        toolTip.prepend(text + u'\n'); // a narrow view shows its first parts only
    } else if (mode() == ImageMode && tensorInfo() != nullptr) {
        text = tr("wheel zooms to single weights, a click pins the input channel");
    }
    m_note->setText(text);
    m_note->setToolTip(toolTip);
}

} // namespace bitwright::views
