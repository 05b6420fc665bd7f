#pragma once

#include "views/charts/chart_base.h"

namespace bitwright::views {

// One channel across the layers, against the largest value of each layer.
struct ChannelTraceData
{
    struct Row
    {
        QString name; // of the site
        QString label; // short, for the axis
        double value = 0; // of the channel; NaN when unknown or when the site has no such channel
        double largest = 0; // of all channels of the site; NaN when unknown
        QString brief = {}; // where the label has no room; may be empty
    };
    std::vector<Row> rows;
    int channel = -1;
    QString measure; // "max |x|"
    bool logarithmic = true; // to begin with
};

// The pinned channel of an OutlierMap as a line over its rows. Click or Page up/down choose a row.
class ChannelTrace : public ChartBase
{
    Q_OBJECT
public:
    explicit ChannelTrace(QWidget* parent = nullptr);
    void setData(ChannelTraceData data);
    [[nodiscard]] const ChannelTraceData& data() const { return m_data; }
    void setCurrentRow(int row); // -1 for none; emits nothing
    void setHoverRow(int row); // the row that another view points at
    [[nodiscard]] QString csv() const override;
    [[nodiscard]] int rowAt(const QPointF& position) const; // -1 outside
    [[nodiscard]] std::optional<QPointF> rowPixel(int row) const; // of the channel's value

    QSize sizeHint() const override { return {480, 190}; }

Q_SIGNALS:
    void rowActivated(int row);
    void rowHovered(int row); // -1 when none

protected:
    Interval homeRange(Qt::Orientation axis) const override;
    void paintData(QCPPainter& painter) override;
    void paintOverlay(QCPPainter& painter) override;
    QString readoutAt(const QPointF& position) const override;
    void rebuildLegend() override;
    void hoverMoved(const QPointF& position) override;
    void hoverLeft() override;
    void clicked(const QPointF& position, Qt::KeyboardModifiers modifiers) override;
    bool keyPressed(QKeyEvent* event) override;

private:
    void paintLine(
        QCPPainter& painter, double ChannelTraceData::Row::*value, const QPen& pen, Marker marker) const;
    void nameRows();
    void addLastTick(Interval range, double room, Ticks& ticks) const;

    ChannelTraceData m_data;
    int m_current = -1;
    int m_hover = -1;
};

} // namespace bitwright::views
