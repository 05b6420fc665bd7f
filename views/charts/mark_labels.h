#pragma once

#include <QLineF>
#include <QPointF>
#include <QPolygonF>
#include <QRectF>
#include <QSizeF>
#include <QStringList>

#include <functional>
#include <span>
#include <vector>

namespace bitwright::views {

// The name of a mark in a scatter: its place, and the line that leads back to the mark where it is not beside
// it.
struct MarkLabel
{
    QRectF box; // null: no place that could not be read as another mark's
    QLineF leader; // from the mark to just before the box; null beside the mark
};

// Places labels beside their marks, the first marks first. No label covers an obstacle, a mark or another
// label; none stands nearer to another mark than to its own unless a line leads to its own, and no line
// passes over another mark. `cost` is what a place costs beyond its distance in pixels (where labels rather
// stand), `reach` the largest distance. A mark without a size gets no label; marks of one group, which is
// named by the label of one of them, have the same number in `groups`. `line` are points, some 3 pixels
// apart, of a line along which no leader runs: it would not be seen.
[[nodiscard]] std::vector<MarkLabel> labelMarks(std::span<const QPointF> marks, std::span<const QSizeF> sizes,
    const QRectF& bounds, std::span<const QRectF> obstacles, double reach,
    const std::function<double(const QRectF&)>& cost = {}, std::span<const int> groups = {},
    std::span<const QPointF> line = {});

// A mark of a family ("int2-sym-g64") that stands in a crowd.
struct FamilyMark
{
    QPointF at;
    QString name;
};
// Numbers of the groups, from 0 on, of marks that stand beside each other and belong to one family; -1 for
// the others. `marks` are in the order of their places.
[[nodiscard]] std::vector<int> familyGroups(std::span<const FamilyMark> marks);
// "int2-sym: g128, g64, g32", and "int2-sym" where `shortly`.
[[nodiscard]] QString familyName(const QStringList& names, bool shortly);

// Points along a line, `step` pixels apart however many points it has itself.
[[nodiscard]] std::vector<QPointF> sampledLine(const QPolygonF& line, double step);

} // namespace bitwright::views
