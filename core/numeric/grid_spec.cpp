#include "core/numeric/grid_spec.h"

#include "core/base/checked.h"
#include "core/base/float_bits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace bitwright::numeric {

namespace {

constexpr std::uint32_t kLargestGroup = 1U << 20;

constexpr std::array<float, 16> kNf4Levels{-1.0F, -0.6961928009986877F, -0.5250730514526367F,
    -0.39491748809814453F, -0.28444138169288635F, -0.18477343022823334F, -0.09105003625154495F, 0.0F,
    0.07958029955625534F, 0.16093020141124725F, 0.24611230194568634F, 0.33791524171829224F,
    0.44070982933044434F, 0.5626170039176941F, 0.7229568362236023F, 1.0F};

std::string_view conventionWord(IntegerConvention convention)
{
    switch (convention) {
    case IntegerConvention::SymNarrow:
        return "narrow";
    case IntegerConvention::SymHalf:
        return "sym";
    case IntegerConvention::Asym:
        return "asym";
    }
    return "";
}

std::string_view scaleWord(ScaleType type)
{
    switch (type) {
    case ScaleType::F32:
        return "f32";
    case ScaleType::F16:
        return "f16";
    case ScaleType::BF16:
        return "bf16";
    }
    return "";
}

/// Splits at '-'; ids are short, so a small vector is fine.
std::vector<std::string_view> splitWords(std::string_view text)
{
    std::vector<std::string_view> words;
    while (true) {
        const std::size_t dash = text.find('-');
        words.push_back(text.substr(0, dash));
        if (dash == std::string_view::npos)
            return words;
        text.remove_prefix(dash + 1);
    }
}

/// Decimal number without sign, blanks or leading zeros.
std::optional<std::uint32_t> parseNumber(std::string_view text)
{
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || text.front() == '0')
        return std::nullopt;
    return number;
}

/// Reads the element words from the front of `words` into `grid` and returns how many they were, 0 when
/// unknown.
std::size_t parseElement(const std::vector<std::string_view>& words, GridSpec& grid)
{
    const std::string_view first = words.front();
    if (first == "nf4") {
        grid.element = ElementKind::Codebook;
        grid.bits = 4;
        grid.tie = TieRule::ToLower;
        return 1;
    }
    if (words.size() < 2)
        return 0;
    if (first == "fp8" && words[1] == "e4m3") {
        grid.element = ElementKind::Minifloat;
        grid.bits = 8;
        return 2;
    }
    if (first.size() != 4 || !first.starts_with("int") || first[3] < '2' || first[3] > '8')
        return 0;
    grid.element = ElementKind::Integer;
    grid.bits = first[3] - '0';
    for (const auto convention :
        {IntegerConvention::SymNarrow, IntegerConvention::SymHalf, IntegerConvention::Asym}) {
        if (words[1] == conventionWord(convention)) {
            grid.convention = convention;
            return 2;
        }
    }
    return 0;
}

std::optional<std::uint32_t> parseGroup(std::string_view word)
{
    if (word == "row")
        return 0U;
    if (word.size() < 2 || word.front() != 'g')
        return std::nullopt;
    const auto group = parseNumber(word.substr(1));
    if (!group || *group > kLargestGroup)
        return std::nullopt;
    return group;
}

} // namespace

std::string GridSpec::id() const
{
    std::string text;
    switch (element) {
    case ElementKind::Integer:
        text = fmt::format("int{}-{}", bits, conventionWord(convention));
        break;
    case ElementKind::Minifloat:
        text = "fp8-e4m3";
        break;
    case ElementKind::Codebook:
        text = "nf4";
        break;
    }
    text += group == 0 ? std::string("-row") : fmt::format("-g{}", group);
    if (scaleType != defaultScaleType(element))
        text += fmt::format("-{}", scaleWord(scaleType));
    return text;
}

std::uint64_t GridSpec::groupsPerRow(std::uint64_t cols) const
{
    if (cols == 0)
        return 0;
    return group == 0 ? 1 : ceilDiv<std::uint64_t>(cols, group);
}

std::uint64_t GridSpec::groupWidth(std::uint64_t cols) const
{
    return group == 0 ? cols : group;
}

bool GridSpec::hasZeros() const
{
    return element == ElementKind::Integer && convention == IntegerConvention::Asym;
}

int GridSpec::minLevel() const
{
    switch (convention) {
    case IntegerConvention::SymNarrow:
        return 1 - (1 << (bits - 1));
    case IntegerConvention::SymHalf:
        return -(1 << (bits - 1));
    case IntegerConvention::Asym:
        break;
    }
    return 0;
}

int GridSpec::maxLevel() const
{
    return convention == IntegerConvention::Asym ? (1 << bits) - 1 : (1 << (bits - 1)) - 1;
}

std::uint64_t GridSpec::storedBytes(std::uint64_t rows, std::uint64_t cols) const
{
    const auto width = static_cast<std::uint64_t>(bits);
    const std::uint64_t groups = groupsPerRow(cols);
    const std::uint64_t codes = element == ElementKind::Integer
        ? rows * ceilDiv<std::uint64_t>(cols * width, 32) * 4
        : ceilDiv<std::uint64_t>(rows * cols * width, 8);
    const std::uint64_t zeros = hasZeros() ? groups * ceilDiv<std::uint64_t>(rows * width, 32) * 4 : 0;
    return codes + rows * groups * scaleBytes(scaleType) + zeros;
}

double GridSpec::bitsPerWeight(std::uint64_t rows, std::uint64_t cols) const
{
    if (rows == 0 || cols == 0)
        return 0.0;
    return 8.0 * static_cast<double>(storedBytes(rows, cols)) / static_cast<double>(rows * cols);
}

GridSpec GridSpec::withScaleType(ScaleType type) const
{
    GridSpec copy = *this;
    copy.scaleType = type;
    return copy;
}

ScaleType defaultScaleType(ElementKind element)
{
    return element == ElementKind::Integer ? ScaleType::F16 : ScaleType::F32;
}

Result<GridSpec> gridFromId(std::string_view id)
{
    const auto words = splitWords(id);
    GridSpec grid;
    std::size_t next = parseElement(words, grid);
    if (next == 0)
        return fail(ErrorCode::InvalidArgument,
            "Number format \"{}\" does not begin with int2..int8-sym|narrow|asym, fp8-e4m3 or nf4.",
            escapedForDisplay(id));
    grid.scaleType = defaultScaleType(grid.element);
    const auto group = next < words.size() ? parseGroup(words[next]) : std::nullopt;
    if (!group)
        return fail(ErrorCode::InvalidArgument,
            "Number format \"{}\" needs a group after its element: row, or g1 to g{} as in g128.",
            escapedForDisplay(id), kLargestGroup);
    grid.group = *group;
    ++next;
    if (next < words.size()) {
        for (const auto type : {ScaleType::F32, ScaleType::F16, ScaleType::BF16})
            if (words[next] == scaleWord(type))
                grid.scaleType = type;
        ++next;
    }
    // One id per format: anything that does not print the same way back is not an id.
    if (next != words.size() || grid.id() != id)
        return fail(ErrorCode::InvalidArgument,
            "Number format \"{}\" has an unknown ending after its group; did you mean \"{}\"?",
            escapedForDisplay(id), grid.id());
    return grid;
}

float roundScale(ScaleType type, float scale)
{
    float rounded = scale;
    float smallest = std::numeric_limits<float>::denorm_min();
    switch (type) {
    case ScaleType::F32:
        break;
    case ScaleType::F16:
        rounded = floatFromHalf(halfFromFloat(scale));
        smallest = floatFromHalf(1);
        break;
    case ScaleType::BF16:
        rounded = floatFromBfloat16(bfloat16FromFloat(scale));
        smallest = floatFromBfloat16(1);
        break;
    }
    return std::max(rounded, smallest);
}

std::uint64_t scaleBytes(ScaleType type)
{
    return type == ScaleType::F32 ? 4 : 2;
}

std::span<const float> nf4Levels()
{
    return kNf4Levels;
}

std::vector<float> gridLevels(const GridSpec& grid, float scale, int zero)
{
    std::vector<float> levels;
    switch (grid.element) {
    case ElementKind::Integer:
        for (int level = grid.minLevel(); level <= grid.maxLevel(); ++level)
            levels.push_back(static_cast<float>(grid.hasZeros() ? level - zero : level) * scale);
        return levels;
    case ElementKind::Minifloat:
        for (int code = 0; code < 256; ++code)
            if ((code & 0x7F) != 0x7F && code != 0x80) // NaN, and -0 which equals 0
                levels.push_back(floatFromE4M3(static_cast<std::uint8_t>(code)) * scale);
        std::sort(levels.begin(), levels.end());
        return levels;
    case ElementKind::Codebook:
        for (const float level : kNf4Levels)
            levels.push_back(level * scale);
        return levels;
    }
    return levels;
}

} // namespace bitwright::numeric
