#include "app/gui/perspectives.h"

#include <QDockWidget>
#include <QMainWindow>
#include <QSettings>

#include <algorithm>
#include <set>
#include <vector>

namespace bitwright::gui {

namespace {

constexpr int kStateVersion = 4; ///< Raised when docks come or go: older states would misplace them.
const QString kTree = QStringLiteral("tree");
const QString kInspector = QStringLiteral("inspector");
const QString kMaxima = QStringLiteral("activation-maxima");
const QString kMap = QStringLiteral("outlier-map");
const QString kWeights = QStringLiteral("weights");
const QString kSpectrum = QStringLiteral("spectrum");
const QString kPareto = QStringLiteral("pareto");
const QString kMatrix = QStringLiteral("sensitivity");
const QString kAllocation = QStringLiteral("allocation");
const QString kExport = QStringLiteral("export");
const QString kExplain = QStringLiteral("explain");
const QString kOverview = QStringLiteral("overview");

/// Docks that stand at the right, behind the inspector, unless a perspective places them.
bool isSide(const QString& panel)
{
    static const std::set<QString> side
        = {kInspector, QStringLiteral("jobs"), QStringLiteral("history"), QStringLiteral("notes"), kExplain};
    return side.count(panel) != 0;
}

} // namespace

/// Where docks stand: each is split off another one, or the first; then tabs; then sizes.
struct Perspectives::Layout
{
    struct Place
    {
        QString id, beside;
        Qt::Orientation split = Qt::Horizontal;
    };
    std::vector<Place> places;
    std::vector<std::pair<QString, QString>> tabs; ///< A dock that is placed, and one behind it.
    std::vector<std::pair<Qt::Orientation, std::vector<std::pair<QString, int>>>> sizes;
    QString raised;
};

Perspectives::Perspectives(QMainWindow& window, const std::map<QString, QDockWidget*>& docks, QObject* parent)
    : QObject(parent)
    , m_window(window)
    , m_docks(docks)
{ }

QStringList Perspectives::builtIn()
{
    return {
        QStringLiteral("look"), QStringLiteral("plan"), QStringLiteral("export"), QStringLiteral("learn")};
}

QStringList Perspectives::saved() const
{
    QStringList names;
    for (const auto& [name, state] : m_saved)
        names.push_back(name);
    return names;
}

QString Perspectives::title(const QString& name)
{
    if (name == QLatin1String("look"))
        return tr("Look");
    if (name == QLatin1String("plan"))
        return tr("Plan");
    if (name == QLatin1String("export"))
        return tr("Export");
    if (name == QLatin1String("learn"))
        return tr("Learn");
    return name;
}

bool Perspectives::isKnown(const QString& name) const
{
    return builtIn().contains(name) || m_saved.count(name) != 0;
}

Perspectives::Layout Perspectives::layoutOf(const QString& name)
{
    Layout layout;
    const auto h = Qt::Horizontal;
    const auto v = Qt::Vertical;
    if (name == QLatin1String("look")) {
        layout.places = {{kTree, {}, h}, {kMaxima, kTree, h}, {kWeights, kMaxima, h},
            {kInspector, kWeights, h}, {kMap, kMaxima, v}, {kSpectrum, kWeights, v}};
        layout.tabs = {{kMaxima, kOverview}};
        layout.sizes = {{h, {{kTree, 245}, {kMaxima, 490}, {kWeights, 445}, {kInspector, 250}}},
            {v, {{kMaxima, 400}, {kMap, 420}}}, {v, {{kWeights, 400}, {kSpectrum, 420}}}};
        layout.raised = kMaxima;
    } else if (name == QLatin1String("plan")) {
        layout.places = {{kTree, {}, h}, {kPareto, kTree, h}, {kInspector, kPareto, h},
            {kAllocation, kPareto, v}, {kMatrix, kPareto, h}};
        layout.tabs = {{kAllocation, QStringLiteral("difference")}, {kAllocation, QStringLiteral("harm")}};
        layout.sizes = {{h, {{kTree, 230}, {kPareto, 622}, {kMatrix, 358}, {kInspector, 230}}},
            {v, {{kPareto, 540}, {kAllocation, 260}}}};
        layout.raised = kPareto;
    } else if (name == QLatin1String("learn")) {
        layout.places
            = {{kTree, {}, h}, {kExplain, kTree, h}, {kWeights, kExplain, h}, {kSpectrum, kWeights, v}};
        layout.tabs = {{kTree, kInspector}};
        layout.sizes = {
            {h, {{kTree, 320}, {kExplain, 540}, {kWeights, 570}}}, {v, {{kWeights, 400}, {kSpectrum, 400}}}};
        layout.raised = kExplain;
    } else {
        const QString middle = isSide(name) || name == kTree ? kOverview : name;
        layout.places = {{kTree, {}, h}, {middle, kTree, h}, {kInspector, middle, h}};
        layout.sizes = {{h, {{kTree, 250}, {middle, 900}, {kInspector, 270}}}};
        layout.raised = name;
    }
    return layout;
}

bool Perspectives::isTabbedOn(const Layout& layout, const QString& panel)
{
    return std::any_of(
        layout.tabs.begin(), layout.tabs.end(), [&](const auto& tab) { return tab.second == panel; });
}

void Perspectives::arrange(const Layout& layout)
{
    for (const auto& [id, dock] : m_docks) {
        dock->setFloating(false);
        m_window.removeDockWidget(dock);
    }
    std::set<QString> placed;
    // Splits come first and tabs last: Qt puts a dock that is split off a tabbed one into the same tabs.
    for (const auto& place : layout.places) {
        QDockWidget* dock = m_docks.at(place.id);
        if (place.beside.isEmpty())
            m_window.addDockWidget(Qt::LeftDockWidgetArea, dock, Qt::Horizontal);
        else
            m_window.splitDockWidget(m_docks.at(place.beside), dock, place.split);
        dock->show();
        placed.insert(place.id);
    }
    for (const auto& [onto, id] : layout.tabs) {
        m_window.tabifyDockWidget(m_docks.at(onto), m_docks.at(id));
        m_docks.at(id)->show();
        placed.insert(id);
    }
    // The rest waits behind its kin: hidden, so that opening one finds a place for it.
    const QString middle = layout.places.size() > 1 ? layout.places[1].id : layout.places.front().id;
    const QString side = placed.count(kInspector) != 0 ? kInspector : middle;
    for (const auto& [id, dock] : m_docks) {
        if (placed.count(id) != 0)
            continue;
        m_window.tabifyDockWidget(m_docks.at(isSide(id) ? side : middle), dock);
        // The jobs are always at hand.
        const bool shown = id == QLatin1String("jobs") && side == kInspector;
        dock->setVisible(shown || id == layout.raised);
    }
    for (const auto& [onto, id] : layout.tabs)
        m_docks.at(onto)->raise();
    if (side == kInspector && !isTabbedOn(layout, kInspector))
        m_docks.at(kInspector)->raise();
    for (const auto& [orientation, sizes] : layout.sizes) {
        QList<QDockWidget*> docks;
        QList<int> lengths;
        for (const auto& [id, length] : sizes) {
            docks.push_back(m_docks.at(id));
            lengths.push_back(length);
        }
        m_window.resizeDocks(docks, lengths, orientation);
    }
    if (const auto found = m_docks.find(layout.raised); found != m_docks.end())
        found->second->raise();
}

void Perspectives::setCurrent(const QString& name)
{
    m_current = name;
    Q_EMIT currentChanged(name);
}

bool Perspectives::restore(const QByteArray& state)
{
    // Qt falls over a state that is restored while a dock is being dragged: this ends a drag.
    for (const auto& [id, dock] : m_docks)
        dock->setFloating(dock->isFloating());
    return m_window.restoreState(state, kStateVersion);
}

/// Remembers how the current one stands.
void Perspectives::leave()
{
    if (!m_current.isEmpty())
        m_left[m_current] = m_window.saveState(kStateVersion);
}

void Perspectives::show(const QString& name)
{
    if (!isKnown(name) || name == m_current)
        return setCurrent(m_current); // the button that was pressed shows it
    leave();
    const auto left = m_left.find(name);
    const auto saved = m_saved.find(name);
    const bool restored = (left != m_left.end() && restore(left->second))
        || (saved != m_saved.end() && restore(saved->second));
    if (!restored)
        arrange(layoutOf(name));
    setCurrent(name);
}

void Perspectives::showAlone(const QString& panel)
{
    if (m_docks.count(panel) == 0)
        return;
    leave();
    arrange(layoutOf(panel));
    setCurrent({});
}

void Perspectives::restoreDefault()
{
    const QString name = m_current.isEmpty() ? builtIn().front() : m_current;
    m_left.erase(name);
    const auto saved = m_saved.find(name);
    if (saved == m_saved.end() || !restore(saved->second))
        arrange(layoutOf(name));
    setCurrent(name);
}

bool Perspectives::saveAs(const QString& name)
{
    const QString wanted = name.trimmed();
    if (wanted.isEmpty() || builtIn().contains(wanted))
        return false;
    // What it was saved from goes back to how it stood before it was changed into this one.
    m_saved[wanted] = m_window.saveState(kStateVersion);
    m_left.erase(wanted);
    Q_EMIT listChanged();
    setCurrent(wanted);
    return true;
}

void Perspectives::remove(const QString& name)
{
    if (m_saved.erase(name) == 0)
        return;
    m_left.erase(name);
    if (m_current == name) {
        m_current.clear();
        show(builtIn().front());
    }
    Q_EMIT listChanged();
}

void Perspectives::reveal(const QString& panel)
{
    const auto found = m_docks.find(panel);
    if (found == m_docks.end())
        return;
    QDockWidget* dock = found->second;
    dock->show();
    dock->raise();
    if (dock->isFloating())
        dock->activateWindow();
    dock->widget()->setFocus(Qt::OtherFocusReason);
    // A panel itself takes no keys: the first control or chart in it does.
    if (QWidget* first = dock->widget()->nextInFocusChain(); !dock->widget()->hasFocus()) {
        for (int i = 0; i < 200 && first != nullptr && first != dock->widget();
             first = first->nextInFocusChain(), ++i) {
            if (dock->widget()->isAncestorOf(first) && first->isVisibleTo(dock->widget())
                && first->isEnabled() && (first->focusPolicy() & Qt::TabFocus) != 0)
                return first->setFocus(Qt::OtherFocusReason);
        }
    }
}

// --- Settings ---

void Perspectives::load(QSettings& settings)
{
    m_saved.clear();
    m_left.clear();
    const auto read = [&](const char* key, std::map<QString, QByteArray>& states) {
        const QVariantMap map = settings.value(QLatin1String(key)).toMap();
        for (auto item = map.begin(); item != map.end(); ++item)
            states[item.key()] = item.value().toByteArray();
    };
    read("perspectives/saved", m_saved);
    read("perspectives/left", m_left);
    Q_EMIT listChanged();
    const QString name = settings.value(QStringLiteral("perspectives/current")).toString();
    m_current.clear();
    show(isKnown(name) ? name : builtIn().front());
}

void Perspectives::store(QSettings& settings)
{
    leave();
    const auto write = [&](const char* key, const std::map<QString, QByteArray>& states) {
        QVariantMap map;
        for (const auto& [name, state] : states)
            map[name] = state;
        settings.setValue(QLatin1String(key), map);
    };
    write("perspectives/saved", m_saved);
    write("perspectives/left", m_left);
    settings.setValue(QStringLiteral("perspectives/current"), m_current);
}

QByteArray Perspectives::arrangement() const
{
    return m_window.saveState(kStateVersion);
}

void Perspectives::restoreArrangement(const QString& name, const QByteArray& state)
{
    if (!name.isEmpty() && !isKnown(name))
        return;
    leave();
    if (restore(state))
        setCurrent(name);
}

} // namespace bitwright::gui
