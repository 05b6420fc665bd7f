#include "app/gui/actions.h"

#include "views/panels/panel.h"

#include <QMenu>
#include <QMenuBar>

#include <map>
#include <set>

namespace bitwright::gui {

namespace {

void collect(const QMenu& menu, const QString& category, std::set<const QAction*>& seen,
    std::vector<ActionEntry>& entries)
{
    Q_EMIT const_cast<QMenu&>(menu).aboutToShow();
    for (QAction* action : menu.actions()) {
        if (action->isSeparator() || !action->isVisible())
            continue;
        if (const QMenu* below = action->menu(); below != nullptr)
            collect(*below, QStringLiteral("%1 › %2").arg(category, plainActionText(below->title())), seen,
                entries);
        else if (!action->text().isEmpty() && seen.insert(action).second)
            entries.push_back({action, category, nullptr});
    }
}

} // namespace

std::vector<ActionEntry> collectActions(const QMenuBar& bar, const std::vector<views::Panel*>& panels)
{
    std::vector<ActionEntry> entries;
    std::set<const QAction*> seen;
    for (const QAction* action : bar.actions()) {
        if (const QMenu* menu = action->menu(); menu != nullptr)
            collect(*menu, plainActionText(menu->title()), seen, entries);
    }
    std::map<const QAction*, views::Panel*> owners;
    for (views::Panel* panel : panels) {
        for (QAction* action : panel->actions()) {
            owners[action] = panel;
            if (action->isVisible() && !action->isSeparator() && !action->text().isEmpty()
                && seen.insert(action).second)
                entries.push_back({action, panel->title(), panel});
        }
    }
    for (ActionEntry& entry : entries) {
        if (const auto owner = owners.find(entry.action); owner != owners.end())
            entry.panel = owner->second;
    }
    return entries;
}

QString plainActionText(const QString& text)
{
    QString plain = text.section(QLatin1Char('\t'), 0, 0);
    plain.replace(QLatin1String("&&"), QString(QChar(1)));
    plain.remove(QLatin1Char('&'));
    plain.replace(QChar(1), QLatin1Char('&'));
    while (plain.endsWith(QChar(0x2026)) || plain.endsWith(QLatin1Char('.')))
        plain.chop(1);
    return plain.trimmed();
}

QString actionKeys(const QAction& action)
{
    QStringList keys;
    for (const QKeySequence& sequence : action.shortcuts())
        keys.push_back(sequence.toString(QKeySequence::NativeText));
    return keys.isEmpty() ? action.text().section(QLatin1Char('\t'), 1) : keys.first();
}

QStringList actionProblems(const std::vector<ActionEntry>& entries)
{
    QStringList problems;
    std::map<QString, QString> ids, keys;
    for (const ActionEntry& entry : entries) {
        const QAction& action = *entry.action;
        const QString name = QStringLiteral("%1 › %2").arg(entry.category, plainActionText(action.text()));
        if (action.objectName().isEmpty())
            problems.push_back(name + QStringLiteral(": no id"));
        else if (!ids.emplace(action.objectName(), name).second)
            problems.push_back(QStringLiteral("%1: id %2 is taken").arg(name, action.objectName()));
        // Without one Qt shows the text again.
        if (action.toolTip().isEmpty() || plainActionText(action.toolTip()) == plainActionText(action.text()))
            problems.push_back(name + QStringLiteral(": no tooltip"));
        if (action.statusTip().isEmpty() && entry.panel == nullptr)
            problems.push_back(name + QStringLiteral(": no status tip"));
        if (action.shortcutContext() != Qt::WindowShortcut)
            continue;
        for (const QKeySequence& key : action.shortcuts()) {
            const auto [at, fresh] = keys.emplace(key.toString(), name);
            if (!fresh)
                problems.push_back(
                    QStringLiteral("%1: %2 belongs to %3").arg(name, key.toString(), at->second));
        }
    }
    // With the focus in the panel, Qt runs neither of two actions with one key.
    for (const ActionEntry& entry : entries) {
        if (entry.action->shortcutContext() == Qt::WindowShortcut)
            continue;
        for (const QKeySequence& key : entry.action->shortcuts()) {
            if (const auto taken = keys.find(key.toString()); taken != keys.end())
                problems.push_back(QStringLiteral("%1: %2 belongs to %3")
                                       .arg(entry.action->objectName(), key.toString(), taken->second));
        }
    }
    return problems;
}

void describeAction(QAction& action, const QString& id, const QList<QKeySequence>& keys, const QString& tip)
{
    action.setObjectName(id);
    action.setShortcuts(keys);
    action.setStatusTip(tip);
    const QString key = actionKeys(action);
    action.setToolTip(key.isEmpty() ? tip : QStringLiteral("%1 (%2)").arg(tip, key));
}

} // namespace bitwright::gui
