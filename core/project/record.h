#pragma once

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::project {

/// One array of a record: little-endian elements of type "f32", "f64" or "u64".
struct RecordArray
{
    std::string type;
    std::vector<std::byte> bytes;
};

/// A measured result on its way to or from the database: scalars as JSON, long vectors as binary arrays.
struct Record
{
    nlohmann::json scalars = nlohmann::json::object();
    std::map<std::string, RecordArray> arrays;

    template <typename T>
    void put(const std::string& name, const std::vector<T>& values)
    {
        RecordArray array{typeName<T>(), std::vector<std::byte>(values.size() * sizeof(T))};
        if (!values.empty())
            std::memcpy(array.bytes.data(), values.data(), array.bytes.size());
        arrays[name] = std::move(array);
    }

    /// Errors: Format when the array is missing, of another type or of an odd length.
    template <typename T>
    [[nodiscard]] Result<std::vector<T>> get(const std::string& name) const
    {
        const auto found = arrays.find(name);
        if (found == arrays.end() || found->second.type != typeName<T>()
            || found->second.bytes.size() % sizeof(T) != 0)
            return fail(ErrorCode::Format, "The project's record lacks a valid array \"{}\".", name);
        std::vector<T> values(found->second.bytes.size() / sizeof(T));
        if (!values.empty())
            std::memcpy(values.data(), found->second.bytes.data(), found->second.bytes.size());
        return values;
    }

    /// A double that may be NaN or infinite, which JSON numbers cannot be.
    void putNumber(const std::string& name, double value);
    [[nodiscard]] double number(const std::string& name, double fallback) const;
    void putOptional(const std::string& name, const std::optional<double>& value);
    [[nodiscard]] std::optional<double> optional(const std::string& name) const;
    [[nodiscard]] std::uint64_t integer(const std::string& name) const;
    [[nodiscard]] std::string text(const std::string& name) const;

private:
    template <typename T>
    static std::string typeName()
    {
        if constexpr (std::is_same_v<T, float>)
            return "f32";
        else if constexpr (std::is_same_v<T, double>)
            return "f64";
        else {
            static_assert(std::is_same_v<T, std::uint64_t>);
            return "u64";
        }
    }
};

/// JSON form of a double: a number, or the strings "nan", "inf", "-inf".
[[nodiscard]] nlohmann::json numberToJson(double value);
[[nodiscard]] double numberFromJson(const nlohmann::json& value, double fallback);

} // namespace bitwright::project
