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
        if (info.rows() > kMostOutputs)
            continue;
        // Sites of routed experts have no sample rows that these could stand beside.
        const bool routed = info.parts.expert || info.shape.size() == 3;
        m_places.emplace(matrix, m_sites.size());
        m_sites.push_back(
            {model::matrixName(info, matrix.second), m_tokens.size(), info.rows(), routed ? info.cols() : 0});
        m_ownInputs.push_back(routed);
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
               return a.tensor == b.tensor && a.outputs == b.outputs && a.inputs == b.inputs
                   && a.rows == rows;
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
        for (std::size_t row = 0; row < rows && !m_ownInputs[site]; ++row)
            BITWRIGHT_CHECK(m_file.writeOutputGradient(
                site, m_restored + row, 0, std::span(samples.values).subspan(row * width, width)));
    }
    BITWRIGHT_CHECK(restoreExperts(dump, rows, context));
    m_restored += rows;
    return {};
}

std::vector<std::size_t> OutputGradients::expertOrder() const
{
    std::vector<std::size_t> order;
    const auto& blocks = m_model.blocks();
    for (auto block = blocks.rbegin(); block != blocks.rend(); ++block)
        for (const forward::Mlp& expert : block->experts)
            for (const forward::Linear* linear : {&expert.down, &expert.gate, &expert.up}) {
                const auto found = m_places.find({linear->tensor, linear->expert});
                if (found != m_places.end() && (order.empty() || order.back() != found->second))
                    order.push_back(found->second);
            }
    return order;
}

/// Rows of experts take room in the order in which they are written: it must be that of a whole run.
Result<void> OutputGradients::restoreExperts(
    const model::ActivationDump& dump, std::size_t rows, const RunContext& context)
{
    const std::vector<std::size_t> order = expertOrder();
    const auto isZero = [](std::span<const float> row) {
        return std::all_of(row.begin(), row.end(), [](float value) { return value == 0.0F; });
    };
    for (std::size_t first = 0; first < rows && !order.empty();) {
        std::size_t end = first + 1;
        while (end < rows && m_sequence[m_restored + end] == m_sequence[m_restored + first])
            ++end;
        for (const std::size_t site : order) {
            BITWRIGHT_CHECK(context.checkStop());
            BITWRIGHT_ASSIGN(const model::SampleRows gradients, dump.loadOutputGradients(site));
            BITWRIGHT_ASSIGN(const model::SampleRows inputs, dump.loadOutputInputs(site));
            for (std::size_t row = first; row < end; ++row) {
                const auto g
                    = std::span(gradients.values).subspan(row * gradients.channels, gradients.channels);
                const auto x = std::span(inputs.values).subspan(row * inputs.channels, inputs.channels);
                if (isZero(g) && isZero(x))
                    continue; // the token chose other experts
                BITWRIGHT_CHECK(m_file.writeOutputGradient(site, m_restored + row, 0, g));
                BITWRIGHT_CHECK(m_file.writeOutputInput(site, m_restored + row, x));
            }
        }
        first = end;
    }
    return {};
}

Result<void> OutputGradients::take(const forward::OutputGradient& part)
{
    const auto site = m_places.find(part.matrix);
    if (site == m_places.end())
        return {};
    const bool inputs = m_ownInputs[site->second] && part.firstRow == 0; // parts of a fused one share them
    std::vector<float> row(part.rows.cols);
    for (std::size_t i = 0; i < part.rows.rows; ++i) {
        const std::size_t token = part.firstToken + (part.tokens.empty() ? i : part.tokens[i]);
        const auto at = std::lower_bound(m_tokens.begin(), m_tokens.end(), token);
        if (at == m_tokens.end() || *at != token)
            continue;
        const auto number = static_cast<std::uint64_t>(at - m_tokens.begin());
        const auto values = part.rows.row(i);
        // Of the sum of the losses: what later tokens lose by this output too.
        std::transform(values.begin(), values.end(), row.begin(),
            [&](float value) { return static_cast<float>(static_cast<double>(value) * part.losses); });
        if (!std::all_of(row.begin(), row.end(), [](float value) { return std::isfinite(value); }))
            return fail(Error{ErrorCode::Numeric, "Its gradients are NaN or infinite.", {},
                m_model.checkpoint().tensors()[part.matrix.first].name, {}, {}});
        BITWRIGHT_CHECK(m_file.writeOutputGradient(site->second, number, part.firstRow, row));
        if (inputs)
            BITWRIGHT_CHECK(m_file.writeOutputInput(site->second, number, part.input.row(i)));
    }
    return {};
}

} // namespace bitwright::session
