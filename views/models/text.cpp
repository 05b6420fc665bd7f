#include "views/models/text.h"

#include "views/models/number_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>

#include <algorithm>
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

QString jointName(const QStringList& names)
{
    if (names.size() < 2)
        return names.join(QString());
    // What all begin and end with, up to a whole part.
    QString head = names.front(), tail = names.front();
    for (const QString& name : names) {
        while (!name.startsWith(head))
            head.chop(1);
        while (!name.endsWith(tail))
            tail.remove(0, 1);
    }
    head.truncate(head.lastIndexOf(u'.') + 1);
    const auto cut = tail.indexOf(QRegularExpression(QStringLiteral("[._]")));
    tail = cut < 0 ? QString() : tail.mid(cut);
    QStringList middles;
    for (const QString& name : names)
        middles << name.mid(head.size(), name.size() - head.size() - tail.size());
    const bool differ = std::none_of(middles.begin(), middles.end(), [](const QString& middle) {
        return middle.isEmpty() || middle.contains(u'.') || middle.contains(u' ');
    });
    return differ && !head.isEmpty() ? head + u'{' + middles.join(u',') + u'}' + tail
                                     : names.join(QStringLiteral(" + "));
}

QString numberText(double value, int digits)
{
    if (std::isnan(value))
        return QCoreApplication::translate("Text", "unknown");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    constexpr int kReadable = 6; // beyond it, somebody wants every digit
    return digits <= kReadable ? formatNumber(value, digits) : formatExact(value);
}

QString readableToken(const std::string& text)
{
    QString readable;
    std::string rest; // what the escaping of file contents looks after
    const auto flush = [&] {
        readable += QString::fromStdString(escapedForDisplay(rest));
        rest.clear();
    };
    for (const char c : text) {
        const char16_t sign = c == ' ' ? u'␣' : c == '\n' ? u'↵' : c == '\t' ? u'⇥' : u'\0';
        if (sign == u'\0') {
            rest += c;
            continue;
        }
        flush();
        readable += QChar(sign);
    }
    flush();
    return readable;
}

QString shortOptionName(const plan::PlanSpace& space, std::size_t option)
{
    const auto& ids = space.optionIds();
    const auto quantizerOf = [](const std::string& id) {
        const auto slash = id.find('/');
        return slash == std::string::npos ? std::string() : id.substr(slash);
    };
    std::string common;
    for (const auto& id : ids) {
        const std::string quantizer = quantizerOf(id);
        if (quantizer.empty())
            continue; // "keep"
        if (!common.empty() && common != quantizer)
            return QString::fromStdString(ids[option]);
        common = quantizer;
    }
    const std::string& id = ids[option];
    return QString::fromStdString(id.substr(0, id.size() - quantizerOf(id).size()));
}

} // namespace bitwright::views
