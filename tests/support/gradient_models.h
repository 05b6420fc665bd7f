#pragma once

#include "core/forward/gradients.h"
#include "tests/support/forward_models.h"
#include "tests/support/memory_checkpoint.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

/// What tests of gradients share.
namespace bitwright::test {

using namespace forward;

inline TokenBatch someTokens(std::size_t vocabulary, const std::vector<std::size_t>& lengths)
{
    TokenBatch batch;
    std::mt19937_64 random(11);
    for (const std::size_t length : lengths) {
        std::vector<std::uint32_t> ids(length);
        for (std::uint32_t& id : ids)
            id = static_cast<std::uint32_t>(random() % vocabulary);
        batch.add(ids);
    }
    return batch;
}

/// A tiny model of tests/data/forward, or one made of it: "qwen2-moe stacked" has each block's experts in two
/// tensors, "qwen3-moe normed" norms what attention and experts put out, as Gemma 2 does.
inline Result<Model> openModel(const std::string& name)
{
    const std::size_t space = name.find(' ');
    BITWRIGHT_ASSIGN(const Model family, openFamily(name.substr(0, space)));
    if (space == std::string::npos)
        return family;
    const model::Checkpoint& source = family.checkpoint();
    auto made = std::make_shared<testing::MemoryCheckpoint>(source.config().modelType);
    made->setConfig(source.config().json);
    std::map<std::string, std::vector<float>> stacks;
    for (std::size_t i = 0; i < source.tensors().size(); ++i) {
        const model::TensorInfo& info = source.tensors()[i];
        std::vector<std::byte> bytes(info.bytes);
        std::vector<float> values(info.parameters);
        BITWRIGHT_CHECK(source.read(i, 0, bytes));
        BITWRIGHT_CHECK(model::convertToFloat(info.dtype, bytes, values));
        const std::size_t experts = info.name.find(".experts.");
        if (name.ends_with("stacked") && experts != std::string::npos) {
            // Sorted by name: of every expert its down, gate and up projection.
            const bool down = info.name.find("down_proj") != std::string::npos;
            auto& stack = stacks[info.name.substr(0, experts)
                + (down ? ".experts.down_proj" : ".experts.gate_up_proj")];
            stack.insert(stack.end(), values.begin(), values.end());
        } else {
            made->add(info.name, info.shape, values);
        }
    }
    Architecture architecture = family.architecture();
    const std::uint64_t wide = architecture.hidden;
    for (const auto& [tensor, values] : stacks) {
        const std::uint64_t narrow = architecture.experts->intermediate, count = architecture.experts->count;
        const bool down = tensor.ends_with("down_proj");
        made->add(
            tensor, down ? std::vector{count, wide, narrow} : std::vector{count, 2 * narrow, wide}, values);
    }
    if (name.ends_with("normed")) {
        architecture.placement = NormPlacement::Both;
        for (std::size_t block = 0; block < architecture.layers.size(); ++block)
            for (const char* norm : {"pre", "post"})
                made->add(fmt::format("model.layers.{}.{}_feedforward_layernorm.weight", block, norm), {wide},
                    std::vector<float>(wide, norm[1] == 'r' ? 0.9F : 1.2F));
    }
    return Model::open(made, architecture);
}

/// Adds a multiple of a random direction to one matrix.
class Moved final : public WeightSource
{
public:
    Moved(const Model& model, const StoredMatrix& matrix)
        : m_model(model)
        , m_matrix(matrix)
    {
        const auto& info = model.checkpoint().tensors()[matrix.first];
        m_cols = static_cast<std::size_t>(info.cols());
        std::mt19937_64 random(matrix.first + 1000 * matrix.second + 1);
        std::normal_distribution<double> normal;
        direction.resize(static_cast<std::size_t>(info.rows()) * m_cols);
        for (double& value : direction)
            value = normal(random);
    }

    Result<bool> readRows(model::TensorIndex tensor, std::uint64_t expert, std::uint64_t begin,
        std::uint64_t end, std::span<float> out) const override
    {
        if (StoredMatrix(tensor, expert) != m_matrix)
            return false;
        BITWRIGHT_ASSIGN(const auto reader, model::MatrixReader::open(m_model.checkpoint(), tensor, expert));
        BITWRIGHT_CHECK(reader.readRows(begin, end, out));
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = static_cast<float>(
                static_cast<double>(out[i]) + step * direction[static_cast<std::size_t>(begin) * m_cols + i]);
        return true;
    }

    double step = 0;
    std::vector<double> direction;

private:
    const Model& m_model;
    StoredMatrix m_matrix;
    std::size_t m_cols = 0;
};

inline Result<double> lossOf(
    const Model& model, const TokenBatch& batch, const WeightSource& weights, Observer* observer = nullptr)
{
    const Hooks hooks{&weights, observer};
    BITWRIGHT_ASSIGN(auto hidden, embed(model, batch, hooks, withThreads(2)));
    BITWRIGHT_CHECK(runBlocks(model, batch, 0, model.blocks().size(), hidden, hooks, withThreads(2)));
    BITWRIGHT_ASSIGN(const auto results, runHead(model, batch, hidden, hooks, withThreads(2)));
    return std::log(*perplexityOf(results));
}

/// Keeps what every matrix multiplies.
class Inputs final : public Observer
{
public:
    Result<void> linearInput(const LinearInput& input) override
    {
        auto& rows = inputs[{input.tensor, input.expert}];
        for (std::size_t t = 0; t < input.rows.rows; ++t)
            rows.insert(rows.end(), input.rows.row(t).begin(), input.rows.row(t).end());
        return {};
    }
    std::map<StoredMatrix, std::vector<float>> inputs; ///< tokens x inputs
};

/// Largest difference by the largest number.
inline double worst(const std::vector<double>& a, const std::vector<double>& b)
{
    double difference = a.size() == b.size() ? 0.0 : 1e9, largest = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        difference = std::max(difference, std::abs(a[i] - b[i]));
        largest = std::max(largest, std::abs(a[i]));
    }
    return difference / largest;
}

/// Gradients of every matrix, as they are, of a batch of one sequence. Errors: those of meanSquaredGradients.
inline Result<std::map<StoredMatrix, std::vector<double>>> rawGradients(
    const Model& model, const TokenBatch& batch, const RunContext& context)
{
    std::map<StoredMatrix, std::vector<double>> gradients;
    BITWRIGHT_ASSIGN(const auto factors,
        meanSquaredGradients(model, batch, {}, context,
            [&](const StoredMatrix& matrix, std::uint64_t begin, std::uint64_t,
                std::span<const float> values) {
                const auto& info = model.checkpoint().tensors()[matrix.first];
                auto& whole = gradients[matrix];
                whole.resize(static_cast<std::size_t>(info.rows() * info.cols()));
                std::copy(values.begin(), values.end(),
                    whole.begin() + static_cast<std::ptrdiff_t>(begin * info.cols()));
            }));
    if (factors.size() != gradients.size())
        return fail(ErrorCode::Internal, "{} factors of {} gradients.", factors.size(), gradients.size());
    return gradients;
}

} // namespace bitwright::test
