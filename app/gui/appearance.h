#pragma once

#include "views/charts/palette.h"

#include <QPalette>
#include <QString>

namespace bitwright::gui {

enum class Appearance
{
    System,
    Light,
    Dark,
};
[[nodiscard]] Appearance appearanceFromName(const QString& name);
[[nodiscard]] QString appearanceName(Appearance appearance);

/// The widget palette that goes with a chart theme, so that no widget is left in another theme.
[[nodiscard]] QPalette paletteFor(const views::Theme& theme);
/// Sets style and palette of the whole program and returns the theme for charts.
views::Theme applyAppearance(Appearance appearance, const QPalette& systemPalette);

} // namespace bitwright::gui
