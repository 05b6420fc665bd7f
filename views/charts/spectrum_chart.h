#pragma once

#include "views/charts/chart_base.h"

#include <utility>

namespace bitwright::views {

struct TailFit
{
    double alpha = 0; // density exponent: p(x) ~ x^-alpha for x >= xmin
    double xmin = 0;
    std::int64_t tailCount = 0;
    std::optional<Interval> alphaInterval; // confidence interval
    QString name; // "power law (KS)"
};
struct BulkFit
{
    double lower = 0; // edges of the Marchenko-Pastur bulk
    double upper = 0;
    double sigma2 = 1; // variance scale of the law
    double aspect = 1; // q = small / large dimension, 0..1
    std::int64_t spikes = 0; // eigenvalues above spikeEdge
    double spikeEdge = 0; // upper edge plus its margin for chance; 0: the upper edge
};
struct SpectrumData
{
    QString tensor;
    std::vector<double> eigenvalues; // any order, >= 0
    std::vector<TailFit> tails; // first drawn solid, further dashed
    std::optional<BulkFit> bulk;
    std::vector<double> errorEigenvalues; // of the quantization error; empty when there is none
    double errorBits = 0; // bits of the option that made the error
    QString errorOption;
    std::vector<std::pair<QString, QString>> estimators; // name, formatted value: the text box
};

// Eigenvalue spectral density: log-log histogram with power-law tail, or linear density with the
// Marchenko-Pastur bulk.
class SpectrumChart : public ChartBase
{
    Q_OBJECT
public:
    enum class Mode
    {
        LogLog,
        Density
    };
    explicit SpectrumChart(QWidget* parent = nullptr);
    void setData(SpectrumData data);
    [[nodiscard]] const SpectrumData& data() const { return m_data; }
    void setMode(Mode mode);
    [[nodiscard]] Mode mode() const { return m_mode; }
    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QJsonObject viewState() const override;
    void setViewState(const QJsonObject& state) override;

Q_SIGNALS:
    void modeChanged(bitwright::views::SpectrumChart::Mode mode);

protected:
    Interval homeRange(Qt::Orientation axis) const override;
    void paintBackdrop(QCPPainter& painter) override;
    void paintData(QCPPainter& painter) override;
    QString readoutAt(const QPointF& position) const override;
    void rebuildLegend() override;
    void extendMenu(QMenu& menu, const QPointF& position) override;

private:
    struct Density
    {
        std::vector<double> edges;
        std::vector<double> density; // 1 / (count * width)
        // Eigenvalues that stand alone between empty bins: drawn as stems, since a box would have a width
        // that says nothing.
        std::vector<double> loners;
    };
    [[nodiscard]] Density binned(const std::vector<double>& sorted, Interval range) const;
    [[nodiscard]] QColor errorColor() const;
    [[nodiscard]] Interval densityRange() const;
    [[nodiscard]] Interval shownRange(const std::vector<double>& sorted) const;
    void paintStems(QCPPainter& painter, const Density& density, const QColor& color) const;
    void rebin();
    void paintDensity(QCPPainter& painter, const Density& density, const QColor& color, bool filled) const;
    [[nodiscard]] std::vector<QPolygonF> steps(const Density& density) const;
    void addStemEntry(std::vector<LegendEntry>& entries) const;
    void addFitEntries(std::vector<LegendEntry>& entries) const;
    void paintTails(QCPPainter& painter) const;
    void paintTailStart(QCPPainter& painter, std::size_t tail, const QPointF& start) const;
    void paintBulk(QCPPainter& painter) const;
    [[nodiscard]] QPolygonF bulkCurve() const; // in pixels; empty where it is not shown
    [[nodiscard]] QRectF freeBox(const QPointF& start, double lowest, const QSizeF& size) const;
    void paintRug(QCPPainter& painter) const;
    void paintEstimators(QCPPainter& painter) const;
    [[nodiscard]] double tailDensity(const TailFit& fit, double x) const;
    [[nodiscard]] double bulkDensity(double x) const;

    SpectrumData m_data;
    std::vector<double> m_sorted;
    std::vector<double> m_sortedError;
    Density m_density;
    Density m_errorDensity;
    Mode m_mode = Mode::LogLog;
};

} // namespace bitwright::views
