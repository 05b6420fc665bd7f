#pragma once

#include "core/formats/partial_dump.h"
#include "core/forward/gradients.h"
#include "core/session/capture.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace bitwright::session {

/// What a capture goes on from once its blocks are done.
struct CaptureTail
{
    std::optional<double> perplexity;
    forward::GradientState gradients;
};

/// The unfinished recording of a capture (formats::PartialDump), and when it is worth its time to write one
/// down. Parts are the blocks, the head, then the sequences of gradients.
class CapturePartial
{
public:
    /// `batches` are those that the sequences are run in. What counts as the same recording: the program's
    /// version, sizes, times and headers of the model's files and its configuration, all tokens and how they
    /// are grouped, and every setting that changes a number. Errors: those of PartialDump::open; OutOfMemory.
    [[nodiscard]] static Result<CapturePartial> open(const forward::Model& model,
        const forward::TokenBatch& batch, const std::vector<forward::TokenBatch>& batches,
        const CaptureSettings& settings, const std::string& path, const RunContext& context);

    [[nodiscard]] formats::PartialDump& store() { return m_store; }
    [[nodiscard]] std::uint64_t done() const { return m_store.done(); }
    /// "3 of 8 parts"
    [[nodiscard]] std::string doneText() const;

    /// Errors: Format where it is not what a capture of this model writes; those of PartialDump::openState.
    [[nodiscard]] Result<CaptureTail> loadTail(const forward::Model& model, const RunContext& context) const;

    /// Whether it is worth its time to write down what is done: all of it together takes at most
    /// CaptureSettings::partialShare of the time, by what the last one took (kFirstCost before the first);
    /// but not later than after kLongest.
    [[nodiscard]] bool due() const;
    /// Nothing of what lies there is used.
    void startAnew(std::string refusal);
    /// Writes down that `done` parts are done. Errors: those of PartialDump::save.
    [[nodiscard]] Result<void> save(
        std::uint64_t done, const formats::PartialDump::Content& content, const RunContext& context);
    [[nodiscard]] static Result<void> writeTail(
        const CaptureTail& tail, const formats::PartialDump::StateSink& sink);

private:
    using Clock = std::chrono::steady_clock;
    static constexpr double kFirstCost = 0.1, kLongest = 60; ///< Seconds.

    CapturePartial(formats::PartialDump store, formats::DumpFacts facts, double share);

    formats::PartialDump m_store;
    formats::DumpFacts m_facts; ///< Of the pieces.
    double m_share, m_cost = kFirstCost;
    Clock::time_point m_since = Clock::now(); ///< When something was written down last.
};

} // namespace bitwright::session
