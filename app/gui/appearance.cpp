#include "app/gui/appearance.h"

#include <QApplication>
#include <QIconEngine>
#include <QPainter>
#include <QProxyStyle>
#include <QStyleFactory>
#include <QStyleOptionComboBox>
#include <QStyleOptionSlider>
#include <QToolTip>

#include <algorithm>

namespace bitwright::gui {

namespace {

/// Signs on the title of a dock in the color of its words: Fusion's are one gray for every theme.
class DockIcon : public QIconEngine
{
public:
    explicit DockIcon(bool closes)
        : m_closes(closes)
    { }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        const QPalette palette = QGuiApplication::palette();
        const auto group = mode == QIcon::Disabled ? QPalette::Disabled : QPalette::Active;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(palette.color(group, QPalette::WindowText), 1.2));
        const double side = 0.62 * std::min(rect.width(), rect.height());
        QRectF box(0, 0, side, side);
        box.moveCenter(QRectF(rect).center());
        painter->drawRect(box);
        const double part = side / 4;
        if (m_closes) {
            const QRectF cross = box.adjusted(part, part, -part, -part);
            painter->drawLine(cross.topLeft(), cross.bottomRight());
            painter->drawLine(cross.topRight(), cross.bottomLeft());
        } else {
            painter->drawRect(box.adjusted(part, part, -part, -part));
        }
        painter->restore();
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect({}, size), mode, state);
        return pixmap;
    }

    [[nodiscard]] QIconEngine* clone() const override
    {
        return new DockIcon(*this); // NOLINT(cppcoreguidelines-owning-memory): the icon owns it
    }

private:
    bool m_closes = false;
};

/// Fusion, with some repairs: the thumb of a scroll bar is darker than what it runs in; the text of a narrow
/// choice ends in an ellipsis instead of half a letter; on dark backgrounds the frames of fields and boxes to
/// check show, which Fusion draws nearly black; and a button that is on is tinted, which its slightly darker
/// gray does not tell there. The signs of docks are as dark or light as words. Headings keep apart, and the
/// menu bar is one with the buttons beside it.
class Style : public QProxyStyle
{
public:
    Style()
        : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion")))
    { }

    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override
    {
        constexpr int kMenuMargin = 4; // words of the menu stand as high as those of the buttons beside them
        return metric == PM_MenuBarVMargin ? kMenuMargin : QProxyStyle::pixelMetric(metric, option, widget);
    }

    QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
        const QWidget* widget) const override
    {
        const QSize wanted = QProxyStyle::sizeFromContents(type, option, size, widget);
        return type == CT_HeaderSection ? wanted + QSize(2 * kHeaderPadding, 0) : wanted;
    }

    QIcon standardIcon(StandardPixmap sign, const QStyleOption* option, const QWidget* widget) const override
    {
        if (sign == SP_TitleBarCloseButton || sign == SP_TitleBarNormalButton)
            return QIcon(new DockIcon(sign == SP_TitleBarCloseButton));
        return QProxyStyle::standardIcon(sign, option, widget);
    }

    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
        const QWidget* widget) const override
    {
        if (element == CE_MenuBarEmptyArea)
            return painter->fillRect(option->rect, option->palette.window());
        if (element == CE_MenuBarItem)
            return drawMenuWord(*option, painter, widget);
        if (element == CE_HeaderLabel)
            if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
                QStyleOptionHeader padded = *header;
                padded.version = QStyleOptionHeader::Version; // without what a later one has behind it
                padded.rect.adjust(kHeaderPadding, 0, -kHeaderPadding, 0);
                return QProxyStyle::drawControl(element, &padded, painter, widget);
            }
        const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option);
        if (element != CE_ComboBoxLabel || box == nullptr)
            return QProxyStyle::drawControl(element, option, painter, widget);
        QStyleOptionComboBox shorter = *box;
        constexpr int kPadding = 2;
        const QRect field = subControlRect(CC_ComboBox, box, SC_ComboBoxEditField, widget);
        const int icon = box->currentIcon.isNull() ? 0 : box->iconSize.width() + 4;
        shorter.currentText
            = box->fontMetrics.elidedText(box->currentText, Qt::ElideRight, field.width() - icon - kPadding);
        QProxyStyle::drawControl(element, &shorter, painter, widget);
    }

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
        const QWidget* widget) const override
    {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        const QPalette& palette = option->palette;
        const bool dark = isDark(*option);
        if (element == PE_IndicatorCheckBox || element == PE_IndicatorItemViewItemCheck) {
            // A dark box in a light, selected row would look filled.
            const bool emptyInLight = element == PE_IndicatorItemViewItemCheck
                && option->state.testFlag(State_Selected) && option->state.testFlag(State_Off);
            if (dark && emptyInLight)
                drawFrame(painter, option->rect, palette.color(QPalette::HighlightedText),
                    palette.color(QPalette::Highlight));
            else if (dark)
                drawFrame(painter, option->rect, palette.color(QPalette::Dark), {});
        } else if (element == PE_FrameLineEdit) {
            if (dark && !option->state.testFlag(State_HasFocus))
                drawFrame(painter, option->rect, palette.color(QPalette::Mid), {});
        } else if (element == PE_PanelButtonTool || element == PE_PanelButtonCommand) {
            if ((option->state & State_On) == 0)
                return;
            QColor tint = palette.color(QPalette::Highlight);
            const QColor frame = tint;
            tint.setAlphaF(dark ? 0.3F : 0.14F);
            drawFrame(painter, option->rect, frame, tint);
        }
    }

    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
        const QWidget* widget) const override
    {
        if (option->rect.isEmpty())
            return; // folded away; Fusion would paint on a pixmap of no size
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
            control == CC_ToolButton && button != nullptr && button->text.endsWith(QChar(0x25be))) {
            QStyleOptionToolButton bare = *button; // its words end in an arrow
            bare.features &= ~QStyleOptionToolButton::HasMenu;
            return QProxyStyle::drawComplexControl(control, &bare, painter, widget);
        }
        if (control == CC_ScrollBar)
            if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option))
                return drawScrollBar(*bar, painter, widget);
        QProxyStyle::drawComplexControl(control, option, painter, widget);
        if (control == CC_SpinBox && isDark(*option) && !option->state.testFlag(State_HasFocus))
            drawFrame(painter, option->rect, option->palette.color(QPalette::Mid), {});
    }

private:
    static constexpr int kHeaderPadding = 2; ///< So much more than Fusion: headings of neighbors read as two.

    /// Without the line below it, which ends where the menus do.
    void drawMenuWord(const QStyleOption& option, QPainter* painter, const QWidget* widget) const
    {
        QProxyStyle::drawControl(CE_MenuBarItem, &option, painter, widget);
        if ((option.state & State_Selected) == 0)
            painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                option.palette.window());
    }

    /// The thumb is what stands out. Fusion's is lighter than its groove, and the dark rest of the groove
    /// below it reads as the end of the list.
    void drawScrollBar(const QStyleOptionSlider& bar, QPainter* painter, const QWidget* widget) const
    {
        const QPalette& palette = bar.palette;
        const QColor ground = palette.color(QPalette::Window), ink = palette.color(QPalette::WindowText);
        const bool horizontal = bar.orientation == Qt::Horizontal;
        painter->save();
        painter->fillRect(bar.rect, ground);
        const auto arrow = [&](SubControl part, PrimitiveElement sign) {
            QStyleOption option = bar;
            constexpr int kMargin = 3;
            option.rect = subControlRect(CC_ScrollBar, &bar, part, widget)
                              .adjusted(kMargin, kMargin, -kMargin, -kMargin);
            if (!option.rect.isEmpty())
                proxy()->drawPrimitive(sign, &option, painter, widget);
        };
        arrow(SC_ScrollBarSubLine, horizontal ? PE_IndicatorArrowLeft : PE_IndicatorArrowUp);
        arrow(SC_ScrollBarAddLine, horizontal ? PE_IndicatorArrowRight : PE_IndicatorArrowDown);
        const bool enabled = bar.state.testFlag(State_Enabled) && bar.maximum > bar.minimum;
        if (enabled) {
            constexpr int kAside = 3;
            const QRect thumb = subControlRect(CC_ScrollBar, &bar, SC_ScrollBarSlider, widget)
                                    .adjusted(horizontal ? 1 : kAside, horizontal ? kAside : 1,
                                        horizontal ? -1 : -kAside, horizontal ? -kAside : -1);
            const bool active = bar.activeSubControls.testFlag(SC_ScrollBarSlider)
                && (bar.state & (State_MouseOver | State_Sunken)) != 0;
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(views::mix(ground, ink, active ? 0.6 : 0.42));
            painter->drawRoundedRect(QRectF(thumb), 3, 3);
        }
        painter->restore();
    }

    static bool isDark(const QStyleOption& option)
    {
        return option.palette.color(QPalette::Window).lightness() < 128;
    }

    static void drawFrame(QPainter* painter, const QRect& rect, const QColor& frame, const QBrush& fill)
    {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(frame);
        painter->setBrush(fill);
        painter->drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
        painter->restore();
    }
};

} // namespace

Appearance appearanceFromName(const QString& name)
{
    if (name == QLatin1String("light"))
        return Appearance::Light;
    if (name == QLatin1String("dark"))
        return Appearance::Dark;
    return Appearance::System;
}

QString appearanceName(Appearance appearance)
{
    switch (appearance) {
    case Appearance::Light:
        return QStringLiteral("light");
    case Appearance::Dark:
        return QStringLiteral("dark");
    case Appearance::System:
        break;
    }
    return QStringLiteral("system");
}

QPalette paletteFor(const views::Theme& theme)
{
    QPalette palette;
    const QColor window = views::mix(theme.surface, theme.background, 0.25);
    palette.setColor(QPalette::Window, window);
    palette.setColor(QPalette::WindowText, theme.foreground);
    palette.setColor(QPalette::Base, theme.background);
    palette.setColor(QPalette::AlternateBase, views::mix(theme.background, theme.surface, 0.5));
    palette.setColor(QPalette::Text, theme.foreground);
    palette.setColor(QPalette::Button, window);
    palette.setColor(QPalette::ButtonText, theme.foreground);
    palette.setColor(QPalette::BrightText, theme.warning);
    palette.setColor(QPalette::ToolTipBase, theme.surface);
    palette.setColor(QPalette::ToolTipText, theme.foreground);
    palette.setColor(QPalette::PlaceholderText, theme.muted);
    palette.setColor(QPalette::Link, theme.accent);
    palette.setColor(QPalette::LinkVisited, theme.accent);
    palette.setColor(QPalette::Highlight, theme.accent);
    palette.setColor(QPalette::HighlightedText, views::textOn(theme.accent));
    palette.setColor(
        QPalette::Light, views::mix(window, theme.dark ? Qt::white : Qt::white, theme.dark ? 0.15 : 0.8));
    palette.setColor(QPalette::Midlight, views::mix(window, theme.foreground, 0.06));
    palette.setColor(QPalette::Mid, views::mix(window, theme.foreground, 0.25));
    palette.setColor(QPalette::Dark, views::mix(window, theme.foreground, 0.4));
    palette.setColor(QPalette::Shadow, theme.dark ? QColor(Qt::black) : views::mix(window, Qt::black, 0.6));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, views::mix(theme.foreground, window, 0.55));
    palette.setColor(QPalette::Disabled, QPalette::Highlight, theme.grid);
    return palette;
}

views::Theme applyAppearance(Appearance appearance, const QPalette& systemPalette)
{
    const views::Theme theme = appearance == Appearance::System ? views::themeFor(systemPalette)
        : appearance == Appearance::Dark                        ? views::darkTheme()
                                                                : views::lightTheme();
    // One style everywhere: native styles mix their own colors in and leave half-themed windows.
    QApplication::setStyle(new Style);
    const QPalette palette = paletteFor(theme);
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
    return theme;
}

} // namespace bitwright::gui
