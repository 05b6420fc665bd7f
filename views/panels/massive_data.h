#pragma once

#include "core/stats/outliers.h"
#include "views/charts/data_table.h"
#include "views/models/document.h"

namespace bitwright::views {

// Massive activations of dumps by both published criteria. Free functions without widgets.

/// A value that counts as massive, by at least one of the two published criteria.
struct MassiveValue
{
    int dump = 0;
    int site = 0;
    double value = 0; ///< Signed where the dump lists the value, else the token's largest magnitude.
    std::int64_t token = 0; ///< Numbered without padding through all sequences.
    std::optional<std::int32_t> tokenId;
    std::optional<int> channel; ///< Unknown when the dump's list does not hold the value.
    std::optional<double> siteRatio; ///< |x| / median |x| of the site.
    std::optional<double> tokenRatio; ///< |x| / median |x| of the token.
    bool bySite = false; ///< Sun et al.: against the site's median.
    bool byToken = false; ///< Max_act_llm: the token's maximum against the token's median.
};
struct MassiveList
{
    std::vector<MassiveValue> values; ///< By descending magnitude, those of one dump site by site.
    std::size_t omitted = 0; ///< Values beyond the limit per site.
    std::size_t bySite = 0, byToken = 0, byBoth = 0; ///< Of all, also of those that are not listed.
    [[nodiscard]] std::size_t count() const { return values.size() + omitted; }
    bool complete = true; ///< false: a dump's list of largest values may end before the criterion does.
};
/// `tokens` are the ids of /tokens/input_ids, -1 where a sequence is padded; empty when unknown.
[[nodiscard]] MassiveList massiveValues(int dump, const model::ActivationDump& source,
    const stats::OutlierReport& report, const std::vector<std::int32_t>& tokens,
    const stats::MassiveSettings& settings = {});
/// Of all dumps of the document, as far as they are known.
[[nodiscard]] MassiveList massiveValues(const Document& document);

/// One row per value, in the order of the list.
/// Its columns that make way where there is little room, in that order.
[[nodiscard]] QList<int> massiveSpareColumns();
[[nodiscard]] TableData massiveTable(const Document& document, const MassiveList& massive);

/// Token ids in the numbering of dumps, which leaves padding (-1) out.
[[nodiscard]] std::vector<std::int32_t> withoutPadding(const std::vector<std::int32_t>& tokens);
[[nodiscard]] std::optional<std::int32_t> idOf(const std::vector<std::int32_t>& ids, std::uint64_t token);

} // namespace bitwright::views
