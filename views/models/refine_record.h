#pragma once

#include "core/session/refine.h"

#include <QJsonObject>
#include <QString>

#include <optional>
#include <vector>

namespace bitwright::views {

/// What a refinement tried and found, as it is shown and kept with the project.
struct RefineRecord
{
    /// One unit (or tied group) at another option. A swap is several of them that were measured together.
    struct Step
    {
        QString unit; ///< Names of all units, separated by spaces.
        QString from, to; ///< Options.
        double bytes = 0; ///< Growth of the plan.
        int swap = 0; ///< Number of its swap in the round, from 1; 0: measured alone.
        std::optional<measure::Interval> change; ///< Of the whole plan (or swap); nothing: the model broke.
        double believed = 0; ///< The change after shrinking by its reliability.
        bool taken = false; ///< Of a swap: in the plan that was proposed.
    };
    /// A whole plan that a round proposed.
    struct Proposal
    {
        bool solved = false; ///< By the solver; else swaps that were taken together.
        int units = 0; ///< That change their option.
        std::optional<measure::Interval> choosing; ///< Flattered: these tokens chose it.
        std::optional<measure::Interval> judging; ///< Nothing where it was not judged.
        double tail = 0; ///< What the interval of `judging` leaves out on each side.
        bool kept = false;
    };
    struct Round
    {
        std::vector<Step> steps;
        std::vector<Proposal> proposals;
    };
    QString plan; ///< What it began with.
    QString text; ///< What was run.
    bool cosine = false;
    int choosingTokens = 0, judgingTokens = 0;
    std::vector<Round> rounds;
    QString ended; ///< Why it went no further, in the core's words; empty while it goes on or was stopped.
    QString result; ///< Name of the plan that came out; empty: none is better.
    std::optional<measure::Interval> change; ///< Of the result against the start, on the judging tokens.
    double growth = 0; ///< Bytes of the result beyond those of the start: a budget may leave room.
};

[[nodiscard]] RefineRecord::Round refineRound(
    const session::RefineRound& round, const plan::PlanSpace& space);
[[nodiscard]] QJsonObject toJson(const RefineRecord& record);
[[nodiscard]] RefineRecord refineRecordFromJson(const QJsonObject& json);

} // namespace bitwright::views
