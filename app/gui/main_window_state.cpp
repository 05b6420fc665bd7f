// What a project remembers of the window, and brings back when it is opened again.
#include "app/gui/main_window.h"
#include "views/charts/chart_base.h"
#include "views/panels/widget_state.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace bitwright::gui {

using namespace views;

namespace {

const QString kViewKey = QStringLiteral("window/view");
constexpr int kVersion = 1;

const ChartBase* chartOf(Panel& panel)
{
    ChartSurface* surface = panel.surface();
    return surface == nullptr ? nullptr : qobject_cast<const ChartBase*>(surface->surfaceWidget());
}

} // namespace

/// By names: indices mean something else in another version of the model.
QJsonObject MainWindow::selectionState() const
{
    const Selection& selection = m_document.selection();
    const auto& workspace = *m_document.workspace();
    QJsonObject state;
    if (selection.tensor() >= 0)
        state[QStringLiteral("tensor")] = QString::fromStdString(
            workspace.checkpoint().tensors()[static_cast<std::size_t>(selection.tensor())].name);
    QJsonArray units;
    for (const int unit : selection.units())
        units.push_back(QString::fromStdString(workspace.units()[static_cast<std::size_t>(unit)].name));
    state[QStringLiteral("units")] = units;
    if (selection.site() >= 0 && workspace.dump() != nullptr) {
        const auto& sites = workspace.dump()->sites();
        state[QStringLiteral("site")]
            = QString::fromStdString(sites[static_cast<std::size_t>(selection.site())].name);
        state[QStringLiteral("channel")] = selection.channel();
    }
    return state;
}

void MainWindow::setSelectionState(const QJsonObject& state)
{
    const auto& workspace = *m_document.workspace();
    const auto tensor = workspace.checkpoint().find(state[QStringLiteral("tensor")].toString().toStdString());
    std::map<std::string, int> unitOf;
    for (std::size_t i = 0; i < workspace.units().size(); ++i)
        unitOf[workspace.units()[i].name] = static_cast<int>(i);
    QVector<int> units;
    for (const QJsonValue& name : state[QStringLiteral("units")].toArray()) {
        if (const auto found = unitOf.find(name.toString().toStdString()); found != unitOf.end())
            units.push_back(found->second);
    }
    int site = -1;
    if (const auto* dump = workspace.dump(); dump != nullptr) {
        const std::string wanted = state[QStringLiteral("site")].toString().toStdString();
        for (std::size_t i = 0; i < dump->sites().size() && !wanted.empty(); ++i) {
            if (dump->sites()[i].name == wanted)
                site = static_cast<int>(i);
        }
    }
    const int channel = site < 0 ? -1 : state[QStringLiteral("channel")].toInt(-1);
    m_document.selection().set(tensor ? static_cast<int>(*tensor) : -1, units, site, channel);
}

QJsonObject MainWindow::viewState() const
{
    QJsonObject panels;
    for (const Panel* panel : m_panels) {
        if (panel->property("keepState") == QVariant(false))
            continue;
        // What waits for its data is still as it was left.
        const auto pending = m_pendingViews.find(panel->id());
        const QJsonObject state = pending != m_pendingViews.end() ? pending->second : panel->viewState();
        if (!state.isEmpty())
            panels[panel->id()] = state;
    }
    QJsonObject state
        = {{QStringLiteral("version"), kVersion}, {QStringLiteral("perspective"), m_perspectives->current()},
            {QStringLiteral("docks"), QString::fromLatin1(m_perspectives->arrangement().toBase64())},
            {QStringLiteral("panels"), panels}};
    if (m_document.isOpen())
        state[QStringLiteral("selection")] = selectionState();
    return state;
}

void MainWindow::setViewState(const QJsonObject& state)
{
    if (state[QStringLiteral("version")].toInt() != kVersion)
        return;
    m_perspectives->restoreArrangement(state[QStringLiteral("perspective")].toString(),
        QByteArray::fromBase64(state[QStringLiteral("docks")].toString().toLatin1()));
    // First what is shown, then how: another tensor resets what was set before it.
    const QJsonObject selection = state[QStringLiteral("selection")].toObject();
    if (m_document.isOpen())
        setSelectionState(selection);
    const QJsonObject panels = state[QStringLiteral("panels")].toObject();
    for (Panel* panel : m_panels) {
        const auto found = panels.constFind(panel->id());
        if (found == panels.constEnd() || panel->property("keepState") == QVariant(false))
            continue;
        panel->setViewState(found->toObject());
        if (const auto* chart = chartOf(*panel); chart != nullptr && chart->isEmpty())
            m_pendingViews[panel->id()] = found->toObject();
    }
    // A filter that comes back may have moved the selection of its table.
    if (m_document.isOpen())
        setSelectionState(selection);
}

/// Ranges are limited by the data, which come in parts: a chart takes them as soon as it can have them whole.
void MainWindow::restorePendingViews()
{
    for (auto pending = m_pendingViews.begin(); pending != m_pendingViews.end();) {
        Panel* shown = panel(pending->first);
        const ChartBase* chart = chartOf(*shown);
        bool whole = false;
        if (chart != nullptr && !chart->isEmpty()) {
            restoreChartState(*shown, pending->second);
            const QJsonObject now = chart->viewState();
            for (const QJsonValue& value : pending->second) {
                QJsonObject wanted = value.toObject();
                wanted.remove(QStringLiteral("table")); // of no chart in particular
                whole = whole || wanted == now;
            }
        }
        pending = whole || m_jobs.isIdle() ? m_pendingViews.erase(pending) : std::next(pending);
    }
}

void MainWindow::storeView()
{
    if (!m_document.isOpen())
        return;
    const QByteArray json = QJsonDocument(viewState()).toJson(QJsonDocument::Compact);
    if (json == m_storedView)
        return;
    m_storedView = json;
    m_document.setState(kViewKey, QString::fromUtf8(json));
}

void MainWindow::restoreView()
{
    if (m_options.onlyLook)
        return; // pictures are of what was asked for, whatever somebody looked at last
    m_storedView = m_document.state(kViewKey).toUtf8();
    const QJsonDocument json = QJsonDocument::fromJson(m_storedView);
    if (json.isObject())
        setViewState(json.object());
    m_viewTimer.start();
}

} // namespace bitwright::gui
