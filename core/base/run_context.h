#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string_view>

namespace bitwright {

/// How a costly function runs: passed by reference as the last parameter, never stored beyond the call.
struct RunContext
{
    /// Receives a fraction in [0, 1] that never decreases, and a stage of a few words. May be called from any
    /// thread, one call at a time.
    using Progress = std::function<void(double fraction, std::string_view stage)>;

    int threads = 0; ///< Worker threads; 0 means all hardware threads. Results never depend on it.
    std::uint64_t seed = 0; ///< Seed of everything random.
    std::stop_token stop; ///< Polled about every 20 ms of work.
    std::size_t memoryBudget = 0; ///< Bytes for working memory; 0 means 60 % of the machine's RAM.
    Progress progress; ///< May be empty.

    /// Returns the number of threads to use, at least 1.
    [[nodiscard]] int threadCount() const;
    /// Returns the working memory in bytes that a function may use.
    [[nodiscard]] std::size_t memoryBytes() const;
    /// Returns an Error with code Cancelled once a stop was requested.
    [[nodiscard]] Result<void> checkStop() const;
    /// Reports progress when somebody listens.
    void report(double fraction, std::string_view stage) const;
    /// Returns a context whose progress 0..1 maps to [from, to] of this one. This context must outlive it.
    [[nodiscard]] RunContext part(double from, double to) const;
    /// Returns a context for work inside one worker of a parallel loop: one thread, no progress.
    [[nodiscard]] RunContext serial() const;
};

} // namespace bitwright
