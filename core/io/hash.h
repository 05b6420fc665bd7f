#pragma once

#include "core/base/run_context.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace bitwright::io {

/// Streaming XXH3-128. Content hashes are cache keys, not security.
class Hasher
{
public:
    Hasher();
    ~Hasher();
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;
    void add(std::span<const std::byte> bytes);
    void add(std::string_view text); ///< Length-prefixed, so that fields cannot run into each other.
    [[nodiscard]] std::string hex() const; ///< 32 hexadecimal digits.

private:
    struct State;
    std::unique_ptr<State> m_state;
};

class ByteSource;
/// XXH3-128 of all bytes, 32 hexadecimal digits. Errors: those of ByteSource::readAt; Cancelled.
[[nodiscard]] Result<std::string> hashOf(const ByteSource& source, const RunContext& context);

} // namespace bitwright::io
