#include "views/models/fuzzy.h"

#include <QStringList>

#include <algorithm>

namespace bitwright::views {

namespace {

constexpr int kWordStart = 100; ///< A piece that begins a word.
constexpr int kInside = 60; ///< A piece within a word.
constexpr int kScattered = 20; ///< Letters in order.
constexpr int kWholeWord = 15; ///< More, when the piece ends with the word as well.

bool isSeparator(char c)
{
    return c == ' ' || c == '.' || c == '_' || c == '-' || c == '/' || c == ':';
}

std::uint64_t letterMask(std::string_view text)
{
    std::uint64_t mask = 0;
    for (const char c : text)
        mask |= std::uint64_t{1} << (static_cast<unsigned char>(c) & 63U);
    return mask;
}

/// How many letters of `word`, in order, begin words of `text`: "dp" is down_proj.
int initialsOf(std::string_view text, std::string_view word)
{
    std::size_t next = 0;
    for (std::size_t i = 0; i < text.size() && next < word.size(); ++i) {
        if ((i == 0 || isSeparator(text[i - 1])) && text[i] == word[next])
            ++next;
    }
    return static_cast<int>(next);
}

std::vector<std::string> wordsOf(const QString& query)
{
    std::vector<std::string> words;
    for (const QString& word : query.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts))
        words.push_back(fuzzyFolded(word.toStdString()));
    return words;
}

/// Whether every hit of `words` is among the hits of `before`: the same words, the last one longer, or more.
bool narrows(const std::vector<std::string>& before, const std::vector<std::string>& words)
{
    if (before.empty() || words.size() < before.size())
        return false;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (words[i].compare(0, before[i].size(), before[i]) != 0)
            return false;
    }
    return true;
}

} // namespace

std::string fuzzyFolded(std::string_view text)
{
    std::string folded(text);
    for (char& c : folded) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
}

int fuzzyScore(std::string_view text, std::string_view word)
{
    if (word.empty())
        return 0;
    int best = -1;
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const bool start = at == 0 || isSeparator(text[at - 1]);
        const auto end = at + word.size();
        const bool whole = end == text.size() || isSeparator(text[end]);
        best = std::max(best, (start ? kWordStart : kInside) + (whole ? kWholeWord : 0));
        if (start && whole)
            break;
    }
    // One letter that is nowhere else is no abbreviation.
    if (best >= 0 || word.size() < 2)
        return best;
    std::size_t at = 0;
    for (const char c : word) {
        const auto found = text.find(c, at);
        if (found == std::string_view::npos)
            return -1;
        at = found + 1;
    }
    return kScattered + std::min(30, 30 * initialsOf(text, word) / static_cast<int>(word.size()));
}

void FuzzyIndex::clear()
{
    m_block.clear();
    m_entries.clear();
    m_lastWords.clear();
    m_lastHits.clear();
}

void FuzzyIndex::reserve(std::size_t texts, std::size_t bytes)
{
    m_entries.reserve(texts);
    m_block.reserve(bytes);
}

void FuzzyIndex::add(const std::string& text, int bonus)
{
    const std::string folded = fuzzyFolded(text);
    m_entries.push_back({static_cast<std::uint32_t>(m_block.size()),
        static_cast<std::uint32_t>(folded.size()), letterMask(folded), bonus});
    m_block += folded;
    m_lastWords.clear();
    m_lastHits.clear();
}

std::vector<FuzzyIndex::Hit> FuzzyIndex::find(const QString& query, std::size_t most, std::size_t* total)
{
    const auto words = wordsOf(query);
    std::vector<Hit> hits;
    if (words.empty()) {
        m_lastWords.clear();
        for (std::size_t i = 0; i < std::min(most, m_entries.size()); ++i)
            hits.push_back({static_cast<std::uint32_t>(i), m_entries[i].bonus});
        if (total != nullptr)
            *total = m_entries.size();
        return hits;
    }
    std::uint64_t needed = 0;
    for (const auto& word : words)
        needed |= letterMask(word);
    const auto tryOne = [&](std::uint32_t index) {
        const Entry& entry = m_entries[index];
        if ((needed & ~entry.letters) != 0)
            return;
        const std::string_view text(m_block.data() + entry.begin, entry.length);
        int score = entry.bonus - static_cast<int>(entry.length) / 8;
        for (const auto& word : words) {
            const int one = fuzzyScore(text, word);
            if (one < 0)
                return;
            score += one;
        }
        hits.push_back({index, score});
    };
    // A text with the letters of a longer word in order has those of its beginning: narrowing loses nothing.
    if (narrows(m_lastWords, words)) {
        for (const std::uint32_t index : m_lastHits)
            tryOne(index);
    } else {
        for (std::uint32_t index = 0; index < m_entries.size(); ++index)
            tryOne(index);
    }
    m_lastWords = words;
    m_lastHits.clear();
    for (const Hit& hit : hits)
        m_lastHits.push_back(hit.text);
    if (total != nullptr)
        *total = hits.size();
    const auto better
        = [](const Hit& a, const Hit& b) { return a.score != b.score ? a.score > b.score : a.text < b.text; };
    const auto shown = static_cast<std::ptrdiff_t>(std::min(most, hits.size()));
    std::partial_sort(hits.begin(), hits.begin() + shown, hits.end(), better);
    hits.resize(static_cast<std::size_t>(shown));
    return hits;
}

} // namespace bitwright::views
