#include "views/panels/plan_data.h"

#include "views/charts/chart_math.h"
#include "views/models/core_text.h"
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
    return QCoreApplication::translate("PlanData", text);
}

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

} // namespace

namespace {

/// Experts share a cell: each is as wide as the share of the tokens that it saw, where the dump says so.
void shareCells(const Document& document, MatrixData& data)
{
    std::map<std::pair<int, int>, std::vector<std::size_t>> cells;
    for (std::size_t i = 0; i < data.units.size(); ++i) {
        auto& unit = data.units[i];
        cells[{unit.row, unit.column}].push_back(i);
        if (document.workspace()->units()[i].routedExpert)
            unit.tokens = expertTokens(document, i);
    }
    for (const auto& [place, members] : cells) {
        double total = 0;
        bool known = members.size() > 1;
        for (const std::size_t i : members) {
            known = known && data.units[i].tokens;
            total += data.units[i].tokens.value_or(0);
        }
        const auto count = static_cast<double>(members.size());
        // An expert that nobody visited keeps a sliver: it must stay visible to be found.
        for (const std::size_t i : members)
            data.units[i].share
                = known && total > 0 ? std::max(*data.units[i].tokens / total, 0.15 / count) : 1.0 / count;
    }
}

} // namespace

QString harmSource(const Document& document)
{
    return harmIsMeasured(document) ? document.title() : sourceText(document);
}

std::optional<double> expertTokens(const Document& document, std::size_t unit)
{
    const auto& workspace = *document.workspace();
    const auto& planned = workspace.units()[unit];
    // The site of a stack counts the tokens of all its experts together.
    if (workspace.dump() == nullptr || planned.stacked)
        return std::nullopt;
    const auto site = workspace.dump()->inputSiteOf(planned.tensor);
    if (!site)
        return std::nullopt;
    return static_cast<double>(workspace.dump()->sites()[*site].count);
}

namespace {

/// Units outside the blocks, such as a head: a strip of their own below the blocks of their tower, where
/// there are blocks and these units are few. A row and a column for each would be empty but for one cell.
bool standsLoose(const Document& document)
{
    constexpr std::size_t kMost = 6; // in a strip
    std::map<std::string, std::size_t> loose;
    bool blocks = false;
    for (const auto& unit : document.workspace()->units()) {
        blocks = blocks || unit.block.has_value();
        if (!unit.block)
            ++loose[unit.tower];
    }
    std::set<model::Role> roles;
    for (const auto& unit : document.workspace()->units())
        if (unit.block)
            roles.insert(unit.role);
    return blocks && std::all_of(loose.begin(), loose.end(), [&](const auto& tower) {
        return tower.second <= std::min(kMost, roles.size());
    });
}

} // namespace

MatrixData matrixData(const Document& document)
{
    MatrixData data;
    if (!document.isOpen())
        return data;
    const auto& units = document.workspace()->units();
    const bool strip = standsLoose(document);
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
            row.loose = strip && !unit.block;
            data.rows.push_back(row);
        }
        if ((unit.block || !strip) && std::find(roles.begin(), roles.end(), unit.role) == roles.end())
            roles.push_back(unit.role);
    }
    std::stable_sort(roles.begin(), roles.end());
    for (const auto role : roles)
        data.columns.push_back({roleLabel(role), roleDescription(role), roleGroup(role)});
    std::vector<int> filled(data.rows.size(), 0); // of a strip
    for (const auto& unit : units) {
        MatrixUnit item;
        item.row = rows[std::make_pair(unit.tower, unit.block.value_or(-1))];
        const auto row = static_cast<std::size_t>(item.row);
        if (data.rows[row].loose) {
            item.column = filled[row]++;
            item.label = roleLabel(unit.role);
        } else {
            item.column = static_cast<int>(std::find(roles.begin(), roles.end(), unit.role) - roles.begin());
        }
        item.name = display(unit.name);
        item.bits = std::numeric_limits<double>::quiet_NaN();
        data.units.push_back(item);
    }
    shareCells(document, data);
    data.harmLabel = harmLabel(document);
    takePlan(document, data.units);
    return data;
}

namespace {

/// What measuring found, which is there before any plan.
void takeScan(const Document& document, std::vector<MatrixUnit>& units)
{
    for (std::size_t i = 0; i < units.size(); ++i) {
        const auto* result = document.result(document.tensorOfUnit(static_cast<int>(i)));
        units[i].nonFinite = result != nullptr && result->stats && result->stats->hasNonFinite();
        units[i].failed = result != nullptr && result->error.has_value();
    }
}

} // namespace

namespace {

/// Brings single units up to the plan of now.
class PlanTaker
{
public:
    PlanTaker(const Document& document, std::size_t units)
        : m_document(document)
        , m_space(*document.space())
        , m_solver(document.solverChoice())
        , m_known(m_solver.size() == units)
        , m_imported(m_space.provenance().origin == "imported")
        , m_tieOf(units, -1)
    {
        const auto& ties = m_space.tiesOf(document.plan());
        for (std::size_t t = 0; t < ties.size(); ++t) {
            for (const auto unit : ties[t].units)
                m_tieOf[unit] = static_cast<int>(t);
        }
        for (const auto& id : m_space.optionIds())
            m_names.push_back(QString::fromStdString(id));
    }

    void take(std::size_t i, MatrixUnit& item)
    {
        const std::size_t option = m_document.choice()[i];
        const auto& cell = m_space.cell(i, option);
        const auto& unit = m_space.units()[i];
        if (item.option != m_names[option])
            item.option = m_names[option];
        item.bits = 8.0 * static_cast<double>(cell.resolved.bytes) / static_cast<double>(unit.parameters());
        item.harm = cell.score;
        item.interval = cell.low && cell.high ? std::optional(Interval{*cell.low, *cell.high}) : std::nullopt;
        item.calibrated = cell.origin == score::ScoreOrigin::Calibrated;
        item.tie = m_tieOf[i];
        item.locked = m_document.isLocked(i);
        item.edited = m_known && m_solver[i] != option;
        item.imported = m_imported;
        item.fallback = !cell.resolved.fallback.empty();
        if (cell.resolved.fallback != m_reason) { // the same for thousands of units in a row
            m_reason = cell.resolved.fallback;
            m_note = coreText(m_reason);
        }
        if (item.note != m_note)
            item.note = m_note;
    }

private:
    const Document& m_document;
    const plan::PlanSpace& m_space;
    const std::vector<std::size_t>& m_solver;
    const bool m_known;
    const bool m_imported;
    std::vector<int> m_tieOf;
    std::vector<QString> m_names; ///< Shared, not one copy per unit.
    std::string m_reason;
    QString m_note;
};

} // namespace

void takePlan(const Document& document, std::vector<MatrixUnit>& units)
{
    takeScan(document, units);
    if (!document.space() || document.choice().size() != units.size())
        return;
    PlanTaker taker(document, units.size());
    for (std::size_t i = 0; i < units.size(); ++i)
        taker.take(i, units[i]);
}

void takePlanOf(
    const Document& document, const std::vector<std::size_t>& moved, std::vector<MatrixUnit>& units)
{
    if (!document.space() || document.choice().size() != units.size())
        return;
    PlanTaker taker(document, units.size());
    for (const std::size_t i : moved)
        taker.take(i, units[i]);
}

ExpertGrid expertGrid(const Document& document, const MatrixData& whole, int row)
{
    ExpertGrid grid;
    grid.data.harmLabel = whole.harmLabel;
    grid.title = whole.rows[static_cast<std::size_t>(row)].label;
    std::map<std::uint64_t, int> experts;
    std::map<int, int> columns; // of the whole matrix -> of the grid
    double most = 0;
    for (std::size_t i = 0; i < whole.units.size(); ++i) {
        const auto& expert = document.workspace()->units()[i].routedExpert;
        if (whole.units[i].row != row || !expert)
            continue;
        experts.emplace(*expert, 0);
        columns.emplace(whole.units[i].column, 0);
        most = std::max(most, whole.units[i].tokens.value_or(0));
    }
    int next = 0;
    for (auto& [expert, index] : experts) {
        index = next++;
        grid.data.rows.push_back({tr("expert %1").arg(expert), {}});
    }
    next = 0;
    for (auto& [column, index] : columns) {
        index = next++;
        grid.data.columns.push_back(whole.columns[static_cast<std::size_t>(column)]);
    }
    for (std::size_t i = 0; i < whole.units.size(); ++i) {
        const auto& expert = document.workspace()->units()[i].routedExpert;
        if (whole.units[i].row != row || !expert)
            continue;
        MatrixUnit unit = whole.units[i];
        unit.row = experts[*expert];
        unit.column = columns[unit.column];
        unit.share = unit.tokens && most > 0 ? std::max(*unit.tokens / most, 0.04) : 1.0;
        grid.data.units.push_back(unit);
        grid.units.push_back(static_cast<int>(i));
    }
    return grid;
}

} // namespace bitwright::views
