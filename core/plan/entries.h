#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bitwright::plan {

/// What a plan says about one unit.
struct Entry
{
    std::string option; ///< Option id as asked for.
    bool locked = false;
    std::string note;
    bool operator==(const Entry&) const = default;
};

/// Unit name -> Entry, sorted by name. Copies share what is equal: entries lie in leaves of a few dozen, and
/// a change copies its leaf alone, so that plans of ten thousand units are values that cost almost nothing to
/// copy, keep (undo) and compare. One object is for one thread at a time; its
/// copies are independent of it.
class Entries
{
public:
    using value_type = std::pair<std::string, Entry>;

    class const_iterator
    {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = Entries::value_type;
        using difference_type = std::ptrdiff_t;
        using pointer = const value_type*;
        using reference = const value_type&;

        const_iterator() = default;
        reference operator*() const { return (*(*m_leaves)[m_leaf])[m_item]; }
        pointer operator->() const { return &**this; }
        const_iterator& operator++()
        {
            if (++m_item == (*m_leaves)[m_leaf]->size()) {
                m_item = 0;
                ++m_leaf;
            }
            return *this;
        }
        const_iterator operator++(int)
        {
            const const_iterator before = *this;
            ++*this;
            return before;
        }
        bool operator==(const const_iterator& other) const
        {
            return m_leaf == other.m_leaf && m_item == other.m_item;
        }

    private:
        friend class Entries;
        using Leaves = std::vector<std::shared_ptr<std::vector<Entries::value_type>>>;
        const_iterator(const Leaves& leaves, std::size_t leaf, std::size_t item)
            : m_leaves(&leaves)
            , m_leaf(leaf)
            , m_item(item)
        { }
        const Leaves* m_leaves = nullptr;
        std::size_t m_leaf = 0, m_item = 0;
    };

    [[nodiscard]] const_iterator begin() const { return {m_leaves, 0, 0}; }
    [[nodiscard]] const_iterator end() const { return {m_leaves, m_leaves.size(), 0}; }
    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] bool empty() const { return m_size == 0; }
    void clear();

    [[nodiscard]] const_iterator find(std::string_view name) const;
    [[nodiscard]] bool contains(std::string_view name) const { return find(name) != end(); }
    /// The entry of a name. Precondition: contains(name).
    [[nodiscard]] const Entry& at(std::string_view name) const;
    /// The entry to be changed; made when it is missing. Valid until the next change.
    Entry& operator[](std::string_view name);
    /// False, and nothing changed, when the name is there already.
    bool emplace(std::string name, Entry entry);
    void erase(std::string_view name);

    bool operator==(const Entries& other) const;

private:
    using Leaf = std::vector<value_type>;
    /// Where a name is or belongs: leaf and place in it.
    struct Place
    {
        std::size_t leaf = 0, item = 0;
        bool found = false;
    };
    [[nodiscard]] Place placeOf(std::string_view name) const;
    Leaf& ownLeaf(std::size_t leaf);
    Entry& insert(Place place, std::string name, Entry entry);

    std::vector<std::shared_ptr<Leaf>> m_leaves; ///< None is empty.
    std::size_t m_size = 0;
};

} // namespace bitwright::plan
