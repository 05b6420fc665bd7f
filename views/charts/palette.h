#pragma once

#include <QBrush>
#include <QColor>
#include <QPalette>
#include <QRectF>
#include <QString>

#include <array>

class QPainter;

namespace bitwright::views {

// The colors of one appearance, as a value: charts are handed a Theme and repaint; nothing reads a global.
struct Theme
{
    bool dark = false;
    QColor background; // of plots and empty space
    QColor surface; // of chips, readouts and headers that stand on the background
    QColor foreground; // text and primary marks
    QColor muted; // secondary text
    QColor grid;
    QColor axis;
    QColor accent; // selection, current plan
    QColor warning; // fallback, refused, clipped: orange
    QColor nan; // NaN and Inf: magenta
    QColor hatch; // lines of "unknown"
    QColor hatchBackground;
    QColor forbidden; // fill of "cannot be reached"
};

[[nodiscard]] Theme lightTheme();
[[nodiscard]] Theme darkTheme();
// The theme that fits a widget palette: dark when its window color is darker than its text.
[[nodiscard]] Theme themeFor(const QPalette& palette);

// The fixed ordinal color of a width of 1..16 bits, dark to light in equal lightness steps over the rungs 1,
// 2, 3, 4, 5, 6, 8, 16, interpolated between rungs and clamped outside; the same in both themes. NaN gives
// the hatch background.
[[nodiscard]] QColor bitColor(double bits, const Theme& theme);
// Black or white, whichever has the higher contrast on `fill` (always at least 4.5 : 1).
[[nodiscard]] QColor textOn(const QColor& fill);
// Contrast ratio of two opaque colors, 1..21 (WCAG 2 definition).
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);
// Perceived lightness of an opaque color, 0..1 (Oklab L).
[[nodiscard]] double lightness(const QColor& color);
// `a` moved toward `b` by `t` in 0..1.
[[nodiscard]] QColor mix(const QColor& a, const QColor& b, double t);

// Sequential maps run from low = dark to high = light with even lightness; Diverging is for signed values,
// neutral at 0.5.
enum class ColorMap
{
    Cividis,
    Viridis,
    Magma,
    Grey,
    Diverging, // light in the middle
    DivergingDark // dark in the middle
};
// Of differences: the middle is close to the background, so that "no change" does not shine.
[[nodiscard]] ColorMap divergingMap(const Theme& theme);
[[nodiscard]] const std::array<QRgb, 256>& colorTable(ColorMap map);
// Color of t in 0..1, clamped; NaN gives a transparent color.
[[nodiscard]] QColor mapColor(ColorMap map, double t);
[[nodiscard]] QString colorMapName(ColorMap map);

enum class Marker
{
    None,
    Circle,
    Square,
    Diamond,
    Triangle,
    TriangleDown,
    Cross,
    Plus,
    Star,
    Hexagon
};
// Category style (Okabe-Ito): never color alone, so each index also has a dash and a marker. Indices wrap.
struct CategoryStyle
{
    QColor color;
    Qt::PenStyle dash = Qt::SolidLine;
    Marker marker = Marker::Circle;
};
[[nodiscard]] CategoryStyle categoryStyle(int index, const Theme& theme);

// Diagonal hatch that means "unknown".
[[nodiscard]] QBrush hatchBrush(const Theme& theme);
void paintHatch(QPainter& painter, const QRectF& rect, const Theme& theme);
void paintMarker(
    QPainter& painter, Marker marker, const QPointF& center, double radius, const QColor& color, bool hollow);
// Glyphs fill `rect` (square is best) with `color`.
void paintPadlock(QPainter& painter, const QRectF& rect, const QColor& color);
void paintLink(QPainter& painter, const QRectF& rect, const QColor& color);
// A sheet with lines: a note.
void paintNote(QPainter& painter, const QRectF& rect, const QColor& color);
// Orange corner at the top right of `cell`: fallback or refused.
void paintCorner(QPainter& painter, const QRectF& cell, double size, const Theme& theme);
// Magenta cross over `cell`: NaN or Inf inside.
void paintNanCross(QPainter& painter, const QRectF& cell, const Theme& theme);
// A ring with an exclamation mark: could not be measured.
void paintFailed(QPainter& painter, const QRectF& glyph, const QColor& color);

} // namespace bitwright::views
