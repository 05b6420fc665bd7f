#include "views/charts/empty_state.h"

#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace bitwright::views {

EmptyState::EmptyState(QWidget* parent)
    : QWidget(parent)
    , m_label(new QLabel(this))
    , m_button(new QPushButton(this))
    , m_other(new QPushButton(this))
{
    m_label->setWordWrap(true);
    m_label->setAlignment(Qt::AlignCenter);
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_label->setMinimumWidth(120);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 16);
    layout->addStretch(1);
    layout->addWidget(m_label);
    layout->addSpacing(10);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(m_button);
    buttons->addWidget(m_other);
    buttons->addStretch(1);
    layout->addLayout(buttons);
    m_other->hide();
    layout->addStretch(1);
    setAutoFillBackground(true);
    connect(m_button, &QPushButton::clicked, this, &EmptyState::remedyRequested);
    connect(m_other, &QPushButton::clicked, this, &EmptyState::otherRemedyRequested);
    parent->installEventFilter(this);
    setGeometry(parent->rect());
    hide();
}

void EmptyState::setMessage(const QString& message, const QString& buttonText, const QString& otherText)
{
    m_label->setText(message);
    m_button->setText(buttonText);
    m_button->setVisible(!buttonText.isEmpty());
    m_other->setText(otherText);
    m_other->setVisible(!otherText.isEmpty());
    setAccessibleName(message);
    setGeometry(parentWidget()->rect());
    raise();
    show();
}

void EmptyState::setTheme(const Theme& theme)
{
    QPalette colors = palette();
    colors.setColor(QPalette::Window, theme.background);
    setPalette(colors);
    QPalette text = m_label->palette();
    text.setColor(QPalette::WindowText, theme.muted);
    m_label->setPalette(text);
    for (QPushButton* button : {m_button, m_other}) {
        QPalette shades = button->palette();
        shades.setColor(QPalette::Button, theme.surface);
        shades.setColor(QPalette::ButtonText, theme.foreground);
        button->setPalette(shades);
    }
}

QString EmptyState::message() const
{
    return m_label->text();
}

bool EmptyState::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parent() && event->type() == QEvent::Resize)
        setGeometry(parentWidget()->rect());
    return QWidget::eventFilter(watched, event);
}

} // namespace bitwright::views
