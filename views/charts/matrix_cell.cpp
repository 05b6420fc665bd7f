#include "views/charts/matrix_cell.h"

#include <algorithm>

namespace bitwright::views {

namespace {
constexpr double kEdge = 2; // around the contents of a cell
constexpr double kGap = 3; // between neighbors on one line
constexpr double kLine = 1; // between lines
constexpr double kBar = 4; // a bar of harm and its margin
constexpr double kLeastSquare = 10; // smaller ones say nothing
constexpr double kLeastNumber = 10; // height of a cell
constexpr double kLeastGlyph = 8; // a smaller mark is not recognized
constexpr double kMark = 0.5; // before a mark that stands at the edge

struct Room
{
    QSizeF cell;
    QSizeF number;
    double glyph = 0; // 0: no marks
    double most = 0;
};

QRectF centered(double x, double y, double side)
{
    return {x - side / 2, y - side / 2, side, side};
}

/// A line of its own for link and lock, at the height `top`.
void placeMarks(MatrixCellLayout& layout, const Room& room, double top)
{
    const double middle = room.cell.width() / 2;
    const bool both = room.cell.width() >= 2 * room.glyph + kGap + 2;
    const double shift = both ? (room.glyph + kGap) / 2 : 0;
    const double y = top + room.glyph / 2;
    layout.ownLine = true;
    layout.link = centered(middle - shift, y, room.glyph);
    layout.lock = centered(middle + shift, y, room.glyph);
}

/// Along the longer side: the more pixels, the more harms can be told apart.
QRectF barAlone(QSizeF cell)
{
    constexpr double kThick = 4;
    const double w = cell.width(), h = cell.height();
    if (w - 2 * kBar >= h - 2) {
        const double thick = std::min(kThick, h - 2);
        return {kBar, (h - thick) / 2, w - 2 * kBar, thick};
    }
    const double thick = std::clamp(w - 2, 1.0, kThick);
    return {(w - thick) / 2, 1, thick, h - 2};
}

/// Too narrow for a number: the square, under its marks where that costs little of its size.
MatrixCellLayout withoutNumber(const Room& room)
{
    MatrixCellLayout layout;
    const double w = room.cell.width(), h = room.cell.height();
    double side = std::min({w - 2 * kEdge, h - 2 * kEdge, room.most});
    double top = 0;
    if (room.glyph > 0 && w >= room.glyph + 2) {
        const double line = room.glyph + kLine;
        const double below = std::min(side, h - 2 * kEdge - line);
        if (below >= kLeastSquare && below >= 0.7 * side) {
            side = below;
            top = std::max(kEdge, (h - line - side) / 2) + line;
            placeMarks(layout, room, top - line);
        }
    }
    if (side < kLeastSquare)
        layout.bar = barAlone(room.cell);
    else
        layout.square = top > 0 ? QRectF((w - side) / 2, top, side, side) : centered(w / 2, h / 2, side);
    return layout;
}

/// The number above the square, marks at its sides, or under the square where only there is room.
MatrixCellLayout stacked(const Room& room, double side, bool digits)
{
    MatrixCellLayout layout;
    const double w = room.cell.width(), h = room.cell.height(), line = room.number.height() + kLine;
    const bool sides = w >= room.number.width() + 2 * (room.glyph + kGap);
    const double used = (digits ? 2 : 1) * line + side;
    const bool under = room.glyph > 0 && !sides && h - 2 * kEdge - used >= room.glyph + kLine;
    const double top = std::max(kEdge, (h - used - (under ? room.glyph + kLine : 0)) / 2);
    layout.number = QRectF((w - room.number.width()) / 2, top, room.number.width(), room.number.height());
    layout.square = QRectF((w - side) / 2, top + line, side, side);
    if (digits)
        layout.harm = QRectF(kEdge, top + line + side + kLine, w - 2 * kEdge, room.number.height());
    if (under) {
        placeMarks(layout, room, top + used + kLine);
    } else if (room.glyph > 0 && sides) {
        const double y = layout.number.center().y();
        layout.link = centered(layout.number.left() - kGap - room.glyph / 2, y, room.glyph);
        layout.lock = centered(layout.number.right() + kGap + room.glyph / 2, y, room.glyph);
    } else if (room.glyph > 0 && w >= room.number.width() + kGap + room.glyph + 2) {
        // One place for both, the lock coming first.
        layout.number.moveLeft((w - room.number.width() - kGap - room.glyph) / 2);
        layout.link = layout.lock
            = centered(layout.number.right() + kGap + room.glyph / 2, layout.number.center().y(), room.glyph);
    }
    return layout;
}

/// On one line: marks, number, square.
MatrixCellLayout abreast(const Room& room, double side)
{
    MatrixCellLayout layout;
    const double w = room.cell.width(), y = room.cell.height() / 2;
    double used = room.number.width() + kGap + side;
    const double spare = w - 2 * kEdge - used;
    const double mark = room.glyph + kGap;
    const int marks = room.glyph <= 0 ? 0 : spare >= 2 * mark ? 2 : spare >= mark ? 1 : 0;
    used += marks * mark;
    double x = (w - used) / 2;
    if (marks > 0) {
        layout.lock = layout.link = centered(x + room.glyph / 2, y, room.glyph);
        if (marks > 1)
            layout.link.translate(mark, 0);
        x += marks * mark;
    }
    layout.number = QRectF(x, y - room.number.height() / 2, room.number.width(), room.number.height());
    layout.square = centered(x + room.number.width() + kGap + side / 2, y, side);
    return layout;
}

/// A number that fills the cell: marks beside it where there is room.
MatrixCellLayout numberAlone(const Room& room)
{
    MatrixCellLayout layout;
    const double w = room.cell.width() - kBar, y = room.cell.height() / 2;
    const double half = std::min(room.number.height(), room.cell.height()) / 2;
    layout.bar = QRectF(w, 1, kBar - 1, room.cell.height() - 2);
    layout.number = QRectF((w - room.number.width()) / 2, y - half, room.number.width(), 2 * half);
    const double spare = w - room.number.width();
    if (room.glyph > 0 && layout.number.left() >= room.glyph + kGap) {
        layout.link = layout.lock = centered(layout.number.left() - kGap + 1 - room.glyph / 2, y, room.glyph);
    } else if (const double small = std::min(room.glyph, spare - 2); small >= kLeastGlyph) {
        // Off the middle, by as little as a small mark needs.
        layout.link = layout.lock = centered(kMark + small / 2, y, small);
        layout.number.moveLeft(std::max((w - room.number.width()) / 2, kMark + small + 1));
    }
    return layout;
}
} // namespace

MatrixCellLayout layoutMatrixCell(QSizeF cell, QSizeF number, bool marks, double most)
{
    const double w = cell.width(), h = cell.height();
    Room room{cell, number, marks ? std::clamp(0.8 * number.height(), 8.0, 26.0) : 0, most};
    if (w < number.width() + 2 || h < kLeastNumber)
        return withoutNumber(room);
    const double line = number.height() + kLine;
    const double beside = std::min({h - 2 * kEdge, w - number.width() - kGap - 2 * kEdge, most});
    double below = std::min({w - 2 * kEdge, h - line - 2 * kEdge, most});
    const bool digits = h >= 5.2 * line && w >= 2.6 * number.width();
    if (digits)
        below = std::min(below, h - 2 * line - 2 * kEdge);
    if (below >= kLeastSquare && below >= 0.6 * beside)
        return stacked(room, below, digits);
    if (beside >= kLeastSquare) {
        // A bar says what the square says; a tie is said by its mark alone.
        const MatrixCellLayout layout = abreast(room, beside), bar = numberAlone(room);
        return room.glyph > 0 && layout.link.isNull() && !bar.link.isNull() && w - kBar >= number.width() + 1
            ? bar
            : layout;
    }
    // The color tells the bits too, the harm has nothing but its square.
    return w - kBar >= number.width() + 1 ? numberAlone(room) : withoutNumber(room);
}

} // namespace bitwright::views
