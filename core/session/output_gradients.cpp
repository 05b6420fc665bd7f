#include "core/session/output_gradients.h"

#include "core/session/capture.h"

#include <algorithm>
#include <cmath>

namespace bitwright::session {

Result<void> OutputGradients::checkSameText() const
{
    const std::size_t shared = std::min(m_whole.sequences(), m_batch.sequences());
    for (std::size_t s = 0; s < shared; ++s) {
        const std::size_t a = m_whole.starts[s], b = m_batch.starts[s];
        const std::size_t length = std::min(m_whole.starts[s + 1] - a, m_batch.starts[s + 1] - b);
        for (std::size_t t = 0; t < length; ++t)
            if (m_whole.ids[a + t] != m_batch.ids[b + t])
                return fail(ErrorCode::InvalidArgument,
                    "Gradients of outputs need the tokens of the activations; sequence {} differs at {}.", s,
                    t);
    }
    return {};
}

Result<void> OutputGradients::begin(const std::vector<std::size_t>& samples, std::uint64_t seed)
{
    BITWRIGHT_CHECK(checkSameText());
    m_seed = seed;
    for (const std::size_t token : samples) {
        const auto after = std::upper_bound(m_whole.starts.begin(), m_whole.starts.end(), token);
        const auto s = static_cast<std::size_t>(after - m_whole.starts.begin()) - 1;
        const std::size_t place = token - m_whole.starts[s];
        if (s >= m_batch.sequences() || place >= m_batch.starts[s + 1] - m_batch.starts[s])
            continue;
        m_tokens.push_back(m_batch.starts[s] + place);
        m_sequence.push_back(static_cast<std::int32_t>(s));
        m_position.push_back(static_cast<std::int32_t>(place));
    }
    if (m_tokens.empty())
        return fail(Error{ErrorCode::InvalidArgument,
            "No sampled token has gradients: labels drawn from the model are for the sampled rows.", {}, {},
            {}, "Record samples, and gradients of as many tokens."});
    for (const forward::StoredMatrix& matrix : forward::gradientMatrices(m_model)) {
        const model::TensorInfo& info = m_model.checkpoint().tensors()[matrix.first];
        // Sites of routed experts have no sample rows that these could stand beside.
        if (info.rows() > kMostOutputs || info.parts.expert || info.shape.size() == 3)
            continue;
        m_places.emplace(matrix, m_sites.size());
        m_sites.push_back({info.name, m_tokens.size(), info.rows()});
    }
    return m_file.beginOutputGradients(m_sites, m_sequence, m_position, seed);
}

std::size_t OutputGradients::rowOf(std::size_t sequence) const
{
    const std::size_t token = m_batch.starts[std::min(sequence, m_batch.sequences())];
    return static_cast<std::size_t>(
        std::lower_bound(m_tokens.begin(), m_tokens.end(), token) - m_tokens.begin());
}

Result<void> OutputGradients::copyTo(formats::DumpFile& dump, std::size_t first, std::size_t end)
{
    const std::size_t row = rowOf(first), rows = rowOf(end) - row;
    if (rows == 0)
        return {};
    BITWRIGHT_CHECK(dump.beginOutputGradients(
        m_sites, std::span(m_sequence).subspan(row, rows), std::span(m_position).subspan(row, rows), m_seed));
    return m_file.copyOutputGradients(dump, row, rows);
}

Result<void> OutputGradients::restore(const model::ActivationDump& dump, const RunContext& context)
{
    const auto& found = dump.outputGradients();
    if (found.empty())
        return {};
    const auto rows = static_cast<std::size_t>(found.front().rows);
    const bool fits = found.size() == m_sites.size() && rows <= m_tokens.size() - m_restored
        && std::equal(found.begin(), found.end(), m_sites.begin(), [&](const auto& a, const auto& b) {
               return a.tensor == b.tensor && a.outputs == b.outputs && a.rows == rows;
           });
    if (!fits)
        return fail(ErrorCode::Format, "gradients of outputs are of other tensors");
    const auto areNext = [&](const std::vector<std::uint32_t>& places, const std::vector<std::int32_t>& all) {
        const auto expected = std::span(all).subspan(m_restored, rows);
        return std::equal(
            places.begin(), places.end(), expected.begin(), expected.end(), std::equal_to<std::int64_t>());
    };
    for (std::size_t site = 0; site < found.size(); ++site) {
        BITWRIGHT_CHECK(context.checkStop());
        BITWRIGHT_ASSIGN(const model::SampleRows samples, dump.loadOutputGradients(site));
        if (!areNext(samples.sequence, m_sequence) || !areNext(samples.position, m_position))
            return fail(ErrorCode::Format, "gradients of outputs are of other tokens");
        const auto width = static_cast<std::size_t>(samples.channels);
        for (std::size_t row = 0; row < rows; ++row)
            BITWRIGHT_CHECK(m_file.writeOutputGradient(
                site, m_restored + row, 0, std::span(samples.values).subspan(row * width, width)));
    }
    m_restored += rows;
    return {};
}

Result<void> OutputGradients::take(const forward::OutputGradient& part)
{
    const auto site = m_places.find(part.matrix);
    if (site == m_places.end())
        return {};
    const std::size_t end = part.firstToken + part.rows.rows;
    std::vector<float> row(part.rows.cols);
    for (auto at = std::lower_bound(m_tokens.begin(), m_tokens.end(), part.firstToken);
         at != m_tokens.end() && *at < end; ++at) {
        const auto values = part.rows.row(*at - part.firstToken);
        // Of the sum of the losses: what later tokens lose by this output too.
        std::transform(values.begin(), values.end(), row.begin(),
            [&](float value) { return static_cast<float>(static_cast<double>(value) * part.losses); });
        if (!std::all_of(row.begin(), row.end(), [](float value) { return std::isfinite(value); }))
            return fail(Error{ErrorCode::Numeric, "Its gradients are NaN or infinite.", {},
                m_model.checkpoint().tensors()[part.matrix.first].name, {}, {}});
        BITWRIGHT_CHECK(m_file.writeOutputGradient(
            site->second, static_cast<std::uint64_t>(at - m_tokens.begin()), part.firstRow, row));
    }
    return {};
}

} // namespace bitwright::session
