#pragma once

#include <QJsonObject>

class QWidget;

namespace bitwright::views {

/// How the controls and charts below `root` stand: view state of charts, texts of line edits, chosen entries
/// of combo boxes, switches, sort orders and columns of headers, splitters, tabs. Widgets are told apart by
/// their object name, else by their kind and order. Left out are those whose property "keepState" is false,
/// with all below them, and read-only or hidden parts of other controls.
[[nodiscard]] QJsonObject widgetState(const QWidget& root);
/// Brings back what widgetState said; what does not exist any more is skipped.
void restoreWidgetState(QWidget& root, const QJsonObject& state);
/// The same for charts alone.
void restoreChartState(QWidget& root, const QJsonObject& state);

} // namespace bitwright::views
