#include "core/base/checked.h"
#include "core/base/parallel.h"
#include "core/quant/cholesky.h"
#include "core/quant/gptq.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace bitwright::quant {

namespace {

/// Entry (i, j) of a packed lower triangle.
std::size_t packedIndex(std::size_t i, std::size_t j)
{
    return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i;
}

Result<void> checkGram(const GramView& gram, const QuantizerSettings& settings, const RunContext& context)
{
    const std::uint64_t n = gram.width;
    if (n == 0 || n > 1U << 20 || gram.lower.size() != n * (n + 1) / 2)
        return fail(ErrorCode::InvalidArgument, "A packed Gram of width {} does not have {} values.", n,
            gram.lower.size());
    if (!(settings.dampening >= 0.0) || !std::isfinite(settings.dampening))
        return fail(
            ErrorCode::InvalidArgument, "GPTQ dampening must be 0 or more, not {}.", settings.dampening);
    const std::uint64_t bytes = 10 * n * n;
    if (bytes > context.memoryBytes())
        return fail(ErrorCode::OutOfMemory, "Factoring a Gram of width {} needs {} MiB, {} MiB may be used.",
            n, bytes >> 20U, context.memoryBytes() >> 20U);
    for (std::uint64_t i = 0; i < n; ++i) {
        const auto row = gram.lower.subspan(i * (i + 1) / 2, i + 1);
        float poison = 0.0F; // stays 0 while everything is finite
        for (const float value : row)
            poison += value * 0.0F;
        if (poison != 0.0F)
            return fail(ErrorCode::Numeric, "Row {} of the Gram holds NaN or Inf.", i);
        if (row[i] < 0.0F)
            return fail(ErrorCode::Numeric, "The Gram's diagonal is negative ({:g}) at input {}.", row[i], i);
    }
    return {};
}

/// Mean of the positive diagonal entries, or 0.
double liveMean(const GramView& gram)
{
    double sum = 0.0;
    std::uint64_t live = 0;
    for (std::uint64_t i = 0; i < gram.width; ++i) {
        const float value = gram.lower[packedIndex(i, i)];
        sum += static_cast<double>(value);
        live += value > 0.0F ? 1 : 0;
    }
    return live == 0 ? 0.0 : sum / static_cast<double>(live);
}

float diagonalOf(const GramView& gram, std::size_t i)
{
    return gram.lower[packedIndex(i, i)];
}

/// All columns by descending diagonal; ties keep their order.
void sortByDiagonal(const GramView& gram, std::span<std::uint32_t> columns)
{
    std::stable_sort(columns.begin(), columns.end(),
        [&](std::uint32_t a, std::uint32_t b) { return diagonalOf(gram, a) > diagonalOf(gram, b); });
}

/// Whole groups by descending mean diagonal, and each group's columns by descending diagonal. A shorter last
/// group stays last, so that groups begin at multiples of their width.
std::vector<std::uint32_t> groupAwareOrder(const GramView& gram, std::size_t groupWidth)
{
    const std::size_t n = gram.width;
    const std::size_t whole = n / groupWidth;
    std::vector<double> sums(whole);
    for (std::size_t g = 0; g < whole; ++g)
        for (std::size_t i = g * groupWidth; i < (g + 1) * groupWidth; ++i)
            sums[g] += static_cast<double>(diagonalOf(gram, i));
    std::vector<std::size_t> groups(whole);
    std::iota(groups.begin(), groups.end(), std::size_t{0});
    std::stable_sort(
        groups.begin(), groups.end(), [&](std::size_t a, std::size_t b) { return sums[a] > sums[b]; });
    if (n % groupWidth != 0)
        groups.push_back(whole);
    std::vector<std::uint32_t> order;
    order.reserve(n);
    for (const std::size_t g : groups) {
        const std::size_t begin = order.size();
        for (std::size_t i = g * groupWidth; i < std::min(n, (g + 1) * groupWidth); ++i)
            order.push_back(static_cast<std::uint32_t>(i));
        sortByDiagonal(gram, std::span(order).subspan(begin));
    }
    return order;
}

/// Row stride that keeps the columns of a tile out of the same cache sets.
std::size_t paddedStride(std::size_t n)
{
    return n + (n % 64 == 0 ? 8 : 0);
}

} // namespace

void GptqFactor::chooseOrder(
    const GramView& gram, const QuantizerSettings& settings, std::uint64_t groupWidth, Data& data)
{
    data.order.resize(gram.width);
    std::iota(data.order.begin(), data.order.end(), 0U);
    data.natural = !settings.actOrder && (!settings.groupAware || groupWidth == 0);
    if (settings.actOrder) {
        sortByDiagonal(gram, data.order);
    } else if (!data.natural) {
        data.order = groupAwareOrder(gram, groupWidth);
        data.groupWidth = groupWidth;
    }
}

Result<GptqFactor> GptqFactor::make(const GramView& gram, const QuantizerSettings& settings,
    const RunContext& context, std::uint64_t groupWidth)
{
    BITWRIGHT_CHECK(checkGram(gram, settings, context));
    const std::size_t n = gram.width;
    const double mean = liveMean(gram);
    if (mean <= 0.0)
        return fail(ErrorCode::Numeric, "The Gram is all zero: its inputs were never active.");
    auto data = std::make_shared<Data>();
    data->width = n;
    data->damping = settings.dampening * mean;
    chooseOrder(gram, settings, groupWidth, *data);
    data->dead.resize(n);
    for (std::size_t i = 0; i < n; ++i)
        data->dead[i] = gram.lower[packedIndex(i, i)] > 0.0F ? 0 : 1;

    // The flipped Gram: its lower factor L, flipped back, is the upper R of the class comment. Dividing by
    // the mean keeps numbers near 1 and leaves codes as they are.
    const std::size_t stride = paddedStride(n);
    std::vector<double> flipped(n * stride);
    RunContext loops = context;
    loops.progress = nullptr;
    BITWRIGHT_CHECK(parallelFor(
        n, 64,
        [&](const Chunk& chunk) -> Result<void> {
            for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
                const std::uint32_t row = data->order[n - 1 - i];
                for (std::size_t j = 0; j < i; ++j) {
                    const std::uint32_t col = data->order[n - 1 - j];
                    const bool dead = data->dead[row] != 0 || data->dead[col] != 0;
                    flipped[i * stride + j]
                        = dead ? 0.0 : static_cast<double>(gram.lower[packedIndex(row, col)]) / mean;
                }
                const double diagonal = data->dead[row] != 0
                    ? 1.0
                    : static_cast<double>(gram.lower[packedIndex(row, row)]) / mean;
                flipped[i * stride + i] = diagonal + settings.dampening;
            }
            return {};
        },
        loops));
    if (auto factored = choleskyLower(flipped.data(), n, stride, context); !factored) {
        Error error = std::move(factored.error());
        if (error.code == ErrorCode::Numeric)
            error.message
                = fmt::format("The Gram is not positive definite even with {:g} of its mean diagonal added.",
                    settings.dampening);
        return fail(std::move(error).withRemedy("Record more tokens or raise the dampening."));
    }

    data->pivots.resize(n);
    for (std::size_t j = 0; j < n; ++j)
        data->pivots[j] = flipped[(n - 1 - j) * (stride + 1)] * std::sqrt(mean);
    const std::size_t panels = ceilDiv<std::size_t>(n, kPanel);
    data->panels.resize(panelOffset(panels));
    BITWRIGHT_CHECK(parallelFor(
        panels, 4,
        [&](const Chunk& chunk) -> Result<void> {
            for (std::size_t p = chunk.begin; p < chunk.end; ++p) {
                float* out = data->panels.data() + panelOffset(p);
                for (std::size_t j = p * kPanel; j < std::min(n, (p + 1) * kPanel); ++j) {
                    const double* column = flipped.data() + (n - 1 - j);
                    const double inverse = 1.0 / column[(n - 1 - j) * stride];
                    for (std::size_t k = 0; k <= j; ++k)
                        out[k * kPanel + j % kPanel]
                            = static_cast<float>(column[(n - 1 - k) * stride] * inverse);
                }
            }
            return {};
        },
        loops));
    return GptqFactor(std::move(data));
}

bool sameFactor(const QuantizerSettings& a, std::uint64_t groupWidthA, const QuantizerSettings& b,
    std::uint64_t groupWidthB)
{
    const auto wholeGroups = [](const QuantizerSettings& settings, std::uint64_t groupWidth) {
        return settings.groupAware && !settings.actOrder ? groupWidth : 0;
    };
    return a.dampening == b.dampening && a.actOrder == b.actOrder
        && wholeGroups(a, groupWidthA) == wholeGroups(b, groupWidthB);
}

} // namespace bitwright::quant
