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

/// Of a scale's end, which is 1, 2 or 5 times a power of ten.
QString endText(double value, bool power)
{
    if (!power || !(value > 0))
        return formatNumber(value, 1);
    const int decade = static_cast<int>(std::floor(std::log10(value * (1 + 1e-9))));
    return formatNumber(value / std::pow(10.0, decade), 1) + QChar(0x00b7) + formatPowerOfTen(decade);
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

/// Of what the outlines say, as much as goes into `width`.
QString BlockRoleMatrix::alikeWords(double width, bool paired) const
{
    if (!paired)
        return tr("harm not told apart from the selection's");
    const QString words = tr("same tokens, 95 %: not told apart from the selection");
    return QFontMetricsF(scaledFont(font(), kKeyFont)).horizontalAdvance(words) <= width
        ? words
        : tr("same tokens, 95 %: not told apart");
}

/// What the key has no room to say.
QString BlockRoleMatrix::keyTip() const
{
    if (!m_data.deltaLabel.isEmpty()) {
        QStringList words{m_data.deltaLabel, m_data.deltaTexts, m_data.deltaCodes, m_data.deltaSigns,
            m_data.deltaSame, m_data.deltaOther};
        words.removeAll(QString());
        return words.join(u'\n');
    }
    QStringList lines{tr("color: bits per weight of the chosen option"),
        tr("square or bar: its harm, on a log scale from %1 to %2").arg(leastHarmText(), mostHarmText())};
    if (std::any_of(
            m_data.units.begin(), m_data.units.end(), [](const MatrixUnit& unit) { return unit.tie >= 0; }))
        lines << tr("link: tied units, which take one option together");
    if (mayBeAlike())
        lines << tr("dashed: what the selected unit costs is not told apart from what this one costs, at "
                    "95 %, paired on the same tokens");
    return lines.join(u'\n');
}

// Bits, harm and outlines beside each other as far as `width` goes, else one below the other.
BlockRoleMatrix::KeyPlaces BlockRoleMatrix::keyPlaces(double width) const
{
    const QFontMetricsF metrics(scaledFont(font(), kKeyFont));
    const double bits = metrics.horizontalAdvance(tr("bits")) + 6 + std::size(kKeyBits) * kBitBox;
    const double harm = metrics.horizontalAdvance(tr("harm") + leastHarmText() + mostHarmText())
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
    // A link explains itself nearly: it takes what room a line has left, and no line of its own.
    const bool tied = std::any_of(
        m_data.units.begin(), m_data.units.end(), [](const MatrixUnit& unit) { return unit.tie >= 0; });
    const auto placeTie = [&] {
        for (const QString& words : {tr("tied: one option"), tr("tied")})
            if (const double needed = metrics.horizontalAdvance(words) + kHarmTile;
                tied && places.tieWords.isEmpty() && used + kPartGap + needed <= width) {
                place(needed, places.tie, places.tieLine);
                places.tieWords = words;
            }
    };
    placeTie();
    if (mayBeAlike()) {
        constexpr double kTile = kHarmTile + 8;
        double words = 0; // whichever the selection asks for: the cells stay where they are
        for (const bool paired : {false, true})
            words = std::max(words, metrics.horizontalAdvance(alikeWords(width - kTile, paired)));
        place(std::min(words + kTile, width), places.alike, places.alikeLine);
    }
    placeTie();
    return places;
}

// What the key needs, in lines of `width`.
int BlockRoleMatrix::keyLinesIn(double width, DeltaForm form) const
{
    return m_data.deltaLabel.isEmpty() ? keyPlaces(width).lines
                                       : static_cast<int>(deltaKeyLines(width, form).size());
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
    const QString number = endText(m_harmRange.lower, m_harmNumbers.hasPowers());
    return m_clampedHarm ? QStringLiteral("\u2264 ") + number : number;
}

QString BlockRoleMatrix::mostHarmText() const
{
    return endText(m_harmRange.upper, m_harmNumbers.hasPowers());
}

void BlockRoleMatrix::paintTieKey(QPainter& painter, const KeyPlaces& places, double top, double height) const
{
    const MatrixCellLayout cell
        = layoutMatrixCell({std::floor(m_geometry.cellWidth) - 2, std::floor(m_geometry.cellHeight) - 2},
            m_number, m_hasBadges, m_geometry.side);
    if (places.tieWords.isEmpty() || cell.link.isNull())
        return;
    const double y = top + places.tieLine * (height + 2);
    paintLink(painter, QRectF(places.tie, y, height, height), theme().foreground);
    painter.setPen(theme().muted);
    painter.drawText(QRectF(places.tie + kHarmTile, y, 1, height),
        Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, places.tieWords);
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
    word(mostHarmText(), 0);
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
    paintTieKey(painter, places, top, height);
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
    const bool paired = alike(selection().front()).byOverlap == 0;
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetricsF(painter.font())
            .elidedText(alikeWords(viewport()->width() - 14.0 - kHarmTile - 8, paired), Qt::ElideRight,
                words.width()));
}

QString BlockRoleMatrix::deltaIn(DeltaForm form, const MatrixUnit& unit)
{
    if (form == DeltaForm::Bits || unit.deltaCodes.isEmpty())
        return unit.deltaText;
    return form == DeltaForm::Codes || unit.deltaSign.isEmpty() ? unit.deltaCodes : unit.deltaSign;
}

QString BlockRoleMatrix::shownDelta(const MatrixUnit& unit) const
{
    return deltaIn(m_geometry.deltaForm, unit);
}

/// The longest form that has room in every cell of that width.
BlockRoleMatrix::DeltaForm BlockRoleMatrix::deltaFormIn(double cellWidth) const
{
    Geometry wide; // the largest font that such cells may have
    wide.cellWidth = cellWidth;
    wide.cellHeight = cellWidth / 2;
    const QFontMetricsF metrics(numberFont(wide));
    for (const DeltaForm form : {DeltaForm::Bits, DeltaForm::Codes})
        if (std::all_of(m_data.units.begin(), m_data.units.end(), [&](const MatrixUnit& unit) {
                return !unit.label.isEmpty()
                    || metrics.horizontalAdvance(deltaIn(form, unit)) + 4 <= cellWidth;
            }))
            return form;
    return DeltaForm::Signs;
}

/// The words of the key: those beside the colors, then full lines. Every form that a cell shows is explained,
/// and no other.
QStringList BlockRoleMatrix::deltaKeyLines(double width, DeltaForm form) const
{
    const QFontMetricsF metrics(scaledFont(font(), kKeyFont));
    const auto shows = [&](const QString& parts) {
        return std::any_of(m_data.units.begin(), m_data.units.end(), [&](const MatrixUnit& unit) {
            const QString text = deltaIn(form, unit);
            return std::any_of(text.begin(), text.end(), [&](QChar c) { return parts.contains(c); });
        });
    };
    QStringList words{m_data.deltaLabel};
    if (shows(QString::fromUtf8("→")))
        words << (form == DeltaForm::Bits ? m_data.deltaTexts : m_data.deltaCodes);
    if (shows(QString::fromUtf8("↓↑")))
        words << m_data.deltaSigns;
    if (shows(QStringLiteral("=")))
        words << m_data.deltaSame;
    if (shows(QString::fromUtf8("≠")))
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
    for (const QString& words : deltaKeyLines(area.width(), m_geometry.deltaForm)) {
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, words);
        line = QRectF(area.left(), line.bottom() + 1, area.width(), area.height());
    }
}

} // namespace bitwright::views
