#include "views/charts/label_geometry.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace bitwright::views {

double distanceOf(const QRectF& box, QPointF to)
{
    const QPointF way(std::clamp(to.x(), box.left(), box.right()) - to.x(),
        std::clamp(to.y(), box.top(), box.bottom()) - to.y());
    return std::hypot(way.x(), way.y());
}

double distanceOf(const QLineF& line, QPointF to)
{
    const QPointF along = line.p2() - line.p1(), way = to - line.p1();
    const double length = QPointF::dotProduct(along, along);
    const double t = length > 0 ? std::clamp(QPointF::dotProduct(along, way) / length, 0.0, 1.0) : 0;
    const QPointF off = way - along * t;
    return std::hypot(off.x(), off.y());
}

bool crosses(const QLineF& line, const QRectF& box)
{
    if (box.contains(line.p1()) || box.contains(line.p2()))
        return true;
    const QLineF diagonals[]{{box.topLeft(), box.bottomRight()}, {box.topRight(), box.bottomLeft()}};
    return std::any_of(std::begin(diagonals), std::end(diagonals), [&](const QLineF& diagonal) {
        return line.intersects(diagonal, nullptr) == QLineF::BoundedIntersection;
    });
}

} // namespace bitwright::views
