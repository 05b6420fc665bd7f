#pragma once

#include "core/score/option_error.h"

#include <span>
#include <utility>
#include <vector>

namespace bitwright::score {

/// Raw sums over some rows of an error (or weight) matrix E, additive over rows. Unmeasured parts stay 0 and
/// are told apart by the ErrorMeter.
struct ErrorSums
{
    double squared = 0; ///< ||E||_F^2
    double maxAbs = 0; ///< max |e_ij|
    double diagonal = 0; ///< sum_j H_jj ||e_j||^2
    double gram = 0; ///< tr(E H E^T)
    double fisher = 0; ///< sum_ij r_i c_j / m e_ij^2
    std::vector<double> tokens; ///< ||E x_t||^2 per sample row.
    std::vector<double> slopes; ///< g_t . E x_t per sample row with a gradient of the outputs.

    /// Adds the sums of further rows.
    void add(const ErrorSums& other);
};

/// Measures pieces of error rows against one unit's evidence. Immutable after making; measure() is thread
/// safe. The evidence must outlive it.
class ErrorMeter
{
public:
    /// Errors: Mismatch when the evidence is not for a rows x cols matrix.
    [[nodiscard]] static Result<ErrorMeter> make(
        const UnitEvidence& evidence, std::uint64_t rows, std::uint64_t cols);

    /// Rows that are measured at once: enough for full speed of the products, few enough for caches and
    /// memory. Depends on the width alone, so that sums do not depend on memory or threads.
    [[nodiscard]] static std::uint64_t rowsPerPiece(std::uint64_t cols);

    /// Sums over a piece of rows (row-major); `firstRow` is its place in the matrix. BLAS runs on the calling
    /// thread, so set BlasThreads(1) outside. Errors: Numeric for NaN or Inf, Cancelled.
    [[nodiscard]] Result<ErrorSums> measure(
        std::span<const float> piece, std::uint64_t firstRow, const RunContext& context) const;

    [[nodiscard]] bool hasDiagonal() const { return !m_diagonal.empty(); }
    [[nodiscard]] bool hasGram() const { return m_gram != nullptr; }
    [[nodiscard]] bool hasGradient() const { return m_gradient != nullptr; }
    [[nodiscard]] bool hasOutputGradients() const { return !m_pairs.empty(); }
    /// The sublayer's share at a used sample row; nothing when unknown.
    [[nodiscard]] std::optional<double> tokenShare(std::size_t sample) const;

private:
    void addColumns(std::span<const float> piece, std::uint64_t firstRow, ErrorSums& sums) const;
    [[nodiscard]] Result<void> addGram(
        std::span<const float> piece, ErrorSums& sums, const RunContext& context) const;
    void addTokens(std::span<const float> piece, std::uint64_t firstRow, ErrorSums& sums) const;
    void pairGradients(const UnitEvidence& evidence);

    std::uint64_t m_cols = 0;
    std::vector<double> m_diagonal; ///< H_jj; empty when unknown.
    const model::PackedGram* m_gram = nullptr; ///< With count > 0.
    const model::GradientFactors* m_gradient = nullptr;
    std::vector<float> m_samples; ///< Used sample rows x cols.
    std::uint64_t m_sampleCount = 0;
    /// Used sample rows that have a gradient of the outputs, and which row of it.
    std::vector<std::pair<std::size_t, std::size_t>> m_pairs;
    const model::SampleRows* m_outputGradients = nullptr;
    std::vector<double> m_share; ///< Per used sample row, NaN where unknown; empty when all are.
};

} // namespace bitwright::score
