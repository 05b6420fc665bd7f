#pragma once

#include "views/charts/palette.h"

#include <QHash>
#include <QSet>
#include <QString>

#include <cstdint>
#include <optional>
#include <string>

class QTextBrowser;
class QWidget;

namespace bitwright::views {

// Parts of the pages that are text with small tables: model card, details of the selection.

/// A name or message from a file, safe to show and escaped for HTML.
[[nodiscard]] QString htmlDisplay(const std::string& text);
/// One row of a table: what, and its value right of it. `wholeName` keeps a name of some words on one line.
[[nodiscard]] QString htmlRow(const QString& name, const QString& value, bool wholeName = false);
/// A table of rows under a title; empty without rows.
[[nodiscard]] QString htmlTable(const QString& title, const QString& rows);
[[nodiscard]] QString optionalText(const std::optional<double>& value);
/// A value that is copied in full by a click ("copy:..." links) and says on hover how it was obtained.
[[nodiscard]] QString htmlValue(const QString& shown, const QString& exact, const QString& how);
/// The same for a number; "unknown" when there is none.
[[nodiscard]] QString htmlNumber(
    const std::optional<double>& value, const QString& how, const QString& unit = {});
[[nodiscard]] QString htmlCount(std::uint64_t value, const QString& how);
/// Links the first use of each term in a panel's text to its entry in the glossary ("term:..." links). Keeps
/// what it looked up: texts are made anew at every edit.
class TermLinks
{
public:
    /// Begins a text.
    void begin() { m_seen.clear(); }
    /// `label`, as a link where it speaks of a term that was not linked yet.
    [[nodiscard]] QString label(const QString& label);

private:
    QHash<QString, QString> m_termOf;
    QSet<QString> m_seen;
};
/// The look of links to terms and of values, which are links for the click that copies them.
[[nodiscard]] QString linkStyle(const Theme& theme);
/// A name that may break after its dots; long parts of it also after a dash, slash or underscore and before a
/// capital.
[[nodiscard]] QString breakable(const QString& name);
/// A text that a click copies.
[[nodiscard]] QString htmlText(const QString& shown, const QString& how);
/// A browser without frame whose links are only signals, with lines of so many characters at most.
[[nodiscard]] QTextBrowser* makeBrowser(QWidget* parent, int mostCharacters = 60);

} // namespace bitwright::views
