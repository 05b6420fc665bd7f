#pragma once

#include "core/formats/partial_dump.h"
#include "core/forward/forward.h"
#include "core/measure/state_store.h"

#include <memory>
#include <vector>

namespace bitwright::session {

/// Cuts whole sequences into batches of at most `mostTokens`; a longer sequence is one of its own.
[[nodiscard]] std::vector<forward::TokenBatch> batchesOf(
    const forward::TokenBatch& whole, std::size_t mostTokens);

/// Hidden states of all batches of a capture; of a single one in memory, else as measure::StateStore has it.
class CaptureStates
{
public:
    /// Errors: Io.
    [[nodiscard]] static Result<CaptureStates> make(
        const std::vector<forward::TokenBatch>& batches, std::size_t width, std::size_t memoryBytes);

    [[nodiscard]] Result<void> put(std::size_t batch, std::vector<float> values);
    /// Gives away what may be the only copy: put() comes next.
    [[nodiscard]] Result<std::vector<float>> take(std::size_t batch);

    /// Hands out all states, float32 in the order of the tokens. Errors: those of `sink`; Io.
    [[nodiscard]] Result<void> write(const formats::PartialDump::StateSink& sink) const;
    /// Takes what write() handed out. Errors: Format for another size, NaN or infinity; Io.
    [[nodiscard]] Result<void> read(const io::ByteSource& source);

private:
    std::size_t m_largest = 0;
    std::vector<std::size_t> m_sizes;
    std::vector<float> m_only;
    std::unique_ptr<measure::StateStore> m_store;
};

} // namespace bitwright::session
