#include "views/panels/bits_delegate.h"

#include "views/charts/palette.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

void BitsDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const double bits = index.data(m_role).toDouble();
    if (!index.data(m_role).isValid() || std::isnan(bits)) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    QStyleOptionViewItem frame = option;
    initStyleOption(&frame, index);
    const QString text = frame.text;
    frame.text.clear();
    QStyledItemDelegate::paint(painter, frame, QModelIndex());
    const QColor fill = bitColor(bits, themeFor(option.palette));
    const QRect chip = option.rect.adjusted(4, 1, -4, -1);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(fill);
    painter->drawRoundedRect(chip, 3, 3);
    painter->setPen(textOn(fill));
    painter->drawText(chip.adjusted(6, 0, -6, 0), Qt::AlignRight | Qt::AlignVCenter, text);
    painter->restore();
}

void FractionDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const double fraction = index.data(m_role).toDouble();
    const Theme theme = themeFor(option.palette);
    QRect bar = option.rect.adjusted(3, 3, -3, -3);
    painter->fillRect(bar, theme.surface);
    bar.setWidth(static_cast<int>(std::lround(bar.width() * std::clamp(fraction, 0.0, 1.0))));
    painter->fillRect(bar, mix(theme.surface, theme.accent, 0.45));
    QStyledItemDelegate::paint(painter, option, index);
}

} // namespace bitwright::views
