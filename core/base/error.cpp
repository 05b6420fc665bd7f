#include "core/base/error.h"

#include <fmt/format.h>

namespace bitwright {

std::string_view errorCodeName(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Io:
        return "io";
    case ErrorCode::Format:
        return "format";
    case ErrorCode::Unsupported:
        return "unsupported";
    case ErrorCode::InvalidArgument:
        return "invalid-argument";
    case ErrorCode::OutOfRange:
        return "out-of-range";
    case ErrorCode::Numeric:
        return "numeric";
    case ErrorCode::OutOfMemory:
        return "out-of-memory";
    case ErrorCode::Infeasible:
        return "infeasible";
    case ErrorCode::Mismatch:
        return "mismatch";
    case ErrorCode::Cancelled:
        return "canceled";
    case ErrorCode::Internal:
        return "internal";
    }
    return "internal";
}

namespace {

/// Length of the well-formed UTF-8 sequence at `text[at]`, 0 if malformed (overlong forms and surrogates
/// included).
std::size_t utf8Length(std::string_view text, std::size_t at)
{
    const auto byteAt = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byteAt(at);
    const auto continues = [&](std::size_t i) { return i < text.size() && (byteAt(i) & 0xC0) == 0x80; };
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return continues(at + 1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (!continues(at + 1) || !continues(at + 2))
            return 0;
        const unsigned char second = byteAt(at + 1);
        const bool overlong = first == 0xE0 && second < 0xA0;
        const bool surrogate = first == 0xED && second > 0x9F;
        return overlong || surrogate ? 0 : 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (!continues(at + 1) || !continues(at + 2) || !continues(at + 3))
            return 0;
        const unsigned char second = byteAt(at + 1);
        return (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F) ? 0 : 4;
    }
    return 0;
}

/// Marks that reorder or hide neighbouring text when drawn.
bool isDirectionMark(std::string_view sequence)
{
    if (sequence.size() != 3)
        return false;
    const auto a = static_cast<unsigned char>(sequence[0]);
    const auto b = static_cast<unsigned char>(sequence[1]);
    const auto c = static_cast<unsigned char>(sequence[2]);
    if (a == 0xE2 && b == 0x80)
        return (c >= 0x8B && c <= 0x8F) || (c >= 0xA8 && c <= 0xAE); // U+200B-200F, U+2028-202E
    return (a == 0xE2 && b == 0x81 && c >= 0xA6 && c <= 0xA9) // U+2066-2069
        || (a == 0xEF && b == 0xBB && c == 0xBF); // U+FEFF
}

} // namespace

std::string escapedForDisplay(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = utf8Length(text, i);
        const auto first = static_cast<unsigned char>(text[i]);
        const bool control = length == 1 && (first < 0x20 || first == 0x7F);
        const bool c1 = length == 2 && first == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        const std::size_t take = length == 0 ? 1 : length;
        if (length == 0 || control || c1 || isDirectionMark(text.substr(i, take))) {
            for (std::size_t k = i; k < i + take; ++k)
                out += fmt::format("\\x{:02X}", static_cast<unsigned char>(text[k]));
        } else {
            out.append(text, i, take);
        }
        i += take;
    }
    return out;
}

std::string Error::oneLine() const
{
    std::string line;
    if (!file.empty())
        line += escapedForDisplay(file) + ": ";
    if (!tensor.empty())
        line += fmt::format("\"{}\": ", escapedForDisplay(tensor));
    if (offset)
        line += fmt::format("byte {}: ", *offset);
    line += escapedForDisplay(message);
    if (!remedy.empty())
        line += " " + escapedForDisplay(remedy);
    return line;
}

Error&& Error::inFile(std::string_view path) &&
{
    if (file.empty())
        file = path;
    return std::move(*this);
}

Error&& Error::inTensor(std::string_view name) &&
{
    if (tensor.empty())
        tensor = name;
    return std::move(*this);
}

Error&& Error::atOffset(std::uint64_t byte) &&
{
    if (!offset)
        offset = byte;
    return std::move(*this);
}

Error&& Error::withRemedy(std::string_view what) &&
{
    if (remedy.empty())
        remedy = what;
    return std::move(*this);
}

} // namespace bitwright
