#pragma once

#include "views/charts/chart_base.h"
#include "views/charts/data_table.h"

#include <QImage>

#include <memory>

namespace bitwright::views {

// Where the largest value of a channel stands.
struct OutlierPeak
{
    int channel = 0;
    std::int64_t token = 0;
    std::optional<std::int32_t> tokenId;
    QString tokenText; // may be empty
    double value = 0; // signed
};
// One layer (site) of the map. NaN = unknown (hatched), infinite = non-finite seen (magenta); rows may be
// shorter than the map is wide: channels that the site does not have stay blank.
struct OutlierRow
{
    QString name; // "model.layers.3.mlp input"
    QString label; // short, for the axis: "3 mlp"
    int block = -1;
    std::vector<float> values; // one per channel, natural order
    std::vector<OutlierPeak> peaks; // where the largest value of a channel is, as far as that is known
    QString brief = {}; // in place of the label where that has no room; may be empty
};
struct OutlierMark
{
    int row = 0;
    int channel = 0;
};
struct OutlierMapData
{
    std::vector<OutlierRow> rows; // top to bottom
    QString measure; // "max |x|"
    QString unit; // may be empty
    bool logarithmic = true; // color scale; false for kurtosis-like signed or zero-based measures
    std::vector<OutlierMark> marks; // cells that an outlier criterion names
    QString criterion; // of the marks and numbers, for the legend; may be empty
    std::vector<int> markedChannels; // whole columns that the criterion names
    std::vector<double> rowValues; // one number of the criterion per row, NaN unknown; empty when it has none
    QString rowMeasure; // what they are
    bool rowsAreShares = false; // shown in percent
    QString criterionNote; // counts, or why there is nothing
    QString criterionBasis; // what they were counted over; may be empty
    QString criterionWarning; // why the criterion says little here; for the panel, may be empty
    QString criterionAdvice; // what to look at instead; may be empty
    QString criterionWarningMore; // the same at length
};

// Layers down, channels across. Decimates by maximum, so a single hot channel never disappears; marginals
// show the maximum per channel (top) and per layer (right), with the criterion's number beside it. Left drag
// selects cells, Shift+drag zooms to a box. S sorts, P pins the channel under the cursor.
class OutlierMap : public ChartBase
{
    Q_OBJECT
public:
    explicit OutlierMap(QWidget* parent = nullptr);
    ~OutlierMap() override;
    void setData(OutlierMapData data);
    [[nodiscard]] const OutlierMapData& data() const;
    // Sorted: channels by descending maximum over the rows; else natural order.
    void setSorted(bool sorted);
    [[nodiscard]] bool isSorted() const;
    // Pins a channel (line in the map, trace at the right); -1 unpins.
    void setPinnedChannel(int channel);
    [[nodiscard]] int pinnedChannel() const;
    void setCurrentRow(int row); // -1 for none
    void setSelectedRows(const QVector<int>& rows); // further ones
    void setPreviewRow(int row); // the row that another view points at, -1 for none
    // Shows where a channel is while something elsewhere points at it; -1 for none.
    void setPreviewChannel(int channel);
    [[nodiscard]] QAction* sortAction() const;
    [[nodiscard]] QList<QAction*> chartActions() override;
    // The hottest cells of the view, at most some thousands.
    [[nodiscard]] TableData tableData() const override;
    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QJsonObject viewState() const override;
    void setViewState(const QJsonObject& state) override;

    // (row, channel) under a pixel; the hottest channel of the pixel column when several share it. -1
    // outside.
    [[nodiscard]] OutlierMark cellAtPixel(const QPointF& position) const;
    [[nodiscard]] QPointF cellPixel(int row, int channel) const;
    // What the margin at the right says about a row besides its maximum; empty when nothing.
    [[nodiscard]] QString rowNumber(int row) const;
    // The map as drawn, one device pixel per column, for tests.
    [[nodiscard]] QImage renderedMap() const;

Q_SIGNALS:
    void cellActivated(int row, int channel);
    void cellHovered(int row, int channel); // -1, -1 when none
    void channelPinned(int channel); // -1 when unpinned
    void regionSelected(const QVector<int>& rows, const QVector<int>& channels, bool adds);
    // Ctrl+click, and Shift+click from the current row.
    void rowsExtended(const QVector<int>& rows, int channel, bool toggles);
    void sortedChanged(bool sorted);

protected:
    Interval homeRange(Qt::Orientation axis) const override;
    void paintData(QCPPainter& painter) override;
    void paintOverlay(QCPPainter& painter) override;
    QString readoutAt(const QPointF& position) const override;
    QString statisticAt(const QPointF& position) const override;
    void rebuildLegend() override;
    void syncAxes() override;
    void themeApplied() override;
    void hoverMoved(const QPointF& position) override;
    void hoverLeft() override;
    void clicked(const QPointF& position, Qt::KeyboardModifiers modifiers) override;
    [[nodiscard]] std::optional<Qt::KeyboardModifiers> boxModifiers(BoxUse use) const override;
    void boxed(const QRectF& box, Qt::KeyboardModifiers modifiers) override;
    bool keyPressed(QKeyEvent* event) override;
    void extendMenu(QMenu& menu, const QPointF& position) override;
    double zoomOutLimit() const override { return 1.0; }
    bool usesColorMap() const override { return true; }

private:
    void rebuildColumns();
    void layoutMarginals();
    void paintMarks(QCPPainter& painter) const;
    void paintTop(QCPPainter& painter);
    void paintRight(QCPPainter& painter);
    void paintTrace(QCPPainter& painter, const QRectF& area) const;
    void paintPin(QCPPainter& painter) const;
    void paintBar(QCPPainter& painter);
    void paintTopMarks(QCPPainter& painter, const QRectF& area) const;
    [[nodiscard]] QColor rowBarColor() const;
    void paintRowBars(QCPPainter& painter, const QRectF& area) const;
    void paintRowNumbers(QCPPainter& painter, const QRectF& area) const;
    void paintHeadings(QCPPainter& painter) const;
    [[nodiscard]] bool isNarrow() const; // names and numbers give way to the map
    [[nodiscard]] int barLabels() const; // pixels for the numbers of the color bar
    [[nodiscard]] double rowNumbersWidth() const; // 0 where the criterion has nothing to say
    void paintRowScale(QCPPainter& painter, const QRectF& area) const;
    void paintRowFrame(QCPPainter& painter, int row, const QColor& color) const;
    void createActions();
    [[nodiscard]] bool showsRowValues() const;
    [[nodiscard]] double rowValuePixel(double value, const QRectF& area) const;
    [[nodiscard]] QRectF headingRoom() const;
    [[nodiscard]] bool rowHeadingFits(const QFontMetricsF& metrics) const;
    [[nodiscard]] QString measureText() const;
    [[nodiscard]] QString rowValueText(int row) const;
    // Rows and display columns of the view.
    [[nodiscard]] std::pair<OutlierMark, OutlierMark> visibleCells() const;

    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace bitwright::views
