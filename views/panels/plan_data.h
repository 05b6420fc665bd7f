#pragma once

#include "views/charts/block_role_matrix.h"
#include "views/charts/option_heat_map.h"
#include "views/charts/pareto_chart.h"
#include "views/models/harm_run.h"
#include "views/panels/chart_data.h"

namespace bitwright::views {

// What the charts of the plan draw, from what the document knows.

/// For captions of harm: the model and, where harm is not measured, the text that predicts it. A measurement
/// may have run another text or less of it, and names its tokens itself.
[[nodiscard]] QString harmSource(const Document& document);
[[nodiscard]] MatrixData matrixData(const Document& document);
/// Brings the units of the matrix, one per unit of the document, up to what measuring found and the plan of
/// now.
void takePlan(const Document& document, std::vector<MatrixUnit>& units);
/// Brings `moved` of them up to the plan of now, which differs in no others.
void takePlanOf(
    const Document& document, const std::vector<std::size_t>& moved, std::vector<MatrixUnit>& units);
/// Calibration tokens that an expert saw; nothing when the dump does not say.
[[nodiscard]] std::optional<double> expertTokens(const Document& document, std::size_t unit);
/// The experts of one block: rows are experts, columns roles, cells as wide as their coverage. `units` maps
/// the data's units to those of the document.
struct ExpertGrid
{
    MatrixData data;
    QVector<int> units;
    QString title;
};
[[nodiscard]] ExpertGrid expertGrid(const Document& document, const MatrixData& whole, int row);
/// Harm of every option of every unit; empty before anything is scored.
[[nodiscard]] OptionMapData optionMapData(const Document& document);
[[nodiscard]] std::vector<OptionMapChoice> optionMapChoices(const Document& document);
/// With the whole plans that were run, where harm has their unit.
[[nodiscard]] ParetoData paretoData(const Document& document, const HarmRun* measured = nullptr);
/// The part of it that every edit changes: cheap enough for each frame of a drag.
struct ParetoCurrent
{
    std::optional<ParetoMark> mark;
    int state = -1; ///< Of the frontier, when the plan lies on it.
    std::optional<double> budgetBytes;
    bool frontierStale = false;
};
[[nodiscard]] ParetoCurrent paretoCurrent(const Document& document);
/// Where the plan would be with `units` on one option; nothing when that is where it is, or when harm or
/// legality is not known.
[[nodiscard]] std::optional<ParetoMove> paretoMove(
    const Document& document, const QVector<int>& units, std::size_t option);

} // namespace bitwright::views
