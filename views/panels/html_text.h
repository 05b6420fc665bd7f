#pragma once

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
/// One row of a table: what, and its value right of it.
[[nodiscard]] QString htmlRow(const QString& name, const QString& value);
/// A table of rows under a title; empty without rows.
[[nodiscard]] QString htmlTable(const QString& title, const QString& rows);
[[nodiscard]] QString optionalText(const std::optional<double>& value);
/// A value that is copied in full by a click ("copy:..." links) and says on hover how it was obtained.
[[nodiscard]] QString htmlValue(const QString& shown, const QString& exact, const QString& how);
/// The same for a number; "unknown" when there is none.
[[nodiscard]] QString htmlNumber(
    const std::optional<double>& value, const QString& how, const QString& unit = {});
[[nodiscard]] QString htmlCount(std::uint64_t value, const QString& how);
/// A browser without frame whose links are only signals.
[[nodiscard]] QTextBrowser* makeBrowser(QWidget* parent);

} // namespace bitwright::views
