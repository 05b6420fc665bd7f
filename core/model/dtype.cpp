#include "core/model/dtype.h"

#include "core/base/checked.h"
#include "core/base/float_bits.h"
#include "core/model/dtype_simd.h"

#include <array>
#include <bit>
#include <cstring>

namespace bitwright::model {

static_assert(
    std::endian::native == std::endian::little, "files are little-endian and read without swapping");

namespace {

struct TypeFacts
{
    DType type;
    std::string_view name;
    unsigned bits;
    bool readable;
    bool floating;
};

constexpr std::array kTypes{
    TypeFacts{DType::F64, "F64", 64, true, true},
    TypeFacts{DType::F32, "F32", 32, true, true},
    TypeFacts{DType::F16, "F16", 16, true, true},
    TypeFacts{DType::BF16, "BF16", 16, true, true},
    TypeFacts{DType::F8E4M3, "F8_E4M3", 8, true, true},
    TypeFacts{DType::F8E5M2, "F8_E5M2", 8, true, true},
    TypeFacts{DType::F8E8M0, "F8_E8M0", 8, false, false},
    TypeFacts{DType::F8E4M3Fnuz, "F8_E4M3FNUZ", 8, false, false},
    TypeFacts{DType::F8E5M2Fnuz, "F8_E5M2FNUZ", 8, false, false},
    TypeFacts{DType::F6E2M3, "F6_E2M3", 6, false, false},
    TypeFacts{DType::F6E3M2, "F6_E3M2", 6, false, false},
    TypeFacts{DType::F4, "F4", 4, false, false},
    TypeFacts{DType::C64, "C64", 64, false, false},
    TypeFacts{DType::I64, "I64", 64, true, false},
    TypeFacts{DType::U64, "U64", 64, false, false},
    TypeFacts{DType::I32, "I32", 32, true, false},
    TypeFacts{DType::U32, "U32", 32, false, false},
    TypeFacts{DType::I16, "I16", 16, true, false},
    TypeFacts{DType::U16, "U16", 16, false, false},
    TypeFacts{DType::I8, "I8", 8, true, false},
    TypeFacts{DType::U8, "U8", 8, true, false},
    TypeFacts{DType::Bool, "BOOL", 8, true, false},
};

constexpr TypeFacts kUnknown{DType::Unknown, "unknown", 0, false, false};

/// The table is in the order of the enum; the test walks both.
const TypeFacts& factsOf(DType type)
{
    const auto index = static_cast<std::size_t>(type);
    return index < kTypes.size() ? kTypes[index] : kUnknown;
}

/// Converts elements of a machine type, wherever they lie: files do not align tensors.
template <typename Stored>
void convertPlain(const std::byte* bytes, float* out, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i) {
        Stored value;
        std::memcpy(&value, bytes + i * sizeof(Stored), sizeof(Stored));
        out[i] = static_cast<float>(value);
    }
}

std::array<float, 256> tableOf(float (*decode)(std::uint8_t))
{
    std::array<float, 256> table{};
    for (std::size_t code = 0; code < table.size(); ++code)
        table[code] = decode(static_cast<std::uint8_t>(code));
    return table;
}

void convertByTable(
    const std::array<float, 256>& table, const std::byte* bytes, float* out, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        out[i] = table[std::to_integer<std::size_t>(bytes[i])];
}

/// Fails unless `available` bytes hold `count` elements of `type`.
Result<void> checkRoom(DType type, std::size_t available, std::size_t count)
{
    const auto bits = checkedMul<std::uint64_t>(count, bitsPerElement(type));
    if (!bits || available < *bits / 8)
        return fail(ErrorCode::OutOfRange, "{} elements of {} do not fit into {} bytes.", count,
            dtypeName(type), available);
    return {};
}

} // namespace

unsigned bitsPerElement(DType type)
{
    return factsOf(type).bits;
}

std::string_view dtypeName(DType type)
{
    return factsOf(type).name;
}

DType dtypeFromName(std::string_view name)
{
    for (const TypeFacts& facts : kTypes) {
        if (facts.name == name)
            return facts.type;
    }
    return DType::Unknown;
}

bool isReadable(DType type)
{
    return factsOf(type).readable;
}

bool isFloating(DType type)
{
    return factsOf(type).floating;
}

Result<void> convertToFloat(DType type, std::span<const std::byte> bytes, std::span<float> out)
{
    if (!isReadable(type))
        return fail(ErrorCode::Unsupported, "Values of type {} cannot be read.", dtypeName(type));
    BITWRIGHT_CHECK(checkRoom(type, bytes.size(), out.size()));
    const std::size_t count = out.size();
    if (count == 0)
        return {};
    static const std::array<float, 256> e4m3 = tableOf(floatFromE4M3);
    static const std::array<float, 256> e5m2 = tableOf(floatFromE5M2);
    switch (type) {
    case DType::F64:
        convertPlain<double>(bytes.data(), out.data(), count);
        break;
    case DType::F32:
        std::memcpy(out.data(), bytes.data(), count * sizeof(float));
        break;
    case DType::F16:
        simd::floatsFromHalves(bytes.data(), out.data(), count);
        break;
    case DType::BF16:
        simd::floatsFromBfloat16s(bytes.data(), out.data(), count);
        break;
    case DType::F8E4M3:
        convertByTable(e4m3, bytes.data(), out.data(), count);
        break;
    case DType::F8E5M2:
        convertByTable(e5m2, bytes.data(), out.data(), count);
        break;
    case DType::I64:
        convertPlain<std::int64_t>(bytes.data(), out.data(), count);
        break;
    case DType::I32:
        convertPlain<std::int32_t>(bytes.data(), out.data(), count);
        break;
    case DType::I16:
        convertPlain<std::int16_t>(bytes.data(), out.data(), count);
        break;
    case DType::I8:
        convertPlain<std::int8_t>(bytes.data(), out.data(), count);
        break;
    case DType::U8:
        convertPlain<std::uint8_t>(bytes.data(), out.data(), count);
        break;
    case DType::Bool:
        for (std::size_t i = 0; i < count; ++i)
            out[i] = bytes[i] != std::byte{0} ? 1.0F : 0.0F;
        break;
    default:
        return fail(ErrorCode::Internal, "Type {} has no conversion.", dtypeName(type));
    }
    return {};
}

Result<void> convertFromFloat(DType type, std::span<const float> values, std::span<std::byte> out)
{
    if (type != DType::F32 && type != DType::F16 && type != DType::BF16 && type != DType::F64)
        return fail(ErrorCode::Unsupported, "Values cannot be written as {}.", dtypeName(type));
    BITWRIGHT_CHECK(checkRoom(type, out.size(), values.size()));
    if (values.empty())
        return {};
    switch (type) {
    case DType::F32:
        std::memcpy(out.data(), values.data(), values.size_bytes());
        break;
    case DType::BF16:
        simd::bfloat16sFromFloats(values.data(), out.data(), values.size());
        break;
    case DType::F16:
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::uint16_t code = halfFromFloat(values[i]);
            std::memcpy(out.data() + 2 * i, &code, sizeof code);
        }
        break;
    default:
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto wide = static_cast<double>(values[i]);
            std::memcpy(out.data() + 8 * i, &wide, sizeof wide);
        }
        break;
    }
    return {};
}

} // namespace bitwright::model
