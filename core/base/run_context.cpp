#include "core/base/run_context.h"

#include <algorithm>
#include <thread>
#include <unistd.h>

namespace bitwright {

int RunContext::threadCount() const
{
    if (threads > 0)
        return threads;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::size_t RunContext::memoryBytes() const
{
    if (memoryBudget > 0)
        return memoryBudget;
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long pageSize = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || pageSize <= 0)
        return std::size_t{1} << 30;
    return static_cast<std::size_t>(pages) / 10 * 6 * static_cast<std::size_t>(pageSize);
}

Result<void> RunContext::checkStop() const
{
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "Cancelled.");
    return {};
}

void RunContext::report(double fraction, std::string_view stage) const
{
    if (progress)
        progress(std::clamp(fraction, 0.0, 1.0), stage);
}

RunContext RunContext::part(double from, double to) const
{
    RunContext inner = *this;
    if (progress) {
        inner.progress = [outer = &progress, from, to](double fraction, std::string_view stage) {
            (*outer)(from + (to - from) * fraction, stage);
        };
    }
    return inner;
}

RunContext RunContext::serial() const
{
    RunContext inner = *this;
    inner.threads = 1;
    inner.progress = nullptr;
    return inner;
}

} // namespace bitwright
