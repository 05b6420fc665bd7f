#pragma once

#include "core/plan/plan.h"

#include <memory>
#include <optional>
#include <vector>

namespace bitwright::views {

class Document;

/// What of the document's plan differs from what a view took last: an edit touches a few of thousands of
/// units, and what is shown of the others is not made again. Each view has one of its own, so that none
/// depends on having heard of every change.
class PlanDelta
{
public:
    /// Units whose option or lock differ since the last call, in rising order; nothing when all are to be
    /// taken anew: at first, and when the space, the ties or the solver's choice are others.
    [[nodiscard]] std::optional<std::vector<std::size_t>> take(const Document& document);
    /// The next call says that all are to be taken anew.
    void forget() { m_space = nullptr; }

private:
    std::shared_ptr<const plan::PlanSpace> m_space;
    std::shared_ptr<const std::vector<std::size_t>> m_solver;
    std::vector<std::size_t> m_choice;
    std::vector<char> m_locked;
    bool m_ties = false;
};

} // namespace bitwright::views
