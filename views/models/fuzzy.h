#pragma once

#include <QString>

#include <cstdint>
#include <string>
#include <vector>

namespace bitwright::views {

/// Finds texts by words that are typed in part: every word of the query must occur, as a piece of the text or
/// as its letters in order. Pieces at the start of a word count most, then pieces, then scattered letters;
/// shorter texts win among equals. The case of ASCII letters does not matter. Made for 100,000 texts per
/// keystroke: texts are kept as folded UTF-8 in one block, with a mask of their letters that rules most of
/// them out.
class FuzzyIndex
{
public:
    struct Hit
    {
        std::uint32_t text = 0; ///< In the order of add().
        int score = 0; ///< Higher is better.
    };

    void clear();
    void reserve(std::size_t texts, std::size_t bytes);
    /// `bonus` is added to every hit of this text.
    void add(const std::string& text, int bonus = 0);
    [[nodiscard]] std::size_t size() const { return m_entries.size(); }
    /// The best `most` hits, best first; ties in the order of add(). An empty query gives the first ones.
    /// `total` receives how many matched.
    [[nodiscard]] std::vector<Hit> find(const QString& query, std::size_t most, std::size_t* total = nullptr);

private:
    struct Entry
    {
        std::uint32_t begin = 0;
        std::uint32_t length = 0;
        std::uint64_t letters = 0;
        std::int32_t bonus = 0;
    };
    std::string m_block;
    std::vector<Entry> m_entries;
    // A query that goes on from the last one can only match what that one matched.
    std::vector<std::string> m_lastWords;
    std::vector<std::uint32_t> m_lastHits;
};

/// Score of one folded word in one folded text; negative when it does not match. Free for tests.
[[nodiscard]] int fuzzyScore(std::string_view text, std::string_view word);
/// Lower case for ASCII letters.
[[nodiscard]] std::string fuzzyFolded(std::string_view text);

} // namespace bitwright::views
