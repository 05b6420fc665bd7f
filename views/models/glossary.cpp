#include "views/models/glossary.h"

#include <QCoreApplication>

#include <algorithm>

namespace bitwright::views {

namespace {

QString translated(const char* text)
{
    return QCoreApplication::translate("Glossary", text);
}

/// Whether `word` stands in `text` with no letter or digit right before or after it.
bool standsIn(const QString& text, const QString& word)
{
    for (auto at = text.indexOf(word, 0, Qt::CaseInsensitive); at >= 0;
         at = text.indexOf(word, at + 1, Qt::CaseInsensitive)) {
        const auto end = at + word.size();
        const bool begins = at == 0 || !text[at - 1].isLetterOrNumber();
        const bool ends = end == text.size() || !text[end].isLetterOrNumber();
        if (begins && ends)
            return true;
    }
    return false;
}

/// Whether an English text speaks of a term by its title or another spelling.
bool speaksOf(const QString& text, const GlossaryTerm& term)
{
    const QStringList words = QString::fromUtf8(term.words).split(u';', Qt::SkipEmptyParts);
    return standsIn(text, QString::fromUtf8(term.title))
        || std::any_of(words.begin(), words.end(), [&](const QString& word) { return standsIn(text, word); });
}

} // namespace

const GlossaryTerm* glossaryTerm(const QString& id)
{
    const auto terms = glossaryTerms();
    const auto found = std::find_if(
        terms.begin(), terms.end(), [&](const GlossaryTerm& term) { return id == QLatin1String(term.id); });
    return found == terms.end() ? nullptr : &*found;
}

QString glossaryTitle(const GlossaryTerm& term)
{
    return translated(term.title);
}

QString glossaryText(const GlossaryTerm& term)
{
    return translated(term.text);
}

QString glossarySource(const GlossaryTerm& term)
{
    return translated(term.source);
}

QStringList glossaryWords(const GlossaryTerm& term)
{
    const QString words = QString::fromUtf8(term.words);
    if (words.isEmpty())
        return {};
    // Labels of the core stay English in every language.
    QStringList all = words.split(u';');
    if (const QString here = translated(term.words); here != words)
        all += here.split(u';', Qt::SkipEmptyParts);
    return all;
}

const GlossaryTerm* glossaryTermIn(const QString& label)
{
    const GlossaryTerm* best = nullptr;
    qsizetype longest = 0;
    const auto consider = [&](const GlossaryTerm& term, const QString& word) {
        if (word.size() > longest && standsIn(label, word)) {
            best = &term;
            longest = word.size();
        }
    };
    for (const GlossaryTerm& term : glossaryTerms()) {
        consider(term, QString::fromUtf8(term.title));
        consider(term, glossaryTitle(term));
        for (const QString& word : glossaryWords(term))
            consider(term, word);
    }
    return best;
}

std::vector<const GlossaryTerm*> relatedTerms(const GlossaryTerm& term, std::size_t most)
{
    struct Related
    {
        const GlossaryTerm* term;
        int ways;
        std::ptrdiff_t mentions;
    };
    const auto terms = glossaryTerms();
    const QString text = QString::fromUtf8(term.text);
    std::vector<Related> found;
    for (const GlossaryTerm& other : terms) {
        if (&other == &term)
            continue;
        const int ways
            = (speaksOf(text, other) ? 1 : 0) + (speaksOf(QString::fromUtf8(other.text), term) ? 1 : 0);
        if (ways == 0 && QLatin1String(other.view) != QLatin1String(term.view))
            continue;
        const auto mentions = std::count_if(terms.begin(), terms.end(),
            [&](const GlossaryTerm& any) { return speaksOf(QString::fromUtf8(any.text), other); });
        found.push_back({&other, ways, mentions});
    }
    std::stable_sort(found.begin(), found.end(), [](const Related& a, const Related& b) {
        return a.ways != b.ways ? a.ways > b.ways : a.mentions < b.mentions;
    });
    std::vector<const GlossaryTerm*> related;
    for (std::size_t i = 0; i < std::min(most, found.size()); ++i)
        related.push_back(found[i].term);
    return related;
}

QString termLink(const QString& id, const QString& text)
{
    return glossaryTerm(id) == nullptr
        ? text
        : QStringLiteral("<a class=\"term\" href=\"term:%1\">%2</a>").arg(id, text);
}

} // namespace bitwright::views
