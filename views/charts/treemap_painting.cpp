// How the treemap is drawn.
#include "views/charts/size_treemap.h"

#include <QFontMetricsF>
#include <QImage>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
constexpr double kLeastTile = 0.35; // pixels; smaller tiles leave their group's ground
constexpr double kScaleWidth = 110;
constexpr double kLeastText = 6; // pixels for a label
constexpr double kNarrow = 30; // tiles with narrow margins
constexpr double kNarrowMargin = 2;
constexpr double kLabelMargins = 9; // left, right and the gap to the next tile
constexpr double kLeastBox = 9; // a chain of smaller ones would look like a fault
constexpr int kBits[] = {1, 2, 3, 4, 5, 6, 8, 16};

// The end of a name tells most: leading parts go first, then the middle of what is left.
QString shortenedName(const QFontMetricsF& metrics, QString name, double width)
{
    while (metrics.horizontalAdvance(name) > width && name.contains(u'.'))
        name = name.section(u'.', 1);
    return metrics.elidedText(name, Qt::ElideMiddle, width);
}

// The pixels within the edge of a filled tile of this place: as large as its neighbors.
void paintBox(QPainter& painter, const QRectF& tile, const QColor& color)
{
    const QRect box(QPoint(qRound(tile.left()), qRound(tile.top())),
        QPoint(qRound(tile.right()) - 1, qRound(tile.bottom()) - 1));
    painter.setPen(color);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(box.adjusted(0, 0, -1, -1));
}

// The name in a tile: whole on one line or two, without its leading parts where they have no room, cut only
// where even the last part has none; nothing where little would be left.
QStringList nameLines(const QFontMetricsF& metrics, QString name, QSizeF room)
{
    constexpr double kLeastCut = 42;
    const auto fits = [&](const QString& text) { return metrics.horizontalAdvance(text) <= room.width(); };
    const bool high = room.height() >= 3 * metrics.lineSpacing() + metrics.height();
    for (QString rest = name;; rest = rest.section(u'.', 1)) {
        if (fits(rest))
            return {rest};
        for (qsizetype at = rest.size() - 2; high && at > 0; --at)
            if (QStringLiteral("_-. ").contains(rest[at]) && fits(rest.left(at + 1))
                && fits(rest.mid(at + 1)))
                return {rest.left(at + 1), rest.mid(at + 1)};
        if (!rest.contains(u'.'))
            break;
    }
    return room.width() >= kLeastCut ? QStringList{shortenedName(metrics, name, room.width())}
                                     : QStringList();
}
} // namespace

QColor SizeTreemap::colorOf(const TreemapItem& item) const
{
    if (!item.applies)
        return m_theme.surface;
    if (std::isnan(item.value))
        return {};
    switch (m_data.color) {
    case TreemapColor::Bits:
        return bitColor(item.value, m_theme);
    case TreemapColor::Sequential:
        return mapColor(m_colorMap, logShare(item.value, m_range));
    case TreemapColor::Category:
        return categoryStyle(static_cast<int>(item.value), m_theme).color;
    }
    return {};
}

QString SizeTreemap::valueText(const TreemapItem& item) const
{
    if (!item.applies)
        return m_data.color == TreemapColor::Bits ? tr("kept") : QString();
    if (m_data.color == TreemapColor::Category)
        return m_data.categories.value(static_cast<int>(item.value));
    return formatNumber(item.value);
}

// A fault is seen on the smallest tile; what a person chose, where it leaves room for the words.
void SizeTreemap::paintMarks(
    QPainter& painter, const TreemapItem& item, const QRectF& rect, const QColor& ink) const
{
    constexpr double kSide = 10, kLeast = 4;
    const double fault = std::min({kSide, rect.width() - 1, rect.height() - 1});
    if (fault < kLeast)
        return;
    const bool roomy = rect.width() >= 2 * kSide && rect.height() >= 1.5 * kSide;
    if (item.fallback && roomy)
        paintCorner(painter, rect, 8, m_theme);
    const double margin = roomy ? 3 : 0.5;
    QRectF glyph(rect.right() - fault - margin, rect.bottom() - fault - margin, fault, fault);
    const auto next = [&] { glyph.translate(-fault - 2, 0); };
    if (item.nonFinite) {
        paintNanCross(painter, glyph, m_theme);
        next();
    }
    if (item.failed && glyph.left() >= rect.left()) {
        paintFailed(painter, glyph, mix(m_theme.warning, ink, 0.3));
        next();
    }
    if (!roomy)
        return;
    if (item.locked) {
        paintPadlock(painter, glyph, ink);
        next();
    }
    // Where the words leave a line for it: the partners light up under the mouse in any case.
    const double words = 3 * (QFontMetricsF(painter.font()).lineSpacing() + 1);
    if (item.tie >= 0 && glyph.left() >= rect.left() + 2 && rect.height() > words + kSide)
        paintLink(painter, glyph, ink);
}

// In one group all labels are long, or short, or there is none: "block 9" beside "10", or tiles with a name
// beside tiles without, would look like two kinds of tiles.
std::vector<SizeTreemap::Labels> SizeTreemap::labelsOfGroups(const Placed& placed) const
{
    std::vector<Labels> result(placed.groups.size(), Labels::Long);
    const QFontMetricsF metrics(smallFont());
    for (std::size_t i = 0; i < m_data.items.size(); ++i) {
        const TreemapItem& item = m_data.items[i];
        const auto group = static_cast<std::size_t>(m_data.groups.isEmpty() ? 0 : item.group);
        const QRectF& rect = placed.items[i];
        if (group >= result.size() || item.shortLabel.isEmpty() || rect.isEmpty())
            continue;
        if (metrics.horizontalAdvance(item.shortLabel) + 2 * kNarrowMargin + 1 > rect.width()
            || metrics.height() + 1 > rect.height())
            result[group] = Labels::None;
        else if (result[group] == Labels::Long
            && metrics.horizontalAdvance(item.label) + kLabelMargins > rect.width())
            result[group] = Labels::Short;
    }
    return result;
}

void SizeTreemap::paintItem(
    QPainter& painter, const TreemapItem& item, const QRectF& outer, Labels labels) const
{
    const double least = std::min(outer.width(), outer.height());
    if (least < kLeastTile)
        return;
    const double gap = least > 5 ? 1 : 0; // thin ones would look like a dashed line
    const QRectF rect = outer.adjusted(0, 0, -gap, -gap);
    const QColor fill = colorOf(item);
    if (!fill.isValid())
        paintHatch(painter, rect, m_theme);
    else
        painter.fillRect(rect, fill);
    if (!item.applies && least > kLeastBox) {
        paintBox(painter, rect, m_theme.hatch);
    }
    const QColor ink = fill.isValid() ? textOn(fill) : m_theme.foreground;
    const QFontMetricsF metrics(painter.font());
    const double left = rect.width() < kNarrow ? kNarrowMargin : 4;
    const double top = rect.height() < kNarrow ? 0 : 2;
    const QRectF text = rect.adjusted(left, top, -left + 1, -top)
                            .intersected(m_placed.map.adjusted(left, top, -left + 1, -top));
    if ((labels != Labels::None || item.shortLabel.isEmpty()) && text.width() >= kLeastText
        && text.height() >= metrics.height()) {
        painter.setPen(ink);
        QString label = item.label.isEmpty() ? item.name : item.label;
        if (labels == Labels::Short && !item.shortLabel.isEmpty())
            label = item.shortLabel;
        const QStringList name = nameLines(metrics, label, text.size());
        for (qsizetype i = 0; i < name.size(); ++i)
            painter.drawText(text.translated(0, static_cast<double>(i) * metrics.lineSpacing()),
                Qt::AlignLeft | Qt::AlignTop, name[i]);
        const QString size = formatBytes(item.bytes);
        const QString share = size + QStringLiteral(" \u00b7 ") + formatNumber(100 * item.bytes / m_total)
            + QStringLiteral(" %");
        // A descender does not touch the line below, nor does the underscore, which lies deeper.
        double y = std::max(1.0, static_cast<double>(name.size())) * metrics.lineSpacing()
            + (label.contains(u'_') ? 3 : 1);
        const auto line = [&](const QString& words) {
            if (words.isEmpty() || text.height() < y + metrics.height()
                || metrics.horizontalAdvance(words) > text.width())
                return;
            painter.drawText(text.translated(0, y), Qt::AlignLeft | Qt::AlignTop, words);
            y += metrics.lineSpacing() + 1;
        };
        const QString value = valueText(item);
        const QString bits = tr("%1 bits").arg(value);
        const bool inBits = item.applies && m_data.color == TreemapColor::Bits && !std::isnan(item.value);
        line(inBits && metrics.horizontalAdvance(bits) <= text.width() ? bits : value);
        line(metrics.horizontalAdvance(share) <= text.width() ? share : size);
    }
    paintMarks(painter, item, rect, ink);
}

void SizeTreemap::paintHeading(QPainter& painter, int group, const QRectF& rect) const
{
    // A heading that begins left of the view is still read.
    const QRectF seen = rect.intersected(m_placed.map).adjusted(3, 0, -2, 0);
    const QFontMetricsF metrics(painter.font());
    if (seen.width() < 20)
        return;
    const double bytes = m_groupBytes[static_cast<std::size_t>(group)];
    const QString name = m_data.groups.value(group);
    QString size = formatBytes(bytes) + QStringLiteral(" \u00b7 ") + formatNumber(100 * bytes / m_total)
        + QStringLiteral(" %");
    const double nameWidth = metrics.horizontalAdvance(name);
    painter.setPen(m_theme.foreground);
    painter.drawText(
        seen, Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(name, Qt::ElideRight, seen.width()));
    if (nameWidth + 12 + metrics.horizontalAdvance(size) > seen.width())
        size = formatBytes(bytes);
    if (nameWidth + 12 + metrics.horizontalAdvance(size) <= seen.width()) {
        painter.setPen(m_theme.muted);
        painter.drawText(seen, Qt::AlignRight | Qt::AlignVCenter, size);
    }
}

// Tiles that are kept and too small for boxes of their own share one: bare ground would look like a part of
// the tile above that was left out.
void SizeTreemap::paintSmallGroups(QPainter& painter, const Placed& placed) const
{
    std::vector<QRectF> around(placed.groups.size());
    std::vector<bool> small(placed.groups.size(), !m_data.groups.isEmpty());
    for (std::size_t i = 0; i < placed.items.size(); ++i) {
        const auto group = static_cast<std::size_t>(m_data.groups.isEmpty() ? 0 : m_data.items[i].group);
        const QRectF& rect = placed.items[i];
        if (group >= small.size() || rect.isEmpty())
            continue;
        small[group]
            = small[group] && !m_data.items[i].applies && std::min(rect.width(), rect.height()) <= kLeastBox;
        around[group] |= rect;
    }
    for (std::size_t g = 0; g < around.size(); ++g)
        if (small[g] && std::min(around[g].width(), around[g].height()) >= 3)
            paintBox(painter, around[g].adjusted(0, 0, -1, -1), m_theme.hatch);
}

void SizeTreemap::paintMap(QPainter& painter, const Placed& placed, QSize size) const
{
    painter.fillRect(QRect(QPoint(0, 0), size), m_theme.background);
    if (m_data.items.empty())
        return;
    painter.save();
    painter.setClipRect(placed.map);
    painter.setFont(smallFont());
    for (std::size_t g = 0; g < placed.groups.size() && !m_data.groups.isEmpty(); ++g)
        if (!placed.groups[g].isEmpty() && placed.groups[g].intersects(placed.map))
            painter.fillRect(placed.groups[g].adjusted(0, 0, -1, -1), m_theme.surface);
    const std::vector<Labels> labels = labelsOfGroups(placed);
    for (std::size_t i = 0; i < placed.items.size(); ++i)
        if (!placed.items[i].isEmpty() && placed.items[i].intersects(placed.map))
            paintItem(painter, m_data.items[i], placed.items[i],
                labels[m_data.groups.isEmpty() ? 0 : static_cast<std::size_t>(m_data.items[i].group)]);
    paintSmallGroups(painter, placed);
    for (std::size_t g = 0; g < placed.headings.size(); ++g)
        if (!placed.headings[g].isEmpty() && placed.headings[g].intersects(placed.map))
            paintHeading(painter, static_cast<int>(g), placed.headings[g]);
    painter.restore();
    paintKey(painter, size);
}

// --- Key ---

double SizeTreemap::paintKeyScale(QPainter& painter, double x, double top, double height) const
{
    const QFontMetricsF metrics(painter.font());
    if (m_data.color == TreemapColor::Bits) {
        const bool wider = std::any_of(m_data.items.begin(), m_data.items.end(),
            [](const TreemapItem& item) { return item.applies && item.value > 16.5; });
        for (const int bits : kBits) {
            const double width = bits == 16 && wider ? 28 : 20;
            const QRectF box(x, top, width, height);
            painter.fillRect(box, bitColor(bits, m_theme));
            painter.setPen(textOn(bitColor(bits, m_theme)));
            painter.drawText(
                box, Qt::AlignCenter, bits == 16 && wider ? QStringLiteral("16+") : QString::number(bits));
            x += width;
        }
        return x;
    }
    const auto word = [&](const QString& text) {
        painter.setPen(m_theme.muted);
        const double width = metrics.horizontalAdvance(text) + 5;
        painter.drawText(QRectF(x, top, width, height), Qt::AlignLeft | Qt::AlignVCenter, text);
        x += width;
    };
    word(formatNumber(m_range.lower));
    QImage strip(256, 1, QImage::Format_RGB32);
    for (int i = 0; i < 256; ++i)
        strip.setPixel(i, 0, colorTable(m_colorMap)[static_cast<std::size_t>(i)]);
    painter.drawImage(QRectF(x, top + 2, kScaleWidth, height - 4), strip);
    x += kScaleWidth + 5;
    word(formatNumber(m_range.upper));
    return x;
}

double SizeTreemap::paintKeyCategories(
    QPainter& painter, double x, double top, double height, double right) const
{
    const QFontMetricsF metrics(painter.font());
    for (int i = 0; i < m_data.categories.size(); ++i) {
        const QString& name = m_data.categories[i];
        const double width = metrics.horizontalAdvance(name);
        if (x + height + 4 + width > right)
            break; // the rest is in the tooltips
        painter.fillRect(QRectF(x, top + 2, height - 4, height - 4), categoryStyle(i, m_theme).color);
        painter.setPen(m_theme.muted);
        painter.drawText(QRectF(x + height, top, width + 2, height), Qt::AlignLeft | Qt::AlignVCenter, name);
        x += height + width + 12;
    }
    return x;
}

void SizeTreemap::paintKey(QPainter& painter, QSize size) const
{
    const double room = keyHeight(size);
    if (room <= 0)
        return;
    painter.setFont(smallFont());
    const QFontMetricsF metrics(painter.font());
    const double height = std::ceil(metrics.height());
    const double top = size.height() - room + 4, right = size.width() - 4;
    painter.setPen(m_theme.muted);
    const double measure = metrics.horizontalAdvance(m_data.measure) + 6;
    double x = 4;
    const bool scale = m_data.color != TreemapColor::Category;
    // The scale matters more than the words, which the choice above repeats.
    if (!scale || measure + kScaleWidth + 100 < size.width()) {
        painter.drawText(QRectF(x, top, measure, height), Qt::AlignLeft | Qt::AlignVCenter, m_data.measure);
        x += measure;
    }
    x = scale ? paintKeyScale(painter, x, top, height) : paintKeyCategories(painter, x, top, height, right);
    const bool unknown = std::any_of(m_data.items.begin(), m_data.items.end(),
        [](const TreemapItem& item) { return item.applies && std::isnan(item.value); });
    const bool blank = std::any_of(
        m_data.items.begin(), m_data.items.end(), [](const TreemapItem& item) { return !item.applies; });
    const auto swatch = [&](const QString& name, bool hatched) {
        const double width = metrics.horizontalAdvance(name);
        x += 10;
        if (x + height + width > right)
            return;
        const QRectF box(x, top + 2, height - 4, height - 4);
        if (hatched)
            paintHatch(painter, box, m_theme);
        else
            painter.fillRect(box, m_theme.surface);
        painter.setPen(m_theme.muted);
        painter.drawRect(box);
        painter.drawText(QRectF(x + height, top, width + 2, height), Qt::AlignLeft | Qt::AlignVCenter, name);
        x += height + width;
    };
    if (unknown)
        swatch(tr("unknown"), true);
    if (blank)
        swatch(m_data.color == TreemapColor::Bits ? tr("kept, not planned") : tr("not planned"), false);
    const QStringList note = caption().footnoteLines(metrics, size.width() - 8.0);
    painter.setPen(m_theme.muted);
    painter.drawText(QRectF(4, top + height + 2, size.width() - 8, size.height() - top - height - 2),
        Qt::AlignLeft | Qt::AlignTop, note.join(u'\n'));
}

// --- Selection and gestures ---

void SizeTreemap::paintOverlay(QPainter& painter) const
{
    painter.save();
    painter.setClipRect(m_placed.map);
    const auto outline = [&](int item, const QColor& color, double width, Qt::PenStyle style) {
        const QRectF rect = itemRect(item);
        if (rect.isEmpty() || !rect.intersects(m_placed.map))
            return;
        painter.setPen(QPen(color, width, style, Qt::SquareCap, Qt::MiterJoin));
        painter.drawRect(rect.adjusted(0.5, 0.5, -1, -1));
    };
    painter.setBrush(Qt::NoBrush);
    for (const int item : m_selection)
        outline(item, m_theme.background, 4, Qt::SolidLine);
    for (const int item : m_selection)
        outline(item, m_theme.accent, 2.2, Qt::SolidLine);
    if (m_hover >= 0) {
        const int tie = m_data.items[static_cast<std::size_t>(m_hover)].tie;
        for (std::size_t i = 0; tie >= 0 && i < m_data.items.size(); ++i)
            if (m_data.items[i].tie == tie)
                outline(static_cast<int>(i), m_theme.foreground, 1.6, Qt::DashLine);
        outline(m_hover, m_theme.foreground, 1.5, Qt::SolidLine);
    }
    if (hasFocus() && m_current >= 0) {
        const QRectF rect = itemRect(m_current).adjusted(2.5, 2.5, -3, -3);
        if (rect.width() > 2 && rect.height() > 2) {
            painter.setPen(QPen(m_theme.background, 3));
            painter.drawRect(rect);
            painter.setPen(QPen(m_theme.foreground, 1.5, Qt::DashLine));
            painter.drawRect(rect);
        }
    } else if (hasFocus()) {
        painter.setPen(QPen(m_theme.accent, 2));
        painter.drawRect(m_placed.map.adjusted(1, 1, -1, -1));
    }
    if (m_gesture == Gesture::Band) {
        QColor fill = m_theme.accent;
        fill.setAlphaF(0.15F);
        painter.setPen(QPen(m_theme.accent, 1));
        painter.setBrush(fill);
        painter.drawRect(QRectF(m_press, m_drag).normalized());
    }
    painter.restore();
}

void SizeTreemap::paintEvent(QPaintEvent*)
{
    const double ratio = devicePixelRatioF();
    if (m_cache.isNull()) {
        m_cache = QPixmap((QSizeF(size()) * ratio).toSize().expandedTo({1, 1}));
        m_cache.setDevicePixelRatio(ratio);
        QPainter painter(&m_cache);
        paintMap(painter, m_placed, size());
    }
    QPainter painter(this);
    painter.drawPixmap(0, 0, m_cache);
    paintOverlay(painter);
}

void SizeTreemap::renderTo(QPainter& painter, QSize size)
{
    const QRectF area = mapArea(size);
    // The same part as on screen, whatever the size of the picture.
    const QSizeF own = mapArea(this->size()).size();
    const QPointF offset(
        m_offset.x() * area.width() / own.width(), m_offset.y() * area.height() / own.height());
    const Placed shown = m_placed;
    m_placed = place(arrange(area), area, m_zoom, offset);
    paintMap(painter, m_placed, size);
    m_placed = shown;
}

} // namespace bitwright::views
