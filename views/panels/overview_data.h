#pragma once

#include "views/charts/size_treemap.h"
#include "views/models/document.h"

namespace bitwright::views {

// What the overview shows. Free functions without widgets, so that they are tested alone.

enum class TreemapGrouping
{
    Role,
    Block,
    None,
};
enum class TreemapMeasure
{
    PlanBits, ///< Bits per weight as the plan would write them.
    FileBits,
    Harm, ///< Predicted, of the chosen option; what the plan does not decide stays blank.
    Type,
    Role,
    Crest, ///< max |w| / rms, measured by the scan.
    Kurtosis,
};
enum class TreemapArea
{
    File,
    Plan,
};
[[nodiscard]] QString treemapMeasureName(TreemapMeasure measure);
/// Items are the tensors of the checkpoint, in its order: an item's index is the tensor's.
[[nodiscard]] TreemapData treemapData(
    const Document& document, TreemapGrouping grouping, TreemapMeasure measure, TreemapArea area);

/// What is missing or worth knowing, with what a button does about it.
struct MissingItem
{
    enum class Remedy
    {
        None,
        OpenDump,
        Record,
        Scan,
        Filter, ///< Shows in the tree what `target` finds.
        View, ///< Shows the panel `target`.
        Explain, ///< The glossary entry `target`.
    };
    QString id; ///< Stable: "no-dump".
    QString text;
    bool warning = false; ///< Something is wrong rather than absent.
    Remedy remedy = Remedy::None;
    QString button;
    QString tip;
    QString target;
    bool operator==(const MissingItem&) const = default;
};
[[nodiscard]] std::vector<MissingItem> missingItems(const Document& document);

} // namespace bitwright::views
