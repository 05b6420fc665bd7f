#include "views/panels/plan_data.h"

#include "views/charts/chart_math.h"
#include "views/panels/chart_data.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace bitwright::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ChartData", text);
}

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

} // namespace

MatrixData matrixData(const Document& document)
{
    MatrixData data;
    if (!document.isOpen())
        return data;
    const auto& units = document.workspace()->units();
    std::set<std::string> towers;
    for (const auto& unit : units)
        towers.insert(unit.tower);
    std::map<std::pair<std::string, int>, int> rows;
    std::vector<model::Role> roles;
    for (const auto& unit : units) {
        const auto key = std::make_pair(unit.tower, unit.block.value_or(-1));
        if (rows.emplace(key, static_cast<int>(data.rows.size())).second) {
            MatrixRow row;
            row.label = unit.block ? QString::number(*unit.block) : tr("other");
            row.tower = towers.size() > 1 ? display(unit.tower) : QString();
            data.rows.push_back(row);
        }
        if (std::find(roles.begin(), roles.end(), unit.role) == roles.end())
            roles.push_back(unit.role);
    }
    std::stable_sort(roles.begin(), roles.end());
    for (const auto role : roles)
        data.columns.push_back({roleLabel(role), roleDescription(role), roleGroup(role)});
    for (const auto& unit : units) {
        MatrixUnit item;
        item.row = rows[std::make_pair(unit.tower, unit.block.value_or(-1))];
        item.column = static_cast<int>(std::find(roles.begin(), roles.end(), unit.role) - roles.begin());
        item.name = display(unit.name);
        item.bits = std::numeric_limits<double>::quiet_NaN();
        data.units.push_back(item);
    }
    // Experts share a cell: each takes its part of it.
    std::map<std::pair<int, int>, int> crowd;
    for (const auto& unit : data.units)
        ++crowd[{unit.row, unit.column}];
    for (auto& unit : data.units)
        unit.share = 1.0 / crowd[{unit.row, unit.column}];
    data.harmLabel = harmLabel(document);
    data.units = matrixUnits(document, data);
    return data;
}

std::vector<MatrixUnit> matrixUnits(const Document& document, const MatrixData& layout)
{
    std::vector<MatrixUnit> units = layout.units;
    const auto& space = document.space();
    if (!space || document.choice().size() != units.size())
        return units;
    const auto& plan = document.plan();
    const auto& ties = space->tiesOf(plan);
    std::vector<int> tieOf(units.size(), -1);
    for (std::size_t t = 0; t < ties.size(); ++t) {
        for (const auto unit : ties[t].units)
            tieOf[unit] = static_cast<int>(t);
    }
    for (std::size_t i = 0; i < units.size(); ++i) {
        const auto& cell = space->cell(i, document.choice()[i]);
        const auto& unit = space->units()[i];
        auto& item = units[i];
        item.option = QString::fromStdString(space->optionIds()[document.choice()[i]]);
        item.bits = 8.0 * static_cast<double>(cell.resolved.bytes) / static_cast<double>(unit.parameters());
        item.harm = cell.score;
        item.tie = tieOf[i];
        const auto entry = plan.entries.find(unit.name);
        item.locked = entry != plan.entries.end() && entry->second.locked;
        item.fallback = !cell.resolved.fallback.empty();
        item.note = QString::fromStdString(cell.resolved.fallback);
        const auto* result = document.result(static_cast<int>(unit.index));
        item.nonFinite = result != nullptr && result->stats && result->stats->hasNonFinite();
    }
    return units;
}

ParetoData paretoData(const Document& document)
{
    ParetoData data;
    const auto& space = document.space();
    if (!space)
        return data;
    if (const auto& frontier = document.frontier()) {
        for (const auto& point : frontier->points)
            data.frontier.push_back({static_cast<double>(point.bytes), point.objective});
        data.exact = frontier->frontier.exact();
        data.gap = frontier->frontier.gap();
        if (const auto index = frontier->frontier.indexWithin(document.numbers().size.unitBytes)) {
            const auto& point = frontier->points[*index];
            const double scale = std::max(std::abs(point.objective), 1e-300);
            if (std::abs(point.objective - document.numbers().objective) <= 1e-9 * scale)
                data.currentState = static_cast<int>(*index);
        }
    }
    for (const auto& uniform : document.uniforms()) {
        if (uniform.numbers.unscored > 0 || uniform.option == "keep")
            continue;
        data.presets.push_back(
            {QString::fromStdString(uniform.option), static_cast<double>(uniform.numbers.size.bytes()),
                uniform.numbers.objective, std::nullopt, false});
    }
    for (const auto& plan : document.namedPlans()) {
        if (plan.entries == document.plan().entries)
            continue; // it is the handle
        const auto numbers = plan::numbersOf(*space, plan, document.settings().objective);
        if (numbers && numbers->unscored == 0)
            data.plans.push_back({display(plan.name), static_cast<double>(numbers->size.bytes()),
                numbers->objective, std::nullopt, false});
    }
    if (!document.choice().empty())
        data.current
            = ParetoMark{display(document.plan().name), static_cast<double>(document.numbers().size.bytes()),
                document.numbers().objective, std::nullopt, false};
    if (const auto budget = document.budgetBytes())
        data.budgetBytes = static_cast<double>(*budget);
    data.plannedWeights = static_cast<double>(space->fileParameters());
    data.harmLabel = harmLabel(document);
    data.bytesLabel = space->target().simulatedSize() ? tr("all weights, if they were packed")
                                                      : tr("all weights of the file");
    return data;
}

} // namespace bitwright::views
