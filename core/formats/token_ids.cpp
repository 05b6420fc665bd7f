#include "core/formats/token_ids.h"

#include "core/base/limits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace bitwright::formats {

namespace {

constexpr std::string_view kMagic{"\x93NUMPY", 6};

/// What the header of an array says.
struct ArrayHeader
{
    bool isSigned = false, bigEndian = false, columnsFirst = false;
    std::size_t width = 0; ///< Bytes of an element.
    std::vector<std::uint64_t> shape;
    std::uint64_t dataOffset = 0;
};

/// Text after `'key':` in the Python literal that the header is, without leading blanks.
std::optional<std::string_view> valueOf(std::string_view header, std::string_view key)
{
    for (const char quote : {'\'', '"'}) {
        const std::string quoted = fmt::format("{}{}{}", quote, key, quote);
        const auto at = header.find(quoted);
        if (at == std::string_view::npos)
            continue;
        std::string_view rest = header.substr(at + quoted.size());
        const auto colon = rest.find_first_not_of(' ');
        if (colon == std::string_view::npos || rest[colon] != ':')
            continue;
        rest.remove_prefix(colon + 1);
        const auto begin = rest.find_first_not_of(' ');
        return begin == std::string_view::npos ? std::string_view() : rest.substr(begin);
    }
    return std::nullopt;
}

Result<void> readType(std::string_view header, ArrayHeader& array)
{
    const auto text = valueOf(header, "descr");
    if (!text || text->size() < 5 || ((*text)[0] != '\'' && (*text)[0] != '"'))
        return fail(ErrorCode::Format, "The array's header names no plain type.");
    const std::string_view type = text->substr(1, text->find((*text)[0], 1) - 1);
    const bool whole = type.size() == 3 && (type[1] == 'i' || type[1] == 'u')
        && (type[2] == '1' || type[2] == '2' || type[2] == '4' || type[2] == '8')
        && (type[0] == '<' || type[0] == '>' || type[0] == '|' || type[0] == '=');
    if (!whole)
        return fail(ErrorCode::Format, "The array holds \"{}\", token ids are whole numbers.",
            escapedForDisplay(type.substr(0, 40)));
    array.isSigned = type[1] == 'i';
    array.bigEndian = type[0] == '>';
    array.width = static_cast<std::size_t>(type[2] - '0');
    return {};
}

Result<void> readShape(std::string_view header, ArrayHeader& array)
{
    const auto order = valueOf(header, "fortran_order");
    if (!order || !(order->starts_with("True") || order->starts_with("False")))
        return fail(ErrorCode::Format, "The array's header does not say its order.");
    array.columnsFirst = order->starts_with("True");
    const auto text = valueOf(header, "shape");
    const auto end = text ? text->find(')') : std::string_view::npos;
    if (!text || !text->starts_with('(') || end == std::string_view::npos)
        return fail(ErrorCode::Format, "The array's header has no shape.");
    std::string_view sides = text->substr(1, end - 1);
    while (true) {
        const auto begin = sides.find_first_not_of(" ,");
        if (begin == std::string_view::npos)
            break;
        sides.remove_prefix(begin);
        std::uint64_t side = 0;
        const auto [stop, problem] = std::from_chars(sides.data(), sides.data() + sides.size(), side);
        if (problem != std::errc() || array.shape.size() == 2)
            return fail(
                ErrorCode::Format, "The array's shape must be one sequence, or sequences x positions.");
        array.shape.push_back(side);
        sides.remove_prefix(static_cast<std::size_t>(stop - sides.data()));
    }
    if (array.shape.empty())
        return fail(ErrorCode::Format, "The array is a single number, not a sequence.");
    return {};
}

Result<ArrayHeader> readHeader(const io::ByteSource& source)
{
    std::array<std::byte, 12> start{};
    const std::size_t known = std::min<std::uint64_t>(source.size(), start.size());
    BITWRIGHT_CHECK(source.readAt(0, std::span(start).first(known)));
    const auto byteAt = [&](std::size_t i) { return std::to_integer<std::uint64_t>(start[i]); };
    const std::uint64_t version = known > 6 ? byteAt(6) : 0;
    if (known < start.size() || version < 1 || version > 3)
        return fail(ErrorCode::Format, "The array's header is cut off or of an unknown version.");
    ArrayHeader array;
    const std::uint64_t offset = version == 1 ? 10 : 12;
    std::uint64_t length = byteAt(8) | byteAt(9) << 8U;
    if (version > 1)
        length |= byteAt(10) << 16U | byteAt(11) << 24U;
    array.dataOffset = offset + length;
    constexpr std::uint64_t kLongest = 65536;
    if (length > kLongest || array.dataOffset > source.size())
        return fail(ErrorCode::Format, "The array's header says {} bytes, {} follow.", length,
            source.size() - std::min(source.size(), offset));
    std::string header(static_cast<std::size_t>(length), '\0');
    BITWRIGHT_CHECK(source.readAt(offset, std::as_writable_bytes(std::span<char>(header))));
    BITWRIGHT_CHECK(readType(header, array));
    BITWRIGHT_CHECK(readShape(header, array));
    return array;
}

Result<std::uint32_t> idOf(const ArrayHeader& array, std::span<const std::byte> bytes)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < array.width; ++i) {
        const std::size_t place = array.bigEndian ? array.width - 1 - i : i;
        value |= std::to_integer<std::uint64_t>(bytes[place]) << (8 * i);
    }
    if (array.isSigned && (value >> (8 * array.width - 1) & 1U) != 0)
        return fail(ErrorCode::Format,
            "A negative number is no token id. Cut padding off, and give sequences as lines of text if they "
            "differ in length.");
    if (value > UINT32_MAX)
        return fail(ErrorCode::OutOfRange, "The id {} has more than 32 bits.", value);
    return static_cast<std::uint32_t>(value);
}

Result<TokenSequences> parseArray(const io::ByteSource& source)
{
    BITWRIGHT_ASSIGN(const ArrayHeader array, readHeader(source));
    const std::uint64_t rows = array.shape.size() == 2 ? array.shape[0] : 1;
    const std::uint64_t cols = array.shape.back();
    const std::uint64_t stored = source.size() - array.dataOffset;
    // Compared by division, so that no product of claimed sides can overflow.
    const std::uint64_t most = stored / array.width;
    if (rows == 0 || cols == 0)
        return fail(ErrorCode::Format, "The array holds no token ids.");
    if (cols > most || rows > most / cols || rows * cols * array.width != stored)
        return fail(ErrorCode::Format, "The array of {} x {} elements does not fit the {} bytes that follow.",
            rows, cols, stored);
    std::vector<std::byte> bytes(static_cast<std::size_t>(stored));
    BITWRIGHT_CHECK(source.readAt(array.dataOffset, bytes));
    TokenSequences sequences(static_cast<std::size_t>(rows));
    for (std::uint64_t r = 0; r < rows; ++r) {
        auto& sequence = sequences[static_cast<std::size_t>(r)];
        sequence.reserve(static_cast<std::size_t>(cols));
        for (std::uint64_t c = 0; c < cols; ++c) {
            const std::uint64_t at = array.columnsFirst ? c * rows + r : r * cols + c;
            BITWRIGHT_ASSIGN(const std::uint32_t id,
                idOf(array, std::span(bytes).subspan(static_cast<std::size_t>(at * array.width))));
            sequence.push_back(id);
        }
    }
    return sequences;
}

Result<std::vector<std::uint32_t>> parseLine(std::string_view line, std::size_t number)
{
    constexpr std::string_view kBlanks = " \t\r,";
    std::vector<std::uint32_t> ids;
    while (true) {
        const auto begin = line.find_first_not_of(kBlanks);
        if (begin == std::string_view::npos)
            return ids;
        line.remove_prefix(begin);
        const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
        std::uint32_t id = 0;
        const auto [stop, problem] = std::from_chars(word.data(), word.data() + word.size(), id);
        if (problem == std::errc::result_out_of_range)
            return fail(ErrorCode::OutOfRange, "Line {}: the id {} has more than 32 bits.", number,
                escapedForDisplay(word.substr(0, 40)));
        if (problem != std::errc() || stop != word.data() + word.size())
            return fail(ErrorCode::Format, "Line {}: \"{}\" is no token id.", number,
                escapedForDisplay(word.substr(0, 40)));
        ids.push_back(id);
        line.remove_prefix(word.size());
    }
}

Result<TokenSequences> parseText(const io::ByteSource& source)
{
    std::string text(static_cast<std::size_t>(source.size()), '\0');
    BITWRIGHT_CHECK(source.readAt(0, std::as_writable_bytes(std::span<char>(text))));
    TokenSequences sequences;
    std::string_view rest = text;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const auto end = rest.find('\n');
        BITWRIGHT_ASSIGN(auto ids, parseLine(rest.substr(0, end), number));
        if (!ids.empty())
            sequences.push_back(std::move(ids));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    if (sequences.empty())
        return fail(ErrorCode::Format, "The file holds no token ids.");
    return sequences;
}

} // namespace

Result<TokenSequences> parseTokens(const io::ByteSource& source)
{
    if (source.size() > limits::kTokenFileBytes)
        return fail(ErrorCode::OutOfRange, "A file of {} bytes; token ids may take {}.", source.size(),
            limits::kTokenFileBytes);
    std::string start(static_cast<std::size_t>(std::min<std::uint64_t>(source.size(), kMagic.size())), '\0');
    BITWRIGHT_CHECK(source.readAt(0, std::as_writable_bytes(std::span<char>(start))));
    return start == kMagic ? parseArray(source) : parseText(source);
}

Result<TokenSequences> readTokenFile(const std::string& path)
{
    BITWRIGHT_ASSIGN(const auto source, io::openFile(path));
    auto sequences = parseTokens(*source);
    if (!sequences)
        return fail(std::move(sequences).error().inFile(path));
    return sequences;
}

} // namespace bitwright::formats
