#pragma once

#include <QString>

#include <cstdint>

namespace bitwright::views {

// How numbers look on screen: in the default QLocale, with thin separators and a real minus sign.

// Three significant digits by default; powers of ten as 1.23·10⁻⁹ outside 1e-4..1e6; "unknown" for NaN,
// "Inf".
[[nodiscard]] QString formatNumber(double value, int significant = 3);
// Every digit that a double holds, for tooltips and copies on screen.
[[nodiscard]] QString formatExact(double value);
// 1 234 567 with thin separators.
[[nodiscard]] QString formatCount(std::int64_t value);
// Binary size, three significant digits: 4.31 MiB.
[[nodiscard]] QString formatBytes(double bytes);
// Exact bytes with separators: 4 521 984 bytes.
[[nodiscard]] QString formatExactBytes(double bytes);
// Three decimals: 4.250.
[[nodiscard]] QString formatBpw(double bpw);
// +12 % with sign and three significant digits.
[[nodiscard]] QString formatChange(double ratioMinusOne);
// 10⁻³.
[[nodiscard]] QString formatPowerOfTen(int exponent);
// Fixed notation without group separators, and separators put into the whole part of a number; four digits
// read well without.
[[nodiscard]] QString fixedText(double value, int decimals);
[[nodiscard]] QString groupedText(QString digits);

} // namespace bitwright::views
