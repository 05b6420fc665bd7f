#include "views/models/plan_delta.h"

#include "views/models/document.h"

namespace bitwright::views {

std::optional<std::vector<std::size_t>> PlanDelta::take(const Document& document)
{
    const auto& choice = document.choice();
    const auto& locked = document.locks();
    const auto solver = document.sharedSolverChoice();
    const bool comparable = m_space != nullptr && m_space == document.space() && m_solver == solver
        && m_ties == document.plan().ties && m_choice.size() == choice.size()
        && m_locked.size() == locked.size() && choice.size() == locked.size();
    std::optional<std::vector<std::size_t>> moved;
    if (comparable) {
        moved.emplace();
        for (std::size_t i = 0; i < choice.size(); ++i)
            if (m_choice[i] != choice[i] || m_locked[i] != locked[i])
                moved->push_back(i);
    }
    m_space = document.space();
    m_solver = solver;
    m_ties = document.plan().ties;
    m_choice = choice;
    m_locked = locked;
    return moved;
}

} // namespace bitwright::views
