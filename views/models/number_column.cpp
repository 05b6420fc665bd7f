#include "views/models/number_column.h"

#include "views/models/number_text.h"

#include <cmath>

namespace bitwright::views {

namespace {

constexpr QChar kTimes(0x00b7);

QString withPower(double value)
{
    constexpr int kSignificant = 3;
    if (!std::isfinite(value) || value == 0)
        return formatNumber(value);
    int decade = static_cast<int>(std::floor(std::log10(std::abs(value))));
    QString mantissa = fixedText(value / std::pow(10.0, decade), kSignificant - 1);
    if (std::abs(value) / std::pow(10.0, decade) >= 9.995) { // rounds to the next decade
        ++decade;
        mantissa = fixedText(std::copysign(1.0, value), kSignificant - 1);
    }
    return mantissa + kTimes + formatPowerOfTen(decade);
}

} // namespace

void NumberColumn::add(double value)
{
    m_powers = m_powers || formatNumber(value).contains(kTimes);
}

QString NumberColumn::text(double value) const
{
    return m_powers ? withPower(value) : formatNumber(value);
}

QString NumberColumn::within(QString text, double value) const
{
    return m_powers ? text.replace(formatNumber(value), withPower(value)) : text;
}

} // namespace bitwright::views
