#pragma once

#include "core/forward/config.h"

#include <nlohmann/json.hpp>

namespace bitwright::forward {

/// Typed access to the keys of one JSON object, with errors that name the key.
class ConfigReader
{
public:
    explicit ConfigReader(const nlohmann::json& object)
        : m_object(object)
    { }

    /// Whether the key is there and not null.
    [[nodiscard]] bool has(const char* key) const;
    /// A whole number in [least, 2^31); absent: `fallback`, or an error when there is none.
    [[nodiscard]] Result<std::uint64_t> size(
        const char* key, std::optional<std::uint64_t> fallback = {}, std::uint64_t least = 1) const;
    /// A finite number.
    [[nodiscard]] Result<double> number(const char* key, std::optional<double> fallback = {}) const;
    [[nodiscard]] Result<bool> flag(const char* key, bool fallback) const;
    [[nodiscard]] Result<std::string> text(const char* key, const std::string& fallback) const;
    /// A list of finite numbers; empty when absent.
    [[nodiscard]] Result<std::vector<double>> numbers(const char* key) const;
    [[nodiscard]] const nlohmann::json& object() const { return m_object; }

private:
    const nlohmann::json& m_object;
};

/// Fills `ropes` and every layer's `rope` from rope_parameters or rope_theta, rope_scaling and their kin.
/// `layerTypes` names each layer's kind; `heads` etc. of `architecture` must be set.
[[nodiscard]] Result<void> readRopes(const ConfigReader& config, const std::vector<std::string>& layerTypes,
    double defaultTheta, Architecture& architecture);

} // namespace bitwright::forward
