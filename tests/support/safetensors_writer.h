#pragma once

#include "core/model/dtype.h"
#include "tests/support/temp_folder.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bitwright::test {

/// Any header text and data as a safetensors file, well formed or not.
inline std::string rawSafetensors(std::string_view header, std::string_view data = {})
{
    std::string file;
    for (unsigned i = 0; i < 8; ++i)
        file += static_cast<char>(static_cast<std::uint64_t>(header.size()) >> (8U * i) & 0xFFU);
    file += header;
    file += data;
    return file;
}

/// Builds a well-formed safetensors file, independently of the program's own writer. Tensors keep the order
/// in which they were added.
class SafetensorsWriter
{
public:
    /// `bytes` are the stored little-endian elements.
    SafetensorsWriter& add(
        std::string name, std::string dtype, std::vector<std::uint64_t> shape, std::string bytes)
    {
        m_entries.push_back(
            {std::move(name), std::move(dtype), std::move(shape), m_data.size(), bytes.size()});
        m_data += bytes;
        return *this;
    }

    /// Values are rounded to `dtype` (F32, F16, BF16 or F64).
    SafetensorsWriter& add(
        std::string name, model::DType dtype, std::vector<std::uint64_t> shape, std::span<const float> values)
    {
        std::string bytes(values.size() * model::bitsPerElement(dtype) / 8, '\0');
        const auto stored
            = model::convertFromFloat(dtype, values, std::as_writable_bytes(std::span<char>(bytes)));
        return stored
            ? add(std::move(name), std::string(model::dtypeName(dtype)), std::move(shape), std::move(bytes))
            : *this;
    }

    /// Zeros of any fixed-size type.
    SafetensorsWriter& addZeros(std::string name, model::DType dtype, std::vector<std::uint64_t> shape)
    {
        std::uint64_t bits = model::bitsPerElement(dtype);
        for (const std::uint64_t dimension : shape)
            bits *= dimension;
        return add(std::move(name), std::string(model::dtypeName(dtype)), std::move(shape),
            std::string(static_cast<std::size_t>(bits / 8), '\0'));
    }

    SafetensorsWriter& metadata(std::string key, std::string value)
    {
        m_metadata.emplace_back(std::move(key), std::move(value));
        return *this;
    }

    [[nodiscard]] std::string header() const
    {
        std::string text = "{";
        if (!m_metadata.empty()) {
            text += "\"__metadata__\":{";
            for (const auto& [key, value] : m_metadata)
                text += quoted(key) + ":" + quoted(value) + ",";
            text.back() = '}';
            text += ',';
        }
        for (const Entry& entry : m_entries) {
            text += quoted(entry.name) + ":{\"dtype\":" + quoted(entry.dtype) + ",\"shape\":[";
            for (std::size_t i = 0; i < entry.shape.size(); ++i)
                text += (i > 0 ? "," : "") + std::to_string(entry.shape[i]);
            text += "],\"data_offsets\":[" + std::to_string(entry.begin) + ","
                + std::to_string(entry.begin + entry.bytes) + "]},";
        }
        if (text.back() == ',')
            text.pop_back();
        text += '}';
        while (text.size() % 8 != 0)
            text += ' ';
        return text;
    }

    [[nodiscard]] std::string bytes() const { return rawSafetensors(header(), m_data); }
    [[nodiscard]] bool write(const std::string& path) const { return writeFile(path, bytes()); }

private:
    struct Entry
    {
        std::string name;
        std::string dtype;
        std::vector<std::uint64_t> shape;
        std::size_t begin;
        std::size_t bytes;
    };

    static std::string quoted(const std::string& text) { return nlohmann::json(text).dump(); }

    std::vector<Entry> m_entries;
    std::vector<std::pair<std::string, std::string>> m_metadata;
    std::string m_data;
};

} // namespace bitwright::test
