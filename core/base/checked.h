#pragma once

#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

namespace bitwright {

/// Product, or nothing when it does not fit. For sizes that come from files.
template <std::unsigned_integral T>
[[nodiscard]] constexpr std::optional<T> checkedMul(T a, T b)
{
    T product = 0;
    if (__builtin_mul_overflow(a, b, &product))
        return std::nullopt;
    return product;
}

/// Sum, or nothing when it does not fit.
template <std::unsigned_integral T>
[[nodiscard]] constexpr std::optional<T> checkedAdd(T a, T b)
{
    T sum = 0;
    if (__builtin_add_overflow(a, b, &sum))
        return std::nullopt;
    return sum;
}

/// Value in the narrower type, or nothing when it does not fit.
template <std::integral To, std::integral From>
[[nodiscard]] constexpr std::optional<To> checkedCast(From value)
{
    if (!std::in_range<To>(value))
        return std::nullopt;
    return static_cast<To>(value);
}

/// a / b rounded up, for positive b.
template <std::unsigned_integral T>
[[nodiscard]] constexpr T ceilDiv(T a, T b)
{
    return a / b + (a % b != 0 ? 1 : 0);
}

} // namespace bitwright
