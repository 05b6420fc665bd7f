#pragma once

#include "core/base/run_context.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace bitwright::spectra {

/// Threads that stay awake between the thousands of tiny parallel steps of one matrix reduction, where
/// starting a parallelFor for each step would cost more than the step, and where waiting for a thread that
/// the system has put aside would cost a time slice. The leader takes part in every step and finishes it
/// alone if nobody comes. Which thread runs a task never changes the result.
class TaskTeam
{
public:
    /// A step of the leader: calls `task(0)` ... `task(count - 1)`, in any order, on any thread, and returns
    /// when all are done. Tasks must not throw.
    void run(std::size_t count, const std::function<void(std::size_t)>& task);

    /// Runs `leader` on one thread of a parallelFor while the others help with the steps that it runs on the
    /// team. Errors: those of `leader`.
    [[nodiscard]] static Result<void> lead(
        const std::function<Result<void>(TaskTeam&)>& leader, const RunContext& context);

private:
    TaskTeam() = default;
    void help();
    bool tryOneTask();

    /// Serial number of the step in the upper half, tasks that nobody has taken yet in the lower half: one
    /// word, so that a late helper can never take a task of a step that is over.
    std::atomic<std::uint64_t> m_ticket{0};
    std::atomic<std::size_t> m_unfinished{0};
    std::atomic<const std::function<void(std::size_t)>*> m_task{nullptr};
    std::atomic<bool> m_closed{false};
};

} // namespace bitwright::spectra
