#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

namespace bitwright::cli {

/// "1 token", "2 tokens".
inline std::string counted(std::uint64_t number, std::string_view one)
{
    return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
}

} // namespace bitwright::cli
