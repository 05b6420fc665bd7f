#pragma once

#include <QLineF>
#include <QPointF>
#include <QRectF>

// What placing names beside marks measures with, in pixels.
namespace bitwright::views {

// Zero inside of the box.
[[nodiscard]] double distanceOf(const QRectF& box, QPointF to);
[[nodiscard]] double distanceOf(const QLineF& line, QPointF to);
// Whether any of the line lies in the box.
[[nodiscard]] bool crosses(const QLineF& line, const QRectF& box);

} // namespace bitwright::views
