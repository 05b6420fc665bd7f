#pragma once

#include <QObject>

class QMainWindow;

namespace bitwright::gui {

/// Keeps a press on the tab of a dock from outliving its tabs.
///
/// QTabBar (Qt 6.4) remembers the number of the pressed tab, and takes it for valid when the mouse moves.
/// Where docks were hidden or arranged anew in between, by a key or because a job ended, there may be no tab
/// of that number any more, and the program ends. The guard lets go of the tab as soon as their number
/// changes.
class TabGuard : public QObject
{
    Q_OBJECT

public:
    /// Watches all tab bars that `window` will ever make for its docks. The window owns the guard.
    explicit TabGuard(QMainWindow* window);

    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace bitwright::gui
