#include "views/panels/export_panel.h"

#include "core/export/job.h"
#include "views/charts/ask_file.h"
#include "views/charts/chart_math.h"
#include "views/panels/check_list.h"
#include "views/panels/proof_view.h"

#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QStandardPaths>
#include <QTabWidget>
#include <QVBoxLayout>

namespace bitwright::views {

ExportPanel::ExportPanel(Document& document, JobQueue& jobs, QWidget* parent)
    : Panel(document, QStringLiteral("export"), tr("Export"), parent)
    , m_jobs(jobs)
    , m_target(new QComboBox(this))
    , m_folder(new QLineEdit(this))
    , m_browse(new QPushButton(tr("&Choose…"), this))
    , m_export(new QPushButton(tr("E&xport"), this))
    , m_cancel(new QPushButton(tr("Cance&l"), this))
    , m_verify(new QPushButton(tr("&Verify what is there"), this))
    , m_mark(new StateMark(this))
    , m_verdict(new QLabel(this))
    , m_more(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_stage(new QLabel(this))
    , m_rate(new QLabel(this))
    , m_tabs(new QTabWidget(this))
    , m_checks(new CheckList(this))
    , m_proof(new ProofView(this))
{
    createControls();
    createActions();
    fillTargets();
    connectDocument();
    m_checkDelay.setSingleShot(true);
    m_checkDelay.setInterval(200);
    connect(&m_checkDelay, &QTimer::timeout, this, &ExportPanel::runChecks);
    connect(&m_watcher, &QFutureWatcher<Findings>::finished, this, [this] {
        if (!m_checkAgain)
            return takeFindings(m_watcher.result());
        m_checkAgain = false;
        runChecks();
    });
    showVerdict(m_checks, ExportCheck::State::Unknown, tr("No model is open."));
    updateButtons();
}

ExportPanel::~ExportPanel()
{
    m_stopChecks.request_stop();
    m_watcher.waitForFinished();
}

void ExportPanel::createControls()
{
    auto* grid = new QGridLayout;
    grid->setContentsMargins(10, 8, 10, 4);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    grid->setColumnStretch(1, 1);
    const auto label = [this](const QString& text, QWidget* buddy) {
        auto* made = new QLabel(text, this);
        made->setBuddy(buddy);
        return made;
    };
    grid->addWidget(label(tr("Tar&get"), m_target), 0, 0);
    grid->addWidget(m_target, 0, 1, 1, 2, Qt::AlignLeft);
    grid->addWidget(label(tr("&Folder"), m_folder), 1, 0);
    grid->addWidget(m_folder, 1, 1);
    grid->addWidget(m_browse, 1, 2);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_export);
    buttons->addWidget(m_cancel);
    buttons->addStretch();
    buttons->addWidget(m_verify);
    grid->addLayout(buttons, 2, 1, 1, 2);
    m_layout->addLayout(grid);
    m_target->setAccessibleName(tr("Target of the export"));
    m_target->setToolTip(tr("What the files are made for; changing it plans anew"));
    m_folder->setAccessibleName(tr("Export folder"));
    m_folder->setToolTip(tr("The folder that appears when the export is complete and proven"));
    m_browse->setToolTip(tr("Choose the folder beside which nothing else is touched"));
    m_export->setToolTip(tr("Quantize, write, read back and prove (Ctrl+Return)"));
    m_export->setDefault(true);
    m_cancel->setToolTip(tr("Stop; finished units are kept beside the folder and resumed (Esc)"));
    m_verify->setToolTip(tr("Read the export in this folder back and compare it with the open model"));
    m_layout->addWidget(createVerdict());
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_checks, tr("Checks"));
    m_tabs->addTab(m_proof, tr("Proof"));
    m_tabs->setAccessibleName(tr("Checks and proof"));
    m_layout->addWidget(m_tabs, 1);
    connect(m_browse, &QPushButton::clicked, this, &ExportPanel::askFolder);
    connect(m_export, &QPushButton::clicked, this, &ExportPanel::start);
    connect(m_verify, &QPushButton::clicked, this, &ExportPanel::verify);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_job != nullptr)
            m_job->cancel();
    });
    connect(m_target, &QComboBox::activated, this, &ExportPanel::takeTarget);
    connect(m_folder, &QLineEdit::textEdited, this, [this] { m_ownFolder = true; });
    connect(m_folder, &QLineEdit::textChanged, this, [this] {
        m_replace = false; // a decision about another folder
        scheduleChecks();
    });
    connect(m_tabs, &QTabWidget::currentChanged, this, &ExportPanel::refreshVerdict);
    connect(m_checks, &CheckList::remedyRequested, this, &ExportPanel::remedy);
    connect(m_proof, &ProofView::copyReportRequested, this, &ExportPanel::copyReport);
    connect(m_proof, &ProofView::unitActivated, this, [this](const QString& name) {
        if (!m_document.space())
            return;
        if (const auto unit = m_document.space()->unitIndex(name.toStdString()))
            m_document.selectUnits({static_cast<int>(*unit)});
    });
}

QWidget* ExportPanel::createVerdict()
{
    m_banner = new QWidget(this);
    m_banner->setAutoFillBackground(true);
    auto* layout = new QGridLayout(m_banner);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->setHorizontalSpacing(10);
    layout->setVerticalSpacing(3);
    layout->setColumnStretch(1, 1);
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.35);
    large.setBold(true);
    m_verdict->setFont(large);
    m_mark->setFont(large);
    for (QLabel* label : {m_verdict, m_more}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Minimum);
    }
    layout->addWidget(m_mark, 0, 0, Qt::AlignTop);
    layout->addWidget(m_verdict, 0, 1);
    layout->addWidget(m_more, 1, 1);
    m_progressRow = new QWidget(m_banner);
    auto* row = new QGridLayout(m_progressRow);
    row->setContentsMargins(0, 2, 0, 0);
    row->setVerticalSpacing(3);
    m_progress->setRange(0, 1000);
    m_progress->setFormat(QStringLiteral("%p %"));
    m_progress->setAccessibleName(tr("Progress of the export"));
    m_stage->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row->addWidget(m_progress, 0, 0, 1, 2);
    row->addWidget(m_stage, 1, 0);
    row->addWidget(m_rate, 1, 1, Qt::AlignRight);
    row->setColumnStretch(0, 1);
    layout->addWidget(m_progressRow, 2, 0, 1, 2);
    m_progressRow->hide();
    return m_banner;
}

void ExportPanel::createActions()
{
    const auto add = [this](const char* id, const QString& text, const QString& tip, const QKeySequence& keys,
                         QPushButton* button) {
        auto* action = new QAction(text, this);
        action->setObjectName(QLatin1String(id));
        action->setToolTip(tip);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(action);
        connect(action, &QAction::triggered, button, &QPushButton::click);
    };
    add("export.start", tr("E&xport the plan"), m_export->toolTip(), QKeySequence(Qt::CTRL | Qt::Key_Return),
        m_export);
    add("export.cancel", tr("Ca&ncel the export"), m_cancel->toolTip(), QKeySequence(Qt::Key_Escape),
        m_cancel);
    add("export.verify", tr("&Verify the export in the folder"), m_verify->toolTip(), {}, m_verify);
    add("export.folder", tr("&Choose the export folder…"), m_browse->toolTip(), {}, m_browse);
}

void ExportPanel::connectDocument()
{
    for (const auto signal : {&Document::spaceChanged, &Document::planChanged, &Document::dumpsChanged,
             &Document::scanStateChanged})
        connect(&m_document, signal, this, &ExportPanel::scheduleChecks);
    connect(&m_document, &Document::spaceChanged, this, &ExportPanel::fillTargets);
    connect(&m_document, &Document::opened, this, [this] {
        m_ownFolder = m_keepNonFinite = m_hasProof = false;
        m_rates.clear();
        m_proof->clear();
        m_tabs->setCurrentWidget(m_checks);
        fillTargets();
        takeDefaultFolder();
        showVerdict(m_checks, ExportCheck::State::Unknown, tr("The checks have not run yet."));
    });
    connect(&m_document, &Document::closed, this, [this] {
        m_stopChecks.request_stop();
        m_outlook.reset();
        m_hasProof = false;
        m_blocked = true;
        m_proof->clear();
        m_checks->setChecks({});
        m_tabs->setCurrentWidget(m_checks);
        showVerdict(m_checks, ExportCheck::State::Unknown, tr("No model is open."));
        updateButtons();
    });
    connect(&m_jobs, &JobQueue::jobChanged, this, [this](Job* job) {
        if (job == m_job)
            showProgress();
    });
}

// --- Target and folder ---

void ExportPanel::fillTargets()
{
    if (m_target->count() == 0) {
        for (const plan::Target* target : plan::allTargets()) {
            m_target->addItem(QString::fromStdString(target->id()));
            m_target->setItemData(
                m_target->count() - 1, QString::fromStdString(target->description()), Qt::ToolTipRole);
        }
    }
    m_target->setCurrentText(m_document.settings().target);
    if (m_document.isOpen() && !m_ownFolder)
        takeDefaultFolder();
}

void ExportPanel::takeTarget()
{
    PlanSettings settings = m_document.settings();
    settings.target = m_target->currentText();
    m_document.setSettings(settings);
    takeDefaultFolder();
}

QString ExportPanel::defaultFolder(const QString& modelFolder, const QString& target)
{
    const QFileInfo model(QDir::cleanPath(QFileInfo(modelFolder).absoluteFilePath()));
    const QString name = QStringLiteral("%1-%2").arg(model.fileName(), target);
    const QString beside = model.absolutePath();
    return QDir(QFileInfo(beside).isWritable()
            ? beside
            : QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation))
        .filePath(name);
}

QString ExportPanel::freeName(const QString& folder)
{
    QString name = folder;
    for (int number = 2; QFileInfo::exists(name) || QFileInfo::exists(name + QStringLiteral(".partial"));
         ++number)
        name = QStringLiteral("%1-%2").arg(folder).arg(number);
    return name;
}

void ExportPanel::takeDefaultFolder()
{
    if (m_ownFolder || !m_document.isOpen())
        return;
    const auto& checkpoint = m_document.workspace()->checkpoint();
    setFolder(defaultFolder(
        QString::fromStdString(exporting::sourceFolder(checkpoint)), m_document.settings().target));
}

void ExportPanel::askFolder()
{
    auto* dialog = askFile(this,
        {FileQuestion::Kind::Save, QStringLiteral("exportFolder"), tr("Folder of the export"), {},
            QFileInfo(folder()).absoluteFilePath(), {}},
        [this](const QString& chosen) {
            m_ownFolder = true;
            setFolder(chosen);
        });
    dialog->setLabelText(QFileDialog::Accept, tr("Use"));
    dialog->setOption(QFileDialog::DontConfirmOverwrite); // the checks say what exists
}

void ExportPanel::setFolder(const QString& folder)
{
    m_folder->setText(QDir::toNativeSeparators(folder));
}

QString ExportPanel::folder() const
{
    return QDir::fromNativeSeparators(m_folder->text());
}

exporting::ExportRequest ExportPanel::request() const
{
    exporting::ExportRequest request;
    request.checkpoint = &m_document.workspace()->checkpoint();
    request.dump = m_document.workspace()->dump();
    request.plan = m_document.plan();
    request.outFolder = folder().toStdString();
    request.nonFinite
        = m_keepNonFinite ? exporting::NonFinitePolicy::Keep : exporting::NonFinitePolicy::Block;
    request.replaceExisting = m_replace;
    return request;
}

// --- Work ---

void ExportPanel::begin(Job* job)
{
    m_job = job;
    m_hasProof = true;
    m_proof->clear();
    m_proof->setFolder({});
    m_tabs->setCurrentWidget(m_proof);
    m_progress->setValue(0);
    showProgress();
    updateButtons();
    m_cancel->setFocus();
}

void ExportPanel::start()
{
    if (m_job != nullptr || !m_document.isOpen() || m_document.choice().empty())
        return;
    m_weightsDone = 0;
    auto workspace = m_document.workspace();
    const auto deliver = [this](const exporting::TensorProof& proof) {
        QMetaObject::invokeMethod(
            this,
            [this, proof] {
                if (m_job == nullptr) // the report that followed it is shown already
                    return;
                m_proof->add(proof);
                if (const auto unit
                    = m_document.space() ? m_document.space()->unitIndex(proof.unit) : std::nullopt)
                    m_weightsDone += m_document.space()->units()[*unit].parameters();
            },
            Qt::QueuedConnection);
    };
    showVerdict(m_proof, ExportCheck::State::Note, tr("Exporting to %1").arg(QDir(folder()).dirName()));
    begin(m_jobs.run<exporting::ExportReport>(
        tr("Export %1").arg(QDir(folder()).dirName()), QStringLiteral("weights"),
        [workspace, request = request(), deliver](
            const RunContext& context) { return exporting::exportModel(request, context, deliver); },
        [this](Result<exporting::ExportReport> report) {
            m_job = nullptr;
            finishExport(report);
            Q_EMIT finished(report && report->ok);
        }));
}

void ExportPanel::verify()
{
    if (m_job != nullptr || !m_document.isOpen())
        return;
    auto workspace = m_document.workspace();
    showVerdict(m_proof, ExportCheck::State::Note, tr("Verifying %1").arg(QDir(folder()).dirName()));
    begin(m_jobs.run<exporting::VerifyReport>(
        tr("Verify %1").arg(QDir(folder()).dirName()), QStringLiteral("weights"),
        [workspace, path = folder().toStdString()](const RunContext& context) {
            return exporting::verifyExport(path, workspace->checkpoint(), nullptr, context);
        },
        [this](Result<exporting::VerifyReport> report) {
            m_job = nullptr;
            finishVerification(report);
            Q_EMIT finished(report && report->ok);
        }));
}

void ExportPanel::scheduleChecks()
{
    m_checkDelay.start();
}

void ExportPanel::showEvent(QShowEvent* event)
{
    Panel::showEvent(event);
    scheduleChecks(); // they do not run while nobody looks
}

void ExportPanel::updateButtons()
{
    const bool idle = m_job == nullptr;
    const bool open = m_document.isOpen();
    m_export->setEnabled(idle && open && !m_document.choice().empty() && !m_blocked);
    m_cancel->setEnabled(!idle);
    m_verify->setEnabled(idle && open && m_outlook && m_outlook->replaceable);
    m_target->setEnabled(idle && open);
    m_folder->setEnabled(idle && open);
    m_browse->setEnabled(idle && open);
    m_progressRow->setVisible(!idle);
    m_tabs->setTabEnabled(m_tabs->indexOf(m_proof), m_hasProof);
}

} // namespace bitwright::views
