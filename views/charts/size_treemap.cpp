#include "views/charts/size_treemap.h"

#include "views/charts/empty_state.h"

#include <QContextMenuEvent>
#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

SizeTreemap::SizeTreemap(QWidget* parent)
    : QWidget(parent)
    , m_theme(themeFor(palette()))
    , m_empty(new EmptyState(this))
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    connect(m_empty, &EmptyState::remedyRequested, this, &SizeTreemap::remedyRequested);
    m_empty->setTheme(m_theme);
}

void SizeTreemap::setItems(std::vector<TreemapItem> items)
{
    m_items = std::move(items);
    m_current = m_hover = -1;
    clearEmpty();
    m_rects = layoutFor(size());
    tableDataChanged();
    update();
}

void SizeTreemap::setTheme(const Theme& theme)
{
    m_theme = theme;
    m_empty->setTheme(theme);
    update();
}

void SizeTreemap::setEmpty(const QString& message, const QString& buttonText)
{
    m_empty->setMessage(message, buttonText);
}
void SizeTreemap::clearEmpty()
{
    m_empty->hide();
}

void SizeTreemap::setCurrent(int item)
{
    m_current = item >= 0 && item < static_cast<int>(m_items.size()) ? item : -1;
    update();
}

std::vector<QRectF> SizeTreemap::layoutFor(QSize size) const
{
    std::vector<double> weights;
    for (const TreemapItem& item : m_items)
        weights.push_back(item.bytes);
    return squarify(weights, QRectF(QPointF(1, 1), QSizeF(size.width() - 2, size.height() - 2)));
}

QRectF SizeTreemap::itemRect(int item) const
{
    return item >= 0 && static_cast<std::size_t>(item) < m_rects.size()
        ? m_rects[static_cast<std::size_t>(item)]
        : QRectF();
}

int SizeTreemap::itemAt(const QPointF& position) const
{
    for (std::size_t i = 0; i < m_rects.size(); ++i)
        if (m_rects[i].contains(position))
            return static_cast<int>(i);
    return -1;
}

void SizeTreemap::paintItems(QPainter& painter, const std::vector<QRectF>& rects, bool exporting) const
{
    double total = 0;
    for (const TreemapItem& item : m_items)
        total += std::max(item.bytes, 0.0);
    painter.setFont(font());
    const QFontMetricsF metrics(painter.font());
    for (std::size_t i = 0; i < rects.size(); ++i) {
        const TreemapItem& item = m_items[i];
        const QRectF rect = rects[i].adjusted(1, 1, -1, -1);
        if (rect.width() < 1 || rect.height() < 1)
            continue;
        QColor ink = m_theme.foreground;
        if (std::isnan(item.bits)) {
            paintHatch(painter, rect, m_theme);
        } else {
            painter.fillRect(rect, bitColor(item.bits, m_theme));
            ink = textOn(bitColor(item.bits, m_theme));
        }
        const QRectF text = rect.adjusted(6, 4, -5, -4);
        if (text.width() < 26 || text.height() < metrics.height())
            continue;
        painter.setPen(ink);
        painter.drawText(
            text, Qt::AlignLeft | Qt::AlignTop, metrics.elidedText(item.name, Qt::ElideMiddle, text.width()));
        const QString size = formatBytes(item.bytes);
        const QString share = size + QStringLiteral(" \u00b7 ") + formatNumber(100 * item.bytes / total)
            + QStringLiteral(" %");
        const QString second = metrics.horizontalAdvance(share) <= text.width() ? share : size;
        if (text.height() >= 2 * metrics.lineSpacing() && metrics.horizontalAdvance(second) <= text.width())
            painter.drawText(text.translated(0, metrics.lineSpacing()), Qt::AlignLeft | Qt::AlignTop, second);
    }
    const auto outline = [&](int item, const QColor& color, double width) {
        if (exporting || item < 0 || static_cast<std::size_t>(item) >= rects.size())
            return;
        painter.setPen(QPen(color, width));
        painter.drawRect(rects[static_cast<std::size_t>(item)].adjusted(1, 1, -1, -1));
    };
    outline(m_hover, m_theme.foreground, 1.5);
    outline(m_current, m_theme.background, 5);
    outline(m_current, m_theme.accent, 2.5);
}

void SizeTreemap::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.background);
    paintItems(painter, m_rects, false);
}

void SizeTreemap::renderTo(QPainter& painter, QSize size)
{
    painter.fillRect(QRect(QPoint(0, 0), size), m_theme.background);
    paintItems(painter, layoutFor(size), true);
}

void SizeTreemap::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_rects = layoutFor(size());
}

bool SizeTreemap::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int item = itemAt(help->pos());
        QString text;
        if (item >= 0) {
            const TreemapItem& i = m_items[static_cast<std::size_t>(item)];
            text = i.name + u'\n' + formatExactBytes(i.bytes)
                + (i.detail.isEmpty() ? QString() : u'\n' + i.detail);
        }
        QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QWidget::event(event);
}

void SizeTreemap::mousePressEvent(QMouseEvent* event)
{
    const int item = itemAt(event->position());
    if (event->button() != Qt::LeftButton || item < 0)
        return;
    setCurrent(item);
    Q_EMIT itemActivated(item);
}

void SizeTreemap::mouseMoveEvent(QMouseEvent* event)
{
    const int item = itemAt(event->position());
    if (item == m_hover)
        return;
    m_hover = item;
    update();
    Q_EMIT itemHovered(item);
}

void SizeTreemap::leaveEvent(QEvent* event)
{
    QWidget::leaveEvent(event);
    m_hover = -1;
    update();
    Q_EMIT itemHovered(-1);
}

void SizeTreemap::keyPressEvent(QKeyEvent* event)
{
    const int count = static_cast<int>(m_items.size());
    const bool forward = event->key() == Qt::Key_Right || event->key() == Qt::Key_Down;
    const bool backward = event->key() == Qt::Key_Left || event->key() == Qt::Key_Up;
    if (count > 0 && (forward || backward)) {
        setCurrent(std::clamp(m_current + (forward ? 1 : -1), 0, count - 1));
        setAccessibleDescription(m_items[static_cast<std::size_t>(m_current)].name + QStringLiteral(", ")
            + formatBytes(m_items[static_cast<std::size_t>(m_current)].bytes));
    } else if (m_current >= 0 && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)) {
        Q_EMIT itemActivated(m_current);
    } else {
        QWidget::keyPressEvent(event);
    }
}

void SizeTreemap::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    addExportActions(*menu);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(event->globalPos());
}

QString SizeTreemap::csv() const
{
    QString text = QStringLiteral("name,bytes,bits\n");
    for (const TreemapItem& item : m_items)
        text += csvText(item.name) + u',' + csvNumber(item.bytes) + u',' + csvNumber(item.bits) + u'\n';
    return text;
}

} // namespace bitwright::views
