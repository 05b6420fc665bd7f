#include "core/quant/gptq.h"

#include "core/base/checked.h"
#include "core/base/parallel.h"
#include "core/quant/gptq_kernels.h"
#include "core/quant/group_fit.h"
#include "core/quant/validate.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace bitwright::quant {

namespace {

/// Steps whose errors are summed before the next part of the factor is read: the strips' part of it stays in
/// cache.
constexpr std::size_t kStepsTogether = 256;
/// Strips of one tile: they share what is read of the factor.
constexpr std::size_t kStripsPerTile = 2;

/// What all tiles of one call share.
struct SweepPlan
{
    const WeightTile& weights;
    const GridSpec& grid;
    const GptqFactor& factor;
    QuantizedMatrix& out;
    std::size_t groupWidth; ///< Columns of a group.
    std::size_t groups; ///< Groups of a row.
    std::size_t blockWidth; ///< Steps that are swept together.
    std::size_t spanWidth; ///< Steps whose values are brought up to date together: whole groups when groups
                           ///< are refitted.
    bool fixedGrids; ///< Grids are fitted on the original weights.

    /// Groups are refitted and lie inside blocks.
    [[nodiscard]] bool refitsInsideBlocks() const { return !fixedGrids && groupWidth <= blockWidth; }
    /// Groups are refitted and reach over several blocks: each is a span.
    [[nodiscard]] bool refitsSpans() const { return !fixedGrids && groupWidth > blockWidth; }
};

SweepPlan makePlan(const WeightTile& weights, const GridSpec& grid, const QuantizerSettings& settings,
    const GptqFactor& factor, QuantizedMatrix& out)
{
    const auto width = static_cast<std::size_t>(grid.groupWidth(weights.cols));
    const auto block = static_cast<std::size_t>(settings.blockSize);
    // A group that begins with the first step is fitted before any update in any case.
    const bool fixed = !factor.keepsGroupsWhole(width) || width >= weights.cols;
    const std::size_t span = fixed ? block : (width >= block ? width : width * (block / width));
    return {weights, grid, factor, out, width, static_cast<std::size_t>(out.groups()), block, span, fixed};
}

/// The factor's square of a few consecutive steps, row-major.
class FactorBlock
{
public:
    FactorBlock(const GptqFactor& factor, std::size_t begin, std::size_t end)
        : m_begin(begin)
        , m_width(end - begin)
        , m_values(m_width * m_width)
    {
        for (std::size_t k = begin; k < end; ++k)
            for (std::size_t j = k; j < end; ++j)
                m_values[(k - begin) * m_width + j - begin] = factor.unit(k, j);
    }

    /// What an error of step j adds to steps [j + 1, end).
    [[nodiscard]] std::span<const float> row(std::size_t j, std::size_t end) const
    {
        return std::span(m_values).subspan((j - m_begin) * m_width + j + 1 - m_begin, end - j - 1);
    }

private:
    std::size_t m_begin;
    std::size_t m_width;
    std::vector<float> m_values;
};

/// kStripRows rows of the weight, column by column in processing order; missing rows of the last strip are
/// zeros.
class Strip
{
public:
    Strip(const SweepPlan& plan, std::size_t firstRow)
        : m_plan(plan)
        , m_firstRow(firstRow)
        , m_rows(std::min<std::size_t>(kStripRows, plan.weights.rows - firstRow))
        , m_work(plan.weights.cols * kStripRows)
        , m_values(std::min<std::size_t>(plan.spanWidth, plan.weights.cols) * kStripRows)
        , m_trial(
              plan.fixedGrids ? 0 : std::min<std::size_t>(plan.groupWidth, plan.weights.cols) * kStripRows)
        , m_trialErrors(m_trial.size())
        , m_codes(plan.weights.cols * kStripRows)
        , m_scales(plan.groups * kStripRows, 1.0F)
        , m_zeros(plan.groups * kStripRows)
    { }

    /// Reads the rows, with the weights of dead inputs set to 0, and fits fixed grids.
    [[nodiscard]] Result<void> load()
    {
        const std::size_t cols = m_plan.weights.cols;
        const auto order = m_plan.factor.order();
        const auto dead = m_plan.factor.dead();
        std::vector<float> row(cols);
        std::vector<ValueRange> ranges(m_plan.groups);
        for (std::size_t r = 0; r < m_rows; ++r) {
            const auto source = m_plan.weights.values.subspan((m_firstRow + r) * cols, cols);
            for (std::size_t c = 0; c < cols; ++c)
                row[c] = dead[c] != 0 ? source[c] * 0.0F : source[c]; // NaN stays NaN and is found below
            if (!numeric::scanGroups(row, m_plan.groupWidth, ranges))
                return nonFiniteWeight(m_plan.weights, m_firstRow + r);
            for (std::size_t j = 0; j < cols; ++j)
                m_work[j * kStripRows + r] = row[order[j]];
            for (std::size_t g = 0; m_plan.fixedGrids && g < m_plan.groups; ++g)
                BITWRIGHT_CHECK(fitLane(g, r, ranges[g]));
        }
        return {};
    }

    /// Starts steps [begin, end) from the original weights.
    void startSpan(std::size_t begin, std::size_t end)
    {
        m_spanBegin = begin;
        std::copy(m_work.begin() + static_cast<std::ptrdiff_t>(begin * kStripRows),
            m_work.begin() + static_cast<std::ptrdiff_t>(end * kStripRows), m_values.begin());
    }

    /// Adds to the values of the steps of panel p inside [begin, end) what the errors of steps [from, to) ask
    /// of them.
    void accumulate(std::size_t p, std::size_t begin, std::size_t end, std::size_t from, std::size_t to)
    {
        const std::size_t first = std::max(begin, p * GptqFactor::kPanel);
        addPanel(p, first, end, from, to, m_work.data() + from * kStripRows, value(first));
    }

    /// The same for the trial values, from trial errors.
    void accumulateTrial(std::size_t p, std::size_t begin, std::size_t end, std::size_t from, std::size_t to)
    {
        const std::size_t first = std::max(begin, p * GptqFactor::kPanel);
        addPanel(p, first, end, from, to, trialError(from), trial(first));
    }

    /// Starts the updated weights of the group of steps [begin, end).
    void startTrial(std::size_t begin, std::size_t end)
    {
        m_trialBegin = begin;
        std::copy(value(begin), value(begin) + (end - begin) * kStripRows, m_trial.begin());
    }

    /// Turns the trial values of steps [begin, end) into updated weights: what each weight should be if no
    /// weight from the group's start on were rounded. Each deviation asks the later steps to make up for it,
    /// just like a rounding error.
    void relax(std::size_t begin, std::size_t end, const FactorBlock& block)
    {
        for (std::size_t j = begin; j < end; ++j) {
            const float* weight = m_work.data() + j * kStripRows;
            const float* updated = trial(j);
            float* error = trialError(j);
            for (std::size_t r = 0; r < kStripRows; ++r)
                error[r] = weight[r] - updated[r];
            if (j + 1 < end)
                addScaledColumns(trial(j + 1), block.row(j, end), error);
        }
    }

    /// Fits the group of the trial on its updated weights.
    [[nodiscard]] Result<void> fitTrial()
    {
        std::array<float, kStripRows> lows{};
        std::array<float, kStripRows> highs{};
        const std::size_t count = std::min(m_plan.groupWidth, m_plan.weights.cols - m_trialBegin);
        const std::size_t group = m_plan.factor.order()[m_trialBegin] / m_plan.groupWidth;
        if (!numeric::scanLanes(m_trial.data(), count, kStripRows, lows, highs))
            return fail(ErrorCode::Numeric, "GPTQ diverges at input {}, rows {} to {}; raise the dampening.",
                m_trialBegin, m_firstRow, m_firstRow + m_rows - 1);
        for (std::size_t r = 0; r < m_rows; ++r)
            BITWRIGHT_CHECK(fitLane(group, r, {lows[r], highs[r]}));
        return {};
    }

    /// Rounds steps [begin, end), the steps of `block`, one after the other.
    [[nodiscard]] Result<void> sweep(std::size_t begin, std::size_t end, const FactorBlock& block)
    {
        for (std::size_t j = begin; j < end; ++j) {
            if (m_plan.refitsInsideBlocks() && j % m_plan.groupWidth == 0) {
                const std::size_t groupEnd = std::min(end, j + m_plan.groupWidth);
                startTrial(j, groupEnd);
                if (j > 0)
                    relax(j, groupEnd, block);
                BITWRIGHT_CHECK(fitTrial());
            }
            const float* error = roundStep(j);
            if (j + 1 < end)
                addScaledColumns(value(j + 1), block.row(j, end), error);
        }
        return {};
    }

    /// Writes codes, scales and zero points to the result.
    void store() const
    {
        QuantizedMatrix& out = m_plan.out;
        const auto order = m_plan.factor.order();
        for (std::size_t r = 0; r < m_rows; ++r) {
            std::uint8_t* codes = out.codes.data() + (m_firstRow + r) * out.cols;
            for (std::size_t j = 0; j < out.cols; ++j)
                codes[order[j]] = m_codes[j * kStripRows + r];
            for (std::size_t g = 0; g < m_plan.groups; ++g) {
                const std::size_t place = (m_firstRow + r) * m_plan.groups + g;
                out.scales[place] = m_scales[g * kStripRows + r];
                if (!out.zeros.empty())
                    out.zeros[place] = static_cast<std::uint8_t>(m_zeros[g * kStripRows + r]);
            }
        }
    }

private:
    [[nodiscard]] float* value(std::size_t step)
    {
        return m_values.data() + (step - m_spanBegin) * kStripRows;
    }
    [[nodiscard]] float* trial(std::size_t step)
    {
        return m_trial.data() + (step - m_trialBegin) * kStripRows;
    }
    [[nodiscard]] float* trialError(std::size_t step)
    {
        return m_trialErrors.data() + (step - m_trialBegin) * kStripRows;
    }

    [[nodiscard]] Result<void> fitLane(std::size_t group, std::size_t lane, const ValueRange& range)
    {
        const auto fitted = fitRange(m_plan.grid, range);
        if (!fitted)
            return fail(inGroup(fitted.error(), m_firstRow + lane, group));
        m_scales[group * kStripRows + lane] = fitted->scale;
        m_zeros[group * kStripRows + lane] = static_cast<float>(fitted->zero);
        return {};
    }

    /// values[0...] of steps [first, ...) of panel p below `end` += panel * errors of steps [from, to).
    void addPanel(std::size_t p, std::size_t first, std::size_t end, std::size_t from, std::size_t to,
        const float* errors, float* values)
    {
        constexpr std::size_t width = GptqFactor::kPanel;
        const std::size_t skipped = first - p * width; // a span may begin inside a panel
        const std::size_t last = std::min(end, (p + 1) * width) - p * width;
        std::array<float, width * kStripRows> sums{};
        accumulatePanel(m_plan.factor.panel(p) + from * width, to - from, errors, sums.data(), skipped, last);
        for (std::size_t i = skipped * kStripRows; i < last * kStripRows; ++i)
            values[i - skipped * kStripRows] += sums[i];
    }

    /// Rounds the values of step j and returns the errors weight - decoded, which replace the weights.
    const float* roundStep(std::size_t j)
    {
        std::array<float, kStripRows> decoded{};
        const std::size_t grids = m_plan.factor.order()[j] / m_plan.groupWidth * kStripRows;
        numeric::encodeLanes(m_plan.grid, {value(j), kStripRows}, {m_scales.data() + grids, kStripRows},
            {m_zeros.data() + grids, kStripRows}, {m_codes.data() + j * kStripRows, kStripRows}, decoded);
        float* error = m_work.data() + j * kStripRows;
        for (std::size_t r = 0; r < kStripRows; ++r)
            error[r] -= decoded[r];
        return error;
    }

    const SweepPlan& m_plan;
    std::size_t m_firstRow;
    std::size_t m_rows;
    std::size_t m_spanBegin = 0;
    std::vector<float> m_work; ///< Weights; of steps that are done, weight - decoded.
    std::vector<float>
        m_values; ///< Weights of the current span, raised by what the errors of earlier steps ask of them.
    std::size_t m_trialBegin = 0;
    std::vector<float> m_trial; ///< Updated weights of the group that is being fitted.
    std::vector<float> m_trialErrors; ///< Weight - updated weight of its steps.
    std::vector<std::uint8_t> m_codes;
    std::vector<float> m_scales; ///< groups x kStripRows
    std::vector<float> m_zeros;
};

/// Brings steps [begin, end) up to date with the errors of steps [from, to). `add` is Strip::accumulate or
/// accumulateTrial.
template <typename Add>
void accumulateAll(
    std::vector<Strip>& strips, std::size_t begin, std::size_t end, std::size_t from, std::size_t to, Add add)
{
    constexpr std::size_t width = GptqFactor::kPanel;
    for (std::size_t chunk = from; chunk < to; chunk += kStepsTogether)
        for (std::size_t p = begin / width; p * width < end; ++p)
            for (Strip& strip : strips)
                (strip.*add)(p, begin, end, chunk, std::min(to, chunk + kStepsTogether));
}

/// Fits a group that reaches over several blocks, on weights updated for all errors before it.
Result<void> refitSpan(const SweepPlan& plan, std::vector<Strip>& strips, std::size_t begin, std::size_t end)
{
    for (Strip& strip : strips)
        strip.startTrial(begin, end);
    for (std::size_t from = begin; begin > 0 && from < end; from += plan.blockWidth) {
        const std::size_t to = std::min(end, from + plan.blockWidth);
        accumulateAll(strips, from, to, begin, from, &Strip::accumulateTrial);
        const FactorBlock block(plan.factor, from, to);
        for (Strip& strip : strips)
            strip.relax(from, to, block);
    }
    for (Strip& strip : strips)
        BITWRIGHT_CHECK(strip.fitTrial());
    return {};
}

Result<void> sweepTile(
    const SweepPlan& plan, std::size_t rowBegin, std::size_t rowEnd, const RunContext& context)
{
    const std::size_t cols = plan.weights.cols;
    std::vector<Strip> strips;
    for (std::size_t row = rowBegin; row < rowEnd; row += kStripRows) {
        strips.emplace_back(plan, row);
        BITWRIGHT_CHECK(strips.back().load());
    }
    for (std::size_t begin = 0; begin < cols; begin += plan.spanWidth) {
        const std::size_t end = std::min(cols, begin + plan.spanWidth);
        for (Strip& strip : strips)
            strip.startSpan(begin, end);
        accumulateAll(strips, begin, end, 0, begin, &Strip::accumulate);
        if (plan.refitsSpans())
            BITWRIGHT_CHECK(refitSpan(plan, strips, begin, end));
        for (std::size_t from = begin; from < end; from += plan.blockWidth) {
            BITWRIGHT_CHECK(context.checkStop());
            const std::size_t to = std::min(end, from + plan.blockWidth);
            accumulateAll(strips, from, to, begin, from, &Strip::accumulate);
            const FactorBlock block(plan.factor, from, to);
            for (Strip& strip : strips)
                BITWRIGHT_CHECK(strip.sweep(from, to, block));
        }
    }
    for (const Strip& strip : strips)
        strip.store();
    return {};
}

} // namespace

Result<QuantizedMatrix> quantizeGptq(const WeightTile& weights, const GridSpec& grid,
    const QuantizerSettings& settings, const GptqFactor& factor, const RunContext& context)
{
    BITWRIGHT_CHECK(validateInputs(weights, grid, settings));
    if (factor.width() != weights.cols)
        return fail(ErrorCode::InvalidArgument, "The Gram is {} inputs wide, the weight has {} columns.",
            factor.width(), weights.cols);
    auto out = QuantizedMatrix::allocate(grid, weights.rows, weights.cols);
    const SweepPlan plan = makePlan(weights, grid, settings, factor, out);
    BITWRIGHT_CHECK(parallelFor(
        weights.rows, kStripsPerTile * kStripRows,
        [&](const Chunk& chunk) { return sweepTile(plan, chunk.begin, chunk.end, context); }, context,
        "GPTQ"));
    return out;
}

} // namespace bitwright::quant
