#pragma once

#include <QString>
#include <QStringList>

#include <span>
#include <vector>

namespace bitwright::views {

/// One term of the field as the window uses it. Texts are source strings of the translation context
/// "Glossary".
struct GlossaryTerm
{
    const char* id; ///< Stable, "crest-factor".
    const char* title;
    const char* words; ///< Other spellings by which it is found in labels, separated by ';'; may be empty.
    const char* text; ///< One paragraph.
    const char* source; ///< Who published it, or what defines it here.
    const char* view; ///< Panel that shows it.
};

/// All terms, by title in English.
[[nodiscard]] std::span<const GlossaryTerm> glossaryTerms();
/// nullptr for an id that does not exist.
[[nodiscard]] const GlossaryTerm* glossaryTerm(const QString& id);
[[nodiscard]] QString glossaryTitle(const GlossaryTerm& term); ///< Translated, as are the next two.
[[nodiscard]] QString glossaryText(const GlossaryTerm& term);
[[nodiscard]] QString glossarySource(const GlossaryTerm& term);
/// Its other spellings, in English and in the language of the window.
[[nodiscard]] QStringList glossaryWords(const GlossaryTerm& term);
/// The term that a label, heading or sentence speaks of: the longest title or spelling that stands in it as
/// whole words, in English or in the language of the window. nullptr when there is none.
[[nodiscard]] const GlossaryTerm* glossaryTermIn(const QString& label);
/// Up to `most` terms to read on with: those that its text speaks of or whose texts speak of it, both ways
/// first and terms that many texts mention last; then terms of the same view. By the English texts, since an
/// inflected word of another language would not be found.
[[nodiscard]] std::vector<const GlossaryTerm*> relatedTerms(const GlossaryTerm& term, std::size_t most);
/// A link to a term for rich text: `<a class="term" href="term:kurtosis">kurtosis</a>`. Plain text where the
/// id is unknown.
[[nodiscard]] QString termLink(const QString& id, const QString& text);

} // namespace bitwright::views
