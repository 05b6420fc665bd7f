#pragma once

#include <QWidget>

class QAction;
class QButtonGroup;

namespace bitwright::views {

/// A few alternatives side by side, one of them on. Tab reaches the chosen one, arrow keys move; each segment
/// is also an action, which the panel adds to itself so that menus and the palette find it.
class SegmentedSwitch : public QWidget
{
    Q_OBJECT

public:
    explicit SegmentedSwitch(const QString& accessibleName, QWidget* parent = nullptr);
    /// `text` with mnemonic; `id` names the action; a shortcut counts inside the panel that owns the switch.
    QAction* addSegment(
        const QString& id, const QString& text, const QString& toolTip, const QKeySequence& shortcut = {});
    [[nodiscard]] int current() const;
    void setCurrent(int segment); ///< Emits when it changes.

Q_SIGNALS:
    void currentChanged(int segment);

private:
    QButtonGroup* m_group;
    int m_current = 0;
    QList<QAction*> m_actions;
};

} // namespace bitwright::views
