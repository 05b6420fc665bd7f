#include "views/panels/export_panel.h"

#include "views/charts/chart_math.h"

#include <QCheckBox>
#include <QDir>
#include <QFileDialog>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <cmath>

namespace bitwright::views {

namespace {

enum ProofColumn
{
    UnitColumn,
    PlannedColumn,
    WrittenColumn,
    BytesColumn,
    SqnrColumn,
    ErrorColumn,
    RereadColumn,
    ProofColumnCount,
};

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

} // namespace

ExportPanel::ExportPanel(Document& document, JobQueue& jobs, QWidget* parent)
    : Panel(document, QStringLiteral("export"), tr("Export"), parent)
    , m_jobs(jobs)
    , m_folder(new QLineEdit(this))
    , m_browse(new QPushButton(tr("Choose…"), this))
    , m_export(new QPushButton(tr("Export"), this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
    , m_keepNonFinite(new QCheckBox(tr("Leave tensors with NaN or Inf unquantized"), this))
    , m_replace(new QCheckBox(tr("Replace an earlier export at this place"), this))
    , m_verdict(new QLabel(this))
    , m_checks(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_rate(new QLabel(this))
    , m_hint(new QLabel(this))
    , m_proof(new QTableWidget(0, ProofColumnCount, this))
{
    createControls();
    m_checkDelay.setSingleShot(true);
    m_checkDelay.setInterval(250);
    connect(&m_checkDelay, &QTimer::timeout, this, &ExportPanel::runChecks);
    const auto recheck = [this] { m_checkDelay.start(); };
    for (const auto signal : {&Document::spaceChanged, &Document::planChanged, &Document::dumpsChanged,
             &Document::scanStateChanged})
        connect(&document, signal, this, recheck);
    connect(m_folder, &QLineEdit::textChanged, this, recheck);
    connect(m_keepNonFinite, &QCheckBox::toggled, this, recheck);
    connect(m_replace, &QCheckBox::toggled, this, recheck);
    connect(&document, &Document::opened, this, [this] {
        const QDir home(QDir::currentPath());
        setFolder(home.filePath(m_document.title() + QStringLiteral("-bitwright")));
    });
    connect(&document, &Document::closed, this, [this] {
        m_proof->setRowCount(0);
        m_checks->clear();
        showVerdict(tr("No model is open."), true);
        updateButtons();
    });
    connect(&jobs, &JobQueue::jobChanged, this, [this](Job* job) {
        if (job == m_job)
            showProgress();
    });
    showVerdict(tr("No model is open."), true);
    updateButtons();
}

void ExportPanel::createControls()
{
    auto* grid = new QGridLayout;
    grid->setContentsMargins(10, 8, 10, 6);
    grid->setHorizontalSpacing(8);
    grid->setColumnStretch(1, 1);
    auto* label = new QLabel(tr("&Folder"), this);
    label->setBuddy(m_folder);
    grid->addWidget(label, 0, 0);
    grid->addWidget(m_folder, 0, 1);
    grid->addWidget(m_browse, 0, 2);
    grid->addWidget(m_export, 0, 3);
    grid->addWidget(m_cancel, 0, 4);
    grid->addWidget(m_keepNonFinite, 1, 1, 1, 4);
    grid->addWidget(m_replace, 2, 1, 1, 4);
    grid->addWidget(m_progress, 3, 0, 1, 3);
    grid->addWidget(m_rate, 3, 3, 1, 2);
    m_layout->addLayout(grid);
    m_verdict->setContentsMargins(12, 6, 12, 6);
    m_verdict->setWordWrap(true);
    m_verdict->setTextInteractionFlags(Qt::TextSelectableByMouse);
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.3);
    large.setBold(true);
    m_verdict->setFont(large);
    m_layout->addWidget(m_verdict);
    m_checks->setContentsMargins(12, 2, 12, 6);
    m_checks->setWordWrap(true);
    m_checks->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_layout->addWidget(m_checks);
    m_proof->setHorizontalHeaderLabels({tr("Unit"), tr("Planned"), tr("Written"), tr("Size"), tr("SQNR"),
        tr("Output error"), tr("Re-read")});
    m_proof->verticalHeader()->hide();
    m_proof->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_proof->setAlternatingRowColors(true);
    m_proof->setShowGrid(false);
    m_proof->setWordWrap(false);
    m_proof->setTextElideMode(Qt::ElideMiddle);
    m_proof->horizontalHeader()->setSectionResizeMode(UnitColumn, QHeaderView::Stretch);
    m_proof->setColumnWidth(PlannedColumn, 150);
    m_proof->setColumnWidth(WrittenColumn, 170);
    m_proof->setAccessibleName(tr("Proof of every unit"));
    m_progress->setRange(0, 1000);
    m_progress->setFormat(QStringLiteral("%p %"));
    m_folder->setAccessibleName(tr("Export folder"));
    m_layout->addWidget(m_proof, 1);
    m_hint->setContentsMargins(12, 4, 12, 6);
    m_hint->setWordWrap(true);
    m_hint->setText(tr("After the export this page shows the proof: for every unit the planned and the "
                       "written option, bytes, error, and whether an "
                       "independent reader got back exactly what was meant."));
    m_layout->addWidget(m_hint);
    m_layout->addStretch();
    connect(m_browse, &QPushButton::clicked, this, [this] {
        const QString folder = QFileDialog::getExistingDirectory(
            this, tr("Folder that receives the export"), QFileInfo(m_folder->text()).absolutePath());
        if (!folder.isEmpty())
            setFolder(QDir(folder).filePath(m_document.title() + QStringLiteral("-bitwright")));
    });
    connect(m_export, &QPushButton::clicked, this, &ExportPanel::start);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_job != nullptr)
            m_job->cancel();
    });
}

void ExportPanel::applyTheme(const Theme& theme)
{
    m_theme = theme;
}

void ExportPanel::setFolder(const QString& folder)
{
    m_folder->setText(QDir::toNativeSeparators(folder));
}

exporting::ExportRequest ExportPanel::request() const
{
    exporting::ExportRequest request;
    request.checkpoint = &m_document.workspace()->checkpoint();
    request.dump = m_document.workspace()->dump();
    request.plan = m_document.plan();
    request.outFolder = QDir::fromNativeSeparators(m_folder->text()).toStdString();
    request.nonFinite
        = m_keepNonFinite->isChecked() ? exporting::NonFinitePolicy::Keep : exporting::NonFinitePolicy::Block;
    request.replaceExisting = m_replace->isChecked();
    return request;
}

void ExportPanel::runChecks()
{
    if (!m_document.isOpen() || !m_document.space() || m_document.choice().empty() || m_job != nullptr)
        return updateButtons();
    // Headers and file-system facts only; weights are not read.
    const auto checks = exporting::preflight(request(), m_document.workspace()->nonFiniteTensors());
    if (checks) {
        showChecks(*checks);
    } else {
        m_blocked = true;
        m_checks->clear();
        showVerdict(QString::fromStdString(checks.error().oneLine()), false);
    }
    updateButtons();
}

void ExportPanel::showChecks(const std::vector<exporting::Check>& checks)
{
    constexpr int kShown = 8;
    int blocking = 0, warnings = 0, notes = 0, shown = 0;
    QString html;
    for (const auto level : {exporting::Check::Level::Blocking, exporting::Check::Level::Warning,
             exporting::Check::Level::Note}) {
        for (const auto& check : checks) {
            if (check.level != level)
                continue;
            (level == exporting::Check::Level::Blocking         ? blocking
                    : level == exporting::Check::Level::Warning ? warnings
                                                                : notes)++;
            if (shown++ >= kShown)
                continue;
            const QString mark = level == exporting::Check::Level::Blocking ? QStringLiteral("✖")
                : level == exporting::Check::Level::Warning                 ? QStringLiteral("▲")
                                                                            : QStringLiteral("•");
            html += QStringLiteral("%1 %2%3<br>")
                        .arg(mark,
                            check.subject.empty()
                                ? QString()
                                : QStringLiteral("<b>%1</b>: ").arg(display(check.subject).toHtmlEscaped()),
                            display(check.message).toHtmlEscaped());
        }
    }
    if (shown > kShown)
        html += tr("and %1 more").arg(shown - kShown);
    m_checks->setText(html);
    m_blocked = blocking > 0;
    if (blocking > 0)
        showVerdict(tr("Cannot be exported yet: %n problem(s).", nullptr, blocking), false);
    else
        showVerdict(tr("Ready to export %1: %2 warnings, %3 notes.")
                        .arg(QString::fromStdString(m_document.plan().target))
                        .arg(warnings)
                        .arg(notes),
            true);
}

void ExportPanel::start()
{
    if (m_job != nullptr || !m_document.isOpen() || m_document.choice().empty())
        return;
    m_proof->setRowCount(0);
    m_weightsDone = 0;
    showVerdict(tr("Exporting…"), true);
    auto workspace = m_document.workspace();
    const auto deliver = [this](const exporting::TensorProof& proof) {
        QMetaObject::invokeMethod(
            this, [this, proof] { showTensor(proof); }, Qt::QueuedConnection);
    };
    m_job = m_jobs.run<exporting::ExportReport>(
        tr("Export %1").arg(QDir(m_folder->text()).dirName()), QStringLiteral("weights"),
        [workspace, request = request(), deliver](
            const RunContext& context) { return exporting::exportModel(request, context, deliver); },
        [this](Result<exporting::ExportReport> report) {
            m_job = nullptr;
            if (report)
                showReport(*report);
            else
                showVerdict(report.error().code == ErrorCode::Cancelled
                        ? tr("Cancelled. Nothing was written to the folder; exporting again resumes.")
                        : QString::fromStdString(report.error().oneLine()),
                    false);
            updateButtons();
            Q_EMIT finished(report && report->ok);
        });
    updateButtons();
}

void ExportPanel::showProgress()
{
    m_progress->setValue(static_cast<int>(std::lround(1000.0 * m_job->fraction())));
    const double elapsed = m_job->secondsElapsed();
    const auto left = m_job->secondsLeft();
    const double rate = elapsed > 0.2 ? static_cast<double>(m_weightsDone) / elapsed / 1e6 : 0;
    m_rate->setText(tr("%1 M weights/s, %2")
                        .arg(QLocale().toString(rate, 'f', 1),
                            left ? tr("%1 left").arg(durationText(*left)) : tr("estimating")));
}

void ExportPanel::showTensor(const exporting::TensorProof& proof)
{
    const int row = m_proof->rowCount();
    m_proof->insertRow(row);
    const auto put = [&](int column, const QString& text, bool number = false) {
        auto* item = new QTableWidgetItem(text);
        if (number)
            item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        item->setToolTip(text);
        m_proof->setItem(row, column, item);
    };
    put(UnitColumn, display(proof.unit));
    put(PlannedColumn, display(proof.planned));
    put(WrittenColumn,
        display(proof.written)
            + (proof.fallback.empty() ? QString() : tr(" (%1)").arg(display(proof.fallback))));
    put(BytesColumn, formatBytes(static_cast<double>(proof.bytes)), true);
    put(SqnrColumn,
        std::isfinite(proof.sqnrDb) ? tr("%1 dB").arg(QLocale().toString(proof.sqnrDb, 'f', 2)) : tr("exact"),
        true);
    put(ErrorColumn, proof.outputError ? formatNumber(*proof.outputError) : tr("unknown"), true);
    put(RereadColumn, proof.rereadExact ? tr("exact") : tr("not yet"));
    if (m_document.space()) {
        if (const auto unit = m_document.space()->unitIndex(proof.unit))
            m_weightsDone += m_document.space()->units()[*unit].parameters();
    }
}

void ExportPanel::showReport(const exporting::ExportReport& report)
{
    m_progress->setValue(1000);
    m_rate->setText(durationText(report.seconds));
    m_proof->setRowCount(0);
    for (const auto& tensor : report.tensors)
        showTensor(tensor);
    showVerdict(QString::fromStdString(report.verdict), report.ok);
    QString html
        = tr("%1 bpw planned, %2 bpw file, %3 of weights; %4 tensors copied and compared byte for byte.")
              .arg(formatBpw(report.bpw), formatBpw(report.fileBpw),
                  formatBytes(static_cast<double>(report.bytes)))
              .arg(report.untouchedTensors);
    for (const auto& unchecked : report.unchecked)
        html += QStringLiteral("<br>") + tr("Not checked: %1").arg(display(unchecked).toHtmlEscaped());
    m_checks->setText(html);
}

void ExportPanel::showVerdict(const QString& text, bool good)
{
    m_verdict->setText(text);
    QPalette colors = palette();
    if (!good)
        colors.setColor(QPalette::WindowText, m_theme.warning);
    m_verdict->setPalette(colors);
}

void ExportPanel::updateButtons()
{
    const bool idle = m_job == nullptr;
    m_export->setEnabled(idle && m_document.isOpen() && !m_document.choice().empty() && !m_blocked);
    m_cancel->setEnabled(!idle);
    m_proof->setVisible(!idle || m_proof->rowCount() > 0);
    m_hint->setVisible(!m_proof->isVisibleTo(this));
    m_progress->setVisible(!idle || m_progress->value() == 1000);
    m_rate->setVisible(!idle || m_progress->value() == 1000);
}

} // namespace bitwright::views
