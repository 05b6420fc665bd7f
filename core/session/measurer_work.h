#pragma once

#include "core/measure/changed_run.h"
#include "core/session/measurer.h"

namespace bitwright::session {

/// One pair on its way, or a whole plan.
struct Measurer::Work
{
    std::string unit, option; ///< As asked for.
    std::vector<exporting::PlannedUnit> planned; ///< One, or all of a plan.
    std::string subject;
    std::string variant; ///< Without the part.
    std::size_t column = 0;
    std::vector<measure::Harm> harms; ///< Of the first parts.
    bool ran = false;
    std::optional<Error> error;
    std::shared_ptr<const measure::ChangedWeights> changed; ///< Kept over parts for plans only.
};

/// A plan whose states are kept, for plans near to it.
struct Measurer::Near
{
    std::string subject;
    std::vector<exporting::PlannedUnit> planned;
    std::shared_ptr<const measure::ChangedRun> run;
};

} // namespace bitwright::session
