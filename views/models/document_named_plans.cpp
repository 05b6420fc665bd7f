// Names of Document's plans.
#include "core/plan/carry.h"
#include "views/models/document.h"

#include <algorithm>

namespace bitwright::views {

const plan::Plan* Document::namedPlan(const QString& name) const
{
    const auto found = std::find_if(m_namedPlans.begin(), m_namedPlans.end(),
        [&](const plan::Plan& plan) { return plan.name == name.toStdString(); });
    return found == m_namedPlans.end() ? nullptr : &*found;
}

bool Document::storeNamedPlan(const plan::Plan& plan)
{
    const auto project = m_workspace ? m_workspace->project() : nullptr;
    if (project == nullptr)
        return m_workspace != nullptr;
    const auto saved = project->savePlan({plan.name, plan::planToJson(plan, m_space.get()), {}});
    if (!saved)
        reportError(saved.error());
    return saved.has_value();
}

void Document::savePlanAs(const QString& name)
{
    if (!m_space || name.trimmed().isEmpty())
        return;
    plan::Plan named = m_plan;
    named.name = name.trimmed().toStdString();
    if (!storeNamedPlan(named))
        return;
    std::erase_if(m_namedPlans, [&](const plan::Plan& plan) { return plan.name == named.name; });
    m_namedPlans.push_back(named);
    applyPlan(named);
    Q_EMIT namedPlansChanged();
}

void Document::loadPlan(const QString& name)
{
    if (const plan::Plan* plan = namedPlan(name); plan != nullptr)
        takePlan(*plan);
}

void Document::takePlan(const plan::Plan& plan)
{
    if (!m_space)
        return;
    const QString name = QString::fromStdString(escapedForDisplay(plan.name));
    const auto choice = m_space->choiceOf(plan);
    const auto same = choice ? plan : plan::inFormatsOf(plan, *m_space);
    if (!same)
        return reportError(choice.error());
    if (!choice)
        Q_EMIT notice(tr("Plan %1 was made for another quantizer; its number formats were taken.").arg(name));
    // What the solver would choose at its budget is found in the background.
    pushPlan(*same, nullptr, tr("Load plan %1").arg(name), 0);
}

bool Document::addNamedPlan(const plan::Plan& plan)
{
    if (plan.name.empty() || namedPlan(QString::fromStdString(plan.name)) != nullptr || !storeNamedPlan(plan))
        return false;
    m_namedPlans.push_back(plan);
    Q_EMIT namedPlansChanged();
    return true;
}

bool Document::duplicateNamedPlan(const QString& from, const QString& to)
{
    const plan::Plan* found = namedPlan(from);
    const QString name = to.trimmed();
    if (found == nullptr || name.isEmpty() || namedPlan(name) != nullptr)
        return false;
    plan::Plan copy = *found;
    copy.name = name.toStdString();
    return addNamedPlan(copy);
}

bool Document::renameNamedPlan(const QString& from, const QString& to)
{
    // The copy is stored before the old name goes: a kill in between leaves two, never none.
    if (!duplicateNamedPlan(from, to))
        return false;
    if (m_plan.name == from.toStdString()) {
        plan::Plan renamed = m_plan;
        renamed.name = to.trimmed().toStdString();
        applyPlan(renamed);
    }
    return deleteNamedPlan(from);
}

bool Document::deleteNamedPlan(const QString& name)
{
    if (namedPlan(name) == nullptr)
        return false;
    if (const auto project = m_workspace->project()) {
        if (const auto removed = project->removePlan(name.toStdString()); !removed) {
            reportError(removed.error());
            return false;
        }
    }
    std::erase_if(m_namedPlans, [&](const plan::Plan& plan) { return plan.name == name.toStdString(); });
    Q_EMIT namedPlansChanged();
    return true;
}

// --- Name of the current plan ---

void Document::renamePlan(const QString& name)
{
    plan::Plan next = m_plan;
    next.name = name.toStdString();
    setPlan(std::move(next), tr("Rename plan"));
}

} // namespace bitwright::views
