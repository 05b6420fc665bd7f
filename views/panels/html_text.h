#pragma once

#include <QString>

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
/// A browser without frame whose links are only signals.
[[nodiscard]] QTextBrowser* makeBrowser(QWidget* parent);

} // namespace bitwright::views
