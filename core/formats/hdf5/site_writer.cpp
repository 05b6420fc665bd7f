#include "core/formats/hdf5/site_writer.h"

#include "core/base/float_bits.h"
#include "core/formats/hdf5/h5_write.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace bitwright::formats::h5 {

Result<void> writeVector(
    hid_t group, const char* name, const std::optional<std::vector<double>>& values, hid_t file)
{
    if (!values)
        return {};
    BITWRIGHT_CHECK(
        writeData(group, name, {file, H5T_NATIVE_DOUBLE, {values->size()}, false}, values->data()));
    return {};
}

Result<void> writePlaces(
    hid_t group, std::span<const std::int32_t> sequence, std::span<const std::int32_t> position)
{
    const Stored stored{H5T_STD_I32LE, H5T_NATIVE_INT32, {sequence.size()}, false};
    BITWRIGHT_CHECK(writeData(group, "sample_sequence", stored, sequence.data()));
    BITWRIGHT_CHECK(writeData(group, "sample_position", stored, position.data()));
    return {};
}

namespace {

constexpr float kLargestHalf = 65504.0F;

Result<void> writeFloats(hid_t group, const char* name, const std::optional<std::vector<float>>& values)
{
    if (!values)
        return {};
    BITWRIGHT_CHECK(
        writeData(group, name, {H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {values->size()}, true}, values->data()));
    return {};
}

/// Rounds to `bits` explicit mantissa bits, half away from zero; the zeros behind them compress well.
std::vector<float> rounded(std::span<const float> values, int bits)
{
    std::vector<float> out(values.begin(), values.end());
    const auto drop = static_cast<unsigned>(std::clamp(23 - bits, 0, 15));
    if (drop == 0)
        return out;
    for (float& value : out) {
        const std::uint32_t code = std::bit_cast<std::uint32_t>(value) + (1U << (drop - 1));
        value = std::bit_cast<float>(code & ~((1U << drop) - 1));
    }
    return out;
}

Result<void> writeStatistics(hid_t group, const model::Site& site)
{
    BITWRIGHT_CHECK(writeVector(group, "abs_max", site.absMax, H5T_IEEE_F32LE));
    BITWRIGHT_CHECK(writeVector(group, "min", site.min, H5T_IEEE_F32LE));
    BITWRIGHT_CHECK(writeVector(group, "max", site.max, H5T_IEEE_F32LE));
    BITWRIGHT_CHECK(writeVector(group, "mean", site.mean, H5T_IEEE_F64LE));
    BITWRIGHT_CHECK(writeVector(group, "mean_abs", site.meanAbs, H5T_IEEE_F64LE));
    BITWRIGHT_CHECK(writeVector(group, "sum_sq", site.sumSq, H5T_IEEE_F64LE));
    BITWRIGHT_CHECK(writeVector(group, "moment3", site.moment3, H5T_IEEE_F64LE));
    BITWRIGHT_CHECK(writeVector(group, "moment4", site.moment4, H5T_IEEE_F64LE));
    BITWRIGHT_CHECK(writeFloats(group, "token_abs_max", site.tokenAbsMax));
    BITWRIGHT_CHECK(writeFloats(group, "token_median_abs", site.tokenMedianAbs));
    return writeFloats(group, "token_rms", site.tokenRms);
}

Result<void> writeHistogram(hid_t group, const model::LogHistogram& histogram)
{
    std::vector<std::int64_t> counts(histogram.counts.begin(), histogram.counts.end());
    counts.push_back(static_cast<std::int64_t>(histogram.zeros));
    BITWRIGHT_ASSIGN(const Handle dataset,
        writeData(group, "hist_log10_abs", {H5T_STD_I64LE, H5T_NATIVE_INT64, {counts.size()}, false},
            counts.data()));
    BITWRIGHT_CHECK(writeNumber(dataset.id(), "low", model::LogHistogram::kLow));
    BITWRIGHT_CHECK(writeNumber(dataset.id(), "high", model::LogHistogram::kHigh));
    return writeInteger(dataset.id(), "zero_bucket", model::LogHistogram::kBins);
}

Result<void> writeTop(hid_t group, const std::vector<model::TopValue>& top)
{
    std::vector<double> values;
    std::vector<std::int64_t> places;
    for (const model::TopValue& entry : top) {
        values.push_back(entry.value);
        places.push_back(static_cast<std::int64_t>(entry.token));
        places.push_back(static_cast<std::int64_t>(entry.channel));
    }
    BITWRIGHT_CHECK(writeData(
        group, "top_values", {H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, {values.size()}, false}, values.data()));
    BITWRIGHT_CHECK(writeData(
        group, "top_index", {H5T_STD_I64LE, H5T_NATIVE_INT64, {values.size(), 2}, false}, places.data()));
    return {};
}

Result<void> writeSamples(hid_t group, const DumpSite& site)
{
    const std::vector<hsize_t> shape{site.sampleSequence.size(), static_cast<hsize_t>(site.site->channels)};
    const bool fits = std::all_of(site.samples.begin(), site.samples.end(),
        [](float value) { return std::fabs(value) <= kLargestHalf; });
    if (fits) {
        BITWRIGHT_ASSIGN(const Handle half, halfType());
        std::vector<std::uint16_t> codes(site.samples.size());
        std::transform(site.samples.begin(), site.samples.end(), codes.begin(),
            [](float value) { return halfFromFloat(value); });
        BITWRIGHT_CHECK(writeData(group, "samples", {half.id(), half.id(), shape, false}, codes.data()));
    } else {
        BITWRIGHT_CHECK(writeData(
            group, "samples", {H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, shape, false}, site.samples.data()));
    }
    return writePlaces(group, site.sampleSequence, site.samplePosition);
}

Result<void> writeGram(hid_t group, const DumpSite& site)
{
    // Full mantissas hardly get smaller by compression, which would cost more than the recording.
    const bool packed = site.gramBits < 23;
    const std::vector<float> values = rounded(site.gram, site.gramBits);
    BITWRIGHT_CHECK(
        writeData(group, "gram", {H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {values.size()}, packed}, values.data()));
    const auto count = static_cast<std::int64_t>(site.site->count);
    BITWRIGHT_CHECK(writeData(group, "gram_count", {H5T_STD_I64LE, H5T_NATIVE_INT64, {}, false}, &count));
    return {};
}

} // namespace

Result<void> writeSite(hid_t id, const DumpSite& site)
{
    BITWRIGHT_CHECK(writeText(id, "name", site.site->name));
    BITWRIGHT_CHECK(writeText(id, "kind", std::string(model::siteKindName(site.site->kind))));
    BITWRIGHT_CHECK(writeTexts(id, "tensors", site.site->tensors));
    BITWRIGHT_CHECK(writeInteger(id, "block", site.site->block.value_or(-1)));
    BITWRIGHT_CHECK(writeInteger(id, "channels", static_cast<std::int64_t>(site.site->channels)));
    BITWRIGHT_CHECK(writeInteger(id, "count", static_cast<std::int64_t>(site.site->count)));
    BITWRIGHT_CHECK(writeStatistics(id, *site.site));
    if (site.site->histogram)
        BITWRIGHT_CHECK(writeHistogram(id, *site.site->histogram));
    if (site.site->top)
        BITWRIGHT_CHECK(writeTop(id, *site.site->top));
    if (!site.sampleSequence.empty())
        BITWRIGHT_CHECK(writeSamples(id, site));
    if (!site.gram.empty())
        BITWRIGHT_CHECK(writeGram(id, site));
    return {};
}

} // namespace bitwright::formats::h5
