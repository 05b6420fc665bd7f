#include "core/export/unit_quantizer.h"

#include "core/export/preflight.h"
#include "core/export/proof.h"
#include "core/io/hash.h"

#include <algorithm>
#include <map>

namespace bitwright::exporting {

UnitQuantizer::UnitQuantizer(const Job& job, const model::ActivationDump* dump)
    : m_job(job)
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

Result<std::string> UnitQuantizer::write(
    const PlannedUnit& unit, const WeightFiles& files, const RunContext& context)
{
    const quant::Option& option = unit.resolved.option;
    BITWRIGHT_ASSIGN(const auto source,
        model::MatrixReader::open(*m_job.source, unit.unit.index, unit.unit.stacked ? unit.unit.expert : 0));
    RunContext quiet = context;
    quiet.progress = nullptr;
    BITWRIGHT_ASSIGN(const auto factor, factorFor(unit, quiet));
    BITWRIGHT_CHECK(m_job.writer->beginUnit(unit, files));
    io::Hasher hasher;
    std::vector<float> tile, meant;
    const std::uint64_t step = tileRows(source.cols());
    for (std::uint64_t begin = 0; begin < source.rows(); begin += step) {
        BITWRIGHT_CHECK(context.checkStop());
        const std::uint64_t end = std::min(source.rows(), begin + step);
        tile.resize((end - begin) * source.cols());
        meant.resize(tile.size());
        BITWRIGHT_CHECK(source.readRows(begin, end, tile));
        const quant::WeightTile weights{tile, end - begin, source.cols()};
        BITWRIGHT_ASSIGN(const auto quantized,
            factor ? quant::quantizeGptq(weights, *option.grid, option.settings, *factor, quiet)
                   : quant::quantize(
                       weights, *option.grid, option.method, option.settings, std::nullopt, quiet));
        BITWRIGHT_CHECK(m_job.writer->writeRows(unit, quantized, begin, files, meant));
        hasher.add(std::as_bytes(std::span<const float>(meant)));
        context.report(
            static_cast<double>(end) / static_cast<double>(source.rows()), "quantizing " + unit.unit.name);
    }
    return hasher.hex();
}

std::vector<std::size_t> UnitQuantizer::order() const
{
    std::map<std::size_t, std::size_t> firstOfSite;
    std::vector<std::pair<std::size_t, std::size_t>> keyed;
    for (std::size_t i = 0; i < m_job.units.size(); ++i) {
        const plan::Unit& unit = m_job.units[i].unit;
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
