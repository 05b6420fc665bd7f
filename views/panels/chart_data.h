#pragma once

#include "views/models/document.h"
#include "views/models/harm_text.h"

namespace bitwright::views {

// Words that several charts and tables share. Free functions without widgets, so that they are tested alone.

/// Short word for a role as a column heading, translated: "q", "up".
[[nodiscard]] QString roleLabel(model::Role role);
[[nodiscard]] QString roleDescription(model::Role role);
/// Both: "k (key)".
[[nodiscard]] QString roleInWords(model::Role role);
/// Heading above several roles: "attention", "mlp"; empty for others.
[[nodiscard]] QString roleGroup(model::Role role);

/// "tiny-llama; KJV sample (4 096 tokens)"
[[nodiscard]] QString sourceText(const Document& document);

/// A selection (ascending) after Ctrl+click or Shift+click on what stands for the units `meant`: they are
/// added; with `toggles` taken away when all of them are in. Ascending.
[[nodiscard]] QVector<int> extendedUnits(QVector<int> units, const QVector<int>& meant, bool toggles);

} // namespace bitwright::views
