#pragma once

#include <QString>

namespace bitwright::gui {

class MainWindow;

/// What a script chooses for the charts it asks for; empty where it says nothing.
struct ViewChoices
{
    QString measure; ///< Of the outlier map.
    QString criterion; ///< The same.
    QString channel; ///< Of the outlier map and its trace.
    QString score; ///< That predicts harm.
};

/// One line that says what `view` does not have, or which words there are in place of an unknown one; empty
/// when all is well. Needs nothing open. An empty view stands for all of them.
[[nodiscard]] QString unknownChoice(
    const MainWindow& window, const QString& view, const ViewChoices& choices);
/// Makes them in a window that is open and idle, and waits for what they start. Returns what went wrong, or
/// an empty text.
[[nodiscard]] QString makeChoices(MainWindow& window, const ViewChoices& choices);

} // namespace bitwright::gui
