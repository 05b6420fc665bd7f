#pragma once

#include "views/charts/maxima_chart.h"
#include "views/charts/outlier_map.h"
#include "views/panels/chart_data.h"
#include "views/panels/massive_data.h"

namespace bitwright::views {

// What the views of activations draw, from dumps and the document. Free functions without widgets.

/// Kind of a site, one line or one group of rows each: "residual stream", "input of q, k, v", "mlp
/// contribution".
[[nodiscard]] QString siteGroup(const model::Site& site);
/// The same where room is short: "stream", "q, k, v", "mlp".
[[nodiscard]] QString siteGroupBrief(const model::Site& site);
/// Where within its block a site of the residual stream stands: 0 before attention, 0.5 before the mlp.
[[nodiscard]] double siteOffset(const model::Site& site);
/// Block to draw every site of a dump at: what precedes the blocks is -1, what follows them the last block
/// + 1.
[[nodiscard]] std::vector<int> siteBlocks(const model::ActivationDump& dump);
/// Short words for an axis, one per site: "3", "3 before mlp", "final stream". With `withGroup` the kind is
/// named.
[[nodiscard]] QStringList siteLabels(const model::ActivationDump& dump, bool withGroup);
/// The same where there is little room: "3 attn" for "3 before attention"; empty where it is short anyway.
/// `block` is that of siteBlocks().
[[nodiscard]] QString siteLabelBrief(const model::Site& site, int block);

/// Sites that may be compared row by row.
struct SiteGroup
{
    QString name;
    std::vector<std::size_t> sites; ///< In dump order.
    std::size_t channels = 0; ///< Of the widest.
};
/// The kinds of a dump's sites, the residual stream first.
[[nodiscard]] std::vector<SiteGroup> siteGroups(const model::ActivationDump& dump);

/// The units that sites of the first dump feed or come from, ascending.
/// The site of the first dump that is called like one of dump `dump`; -1 when there is none.
[[nodiscard]] int siteOfFirstDump(const Document& document, int dump, int site);
/// The other way.
[[nodiscard]] int siteOfDump(const Document& document, int dump, int firstSite);
[[nodiscard]] QVector<int> unitsOfSites(const Document& document, const QVector<int>& sites);

/// The same for every site of the first dump, each on its own.
[[nodiscard]] std::vector<QVector<int>> unitsOfEverySite(const Document& document);
/// Sites of the same kind as `current` whose units (see unitsOfEverySite) are all selected, where that is
/// more than one: one tensor feeds and comes from sites of several kinds.
[[nodiscard]] QVector<int> selectedSites(
    const Document& document, const std::vector<QVector<int>>& unitsOfSite, int current);
/// Ctrl+click and Shift+click on sites: adds their units to the selection; with `toggles` takes them away
/// when all of them are in. The current tensor becomes one of the last site.
void extendBySites(Document& document, const QVector<int>& sites, int channel, bool toggles);

/// `massive` gives the marks: one per site and channel, at its largest value.
[[nodiscard]] MaximaData maximaData(const Document& document, const MassiveList& massive);

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

/// Adds to a map whose rows are `sites` what the report says by the criterion.
void addCriterion(OutlierMapData& data, const model::ActivationDump& dump, const stats::OutlierReport& report,
    const std::vector<std::size_t>& sites, Criterion criterion);

/// Rows are the sites of `group` (all when it is empty) that `map` has. A criterion about channels marks
/// cells; one about sites gives each row a number.
[[nodiscard]] OutlierMapData outlierMapData(const Document& document, const stats::ChannelMap& map,
    const QString& group = {}, Criterion criterion = Criterion::None);

} // namespace bitwright::views
