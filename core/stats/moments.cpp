#include "core/stats/moments.h"

#include <algorithm>
#include <cmath>

namespace bitwright::stats {

void Moments::merge(const Moments& other)
{
    if (other.count == 0)
        return;
    if (count == 0) {
        *this = other;
        return;
    }
    const double na = count, nb = other.count, n = na + nb;
    const double delta = other.mean - mean;
    const double d = delta / n;
    const double ab = na * nb;
    m4 += other.m4 + delta * d * d * d * ab * (na * na - ab + nb * nb)
        + 6 * d * d * (na * na * other.m2 + nb * nb * m2) + 4 * d * (na * other.m3 - nb * m3);
    m3 += other.m3 + delta * d * d * ab * (na - nb) + 3 * d * (na * other.m2 - nb * m2);
    m2 += other.m2 + delta * d * ab;
    mean += d * nb;
    count = n;
}

double Moments::variance() const
{
    return count > 0 ? std::max(0.0, m2 / count) : 0.0;
}

double Moments::skewness() const
{
    const double v = variance();
    return v > 0 ? m3 / count / (v * std::sqrt(v)) : 0.0;
}

double Moments::kurtosis() const
{
    const double v = variance();
    return v > 0 ? m4 / count / v / v : 0.0;
}

double Moments::rms() const
{
    return std::sqrt(variance() + mean * mean);
}

Moments momentsFromRaw(double count, double mean, double mean2, double mean3, double mean4)
{
    const double square = mean * mean;
    Moments result;
    result.count = count;
    result.mean = mean;
    result.m2 = count * std::max(0.0, mean2 - square);
    result.m3 = count * (mean3 - 3 * mean * mean2 + 2 * square * mean);
    result.m4 = count * std::max(0.0, mean4 - 4 * mean * mean3 + 6 * square * mean2 - 3 * square * square);
    return result;
}

} // namespace bitwright::stats
