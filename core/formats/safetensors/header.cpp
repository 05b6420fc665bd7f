#include "core/formats/safetensors/header.h"

#include "core/base/checked.h"
#include "core/base/limits.h"
#include "core/formats/safetensors/foreign_file.h"
#include "core/formats/safetensors/json_text.h"
#include "core/io/hash.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace bitwright::formats::safetensors {

namespace {

constexpr std::uint64_t kLengthBytes = 8;

/// 1234567 as "1,234,567".
std::string grouped(std::uint64_t value)
{
    std::string digits = std::to_string(value);
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, ",");
    }
    return digits;
}

Error formatError(std::string message, std::string_view tensor = {})
{
    Error error;
    error.code = ErrorCode::Format;
    error.message = std::move(message);
    error.tensor = tensor;
    return error;
}

/// Data range of a tensor, relative to the data.
struct Range
{
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

struct Parsed
{
    std::vector<model::TensorInfo> tensors;
    std::vector<Range> ranges; ///< One per tensor.
    std::map<std::string, std::string> metadata;
};

/// Collects the entries of a header. Unknown keys inside an entry are skipped, as the reference reader does.
class HeaderHandler final : public json::Handler
{
public:
    explicit HeaderHandler(Parsed& out)
        : m_out(out)
    { }

    Result<void> key(std::string_view name) override
    {
        if (m_level == 1)
            return beginEntry(name);
        if (m_level == 2 && m_inMetadata)
            m_metadataKey = name;
        else if (m_level == 2)
            return beginField(name);
        return {};
    }

    Result<void> scalar(const json::Scalar& value) override
    {
        if (m_level == 0)
            return fail(formatError("Header is not a JSON object."));
        if (m_level == 1)
            return fail(
                entryError(m_inMetadata ? "__metadata__ must be an object." : "Entry is not an object."));
        if (m_inMetadata)
            return takeMetadata(value);
        if (m_field == Field::Skipped)
            return {};
        if (m_field == Field::Dtype && m_level == 2)
            return takeDtype(value);
        if (m_level == 3 && m_field == Field::Shape)
            return takeDimension(value);
        if (m_level == 3 && m_field == Field::Offsets)
            return takeOffset(value);
        return fail(entryError(fmt::format("{} has the wrong type.", fieldName())));
    }

    Result<void> beginObject() override
    {
        const int outer = m_level++;
        if (outer == 0 || outer == 1)
            return {};
        if (m_inMetadata)
            return fail(formatError("__metadata__ may only map text to text."));
        return m_field == Field::Skipped
            ? Result<void>()
            : fail(entryError(fmt::format("{} has the wrong type.", fieldName())));
    }

    Result<void> endObject() override
    {
        --m_level;
        if (m_level == 1 && !m_inMetadata)
            return finishEntry();
        return {};
    }

    Result<void> beginArray() override
    {
        const int outer = m_level++;
        if (outer == 0)
            return fail(formatError("Header is not a JSON object."));
        if (outer == 1)
            return fail(
                entryError(m_inMetadata ? "__metadata__ must be an object." : "Entry is not an object."));
        if (m_inMetadata)
            return fail(formatError("__metadata__ may only map text to text."));
        const bool list = m_field == Field::Shape || m_field == Field::Offsets;
        if (m_field == Field::Skipped || (list && outer == 2))
            return {};
        return fail(entryError(fmt::format("{} has the wrong type.", fieldName())));
    }

    Result<void> endArray() override
    {
        --m_level;
        return {};
    }

private:
    enum class Field : std::uint8_t
    {
        Skipped,
        Dtype,
        Shape,
        Offsets,
    };

    [[nodiscard]] std::string_view fieldName() const
    {
        constexpr std::array<std::string_view, 4> kNames{"Field", "dtype", "shape", "data_offsets"};
        return kNames[static_cast<std::size_t>(m_field)];
    }

    [[nodiscard]] Error entryError(std::string message) const
    {
        return formatError(
            std::move(message), m_inMetadata ? std::string_view{} : std::string_view(m_entry.name));
    }

    Result<void> beginEntry(std::string_view name)
    {
        m_inMetadata = name == "__metadata__";
        if (m_inMetadata) {
            if (std::exchange(m_sawMetadata, true))
                return fail(formatError("__metadata__ appears twice."));
            return {};
        }
        if (name.size() > limits::kNameBytes)
            return fail(formatError(fmt::format("A tensor name of {} bytes exceeds the {} limit.",
                grouped(name.size()), grouped(limits::kNameBytes))));
        if (name.find('\0') != std::string_view::npos)
            return fail(formatError("Tensor name holds a NUL character.", name));
        if (m_out.tensors.size() >= limits::kTensors)
            return fail(formatError(fmt::format("More than {} tensors.", grouped(limits::kTensors))));
        m_entry = {};
        m_entry.name = name;
        m_range = {};
        m_seen = {};
        m_offsets = 0;
        return {};
    }

    Result<void> beginField(std::string_view name)
    {
        m_field = name == "dtype"    ? Field::Dtype
            : name == "shape"        ? Field::Shape
            : name == "data_offsets" ? Field::Offsets
                                     : Field::Skipped;
        if (m_field == Field::Skipped)
            return {};
        if (std::exchange(m_seen[static_cast<std::size_t>(m_field)], true))
            return fail(entryError(fmt::format("{} appears twice.", fieldName())));
        return {};
    }

    Result<void> takeMetadata(const json::Scalar& value)
    {
        if (m_level != 2 || value.kind != json::Kind::Text)
            return fail(formatError(
                fmt::format("__metadata__ may only map text to text; \"{}\" does not.", m_metadataKey)));
        if (!m_out.metadata.emplace(m_metadataKey, value.text).second)
            return fail(formatError(fmt::format("\"{}\" appears twice in __metadata__.", m_metadataKey)));
        return {};
    }

    Result<void> takeDtype(const json::Scalar& value)
    {
        if (value.kind != json::Kind::Text)
            return fail(entryError("dtype is not text."));
        m_entry.dtypeText = value.text;
        m_entry.dtype = model::dtypeFromName(value.text);
        return {};
    }

    /// Says what is wrong with a number that should be a 64-bit unsigned integer. `what` and `index` name it.
    [[nodiscard]] Result<void> checkUnsigned(
        const json::Scalar& value, std::string_view what, std::size_t index) const
    {
        const auto wrong = [&](std::string_view how) {
            return fail(entryError(fmt::format("{} {} of \"{}\" {}.", what, index, m_entry.name, how)));
        };
        switch (value.kind) {
        case json::Kind::Unsigned:
            return {};
        case json::Kind::Negative:
            return wrong("is negative");
        case json::Kind::TooLarge:
            return wrong("is not a 64-bit unsigned integer");
        default:
            return wrong("is not an integer");
        }
    }

    Result<void> takeDimension(const json::Scalar& value)
    {
        const std::size_t index = m_entry.shape.size();
        BITWRIGHT_CHECK(checkUnsigned(value, "Dimension", index));
        if (index >= limits::kRank)
            return fail(entryError(fmt::format("More than {} dimensions.", limits::kRank)));
        m_entry.shape.push_back(value.number);
        return {};
    }

    Result<void> takeOffset(const json::Scalar& value)
    {
        BITWRIGHT_CHECK(checkUnsigned(value, "Offset", m_offsets));
        if (m_offsets >= 2)
            return fail(entryError("data_offsets must hold two numbers."));
        (m_offsets == 0 ? m_range.begin : m_range.end) = value.number;
        ++m_offsets;
        return {};
    }

    Result<void> finishEntry()
    {
        for (const Field field : {Field::Dtype, Field::Shape, Field::Offsets}) {
            m_field = field;
            if (!m_seen[static_cast<std::size_t>(field)])
                return fail(entryError(fmt::format("Has no {}.", fieldName())));
        }
        if (m_offsets != 2)
            return fail(entryError("data_offsets must hold two numbers."));
        m_out.tensors.push_back(std::move(m_entry));
        m_out.ranges.push_back(m_range);
        return {};
    }

    Parsed& m_out;
    int m_level = 0;
    bool m_inMetadata = false;
    bool m_sawMetadata = false;
    std::string m_metadataKey;
    model::TensorInfo m_entry;
    Range m_range;
    Field m_field = Field::Skipped;
    std::array<bool, 4> m_seen{};
    std::size_t m_offsets = 0;
};

/// Reads the eight length bytes and the header text.
Result<std::string> readHeaderText(const io::ByteSource& source, std::uint64_t& length)
{
    const std::uint64_t size = source.size();
    if (size == 0)
        return fail(formatError("File is empty.").withRemedy("Download it again."));
    BITWRIGHT_CHECK(refuseForeignFile(source));
    if (size < kLengthBytes)
        return fail(formatError(fmt::format("Too short: needs an 8-byte header length, has {}.", size))
                        .withRemedy("Download it again."));
    std::array<std::byte, kLengthBytes> raw{};
    BITWRIGHT_CHECK(source.readAt(0, raw));
    std::memcpy(&length, raw.data(), kLengthBytes);
    if (length > limits::kJsonBytes)
        return fail(formatError(
            fmt::format("Header length {} exceeds the {} limit.", length, grouped(limits::kJsonBytes)))
                        .atOffset(0)
                        .withRemedy("This is no safetensors file, or it is damaged."));
    if (length > size - kLengthBytes)
        return fail(
            formatError(fmt::format("Header says {} bytes, only {} follow.", length, size - kLengthBytes))
                .atOffset(0)
                .withRemedy("The download is probably incomplete; fetch the file again."));
    std::string text(static_cast<std::size_t>(length), '\0');
    BITWRIGHT_CHECK(source.readAt(kLengthBytes, std::as_writable_bytes(std::span<char>(text))));
    if (text.empty() || text.front() != '{')
        return fail(formatError("Header must begin with \"{\".")
                        .atOffset(kLengthBytes)
                        .withRemedy("This is no safetensors file, or it is damaged."));
    return text;
}

/// Elements and bytes that shape and dtype ask for.
Result<void> computeSize(model::TensorInfo& tensor)
{
    const auto overflow = [&] {
        return fail(formatError(fmt::format("Size of \"{}\" overflows.", tensor.name), tensor.name));
    };
    std::uint64_t elements = 1;
    for (const std::uint64_t dimension : tensor.shape) {
        const auto product = checkedMul(elements, dimension);
        if (!product)
            return overflow();
        elements = *product;
    }
    tensor.parameters = elements;
    if (tensor.dtype == model::DType::Unknown)
        return {}; // the range in the header is all that is known
    const auto bits = checkedMul<std::uint64_t>(elements, model::bitsPerElement(tensor.dtype));
    if (!bits)
        return overflow();
    if (*bits % 8 != 0)
        return fail(formatError(
            fmt::format("{} bits of {} is not whole bytes.", *bits, tensor.dtypeText), tensor.name));
    tensor.bytes = *bits / 8;
    return {};
}

Result<void> checkNoDuplicates(const Parsed& parsed)
{
    std::vector<std::string_view> names;
    names.reserve(parsed.tensors.size());
    for (const model::TensorInfo& tensor : parsed.tensors)
        names.push_back(tensor.name);
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice == names.end())
        return {};
    return fail(formatError(fmt::format("Tensor \"{}\" appears twice.", *twice), *twice)
                    .atOffset(kLengthBytes)
                    .withRemedy("The file is ambiguous; ask its author for a clean one."));
}

/// Checks one tensor's size against its range.
Result<void> checkRange(model::TensorInfo& tensor, const Range& range)
{
    if (range.end < range.begin)
        return fail(formatError(
            fmt::format("Data ends at {} before it begins at {}.", range.end, range.begin), tensor.name));
    const std::uint64_t stored = range.end - range.begin;
    if (tensor.dtype == model::DType::Unknown)
        tensor.bytes = stored;
    if (tensor.bytes == stored)
        return {};
    return fail(formatError(
        fmt::format("\"{}\" needs {} bytes, has {}.", tensor.name, grouped(tensor.bytes), grouped(stored)),
        tensor.name));
}

/// Checks that the ranges, in order, cover the data without holes or overlap. Returns where they end.
Result<std::uint64_t> checkCoverage(
    const Parsed& parsed, const std::vector<std::uint32_t>& order, std::uint64_t dataOffset)
{
    std::uint64_t expected = 0;
    const model::TensorInfo* previous = nullptr;
    for (const std::uint32_t index : order) {
        const Range& range = parsed.ranges[index];
        const model::TensorInfo& tensor = parsed.tensors[index];
        if (range.begin > expected) {
            return fail(formatError(
                fmt::format("Bytes {}-{} of the data belong to no tensor.", expected, range.begin - 1),
                tensor.name)
                            .atOffset(dataOffset + expected)
                            .withRemedy("The file is damaged or was edited; fetch it again."));
        }
        if (range.begin < expected) {
            return fail(formatError(
                fmt::format("\"{}\" and \"{}\" share bytes.", previous->name, tensor.name), tensor.name)
                            .atOffset(dataOffset + range.begin)
                            .withRemedy("The file is damaged or was edited; fetch it again."));
        }
        expected = range.end;
        previous = &tensor;
    }
    return expected;
}

Result<void> checkFileSize(std::uint64_t size, std::uint64_t dataOffset, std::uint64_t dataBytes)
{
    const auto needed = checkedAdd(dataOffset, dataBytes);
    if (!needed || *needed > size) {
        const std::uint64_t missing = needed ? *needed - size : dataBytes;
        return fail(
            formatError(fmt::format("File is {} bytes shorter than its header says.", grouped(missing)))
                .atOffset(size)
                .withRemedy("The download is probably incomplete; fetch the file again."));
    }
    if (*needed < size) {
        return fail(formatError(fmt::format("{} unexplained bytes at the end.", grouped(size - *needed)))
                        .atOffset(*needed)
                        .withRemedy("The file is damaged or was edited; fetch it again."));
    }
    return {};
}

/// Positions of the tensors in the order of their data; empty tensors come before what begins at the same
/// byte.
std::vector<std::uint32_t> orderOfData(const Parsed& parsed)
{
    std::vector<std::uint32_t> order(parsed.tensors.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = static_cast<std::uint32_t>(i);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        const Range& first = parsed.ranges[a];
        const Range& second = parsed.ranges[b];
        return first.begin != second.begin ? first.begin < second.begin : first.end < second.end;
    });
    return order;
}

Result<Header> checkedHeader(Parsed parsed, std::uint64_t dataOffset, std::uint64_t fileSize)
{
    BITWRIGHT_CHECK(checkNoDuplicates(parsed));
    for (std::size_t i = 0; i < parsed.tensors.size(); ++i) {
        auto sized = computeSize(parsed.tensors[i]);
        if (sized)
            sized = checkRange(parsed.tensors[i], parsed.ranges[i]);
        if (!sized) {
            const auto at = checkedAdd(dataOffset, parsed.ranges[i].begin);
            return fail(std::move(sized)
                            .error()
                            .atOffset(at.value_or(dataOffset))
                            .withRemedy("The file is damaged or was edited; fetch it again."));
        }
    }
    const std::vector<std::uint32_t> order = orderOfData(parsed);
    BITWRIGHT_ASSIGN(const std::uint64_t end, checkCoverage(parsed, order, dataOffset));
    BITWRIGHT_CHECK(checkFileSize(fileSize, dataOffset, end));
    Header header;
    header.dataOffset = dataOffset;
    header.metadata = std::move(parsed.metadata);
    for (std::size_t i = 0; i < order.size(); ++i)
        parsed.tensors[i].offset = dataOffset + parsed.ranges[i].begin;
    if (std::is_sorted(order.begin(), order.end())) { // as nearly every writer leaves them: nothing to copy
        header.tensors = std::move(parsed.tensors);
        return header;
    }
    header.tensors.reserve(order.size());
    for (const std::uint32_t index : order)
        header.tensors.push_back(std::move(parsed.tensors[index]));
    return header;
}

/// As many as the header can hold: each entry names its offsets, and takes more bytes than the least one.
std::size_t entriesAtMost(std::string_view text)
{
    constexpr std::string_view kLeast = R"("":{"dtype":"I8","shape":[],"data_offsets":[0,0]})";
    constexpr std::string_view kNamed = "\"data_offsets\"";
    std::size_t count = 0;
    for (auto at = text.find(kNamed); at != std::string_view::npos;
         at = text.find(kNamed, at + kNamed.size()))
        ++count;
    return std::min({count, text.size() / kLeast.size(), static_cast<std::size_t>(limits::kTensors)});
}

Result<Header> readHeaderUnnamed(const io::ByteSource& source)
{
    std::uint64_t length = 0;
    BITWRIGHT_ASSIGN(const std::string text, readHeaderText(source, length));
    Parsed parsed;
    // Room for all at once: what a growing list leaves behind would be most of the time and of the memory.
    const std::size_t entries = entriesAtMost(text);
    parsed.tensors.reserve(entries);
    parsed.ranges.reserve(entries);
    HeaderHandler handler(parsed);
    if (auto read = json::parse(text, "Header", handler, kLengthBytes); !read)
        return fail(std::move(read).error().withRemedy("The file is damaged or was edited; fetch it again."));
    BITWRIGHT_ASSIGN(Header header, checkedHeader(std::move(parsed), kLengthBytes + length, source.size()));
    io::Hasher hasher;
    hasher.add(std::string_view(text)); // length-prefixed: the same eight bytes that the file begins with
    header.hash = hasher.hex();
    return header;
}

} // namespace

Result<Header> readHeader(const io::ByteSource& source)
{
    auto header = readHeaderUnnamed(source);
    if (!header)
        return fail(std::move(header).error().inFile(source.path()));
    return header;
}

} // namespace bitwright::formats::safetensors
