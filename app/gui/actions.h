#pragma once

#include <QAction>
#include <QPointer>
#include <QString>
#include <QStringList>

#include <vector>

class QMenuBar;

namespace bitwright::views {
class Panel;
}

namespace bitwright::gui {

/// One action of the program, as menus and palette show it.
struct ActionEntry
{
    QPointer<QAction> action;
    QString category; ///< Where it stands: "Plan", "View › Theme", "Outlier channels".
    views::Panel* panel = nullptr; ///< Set when a panel offers it: it has to be on screen to run.
};

/// All actions of the menus, then those that panels offer by QWidget::addAction and no menu has. Menus that
/// are filled as they open are filled first. Separators, submenus and actions without text are left out.
[[nodiscard]] std::vector<ActionEntry> collectActions(
    const QMenuBar& bar, const std::vector<views::Panel*>& panels);

/// Text without mnemonic, ellipsis and what stands behind a tab.
[[nodiscard]] QString plainActionText(const QString& text);
/// The keys of an action in the platform's notation: its shortcuts, else what stands behind a tab.
[[nodiscard]] QString actionKeys(const QAction& action);
/// What breaks the rules of the house, one line each: every action has an id of its own, a tooltip and a
/// status tip, and no key belongs to two actions of the window. Empty when all is well.
[[nodiscard]] QStringList actionProblems(const std::vector<ActionEntry>& entries);
/// Sets id, keys and tips: the tooltip says what the action does and by which key.
void describeAction(QAction& action, const QString& id, const QList<QKeySequence>& keys, const QString& tip);

} // namespace bitwright::gui
