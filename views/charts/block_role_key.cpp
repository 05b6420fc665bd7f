// The key below the matrix.
#include "views/charts/block_role_matrix.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace bitwright::views {

namespace {
constexpr int kKeyBits[] = {1, 2, 3, 4, 5, 6, 8, 16};
constexpr double kBitBox = 22;
constexpr double kLongestBar = 60, kBarGap = 8; // of the colors of a difference
constexpr double kKeyShares[] = {0.05, 0.35, 0.7, 1}; // of the squares of harm
constexpr double kHarmTile = 17; // below one of them
constexpr double kKeyGround = 4; // bits, in whose color the tiles are

constexpr double kKeyLeft = 8, kPartGap = 18;

QString alikeWords()
{
    return BlockRoleMatrix::tr("harm not told apart from the selection's");
}

QString bitsKeyText(int bits, bool wider)
{
    return bits == 16 && wider ? QStringLiteral("16+") : QString::number(bits);
}
} // namespace

/// Whether outlines may be drawn of units that cannot be told apart: their entry of the key keeps its place
/// then, so that the cells do not move with every selection.
bool BlockRoleMatrix::mayBeAlike() const
{
    return m_data.deltaLabel.isEmpty()
        && std::any_of(m_data.units.begin(), m_data.units.end(),
            [](const MatrixUnit& unit) { return unit.interval.has_value(); });
}

// Bits, harm and outlines beside each other as far as `width` goes, else one below the other.
BlockRoleMatrix::KeyPlaces BlockRoleMatrix::keyPlaces(double width) const
{
    const QFontMetricsF metrics(scaledFont(font(), kKeyFont));
    const double bits = metrics.horizontalAdvance(tr("bits")) + 6 + std::size(kKeyBits) * kBitBox;
    const double harm
        = metrics.horizontalAdvance(tr("harm") + leastHarmText() + formatNumber(m_harmRange.upper, 1))
        + std::size(kKeyShares) * kHarmTile + 34;
    KeyPlaces places;
    double used = bits;
    const auto place = [&](double needed, double& x, int& line) {
        if (used + kPartGap + needed > width) {
            ++places.lines;
            used = -kPartGap;
        }
        x = kKeyLeft + used + kPartGap;
        line = places.lines - 1;
        used += kPartGap + needed;
    };
    place(harm, places.harm, places.harmLine);
    if (mayBeAlike())
        place(metrics.horizontalAdvance(alikeWords()) + kHarmTile + 8, places.alike, places.alikeLine);
    return places;
}

// What the key needs, in lines of `width`.
int BlockRoleMatrix::keyLinesIn(double width, double cellWidth) const
{
    return m_data.deltaLabel.isEmpty() ? keyPlaces(width).lines
                                       : static_cast<int>(deltaKeyLines(width, cellWidth).size());
}

double BlockRoleMatrix::paintBitsKey(QPainter& painter, double x, double top, double height) const
{
    const bool wider = std::any_of(
        m_data.units.begin(), m_data.units.end(), [](const MatrixUnit& unit) { return unit.bits > 16.5; });
    const QString word = tr("bits");
    painter.setPen(theme().muted);
    painter.drawText(QRectF(x, top, 60, height), Qt::AlignLeft | Qt::AlignVCenter, word);
    x += QFontMetricsF(painter.font()).horizontalAdvance(word) + 6;
    for (const int bits : kKeyBits) {
        const QRectF box(x, top, kBitBox, height);
        painter.fillRect(box, bitColor(bits, theme()));
        painter.setPen(textOn(bitColor(bits, theme())));
        painter.drawText(box, Qt::AlignCenter, bitsKeyText(bits, wider));
        x += kBitBox;
    }
    return x;
}

/// Of the first square: harm goes on below it where a unit has less than the scale begins with.
QString BlockRoleMatrix::leastHarmText() const
{
    const QString number = formatNumber(m_harmRange.lower, 1);
    return m_clampedHarm ? QStringLiteral("\u2264 ") + number : number;
}

// What a cell draws for the least to the most harm, on a cell's color.
void BlockRoleMatrix::paintHarmKey(QPainter& painter, double x, double top, double height) const
{
    if (!(m_harmRange.upper > 0))
        return;
    const QFontMetricsF metrics(painter.font());
    const auto word = [&](const QString& text, double gap) {
        painter.setPen(theme().muted);
        painter.drawText(QRectF(x, top, metrics.horizontalAdvance(text) + 2, height),
            Qt::AlignLeft | Qt::AlignVCenter, text);
        x += metrics.horizontalAdvance(text) + gap;
    };
    word(tr("harm"), 8);
    word(leastHarmText(), 5);
    const QColor ground = bitColor(kKeyGround, theme());
    const QRectF bar
        = layoutMatrixCell({std::floor(m_geometry.cellWidth) - 2, std::floor(m_geometry.cellHeight) - 2},
            m_number, m_hasBadges, m_geometry.side)
              .bar;
    const bool upright = bar.width() < bar.height();
    for (const double share : kKeyShares) {
        const QRectF tile(x, top, kHarmTile - 1, height);
        painter.fillRect(tile, ground);
        const double side = std::min(tile.width(), tile.height()) - 2;
        const QSizeF size = bar.isNull() ? QSizeF(side, side)
            : upright                    ? QSizeF(3, tile.height() - 2)
                                         : QSizeF(tile.width() - 4, 4);
        const QRectF whole(tile.center() - QPointF(size.width(), size.height()) / 2, size);
        paintHarmShare(painter, whole, !bar.isNull(), share, false, textOn(ground));
        x += kHarmTile;
    }
    x += 4;
    word(formatNumber(m_harmRange.upper, 1), 0);
}

// The key: colors of the bits, and what the inner square means. Of what harm: the footnote says.
void BlockRoleMatrix::paintKey(QPainter& painter, const Geometry& g, QSize size) const
{
    if (g.bottom <= 0)
        return;
    const QFontMetricsF metrics(scaledFont(font(), kKeyFont));
    painter.setFont(scaledFont(font(), kKeyFont));
    painter.setPen(theme().muted);
    if (g.note > 0)
        painter.drawText(QRectF(8, size.height() - g.note, size.width() - 12, g.note),
            Qt::AlignLeft | Qt::AlignVCenter,
            caption().footnoteLines(metrics, size.width() - 14.0, g.noteLines).join(u'\n'));
    const double top = size.height() - g.bottom + 5, height = metrics.height() + 1;
    if (!m_data.deltaLabel.isEmpty())
        return paintDeltaKey(painter, QRectF(kKeyLeft, top, size.width() - 14, height));
    const KeyPlaces places = keyPlaces(size.width() - 14.0);
    paintBitsKey(painter, kKeyLeft, top, height);
    paintHarmKey(painter, places.harm, top + places.harmLine * (height + 2), height);
}

/// A solid line under a dashed one: whatever the color of the cell, one of the two is seen.
void BlockRoleMatrix::paintAlike(QPainter& painter, const QRectF& rect) const
{
    const QRectF line = rect.adjusted(0.5, 0.5, -0.5, -0.5); // off the number in the cell
    painter.setBrush(Qt::NoBrush);
    // Of few tokens, many are alike: in small cells a frame as strong as in large ones would drown the
    // numbers.
    const double width = std::clamp(rect.height() / 18, 1.0, 2.0);
    painter.setPen(QPen(theme().background, width + 0.6, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(line);
    painter.setPen(QPen(theme().accent, width, Qt::DashLine, Qt::FlatCap, Qt::MiterJoin));
    painter.drawRect(line);
}

QRectF BlockRoleMatrix::alikeKeyRect() const
{
    const Geometry& g = m_geometry;
    if (g.bottom <= 0 || selection().size() != 1 || alike(selection().front()).units.isEmpty())
        return {};
    const double width = viewport()->width() - 14.0;
    const KeyPlaces places = keyPlaces(width);
    const double height = QFontMetricsF(scaledFont(font(), kKeyFont)).height() + 1;
    return {places.alike, viewport()->height() - g.bottom + 5 + places.alikeLine * (height + 2),
        kKeyLeft + width - places.alike, height};
}

// Over the painted key: it comes and goes with the selection.
void BlockRoleMatrix::paintAlikeKey(QPainter& painter) const
{
    const QRectF place = alikeKeyRect();
    if (place.isNull())
        return;
    const QRectF tile(place.left(), place.top(), kHarmTile - 1, place.height());
    painter.fillRect(tile, bitColor(kKeyGround, theme()));
    paintAlike(painter, tile);
    painter.setFont(scaledFont(font(), kKeyFont));
    painter.setPen(theme().muted);
    const QRectF words = place.adjusted(kHarmTile + 5, 0, 0, 0);
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetricsF(painter.font()).elidedText(alikeWords(), Qt::ElideRight, words.width()));
}

/// Whether cells have texts that fit into them; with `fitting` false, texts that do not.
bool BlockRoleMatrix::showsDeltaTexts(double cellWidth, bool fitting) const
{
    const QFontMetricsF metrics(scaledFont(font(), 0.8));
    return std::any_of(m_data.units.begin(), m_data.units.end(), [&](const MatrixUnit& unit) {
        return unit.delta && unit.deltaText.size() > 1 && unit.label.isEmpty()
            && (metrics.horizontalAdvance(unit.deltaText) + 4 <= cellWidth) == fitting;
    });
}

/// The words of the key: those beside the colors, then full lines. What the texts of the cells mean is said
/// where they stand in the cells.
QStringList BlockRoleMatrix::deltaKeyLines(double width, double cellWidth) const
{
    const QFontMetricsF metrics(scaledFont(font(), kKeyFont));
    QStringList words{m_data.deltaLabel};
    if (showsDeltaTexts(cellWidth))
        words << m_data.deltaTexts;
    words << m_data.deltaSame;
    if (showsDeltaTexts(cellWidth, false))
        words << m_data.deltaOther;
    words.removeAll(QString());
    QStringList lines{QString()};
    double room = width - kLongestBar - kBarGap;
    for (const QString& part : words.join(QStringLiteral("; ")).split(u' ')) {
        const QString longer = lines.back().isEmpty() ? part : lines.back() + u' ' + part;
        if (metrics.horizontalAdvance(longer) <= room || (lines.size() > 1 && lines.back().isEmpty())) {
            lines.back() = longer;
            continue;
        }
        lines << part;
        room = width;
    }
    return lines;
}

void BlockRoleMatrix::paintDeltaKey(QPainter& painter, const QRectF& area) const
{
    for (int i = 0; i < static_cast<int>(kLongestBar); ++i)
        painter.fillRect(QRectF(area.left() + i, area.top() + 1, 1.5, area.height() - 2),
            deltaColor(2 * i / (kLongestBar - 1) - 1));
    painter.setPen(theme().muted);
    QRectF line = area.adjusted(kLongestBar + kBarGap, 0, 0, 0);
    for (const QString& words : deltaKeyLines(area.width(), m_geometry.cellWidth)) {
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, words);
        line = QRectF(area.left(), line.bottom() + 1, area.width(), area.height());
    }
}

} // namespace bitwright::views
