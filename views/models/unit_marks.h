#pragma once

#include "views/models/document.h"

#include <memory>
#include <vector>

namespace bitwright::views {

/// Marks of the units in tables of the plan: the flags of TensorTree::Mark, without the padlock, which has a
/// column of its own there or means another plan than the table does.
class UnitMarks
{
public:
    explicit UnitMarks(const Document& document)
        : m_document(document)
    { }
    /// Of a unit that has this option.
    [[nodiscard]] int of(std::size_t unit, std::size_t option) const;
    /// The full name, then, after an empty line, the marks in words.
    [[nodiscard]] QString toolTip(std::size_t unit, std::size_t option) const;

private:
    [[nodiscard]] bool isTied(std::size_t unit) const;

    const Document& m_document;
    // Which units the present ties hold, made anew when these are others.
    mutable std::weak_ptr<const plan::PlanSpace> m_space;
    mutable const std::vector<plan::Tie>* m_ties = nullptr;
    mutable std::vector<char> m_tied;
};

} // namespace bitwright::views
