#pragma once

#include "views/charts/chart_base.h"

#include <QVector>

#include <limits>
#include <vector>

namespace bitwright::views {

// A number that was predicted and then measured.
struct AgreementPoint
{
    QString name;
    QString option;
    QString group; // role, for the legend
    int style = 0; // category of the group
    double predicted = std::numeric_limits<double>::quiet_NaN(); // NaN: no prediction
    double measured = std::numeric_limits<double>::quiet_NaN();
    std::optional<Interval> interval; // 95 %, of the measurement
    int unit = -1;
};
struct AgreementData
{
    std::vector<AgreementPoint> points;
    QString predictedLabel;
    QString measuredLabel;
};

// What the prediction of a point would be for its measurement by the law that fits all points best, on the
// log scale: ln measured = a + b ln predicted.
struct AgreementLaw
{
    double a = 0, b = 1;
    [[nodiscard]] double at(double predicted) const;
};
// Nothing with fewer than three points above zero.
[[nodiscard]] std::optional<AgreementLaw> agreementLaw(const AgreementData& data);
// Indices of the points that miss the law by the largest factors, worst first; those whose interval holds
// what the law says are no misses.
[[nodiscard]] std::vector<int> worstMisses(const AgreementData& data, std::size_t most);

// Predicted against measured, on log axes, with the intervals of the measurements. The worst misses carry
// their names.
class AgreementChart : public ChartBase
{
    Q_OBJECT
public:
    explicit AgreementChart(QWidget* parent = nullptr);
    void setData(AgreementData data);
    [[nodiscard]] const AgreementData& data() const { return m_data; }
    // Ascending.
    void setCurrentUnits(const QVector<int>& units);
    [[nodiscard]] int pointAt(const QPointF& position) const; // nearest within reach; -1 when none
    [[nodiscard]] std::optional<QPointF> pointPixel(int point) const; // nothing where it cannot be drawn
    // Names of the worst misses, as far as there is room for them; the worst first.
    [[nodiscard]] QStringList missNames() const;
    [[nodiscard]] QString csv() const override;

Q_SIGNALS:
    void pointActivated(int point, Qt::KeyboardModifiers modifiers);
    void pointsSelected(const QVector<int>& points, bool extend); // by a box

protected:
    Interval homeRange(Qt::Orientation axis) const override;
    void paintData(QCPPainter& painter) override;
    void paintOverlay(QCPPainter& painter) override;
    QString readoutAt(const QPointF& position) const override;
    void rebuildLegend() override;
    [[nodiscard]] int legendRowsWhenSmall() const override { return 2; }
    void clicked(const QPointF& position, Qt::KeyboardModifiers modifiers) override;
    [[nodiscard]] std::optional<Qt::KeyboardModifiers> boxModifiers(BoxUse use) const override;
    void boxed(const QRectF& box, Qt::KeyboardModifiers modifiers) override;

private:
    struct Miss
    {
        int point = -1;
        QString name;
    };
    [[nodiscard]] std::vector<Miss> namedMisses() const;
    [[nodiscard]] QLineF whiskerOf(const Interval& interval, double x) const;
    [[nodiscard]] bool isShown(const AgreementPoint& point) const;
    [[nodiscard]] QPolygonF lawLine() const;
    void paintLaw(QCPPainter& painter) const;
    void paintPoint(QCPPainter& painter, int point) const;
    void paintNames(QCPPainter& painter) const;

    AgreementData m_data;
    std::optional<AgreementLaw> m_law;
    std::vector<int> m_misses;
    QVector<int> m_current;
};

} // namespace bitwright::views
