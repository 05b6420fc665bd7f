#include "views/charts/palette.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>
#include <QPixmap>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bitwright::views {

namespace {

struct Lab
{
    double l = 0, a = 0, b = 0;
};
struct Lch
{
    double l = 0, c = 0, h = 0; // lightness 0..1, chroma, hue in degrees
};

double toLinear(double s)
{
    return s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4);
}
double toGamma(double x)
{
    return x <= 0.0031308 ? x * 12.92 : 1.055 * std::pow(x, 1 / 2.4) - 0.055;
}

// Oklab (B. Ottosson, 2020): matrices of the published definition.
std::array<double, 3> linearOf(const Lab& c)
{
    const double l = std::pow(c.l + 0.3963377774 * c.a + 0.2158037573 * c.b, 3);
    const double m = std::pow(c.l - 0.1055613458 * c.a - 0.0638541728 * c.b, 3);
    const double s = std::pow(c.l - 0.0894841775 * c.a - 1.2914855480 * c.b, 3);
    return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}
Lab labOf(const QColor& color)
{
    const double r = toLinear(color.redF()), g = toLinear(color.greenF()), b = toLinear(color.blueF());
    const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}
Lab labOf(const Lch& c)
{
    const double radians = c.h * std::numbers::pi / 180;
    return {c.l, c.c * std::cos(radians), c.c * std::sin(radians)};
}
bool inGamut(const std::array<double, 3>& rgb)
{
    return std::all_of(rgb.begin(), rgb.end(), [](double x) { return x >= -1e-4 && x <= 1 + 1e-4; });
}
// Keeps lightness and hue and gives up chroma until the screen can show it: lightness steps stay equal.
QColor colorOf(Lch c)
{
    double low = 0, high = c.c;
    if (!inGamut(linearOf(labOf(c)))) {
        for (int i = 0; i < 24; ++i) {
            c.c = (low + high) / 2;
            (inGamut(linearOf(labOf(c))) ? low : high) = c.c;
        }
        c.c = low;
    }
    const auto rgb = linearOf(labOf(c));
    const auto channel = [](double x) { return static_cast<float>(std::clamp(toGamma(x), 0.0, 1.0)); };
    return QColor::fromRgbF(channel(rgb[0]), channel(rgb[1]), channel(rgb[2]));
}

struct Anchor
{
    double t;
    Lch color;
};
double blend(double a, double b, double t)
{
    return a + (b - a) * t;
}
// Piecewise linear in chroma and hue, and exactly linear in lightness when the anchors' lightness is.
template <std::size_t N>
Lch interpolate(const std::array<Anchor, N>& anchors, double t)
{
    std::size_t i = 1;
    while (i + 1 < N && t > anchors[i].t)
        ++i;
    const Anchor& a = anchors[i - 1];
    const Anchor& b = anchors[i];
    const double u = std::clamp((t - a.t) / (b.t - a.t), 0.0, 1.0);
    return {blend(a.color.l, b.color.l, u), blend(a.color.c, b.color.c, u), blend(a.color.h, b.color.h, u)};
}
template <std::size_t N>
std::array<QRgb, 256> tableOf(const std::array<Anchor, N>& anchors)
{
    std::array<QRgb, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = colorOf(interpolate(anchors, static_cast<double>(i) / 255)).rgb();
    return table;
}

// Own anchors in Oklch, even in lightness, in the manner of the maps that they are named after.
std::array<QRgb, 256> makeTable(ColorMap map)
{
    switch (map) {
    case ColorMap::Cividis:
        return tableOf(std::array<Anchor, 5>{{{0, {0.25, 0.085, 258}}, {0.3, {0.453, 0.055, 268}},
            {0.5, {0.588, 0.018, 180}}, {0.7, {0.723, 0.085, 100}}, {1, {0.925, 0.165, 100}}}});
    case ColorMap::Viridis:
        return tableOf(std::array<Anchor, 5>{{{0, {0.27, 0.13, 315}}, {0.3, {0.465, 0.095, 262}},
            {0.5, {0.595, 0.09, 200}}, {0.75, {0.7575, 0.15, 155}}, {1, {0.92, 0.185, 105}}}});
    case ColorMap::Magma:
        return tableOf(std::array<Anchor, 5>{{{0, {0.12, 0.04, 285}}, {0.3, {0.363, 0.15, 308}},
            {0.55, {0.5655, 0.19, 365}}, {0.8, {0.768, 0.15, 410}}, {1, {0.93, 0.09, 462}}}});
    case ColorMap::Grey:
        return tableOf(std::array<Anchor, 2>{{{0, {0.2, 0, 0}}, {1, {0.95, 0, 0}}}});
    case ColorMap::Diverging:
        // Each arm keeps its hue down to the neutral middle: blending hues would pass through green.
        return tableOf(std::array<Anchor, 4>{{{0, {0.42, 0.16, 262}}, {0.4999, {0.93, 0.004, 262}},
            {0.5001, {0.93, 0.004, 40}}, {1, {0.42, 0.16, 40}}}});
    case ColorMap::DivergingDark:
        return tableOf(std::array<Anchor, 4>{{{0, {0.74, 0.13, 255}}, {0.4999, {0.3, 0.004, 255}},
            {0.5001, {0.3, 0.004, 50}}, {1, {0.74, 0.13, 50}}}});
    }
    return {};
}

constexpr std::array<double, 8> kRungs{1, 2, 3, 4, 5, 6, 8, 16};
double rungPosition(double bits)
{
    const double b = std::clamp(bits, kRungs.front(), kRungs.back());
    std::size_t i = 1;
    while (i + 1 < kRungs.size() && b > kRungs[i])
        ++i;
    const double within = (b - kRungs[i - 1]) / (kRungs[i] - kRungs[i - 1]);
    return (static_cast<double>(i - 1) + within) / static_cast<double>(kRungs.size() - 1);
}
// Indigo through teal to pale straw: no orange, no magenta, which mean warning and NaN.
const std::array<QRgb, 256>& bitTable()
{
    static const std::array<QRgb, 256> table
        = tableOf(std::array<Anchor, 5>{{{0, {0.30, 0.13, 292}}, {0.3, {0.4875, 0.125, 258}},
            {0.55, {0.64375, 0.095, 205}}, {0.8, {0.8, 0.11, 158}}, {1, {0.925, 0.065, 110}}}});
    return table;
}

double relativeLuminance(const QColor& c)
{
    return 0.2126 * toLinear(c.redF()) + 0.7152 * toLinear(c.greenF()) + 0.0722 * toLinear(c.blueF());
}

} // namespace

Theme lightTheme()
{
    Theme t;
    t.dark = false;
    t.background = QColor(0xff, 0xff, 0xff);
    t.surface = QColor(0xf3, 0xf5, 0xf7);
    t.foreground = QColor(0x1b, 0x20, 0x26);
    t.muted = QColor(0x5a, 0x64, 0x70);
    t.grid = QColor(0xe4, 0xe8, 0xec);
    t.axis = QColor(0x8a, 0x94, 0xa0);
    t.accent = QColor(0x0b, 0x5c, 0xad);
    t.warning = QColor(0xd9, 0x6a, 0x00);
    t.nan = QColor(0xc8, 0x00, 0x96);
    t.hatch = QColor(0xb4, 0xbb, 0xc3);
    t.hatchBackground = QColor(0xee, 0xf0, 0xf2);
    t.forbidden = QColor(0xdf, 0xe3, 0xe9);
    return t;
}

Theme darkTheme()
{
    Theme t;
    t.dark = true;
    t.background = QColor(0x17, 0x1a, 0x1f);
    t.surface = QColor(0x22, 0x27, 0x2e);
    t.foreground = QColor(0xe6, 0xe9, 0xed);
    t.muted = QColor(0x9a, 0xa4, 0xb0);
    t.grid = QColor(0x2b, 0x31, 0x39);
    t.axis = QColor(0x6b, 0x76, 0x83);
    t.accent = QColor(0x5a, 0xb0, 0xff);
    t.warning = QColor(0xff, 0x9b, 0x3d);
    t.nan = QColor(0xff, 0x5c, 0xd6);
    t.hatch = QColor(0x55, 0x5f, 0x6b);
    t.hatchBackground = QColor(0x22, 0x26, 0x2c);
    t.forbidden = QColor(0x2f, 0x35, 0x3e);
    return t;
}

Theme themeFor(const QPalette& palette)
{
    const bool dark
        = lightness(palette.color(QPalette::Window)) < lightness(palette.color(QPalette::WindowText));
    return dark ? darkTheme() : lightTheme();
}

QColor bitColor(double bits, const Theme& theme)
{
    if (std::isnan(bits))
        return theme.hatchBackground;
    return QColor(bitTable()[static_cast<std::size_t>(std::lround(rungPosition(bits) * 255))]);
}

QColor textOn(const QColor& fill)
{
    return contrastRatio(fill, Qt::white) > contrastRatio(fill, Qt::black) ? QColor(Qt::white)
                                                                           : QColor(Qt::black);
}

double contrastRatio(const QColor& a, const QColor& b)
{
    const double la = relativeLuminance(a) + 0.05;
    const double lb = relativeLuminance(b) + 0.05;
    return std::max(la, lb) / std::min(la, lb);
}

double lightness(const QColor& color)
{
    return labOf(color).l;
}

QColor mix(const QColor& a, const QColor& b, double t)
{
    const auto channel = [t](float x, float y) { return static_cast<float>(blend(double{x}, double{y}, t)); };
    return QColor::fromRgbF(channel(a.redF(), b.redF()), channel(a.greenF(), b.greenF()),
        channel(a.blueF(), b.blueF()), channel(a.alphaF(), b.alphaF()));
}

const std::array<QRgb, 256>& colorTable(ColorMap map)
{
    static const std::array<std::array<QRgb, 256>, 6> tables{makeTable(ColorMap::Cividis),
        makeTable(ColorMap::Viridis), makeTable(ColorMap::Magma), makeTable(ColorMap::Grey),
        makeTable(ColorMap::Diverging), makeTable(ColorMap::DivergingDark)};
    return tables[static_cast<std::size_t>(map)];
}

ColorMap divergingMap(const Theme& theme)
{
    return theme.dark ? ColorMap::DivergingDark : ColorMap::Diverging;
}

QColor mapColor(ColorMap map, double t)
{
    if (std::isnan(t))
        return Qt::transparent;
    return QColor(colorTable(map)[static_cast<std::size_t>(std::lround(std::clamp(t, 0.0, 1.0) * 255))]);
}

QString colorMapName(ColorMap map)
{
    switch (map) {
    case ColorMap::Cividis:
        return QStringLiteral("Cividis");
    case ColorMap::Viridis:
        return QStringLiteral("Viridis");
    case ColorMap::Magma:
        return QStringLiteral("Magma");
    case ColorMap::Grey:
        return QCoreApplication::translate("Charts", "Gray");
    case ColorMap::Diverging:
    case ColorMap::DivergingDark:
        return QStringLiteral("Diverging");
    }
    return {};
}

CategoryStyle categoryStyle(int index, const Theme& theme)
{
    // Okabe and Ito's eight colors; black gives way to the foreground, yellow is last because it is weak on
    // white.
    static constexpr std::array<QRgb, 7> colors{
        0xff0072b2, 0xffd55e00, 0xff009e73, 0xffcc79a7, 0xff56b4e9, 0xffe69f00, 0xfff0e442};
    static constexpr std::array<Qt::PenStyle, 4> dashes{
        Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine};
    static constexpr std::array<Marker, 8> markers{Marker::Circle, Marker::Square, Marker::Triangle,
        Marker::Diamond, Marker::TriangleDown, Marker::Plus, Marker::Cross,
        Marker::Hexagon}; // stars are massive activations
    const auto i = static_cast<std::size_t>(std::max(index, 0));
    QColor color = i % 8 == 7 ? theme.foreground : QColor(colors[i % 8]);
    if (theme.dark && i % 8 == 0)
        color = QColor(0x6a, 0x97, 0xff); // the blue of the set is too dark on a dark background
    if (theme.dark && i % 8 == 4)
        color = QColor(0x7f, 0xdd, 0xe6); // away from that blue, which is lighter than the set's
    if (!theme.dark && i % 8 == 6)
        color = QColor(0x8f, 0x84, 0x00);
    return {color, dashes[(i / 8) % dashes.size()], markers[i % markers.size()]};
}

QBrush hatchBrush(const Theme& theme)
{
    return QBrush(theme.hatch, Qt::BDiagPattern);
}

void paintHatch(QPainter& painter, const QRectF& rect, const Theme& theme)
{
    // Lines are drawn, not a pattern brush: patterns do not scale with the device pixel ratio and vanish in
    // vector files.
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.fillRect(rect, theme.hatchBackground);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.hatch, 1));
    constexpr double kStep = 6;
    const double first
        = std::floor((rect.left() + rect.top()) / kStep) * kStep; // in phase with neighboring rects
    for (double s = first; s < rect.right() + rect.bottom(); s += kStep)
        painter.drawLine(QPointF(s - rect.top(), rect.top()), QPointF(s - rect.bottom(), rect.bottom()));
    painter.restore();
}

void paintMarker(
    QPainter& painter, Marker marker, const QPointF& center, double radius, const QColor& color, bool hollow)
{
    if (marker == Marker::None)
        return;
    QPainterPath path;
    const double r = radius;
    const auto polygon = [&](std::initializer_list<QPointF> points) {
        QPolygonF p;
        for (const QPointF& point : points)
            p << center + point * r;
        path.addPolygon(p);
        path.closeSubpath();
    };
    switch (marker) {
    case Marker::Circle:
        path.addEllipse(center, r, r);
        break;
    case Marker::Square:
        polygon({{-0.88, -0.88}, {0.88, -0.88}, {0.88, 0.88}, {-0.88, 0.88}});
        break;
    case Marker::Diamond:
        polygon({{0, -1.2}, {1.2, 0}, {0, 1.2}, {-1.2, 0}});
        break;
    case Marker::Hexagon:
        polygon({{0, -1.1}, {0.95, -0.55}, {0.95, 0.55}, {0, 1.1}, {-0.95, 0.55}, {-0.95, -0.55}});
        break;
    case Marker::Triangle:
        polygon({{0, -1.15}, {1.05, 0.8}, {-1.05, 0.8}});
        break;
    case Marker::TriangleDown:
        polygon({{0, 1.15}, {1.05, -0.8}, {-1.05, -0.8}});
        break;
    case Marker::Star: {
        QPolygonF p;
        for (int i = 0; i < 10; ++i) {
            const double angle = std::numbers::pi * (i / 5.0 - 0.5);
            p << center + QPointF(std::cos(angle), std::sin(angle)) * r * (i % 2 == 0 ? 1.4 : 0.6);
        }
        path.addPolygon(p);
        path.closeSubpath();
        break;
    }
    case Marker::Cross:
    case Marker::Plus: {
        const double d = marker == Marker::Cross ? r * 0.8 : 0;
        const double e = marker == Marker::Cross ? r * 0.8 : r * 1.1;
        painter.setPen(QPen(color, std::max(1.4, r * 0.45), Qt::SolidLine, Qt::RoundCap));
        if (marker == Marker::Cross) {
            painter.drawLine(center + QPointF(-d, -e), center + QPointF(d, e));
            painter.drawLine(center + QPointF(-d, e), center + QPointF(d, -e));
        } else {
            painter.drawLine(center + QPointF(0, -e), center + QPointF(0, e));
            painter.drawLine(center + QPointF(-e, 0), center + QPointF(e, 0));
        }
        return;
    }
    case Marker::None:
        return;
    }
    painter.setPen(hollow ? QPen(color, 1.4) : QPen(Qt::NoPen));
    painter.setBrush(hollow ? QBrush(Qt::NoBrush) : QBrush(color));
    painter.drawPath(path);
    painter.setBrush(Qt::NoBrush);
}

void paintPadlock(QPainter& painter, const QRectF& rect, const QColor& color)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double w = rect.width(), h = rect.height();
    const QRectF body(rect.left() + w * 0.12, rect.top() + h * 0.45, w * 0.76, h * 0.5);
    painter.setPen(QPen(color, std::max(1.0, w * 0.14)));
    QPainterPath shackle;
    shackle.moveTo(rect.left() + w * 0.28, body.top());
    shackle.lineTo(rect.left() + w * 0.28, rect.top() + h * 0.3);
    shackle.arcTo(QRectF(rect.left() + w * 0.28, rect.top() + h * 0.08, w * 0.44, h * 0.44), 180, -180);
    shackle.lineTo(rect.left() + w * 0.72, body.top());
    painter.drawPath(shackle);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRoundedRect(body, w * 0.1, w * 0.1);
    painter.restore();
}

void paintLink(QPainter& painter, const QRectF& rect, const QColor& color)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(rect.center());
    painter.rotate(-45);
    const double w = std::min(rect.width(), rect.height());
    painter.setPen(QPen(color, std::max(1.0, w * 0.13)));
    painter.setBrush(Qt::NoBrush);
    const double length = w * 0.6, height = w * 0.38;
    painter.drawRoundedRect(QRectF(-length * 0.92, -height / 2, length, height), height / 2, height / 2);
    painter.drawRoundedRect(QRectF(-length * 0.08, -height / 2, length, height), height / 2, height / 2);
    painter.restore();
}

void paintNote(QPainter& painter, const QRectF& rect, const QColor& color)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double w = rect.width(), h = rect.height();
    const QRectF sheet(rect.left() + w * 0.16, rect.top() + h * 0.06, w * 0.68, h * 0.88);
    painter.setPen(QPen(color, std::max(1.0, w * 0.1)));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(sheet);
    for (const double at : {0.3, 0.52, 0.74}) {
        const double y = sheet.top() + at * sheet.height();
        painter.drawLine(QPointF(sheet.left() + w * 0.14, y), QPointF(sheet.right() - w * 0.14, y));
    }
    painter.restore();
}

void paintCorner(QPainter& painter, const QRectF& cell, double size, const Theme& theme)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    // A rim in the background color keeps the corner visible on every fill.
    const QPointF corner = cell.topRight();
    const auto triangle = [&](double s) {
        return QPolygonF({corner, corner - QPointF(s, 0), corner + QPointF(0, s)});
    };
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.background);
    painter.drawPolygon(triangle(size + 1.5));
    painter.setBrush(theme.warning);
    painter.drawPolygon(triangle(size));
    painter.restore();
}

void paintFailed(QPainter& painter, const QRectF& glyph, const QColor& color)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 1.6));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(glyph.adjusted(1, 1, -1, -1));
    painter.drawText(glyph, Qt::AlignCenter, QStringLiteral("!"));
    painter.restore();
}

void paintNanCross(QPainter& painter, const QRectF& cell, const Theme& theme)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double size = std::min(cell.width(), cell.height());
    const double reach = size * 0.34;
    const QPointF c = cell.center();
    for (const auto& [color, width] :
        {std::pair(theme.background, size * 0.26), std::pair(theme.nan, size * 0.15)}) {
        painter.setPen(QPen(color, std::max(1.2, width), Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(c + QPointF(-reach, -reach), c + QPointF(reach, reach));
        painter.drawLine(c + QPointF(-reach, reach), c + QPointF(reach, -reach));
    }
    painter.restore();
}

} // namespace bitwright::views
