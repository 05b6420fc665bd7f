#pragma once

#include "views/charts/chart_base.h"
#include "views/charts/extreme_pyramid.h"

#include <QImage>

#include <memory>

namespace bitwright::views {

// A matrix of values to look at. Where the matrix is too large to hold, a cell of the picture stands for
// rowsPerCell x columnsPerCell values by their extreme, and the chart asks for the values of what it shows.
struct MatrixImageData
{
    QString value; // what a cell is: "weight", "rounding error", "scale"
    QString note; // for the legend: "error of int4-sym-g128/rtn (preview)"
    QString rowLabel; // "output channel"
    QString columnLabel; // "input channel", "group"
    std::uint64_t rows = 0; // of the matrix
    std::uint64_t columns = 0;
    std::uint64_t rowsPerCell = 1;
    std::uint64_t columnsPerCell = 1;
    std::shared_ptr<const ExtremePyramid> cells;
    bool isSigned = true; // a diverging map around zero; else a sequential one of the magnitudes, log
    std::uint64_t inputsPerColumn = 1; // of a map of groups: columns name input channels in the readout
};

// The values of a part of the matrix, one by one.
struct MatrixPart
{
    std::uint64_t firstRow = 0;
    std::uint64_t firstColumn = 0;
    std::shared_ptr<const ExtremePyramid> values;
    [[nodiscard]] bool covers(Interval columns, Interval rows) const;
};

// Outputs down, inputs across, zoomed down to single weights, whose numbers are then printed. Decimates by
// extreme value. Colors are linear or by square root of the magnitude (default: small weights stay visible
// beside a hot one).
class MatrixImage : public ChartBase
{
    Q_OBJECT
public:
    explicit MatrixImage(QWidget* parent = nullptr);
    void setData(MatrixImageData data);
    [[nodiscard]] const MatrixImageData& data() const { return m_data; }
    // Answers partWanted; an old answer for another matrix is the caller's to drop.
    void setPart(MatrixPart part);
    void setRootScale(bool root);
    [[nodiscard]] bool isRootScale() const { return m_root; }
    void setMarkedColumn(int column); // line across the picture; -1 for none
    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QJsonObject viewState() const override;
    void setViewState(const QJsonObject& state) override;
    // The value that a pixel shows and where it stands; nothing outside. Row and column are of the matrix;
    // where a cell stands for many values, its first ones.
    [[nodiscard]] std::optional<ExtremePyramid::Place> placeAt(const QPointF& position) const;
    [[nodiscard]] QPointF cellPixel(double row, double column) const;
    // The picture as drawn, for tests.
    [[nodiscard]] QImage renderedImage() const { return m_image; }

Q_SIGNALS:
    void cellActivated(int row, int column);
    // Single values are wanted for what is shown: rows and columns are half-open ranges.
    void partWanted(int firstRow, int lastRow, int firstColumn, int lastColumn);
    void rootScaleChanged(bool root);

protected:
    Interval homeRange(Qt::Orientation axis) const override;
    void paintData(QCPPainter& painter) override;
    void paintOverlay(QCPPainter& painter) override;
    QString readoutAt(const QPointF& position) const override;
    void rebuildLegend() override;
    void syncAxes() override;
    void themeApplied() override;
    void clicked(const QPointF& position, Qt::KeyboardModifiers modifiers) override;
    void extendMenu(QMenu& menu, const QPointF& position) override;
    double zoomOutLimit() const override { return 1.0; }
    int zoomLimit() const override { return 1 << 22; }
    bool usesColorMap() const override { return !m_data.isSigned; }

private:
    [[nodiscard]] const ExtremePyramid* source(Interval& columns, Interval& rows) const;
    [[nodiscard]] QRectF pictureRect() const;
    [[nodiscard]] std::pair<Interval, Interval> spanOfPixel(const QPointF& position) const;
    [[nodiscard]] double position(double value) const; // on the color scale, 0..1
    [[nodiscard]] QRgb colorOf(float value) const;
    [[nodiscard]] Ticks barTicks(int target) const;
    void askForPart();
    void paintBar(QCPPainter& painter);
    void paintNumbers(QCPPainter& painter) const;

    MatrixImageData m_data;
    std::optional<MatrixPart> m_part;
    QCPAxisRect* m_bar = nullptr;
    QImage m_image;
    bool m_root = true;
    int m_marked = -1;
    std::array<std::uint64_t, 4> m_asked{};
};

} // namespace bitwright::views
