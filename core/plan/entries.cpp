#include "core/plan/entries.h"

#include <algorithm>
#include <atomic>
#include <stdexcept>

namespace bitwright::plan {

namespace {

/// Small enough to copy at every edit, large enough that a copy of the whole is a few hundred pointers.
constexpr std::size_t kLeafSize = 64;

} // namespace

void Entries::clear()
{
    m_leaves.clear();
    m_size = 0;
}

Entries::Place Entries::placeOf(std::string_view name) const
{
    if (m_leaves.empty())
        return {};
    // The last leaf that begins at or before the name.
    const auto after = std::upper_bound(m_leaves.begin(), m_leaves.end(), name,
        [](std::string_view key, const auto& leaf) { return key < leaf->front().first; });
    const auto leaf = after == m_leaves.begin() ? after : std::prev(after);
    const auto item = std::lower_bound((*leaf)->begin(), (*leaf)->end(), name,
        [](const value_type& value, std::string_view key) { return value.first < key; });
    return {static_cast<std::size_t>(leaf - m_leaves.begin()),
        static_cast<std::size_t>(item - (*leaf)->begin()), item != (*leaf)->end() && item->first == name};
}

Entries::const_iterator Entries::find(std::string_view name) const
{
    const Place place = placeOf(name);
    return place.found ? const_iterator(m_leaves, place.leaf, place.item) : end();
}

const Entry& Entries::at(std::string_view name) const
{
    const Place place = placeOf(name);
    if (!place.found)
        throw std::out_of_range("plan::Entries::at");
    return (*m_leaves[place.leaf])[place.item].second;
}

Entries::Leaf& Entries::ownLeaf(std::size_t leaf)
{
    auto& held = m_leaves[leaf];
    if (held.use_count() > 1)
        held = std::make_shared<Leaf>(*held);
    // A copy that another thread just let go of: what it read happened before what is written here.
    std::atomic_thread_fence(std::memory_order_acquire);
    return *held;
}

Entry& Entries::insert(Place place, std::string name, Entry entry)
{
    ++m_size;
    if (m_leaves.empty())
        m_leaves.push_back(std::make_shared<Leaf>());
    if (m_leaves[place.leaf]->size() >= kLeafSize) {
        if (place.leaf + 1 == m_leaves.size() && place.item == m_leaves[place.leaf]->size()) {
            // Names that come in order fill their leaves.
            m_leaves.push_back(std::make_shared<Leaf>());
            m_leaves.back()->reserve(kLeafSize);
            place = {place.leaf + 1, 0, false};
        } else {
            Leaf& full = ownLeaf(place.leaf);
            const auto middle = full.begin() + static_cast<std::ptrdiff_t>(kLeafSize / 2);
            auto second = std::make_shared<Leaf>(
                std::make_move_iterator(middle), std::make_move_iterator(full.end()));
            full.erase(middle, full.end());
            m_leaves.insert(
                m_leaves.begin() + static_cast<std::ptrdiff_t>(place.leaf) + 1, std::move(second));
            if (place.item > kLeafSize / 2)
                place = {place.leaf + 1, place.item - kLeafSize / 2, false};
        }
    }
    Leaf& leaf = ownLeaf(place.leaf);
    return leaf
        .emplace(leaf.begin() + static_cast<std::ptrdiff_t>(place.item), std::move(name), std::move(entry))
        ->second;
}

Entry& Entries::operator[](std::string_view name)
{
    const Place place = placeOf(name);
    return place.found ? ownLeaf(place.leaf)[place.item].second : insert(place, std::string(name), {});
}

bool Entries::emplace(std::string name, Entry entry)
{
    const Place place = placeOf(name);
    if (place.found)
        return false;
    insert(place, std::move(name), std::move(entry));
    return true;
}

void Entries::erase(std::string_view name)
{
    const Place place = placeOf(name);
    if (!place.found)
        return;
    --m_size;
    if (m_leaves[place.leaf]->size() == 1) {
        m_leaves.erase(m_leaves.begin() + static_cast<std::ptrdiff_t>(place.leaf));
        return;
    }
    Leaf& leaf = ownLeaf(place.leaf);
    leaf.erase(leaf.begin() + static_cast<std::ptrdiff_t>(place.item));
}

bool Entries::operator==(const Entries& other) const
{
    if (m_size != other.m_size)
        return false;
    const bool sameCuts = m_leaves.size() == other.m_leaves.size()
        && std::equal(m_leaves.begin(), m_leaves.end(), other.m_leaves.begin(),
            [](const auto& a, const auto& b) { return a->size() == b->size(); });
    if (!sameCuts)
        return std::equal(begin(), end(), other.begin());
    return std::equal(m_leaves.begin(), m_leaves.end(), other.m_leaves.begin(),
        [](const auto& a, const auto& b) { return a == b || *a == *b; });
}

} // namespace bitwright::plan
