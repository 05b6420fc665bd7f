#include "core/export/unit_quantizer.h"

#include "core/export/preflight.h"
#include "core/export/proof.h"
#include "core/io/hash.h"

#include <algorithm>
#include <map>

namespace bitwright::exporting {

UnitTiles::UnitTiles(PlannedUnit unit, model::MatrixReader source, const TargetWriter& writer,
    std::optional<quant::GptqFactor> factor)
    : m_unit(std::move(unit))
    , m_source(source)
    , m_writer(&writer)
    , m_factor(std::move(factor))
{ }

Result<numeric::QuantizedMatrix> UnitTiles::quantize(
    std::uint64_t begin, std::uint64_t end, const RunContext& context) const
{
    const quant::Option& option = m_unit.resolved.option;
    std::vector<float> tile((end - begin) * m_source.cols());
    BITWRIGHT_CHECK(m_source.readRows(begin, end, tile));
    const quant::WeightTile weights{tile, end - begin, m_source.cols()};
    if (m_factor)
        return quant::quantizeGptq(weights, *option.grid, option.settings, *m_factor, context);
    return quant::quantize(weights, *option.grid, option.method, option.settings, std::nullopt, context);
}

Result<void> UnitTiles::readerValues(
    std::uint64_t begin, std::uint64_t end, std::span<float> out, const RunContext& context) const
{
    BITWRIGHT_ASSIGN(const auto quantized, quantize(begin, end, context));
    return m_writer->readerValues(m_unit, quantized, out);
}

UnitQuantizer::UnitQuantizer(
    const model::Checkpoint& source, const TargetWriter& writer, const model::ActivationDump* dump)
    : m_checkpoint(source)
    , m_writer(writer)
    , m_dump(dump)
{ }

Result<const score::UnitEvidence*> UnitQuantizer::evidenceOf(const PlannedUnit& unit)
{
    const auto site = gramSite(m_dump, unit.unit.tensor, unit.unit.cols);
    if (site == m_site)
        return &m_evidence;
    m_factors.clear();
    m_evidence = {};
    m_site.reset();
    if (site) {
        BITWRIGHT_ASSIGN(m_evidence.gram, m_dump->loadGram(*site));
    }
    m_site = site;
    return &m_evidence;
}

Result<std::optional<quant::GptqFactor>> UnitQuantizer::factorFor(
    const PlannedUnit& unit, const RunContext& context)
{
    const quant::Option& option = unit.resolved.option;
    if (option.method != quant::Method::Gptq)
        return std::optional<quant::GptqFactor>();
    BITWRIGHT_ASSIGN(const score::UnitEvidence* evidence, evidenceOf(unit));
    if (!evidence->gram)
        return fail(ErrorCode::InvalidArgument, "{} needs the Gram of the unit's inputs.", option.id);
    const std::uint64_t groupWidth = option.grid->groupWidth(evidence->gram->width);
    const auto same = std::find_if(m_factors.begin(), m_factors.end(), [&](const KnownFactor& known) {
        return quant::sameFactor(known.settings, known.groupWidth, option.settings, groupWidth);
    });
    if (same != m_factors.end())
        return std::optional(same->factor);
    const quant::GramView gram{evidence->gram->lower, evidence->gram->width, evidence->gram->count};
    BITWRIGHT_ASSIGN(auto factor, quant::GptqFactor::make(gram, option.settings, context, groupWidth));
    m_factors.push_back({option.settings, groupWidth, factor});
    return std::optional(std::move(factor));
}

Result<UnitTiles> UnitQuantizer::open(const PlannedUnit& unit, const RunContext& context)
{
    BITWRIGHT_ASSIGN(auto source,
        model::MatrixReader::open(m_checkpoint, unit.unit.index, unit.unit.stacked ? unit.unit.expert : 0));
    BITWRIGHT_ASSIGN(auto factor, factorFor(unit, context));
    return UnitTiles(unit, source, m_writer, std::move(factor));
}

Result<std::string> UnitQuantizer::write(
    const PlannedUnit& unit, const WeightFiles& files, const RunContext& context)
{
    RunContext quiet = context;
    quiet.progress = nullptr;
    BITWRIGHT_ASSIGN(const UnitTiles tiles, open(unit, quiet));
    BITWRIGHT_CHECK(m_writer.beginUnit(unit, files));
    const std::uint64_t rows = tiles.source().rows();
    const std::uint64_t cols = tiles.source().cols();
    io::Hasher hasher;
    std::vector<float> meant;
    const std::uint64_t step = tileRows(cols);
    for (std::uint64_t begin = 0; begin < rows; begin += step) {
        BITWRIGHT_CHECK(context.checkStop());
        const std::uint64_t end = std::min(rows, begin + step);
        meant.resize((end - begin) * cols);
        BITWRIGHT_ASSIGN(const auto quantized, tiles.quantize(begin, end, quiet));
        BITWRIGHT_CHECK(m_writer.writeRows(unit, quantized, begin, files, meant));
        hasher.add(std::as_bytes(std::span<const float>(meant)));
        context.report(static_cast<double>(end) / static_cast<double>(rows), "quantizing " + unit.unit.name);
    }
    return hasher.hex();
}

std::vector<std::size_t> UnitQuantizer::order(const std::vector<PlannedUnit>& units) const
{
    std::map<std::size_t, std::size_t> firstOfSite;
    std::vector<std::pair<std::size_t, std::size_t>> keyed;
    for (std::size_t i = 0; i < units.size(); ++i) {
        const plan::Unit& unit = units[i].unit;
        const auto site = gramSite(m_dump, unit.tensor, unit.cols);
        const std::size_t key = site ? firstOfSite.try_emplace(*site, i).first->second : i;
        keyed.emplace_back(key, i);
    }
    std::sort(keyed.begin(), keyed.end());
    std::vector<std::size_t> order;
    for (const auto& [key, unit] : keyed)
        order.push_back(unit);
    return order;
}

} // namespace bitwright::exporting
