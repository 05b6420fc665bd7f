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
    Interval extremes{0, 0}; // smallest and largest weight; as good as the edges where they are not known
};

// The part of a histogram that an axis is worth: all of it, unless a few weights far from the others (at most
// 1 in 20,000 at an end) would take at least half of it.
[[nodiscard]] Interval crowdedRange(std::span<const double> edges, std::span<const double> counts);

// Histogram with log counts; the option's grid levels are ticks, their occupancy stands in a strip of its own
// above, the clipped part of every bin in front of it. Weights far from all others are named at the edge: a
// click there, or the action, shows every weight.
class WeightHistogram : public ChartBase
{
    Q_OBJECT
public:
    explicit WeightHistogram(QWidget* parent = nullptr);
    void setData(WeightHistogramData data);
    [[nodiscard]] const WeightHistogramData& data() const { return m_data; }
    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QList<QAction*> chartActions() override;
    void showWholeRange();
    // "4 weights up to 7.91", empty where nothing lies beyond that end of the view.
    enum class Words
    {
        Full,
        Brief
    };
    [[nodiscard]] QString beyondText(bool above, Words words = Words::Full) const;
    [[nodiscard]] QRectF beyondRect(bool above) const; // where a click shows them
    [[nodiscard]] QString beyondLabel(bool above) const; // the same, the value alone where room is short

protected:
    Interval homeRange(Qt::Orientation axis) const override;
    void paintData(QCPPainter& painter) override;
    QString readoutAt(const QPointF& position) const override;
    void rebuildLegend() override;
    void syncAxes() override;
    void themeApplied() override;
    void clicked(const QPointF& position, Qt::KeyboardModifiers modifiers) override;
    void extendMenu(QMenu& menu, const QPointF& position) override;
    double zoomOutLimit() const override;

private:
    void paintBars(QCPPainter& painter) const;
    void paintLevelTicks(QCPPainter& painter) const;
    void paintOccupancy(QCPPainter& painter) const;
    void paintBeyond(QCPPainter& painter) const;
    [[nodiscard]] Interval wholeRange() const;
    [[nodiscard]] bool showsLevels() const;
    [[nodiscard]] double largestShare() const;

    WeightHistogramData m_data;
    QCPAxisRect* m_strip = nullptr; // occupancy
    QAction* m_whole = nullptr;
};

} // namespace bitwright::views
