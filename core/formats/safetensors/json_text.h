#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bitwright::formats::json {

/// Position of the first byte that JSON text of an untrusted file may not hold (malformed UTF-8, or a NUL, at
/// which the parser would silently stop), or nothing.
struct BadByte
{
    std::size_t position = 0;
    bool nul = false;
};
[[nodiscard]] std::optional<BadByte> findBadByte(std::string_view text);

/// Kinds of a scalar as the text spells it. Numbers keep their type: 1.0 is no integer, 2^64 no 64-bit
/// integer.
enum class Kind : std::uint8_t
{
    Null,
    Boolean,
    Unsigned,
    Negative,
    TooLarge, ///< An integer above 2^64 - 1.
    Real,
    Text,
};

struct Scalar
{
    Kind kind = Kind::Null;
    std::uint64_t number = 0; ///< Unsigned, Boolean.
    std::string_view text = {}; ///< Text, or the number as spelled where the parser keeps it.
};

/// What a reader of one JSON document implements; nested levels are counted and limited by parse().
class Handler
{
public:
    virtual ~Handler() = default;
    [[nodiscard]] virtual Result<void> key(std::string_view name) = 0;
    [[nodiscard]] virtual Result<void> scalar(const Scalar& value) = 0;
    [[nodiscard]] virtual Result<void> beginObject() = 0;
    [[nodiscard]] virtual Result<void> endObject() = 0;
    [[nodiscard]] virtual Result<void> beginArray() = 0;
    [[nodiscard]] virtual Result<void> endArray() = 0;
};

/// Parses `text` without building a tree. Errors: Format with the byte position in the text (malformed JSON,
/// bad UTF-8, too deep), and whatever the handler returns. `what` names the text in messages, for example
/// "Header".
[[nodiscard]] Result<void> parse(
    std::string_view text, std::string_view what, Handler& handler, std::uint64_t base = 0);

} // namespace bitwright::formats::json
