#include "core/forward/product.h"

#include "core/base/checked.h"
#include "core/base/parallel.h"
#include "core/forward/kernels.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>

namespace bitwright::forward {

namespace {

constexpr std::uint64_t kMostRows = 256;
constexpr std::uint64_t kFewestRows = 64;

struct Task
{
    const Product* product;
    std::uint64_t begin, end; ///< Rows of the weight.
    std::size_t firstToken, tokens;
};

/// Grows and never shrinks; one per thread.
std::span<float> weightBuffer(std::size_t size)
{
    thread_local std::vector<float> buffer;
    if (buffer.size() < size)
        buffer.resize(size);
    return std::span(buffer).first(size);
}

tl::unexpected<Error> notFinite(
    const Model& model, const Linear& linear, const Rows& input, std::size_t row, const InputPlace& place)
{
    const std::size_t token = place.tokens.empty() ? place.firstToken + row : place.tokens[row];
    const model::TensorInfo& info = model.checkpoint().tensors()[linear.tensor];
    const std::string_view what
        = allFinite(input.row(row)) ? "The output of this tensor" : "What this tensor is given";
    return fail(Error{ErrorCode::Numeric,
        fmt::format("{} is NaN or infinite at token {} of the batch{}.", what, token,
            info.parts.block ? fmt::format(" in block {}", *info.parts.block) : std::string()),
        model.checkpoint().path(), info.name, {}, {}});
}

/// What the observer says of an input that is no number becomes what the product would have said of it, so
/// that every command names it alike.
Result<void> shown(
    const Model& model, const Linear& linear, const Rows& input, const InputPlace& place, Observer& observer)
{
    auto seen = observer.linearInput(
        {linear.tensor, linear.expert, place.block, input, place.firstToken, place.tokens});
    if (seen || seen.error().code != ErrorCode::Numeric)
        return seen;
    for (std::size_t row = 0; row < input.rows; ++row)
        if (!allFinite(input.row(row)))
            return notFinite(model, linear, input, row, place);
    return seen;
}

/// Each stored tensor once: the parts of a fused one share their input.
Result<void> showInputs(const Model& model, std::span<const Product> products, const Rows& input,
    const InputPlace& place, Observer& observer)
{
    for (std::size_t i = 0; i < products.size(); ++i) {
        const Linear& linear = *products[i].linear;
        bool seen = false;
        for (std::size_t j = 0; j < i; ++j)
            seen = seen
                || (products[j].linear->tensor == linear.tensor
                    && products[j].linear->expert == linear.expert);
        if (!seen)
            BITWRIGHT_CHECK(shown(model, linear, input, place, observer));
    }
    return {};
}

Result<void> runTask(const Model& model, const Rows& input, const Task& task, const InputPlace& place,
    const WeightSource* source)
{
    const Linear& linear = *task.product->linear;
    const std::uint64_t rows = task.end - task.begin;
    const std::span<float> weights = weightBuffer(static_cast<std::size_t>(rows * linear.cols));
    BITWRIGHT_CHECK(readWeights(model, linear, task.begin, task.end, source, weights));
    float* const out = task.product->out + task.firstToken * task.product->stride + task.begin;
    const float* const in = input.data + task.firstToken * input.stride;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(task.tokens),
        static_cast<int>(rows), static_cast<int>(linear.cols), 1.0F, in, static_cast<int>(input.stride),
        weights.data(), static_cast<int>(linear.cols), 0.0F, out, static_cast<int>(task.product->stride));
    for (std::size_t t = 0; t < task.tokens; ++t) {
        const std::span<float> values(out + t * task.product->stride, static_cast<std::size_t>(rows));
        if (!linear.bias.empty())
            addScaled(values, std::span(linear.bias).subspan(task.begin, rows), 1.0F);
        if (!allFinite(values)) {
            if (auto broken = brokenWeight(model, linear, task.begin, weights))
                return fail(std::move(*broken));
            return notFinite(model, linear, input, task.firstToken + t, place);
        }
    }
    return {};
}

} // namespace

std::uint64_t tileRows(const Linear& linear)
{
    const std::uint64_t fitting
        = std::clamp<std::uint64_t>(kWeightTileBytes / sizeof(float) / linear.cols, 1, kMostRows);
    // Four equal pieces or a multiple of four keep two or four threads busy to the end.
    std::uint64_t pieces = ceilDiv(linear.rows, fitting);
    if (linear.rows >= 4 * kFewestRows)
        pieces = ceilDiv(pieces, std::uint64_t{4}) * 4;
    return std::max<std::uint64_t>(1, ceilDiv(linear.rows, std::max<std::uint64_t>(pieces, 1)));
}

Result<void> readWeights(const Model& model, const Linear& linear, std::uint64_t begin, std::uint64_t end,
    const WeightSource* source, std::span<float> out)
{
    const std::uint64_t from = linear.firstRow + begin;
    const std::uint64_t to = linear.firstRow + end;
    if (source != nullptr) {
        BITWRIGHT_ASSIGN(const bool given, source->readRows(linear.tensor, linear.expert, from, to, out));
        if (given)
            return {};
    }
    BITWRIGHT_ASSIGN(
        const auto reader, model::MatrixReader::open(model.checkpoint(), linear.tensor, linear.expert));
    auto done = reader.readRows(from, to, out);
    if (!done)
        return fail(std::move(done.error()).inTensor(reader.info().name));
    return {};
}

std::optional<Error> brokenWeight(
    const Model& model, const Linear& linear, std::uint64_t firstRow, std::span<const float> weights)
{
    const auto bad
        = std::find_if(weights.begin(), weights.end(), [](float value) { return !std::isfinite(value); });
    if (bad == weights.end())
        return std::nullopt;
    const auto place = static_cast<std::uint64_t>(bad - weights.begin());
    const std::uint64_t row = firstRow + place / linear.cols;
    const std::uint64_t column = place % linear.cols;
    std::vector<float> stored(static_cast<std::size_t>(linear.cols));
    const bool inOrder
        = readWeights(model, linear, row, row + 1, nullptr, stored) && std::isfinite(stored[column]);
    const model::TensorInfo& info = model.checkpoint().tensors()[linear.tensor];
    const std::uint64_t storedRow = linear.firstRow + row;
    // Whole sentences, not parts put together: they are translated.
    return Error{ErrorCode::Numeric,
        inOrder ? fmt::format("Its changed value at row {}, column {} is NaN or infinite.", storedRow, column)
                : fmt::format("Its value at row {}, column {} is NaN or infinite.", storedRow, column),
        model.checkpoint().path(),
        info.experts > 1 ? fmt::format("{}[{}]", info.name, linear.expert) : info.name, {}, {}};
}

Result<void> multiplyAll(const Model& model, const Rows& input, std::span<const Product> products,
    const InputPlace& place, const Hooks& hooks, const RunContext& context)
{
    if (hooks.observer != nullptr)
        BITWRIGHT_CHECK(showInputs(model, products, input, place, *hooks.observer));
    std::vector<Task> tasks;
    for (const Product& product : products) {
        const std::uint64_t step = tileRows(*product.linear);
        for (std::uint64_t row = 0; row < product.linear->rows; row += step) {
            const std::uint64_t end = std::min(product.linear->rows, row + step);
            for (std::size_t token = 0; token < input.rows; token += kTokenTile)
                tasks.push_back({&product, row, end, token, std::min(kTokenTile, input.rows - token)});
        }
    }
    return parallelFor(
        tasks.size(), 1,
        [&](const Chunk& chunk) { return runTask(model, input, tasks[chunk.begin], place, hooks.weights); },
        context);
}

} // namespace bitwright::forward
