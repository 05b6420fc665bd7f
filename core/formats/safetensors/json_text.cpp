#include "core/formats/safetensors/json_text.h"

#include "core/base/limits.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

namespace bitwright::formats::json {

namespace {

/// Reads `text` forward and keeps the position where a SAX handler can see it: nlohmann's SAX tells none.
class TrackingIterator
{
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    TrackingIterator() = default;
    TrackingIterator(const char* at, const char** seen)
        : m_at(at)
        , m_seen(seen)
    { }
    reference operator*() const { return *m_at; }
    TrackingIterator& operator++()
    {
        *m_seen = ++m_at;
        return *this;
    }
    TrackingIterator operator++(int)
    {
        TrackingIterator before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const TrackingIterator& a, const TrackingIterator& b) { return a.m_at == b.m_at; }

private:
    const char* m_at = nullptr;
    const char** m_seen = nullptr;
};

/// Length of the well-formed UTF-8 sequence at `text[at]`, 0 if malformed (Unicode, table 3-7).
std::size_t sequenceLength(std::string_view text, std::size_t at)
{
    const auto byteAt
        = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto between
        = [](unsigned value, unsigned low, unsigned high) { return value >= low && value <= high; };
    const unsigned first = byteAt(at);
    const unsigned second = byteAt(at + 1);
    if (first < 0x80)
        return 1;
    if (between(first, 0xC2, 0xDF))
        return between(second, 0x80, 0xBF) ? 2 : 0;
    const bool thirdOk = between(byteAt(at + 2), 0x80, 0xBF);
    if (between(first, 0xE0, 0xEF)) {
        const unsigned low = first == 0xE0 ? 0xA0 : 0x80; // no overlong forms
        const unsigned high = first == 0xED ? 0x9F : 0xBF; // no surrogates
        return between(second, low, high) && thirdOk ? 3 : 0;
    }
    if (between(first, 0xF0, 0xF4)) {
        const unsigned low = first == 0xF0 ? 0x90 : 0x80;
        const unsigned high = first == 0xF4 ? 0x8F : 0xBF; // nothing above U+10FFFF
        return between(second, low, high) && thirdOk && between(byteAt(at + 3), 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

/// Whether eight bytes are all ASCII and none is zero.
bool isPlainAscii(const char* bytes)
{
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    constexpr std::uint64_t kHigh = 0x8080808080808080U;
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    return (word & kHigh) == 0 && ((word - kOnes) & kHigh) == 0;
}

/// Forwards nlohmann's events to a Handler, counting levels. Returning false stops the parser.
class Events
{
public:
    using Value = nlohmann::json;

    Events(
        std::string_view text, std::string_view what, Handler& handler, const char** seen, std::uint64_t base)
        : m_text(text)
        , m_what(what)
        , m_handler(handler)
        , m_seen(seen)
        , m_base(base)
    { }

    bool null() { return scalar({Kind::Null, 0, {}}); }
    bool boolean(bool value) { return scalar({Kind::Boolean, value ? 1U : 0U, {}}); }
    bool number_integer(Value::number_integer_t value)
    {
        // Only "-0" arrives here without being negative; the reference reader refuses it for sizes as well.
        return scalar({Kind::Negative, static_cast<std::uint64_t>(value), {}});
    }
    bool number_unsigned(Value::number_unsigned_t value) { return scalar({Kind::Unsigned, value, {}}); }
    bool number_float(Value::number_float_t /*value*/, const Value::string_t& spelled)
    {
        const bool digitsOnly = spelled.find_first_not_of("0123456789") == std::string::npos;
        const bool negative = !spelled.empty() && spelled.front() == '-'
            && spelled.find_first_not_of("0123456789", 1) == std::string::npos;
        return scalar({digitsOnly ? Kind::TooLarge : negative ? Kind::Negative : Kind::Real, 0, spelled});
    }
    bool string(Value::string_t& value) { return scalar({Kind::Text, 0, value}); }
    bool binary(Value::binary_t& /*value*/) { return false; } // JSON text has none
    bool start_object(std::size_t /*count*/) { return enter() && keep(m_handler.beginObject()); }
    bool end_object() { return leave() && keep(m_handler.endObject()); }
    bool start_array(std::size_t /*count*/) { return enter() && keep(m_handler.beginArray()); }
    bool end_array() { return leave() && keep(m_handler.endArray()); }
    bool key(Value::string_t& name) { return keep(m_handler.key(name)); }

    bool parse_error(std::size_t position, const std::string& /*token*/, const Value::exception& /*why*/)
    {
        // A number right before the end is only known to be cut when the end is seen.
        const std::size_t at = std::min(position == 0 ? 0 : position - 1, m_text.size());
        const bool ended
            = m_text.find_first_not_of(" \t\r\n", at) == std::string_view::npos || position > m_text.size();
        if (ended)
            stop(fmt::format("{} JSON ends early at byte {}.", m_what, m_base + m_text.size()),
                m_base + m_text.size());
        else
            stop(fmt::format("{} is not valid JSON at byte {}.", m_what, m_base + at), m_base + at);
        return false;
    }

    [[nodiscard]] std::optional<Error>& error() { return m_error; }

private:
    bool scalar(const Scalar& value) { return keep(m_handler.scalar(value)); }

    bool enter()
    {
        if (++m_depth <= limits::kJsonDepth)
            return true;
        stop(fmt::format("{} JSON is nested deeper than {}.", m_what, limits::kJsonDepth), position());
        return false;
    }

    bool leave()
    {
        --m_depth;
        return true;
    }

    bool keep(Result<void> result)
    {
        if (result)
            return true;
        m_error = std::move(result).error().atOffset(position());
        return false;
    }

    void stop(std::string message, std::uint64_t at)
    {
        Error error;
        error.code = ErrorCode::Format;
        error.message = std::move(message);
        error.offset = at;
        m_error = std::move(error);
    }

    [[nodiscard]] std::uint64_t position() const
    {
        return m_base + static_cast<std::uint64_t>(*m_seen - m_text.data());
    }

    std::string_view m_text;
    std::string_view m_what;
    Handler& m_handler;
    const char** m_seen;
    std::uint64_t m_base;
    std::size_t m_depth = 0;
    std::optional<Error> m_error;
};

} // namespace

std::optional<BadByte> findBadByte(std::string_view text)
{
    for (std::size_t i = 0; i < text.size();) {
        if (i + 8 <= text.size() && isPlainAscii(text.data() + i)) {
            i += 8;
            continue;
        }
        const std::size_t length = sequenceLength(text, i);
        if (length == 0 || text[i] == '\0')
            return BadByte{i, text[i] == '\0'};
        i += length;
    }
    return std::nullopt;
}

Result<void> parse(std::string_view text, std::string_view what, Handler& handler, std::uint64_t base)
{
    if (const auto bad = findBadByte(text)) {
        Error error;
        error.code = ErrorCode::Format;
        error.message = bad->nul ? fmt::format("{} holds a NUL byte at byte {}.", what, base + bad->position)
                                 : fmt::format("{} is not UTF-8 at byte {}.", what, base + bad->position);
        error.offset = base + bad->position;
        return fail(std::move(error));
    }
    const char* seen = text.data();
    Events events(text, what, handler, &seen, base);
    const TrackingIterator begin(text.data(), &seen);
    const TrackingIterator end(text.data() + text.size(), &seen);
    const bool complete = nlohmann::json::sax_parse(begin, end, &events);
    if (events.error())
        return fail(std::move(*events.error()));
    if (!complete)
        return fail(ErrorCode::Format, "{} is not valid JSON.", what);
    return {};
}

} // namespace bitwright::formats::json
