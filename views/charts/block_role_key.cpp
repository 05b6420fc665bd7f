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
constexpr double kKeyShares[] = {0.08, 0.3, 0.6, 1}; // of the squares of harm

// The squares end there; harm goes on.
QString leastText(const Interval& range)
{
    return QStringLiteral("\u2264 ") + formatNumber(range.lower, 2);
}

QString mostText(const Interval& range)
{
    return QStringLiteral("\u2265 ") + formatNumber(range.upper, 2);
}

QString bitsKeyText(int bits, bool wider)
{
    return bits == 16 && wider ? QStringLiteral("16+") : QString::number(bits);
}
} // namespace

// What the key needs, in lines of `width`: bits and harm beside each other, or one below the other.
int BlockRoleMatrix::keyLinesIn(double width) const
{
    const QFontMetricsF metrics(scaledFont(font(), kKeyFont));
    if (!m_data.deltaLabel.isEmpty())
        return 100 + metrics.horizontalAdvance(m_data.deltaLabel) <= width           ? 1
            : metrics.horizontalAdvance(m_data.deltaLabel.section(u':', 1)) <= width ? 2
                                                                                     : 3;
    const double bits = metrics.horizontalAdvance(tr("bits")) + 6 + std::size(kKeyBits) * kBitBox;
    const double harm = metrics.horizontalAdvance(tr("harm") + leastText(m_harmRange) + mostText(m_harmRange))
        + 4 * (metrics.height() + 2) + 34;
    return bits + 18 + harm <= width ? 1 : 2;
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

// Squares from the least to the most harm: what their area means.
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
    word(leastText(m_harmRange), 5);
    for (const double share : kKeyShares) {
        const double side = height * std::sqrt(share);
        painter.fillRect(QRectF(x, top + (height - side) / 2, side, side), theme().muted);
        x += side + 3;
    }
    x += 2;
    word(mostText(m_harmRange), 0);
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
            caption().footnoteLines(metrics, size.width() - 14.0).join(u'\n'));
    const double top = size.height() - g.bottom + 5, height = metrics.height() + 1;
    if (!m_data.deltaLabel.isEmpty())
        return paintDeltaKey(painter, QRectF(8, top, size.width() - 14, height));
    const double right = paintBitsKey(painter, 8, top, height);
    if (g.keyLines > 1)
        paintHarmKey(painter, 8, top + height + 2, height);
    else
        paintHarmKey(painter, right + 18, top, height);
}

void BlockRoleMatrix::paintDeltaKey(QPainter& painter, const QRectF& area) const
{
    constexpr double kLongest = 90, kShortest = 30, kGap = 8;
    const QFontMetricsF metrics(painter.font());
    QString label = m_data.deltaLabel, rest;
    if (metrics.horizontalAdvance(label) > area.width() - kLongest - kGap) {
        const auto colon = label.indexOf(u':');
        rest = label.mid(colon + 1).trimmed();
        label = label.left(std::max<qsizetype>(colon, 0));
    }
    const double bar = std::floor(
        std::clamp(area.width() - kGap - 2 - metrics.horizontalAdvance(label), kShortest, kLongest));
    for (int i = 0; i < static_cast<int>(bar); ++i)
        painter.fillRect(QRectF(area.left() + i, area.top() + 1, 1.5, area.height() - 2),
            deltaColor(2 * i / (bar - 1) - 1));
    painter.setPen(theme().muted);
    painter.drawText(area.adjusted(bar + kGap, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
        metrics.elidedText(label, Qt::ElideRight, area.width() - bar - kGap));
    painter.drawText(QRectF(area.left(), area.bottom() + 1, area.width(), 2 * area.height() + 2),
        Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, rest);
}

} // namespace bitwright::views
