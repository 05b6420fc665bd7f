#include "views/panels/wrap_bar.h"

#include <QComboBox>
#include <QStyle>
#include <QStyleOptionComboBox>
#include <QWidget>

#include <algorithm>

namespace bitwright::views {

namespace {

QSize naturalSize(QLayoutItem* item)
{
    const auto* box = qobject_cast<const QComboBox*>(item->widget());
    if (box == nullptr)
        return item->sizeHint();
    // Frame and arrow are what the style adds to an empty choice; its own hint is of all entries or of none.
    constexpr int kBreath = 2;
    QStyleOptionComboBox option;
    option.initFrom(box);
    option.currentText = box->currentText();
    const QSize text(
        box->fontMetrics().horizontalAdvance(box->currentText()) + kBreath, box->fontMetrics().height());
    const int width = box->style()->sizeFromContents(QStyle::CT_ComboBox, &option, text, box).width();
    return {width, item->sizeHint().height()};
}

} // namespace

WrapBar::WrapBar()
{
    constexpr int kSide = 8, kTop = 4, kBottom = 2, kSpacing = 5;
    setContentsMargins(kSide, kTop, kSide, kBottom);
    setSpacing(kSpacing);
}

WrapBar::~WrapBar()
{
    for (QLayoutItem* item : m_items)
        delete item;
}

void WrapBar::addItem(QLayoutItem* item)
{
    m_items.push_back(item);
    if (const auto* box = qobject_cast<QComboBox*>(item->widget()))
        connect(box, &QComboBox::currentTextChanged, this, [this] { invalidate(); });
}

QLayoutItem* WrapBar::itemAt(int index) const
{
    const auto i = static_cast<std::size_t>(index);
    return index >= 0 && i < m_items.size() ? m_items[i] : nullptr;
}

QLayoutItem* WrapBar::takeAt(int index)
{
    QLayoutItem* item = itemAt(index);
    if (item != nullptr)
        m_items.erase(m_items.begin() + index);
    return item;
}

QSize WrapBar::sizeHint() const
{
    const QMargins margins = contentsMargins();
    int width = 0, height = 0;
    for (QLayoutItem* item : m_items) {
        if (item->isEmpty())
            continue;
        const QSize size = naturalSize(item);
        width += size.width() + (width > 0 ? spacing() : 0);
        height = std::max(height, size.height());
    }
    return {width + margins.left() + margins.right(), height + margins.top() + margins.bottom()};
}

QSize WrapBar::minimumSize() const
{
    const QMargins margins = contentsMargins();
    QSize least;
    for (const QLayoutItem* item : m_items)
        least = least.expandedTo(item->minimumSize());
    return least + QSize(margins.left() + margins.right(), margins.top() + margins.bottom());
}

void WrapBar::setGeometry(const QRect& rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

int WrapBar::arrange(const QRect& rect, bool place) const
{
    const QRect room = rect.marginsRemoved(contentsMargins());
    const bool oneLine = sizeHint().width() <= rect.width();
    struct Placed
    {
        QLayoutItem* item;
        QRect rect;
    };
    std::vector<Placed> line;
    const Qt::LayoutDirection direction
        = parentWidget() != nullptr ? parentWidget()->layoutDirection() : Qt::LeftToRight;
    int x = 0, y = room.top(), height = 0, shift = 0;
    const auto finishLine = [&] {
        if (place)
            for (Placed& placed : line) {
                placed.rect.setHeight(height);
                placed.item->setGeometry(QStyle::visualRect(direction, room, placed.rect));
            }
        line.clear();
    };
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        QLayoutItem* item = m_items[i];
        if (item->isEmpty())
            continue;
        const QSize size = naturalSize(item);
        const int width = std::min(size.width(), std::max(room.width(), item->minimumSize().width()));
        if (x > 0 && x + width > room.width()) {
            finishLine();
            y += height + spacing();
            x = height = 0;
        }
        if (i >= m_right && oneLine && shift == 0)
            shift = rect.width() - sizeHint().width();
        line.push_back({item, QRect(room.left() + x + shift, y, width, 0)});
        x += width + spacing();
        height = std::max(height, size.height());
    }
    finishLine();
    return y + height + contentsMargins().bottom() - rect.top();
}

} // namespace bitwright::views
