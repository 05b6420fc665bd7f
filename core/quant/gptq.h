#pragma once

#include "core/quant/quantizer.h"

#include <memory>
#include <vector>

namespace bitwright::quant {

/// Everything that GPTQ needs of a Gram, computed once and shared by all tensors of a site, all options and
/// all row tiles.
///
/// With H the damped Gram in processing order, H = R R^T with R upper triangular (a Cholesky factorization of
/// the flipped matrix, no inverse). Column j is rounded from w_j + sum over k<j of (w_k - q_k) R_kj / R_jj
/// (LDLQ), which is what GPTQ's updates through the inverse compute. Damping: `dampening` times the mean
/// diagonal of the columns that are alive; columns whose diagonal is 0 (inputs never active) get weight 0.
/// Immutable and cheap to copy.
class GptqFactor
{
public:
    /// Factors the Gram in double precision: n^3/3 operations, 10 n^2 bytes while it runs and 2 n^2 kept.
    /// Errors: InvalidArgument for a wrong triangle size; Numeric for NaN, Inf, a negative diagonal, an
    /// all-zero Gram or one that is not positive definite even when damped; OutOfMemory beyond the context's
    /// budget; Cancelled.
    ///
    /// `groupWidth` are the columns of a group of the grids to come (GridSpec::groupWidth), for
    /// QuantizerSettings::groupAware; with 0 the columns keep their order unless actOrder is set. A factor
    /// serves any grid: one of another group width gets its grids fitted beforehand.
    [[nodiscard]] static Result<GptqFactor> make(const GramView& gram, const QuantizerSettings& settings,
        const RunContext& context, std::uint64_t groupWidth = 0);

    [[nodiscard]] std::uint64_t width() const { return m_data->width; }
    /// Input column processed at step j.
    [[nodiscard]] std::span<const std::uint32_t> order() const { return m_data->order; }
    /// True per input column that was never active.
    [[nodiscard]] std::span<const std::uint8_t> dead() const { return m_data->dead; }
    /// R_kj / R_jj for steps k <= j: how much of step k's error step j has to make up for.
    [[nodiscard]] float unit(std::uint64_t k, std::uint64_t j) const
    {
        return panel(j / kPanel)[k * kPanel + j % kPanel];
    }
    /// Columns kPanel * p ... of R with unit diagonal, kPanel values per row k, for k < kPanel * (p + 1);
    /// zeros below the diagonal.
    [[nodiscard]] const float* panel(std::uint64_t p) const { return m_data->panels.data() + panelOffset(p); }
    static constexpr std::uint64_t kPanel = 8;
    /// R_jj of step j: sqrt of the loss weight of that step's rounding error.
    [[nodiscard]] std::span<const double> pivots() const { return m_data->pivots; }
    /// What was added to the diagonal.
    [[nodiscard]] double damping() const { return m_data->damping; }
    /// True when the groups of a grid of `groupWidth` columns are processed one after the other, so that they
    /// can be refitted.
    [[nodiscard]] bool keepsGroupsWhole(std::uint64_t groupWidth) const
    {
        return m_data->natural || m_data->groupWidth == groupWidth;
    }

private:
    struct Data
    {
        std::uint64_t width = 0;
        bool natural = true; ///< Columns keep their order.
        std::uint64_t groupWidth = 0; ///< Groups of this width stay whole in the order; 0: none.
        double damping = 0.0;
        std::vector<std::uint32_t> order;
        std::vector<std::uint8_t> dead;
        std::vector<double> pivots;
        std::vector<float> panels;
    };
    [[nodiscard]] static constexpr std::uint64_t panelOffset(std::uint64_t p)
    {
        return kPanel * kPanel * (p * (p + 1) / 2);
    }
    explicit GptqFactor(std::shared_ptr<const Data> data)
        : m_data(std::move(data))
    { }
    static void chooseOrder(
        const GramView& gram, const QuantizerSettings& settings, std::uint64_t groupWidth, Data& data);

    std::shared_ptr<const Data> m_data;
};

/// True when GptqFactor::make gives the same factor of a Gram for both settings and group widths.
[[nodiscard]] bool sameFactor(const QuantizerSettings& a, std::uint64_t groupWidthA,
    const QuantizerSettings& b, std::uint64_t groupWidthB);

/// GPTQ of a matrix or a tile of its rows with a prepared factor; any number format. Groups are refitted at
/// their start on the updated weights, or all fitted beforehand when the factor's order does not keep them
/// whole (act-order). Errors as quantize().
[[nodiscard]] Result<QuantizedMatrix> quantizeGptq(const WeightTile& weights, const GridSpec& grid,
    const QuantizerSettings& settings, const GptqFactor& factor, const RunContext& context);

} // namespace bitwright::quant
