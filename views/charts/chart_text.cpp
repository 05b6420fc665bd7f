// Ticks and number formatting of chart_math.h.
#include "views/charts/chart_math.h"

#include <QLocale>

#include <algorithm>
#include <array>
#include <cmath>

namespace bitwright::views {

namespace {

int decadeOf(double value)
{
    return static_cast<int>(std::floor(std::log10(value) + 1e-12));
}

// Step of 1, 2 or 5 times a power of ten that gives at most `target` steps.
double niceStep(double width, int target)
{
    const double raw = width / std::max(target, 1);
    const double decade = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double m : {1.0, 2.0, 5.0})
        if (m * decade >= raw * (1 - 1e-9))
            return m * decade;
    return 10 * decade;
}
QString plainTick(double value, double step)
{
    const double magnitude = std::abs(value);
    if (magnitude < step * 1e-6)
        return QStringLiteral("0");
    const int decimals = std::max(0, -decadeOf(step));
    if (magnitude >= 1e6 || decimals > 5)
        return formatNumber(value, std::max(1, decadeOf(magnitude) - decadeOf(step) + 1));
    return groupedText(fixedText(value, decimals));
}
// `plain`: powers of ten between 0.01 and 1,000 as the numbers beside them.
QString logTick(double value, bool plain)
{
    const int decade = decadeOf(value);
    const double mantissa = value / std::pow(10.0, decade);
    const bool isPower = std::abs(mantissa - 1) < 1e-6;
    if (decade >= -2 && decade <= 3 && (plain || !isPower))
        return groupedText(fixedText(value, std::max(0, -decade)));
    if (isPower)
        return formatPowerOfTen(decade);
    return fixedText(mantissa, 0) + QChar(0x00b7) + formatPowerOfTen(decade);
}
bool usable(Interval r)
{
    return std::isfinite(r.lower) && std::isfinite(r.upper) && r.width() > 0;
}

Ticks steppedTicks(Interval range, double step, int minorParts, const auto& label)
{
    Ticks ticks;
    const double minor = step / minorParts;
    const double slack = minor * 1e-6;
    const auto first = static_cast<std::int64_t>(std::ceil((range.lower - slack) / minor));
    const auto last = static_cast<std::int64_t>(std::floor((range.upper + slack) / minor));
    if (last - first > 10000)
        return ticks;
    for (std::int64_t i = first; i <= last; ++i) {
        const double value = static_cast<double>(i) * minor;
        if (i % minorParts == 0)
            ticks.major.push_back({value, label(value)});
        else
            ticks.minor.push_back(value);
    }
    return ticks;
}

} // namespace

Ticks linearTicks(Interval range, int target)
{
    if (!usable(range))
        return {};
    const double step = niceStep(range.width(), target);
    const int leading = static_cast<int>(std::lround(step / std::pow(10.0, decadeOf(step))));
    return steppedTicks(range, step, leading == 2 ? 4 : 5, [step](double v) { return plainTick(v, step); });
}

Ticks integerTicks(Interval range, int target)
{
    if (!usable(range))
        return {};
    const double step = std::max(1.0, niceStep(range.width(), target));
    const int minor = step < 2 ? 1 : (static_cast<int>(step) % 5 == 0 ? 5 : 2);
    return steppedTicks(range, step, minor, [](double v) { return formatCount(std::llround(v)); });
}

Ticks rowTicks(Interval range, int count, int target)
{
    Ticks ticks;
    const int first = std::max(0, static_cast<int>(std::ceil(range.lower)));
    const int last = std::min(count - 1, static_cast<int>(std::floor(range.upper)));
    int step = std::max(1, (last - first + target) / std::max(target, 1));
    step += step > 1 ? step % 2 : 0;
    for (int row = (first + step - 1) / step * step; row <= last; row += step)
        ticks.major.push_back({static_cast<double>(row), {}});
    return ticks;
}

Ticks logTicks(Interval range, int target)
{
    if (!usable(range) || range.lower <= 0)
        return {};
    const double low = std::log10(range.lower), high = std::log10(range.upper);
    if (high - low < 0.5)
        return linearTicks(range, target);
    Ticks ticks;
    const int first = static_cast<int>(std::floor(low)), last = static_cast<int>(std::ceil(high));
    if (last - first > 700)
        return {};
    int stride = std::max(1, static_cast<int>(std::ceil((high - low) / std::max(target, 1))));
    // One label says nothing about a logarithmic scale: rather two that stand close.
    const auto labels = [&] {
        int count = 0;
        for (int decade = static_cast<int>(std::ceil(low)); decade <= high; ++decade)
            count += decade % stride == 0 ? 1 : 0;
        return count;
    };
    while (stride > 1 && labels() < 2)
        --stride;
    // Where every decade has room for them, three labels say more than one.
    const bool withTwoAndFive = (high - low < 2 && target >= 3) || 3 * (high - low) <= target;
    const double slack = 1e-9;
    for (int decade = first; decade <= last; ++decade)
        for (int m = 1; m <= 9; ++m) {
            const double position = decade + std::log10(m);
            if (position < low - slack || position > high + slack)
                continue;
            const double value = m * std::pow(10.0, decade);
            const bool onDecade = m == 1 && ((decade % stride) + stride) % stride == 0;
            if (onDecade || (withTwoAndFive && (m == 2 || m == 5)))
                ticks.major.push_back({value, logTick(value, withTwoAndFive)});
            else if (stride == 1 || m == 1)
                ticks.minor.push_back(value);
        }
    return ticks;
}

Ticks byteTicks(Interval range, int target)
{
    if (!usable(range))
        return {};
    double unit = 1;
    while (range.upper / unit >= 1024 && unit < 1e15)
        unit *= 1024;
    const Interval scaled{range.lower / unit, range.upper / unit};
    const double step = niceStep(scaled.width(), target);
    Ticks ticks = steppedTicks(scaled, step, 5, [step](double v) { return plainTick(v, step); });
    static const std::array<QString, 6> names{QStringLiteral("B"), QStringLiteral("KiB"),
        QStringLiteral("MiB"), QStringLiteral("GiB"), QStringLiteral("TiB"), QStringLiteral("PiB")};
    const auto index = static_cast<std::size_t>(std::lround(std::log2(unit) / 10));
    for (Tick& tick : ticks.major) {
        tick.value *= unit;
        tick.label += QChar(0x00a0) + names[std::min(index, names.size() - 1)];
    }
    for (double& value : ticks.minor)
        value *= unit;
    return ticks;
}

QString csvNumber(double value)
{
    if (std::isnan(value))
        return {};
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("inf") : QStringLiteral("-inf");
    return QString::number(value, 'g', QLocale::FloatingPointShortest);
}

QString csvText(const QString& text)
{
    if (!text.contains(u',') && !text.contains(u'"') && !text.contains(u'\n') && !text.contains(u'\r'))
        return text;
    return u'"' + QString(text).replace(u'"', QStringLiteral("\"\"")) + u'"';
}

} // namespace bitwright::views
