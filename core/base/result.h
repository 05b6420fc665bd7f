#pragma once

#include "core/base/error.h"

#include <fmt/format.h>
#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace bitwright {

/// Value or Error. An alias, so that std::expected can replace it.
template <typename T>
using Result = tl::expected<T, Error>;

/// Builds a failed Result: `return fail(ErrorCode::Format, "Header says {} bytes, only {} follow.", a, b);`
template <typename... Args>
[[nodiscard]] tl::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> text, Args&&... args)
{
    Error error;
    error.code = code;
    error.message = fmt::format(text, std::forward<Args>(args)...);
    return tl::unexpected<Error>(std::move(error));
}

/// Passes an error on unchanged (after adding context with its setters).
[[nodiscard]] inline tl::unexpected<Error> fail(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

} // namespace bitwright

#define BITWRIGHT_CONCAT_INNER(a, b) a##b
#define BITWRIGHT_CONCAT(a, b) BITWRIGHT_CONCAT_INNER(a, b)

#define BITWRIGHT_CHECK_INNER(temporary, expression)                                                         \
    do {                                                                                                     \
        auto&& temporary = (expression);                                                                     \
        if (!temporary)                                                                                      \
            return ::tl::unexpected<::bitwright::Error>(std::move(temporary).error());                       \
    } while (false)

/// Returns the error of `expression` (a Result) from the enclosing function, else continues.
#define BITWRIGHT_CHECK(expression)                                                                          \
    BITWRIGHT_CHECK_INNER(BITWRIGHT_CONCAT(bitwrightChecked, __COUNTER__), expression)

#define BITWRIGHT_ASSIGN_INNER(temporary, declaration, expression)                                           \
    auto temporary = (expression);                                                                           \
    if (!temporary)                                                                                          \
        return ::tl::unexpected<::bitwright::Error>(std::move(temporary).error());                           \
    declaration = std::move(*temporary)

/// `BITWRIGHT_ASSIGN(const auto header, readHeader(source));` unpacks a Result or returns its error. Makes
/// several statements: inside an `if` it needs braces.
#define BITWRIGHT_ASSIGN(declaration, expression)                                                            \
    BITWRIGHT_ASSIGN_INNER(BITWRIGHT_CONCAT(bitwrightResult, __COUNTER__), declaration, expression)
