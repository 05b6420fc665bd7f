#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::numeric {

/// What one stored code means before it is multiplied by its scale.
enum class ElementKind
{
    Integer, ///< An integer of `bits` bits, by an IntegerConvention.
    Minifloat, ///< An E4M3FN byte (8 bits, no Inf, max 448).
    Codebook, ///< An index into the 16 levels of NF4 (bitsandbytes).
};

/// How integers, scale and zero point belong together. b is the bit width, amax the largest magnitude of a
/// group.
enum class IntegerConvention
{
    SymNarrow, ///< Codes +-(2^(b-1)-1), scale = amax / (2^(b-1)-1).
    SymHalf, ///< Codes -2^(b-1)..2^(b-1)-1, scale = amax / ((2^b-1)/2); "sym" of compressed-tensors and GPTQ.
    Asym, ///< Codes 0..2^b-1 and an integer zero point; the range always contains 0.
};

/// Stored type of a scale. Scales are rounded to it BEFORE codes are chosen, so what is decoded is what was
/// optimized.
enum class ScaleType
{
    F32,
    F16,
    BF16,
};

/// Which code a value exactly between two levels gets.
enum class TieRule
{
    ToEven, ///< The even code (PyTorch, compressed-tensors).
    ToLower, ///< The lower index (bitsandbytes codebooks).
};

/// One number format, exactly: element codes, scale and zero kind, group shape, storage.
///
/// A group is `group` consecutive input columns of one row; where `group` does not divide the columns, the
/// last group is shorter. Group 0 means one group per row.
struct GridSpec
{
    ElementKind element = ElementKind::Integer;
    int bits = 4; ///< Bits of one stored code.
    IntegerConvention convention = IntegerConvention::SymHalf; ///< Integers only.
    std::uint32_t group = 128; ///< Input columns per scale, 0 = whole row.
    ScaleType scaleType = ScaleType::F16;
    TieRule tie = TieRule::ToEven;

    /// Stable id: "int4-sym-g128", "int4-narrow-row", "int3-asym-g64", "fp8-e4m3-row", "nf4-g64". A scale
    /// type other than defaultScaleType() is appended: "int4-sym-g128-bf16".
    [[nodiscard]] std::string id() const;

    /// Number of scales of a row of `cols` columns.
    [[nodiscard]] std::uint64_t groupsPerRow(std::uint64_t cols) const;
    /// Columns of one full group for rows of `cols` columns: `group`, or `cols` for whole rows.
    [[nodiscard]] std::uint64_t groupWidth(std::uint64_t cols) const;
    /// True when every group stores an integer zero point.
    [[nodiscard]] bool hasZeros() const;
    /// Smallest and largest integer level of q - z before the zero point moves them; for integers only.
    [[nodiscard]] int minLevel() const;
    [[nodiscard]] int maxLevel() const;

    /// Bytes that a rows x cols matrix occupies: packed codes + scales + zero points.
    ///
    /// Integer codes are packed LSB first into 32-bit words, each row starting a new word: rows * ceil(cols *
    /// bits / 32) * 4. Other codes are packed without padding: ceil(rows * cols * bits / 8). Scales: rows *
    /// groups at the scale type. Zero points are packed down the rows into 32-bit words: ceil(rows * bits /
    /// 32) * 4 per group column. What a target writes besides (shapes, headers) is the target's to count.
    [[nodiscard]] std::uint64_t storedBytes(std::uint64_t rows, std::uint64_t cols) const;
    /// storedBytes in bits, per weight; 0 for an empty matrix.
    [[nodiscard]] double bitsPerWeight(std::uint64_t rows, std::uint64_t cols) const;

    /// The same format with its scales stored as `type`.
    [[nodiscard]] GridSpec withScaleType(ScaleType type) const;

    bool operator==(const GridSpec&) const = default;
};

/// Scale type that an id without a scale suffix means: F16 for integers, F32 for E4M3 (amax / 448 would leave
/// the normal range of F16 for ordinary weights) and for NF4 (bitsandbytes).
[[nodiscard]] ScaleType defaultScaleType(ElementKind element);

/// Parses what GridSpec::id() prints. InvalidArgument names the part that is wrong. Bits 2..8,
/// groups 1..1048576.
[[nodiscard]] Result<GridSpec> gridFromId(std::string_view id);

/// Rounds a positive finite scale to `type`, to nearest even. A scale that would vanish becomes the smallest
/// positive value of the type; one that is too large becomes Inf, which the caller refuses.
[[nodiscard]] float roundScale(ScaleType type, float scale);

/// Bytes of one stored scale.
[[nodiscard]] std::uint64_t scaleBytes(ScaleType type);

/// The 16 NF4 levels, ascending from -1 to 1 (bitsandbytes; index 7 is zero).
[[nodiscard]] std::span<const float> nf4Levels();

/// All distinct values that one group with this scale and zero point can take, ascending; for drawing. `zero`
/// is the stored zero point of asymmetric grids, ignored by the others.
[[nodiscard]] std::vector<float> gridLevels(const GridSpec& grid, float scale, int zero);

} // namespace bitwright::numeric
