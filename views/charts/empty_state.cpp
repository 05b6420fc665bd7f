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
    layout->addWidget(m_button, 0, Qt::AlignHCenter);
    layout->addStretch(1);
    setAutoFillBackground(true);
    connect(m_button, &QPushButton::clicked, this, &EmptyState::remedyRequested);
    parent->installEventFilter(this);
    setGeometry(parent->rect());
    hide();
}

void EmptyState::setMessage(const QString& message, const QString& buttonText)
{
    m_label->setText(message);
    m_button->setText(buttonText);
    m_button->setVisible(!buttonText.isEmpty());
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
    QPalette button = m_button->palette();
    button.setColor(QPalette::Button, theme.surface);
    button.setColor(QPalette::ButtonText, theme.foreground);
    m_button->setPalette(button);
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
