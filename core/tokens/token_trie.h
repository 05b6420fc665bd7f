#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bitwright::tokens {

/// Texts with a number each, found as the beginnings of a text.
class TokenTrie
{
public:
    /// A later text of the same bytes takes the place of the earlier one. Empty texts are left out.
    void add(std::string_view text, std::uint32_t value);
    [[nodiscard]] bool empty() const { return m_next.empty(); }

    struct Found
    {
        std::size_t length = 0;
        std::uint32_t value = 0;
    };
    /// The longest entry that `text` begins with at `at`.
    [[nodiscard]] std::optional<Found> longest(std::string_view text, std::size_t at) const;
    /// Calls `visit` with every entry that `text` begins with at `at`, the shortest first.
    void each(std::string_view text, std::size_t at, const std::function<void(const Found&)>& visit) const;

private:
    [[nodiscard]] std::optional<std::uint32_t> step(std::uint32_t node, char byte) const;

    std::unordered_map<std::uint64_t, std::uint32_t> m_next; ///< node and byte -> node
    std::vector<std::optional<std::uint32_t>> m_values{std::nullopt}; ///< Per node; 0 is the root.
};

} // namespace bitwright::tokens
