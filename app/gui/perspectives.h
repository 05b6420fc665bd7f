#pragma once

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QStringList>

#include <map>

class QDockWidget;
class QMainWindow;
class QSettings;

namespace bitwright::gui {

/// Named arrangements of the docks. Four are built in (look, plan, export, learn); others are saved by the
/// user. Each remembers how it was left, until its default is restored: the built-in arrangement, or what was
/// saved under the name.
class Perspectives : public QObject
{
    Q_OBJECT

public:
    Perspectives(
        QMainWindow& window, const std::map<QString, QDockWidget*>& docks, QObject* parent = nullptr);

    [[nodiscard]] static QStringList builtIn();
    [[nodiscard]] QStringList saved() const;
    [[nodiscard]] static QString title(const QString& name); ///< Translated for built-in ones.
    /// Empty while one view fills the middle.
    [[nodiscard]] const QString& current() const { return m_current; }

    /// Shows a perspective as it was left. Unknown names do nothing.
    void show(const QString& name);
    /// One view in the middle, with the tree and the inspector beside it.
    void showAlone(const QString& panel);
    void restoreDefault();
    /// Saves the present arrangement under a name and goes there. False for an empty or a built-in name.
    bool saveAs(const QString& name);
    /// Forgets a saved perspective; Look is shown where it was current.
    void remove(const QString& name);
    /// Brings a dock to the front, where it was or beside its kin, and gives it the focus.
    void reveal(const QString& panel);

    void load(QSettings& settings);
    void store(QSettings& settings);
    /// The present arrangement with its name, for a project; and back.
    [[nodiscard]] QByteArray arrangement() const;
    void restoreArrangement(const QString& name, const QByteArray& state);

Q_SIGNALS:
    void currentChanged(const QString& name);
    void listChanged();

private:
    struct Layout;
    [[nodiscard]] static Layout layoutOf(const QString& name);
    [[nodiscard]] static bool isTabbedOn(const Layout& layout, const QString& panel);
    void arrange(const Layout& layout);
    void leave();
    bool restore(const QByteArray& state);
    void setCurrent(const QString& name);
    [[nodiscard]] bool isKnown(const QString& name) const;

    QMainWindow& m_window;
    const std::map<QString, QDockWidget*>& m_docks;
    QString m_current;
    std::map<QString, QByteArray> m_left; ///< How perspectives were left.
    std::map<QString, QByteArray> m_saved; ///< What the user's were saved as.
};

} // namespace bitwright::gui
