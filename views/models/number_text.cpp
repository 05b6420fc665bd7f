#include "views/models/number_text.h"

#include <QCoreApplication>
#include <QLocale>

#include <array>
#include <cmath>

namespace bitwright::views {

namespace {

constexpr QChar kThin(0x202f); // narrow no-break space
QString minusSign(QString text)
{
    return text.replace(u'-', QChar(0x2212));
}

} // namespace

QString fixedText(double value, int decimals)
{
    QLocale locale;
    locale.setNumberOptions(QLocale::OmitGroupSeparator);
    return minusSign(locale.toString(value, 'f', decimals));
}

QString groupedText(QString digits)
{
    qsizetype first = 0;
    while (first < digits.size() && !digits[first].isDigit())
        ++first;
    qsizetype end = first;
    while (end < digits.size() && digits[end].isDigit())
        ++end;
    for (qsizetype i = end - 3; end - first > 4 && i > first; i -= 3)
        digits.insert(i, kThin);
    return digits;
}

QString formatNumber(double value, int significant)
{
    if (std::isnan(value))
        return QCoreApplication::translate("Text", "unknown");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("Inf") : minusSign(QStringLiteral("-Inf"));
    const double magnitude = std::abs(value);
    if (magnitude == 0)
        return QStringLiteral("0");
    int decade = static_cast<int>(std::floor(std::log10(magnitude)));
    // Rounding may carry into the next decade: 999.6 is 1.00 thousand.
    const double unit = std::pow(10.0, decade - significant + 1);
    if (std::round(magnitude / unit) >= std::pow(10.0, significant))
        ++decade;
    if (decade >= -4 && decade < 6)
        return groupedText(fixedText(value, std::max(0, significant - 1 - decade)));
    const double mantissa = value / std::pow(10.0, decade);
    return fixedText(mantissa, significant - 1) + QChar(0x00b7) + formatPowerOfTen(decade);
}

QString formatExact(double value)
{
    if (!std::isfinite(value))
        return formatNumber(value);
    QLocale locale;
    locale.setNumberOptions(QLocale::OmitGroupSeparator);
    return minusSign(locale.toString(value, 'g', QLocale::FloatingPointShortest));
}

QString formatCount(std::int64_t value)
{
    return groupedText(minusSign(QString::number(value)));
}

QString formatBytes(double bytes)
{
    static const std::array<QString, 6> names{QStringLiteral("B"), QStringLiteral("KiB"),
        QStringLiteral("MiB"), QStringLiteral("GiB"), QStringLiteral("TiB"), QStringLiteral("PiB")};
    if (!std::isfinite(bytes))
        return formatNumber(bytes);
    std::size_t i = 0;
    double value = bytes;
    while (std::abs(value) >= 1024 && i + 1 < names.size()) {
        value /= 1024;
        ++i;
    }
    const QString number = i == 0 ? formatCount(std::llround(value)) : formatNumber(value);
    return number + QChar(0x00a0) + names[i];
}

QString formatExactBytes(double bytes)
{
    if (!std::isfinite(bytes))
        return formatNumber(bytes);
    return QCoreApplication::translate("Text", "%1 bytes").arg(formatCount(std::llround(bytes)));
}

QString formatBpw(double bpw)
{
    return std::isfinite(bpw) ? fixedText(bpw, 3) : formatNumber(bpw);
}

QString formatChange(double ratioMinusOne)
{
    if (!std::isfinite(ratioMinusOne))
        return formatNumber(ratioMinusOne);
    const double percent = ratioMinusOne * 100;
    const int significant = std::abs(percent) < 100 ? 2 : 3;
    return (percent >= 0 ? QStringLiteral("+") : QString()) + formatNumber(percent, significant)
        + QStringLiteral(" %");
}

QString formatPowerOfTen(int exponent)
{
    static const QString digits = QString::fromUtf8("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString text = QStringLiteral("10");
    if (exponent < 0)
        text += QChar(0x207b);
    for (const QChar c : QString::number(std::abs(exponent)))
        text += digits[c.digitValue()];
    return text;
}

} // namespace bitwright::views
