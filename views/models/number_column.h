#pragma once

#include <QString>

namespace bitwright::views {

// How the numbers of one column look: where one of them needs a power of ten, all of them have one. Beside
// 7.07·10⁻⁵, 0.000114 would be read as the smaller one.
class NumberColumn
{
public:
    // A number that the column shows; NaN and zero need no power.
    void add(double value);
    [[nodiscard]] bool hasPowers() const { return m_powers; }
    [[nodiscard]] QString text(double value) const;
    // A text that holds formatNumber(value), with the number as this column shows it.
    [[nodiscard]] QString within(QString text, double value) const;

private:
    bool m_powers = false;
};

} // namespace bitwright::views
