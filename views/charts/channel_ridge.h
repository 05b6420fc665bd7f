#pragma once

#include "views/charts/chart_base.h"

namespace bitwright::views {

// Ranges of the channels of one side of a matrix; NaN where a channel has no finite value.
struct ChannelRidgeData
{
    QString tensor;
    QString channelLabel; // "input channel"
    std::vector<float> minimum;
    std::vector<float> maximum;
    std::vector<float> rms;
    std::vector<float> activation; // largest |x| that feeds each channel; empty: unknown
    QString activationLabel;
};

// Channels by descending largest magnitude (unknown last), or in natural order.
[[nodiscard]] std::vector<int> ridgeOrder(const ChannelRidgeData& data, bool sorted);

// The range of every channel as a band, its rms inside it; the inputs' largest activations above, on an axis
// of their own. Linear shows the sign, L turns to magnitudes on a log axis. Keeps minima and maxima when many
// channels share a pixel.
class ChannelRidge : public ChartBase
{
    Q_OBJECT
public:
    explicit ChannelRidge(QWidget* parent = nullptr);
    void setData(ChannelRidgeData data);
    [[nodiscard]] const ChannelRidgeData& data() const { return m_data; }
    void setSorted(bool sorted);
    [[nodiscard]] bool isSorted() const { return m_sorted; }
    void setMarkedChannel(int channel); // -1 for none
    [[nodiscard]] int channelAt(const QPointF& position) const; // the largest one under the pixel; -1 outside
    [[nodiscard]] double columnOf(int channel) const;
    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QJsonObject viewState() const override;
    void setViewState(const QJsonObject& state) override;

Q_SIGNALS:
    void channelActivated(int channel);
    void sortedChanged(bool sorted);

protected:
    Interval homeRange(Qt::Orientation axis) const override;
    void paintData(QCPPainter& painter) override;
    void paintOverlay(QCPPainter& painter) override;
    QString readoutAt(const QPointF& position) const override;
    void rebuildLegend() override;
    void syncAxes() override;
    void themeApplied() override;
    void clicked(const QPointF& position, Qt::KeyboardModifiers modifiers) override;
    bool keyPressed(QKeyEvent* event) override;
    void extendMenu(QMenu& menu, const QPointF& position) override;
    double zoomOutLimit() const override { return 1.0; }

private:
    void rebuild();
    void paintBand(QCPPainter& painter, const std::vector<float>& low, const std::vector<float>& high,
        const QColor& fill, const QColor& line) const;
    void paintTop(QCPPainter& painter);
    [[nodiscard]] Interval activationRange() const;

    ChannelRidgeData m_data;
    bool m_sorted = false;
    int m_marked = -1;
    std::vector<int> m_order; // display column -> channel
    std::vector<int> m_columnOf;
    std::vector<float> m_low, m_high, m_rms, m_minusRms, m_magnitude, m_activation; // in display order
    QCPAxisRect* m_top = nullptr;
};

} // namespace bitwright::views
