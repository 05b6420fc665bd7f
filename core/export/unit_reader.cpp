#include "core/export/unit_reader.h"

#include "core/base/checked.h"
#include "core/base/float_bits.h"

#include <algorithm>
#include <cstring>

namespace bitwright::exporting {

namespace {

using model::DType;

template <typename Stored, typename Decode>
void decodeEach(std::span<const std::byte> bytes, std::span<float> out, const Decode& decode)
{
    for (std::size_t i = 0; i < out.size(); ++i) {
        Stored stored;
        std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
        out[i] = decode(stored);
    }
}

tl::unexpected<Error> mismatch(std::string message, std::string_view tensor)
{
    Error error;
    error.code = ErrorCode::Mismatch;
    error.message = std::move(message);
    return fail(std::move(error).inTensor(tensor));
}

std::string shapeText(const std::vector<std::uint64_t>& shape)
{
    std::string text = "[";
    for (const std::uint64_t dimension : shape)
        text += fmt::format("{}{}", text.size() > 1 ? ", " : "", dimension);
    return text + "]";
}

/// A tensor that must exist with this dtype and shape.
Result<model::TensorIndex> demand(const model::Checkpoint& written, const std::string& name,
    std::optional<DType> dtype, const std::vector<std::uint64_t>& shape)
{
    const auto index = written.find(name);
    if (!index)
        return mismatch("The export does not hold this tensor.", name);
    const model::TensorInfo& info = written.tensors()[*index];
    if (dtype && info.dtype != *dtype)
        return mismatch(
            fmt::format("It is stored as {}, not {}.", info.dtypeText, model::dtypeName(*dtype)), name);
    if (info.shape != shape)
        return mismatch(
            fmt::format("It has shape {}, not {}.", shapeText(info.shape), shapeText(shape)), name);
    return *index;
}

/// Values in the place of the source's.
class PlainReader final : public UnitReader
{
public:
    PlainReader(const model::Checkpoint& written, model::TensorIndex tensor, const plan::Unit& unit)
        : m_written(written)
        , m_tensor(tensor)
        , m_unit(unit)
        , m_element(model::bitsPerElement(written.tensors()[tensor].dtype) / 8)
    { }

    [[nodiscard]] std::uint64_t rows() const override { return m_unit.rows; }
    [[nodiscard]] std::uint64_t cols() const override { return m_unit.cols; }
    [[nodiscard]] std::uint64_t storedBytes() const override { return m_unit.parameters() * m_element; }

    [[nodiscard]] Result<void> readRows(
        std::uint64_t begin, std::uint64_t end, std::span<float> out) const override
    {
        const std::uint64_t base = m_unit.expert * m_unit.parameters();
        if (m_unit.orientation == model::Orientation::OutIn)
            return read(base + begin * m_unit.cols, out);
        // Stored as inputs x outputs: one strip of outputs per input.
        std::vector<float> strip(end - begin);
        for (std::uint64_t input = 0; input < m_unit.cols; ++input) {
            BITWRIGHT_CHECK(read(base + input * m_unit.rows + begin, strip));
            for (std::uint64_t i = 0; i < strip.size(); ++i)
                out[i * m_unit.cols + input] = strip[i];
        }
        return {};
    }

private:
    [[nodiscard]] Result<void> read(std::uint64_t first, std::span<float> out) const
    {
        std::vector<std::byte> raw(out.size() * m_element);
        BITWRIGHT_CHECK(m_written.read(m_tensor, first * m_element, raw));
        return decodeElements(m_written.tensors()[m_tensor].dtype, raw, out);
    }

    const model::Checkpoint& m_written;
    model::TensorIndex m_tensor;
    plan::Unit m_unit;
    std::uint64_t m_element;
};

/// Integer codes in 32-bit words.
class PackedReader final : public UnitReader
{
public:
    static Result<std::unique_ptr<UnitReader>> open(const model::Checkpoint& written,
        const std::string& module, const PackedScheme& scheme, std::uint64_t rows, std::uint64_t cols)
    {
        auto reader = std::unique_ptr<PackedReader>(new PackedReader(written, module, scheme, rows, cols));
        BITWRIGHT_CHECK(reader->openTensors());
        BITWRIGHT_CHECK(reader->checkShape());
        return reader;
    }

    [[nodiscard]] std::uint64_t rows() const override { return m_rows; }
    [[nodiscard]] std::uint64_t cols() const override { return m_cols; }

    [[nodiscard]] std::uint64_t storedBytes() const override
    {
        const auto& tensors = m_written.tensors();
        return tensors[m_packed].bytes + tensors[m_scale].bytes + tensors[m_shape].bytes
            + (m_zero ? tensors[*m_zero].bytes : 0);
    }

    [[nodiscard]] Result<void> readRows(
        std::uint64_t begin, std::uint64_t end, std::span<float> out) const override
    {
        std::vector<std::uint32_t> words((end - begin) * m_wordsPerRow);
        BITWRIGHT_CHECK(
            m_written.read(m_packed, begin * m_wordsPerRow * 4, std::as_writable_bytes(std::span(words))));
        BITWRIGHT_ASSIGN(const auto scales, readScales(begin, end));
        BITWRIGHT_ASSIGN(const auto zeros, readZeros(begin, end));
        for (std::uint64_t row = 0; row < end - begin; ++row)
            BITWRIGHT_CHECK(
                decodeRow(begin + row, std::span(words).subspan(row * m_wordsPerRow, m_wordsPerRow),
                    std::span(scales).subspan(row * m_groups, m_groups),
                    std::span(zeros).subspan(row * m_groups, m_groups), out.subspan(row * m_cols, m_cols)));
        return {};
    }

private:
    PackedReader(const model::Checkpoint& written, std::string module, const PackedScheme& scheme,
        std::uint64_t rows, std::uint64_t cols)
        : m_written(written)
        , m_module(std::move(module))
        , m_scheme(scheme)
        , m_rows(rows)
        , m_cols(cols)
        , m_codesPerWord(32 / static_cast<std::uint64_t>(scheme.bits))
        , m_wordsPerRow(ceilDiv(cols, m_codesPerWord))
        , m_groupWidth(scheme.group == 0 ? std::max<std::uint64_t>(cols, 1) : scheme.group)
        , m_groups(scheme.group == 0 ? 1 : cols / scheme.group)
    { }

    Result<void> openTensors()
    {
        if (m_cols % m_groupWidth != 0)
            return mismatch(
                fmt::format("Groups of {} do not divide its {} inputs.", m_groupWidth, m_cols), m_module);
        BITWRIGHT_ASSIGN(
            m_packed, demand(m_written, m_module + ".weight_packed", DType::I32, {m_rows, m_wordsPerRow}));
        BITWRIGHT_ASSIGN(
            m_scale, demand(m_written, m_module + ".weight_scale", std::nullopt, {m_rows, m_groups}));
        BITWRIGHT_ASSIGN(m_shape, demand(m_written, m_module + ".weight_shape", DType::I64, {2}));
        const std::string zeroName = m_module + ".weight_zero_point";
        if (!m_scheme.symmetric) {
            BITWRIGHT_ASSIGN(
                m_zero, demand(m_written, zeroName, DType::I32, {ceilDiv(m_rows, m_codesPerWord), m_groups}));
        } else if (m_written.find(zeroName)) {
            return mismatch("A symmetric format has no zero points, yet they are stored.", zeroName);
        }
        return {};
    }

    Result<void> checkShape() const
    {
        std::uint64_t shape[2] = {};
        BITWRIGHT_CHECK(m_written.read(m_shape, 0, std::as_writable_bytes(std::span(shape))));
        if (shape[0] != m_rows || shape[1] != m_cols)
            return mismatch(
                fmt::format("It says {} x {}, the weight is {} x {}.", shape[0], shape[1], m_rows, m_cols),
                m_module + ".weight_shape");
        return {};
    }

    Result<std::vector<float>> readScales(std::uint64_t begin, std::uint64_t end) const
    {
        const DType type = m_written.tensors()[m_scale].dtype;
        const std::uint64_t element = model::bitsPerElement(type) / 8;
        std::vector<float> scales((end - begin) * m_groups);
        std::vector<std::byte> raw(scales.size() * element);
        BITWRIGHT_CHECK(m_written.read(m_scale, begin * m_groups * element, raw));
        if (auto done = decodeElements(type, raw, scales); !done)
            return fail(std::move(done).error().inTensor(m_module + ".weight_scale"));
        return scales;
    }

    /// What is subtracted from each code: zero points of rows [begin, end), or the middle of the range.
    Result<std::vector<std::int32_t>> readZeros(std::uint64_t begin, std::uint64_t end) const
    {
        std::vector<std::int32_t> zeros((end - begin) * m_groups, 1 << (m_scheme.bits - 1));
        if (!m_zero)
            return zeros;
        const std::uint64_t firstWord = begin / m_codesPerWord;
        const std::uint64_t lastWord = ceilDiv(end, m_codesPerWord);
        std::vector<std::uint32_t> words((lastWord - firstWord) * m_groups);
        BITWRIGHT_CHECK(
            m_written.read(*m_zero, firstWord * m_groups * 4, std::as_writable_bytes(std::span(words))));
        for (std::uint64_t row = begin; row < end; ++row)
            for (std::uint64_t g = 0; g < m_groups; ++g)
                zeros[(row - begin) * m_groups + g]
                    = codeOf(words[(row / m_codesPerWord - firstWord) * m_groups + g], row % m_codesPerWord);
        if (end == m_rows && m_rows % m_codesPerWord != 0)
            for (std::uint64_t g = 0; g < m_groups; ++g)
                if ((words[words.size() - m_groups + g] >> usedBits(m_rows % m_codesPerWord)) != 0)
                    return mismatch(
                        "Unused bits after the last row are set.", m_module + ".weight_zero_point");
        return zeros;
    }

    [[nodiscard]] Result<void> decodeRow(std::uint64_t row, std::span<const std::uint32_t> words,
        std::span<const float> scales, std::span<const std::int32_t> zeros, std::span<float> out) const
    {
        std::uint64_t column = 0;
        for (std::uint64_t g = 0; g < m_groups; ++g)
            for (std::uint64_t end = column + m_groupWidth; column < end; ++column) {
                const std::int32_t level
                    = codeOf(words[column / m_codesPerWord], column % m_codesPerWord) - zeros[g];
                out[column] = scales[g] * static_cast<float>(level);
            }
        if (m_cols % m_codesPerWord != 0 && (words.back() >> usedBits(m_cols % m_codesPerWord)) != 0)
            return mismatch(
                fmt::format("Unused bits at the end of row {} are set.", row), m_module + ".weight_packed");
        return {};
    }

    [[nodiscard]] unsigned usedBits(std::uint64_t codes) const
    {
        return static_cast<unsigned>(codes) * static_cast<unsigned>(m_scheme.bits);
    }

    /// Code `place` of a word.
    [[nodiscard]] std::int32_t codeOf(std::uint32_t word, std::uint64_t place) const
    {
        const std::uint32_t mask = (1U << static_cast<unsigned>(m_scheme.bits)) - 1U;
        return static_cast<std::int32_t>((word >> usedBits(place)) & mask);
    }

    const model::Checkpoint& m_written;
    std::string m_module;
    PackedScheme m_scheme;
    std::uint64_t m_rows, m_cols, m_codesPerWord, m_wordsPerRow, m_groupWidth, m_groups;
    model::TensorIndex m_packed = 0, m_scale = 0, m_shape = 0;
    std::optional<model::TensorIndex> m_zero;
};

} // namespace

Result<void> decodeElements(DType type, std::span<const std::byte> bytes, std::span<float> out)
{
    switch (type) {
    case DType::F64:
        decodeEach<double>(bytes, out, [](double value) { return static_cast<float>(value); });
        return {};
    case DType::F32:
        decodeEach<float>(bytes, out, [](float value) { return value; });
        return {};
    case DType::F16:
        decodeEach<std::uint16_t>(bytes, out, [](std::uint16_t code) { return floatFromHalf(code); });
        return {};
    case DType::BF16:
        decodeEach<std::uint16_t>(bytes, out, [](std::uint16_t code) { return floatFromBfloat16(code); });
        return {};
    case DType::F8E4M3:
        decodeEach<std::uint8_t>(bytes, out, [](std::uint8_t code) { return floatFromE4M3(code); });
        return {};
    case DType::F8E5M2:
        decodeEach<std::uint8_t>(bytes, out, [](std::uint8_t code) { return floatFromE5M2(code); });
        return {};
    default:
        return fail(ErrorCode::Unsupported, "{} holds no plain real values.", model::dtypeName(type));
    }
}

Result<std::unique_ptr<UnitReader>> openPlainUnit(const model::Checkpoint& written, const plan::Unit& unit)
{
    const auto index = written.find(unit.tensor);
    if (!index)
        return mismatch("The export does not hold this tensor.", unit.tensor);
    const model::TensorInfo& info = written.tensors()[*index];
    const std::uint64_t element = model::bitsPerElement(info.dtype) / 8;
    const std::uint64_t needed = (unit.expert + 1) * unit.parameters() * element;
    const std::size_t rank = unit.stacked ? 3 : 2;
    const bool outIn = unit.orientation == model::Orientation::OutIn;
    const std::uint64_t first = outIn ? unit.rows : unit.cols;
    const std::uint64_t second = outIn ? unit.cols : unit.rows;
    if (info.shape.size() != rank || info.shape[rank - 2] != first || info.shape[rank - 1] != second
        || info.bytes < needed)
        return mismatch(fmt::format("It has shape {}, which does not fit {} x {} weights.",
                            shapeText(info.shape), unit.rows, unit.cols),
            unit.tensor);
    if (!model::isFloating(info.dtype))
        return fail(ErrorCode::Unsupported, "{} holds no plain real values.", info.dtypeText);
    return std::make_unique<PlainReader>(written, *index, unit);
}

Result<std::unique_ptr<UnitReader>> openPackedUnit(const model::Checkpoint& written,
    const std::string& module, const PackedScheme& scheme, std::uint64_t rows, std::uint64_t cols)
{
    return PackedReader::open(written, module, scheme, rows, cols);
}

} // namespace bitwright::exporting
