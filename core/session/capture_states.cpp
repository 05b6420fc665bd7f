#include "core/session/capture_states.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitwright::session {

std::vector<forward::TokenBatch> batchesOf(const forward::TokenBatch& whole, std::size_t mostTokens)
{
    std::vector<forward::TokenBatch> batches;
    for (std::size_t s = 0; s < whole.sequences(); ++s) {
        const std::size_t length = whole.starts[s + 1] - whole.starts[s];
        if (batches.empty() || batches.back().tokens() + length > mostTokens)
            batches.emplace_back();
        batches.back().add(std::span(whole.ids).subspan(whole.starts[s], length));
    }
    return batches;
}

Result<CaptureStates> CaptureStates::make(
    const std::vector<forward::TokenBatch>& batches, std::size_t width, std::size_t memoryBytes)
{
    CaptureStates states;
    for (const forward::TokenBatch& batch : batches) {
        states.m_sizes.push_back(batch.tokens() * width);
        states.m_largest = std::max(states.m_largest, states.m_sizes.back());
    }
    if (batches.size() > 1) {
        BITWRIGHT_ASSIGN(
            auto store, measure::StateStore::make(batches.size(), states.m_largest, memoryBytes));
        states.m_store = std::make_unique<measure::StateStore>(std::move(store));
    }
    return states;
}

Result<void> CaptureStates::put(std::size_t batch, std::vector<float> values)
{
    if (m_store == nullptr) {
        m_only = std::move(values);
        return {};
    }
    values.resize(m_largest);
    return m_store->put(batch, values);
}

Result<std::vector<float>> CaptureStates::take(std::size_t batch)
{
    if (m_store == nullptr)
        return std::move(m_only);
    BITWRIGHT_ASSIGN(std::vector<float> values, m_store->get(batch));
    values.resize(m_sizes[batch]);
    return values;
}

Result<void> CaptureStates::write(const formats::PartialDump::StateSink& sink) const
{
    if (m_store == nullptr)
        return sink(std::as_bytes(std::span(m_only)));
    for (std::size_t batch = 0; batch < m_sizes.size(); ++batch) {
        BITWRIGHT_ASSIGN(const std::vector<float> values, m_store->get(batch));
        BITWRIGHT_CHECK(sink(std::as_bytes(std::span(values).first(m_sizes[batch]))));
    }
    return {};
}

Result<void> CaptureStates::read(const io::ByteSource& source)
{
    const std::size_t all = std::accumulate(m_sizes.begin(), m_sizes.end(), std::size_t{0});
    if (source.size() != all * sizeof(float))
        return fail(ErrorCode::Format, "the hidden states have {} bytes instead of {}", source.size(),
            all * sizeof(float));
    std::uint64_t at = 0;
    for (std::size_t batch = 0; batch < m_sizes.size(); ++batch) {
        std::vector<float> values(m_sizes[batch]);
        const auto bytes = std::as_writable_bytes(std::span(values));
        BITWRIGHT_CHECK(source.readAt(at, bytes));
        at += bytes.size();
        if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }))
            return fail(ErrorCode::Format, "the hidden states hold NaN or infinity");
        BITWRIGHT_CHECK(put(batch, std::move(values)));
    }
    return {};
}

} // namespace bitwright::session
