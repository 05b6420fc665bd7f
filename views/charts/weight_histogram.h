#pragma once

#include "views/charts/chart_base.h"

namespace bitwright::views {

struct GridLevel
{
    double value = 0;
    double share = 0; // of all weights that land on this level, 0..1; NaN = unknown
};
struct WeightHistogramData
{
    QString tensor;
    std::vector<double> edges; // n + 1 ascending
    std::vector<double> counts; // n
    std::int64_t total = 0;
    std::int64_t zeros = 0;
    std::int64_t nonFinite = 0;
    // The chosen option's grid; empty when there is none.
    QString option; // "int4-sym-g128/rtn"
    double optionBits = 0;
    std::vector<GridLevel> levels;
    bool preview = false; // the option is looked at, the plan has another one
    std::vector<double> clipped; // per bin: weights beyond the outermost level of their group; or empty
    double clippedShare = 0; // 0..1
};

// Histogram with log counts; the option's grid levels are ticks with occupancy bars, the clipped part of
// every bin stands in front of it.
class WeightHistogram : public ChartBase
{
    Q_OBJECT
public:
    explicit WeightHistogram(QWidget* parent = nullptr);
    void setData(WeightHistogramData data);
    [[nodiscard]] const WeightHistogramData& data() const { return m_data; }
    [[nodiscard]] QString csv() const override;

Q_SIGNALS:
    void rangeSelected(double lower, double upper); // Shift+drag

protected:
    Interval homeRange(Qt::Orientation axis) const override;
    void paintData(QCPPainter& painter) override;
    QString readoutAt(const QPointF& position) const override;
    void rebuildLegend() override;
    [[nodiscard]] std::optional<Qt::KeyboardModifiers> boxModifiers(BoxUse use) const override;
    void boxed(const QRectF& box, Qt::KeyboardModifiers modifiers) override;

private:
    void paintBars(QCPPainter& painter) const;
    void paintLevels(QCPPainter& painter) const;

    WeightHistogramData m_data;
};

} // namespace bitwright::views
