#pragma once

#include <QLineF>
#include <QPointF>
#include <QPolygonF>
#include <QRectF>
#include <QSizeF>

#include <functional>
#include <span>
#include <vector>

namespace bitwright::views {

// The name of a mark in a scatter: its place, and the line that leads back to the mark where it is not beside
// it.
struct MarkLabel
{
    QRectF box; // null: no place that could not be read as another mark's
    QLineF leader; // from the mark to the box; null beside the mark
};

// Places labels beside their marks, the first marks first. No label covers an obstacle, a mark or another
// label; none stands nearer to another mark than to its own unless a line leads to its own, and no line
// passes over another mark. `cost` is what a place costs beyond its distance in pixels (where labels rather
// stand), `reach` the largest distance.
[[nodiscard]] std::vector<MarkLabel> labelMarks(std::span<const QPointF> marks, std::span<const QSizeF> sizes,
    const QRectF& bounds, std::span<const QRectF> obstacles, double reach,
    const std::function<double(const QRectF&)>& cost = {});

// Points along a line, `step` pixels apart however many points it has itself.
[[nodiscard]] std::vector<QPointF> sampledLine(const QPolygonF& line, double step);

} // namespace bitwright::views
