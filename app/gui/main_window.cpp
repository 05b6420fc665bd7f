#include "app/gui/main_window.h"

#include "app/gui/header_strip.h"
#include "views/panels/allocation_panel.h"
#include "views/panels/difference_panel.h"
#include "views/panels/export_panel.h"
#include "views/panels/inspector_panel.h"
#include "views/panels/maxima_panel.h"
#include "views/panels/outlier_panel.h"
#include "views/panels/overview_panel.h"
#include "views/panels/pareto_panel.h"
#include "views/panels/sensitivity_panel.h"
#include "views/panels/side_panels.h"
#include "views/panels/spectrum_panel.h"
#include "views/panels/tree_panel.h"
#include "views/panels/weights_panel.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QLabel>
#include <QMenuBar>
#include <QMimeData>
#include <QSettings>
#include <QStandardPaths>
#include <QStatusBar>
#include <QVBoxLayout>

namespace bitwright::gui {

using namespace views;

MainWindow::MainWindow(const Options& options, QWidget* parent)
    : QMainWindow(parent)
    , m_options(options)
    , m_systemPalette(QApplication::palette())
    , m_jobs()
    , m_document(m_jobs)
{
    setWindowTitle(QStringLiteral("Bitwright"));
    setAcceptDrops(true);
    if (options.automaticProject)
        m_document.setAutoProjectFolder(QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation)
            + QStringLiteral("/projects"));
    createPanels();
    createDocks();
    createActions();
    connectModels();
    setAppearance(options.appearance);
    showPerspective(QStringLiteral("look"));
    resize(1440, 900);
    restoreSettings();
}

MainWindow::~MainWindow()
{
    // Marks an orderly end, also where no close event came; workers deliver to the document and must be gone
    // before it.
    m_document.close();
    m_jobs.shutDown();
}

void MainWindow::createPanels()
{
    m_tree = new TreePanel(m_document, this);
    auto* sensitivity = new SensitivityPanel(m_document, this);
    auto* pareto = new ParetoPanel(m_document, this);
    auto* allocation = new AllocationPanel(m_document, this);
    auto* difference = new DifferencePanel(m_document, m_jobs, this);
    m_export = new ExportPanel(m_document, m_jobs, this);
    auto* maxima = new MaximaPanel(m_document, this);
    auto* outliers = new OutlierPanel(m_document, this);
    m_panels
        = {new OverviewPanel(m_document, this), maxima, outliers, new WeightsPanel(m_document, m_jobs, this),
            new SpectrumPanel(m_document, m_jobs, this), sensitivity, pareto, allocation, difference,
            m_export, m_tree, new InspectorPanel(m_document, this), new JobsPanel(m_document, m_jobs, this)};
    connect(sensitivity, &SensitivityPanel::unitHovered, pareto,
        [pareto](int unit) { pareto->previewUnit(unit); });
    connect(sensitivity, &SensitivityPanel::optionHovered, pareto, &ParetoPanel::previewUnit);
    connect(allocation, &AllocationPanel::moveHovered, pareto, &ParetoPanel::previewMove);
    connect(allocation, &AllocationPanel::optionHovered, pareto, &ParetoPanel::previewUnit);
    connect(pareto, &ParetoPanel::differenceRequested, this, [this, difference](const QString& with) {
        difference->compareWith(with);
        QDockWidget* dock = m_docks.at(difference->id());
        dock->show();
        dock->raise();
    });
    connect(pareto, &ParetoPanel::unitsHovered, sensitivity, &SensitivityPanel::highlightUnits);
    connect(maxima, &MaximaPanel::channelHovered, outliers, &OutlierPanel::previewChannel);
}

void MainWindow::createDocks()
{
    setDockNestingEnabled(true);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    // Docks fill the window: the views are the document.
    auto* nothing = new QWidget(this);
    nothing->setMaximumSize(0, 0);
    setCentralWidget(nothing);
    nothing->hide();
    for (Panel* panel : m_panels) {
        auto* dock = new QDockWidget(panel->title(), this);
        dock->setObjectName(QStringLiteral("dock-") + panel->id());
        dock->setWidget(panel);
        m_docks[panel->id()] = dock;
        addDockWidget(Qt::LeftDockWidgetArea, dock);
        connect(panel, &Panel::openModelRequested, this, &MainWindow::askOpenModel);
        connect(panel, &Panel::openDumpRequested, this, &MainWindow::askOpenDump);
        connect(panel, &Panel::scanRequested, &m_document, &Document::scan);
        connect(panel, &Panel::readout, this, [this](const QString& text) { m_readout->setText(text); });
    }
    m_readout = new QLabel(this);
    m_readout->setTextInteractionFlags(Qt::TextSelectableByMouse);
    statusBar()->addWidget(m_readout, 1);
    statusBar()->setSizeGripEnabled(false);
    m_header = new HeaderStrip(m_document, m_jobs, this);
    // The menu bar and the strip share the place above the docks.
    auto* top = new QWidget(this);
    auto* layout = new QVBoxLayout(top);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* bar = new QMenuBar(top);
    layout->addWidget(bar);
    layout->addWidget(m_header);
    setMenuWidget(top);
    top->setProperty("menuBar", QVariant::fromValue(static_cast<QObject*>(bar)));
}

Panel* MainWindow::panel(const QString& id) const
{
    for (Panel* panel : m_panels) {
        if (panel->id() == id)
            return panel;
    }
    return nullptr;
}

void MainWindow::arrange(const Layout& layout, const QString& raised)
{
    for (const auto& [id, dock] : m_docks) {
        dock->setFloating(false);
        removeDockWidget(dock);
    }
    // Splits come first and tabs last: Qt puts a dock that is split off a tabbed one into the same tabs.
    QDockWidget* first = nullptr;
    for (const Place& place : layout.places) {
        QDockWidget* dock = m_docks.at(place.id);
        if (place.beside.isEmpty())
            addDockWidget(Qt::LeftDockWidgetArea, dock, Qt::Horizontal);
        else
            splitDockWidget(m_docks.at(place.beside), dock, place.split);
        dock->show();
        first = first == nullptr ? dock : first;
    }
    for (const auto& [onto, id] : layout.tabs) {
        tabifyDockWidget(m_docks.at(onto), m_docks.at(id));
        m_docks.at(id)->show();
        m_docks.at(onto)->raise();
    }
    for (const auto& [orientation, sizes] : layout.sizes) {
        QList<QDockWidget*> docks;
        QList<int> lengths;
        for (const auto& [id, length] : sizes) {
            docks.push_back(m_docks.at(id));
            lengths.push_back(length);
        }
        resizeDocks(docks, lengths, orientation);
    }
    if (const auto found = m_docks.find(raised); found != m_docks.end())
        found->second->raise();
}

void MainWindow::showPerspective(const QString& name)
{
    const QString tree = QStringLiteral("tree");
    const QString inspector = QStringLiteral("inspector");
    const QString maxima = QStringLiteral("activation-maxima");
    const QString map = QStringLiteral("outlier-map");
    const QString weights = QStringLiteral("weights");
    const QString pareto = QStringLiteral("pareto");
    const QString matrix = QStringLiteral("sensitivity");
    const QString allocation = QStringLiteral("allocation");
    if (name == QLatin1String("look")) {
        Layout layout;
        layout.places = {{tree, {}, Qt::Horizontal}, {maxima, tree, Qt::Horizontal},
            {weights, maxima, Qt::Horizontal}, {inspector, weights, Qt::Horizontal},
            {map, maxima, Qt::Vertical}, {QStringLiteral("spectrum"), weights, Qt::Vertical}};
        layout.tabs = {{maxima, QStringLiteral("overview")}, {inspector, QStringLiteral("jobs")}};
        layout.sizes = {{Qt::Horizontal, {{tree, 235}, {maxima, 520}, {weights, 420}, {inspector, 250}}},
            {Qt::Vertical, {{maxima, 400}, {map, 420}}},
            {Qt::Vertical, {{weights, 400}, {QStringLiteral("spectrum"), 420}}}};
        arrange(layout, maxima);
    } else if (name == QLatin1String("plan")) {
        Layout layout;
        layout.places = {{tree, {}, Qt::Horizontal}, {pareto, tree, Qt::Horizontal},
            {inspector, pareto, Qt::Horizontal}, {allocation, pareto, Qt::Vertical},
            {matrix, pareto, Qt::Horizontal}};
        layout.tabs = {{inspector, QStringLiteral("jobs")}, {allocation, QStringLiteral("difference")}};
        layout.sizes = {{Qt::Horizontal, {{tree, 225}, {pareto, 590}, {matrix, 390}, {inspector, 235}}},
            {Qt::Vertical, {{pareto, 540}, {allocation, 260}}}};
        arrange(layout, pareto);
    } else if (name == QLatin1String("export") || m_docks.count(name) != 0) {
        const bool side = name == tree || name == inspector || name == QLatin1String("jobs");
        const QString middle = side ? QStringLiteral("overview") : name;
        Layout layout;
        layout.places = {
            {tree, {}, Qt::Horizontal}, {middle, tree, Qt::Horizontal}, {inspector, middle, Qt::Horizontal}};
        layout.tabs = {{inspector, QStringLiteral("jobs")}};
        layout.sizes = {{Qt::Horizontal, {{tree, 250}, {middle, 900}, {inspector, 270}}}};
        arrange(layout, name);
    }
}

void MainWindow::setAppearance(Appearance appearance)
{
    m_options.appearance = appearance;
    m_theme = applyAppearance(appearance, m_systemPalette);
    for (Panel* panel : m_panels)
        panel->applyTheme(m_theme);
}

void MainWindow::connectModels()
{
    connect(&m_document, &Document::failed, this, [this](const QString& line) { say(line, true); });
    connect(&m_document, &Document::notice, this, [this](const QString& line) { say(line, false); });
    connect(&m_document, &Document::recovered, this, [this](const QDateTime& when) {
        say(tr("The program ended unexpectedly. The plan of %1 was recovered; Undo history starts anew.")
                .arg(QLocale().toString(when.toLocalTime(), QLocale::ShortFormat)),
            false);
    });
    connect(&m_document, &Document::opened, this, [this] {
        setWindowTitle(tr("%1 – Bitwright").arg(m_document.title()));
        addRecent(QString::fromStdString(m_document.workspace()->checkpoint().path()));
        m_document.scan();
    });
    connect(&m_document, &Document::closed, this, [this] { setWindowTitle(QStringLiteral("Bitwright")); });
    connect(m_header, &HeaderStrip::openDumpRequested, this, &MainWindow::askOpenDump);
    connect(m_header, &HeaderStrip::scanRequested, &m_document, &Document::scan);
}

void MainWindow::say(const QString& text, bool warning)
{
    m_lastMessage = text;
    m_header->showMessage(text, warning);
}

void MainWindow::openPaths(const QStringList& paths)
{
    std::vector<std::string> names;
    for (const QString& path : paths)
        names.push_back(path.toStdString());
    auto inputs = session::sortInputs(names);
    if (!inputs)
        return say(QString::fromStdString(inputs.error().oneLine()), true);
    if (inputs->model.empty() && inputs->project.empty() && m_document.isOpen()) {
        for (const auto& dump : inputs->dumps)
            m_document.addDump(QString::fromStdString(dump));
        return;
    }
    m_document.open(*inputs);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile())
            paths.push_back(url.toLocalFile());
    }
    event->acceptProposedAction();
    if (!paths.isEmpty())
        openPaths(paths);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    saveSettings();
    m_document.close();
    m_jobs.shutDown();
    event->accept();
}

void MainWindow::restoreSettings()
{
    if (!m_options.keepSettings)
        return;
    const QSettings settings;
    m_recent = settings.value(QStringLiteral("recent")).toStringList();
    refreshRecent();
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    restoreState(settings.value(QStringLiteral("window/state")).toByteArray());
}

void MainWindow::saveSettings()
{
    if (!m_options.keepSettings)
        return;
    QSettings settings;
    settings.setValue(QStringLiteral("recent"), m_recent);
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    settings.setValue(QStringLiteral("window/state"), saveState());
    settings.setValue(QStringLiteral("window/appearance"), appearanceName(m_options.appearance));
}

} // namespace bitwright::gui
