#pragma once

#include "views/panels/tensor_panel.h"

class QBoxLayout;
class QCheckBox;
class QComboBox;
class QSplitter;
class QStackedWidget;
class QTableWidget;

namespace bitwright::views {

struct TensorTarget;

class SegmentedSwitch;

/// View 6: eigenvalues with tail fit and bulk, the error's spectrum over them, the estimators side by side,
/// and alpha beside the plan's bits over the whole model.
class SpectrumPanel : public TensorPanel
{
    Q_OBJECT

public:
    enum Mode
    {
        LogLogMode,
        DensityMode,
        AlphaMode,
    };
    SpectrumPanel(Document& document, JobQueue& jobs, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override;
    ChartSurface* surface() override;
    [[nodiscard]] QStringList chartWords() const override;
    ChartSurface* showChart(const QString& word) override;
    [[nodiscard]] QJsonObject viewState() const override;
    void setViewState(const QJsonObject& state) override;
    void setMode(Mode mode);
    [[nodiscard]] Mode mode() const;
    /// Whose tail is drawn and compared with the bits.
    [[nodiscard]] spectra::TailEstimator estimator() const;
    void setEstimator(spectra::TailEstimator estimator);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildBar();
    void buildTables();
    void connectViews();
    void refresh() override;
    void forget() override;
    void showSpectrum();
    void showAlpha();
    void fillTables(const project::StoredSpectrum* stored);
    void arrange();
    [[nodiscard]] TensorTarget targetAt(const QPointF& position) const;

    SegmentedSwitch* m_switch;
    QComboBox* m_estimator;
    QComboBox* m_per;
    QCheckBox* m_showTable;
    QStackedWidget* m_pages;
    QSplitter* m_splitter;
    SpectrumChart* m_chart;
    QWidget* m_tables;
    QBoxLayout* m_tablesLayout = nullptr;
    int m_tableWidth = 420, m_tableHeight = 190; ///< Beside and below the chart.
    QTableWidget* m_fits;
    QTableWidget* m_metrics;
    AlphaChart* m_alpha;
    QTimer m_alphaDelay; ///< While a scan runs, one repaint for many finished tensors.
    JobValue<std::vector<double>> m_error;
    const project::StoredSpectrum* m_tabled = nullptr; ///< Whose numbers the tables show.
};

} // namespace bitwright::views
