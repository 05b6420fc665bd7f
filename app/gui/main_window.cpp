#include "app/gui/main_window.h"

#include "app/gui/command_palette.h"
#include "app/gui/header_strip.h"
#include "app/gui/record_dialog.h"
#include "app/gui/tab_guard.h"
#include "views/models/core_text.h"
#include "views/models/recording.h"
#include "views/panels/allocation_panel.h"
#include "views/panels/difference_panel.h"
#include "views/panels/explain_panel.h"
#include "views/panels/export_panel.h"
#include "views/panels/harm_panel.h"
#include "views/panels/history_panels.h"
#include "views/panels/inspector_panel.h"
#include "views/panels/jobs_panel.h"
#include "views/panels/maxima_panel.h"
#include "views/panels/outlier_panel.h"
#include "views/panels/overview_panel.h"
#include "views/panels/pareto_panel.h"
#include "views/panels/sensitivity_panel.h"
#include "views/panels/spectrum_panel.h"
#include "views/panels/tree_panel.h"
#include "views/panels/weights_panel.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QSettings>
#include <QStandardPaths>
#include <QStatusBar>
#include <QVBoxLayout>

namespace bitwright::gui {

using namespace views;

namespace {
const QString kLeaveQuestion = QStringLiteral("leaveQuestion");
}

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
    m_document.setOnlyLook(options.onlyLook);
    createPanels();
    createDocks();
    createTop();
    m_perspectives = new Perspectives(*this, m_docks, this);
    m_palette = new CommandPalette(this);
    createActions();
    connectModels();
    connectHeader();
    setAppearance(options.appearance);
    resize(1440, 900);
    m_perspectives->show(QStringLiteral("look"));
    restoreSettings();
    refreshActions();
}

MainWindow::~MainWindow()
{
    // Marks an orderly end, also where no close event came; workers deliver to the document and must be gone
    // before it. Widgets that go lose the focus, and nobody may hear of it.
    disconnect(qApp, nullptr, this, nullptr);
    m_document.close();
    m_jobs.shutDown();
    // Now, and not with the widgets that outlive the document: views that are hidden lay themselves out, and
    // ask it.
    hide();
}

void MainWindow::createPanels()
{
    m_tree = new TreePanel(m_document, this);
    auto* sensitivity = new SensitivityPanel(m_document, this);
    auto* pareto = new ParetoPanel(m_document, this);
    auto* allocation = new AllocationPanel(m_document, this);
    auto* difference = new DifferencePanel(m_document, m_jobs, this);
    m_recording = new Recording(m_document, m_jobs, this);
    connect(m_recording, &Recording::finished, this, [this](const QString& failure) {
        if (!failure.isEmpty())
            say(failure, true);
    });
    m_harmRun = new HarmRun(m_document, m_jobs, this);
    pareto->showMeasured(*m_harmRun);
    sensitivity->pairBy(*m_harmRun);
    difference->pairBy(*m_harmRun);
    auto* refine = new RefineRun(m_document, m_jobs, this);
    m_harm = new HarmPanel(m_document, *m_harmRun, *refine, this);
    m_export = new ExportPanel(m_document, m_jobs, this);
    m_export->showMeasured(*m_harmRun);
    // What was typed for one export must not replace files in the next session.
    m_export->setProperty("keepState", false);
    m_explain = new ExplainPanel(m_document, this);
    auto* maxima = new MaximaPanel(m_document, this);
    auto* outliers = new OutlierPanel(m_document, this);
    m_panels = {new OverviewPanel(m_document, this), maxima, outliers,
        new WeightsPanel(m_document, m_jobs, this), new SpectrumPanel(m_document, m_jobs, this), sensitivity,
        pareto, allocation, difference, m_harm, m_export, m_tree, new InspectorPanel(m_document, this),
        m_explain, new NotesPanel(m_document, this), new HistoryPanel(m_document, this),
        new JobsPanel(m_document, m_jobs, this)};
    connect(sensitivity, &SensitivityPanel::unitHovered, pareto,
        [pareto](int unit) { pareto->previewUnit(unit); });
    connect(sensitivity, &SensitivityPanel::optionHovered, pareto, &ParetoPanel::previewUnit);
    connect(allocation, &AllocationPanel::moveHovered, pareto, &ParetoPanel::previewMove);
    connect(allocation, &AllocationPanel::optionHovered, pareto, &ParetoPanel::previewUnit);
    connect(pareto, &ParetoPanel::differenceRequested, this, [this, difference](const QString& with) {
        difference->compareWith(with);
        showPanel(difference->id());
    });
    connect(pareto, &ParetoPanel::unitsHovered, sensitivity, &SensitivityPanel::highlightUnits);
    connect(maxima, &MaximaPanel::channelHovered, outliers, &OutlierPanel::previewChannel);
}

void MainWindow::createDocks()
{
    // Without AnimatedDocks: a layout that is restored while Qt still moves a dropped dock ends in a crash.
    setDockOptions(QMainWindow::AllowNestedDocks | QMainWindow::AllowTabbedDocks);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    new TabGuard(this);
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
        connect(
            panel, &Panel::recordRequested, this, [this] { askRecording(this, m_document, *m_recording); });
        connect(panel, &Panel::scanRequested, &m_document, &Document::scan);
        connect(panel, &Panel::readout, this, &MainWindow::showReadout);
        connect(panel, &Panel::explainRequested, this, &MainWindow::explain);
        connect(panel, &Panel::viewRequested, this, &MainWindow::showPanel);
        connect(panel, &Panel::filterRequested, this, [this](const QString& filter) {
            showPanel(m_tree->id());
            m_tree->setFilter(filter);
        });
    }
    m_readout = new QLabel(this);
    m_readout->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_readout->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    statusBar()->addWidget(m_readout, 1);
    statusBar()->setSizeGripEnabled(false);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) {
        for (QWidget* widget = now; widget != nullptr; widget = widget->parentWidget()) {
            if (auto* panel = qobject_cast<Panel*>(widget); panel != nullptr && panel->window() != nullptr) {
                m_lastPanel = panel;
                return refreshActions();
            }
        }
    });
}

void MainWindow::showReadout(const QString& text)
{
    // One line: a foot that grows with what is under the mouse would push all views up at every move.
    QString line = text;
    line.replace(QLatin1Char('\n'), QStringLiteral(" · "));
    m_readout->setText(m_readout->fontMetrics().elidedText(line, Qt::ElideRight, m_readout->width()));
    m_readout->setToolTip(text);
}

/// Menu bar and perspectives in one row, the header strip below: both above the docks.
void MainWindow::createTop()
{
    m_header = new HeaderStrip(m_document, m_jobs, this);
    auto* top = new QWidget(this);
    auto* layout = new QVBoxLayout(top);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 6, 0);
    row->setSpacing(0);
    m_menuBar = new QMenuBar(top);
    m_menuBar->setNativeMenuBar(false);
    m_menuBar->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_perspectiveBar = new QWidget(top);
    m_perspectiveBar->setObjectName(QStringLiteral("perspectiveBar"));
    m_perspectiveBar->setAccessibleName(tr("Perspectives"));
    auto* buttons = new QHBoxLayout(m_perspectiveBar);
    buttons->setContentsMargins(0, 0, 0, 0);
    buttons->setSpacing(2);
    row->addWidget(m_menuBar, 1);
    row->addWidget(m_perspectiveBar);
    layout->addLayout(row);
    layout->addWidget(m_header);
    setMenuWidget(top);
}

Panel* MainWindow::panel(const QString& id) const
{
    for (Panel* panel : m_panels) {
        if (panel->id() == id)
            return panel;
    }
    return nullptr;
}

void MainWindow::showPerspective(const QString& name)
{
    if (Perspectives::builtIn().contains(name) || m_perspectives->saved().contains(name))
        m_perspectives->show(name);
    else
        m_perspectives->showAlone(name);
}

void MainWindow::showPanel(const QString& id)
{
    m_perspectives->reveal(id);
}

// --- Appearance ---

void MainWindow::setAppearance(Appearance appearance)
{
    m_options.appearance = appearance;
    m_applyingPalette = true;
    m_theme = applyAppearance(appearance, m_systemPalette);
    m_applyingPalette = false;
    for (Panel* panel : m_panels)
        panel->applyTheme(m_theme);
    m_header->applyTheme(m_theme);
    if (m_appearanceGroup != nullptr) {
        for (QAction* action : m_appearanceGroup->actions())
            action->setChecked(action->data().toInt() == static_cast<int>(appearance));
    }
}

void MainWindow::systemPaletteChanged(const QPalette& palette)
{
    m_systemPalette = palette;
    if (m_options.appearance == Appearance::System)
        setAppearance(Appearance::System);
}

bool MainWindow::event(QEvent* event)
{
    // The platform's theme changed while the program runs. Its palette shows once ours is taken away.
    if (event->type() == QEvent::ThemeChange && !m_applyingPalette) {
        m_applyingPalette = true;
        QApplication::setPalette(QPalette());
        const QPalette system = QApplication::palette();
        m_applyingPalette = false;
        m_systemPalette = system;
        setAppearance(m_options.appearance);
    }
    return QMainWindow::event(event);
}

// --- Documents ---

void MainWindow::connectModels()
{
    connect(&m_document, &Document::failed, this, [this](const QString& line) { say(line, true); });
    connect(&m_document, &Document::notice, this, [this](const QString& line) { say(line, false); });
    connect(&m_document, &Document::recovered, this, &MainWindow::offerRecovery);
    connect(&m_document, &Document::recoverySettled, m_header, &HeaderStrip::closeQuestion);
    connect(&m_document, &Document::opened, this, [this] {
        setWindowTitle(tr("%1 – Bitwright").arg(m_document.title()));
        addRecent(QString::fromStdString(m_document.workspace()->checkpoint().path()));
        restoreView();
        m_document.scan();
    });
    connect(&m_document, &Document::aboutToClose, this, &MainWindow::storeView);
    connect(&m_document, &Document::closed, this, [this] {
        setWindowTitle(QStringLiteral("Bitwright"));
        m_viewTimer.stop();
        m_pendingViews.clear();
        m_header->closeQuestion();
        m_palette->dismiss();
    });
    for (const auto signal : {&Document::opened, &Document::closed, &Document::spaceChanged,
             &Document::planChanged, &Document::namedPlansChanged})
        connect(&m_document, signal, this, &MainWindow::refreshActions);
    connect(&m_document.selection(), &Selection::changed, this, &MainWindow::refreshActions);
    for (const auto signal : {&Document::spaceChanged, &Document::frontierChanged, &Document::outliersChanged,
             &Document::channelMapChanged, &Document::dumpsChanged, &Document::scanStateChanged})
        connect(&m_document, signal, this, &MainWindow::restorePendingViews);
    connect(&m_jobs, &JobQueue::becameIdle, this, &MainWindow::restorePendingViews);
    connect(&m_document, &Document::tensorScanned, this, [this](int tensor) {
        if (tensor == m_document.selection().tensor())
            restorePendingViews();
    });
    // A kill must not cost more of the view than of the plan, give or take a moment.
    m_viewTimer.setInterval(2000);
    connect(&m_viewTimer, &QTimer::timeout, this, &MainWindow::storeView);
    connect(&m_document, &Document::projectChanged, this, [this] {
        m_storedView.clear();
        storeView();
    });
}

void MainWindow::connectHeader()
{
    connect(m_header, &HeaderStrip::openModelRequested, this, &MainWindow::askOpenModel);
    connect(m_header, &HeaderStrip::openDumpRequested, this, &MainWindow::askOpenDump);
    connect(m_header, &HeaderStrip::scanRequested, &m_document, &Document::scan);
    connect(m_header, &HeaderStrip::jobsRequested, this, [this] { showPanel(QStringLiteral("jobs")); });
    connect(m_header, &HeaderStrip::viewRequested, this, &MainWindow::showPanel);
    connect(m_header, &HeaderStrip::scoreRequested, this, [this] { showPanel(QStringLiteral("pareto")); });
}

void MainWindow::offerRecovery(const QDateTime& when)
{
    const QString date = when.isValid() ? QLocale().toString(when.toLocalTime(), QLocale::ShortFormat)
                                        : tr("an unknown time");
    const auto name = m_document.recovery() ? QString::fromStdString(m_document.recovery()->name) : QString();
    const QString text
        = tr("The program ended unexpectedly. The plan \"%1\" as it stood at %2 was kept aside.")
              .arg(name, date);
    m_lastMessage = text;
    m_header->ask(text,
        {{QStringLiteral("recovery.restore"), tr("Restore"), tr("Take that plan; can be undone"),
             [this] { m_document.restoreRecovery(); }},
            {QStringLiteral("recovery.discard"), tr("Discard"),
                tr("Forget it and go on with the present plan"), [this] { m_document.discardRecovery(); }}});
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
        return say(errorText(inputs.error()), true);
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

/// Scans and scores are kept as they finish and go on next time; an export is a file that somebody waits for.
bool MainWindow::mayClose()
{
    if (!m_export->isRunning() || m_leaving)
        return true;
    // Not blocking: the export, and what it shows, go on meanwhile.
    if (findChild<QMessageBox*>(kLeaveQuestion) != nullptr)
        return false;
    auto* question = new QMessageBox(QMessageBox::Question, tr("Export is running"),
        tr("Stop the export and leave? What was written so far is not a finished export."),
        QMessageBox::Yes | QMessageBox::No, this);
    question->setObjectName(kLeaveQuestion);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setDefaultButton(QMessageBox::No);
    connect(question, &QMessageBox::finished, this, [this](int answer) {
        m_leaving = answer == QMessageBox::Yes;
        if (m_leaving)
            close();
    });
    connect(m_export, &ExportPanel::finished, question, &QMessageBox::reject); // nothing is left to be lost
    question->open();
    return false;
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (!mayClose())
        return event->ignore();
    saveSettings();
    m_document.close();
    m_jobs.shutDown();
    event->accept();
}

void MainWindow::restoreSettings()
{
    if (!m_options.keepSettings)
        return;
    QSettings settings;
    m_recent = settings.value(QStringLiteral("recent")).toStringList();
    refreshRecent();
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    m_perspectives->load(settings);
}

void MainWindow::saveSettings()
{
    if (!m_options.keepSettings)
        return;
    QSettings settings;
    settings.setValue(QStringLiteral("recent"), m_recent);
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    settings.setValue(QStringLiteral("window/appearance"), appearanceName(m_options.appearance));
    m_perspectives->store(settings);
}

} // namespace bitwright::gui
