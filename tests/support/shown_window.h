#pragma once

#include "app/gui/actions.h"
#include "app/gui/capture.h"
#include "app/gui/main_window.h"
#include "tests/support/sample.h"

#include <QAction>
#include <QSettings>
#include <QtTest/QTest>

namespace bitwright::test {

/// Settings of a test's own, and none of them.
inline void beginWithoutSettings(const char* test)
{
    QCoreApplication::setOrganizationName(QStringLiteral("bitwright-test"));
    QCoreApplication::setApplicationName(QLatin1String(test));
    QSettings().clear();
}

/// A window that keeps nothing between two tests and makes no project by itself.
inline gui::MainWindow::Options scripted()
{
    gui::MainWindow::Options options;
    options.appearance = gui::Appearance::Light;
    options.keepSettings = false;
    options.automaticProject = false;
    return options;
}

/// A shown window without anything open.
class ShownWindow
{
public:
    explicit ShownWindow(
        const gui::MainWindow::Options& options = scripted(), const QSize& size = {1440, 900})
        : m_window(options)
    {
        m_window.resize(size);
        m_window.show();
        (void)QTest::qWaitForWindowActive(&m_window); // keys go to the active window
    }

    gui::MainWindow* operator->() { return &m_window; }
    gui::MainWindow& operator*() { return m_window; }
    views::Document& document() { return m_window.document(); }

    /// Opens and waits for all work; returns what went wrong.
    QString open(const QStringList& paths)
    {
        m_window.openPaths(paths);
        return gui::waitForWork(m_window);
    }

    template <typename T>
    T* panel(const char* id)
    {
        return qobject_cast<T*>(m_window.panel(QLatin1String(id)));
    }

    /// The first child of a panel of this type, of this accessible or object name if one is given.
    template <typename T>
    T* find(const char* panel, const char* name = nullptr)
    {
        const auto children = m_window.panel(QLatin1String(panel))->template findChildren<T*>();
        for (T* child : children)
            if (name == nullptr || child->accessibleName() == QLatin1String(name)
                || child->objectName() == QLatin1String(name))
                return child;
        return nullptr;
    }

    /// Of the window's menus and palette.
    QAction* action(const char* id)
    {
        for (const gui::ActionEntry& entry : m_window.actionEntries())
            if (entry.action->objectName() == QLatin1String(id))
                return entry.action;
        return nullptr;
    }
    /// Of one panel.
    QAction* action(const char* panel, const char* id)
    {
        for (QAction* action : m_window.panel(QLatin1String(panel))->actions())
            if (action->objectName() == QLatin1String(id))
                return action;
        return nullptr;
    }

private:
    gui::MainWindow m_window;
};

} // namespace bitwright::test
