#pragma once

#include "views/charts/chart_base.h"

#include <QVector>

#include <limits>

namespace bitwright::views {

// Tail exponent and bits of one unit, or of a block.
struct AlphaPoint
{
    QString name;
    int block = -1; // -1: outside the blocks
    QString group; // role, for the legend
    int style = 0; // category of the group
    double alpha = std::numeric_limits<double>::quiet_NaN(); // NaN: no fit
    double alphaLow = std::numeric_limits<double>::quiet_NaN(); // confidence, or range of a block
    double alphaHigh = std::numeric_limits<double>::quiet_NaN();
    double bits = std::numeric_limits<double>::quiet_NaN();
    double weight = 1; // parameters: weighs the mean of bits
    QVector<int> units;
};
struct AlphaData
{
    std::vector<AlphaPoint> points; // in the order of the model
    QString estimator;
    bool calibrated = false; // the limits 2 and 6 hold for this estimator
    bool perBlock = false;
};

// Means of alpha (plain) and bits (by parameters) per block, with the range of alpha; what is outside the
// blocks is left out. Blocks ascend.
[[nodiscard]] std::vector<AlphaPoint> alphaByBlock(const std::vector<AlphaPoint>& points);

// Alpha of every tensor in the order of the model, its bits in the plan above it: do heavy tails get more
// bits? A click selects, Ctrl adds or takes away, Shift extends from the last one; a box with Shift selects,
// with Ctrl too it adds. Page up and down walk.
class AlphaChart : public ChartBase
{
    Q_OBJECT
public:
    explicit AlphaChart(QWidget* parent = nullptr);
    void setData(AlphaData data);
    [[nodiscard]] const AlphaData& data() const { return m_data; }
    void setCurrentUnits(const QVector<int>& units);
    [[nodiscard]] int pointAt(const QPointF& position) const; // -1 outside
    [[nodiscard]] QPointF pointPixel(int point) const;
    [[nodiscard]] QString csv() const override;

Q_SIGNALS:
    void pointActivated(int point);
    // By Ctrl (which takes away what is selected already) or by Shift, the points since the last one.
    void pointsExtended(const QVector<int>& points, bool toggles);
    void pointsSelected(const QVector<int>& points, bool extend); // by a box

protected:
    Interval homeRange(Qt::Orientation axis) const override;
    void paintData(QCPPainter& painter) override;
    void paintOverlay(QCPPainter& painter) override;
    QString readoutAt(const QPointF& position) const override;
    void rebuildLegend() override;
    void syncAxes() override;
    void themeApplied() override;
    void clicked(const QPointF& position, Qt::KeyboardModifiers modifiers) override;
    [[nodiscard]] std::optional<Qt::KeyboardModifiers> boxModifiers(BoxUse use) const override;
    void boxed(const QRectF& box, Qt::KeyboardModifiers modifiers) override;
    bool keyPressed(QKeyEvent* event) override;
    double zoomOutLimit() const override { return 1.05; }

private:
    [[nodiscard]] Ticks blockTicks(Interval range, int target) const;
    [[nodiscard]] bool isShown(const AlphaPoint& point) const;
    [[nodiscard]] bool isCurrent(const AlphaPoint& point) const;
    // The last point that was clicked, or the first selected one; -1 without either.
    [[nodiscard]] int anchor() const;
    void activate(int point, Qt::KeyboardModifiers modifiers);
    void paintGuides(QCPPainter& painter) const;
    void paintBits(QCPPainter& painter);

    AlphaData m_data;
    QVector<int> m_current; // ascending
    int m_anchor = -1;
    QCPAxisRect* m_top = nullptr;
};

} // namespace bitwright::views
