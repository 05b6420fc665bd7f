#include "views/panels/segmented_switch.h"

#include <QAction>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QToolButton>

namespace bitwright::views {

SegmentedSwitch::SegmentedSwitch(const QString& accessibleName, QWidget* parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    setAccessibleName(accessibleName);
    m_group->setExclusive(true);
    connect(m_group, &QButtonGroup::idClicked, this, &SegmentedSwitch::setCurrent);
    // Arrow keys check the next button without a click.
    connect(m_group, &QButtonGroup::idToggled, this, [this](int id, bool on) {
        if (on)
            setCurrent(id);
    });
}

QAction* SegmentedSwitch::addSegment(
    const QString& id, const QString& text, const QString& toolTip, const QKeySequence& shortcut)
{
    const int segment = static_cast<int>(m_actions.size());
    auto* action = new QAction(text, this);
    action->setObjectName(id);
    action->setCheckable(true);
    action->setChecked(segment == m_current);
    action->setShortcut(shortcut);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    action->setToolTip(shortcut.isEmpty()
            ? toolTip
            : QStringLiteral("%1 (%2)").arg(toolTip, shortcut.toString(QKeySequence::NativeText)));
    m_actions.push_back(action);
    connect(action, &QAction::triggered, this, [this, segment] { setCurrent(segment); });
    auto* button = new QToolButton(this);
    button->setText(QString(text).remove(QLatin1Char('&')));
    button->setCheckable(true);
    button->setAutoRaise(true); // only the chosen one has a frame, which shows in both themes
    button->setChecked(segment == m_current);
    button->setToolTip(action->toolTip());
    button->setAccessibleName(button->text());
    button->setFocusPolicy(Qt::StrongFocus);
    button->setSizePolicy(QSizePolicy::Minimum, QSizePolicy::Fixed);
    m_group->addButton(button, segment);
    layout()->addWidget(button);
    return action;
}

int SegmentedSwitch::current() const
{
    return m_current;
}

void SegmentedSwitch::setCurrent(int segment)
{
    if (segment < 0 || segment >= m_actions.size())
        return;
    const bool changed = segment != m_current;
    m_current = segment;
    m_group->button(segment)->setChecked(true);
    for (int i = 0; i < m_actions.size(); ++i)
        m_actions[i]->setChecked(i == segment);
    if (changed)
        Q_EMIT currentChanged(segment);
}

} // namespace bitwright::views
