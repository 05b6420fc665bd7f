#pragma once

#include <QString>
#include <QStringList>

class QMenu;

namespace bitwright::gui {

/// Codes of the languages that the program speaks: "en", "de".
[[nodiscard]] QStringList languages();
/// Name of a language in itself: "Deutsch".
[[nodiscard]] QString languageName(const QString& code);
/// The language to speak: `wanted` when it is one, else the first of the system's that is, else English.
[[nodiscard]] QString languageFor(const QString& wanted, const QStringList& systemLanguages);
/// Loads the texts of a language and makes numbers on screen follow it where the system speaks another one.
/// Call once, after the application exists and before any window does. Files never follow a locale.
void installLanguage(const QString& code);
/// Adds the submenu with which another language is chosen; it is kept in the settings and used from the next
/// start on.
QMenu* addLanguageMenu(QMenu* menu);

} // namespace bitwright::gui
