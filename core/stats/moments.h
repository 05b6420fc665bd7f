#pragma once

namespace bitwright::stats {

/// Count, mean and central power sums of a set of numbers, which can be joined with those of another set.
struct Moments
{
    double count = 0;
    double mean = 0;
    double m2 = 0, m3 = 0, m4 = 0; ///< Sums of (x - mean)^k.

    /// Joins two disjoint sets (Pebay, SAND2008-6212, equations 2.1 and following). Numerically sound for any
    /// sizes.
    void merge(const Moments& other);

    [[nodiscard]] double variance() const; ///< Population variance; 0 when empty.
    [[nodiscard]] double skewness() const; ///< 0 when the variance is 0.
    [[nodiscard]] double kurtosis() const; ///< Not excess; 0 when the variance is 0.
    [[nodiscard]] double rms() const;
};

/// Moments from raw means E[x], E[x^2], E[x^3], E[x^4], as dumps hold them. Cancels when |mean| is far above
/// the spread.
[[nodiscard]] Moments momentsFromRaw(double count, double mean, double mean2, double mean3, double mean4);

} // namespace bitwright::stats
