#include "core/base/float_bits.h"
#include "core/export/target_writer.h"

#include <algorithm>
#include <cmath>

namespace bitwright::exporting {

namespace {

using model::DType;

/// Rounds to a stored dtype, to nearest even.
Result<void> encodeElements(DType type, std::span<const float> values, std::span<std::byte> out)
{
    const auto encodeBytes = [&](auto encode) {
        std::transform(values.begin(), values.end(), out.begin(),
            [&](float value) { return static_cast<std::byte>(encode(value)); });
    };
    if (type == DType::F8E4M3) {
        encodeBytes(e4m3FromFloat);
        return {};
    }
    if (type == DType::F8E5M2) {
        encodeBytes(e5m2FromFloat);
        return {};
    }
    return model::convertFromFloat(type, values, out);
}

/// Quantized values rounded to the dtype of the source, in the places of the source.
class FakeQuantWriter final : public TargetWriter
{
public:
    [[nodiscard]] std::string_view id() const override { return "fake-quant"; }
    [[nodiscard]] bool storesPlainValues() const override { return true; }

    [[nodiscard]] std::vector<TensorSpec> tensorsFor(
        const model::TensorInfo& source, const PlannedUnit&) const override
    {
        return {{source.name, source.dtype, source.shape, source.bytes}};
    }

    [[nodiscard]] Result<void> beginUnit(const PlannedUnit&, const WeightFiles&) const override { return {}; }

    [[nodiscard]] Result<void> readerValues(const PlannedUnit& planned, const numeric::QuantizedMatrix& tile,
        std::span<float> meant) const override
    {
        std::vector<std::byte> stored(meant.size() * (model::bitsPerElement(planned.unit.dtype) / 8));
        return store(planned.unit.dtype, tile, stored, meant);
    }

    [[nodiscard]] Result<void> writeRows(const PlannedUnit& planned, const numeric::QuantizedMatrix& tile,
        std::uint64_t firstRow, const WeightFiles& files, std::span<float> meant) const override
    {
        const plan::Unit& unit = planned.unit;
        const std::uint64_t element = model::bitsPerElement(unit.dtype) / 8;
        std::vector<std::byte> stored(meant.size() * element);
        BITWRIGHT_CHECK(store(unit.dtype, tile, stored, meant));
        const std::uint64_t base = unit.expert * unit.parameters() * element;
        if (unit.orientation == model::Orientation::OutIn)
            return files.write(unit.tensor, base + firstRow * unit.cols * element, stored);
        return writeTransposed(unit, stored, element, base + firstRow * element, files);
    }

    [[nodiscard]] Result<std::optional<std::string>> configJson(const Job&) const override
    {
        return std::optional<std::string>();
    }

    [[nodiscard]] Result<std::unique_ptr<UnitReader>> openUnit(
        const model::Checkpoint& written, std::string_view, const PlannedUnit& unit) const override
    {
        const auto index = written.find(unit.unit.tensor);
        if (index && written.tensors()[*index].dtype != unit.unit.dtype) {
            Error error;
            error.code = ErrorCode::Mismatch;
            error.message = fmt::format("It is stored as {}, not {}.", written.tensors()[*index].dtypeText,
                model::dtypeName(unit.unit.dtype));
            return fail(std::move(error).inTensor(unit.unit.tensor));
        }
        return openPlainUnit(written, unit.unit);
    }

    void addFindings(const Job&, std::vector<Finding>& findings) const override
    {
        findings.push_back({{Check::Level::Note, {},
            "Values are stored as ordinary floats: the file is as large as the source. Sizes of the plan are "
            "those of a packed file.",
            Check::Topic::Target}});
    }

    [[nodiscard]] std::vector<std::string> unchecked(const Job&) const override
    {
        return {
            "No engine has loaded the files. Any reader of safetensors should: names, shapes and dtypes are "
            "those of the source."};
    }

private:
    /// Decodes a tile, rounds it to the stored type, and says what that is.
    static Result<void> store(
        DType type, const numeric::QuantizedMatrix& tile, std::span<std::byte> stored, std::span<float> meant)
    {
        numeric::decodeRows(tile, 0, tile.rows, meant);
        BITWRIGHT_CHECK(encodeElements(type, meant, stored));
        BITWRIGHT_CHECK(model::convertToFloat(type, stored, meant));
        if (!std::all_of(meant.begin(), meant.end(), [](float value) { return std::isfinite(value); }))
            return fail(ErrorCode::Numeric, "A quantized value does not fit {}.", model::dtypeName(type));
        return {};
    }

    /// Writes a tile of outputs into a tensor stored as inputs x outputs.
    static Result<void> writeTransposed(const plan::Unit& unit, std::span<const std::byte> tile,
        std::uint64_t element, std::uint64_t offset, const WeightFiles& files)
    {
        const std::uint64_t outputs = tile.size() / element / unit.cols;
        std::vector<std::byte> turned(tile.size());
        for (std::uint64_t output = 0; output < outputs; ++output)
            for (std::uint64_t input = 0; input < unit.cols; ++input)
                std::copy_n(
                    tile.begin() + static_cast<std::ptrdiff_t>((output * unit.cols + input) * element),
                    element,
                    turned.begin() + static_cast<std::ptrdiff_t>((input * outputs + output) * element));
        if (outputs == unit.rows)
            return files.write(unit.tensor, offset, turned);
        const std::uint64_t strip = outputs * element;
        for (std::uint64_t input = 0; input < unit.cols; ++input)
            BITWRIGHT_CHECK(files.write(unit.tensor, offset + input * unit.rows * element,
                std::span(turned).subspan(input * strip, strip)));
        return {};
    }
};

} // namespace

const TargetWriter* fakeQuantWriter()
{
    static const FakeQuantWriter writer;
    return &writer;
}

const TargetWriter* writerFor(std::string_view targetId)
{
    for (const TargetWriter* writer : {fakeQuantWriter(), compressedTensorsWriter()})
        if (writer->id() == targetId)
            return writer;
    return nullptr;
}

} // namespace bitwright::exporting
