#include "views/models/text.h"

#include <QCoreApplication>
#include <QLocale>

#include <array>
#include <cmath>

namespace bitwright::views {

QString sizeText(std::uint64_t bytes)
{
    static constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1024.0 && unit + 1 < kUnits.size()) {
        value /= 1024.0;
        ++unit;
    }
    const int decimals = unit == 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return QStringLiteral("%1 %2").arg(QLocale().toString(value, 'f', decimals), QLatin1String(kUnits[unit]));
}

QString dtypeText(const model::TensorInfo& tensor)
{
    const auto name = model::dtypeName(tensor.dtype);
    return tensor.dtype == model::DType::Unknown
        ? QString::fromStdString(escapedForDisplay(tensor.dtypeText))
        : QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

QString roleText(model::Role role)
{
    const auto name = model::roleName(role);
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

QString shortTensorName(const std::string& name, std::optional<int> block)
{
    QString text = QString::fromStdString(escapedForDisplay(name));
    if (text.endsWith(QLatin1String(".weight")))
        text.chop(7);
    if (!block)
        return text;
    const QString middle = QStringLiteral(".%1.").arg(*block);
    const auto at = text.indexOf(middle);
    return at < 0 ? text : QStringLiteral("%1 %2").arg(*block).arg(text.mid(at + middle.size()));
}

QString numberText(double value, int digits)
{
    if (std::isnan(value))
        return QCoreApplication::translate("Text", "unknown");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    return QLocale().toString(value, 'g', digits);
}

} // namespace bitwright::views
