#include "core/alloc/core_window.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace bitwright::alloc {
namespace {

/// Slopes of steps at geometrically growing distances from the break: the penalty of a partial plan that is
/// many steps off the base plan needs a price that far away, and a ratio of sqrt(2) loses at most a few
/// percent of it.
std::vector<double> pricesAround(const Relaxation& relaxation, std::size_t breakStep)
{
    std::vector<double> prices{relaxation.step(breakStep).slope};
    double distance = 1.0;
    while (distance <= static_cast<double>(relaxation.stepCount())) {
        const auto offset = static_cast<std::size_t>(distance);
        if (offset <= breakStep)
            prices.push_back(relaxation.step(breakStep - offset).slope);
        if (breakStep + offset < relaxation.stepCount())
            prices.push_back(relaxation.step(breakStep + offset).slope);
        distance = std::max(distance + 1.0, distance * 1.4142135623730951);
    }
    prices.push_back(0.0);
    std::sort(prices.begin(), prices.end());
    prices.erase(std::unique(prices.begin(), prices.end()), prices.end());
    return prices;
}

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

double priced(const CoreItem& item, double price)
{
    return item.cost + price * static_cast<double>(item.bytes);
}

/// Item with the smallest cost plus price; the smaller one of equals.
const CoreItem& cheapest(std::span<const CoreItem> items, double price)
{
    const CoreItem* best = &items.front();
    double value = priced(*best, price);
    for (const CoreItem& item : items.subspan(1)) {
        const double other = priced(item, price);
        if (other < value) {
            value = other;
            best = &item;
        }
    }
    return *best;
}

} // namespace

BasePlan makeBasePlan(const ReducedProblem& reduced, const Relaxation& relaxation, std::int64_t budget)
{
    BasePlan base;
    const std::size_t breakStep = relaxation.stepsWithin(budget);
    base.items = relaxation.itemsAfter(reduced, breakStep);
    base.slack = budget - relaxation.bytesAfter(breakStep);
    base.prices = pricesAround(relaxation, breakStep);
    const auto own
        = std::lower_bound(base.prices.begin(), base.prices.end(), relaxation.step(breakStep).slope);
    base.ownPrice = static_cast<std::size_t>(own - base.prices.begin());
    for (const std::uint32_t item : base.items)
        base.scale += std::abs(reduced.items[item].cost);
    return base;
}

CoreWindow::CoreWindow(const ReducedProblem& reduced, const BasePlan& base, double threshold,
    double tolerance, std::stop_token stop)
    : m_stop(std::move(stop))
    , m_prices(base.prices)
    , m_slack(base.slack)
{
    const double limit = threshold + tolerance;
    collect(reduced, base, limit);
    // Each pass can only remove options, which raises the bounds; three passes get nearly all of it.
    for (int pass = 0; pass < 3 && m_feasible; ++pass) {
        lowerSlack();
        if (!tighten(limit))
            break;
    }
    m_feasible = m_feasible && !m_stop.stop_requested();
    if (!m_feasible)
        return;
    order(base.ownPrice);
    fillTables();
    m_feasible = !m_stop.stop_requested();
}

/// First filter at the base plan's own price, where the bound of an item needs nothing but its own reduced
/// cost.
void CoreWindow::collect(const ReducedProblem& reduced, const BasePlan& base, double limit)
{
    const double price = base.prices[base.ownPrice];
    const double bound = -price * static_cast<double>(base.slack);
    for (std::size_t g = 0; g < reduced.size(); ++g) {
        const std::uint32_t baseItem = base.items[g];
        const Item& from = reduced.items[baseItem];
        const std::size_t first = m_items.size();
        for (std::uint32_t i = reduced.itemBegin[g]; i < reduced.itemBegin[g + 1]; ++i) {
            const Item& to = reduced.items[i];
            const CoreItem item{to.bytes - from.bytes, to.cost - from.cost, i};
            const double margin = 8.0 * kEpsilon
                * (std::abs(item.cost) - bound + price * std::abs(static_cast<double>(item.bytes)));
            if (i == baseItem || bound + priced(item, price) <= limit + margin)
                m_items.push_back(item);
        }
        if (m_items.size() - first <= 1) {
            m_items.resize(first);
            continue;
        }
        m_groups.push_back(static_cast<std::uint32_t>(g));
        m_begin.push_back(static_cast<std::uint32_t>(m_items.size()));
    }
}

/// All sums of item sizes are multiples of their greatest common divisor, so the rest of the slack is out of
/// reach.
void CoreWindow::lowerSlack()
{
    std::int64_t divisor = 0;
    for (const CoreItem& item : m_items)
        divisor = std::gcd(divisor, item.bytes);
    if (divisor > 1 && m_slack >= 0)
        m_slack -= m_slack % divisor;
}

/// What the rounding of a bound at each price can amount to at most: it grows with the number of terms and
/// their size.
std::vector<double> CoreWindow::roundingMargins() const
{
    double bytes = static_cast<double>(m_slack);
    double cost = 0.0;
    for (std::size_t k = 0; k < size(); ++k) {
        double largestBytes = 0.0;
        double largestCost = 0.0;
        for (const CoreItem& item : items(k)) {
            largestBytes = std::max(largestBytes, std::abs(static_cast<double>(item.bytes)));
            largestCost = std::max(largestCost, std::abs(item.cost));
        }
        bytes += largestBytes;
        cost += largestCost;
    }
    std::vector<double> margins;
    for (const double price : m_prices)
        margins.push_back(kEpsilon * static_cast<double>(size() + 8) * (price * bytes + cost));
    return margins;
}

/// Second filter: the best bound over all prices. Returns true when it removed something.
bool CoreWindow::tighten(double limit)
{
    const std::size_t prices = m_prices.size();
    const std::vector<double> margins = roundingMargins();
    std::vector<double> bound(prices);
    std::vector<double> smallest(size() * prices);
    for (std::size_t j = 0; j < prices; ++j)
        bound[j] = -m_prices[j] * static_cast<double>(m_slack) - margins[j];
    for (std::size_t k = 0; k < size(); ++k) {
        if (m_stop.stop_requested())
            return false;
        for (std::size_t j = 0; j < prices; ++j) {
            smallest[k * prices + j] = priced(cheapest(items(k), m_prices[j]), m_prices[j]);
            bound[j] += smallest[k * prices + j];
        }
    }
    std::uint32_t kept = 0;
    for (std::size_t k = 0; k < size(); ++k) {
        const std::uint32_t begin = m_begin[k];
        const std::uint32_t end = m_begin[k + 1];
        m_begin[k] = kept;
        for (std::uint32_t i = begin; i < end; ++i) {
            bool possible = true;
            for (std::size_t j = 0; j < prices && possible; ++j)
                possible = bound[j] - smallest[k * prices + j] + priced(m_items[i], m_prices[j]) <= limit;
            if (possible)
                m_items[kept++] = m_items[i];
        }
        m_feasible = m_feasible && kept > m_begin[k];
    }
    const bool removed = kept < m_items.size();
    m_items.resize(kept);
    m_begin[size()] = kept;
    return removed;
}

void CoreWindow::order(std::size_t ownPrice)
{
    // Groups that can hardly afford to leave the base plan come first: few combinations of them stay below
    // the threshold, so lists stay short, and the cheap alternatives at the end fine-tune what is left.
    // Measured against the opposite order of the expanding core: a quarter of the states at 10,000 groups,
    // because the threshold here does not wait for good plans. A group left with the base item only has no
    // say and goes away.
    struct Rank
    {
        double key;
        std::size_t k;
    };
    std::vector<Rank> ranks;
    for (std::size_t k = 0; k < size(); ++k) {
        const auto all = items(k);
        if (all.size() == 1 && all[0].bytes == 0)
            continue;
        double key = std::numeric_limits<double>::infinity();
        for (const CoreItem& item : all) {
            if (item.bytes != 0)
                key = std::min(key, priced(item, m_prices[ownPrice]));
        }
        ranks.push_back({key, k});
    }
    std::stable_sort(ranks.begin(), ranks.end(), [](const Rank& a, const Rank& b) { return a.key > b.key; });
    std::vector<std::uint32_t> groups;
    std::vector<std::uint32_t> begin{0};
    std::vector<CoreItem> sorted;
    sorted.reserve(m_items.size());
    for (const Rank& rank : ranks) {
        groups.push_back(m_groups[rank.k]);
        const auto all = items(rank.k);
        sorted.insert(sorted.end(), all.begin(), all.end());
        begin.push_back(static_cast<std::uint32_t>(sorted.size()));
    }
    m_groups = std::move(groups);
    m_begin = std::move(begin);
    m_items = std::move(sorted);
}

void CoreWindow::fillTables()
{
    const std::size_t prices = m_prices.size();
    const std::size_t rows = size() + 1;
    const std::vector<double> margins = roundingMargins();
    m_lines.resize(rows * prices);
    m_completionBytes.assign(rows * prices, 0);
    m_completionCost.assign(rows * prices, 0.0);
    m_smallestRest.assign(rows, 0);
    for (std::size_t j = 0; j < prices; ++j)
        m_lines[size() * prices + j]
            = {m_prices[j], -m_prices[j] * static_cast<double>(m_slack) - margins[j]};
    for (std::size_t k = size(); k-- > 0 && !m_stop.stop_requested();) {
        for (std::size_t j = 0; j < prices; ++j) {
            const CoreItem& item = cheapestAt(k, j);
            const std::size_t at = k * prices + j;
            m_lines[at] = {m_prices[j], m_lines[at + prices].offset + priced(item, m_prices[j])};
            m_completionBytes[at] = m_completionBytes[at + prices] + item.bytes;
            m_completionCost[at] = m_completionCost[at + prices] + item.cost;
        }
        const auto all = items(k);
        const auto smallest = std::min_element(
            all.begin(), all.end(), [](const CoreItem& a, const CoreItem& b) { return a.bytes < b.bytes; });
        m_smallestRest[k] = m_smallestRest[k + 1] + smallest->bytes;
    }
}

const CoreItem& CoreWindow::cheapestAt(std::size_t k, std::size_t price) const
{
    return cheapest(items(k), m_prices[price]);
}

} // namespace bitwright::alloc
