#pragma once

#include "views/charts/outlier_map.h"

namespace bitwright::views {

// Draws the cells of an outlier map into an image: maxima pyramids per row, so that a frame costs pixels, not
// channels.
class OutlierImage
{
public:
    // `order[column]` is the channel at a display column; pyramids are built in display order.
    void setRows(const OutlierMapData& data, const std::vector<int>& order);
    void setColors(ColorMap map, const Theme& theme);
    void setScale(Interval values, bool logarithmic);
    // Cells columns.lower..upper x rows.lower..upper (cell i spans i..i+1) at the given size. Unknown is
    // hatched, infinite magenta, channels that a row does not have stay the background.
    [[nodiscard]] QImage render(Interval columns, Interval rows, QSize pixels) const;
    [[nodiscard]] const std::vector<float>& columnMaxima() const { return m_columnMaxima; }
    [[nodiscard]] std::vector<float> rowMaxima() const;
    // Range of the finite values (positive ones when logarithmic), at most eight decades below the top and
    // without the lowest half percent.
    [[nodiscard]] Interval valueRange(bool logarithmic) const;
    [[nodiscard]] bool hasUnknown() const { return m_hasUnknown; }
    // Row labels for an axis, thinned to `target`.
    [[nodiscard]] Ticks rowTicks(const OutlierMapData& data, Interval range, int target, bool brief) const;

private:
    [[nodiscard]] double lowEnd(double high) const;
    // Maxima over the cell rows [first, last) per pixel, then colors; false when a pixel is unknown (alpha 0
    // in `line`).
    bool colorLine(std::size_t first, std::size_t last, Interval columns, std::vector<float>& maxima,
        std::vector<float>& scratch, std::vector<QRgb>& line) const;
    [[nodiscard]] QRgb colorOf(float value) const;

    std::vector<MaxPyramid> m_rows; // -inf: the row has no such channel
    std::vector<float> m_columnMaxima;
    bool m_hasUnknown = false;
    std::array<QRgb, 256> m_table{};
    Theme m_theme;
    float m_low = 0; // of the color scale, log10 when logarithmic
    float m_factor = 1;
    bool m_logarithmic = true;
};

} // namespace bitwright::views
