#include "core/export/packed_scheme.h"

#include "core/export/module_pattern.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitwright::exporting {

namespace {

using nlohmann::ordered_json;

constexpr const char* kConfigKey = "quantization_config";

/// Parses without exceptions; a discarded value for malformed or absurdly deep text.
ordered_json parsed(std::string_view text)
{
    constexpr int kDeepest = 64;
    const auto shallow
        = [](int depth, ordered_json::parse_event_t, ordered_json&) { return depth <= kDeepest; };
    return ordered_json::parse(text, shallow, false);
}

std::string textOf(const ordered_json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<std::vector<std::string>> stringsOf(const ordered_json& list, std::string_view what)
{
    std::vector<std::string> strings;
    if (!list.is_array())
        return fail(ErrorCode::Format, "{} of quantization_config is no list.", what);
    for (const ordered_json& item : list) {
        if (!item.is_string())
            return fail(
                ErrorCode::Format, "{} of quantization_config holds something else than names.", what);
        strings.push_back(item.get<std::string>());
        if (!isKnownPattern(strings.back()))
            return fail(ErrorCode::Unsupported, "Target \"{}\" of quantization_config is not understood.",
                escapedForDisplay(strings.back()));
    }
    return strings;
}

Result<PackedScheme> readScheme(const ordered_json& weights)
{
    PackedScheme scheme;
    const auto bits = weights.find("num_bits");
    const auto symmetric = weights.find("symmetric");
    if (bits == weights.end() || !bits->is_number_integer() || symmetric == weights.end()
        || !symmetric->is_boolean())
        return fail(ErrorCode::Format, "A config group lacks num_bits or symmetric.");
    if (textOf(weights, "type") != "int")
        return fail(ErrorCode::Unsupported, "A config group is not of type int.");
    const auto count = bits->get<std::int64_t>();
    if (count != 2 && count != 4 && count != 8)
        return fail(ErrorCode::Unsupported, "A config group has {} bits; 2, 4 and 8 are read.", count);
    scheme.bits = static_cast<int>(count);
    scheme.symmetric = symmetric->get<bool>();
    const std::string strategy = textOf(weights, "strategy");
    if (strategy == "channel")
        return scheme;
    const auto group = weights.find("group_size");
    if (strategy != "group" || group == weights.end() || !group->is_number_integer())
        return fail(ErrorCode::Unsupported, "A config group is neither of strategy channel nor group.");
    const auto size = group->get<std::int64_t>();
    if (size <= 0 || size > (1 << 20))
        return fail(ErrorCode::Format, "A config group has group_size {}.", size);
    scheme.group = static_cast<std::uint32_t>(size);
    return scheme;
}

ordered_json schemeJson(const PackedScheme& scheme)
{
    ordered_json weights;
    weights["num_bits"] = scheme.bits;
    weights["type"] = "int";
    weights["symmetric"] = scheme.symmetric;
    weights["strategy"] = scheme.group == 0 ? "channel" : "group";
    if (scheme.group != 0)
        weights["group_size"] = scheme.group;
    weights["dynamic"] = false;
    return weights;
}

ordered_json configJsonOf(const PackedConfig& config)
{
    ordered_json groups = ordered_json::object();
    for (std::size_t i = 0; i < config.groups.size(); ++i)
        groups[fmt::format("group_{}", i)]
            = {{"targets", config.groups[i].targets}, {"weights", schemeJson(config.groups[i].scheme)}};
    ordered_json json;
    json["quant_method"] = "compressed-tensors";
    json["format"] = "pack-quantized";
    json["quantization_status"] = "compressed";
    json["ignore"] = config.ignore;
    json["config_groups"] = std::move(groups);
    return json;
}

} // namespace

std::string schemeId(const PackedScheme& scheme)
{
    return fmt::format("int{}-{}-{}", scheme.bits, scheme.symmetric ? "sym" : "asym",
        scheme.group == 0 ? std::string("row") : fmt::format("g{}", scheme.group));
}

std::vector<const SchemeGroup*> PackedConfig::groupsOf(std::string_view module) const
{
    std::vector<const SchemeGroup*> found;
    for (const SchemeGroup& group : groups)
        if (std::any_of(group.targets.begin(), group.targets.end(),
                [&](const std::string& target) { return matchesModule(target, module); }))
            found.push_back(&group);
    return found;
}

bool PackedConfig::ignores(std::string_view module) const
{
    return std::any_of(ignore.begin(), ignore.end(),
        [&](const std::string& target) { return matchesModule(target, module); });
}

bool isPackedConfig(std::string_view configJson)
{
    const ordered_json json = parsed(configJson);
    if (!json.is_object())
        return false;
    const auto config = json.find(kConfigKey);
    return config != json.end() && config->is_object()
        && textOf(*config, "quant_method") == "compressed-tensors";
}

Result<PackedConfig> readPackedConfig(std::string_view configJson)
{
    const ordered_json json = parsed(configJson);
    const auto found = json.is_object() ? json.find(kConfigKey) : json.end();
    if (!json.is_object() || found == json.end() || !found->is_object())
        return fail(ErrorCode::Format, "config.json has no quantization_config.");
    if (textOf(*found, "format") != "pack-quantized")
        return fail(ErrorCode::Unsupported, "quantization_config has format \"{}\"; pack-quantized is read.",
            escapedForDisplay(textOf(*found, "format")));
    PackedConfig config;
    if (const auto ignore = found->find("ignore"); ignore != found->end()) {
        BITWRIGHT_ASSIGN(config.ignore, stringsOf(*ignore, "ignore"));
    }
    const auto groups = found->find("config_groups");
    if (groups == found->end() || !groups->is_object())
        return fail(ErrorCode::Format, "quantization_config has no config_groups.");
    for (const ordered_json& group : *groups) {
        if (!group.is_object() || !group.contains("targets") || !group.contains("weights")
            || !group["weights"].is_object())
            return fail(ErrorCode::Format, "A config group lacks targets or weights.");
        SchemeGroup read;
        BITWRIGHT_ASSIGN(read.scheme, readScheme(group["weights"]));
        BITWRIGHT_ASSIGN(read.targets, stringsOf(group["targets"], "targets"));
        config.groups.push_back(std::move(read));
    }
    return config;
}

Result<std::string> withPackedConfig(std::string_view configJson, const PackedConfig& config)
{
    ordered_json json = configJson.empty() ? ordered_json::object() : parsed(configJson);
    if (!json.is_object())
        return fail(ErrorCode::Format, "config.json is no JSON object, so nothing can be added to it.");
    json[kConfigKey] = configJsonOf(config);
    return json.dump(2) + "\n";
}

} // namespace bitwright::exporting
