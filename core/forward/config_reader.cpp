#include "core/forward/config_reader.h"

#include <array>
#include <cmath>
#include <utility>

namespace bitwright::forward {

bool ConfigReader::has(const char* key) const
{
    const auto found = m_object.find(key);
    return found != m_object.end() && !found->is_null();
}

Result<std::uint64_t> ConfigReader::size(
    const char* key, std::optional<std::uint64_t> fallback, std::uint64_t least) const
{
    constexpr double kMost = 2147483647.0;
    if (!has(key)) {
        if (fallback)
            return *fallback;
        return fail(ErrorCode::Format, "config.json does not say \"{}\".", key);
    }
    const auto& value = m_object[key];
    const double number = value.is_number() ? value.get<double>() : -1.0;
    if (!value.is_number() || std::floor(number) != number)
        return fail(ErrorCode::Format, "\"{}\" in config.json is not a whole number.", key);
    if (number < static_cast<double>(least) || number > kMost)
        return fail(ErrorCode::OutOfRange, "\"{}\" in config.json is {}: not a possible size.", key, number);
    return static_cast<std::uint64_t>(number);
}

Result<double> ConfigReader::number(const char* key, std::optional<double> fallback) const
{
    if (!has(key)) {
        if (fallback)
            return *fallback;
        return fail(ErrorCode::Format, "config.json does not say \"{}\".", key);
    }
    const auto& value = m_object[key];
    if (!value.is_number() || !std::isfinite(value.get<double>()))
        return fail(ErrorCode::Format, "\"{}\" in config.json is not a number.", key);
    return value.get<double>();
}

Result<bool> ConfigReader::flag(const char* key, bool fallback) const
{
    if (!has(key))
        return fallback;
    if (!m_object[key].is_boolean())
        return fail(ErrorCode::Format, "\"{}\" in config.json is neither true nor false.", key);
    return m_object[key].get<bool>();
}

Result<std::string> ConfigReader::text(const char* key, const std::string& fallback) const
{
    if (!has(key))
        return fallback;
    if (!m_object[key].is_string())
        return fail(ErrorCode::Format, "\"{}\" in config.json is not a text.", key);
    return m_object[key].get<std::string>();
}

Result<std::vector<double>> ConfigReader::numbers(const char* key) const
{
    std::vector<double> result;
    if (!has(key))
        return result;
    if (!m_object[key].is_array())
        return fail(ErrorCode::Format, "\"{}\" in config.json is not a list.", key);
    for (const auto& value : m_object[key]) {
        if (!value.is_number() || !std::isfinite(value.get<double>()))
            return fail(ErrorCode::Format, "\"{}\" in config.json holds something that is no number.", key);
        result.push_back(value.get<double>());
    }
    return result;
}

namespace {

Result<RopeKind> ropeKind(const std::string& word)
{
    using Entry = std::pair<std::string_view, RopeKind>;
    constexpr std::array<Entry, 7> kKinds{Entry{"default", RopeKind::Default},
        Entry{"linear", RopeKind::Linear}, Entry{"dynamic", RopeKind::Dynamic},
        Entry{"llama3", RopeKind::Llama3}, Entry{"yarn", RopeKind::Yarn},
        Entry{"longrope", RopeKind::LongRope}, Entry{"su", RopeKind::LongRope}};
    for (const auto& [name, kind] : kKinds) {
        if (word == name)
            return kind;
    }
    return fail(ErrorCode::Unsupported,
        "This model has rotary embeddings of type \"{}\", which Bitwright cannot run.", word);
}

/// The factor on cos and sin that yarn and longrope give when the file does not.
Result<double> attentionFactor(const ConfigReader& values, const Rope& rope)
{
    if (values.has("attention_factor"))
        return values.number("attention_factor");
    if (rope.kind == RopeKind::LongRope)
        return rope.factor <= 1
            ? 1.0
            : std::sqrt(1 + std::log(rope.factor) / std::log(static_cast<double>(rope.originalPositions)));
    const auto scale
        = [&](double by) { return rope.factor <= 1 ? 1.0 : 0.1 * by * std::log(rope.factor) + 1; };
    BITWRIGHT_ASSIGN(const double each, values.number("mscale", 0.0));
    BITWRIGHT_ASSIGN(const double all, values.number("mscale_all_dim", 0.0));
    return each != 0 && all != 0 ? scale(each) / scale(all) : scale(1);
}

Result<void> checkRope(const Rope& rope)
{
    if (rope.theta <= 1)
        return fail(ErrorCode::OutOfRange, "\"rope_theta\" in config.json is {}.", rope.theta);
    if (!std::isfinite(rope.attentionFactor) || rope.attentionFactor <= 0)
        return fail(ErrorCode::OutOfRange, "The rotary \"attention_factor\" of config.json is {}.",
            rope.attentionFactor);
    if (rope.factor <= 0)
        return fail(ErrorCode::OutOfRange, "The rotary \"factor\" in config.json is {}.", rope.factor);
    if (rope.kind == RopeKind::Llama3 && rope.highFrequencyFactor <= rope.lowFrequencyFactor)
        return fail(
            ErrorCode::OutOfRange, "\"high_freq_factor\" in config.json is not above \"low_freq_factor\".");
    if (rope.kind != RopeKind::LongRope)
        return {};
    if (rope.shortFactor.size() != rope.dimensions / 2 || rope.longFactor.size() != rope.dimensions / 2)
        return fail(ErrorCode::Format,
            "\"short_factor\" and \"long_factor\" in config.json have {} and {} numbers, {} rotated "
            "dimensions "
            "need {}.",
            rope.shortFactor.size(), rope.longFactor.size(), rope.dimensions, rope.dimensions / 2);
    return {};
}

/// The numbers of the scaled kinds. `outer` is the whole config.json.
Result<void> readScaling(
    const ConfigReader& values, const ConfigReader& outer, std::uint64_t positions, Rope& rope)
{
    BITWRIGHT_ASSIGN(rope.originalPositions, values.size("original_max_position_embeddings", positions));
    // Phi-3 keeps it outside, and that one counts.
    BITWRIGHT_ASSIGN(
        rope.originalPositions, outer.size("original_max_position_embeddings", rope.originalPositions));
    const bool ratio = rope.kind == RopeKind::LongRope || rope.kind == RopeKind::Yarn;
    const double byPositions = static_cast<double>(positions) / static_cast<double>(rope.originalPositions);
    BITWRIGHT_ASSIGN(
        rope.factor, values.number("factor", ratio ? std::optional<double>(byPositions) : std::nullopt));
    if (rope.kind == RopeKind::Llama3) {
        BITWRIGHT_ASSIGN(rope.lowFrequencyFactor, values.number("low_freq_factor"));
        BITWRIGHT_ASSIGN(rope.highFrequencyFactor, values.number("high_freq_factor"));
    }
    BITWRIGHT_ASSIGN(rope.betaFast, values.number("beta_fast", 32.0));
    BITWRIGHT_ASSIGN(rope.betaSlow, values.number("beta_slow", 1.0));
    BITWRIGHT_ASSIGN(rope.truncate, values.flag("truncate", true));
    BITWRIGHT_ASSIGN(rope.shortFactor, values.numbers("short_factor"));
    BITWRIGHT_ASSIGN(rope.longFactor, values.numbers("long_factor"));
    if (ratio) {
        BITWRIGHT_ASSIGN(rope.attentionFactor, attentionFactor(values, rope));
    }
    return {};
}

/// One set from the object `values`; what it lacks stands in the whole config.json.
Result<Rope> readRope(const ConfigReader& values, const ConfigReader& outer, double defaultTheta,
    const Architecture& architecture)
{
    Rope rope;
    BITWRIGHT_ASSIGN(const std::string older, values.text("type", "default"));
    BITWRIGHT_ASSIGN(const std::string word, values.text("rope_type", older));
    BITWRIGHT_ASSIGN(rope.kind, ropeKind(word));
    BITWRIGHT_ASSIGN(const double theta, outer.number("rope_theta", defaultTheta));
    BITWRIGHT_ASSIGN(rope.theta, values.number("rope_theta", theta));
    BITWRIGHT_ASSIGN(const double outerPart, outer.number("partial_rotary_factor", 1.0));
    BITWRIGHT_ASSIGN(const double part, values.number("partial_rotary_factor", outerPart));
    const double dimensions = std::floor(static_cast<double>(architecture.headDim) * part);
    if (part <= 0 || part > 1 || dimensions < 2 || std::fmod(dimensions, 2.0) != 0)
        return fail(ErrorCode::Unsupported,
            "This model rotates {} of {} dimensions of a head (\"partial_rotary_factor\"), which Bitwright "
            "cannot "
            "run.",
            dimensions, architecture.headDim);
    rope.dimensions = static_cast<std::uint64_t>(dimensions);
    if (rope.kind != RopeKind::Default)
        BITWRIGHT_CHECK(readScaling(values, outer, architecture.positions, rope));
    BITWRIGHT_CHECK(checkRope(rope));
    return rope;
}

} // namespace

Result<void> readRopes(const ConfigReader& config, const std::vector<std::string>& layerTypes,
    double defaultTheta, Architecture& architecture)
{
    const nlohmann::json empty = nlohmann::json::object();
    const char* key = config.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
    const nlohmann::json& given = config.has(key) ? config.object()[key] : empty;
    if (!given.is_object())
        return fail(ErrorCode::Format, "\"{}\" in config.json is not an object.", key);
    const bool perKind = given.contains("full_attention") || given.contains("sliding_attention");
    const bool local = config.has("rope_local_base_freq") || architecture.family == Family::Gemma3;
    std::vector<std::string> kinds;
    for (std::size_t i = 0; i < layerTypes.size(); ++i) {
        const std::string& kind = layerTypes[i];
        std::size_t at = 0;
        while (at < kinds.size() && kinds[at] != kind)
            ++at;
        const bool separate = perKind || (local && kind == "sliding_attention");
        if (at == kinds.size()) {
            kinds.push_back(kind);
            if (perKind && (!given.contains(kind) || !given[kind].is_object()))
                return fail(ErrorCode::Format, "\"{}\" in config.json lacks \"{}\".", key, kind);
            nlohmann::json values = perKind ? given[kind] : given;
            if (separate
                && !perKind) { // older Gemma 3: sliding layers have a base of their own and no scaling
                BITWRIGHT_ASSIGN(const double base, config.number("rope_local_base_freq", 10'000.0));
                values = {{"rope_theta", base}};
            }
            BITWRIGHT_ASSIGN(Rope rope, readRope(ConfigReader(values), config, defaultTheta, architecture));
            architecture.ropes.push_back(std::move(rope));
        }
        architecture.layers[i].rope = at;
    }
    return {};
}

} // namespace bitwright::forward
