#pragma once

#include "views/panels/tensor_panel.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QStackedWidget;

namespace bitwright::views {

class SegmentedSwitch;

/// View 5: the values of one matrix as histogram with the grid of an option, as image, as map of the rounding
/// error and of the scales, and as ridge of its channels. The option is the plan's unless another one is
/// looked at; looking edits nothing.
class WeightsPanel : public TensorPanel
{
    Q_OBJECT

public:
    enum Mode
    {
        HistogramMode,
        ImageMode,
        ErrorMode,
        ScalesMode,
        ChannelsMode,
        ModeCount,
    };
    WeightsPanel(Document& document, JobQueue& jobs, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override;
    ChartSurface* surface() override;
    [[nodiscard]] QStringList chartWords() const override;
    ChartSurface* showChart(const QString& word) override;
    void setMode(Mode mode);
    [[nodiscard]] Mode mode() const;

private:
    void buildBar();
    void connectCharts();
    void offerShownChart();
    void refresh() override;
    void forget() override;
    void fillOptions();
    void showHistogram();
    void showImage();
    void showError();
    void showScales();
    void showChannels();
    void showNote();
    void wantGrid();
    void wantPart(bool error, int firstRow, int lastRow, int firstColumn, int lastColumn);
    void takePart(bool error);
    /// Why the current matrix has no grid yet; sets the chart's empty state and dims it while work goes on.
    bool gridReady(MatrixImage* chart, const QString& what);
    void selectInput(int channel);
    [[nodiscard]] ChartBase* chart() const;
    /// The option whose grid is shown; "keep" and unplanned tensors have none.
    [[nodiscard]] std::optional<quant::Option> shownOption() const;
    [[nodiscard]] bool isPreview() const;
    [[nodiscard]] QString gridKey() const;

    SegmentedSwitch* m_switch;
    QComboBox* m_option;
    QCheckBox* m_logCounts;
    QComboBox* m_side;
    QCheckBox* m_sorted;
    QLabel* m_badge;
    QLabel* m_note;
    QStackedWidget* m_pages;
    WeightHistogram* m_histogram;
    MatrixImage* m_image;
    MatrixImage* m_error;
    MatrixImage* m_scales;
    ChannelRidge* m_ridge;
    JobValue<MatrixPicture> m_picture;
    JobValue<WeightGrid> m_grid;
    JobValue<MatrixPart> m_weightPart;
    JobValue<MatrixPart> m_errorPart;
    QString m_weightPartKey, m_errorPartKey;
    QString m_drawnPicture, m_drawnGrid, m_drawnChannels; ///< What the charts hold: setting it again costs.
};

} // namespace bitwright::views
