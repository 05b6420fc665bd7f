#pragma once

#include <cstddef>
#include <cstdint>

/// The one table of limits on what a file may claim. An error that hits one shows its number.
namespace bitwright::limits {

inline constexpr std::uint64_t kJsonBytes = 100'000'000;
inline constexpr std::size_t kJsonDepth = 64;
inline constexpr std::size_t kTensors = 1'000'000;
inline constexpr std::size_t kNameBytes = 4'096;
inline constexpr std::size_t kRank = 16;
inline constexpr std::size_t kShards = 10'000;
inline constexpr std::uint64_t kTokenFileBytes = std::uint64_t{1} << 30;

} // namespace bitwright::limits
