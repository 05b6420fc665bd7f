#include "core/io/hash.h"

#include "core/io/byte_source.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cstdint>
#include <new>
#include <vector>

namespace bitwright::io {

struct Hasher::State
{
    State()
        : xxh(XXH3_createState())
    {
        if (xxh == nullptr)
            throw std::bad_alloc();
        XXH3_128bits_reset(xxh);
    }
    ~State() { XXH3_freeState(xxh); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    XXH3_state_t* xxh;
};

Hasher::Hasher()
    : m_state(std::make_unique<State>())
{ }
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::add(std::span<const std::byte> bytes)
{
    if (!bytes.empty())
        XXH3_128bits_update(m_state->xxh, bytes.data(), bytes.size());
}

void Hasher::add(std::string_view text)
{
    std::byte length[8];
    for (unsigned i = 0; i < 8; ++i)
        length[i] = static_cast<std::byte>(static_cast<std::uint64_t>(text.size()) >> (8U * i));
    add(std::span<const std::byte>(length));
    add(std::as_bytes(std::span<const char>(text.data(), text.size())));
}

std::string Hasher::hex() const
{
    const XXH128_hash_t digest = XXH3_128bits_digest(m_state->xxh);
    return fmt::format("{:016x}{:016x}", digest.high64, digest.low64);
}

Result<std::string> hashOf(const ByteSource& source, const RunContext& context)
{
    constexpr std::size_t kBlock = std::size_t{1} << 20U;
    Hasher hasher;
    std::vector<std::byte> block(static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, source.size())));
    for (std::uint64_t at = 0; at < source.size(); at += kBlock) {
        BITWRIGHT_CHECK(context.checkStop());
        const auto part = std::span(block).first(
            static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, source.size() - at)));
        BITWRIGHT_CHECK(source.readAt(at, part));
        hasher.add(std::span<const std::byte>(part));
    }
    return hasher.hex();
}

} // namespace bitwright::io
