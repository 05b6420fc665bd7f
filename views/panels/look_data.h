#pragma once

#include "core/stats/outliers.h"
#include "views/charts/data_table.h"
#include "views/charts/maxima_chart.h"
#include "views/charts/outlier_map.h"
#include "views/panels/chart_data.h"

namespace bitwright::views {

// What the views of activations draw, from dumps and the document. Free functions without widgets.

/// Kind of a site, one line or one group of rows each: "residual stream", "input of q, k, v", "mlp
/// contribution".
[[nodiscard]] QString siteGroup(const model::Site& site);
/// Where within its block a site of the residual stream stands: 0 before attention, 0.5 before the mlp.
[[nodiscard]] double siteOffset(const model::Site& site);
/// Block to draw every site of a dump at: what precedes the blocks is -1, what follows them the last block
/// + 1.
[[nodiscard]] std::vector<int> siteBlocks(const model::ActivationDump& dump);
/// Short words for an axis, one per site: "3", "3 before mlp", "final stream". With `withGroup` the kind is
/// named.
[[nodiscard]] QStringList siteLabels(const model::ActivationDump& dump, bool withGroup);

/// Sites that may be compared row by row.
struct SiteGroup
{
    QString name;
    std::vector<std::size_t> sites; ///< In dump order.
    std::size_t channels = 0; ///< Of the widest.
};
/// The kinds of a dump's sites, the residual stream first.
[[nodiscard]] std::vector<SiteGroup> siteGroups(const model::ActivationDump& dump);

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
    std::vector<MassiveValue> values; ///< Per site by descending magnitude.
    std::size_t omitted = 0; ///< Tokens beyond the limit per site.
    bool complete = true; ///< false: a dump's list of largest values may end before the criterion does.
};
/// `tokens` are the ids of /tokens/input_ids, -1 where a sequence is padded; empty when unknown.
[[nodiscard]] MassiveList massiveValues(int dump, const model::ActivationDump& source,
    const stats::OutlierReport& report, const std::vector<std::int32_t>& tokens,
    const stats::MassiveSettings& settings = {});
/// Of all dumps of the document, as far as they are known.
[[nodiscard]] MassiveList massiveValues(const Document& document);

/// `massive` gives the marks: one per site and channel, at its largest value.
[[nodiscard]] MaximaData maximaData(const Document& document, const MassiveList& massive);
/// One row per value, in the order of the list.
[[nodiscard]] TableData massiveTable(const Document& document, const MassiveList& massive);

/// What an outlier criterion adds to the map.
enum class Criterion
{
    None,
    Int8Joint, ///< LLM.int8(): both shares in the same layers.
    Int8Separate, ///< LLM.int8(): the two shares on their own.
    InfNorm, ///< Quantizable Transformers.
    Kurtosis, ///< Quantizable Transformers.
    OspKurtosis, ///< OSP, corrected.
    CrossQuant, ///< Share of values that a per-token INT8 scale rounds to zero.
};
[[nodiscard]] QString criterionName(Criterion criterion);
/// What the criterion means and where it is from, in a sentence.
[[nodiscard]] QString criterionTip(Criterion criterion);

/// Rows are the sites of `group` (all when it is empty) that `map` has. A criterion about channels marks
/// cells; one about sites gives each row a number.
[[nodiscard]] OutlierMapData outlierMapData(const Document& document, const stats::ChannelMap& map,
    const QString& group = {}, Criterion criterion = Criterion::None);

} // namespace bitwright::views
