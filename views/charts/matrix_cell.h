#pragma once

#include <QRectF>
#include <QSizeF>

#include <limits>

namespace bitwright::views {

// Where the parts of one cell of the block x role matrix stand, from its top left corner. No two of them
// overlap; null: there is no room for it.
struct MatrixCellLayout
{
    QRectF number; // the bits
    QRectF square; // of the most harm; less harm takes a smaller square around the same center
    QRectF harm; // the harm in digits, in large cells
    QRectF link; // mark of a tie
    QRectF lock; // padlock; where there is room for one mark only, in the place of the link
    bool ownLine = false; // the marks stand on a line of their own
    QRectF bar; // in place of a square that would be too small: the harm takes a part of its longer side
};

// `number` is the room that the widest number takes, `marks` whether any cell has one (they all leave room
// then, so that numbers align), `most` the largest side that a square may have.
[[nodiscard]] MatrixCellLayout layoutMatrixCell(
    QSizeF cell, QSizeF number, bool marks, double most = std::numeric_limits<double>::infinity());

} // namespace bitwright::views
