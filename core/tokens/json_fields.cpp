#include "core/tokens/json_fields.h"

namespace bitwright::tokens {

namespace {

constexpr std::uint64_t kLargestId = 0x7FFFFFFF;

tl::unexpected<Error> wrong(const char* key, std::string_view what)
{
    return fail(ErrorCode::Format, "The tokenizer's field \"{}\" is not {}.", key, what);
}

} // namespace

const nlohmann::json* memberIfAny(const nlohmann::json& object, const char* key)
{
    if (!object.is_object())
        return nullptr;
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<const nlohmann::json*> member(const nlohmann::json& object, const char* key)
{
    const nlohmann::json* const found = memberIfAny(object, key);
    if (found == nullptr)
        return fail(ErrorCode::Format, "The tokenizer has no field \"{}\" where one must be.", key);
    return found;
}

Result<std::string> textField(
    const nlohmann::json& object, const char* key, std::optional<std::string> fallback)
{
    if (fallback && memberIfAny(object, key) == nullptr)
        return *fallback;
    BITWRIGHT_ASSIGN(const nlohmann::json* const value, member(object, key));
    if (!value->is_string())
        return wrong(key, "a text");
    return value->get<std::string>();
}

Result<bool> flagField(const nlohmann::json& object, const char* key, std::optional<bool> fallback)
{
    if (fallback && memberIfAny(object, key) == nullptr)
        return *fallback;
    BITWRIGHT_ASSIGN(const nlohmann::json* const value, member(object, key));
    if (!value->is_boolean())
        return wrong(key, "true or false");
    return value->get<bool>();
}

Result<std::uint32_t> idOf(const nlohmann::json& value, std::string_view what)
{
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kLargestId)
        return fail(ErrorCode::Format, "The tokenizer's {} is no whole number below 2^31.", what);
    return value.get<std::uint32_t>();
}

Result<std::uint32_t> sizeField(
    const nlohmann::json& object, const char* key, std::optional<std::uint32_t> fallback)
{
    if (fallback && memberIfAny(object, key) == nullptr)
        return *fallback;
    BITWRIGHT_ASSIGN(const nlohmann::json* const value, member(object, key));
    return idOf(*value, fmt::format("field \"{}\"", key));
}

tl::unexpected<Error> unknownPart(std::string_view kind, std::string_view name)
{
    Error error;
    error.code = ErrorCode::Unsupported;
    error.message = fmt::format("This program does not know the {} \"{}\" of the tokenizer.", kind, name);
    error.remedy = kGiveIds;
    return fail(std::move(error));
}

} // namespace bitwright::tokens
