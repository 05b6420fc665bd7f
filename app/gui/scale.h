#pragma once

#include <QString>

#include <vector>

class QMenu;

namespace bitwright::gui {

/// Scales that the menu offers, in percent of what the system says.
[[nodiscard]] const std::vector<int>& scales();
/// "150" or "150%" as percent, between 50 and 400; 0 for anything else.
[[nodiscard]] int scaleFromText(const QString& text);
/// Draws everything larger or smaller by this much. Only before the application exists, and with names of
/// organization and application set; does nothing for 0 or where QT_SCALE_FACTOR already says how large.
void applyScale(int percent);
/// The scale that was chosen in the menu; 0 where none was.
[[nodiscard]] int chosenScale();
/// Adds the submenu with which another scale is chosen; it is kept in the settings and used from the next
/// start on, because Qt asks only then.
QMenu* addScaleMenu(QMenu* menu);

} // namespace bitwright::gui
