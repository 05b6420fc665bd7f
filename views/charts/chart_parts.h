#pragma once

#include "views/charts/chart_base.h"

namespace bitwright::views {

// The provenance footnote in the plot layout.
class Footnote : public QCPLayoutElement
{
    Q_OBJECT
public:
    explicit Footnote(QCustomPlot* plot);
    void setLook(const QFont& font, const QColor& color);
    // Fixes the height: at most `lines` lines of `width` pixels, nothing when there is no text.
    void settle(const ChartCaption& caption, int width, int lines);

protected:
    void draw(QCPPainter* painter) override;

private:
    QStringList m_lines;
    QFont m_font;
    QColor m_color;
};

// Legend as a strip above the plot; entries wrap and are toggled by click. Where not all find room, they use
// their brief labels and those that the plot names itself come last; what finds none even so is counted as
// "+n".
class LegendStrip : public QCPLayoutElement
{
    Q_OBJECT
public:
    explicit LegendStrip(QCustomPlot* plot);
    void setEntries(std::vector<LegendEntry> entries) { m_entries = std::move(entries); }
    [[nodiscard]] const std::vector<LegendEntry>& entries() const { return m_entries; }
    void setHidden(const QSet<QString>& keys) { m_hidden = keys; }
    void setLook(const QFont& font, const QColor& text, const QColor& muted);
    // Wraps to `width` with at most `maximumRows` rows and fixes the height, at least to `minimumHeight`.
    void settle(int width, int maximumRows, int minimumHeight);
    // Whether entries found no room.
    [[nodiscard]] bool isCut() const { return m_more > 0; }
    // Entry at a widget position, -1 when none.
    [[nodiscard]] int entryAt(const QPointF& position) const;
    // Its rectangle in the widget, null when it found no room.
    [[nodiscard]] QRectF placeOf(int entry) const;
    // Entry after (or before) `entry` that can be toggled and is visible; -1 when none. -1 starts.
    [[nodiscard]] int neighbour(int entry, bool forward) const;
    void setFocused(int entry) { m_focused = entry; }
    void setFocusColor(const QColor& color) { m_focusColor = color; }

protected:
    void draw(QCPPainter* painter) override;

private:
    [[nodiscard]] const QString& labelOf(const LegendEntry& entry) const;
    // Gives the entries their places and returns the height that they take.
    double place(double right, int maximumRows);
    [[nodiscard]] std::vector<std::size_t> placeOrder() const;
    void drawUpright(
        QPainter& painter, const QPointF& middle, const LegendEntry& entry, const QColor& color) const;
    void drawSample(QPainter& painter, const QRectF& rect, const LegendEntry& entry) const;

    std::vector<LegendEntry> m_entries;
    std::vector<QRectF> m_places; // relative to the element; null = no room
    QSet<QString> m_hidden;
    QFont m_font;
    QColor m_text;
    QColor m_muted;
    QColor m_focusColor;
    int m_focused = -1;
    QRectF m_morePlace;
    int m_more = 0;
    bool m_brief = false;
    bool m_plotLast = false; // what the plot names too comes last
};

// Ticks of an axis by the free functions of chart_math.
class NiceTicker : public QCPAxisTicker
{
public:
    explicit NiceTicker(QCPAxis* axis);
    void setMaker(ChartBase::TickMaker maker, double pixelsPerTick);
    void generate(const QCPRange& range, const QLocale& locale, QChar formatChar, int precision,
        QVector<double>& ticks, QVector<double>* subTicks, QVector<QString>* tickLabels) override;

private:
    QCPAxis* m_axis;
    ChartBase::TickMaker m_maker;
    double m_pixelsPerTick = 0; // 0: automatic
};

} // namespace bitwright::views
