#include "app/gui/strip_text.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QFontMetrics>
#include <QGuiApplication>
#include <QMenu>
#include <QPainter>

#include <algorithm>
#include <utility>

namespace bitwright::gui {

namespace {
const QString kDot = QStringLiteral(" · ");
}

StripText::StripText(QWidget* parent)
    : QWidget(parent)
    , m_warning(palette().color(QPalette::WindowText))
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void StripText::setParts(std::vector<Part> parts)
{
    m_parts = std::move(parts);
    setToolTip(fullText());
    setAccessibleName(fullText());
    updateGeometry();
    update();
}

void StripText::setLeast(int importance)
{
    if (std::exchange(m_least, importance) == importance)
        return;
    updateGeometry();
    update();
}

std::vector<StripText::Part> StripText::wanted() const
{
    const auto most = std::max_element(m_parts.begin(), m_parts.end(),
        [](const Part& a, const Part& b) { return a.importance < b.importance; });
    std::vector<Part> parts;
    for (auto part = m_parts.begin(); part != m_parts.end(); ++part)
        if (part->importance >= m_least || part == most)
            parts.push_back(*part);
    return parts;
}

void StripText::setWarningColor(const QColor& color)
{
    m_warning = color;
    update();
}

QFont StripText::fontOf(const Part& part) const
{
    QFont result = font();
    result.setBold(part.bold);
    return result;
}

int StripText::widthOf(const std::vector<Part>& parts) const
{
    int width = 0;
    for (const Part& part : parts)
        width += QFontMetrics(fontOf(part)).horizontalAdvance(part.text);
    return width + std::max(0, static_cast<int>(parts.size()) - 1) * fontMetrics().horizontalAdvance(kDot);
}

std::vector<StripText::Part> StripText::fitting(int width) const
{
    std::vector<Part> parts = wanted();
    while (parts.size() > 1 && widthOf(parts) > width) {
        // The last of equals goes first.
        auto least = parts.end() - 1;
        for (auto part = parts.end(); part != parts.begin();) {
            --part;
            if (part->importance < least->importance)
                least = part;
        }
        parts.erase(least);
    }
    if (parts.size() == 1)
        parts.front().text = QFontMetrics(fontOf(parts.front()))
                                 .elidedText(parts.front().text, Qt::ElideMiddle, std::max(0, width));
    return parts;
}

QString StripText::shownText() const
{
    QStringList texts;
    for (const Part& part : fitting(width()))
        texts.push_back(part.text);
    return texts.join(kDot);
}

QString StripText::fullText() const
{
    QStringList texts;
    for (const Part& part : m_parts)
        texts.push_back(part.text);
    return texts.join(kDot);
}

QSize StripText::sizeHint() const
{
    return {m_parts.empty() ? 0 : widthOf(wanted()) + 2, fontMetrics().height() + 4};
}

QSize StripText::minimumSizeHint() const
{
    return {m_parts.empty() ? 0 : 40, fontMetrics().height() + 4};
}

void StripText::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    int x = 0;
    bool first = true;
    for (const Part& part : fitting(width())) {
        const auto draw = [&](const QString& text, const QFont& font, const QColor& color) {
            painter.setFont(font);
            painter.setPen(color);
            const int advance = QFontMetrics(font).horizontalAdvance(text);
            painter.drawText(QRect(x, 0, advance + 2, height()), Qt::AlignLeft | Qt::AlignVCenter, text);
            x += advance;
        };
        if (!first)
            draw(kDot, font(), palette().color(QPalette::PlaceholderText));
        first = false;
        draw(part.text, fontOf(part), part.warning ? m_warning : palette().color(QPalette::WindowText));
    }
}

void StripText::contextMenuEvent(QContextMenuEvent* event)
{
    if (m_parts.empty())
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy"), this, [this] { QGuiApplication::clipboard()->setText(fullText()); });
    menu->popup(event->globalPos());
}

} // namespace bitwright::gui
