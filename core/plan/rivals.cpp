#include "core/plan/rivals.h"

#include <algorithm>
#include <map>
#include <set>

namespace bitwright::plan {

namespace {

/// What quantizes: options of one plan are compared with options of the same.
struct Quantizer
{
    quant::Method method = quant::Method::RoundToNearest;
    bool actOrder = false;
    auto operator<=>(const Quantizer&) const = default;
};

Quantizer quantizerOf(const quant::Option& option)
{
    return {option.method, option.method == quant::Method::Gptq && option.settings.actOrder};
}

/// The one that most of the plan's quantized units have; of equals the cheaper.
Quantizer quantizerOf(const Plan& plan)
{
    std::map<Quantizer, std::size_t> units;
    for (const auto& [unit, entry] : plan.entries)
        if (const auto option = quant::optionFromId(entry.option); option && option->grid)
            ++units[quantizerOf(*option)];
    const auto most = std::max_element(
        units.begin(), units.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == units.end() ? Quantizer{} : most->first;
}

/// A uniform plan under the locks and ties of the one that has to be beaten.
struct Candidate
{
    std::size_t option = 0; ///< Of the space.
    std::vector<std::size_t> choice;
    std::uint64_t unitBytes = 0;
    int bits = 0;
};

/// By rising size.
Result<std::vector<Candidate>> candidatesOf(const PlanSpace& space, const Plan& plan)
{
    const Quantizer quantizer = quantizerOf(plan);
    std::vector<Candidate> all;
    for (std::size_t i = 0; i < space.options().size(); ++i) {
        const quant::Option& option = space.options()[i];
        if (!option.grid || quantizerOf(option) != quantizer)
            continue;
        BITWRIGHT_ASSIGN(const Plan uniform, space.uniform(option.id, plan));
        BITWRIGHT_ASSIGN(auto choice, space.choiceOf(uniform));
        const std::uint64_t bytes = space.sizeOf(choice).unitBytes;
        all.push_back({i, std::move(choice), bytes, option.grid->bits});
    }
    std::stable_sort(all.begin(), all.end(),
        [](const Candidate& a, const Candidate& b) { return a.unitBytes < b.unitBytes; });
    return all;
}

/// Units that change together: a tied group, or one alone. In order of the first unit.
std::vector<std::vector<std::size_t>> groupsOf(const PlanSpace& space, const Plan& plan)
{
    std::vector<const Tie*> ties(space.units().size(), nullptr);
    for (const Tie& tie : space.tiesOf(plan))
        for (const std::size_t unit : tie.units)
            ties[unit] = &tie;
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t unit = 0; unit < ties.size(); ++unit)
        if (ties[unit] == nullptr)
            groups.push_back({unit});
        else if (ties[unit]->units.front() == unit)
            groups.push_back(ties[unit]->units);
    return groups;
}

bool takes(double share, std::uint64_t bytes, std::uint64_t budget)
{
    return static_cast<double>(bytes) >= share * static_cast<double>(budget);
}

/// A mix in the making: groups step up to wider options until the bytes are used.
class Mix
{
public:
    Mix(const PlanSpace& space, const Plan& plan, const Candidate& narrow, std::uint64_t unitBudget)
        : m_space(space)
        , m_groups(groupsOf(space, plan))
        , m_choice(narrow.choice)
        , m_budget(unitBudget)
        , m_rest(unitBudget - narrow.unitBytes)
        , m_rule{narrow.option}
    { }

    [[nodiscard]] const std::vector<std::size_t>& choice() const { return m_choice; }
    /// Options that the rule gives; what is topped up has others.
    [[nodiscard]] const std::set<std::size_t>& options() const { return m_rule; }
    [[nodiscard]] bool fills(double share) const { return takes(share, m_budget - m_rest, m_budget); }

    void spread(const Candidate& wide)
    {
        m_rule.insert(wide.option);
        // One group of the size of all blocks would leave a run of others its share: those outside of
        // blocks are decided first.
        const auto outside = groupsWhere(wide, [&](const auto& group) { return !blockOf(group); });
        const auto inside = groupsWhere(wide, [&](const auto& group) { return blockOf(group).has_value(); });
        const double step = total(outside, wide) + total(inside, wide);
        if (step <= 0)
            return;
        const bool half = 2 * static_cast<double>(m_rest) >= step;
        for (const std::size_t group : outside)
            if (half)
                static_cast<void>(raise(group, wide));
        const double share = std::min(1.0, static_cast<double>(m_rest) / std::max(1.0, total(inside, wide)));
        double due = 0;
        for (const std::size_t group : inside) {
            const auto cost = static_cast<double>(costOf(group, wide));
            due += share * cost;
            if (2 * due >= cost && raise(group, wide))
                due -= cost;
        }
        auto left = groupsWhere(wide, [](const auto&) { return true; });
        std::stable_sort(left.begin(), left.end(),
            [&](std::size_t a, std::size_t b) { return costOf(a, wide) > costOf(b, wide); });
        for (const std::size_t group : left)
            static_cast<void>(raise(group, wide));
    }

    /// The first and the last block, then the ones beside them, and so on; what is in no block at the end.
    void fillEnds(const Candidate& wide)
    {
        m_rule.insert(wide.option);
        const auto blocks = blocksOf();
        const auto rank = [&](std::size_t group) {
            const auto place = placeOf(blocks, group);
            if (!place)
                return 2 * blocks.size();
            const std::size_t fromEnd = blocks.size() - 1 - *place;
            return *place <= fromEnd ? 2 * *place : 2 * fromEnd + 1;
        };
        fillByRank(wide, rank);
    }

    void fillValueDown(const Candidate& wide)
    {
        m_rule.insert(wide.option);
        const auto blocks = blocksOf();
        const std::size_t eighth = blocks.size() / 8, last = 7 * blocks.size() / 8;
        enum Rank : std::size_t
        {
            First,
            Last,
            Third,
            Other,
            Rest
        };
        const auto rank = [&](std::size_t group) -> std::size_t {
            const auto place = placeOf(blocks, group);
            const auto favored = [&](std::size_t unit) {
                const model::Role role = m_space.units()[unit].role;
                return role == model::Role::Value || role == model::Role::QueryKeyValue
                    || role == model::Role::Down;
            };
            if (!place || std::none_of(m_groups[group].begin(), m_groups[group].end(), favored))
                return Rest;
            return *place < eighth           ? First
                : *place >= last             ? Last
                : (*place - eighth) % 3 == 2 ? Third
                                             : Other;
        };
        fillByRank(wide, rank);
    }

    /// Spends what no step of the rule fits into, by any option, the largest step first: a percent of the
    /// bytes is several percent of the harm.
    void topUp(const std::vector<Candidate>& candidates)
    {
        constexpr double kFull = 0.999;
        while (!fills(kFull)) {
            std::uint64_t best = 0;
            std::size_t bestGroup = 0;
            const Candidate* bestWide = nullptr;
            for (const Candidate& wide : candidates)
                for (std::size_t group = 0; group < m_groups.size(); ++group)
                    if (const auto cost = costOf(group, wide); cost > best && cost <= m_rest) {
                        best = cost;
                        bestGroup = group;
                        bestWide = &wide;
                    }
            if (bestWide == nullptr || !raise(bestGroup, *bestWide))
                return;
        }
    }

private:
    using Block = std::pair<std::string, int>;

    [[nodiscard]] std::optional<Block> blockOf(const std::vector<std::size_t>& group) const
    {
        const Unit& unit = m_space.units()[group.front()];
        return unit.block ? std::optional(Block{unit.tower, *unit.block}) : std::nullopt;
    }

    /// In the order of depth.
    [[nodiscard]] std::vector<Block> blocksOf() const
    {
        std::vector<Block> blocks;
        for (const auto& group : m_groups)
            if (const auto block = blockOf(group);
                block && std::find(blocks.rbegin(), blocks.rend(), *block) == blocks.rend())
                blocks.push_back(*block);
        return blocks;
    }

    [[nodiscard]] std::optional<std::size_t> placeOf(
        const std::vector<Block>& blocks, std::size_t group) const
    {
        const auto block = blockOf(m_groups[group]);
        if (!block)
            return std::nullopt;
        return static_cast<std::size_t>(std::find(blocks.begin(), blocks.end(), *block) - blocks.begin());
    }

    /// Bytes that a group grows by; 0 where it would not grow (a lock, a fallback).
    [[nodiscard]] std::uint64_t costOf(std::size_t group, const Candidate& wide) const
    {
        std::uint64_t before = 0, after = 0;
        for (const std::size_t unit : m_groups[group]) {
            before += m_space.cell(unit, m_choice[unit]).resolved.bytes;
            after += m_space.cell(unit, wide.choice[unit]).resolved.bytes;
        }
        return after > before ? after - before : 0;
    }

    /// Groups that can still grow within the bytes that are left.
    template <typename Where>
    [[nodiscard]] std::vector<std::size_t> groupsWhere(const Candidate& wide, const Where& where) const
    {
        std::vector<std::size_t> groups;
        for (std::size_t group = 0; group < m_groups.size(); ++group)
            if (const auto cost = costOf(group, wide); cost > 0 && cost <= m_rest && where(m_groups[group]))
                groups.push_back(group);
        return groups;
    }

    [[nodiscard]] double total(const std::vector<std::size_t>& groups, const Candidate& wide) const
    {
        double bytes = 0;
        for (const std::size_t group : groups)
            bytes += static_cast<double>(costOf(group, wide));
        return bytes;
    }

    bool raise(std::size_t group, const Candidate& wide)
    {
        const std::uint64_t cost = costOf(group, wide);
        if (cost == 0 || cost > m_rest)
            return false;
        for (const std::size_t unit : m_groups[group])
            m_choice[unit] = wide.choice[unit];
        m_rest -= cost;
        return true;
    }

    template <typename Rank>
    void fillByRank(const Candidate& wide, const Rank& rank)
    {
        std::vector<std::pair<std::size_t, std::size_t>> ranked;
        for (const std::size_t group : groupsWhere(wide, [](const auto&) { return true; }))
            ranked.emplace_back(rank(group), group);
        std::sort(ranked.begin(), ranked.end());
        for (const auto& [ignored, group] : ranked)
            static_cast<void>(raise(group, wide));
    }

    const PlanSpace& m_space;
    std::vector<std::vector<std::size_t>> m_groups;
    std::vector<std::size_t> m_choice;
    std::uint64_t m_budget, m_rest;
    std::set<std::size_t> m_rule;
};

std::string_view ruleText(RivalRule rule)
{
    switch (rule) {
    case RivalRule::Uniform:
        return "one option on every unit";
    case RivalRule::EvenMix:
        return "two neighboring options spread evenly over the depth";
    case RivalRule::Ends:
        return "more bits for the first and last blocks";
    case RivalRule::ValueDown:
        break;
    }
    return "more bits for v_proj and down_proj, chosen as in llama.cpp's mixes";
}

Rival rivalFrom(const PlanSpace& space, const Plan& plan, RivalRule rule,
    const std::vector<std::size_t>& choice, const std::set<std::size_t>& named,
    const std::vector<Candidate>& candidates)
{
    Rival rival;
    rival.rule = rule;
    rival.size = space.sizeOf(choice);
    rival.plan = space.planFrom(choice, plan);
    // Locked units, and those that cannot be packed, are the same in every plan.
    const auto isFree = [&](std::size_t unit) {
        return std::all_of(candidates.begin(), candidates.end(),
            [&](const Candidate& candidate) { return candidate.choice[unit] == candidate.option; });
    };
    std::vector<std::size_t> units(space.options().size(), 0);
    std::size_t others = 0;
    for (std::size_t unit = 0; unit < choice.size(); ++unit)
        ++(isFree(unit) ? units[choice[unit]] : others);
    std::vector<std::string> counts;
    for (const Candidate& candidate : candidates)
        if (units[candidate.option] > 0) {
            const std::string& id = space.optionIds()[candidate.option];
            counts.push_back(fmt::format("{} on {}", id, units[candidate.option]));
            if (named.contains(candidate.option))
                rival.options.push_back(id);
        }
    if (others > 0)
        counts.push_back(fmt::format("{} locked or kept", others));
    rival.description = fmt::format("{}: {}", ruleText(rule), fmt::join(counts, ", "));
    std::vector<std::string> formats; // one quantizer has them all
    for (const std::string& id : rival.options)
        formats.push_back(id.substr(0, id.find('/')));
    rival.plan.name = fmt::format("{} {}", ruleWord(rule), fmt::join(formats, " + "));
    rival.plan.provenance = rival.description;
    rival.plan.budgetBpw.reset();
    rival.plan.budgetFileBpw.reset();
    rival.plan.budgetBytes.reset();
    return rival;
}

/// The largest candidate not larger than `most` bytes; nullptr: all are larger.
const Candidate* largestWithin(const std::vector<Candidate>& candidates, double most)
{
    const Candidate* best = nullptr;
    for (const Candidate& candidate : candidates)
        if (static_cast<double>(candidate.unitBytes) <= most)
            best = best == nullptr || candidate.unitBytes > best->unitBytes ? &candidate : best;
    return best;
}

} // namespace

std::string_view ruleWord(RivalRule rule)
{
    switch (rule) {
    case RivalRule::Uniform:
        return "uniform";
    case RivalRule::EvenMix:
        return "even mix";
    case RivalRule::Ends:
        return "ends";
    case RivalRule::ValueDown:
        break;
    }
    return "value-down";
}

Result<std::vector<quant::Option>> rivalOptions(const Target& target, const Plan& plan)
{
    const Quantizer quantizer = quantizerOf(plan);
    std::vector<quant::Option> options;
    const auto add = [&](quant::Option option) {
        if (std::none_of(options.begin(), options.end(),
                [&](const quant::Option& known) { return known.id == option.id; }))
            options.push_back(std::move(option));
    };
    for (quant::Option& option : target.defaultOptions(quantizer.method)) {
        if (option.grid && option.method == quant::Method::Gptq && quantizer.actOrder) {
            option.settings.actOrder = true;
            option.id = quant::optionId(*option.grid, option.method, option.settings);
        }
        add(std::move(option));
    }
    for (const auto& [unit, entry] : plan.entries) {
        auto option = quant::optionFromId(entry.option);
        if (!option)
            return fail(std::move(option.error()).inTensor(unit));
        add(std::move(*option));
    }
    return options;
}

Result<std::optional<Rival>> uniformRival(const PlanSpace& space, const Plan& plan, std::uint64_t bytes)
{
    BITWRIGHT_ASSIGN(const std::uint64_t budget, space.unitBudgetFromBytes(bytes));
    BITWRIGHT_ASSIGN(const auto candidates, candidatesOf(space, plan));
    const Candidate* narrow = largestWithin(candidates, static_cast<double>(budget));
    if (narrow == nullptr)
        return std::optional<Rival>();
    if (takes(kUniformShare, narrow->unitBytes, budget))
        return std::optional(
            rivalFrom(space, plan, RivalRule::Uniform, narrow->choice, {narrow->option}, candidates));
    Mix mix(space, plan, *narrow, budget);
    for (const Candidate& wide : candidates)
        if (wide.unitBytes > budget && !mix.fills(kUniformShare))
            mix.spread(wide);
    mix.topUp(candidates);
    if (!mix.fills(kRivalShare))
        return std::optional<Rival>();
    return std::optional(rivalFrom(space, plan, RivalRule::EvenMix, mix.choice(), mix.options(), candidates));
}

Result<std::vector<Rival>> presetRivals(const PlanSpace& space, const Plan& plan, std::uint64_t bytes)
{
    BITWRIGHT_ASSIGN(const std::uint64_t budget, space.unitBudgetFromBytes(bytes));
    BITWRIGHT_ASSIGN(const auto candidates, candidatesOf(space, plan));
    BITWRIGHT_ASSIGN(const auto uniform, uniformRival(space, plan, bytes));
    std::vector<Rival> rivals;
    // Where a uniform plan is as large already there would be nothing left to give to anybody.
    const Candidate* narrow = largestWithin(candidates, kUniformShare * static_cast<double>(budget));
    if (narrow == nullptr)
        return rivals;
    for (const RivalRule rule : {RivalRule::Ends, RivalRule::ValueDown}) {
        Mix mix(space, plan, *narrow, budget);
        for (const Candidate& wide : candidates) {
            if (wide.unitBytes <= budget || wide.bits <= narrow->bits || mix.fills(kUniformShare))
                continue;
            if (rule == RivalRule::Ends)
                mix.fillEnds(wide);
            else
                mix.fillValueDown(wide);
        }
        mix.topUp(candidates);
        if (!mix.fills(kRivalShare))
            continue;
        Rival rival = rivalFrom(space, plan, rule, mix.choice(), mix.options(), candidates);
        const auto same = [&](const Rival& other) { return other.plan.entries == rival.plan.entries; };
        if (!(uniform && same(*uniform)) && std::none_of(rivals.begin(), rivals.end(), same))
            rivals.push_back(std::move(rival));
    }
    return rivals;
}

} // namespace bitwright::plan
