#include "core/tokens/token_trie.h"

namespace bitwright::tokens {

namespace {

std::uint64_t keyOf(std::uint32_t node, char byte)
{
    return std::uint64_t{node} << 8U | static_cast<unsigned char>(byte);
}

} // namespace

void TokenTrie::add(std::string_view text, std::uint32_t value)
{
    if (text.empty())
        return;
    std::uint32_t node = 0;
    for (const char byte : text) {
        const auto [place, added]
            = m_next.try_emplace(keyOf(node, byte), static_cast<std::uint32_t>(m_values.size()));
        if (added)
            m_values.emplace_back();
        node = place->second;
    }
    m_values[node] = value;
}

std::optional<std::uint32_t> TokenTrie::step(std::uint32_t node, char byte) const
{
    const auto found = m_next.find(keyOf(node, byte));
    return found == m_next.end() ? std::nullopt : std::optional(found->second);
}

void TokenTrie::each(
    std::string_view text, std::size_t at, const std::function<void(const Found&)>& visit) const
{
    std::uint32_t node = 0;
    for (std::size_t i = at; i < text.size(); ++i) {
        const auto next = step(node, text[i]);
        if (!next)
            return;
        node = *next;
        if (m_values[node])
            visit({i + 1 - at, *m_values[node]});
    }
}

std::optional<TokenTrie::Found> TokenTrie::longest(std::string_view text, std::size_t at) const
{
    std::optional<Found> best;
    each(text, at, [&](const Found& found) { best = found; });
    return best;
}

} // namespace bitwright::tokens
