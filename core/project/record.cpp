#include "core/project/record.h"

#include <cmath>
#include <limits>

namespace bitwright::project {

nlohmann::json numberToJson(double value)
{
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value > 0 ? "inf" : "-inf";
    return value;
}

double numberFromJson(const nlohmann::json& value, double fallback)
{
    if (value.is_number())
        return value.get<double>();
    if (value == "nan")
        return std::numeric_limits<double>::quiet_NaN();
    if (value == "inf")
        return std::numeric_limits<double>::infinity();
    if (value == "-inf")
        return -std::numeric_limits<double>::infinity();
    return fallback;
}

void Record::putNumber(const std::string& name, double value)
{
    scalars[name] = numberToJson(value);
}

double Record::number(const std::string& name, double fallback) const
{
    const auto found = scalars.find(name);
    return found == scalars.end() ? fallback : numberFromJson(*found, fallback);
}

void Record::putOptional(const std::string& name, const std::optional<double>& value)
{
    if (value)
        putNumber(name, *value);
}

std::optional<double> Record::optional(const std::string& name) const
{
    if (!scalars.contains(name))
        return std::nullopt;
    return number(name, 0);
}

std::uint64_t Record::integer(const std::string& name) const
{
    const auto found = scalars.find(name);
    return found != scalars.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::string Record::text(const std::string& name) const
{
    const auto found = scalars.find(name);
    return found != scalars.end() && found->is_string() ? found->get<std::string>() : std::string();
}

} // namespace bitwright::project
