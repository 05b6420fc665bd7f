// What an export or a verification found, shown and copied.
#include "views/charts/chart_math.h"
#include "views/models/core_text.h"
#include "views/panels/check_list.h"
#include "views/panels/export_panel.h"
#include "views/panels/proof_view.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QTabWidget>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

QStringList displayAll(const std::vector<std::string>& lines)
{
    QStringList texts;
    for (const std::string& line : lines)
        texts.push_back(display(line));
    return texts;
}

} // namespace

void ExportPanel::applyTheme(const Theme& theme)
{
    m_theme = theme;
    m_checks->setTheme(theme);
    m_proof->applyTheme(theme);
    m_mark->setTheme(theme);
    QPalette colors = palette();
    colors.setColor(QPalette::Window, theme.surface);
    m_banner->setPalette(colors);
}

void ExportPanel::showVerdict(
    QWidget* page, ExportCheck::State state, const QString& text, const QString& more)
{
    m_verdicts[page] = {state, text, more};
    refreshVerdict();
}

void ExportPanel::refreshVerdict()
{
    const Verdict& shown = m_verdicts[m_tabs->currentWidget()];
    m_mark->setState(shown.state);
    m_verdict->setText(shown.text);
    m_verdict->setAccessibleName(
        QStringLiteral("%1: %2").arg(ExportChecks::stateText(shown.state), shown.text));
    m_more->setText(shown.more);
    m_more->setVisible(!shown.more.isEmpty());
}

QString ExportPanel::verdict() const
{
    const QString text = m_verdict->text();
    const QString more = m_more->text();
    return more.isEmpty() ? text : QStringLiteral("%1\n%2").arg(text, more);
}

void ExportPanel::showProgress()
{
    if (m_job == nullptr)
        return;
    m_progress->setValue(static_cast<int>(std::lround(1000.0 * m_job->fraction())));
    if (m_job->state() == Job::State::Queued) {
        m_stage->setText(tr("Waiting for other work on the weights"));
        m_rate->clear();
        return;
    }
    const QString stage = m_job->stage();
    m_stage->setToolTip(stage);
    m_stage->setText(m_stage->fontMetrics().elidedText(stage, Qt::ElideMiddle, m_stage->width()));
    const double elapsed = m_job->secondsElapsed();
    const auto left = m_job->secondsLeft();
    QStringList parts;
    if (elapsed > 0.2 && m_weightsDone > 0)
        parts.push_back(
            tr("%1 M weights/s")
                .arg(QLocale().toString(static_cast<double>(m_weightsDone) / elapsed / 1e6, 'f', 1)));
    parts.push_back(left ? tr("%1 left").arg(durationText(*left)) : tr("estimating"));
    m_rate->setText(parts.join(QStringLiteral(", ")));
}

void ExportPanel::finishExport(const Result<exporting::ExportReport>& report)
{
    if (report) {
        rememberRates(*report);
        showReport(*report);
    } else if (report.error().code == ErrorCode::Cancelled) {
        const int done = static_cast<int>(m_proof->table().proofs().size());
        showVerdict(m_proof, ExportCheck::State::Note, tr("Canceled"),
            tr("Nothing was written to the folder. %n finished unit(s) are kept beside it; exporting again "
               "resumes.",
                nullptr, done));
    } else {
        const int failures = m_proof->table().failures();
        showVerdict(m_proof, ExportCheck::State::Blocking,
            failures > 0 ? tr("Nothing was exported: %n unit(s) failed", nullptr, failures)
                         : tr("Nothing was exported"),
            errorText(report.error()));
    }
    m_replace = false;
    updateButtons();
    scheduleChecks(); // the folder has changed
}

void ExportPanel::showReport(const exporting::ExportReport& report)
{
    m_proof->setProofs(report.tensors);
    m_proof->setRemarks({}, displayAll(report.unchecked));
    m_proof->setFolder(folder());
    const auto quantized = static_cast<int>(std::count_if(report.tensors.begin(), report.tensors.end(),
        [](const auto& proof) { return std::isfinite(proof.sqnrDb); }));
    const auto kept = static_cast<int>(report.tensors.size()) - quantized;
    const QLocale locale;
    QString more = tr("%n quantized unit(s) read back bit for bit as meant; ", nullptr, quantized)
        + tr("%1 units and %2 other tensors equal the source byte for byte.")
              .arg(locale.toString(kept), locale.toString(static_cast<qulonglong>(report.untouchedTensors)));
    more += QLatin1Char('\n')
        + tr("%1 of weights, %2 bpw planned units, %3 bpw file; %4.")
              .arg(formatBytes(static_cast<double>(report.bytes)), formatBpw(report.bpw),
                  formatBpw(report.fileBpw), durationText(report.seconds));
    if (report.planned.bytes() != report.bytes)
        more += QLatin1Char(' ')
            + tr("Values are stored as ordinary floats; packed, the plan takes %1 (%2 bpw).")
                  .arg(formatBytes(static_cast<double>(report.planned.bytes())),
                      formatBpw(report.planned.bpw()));
    showVerdict(m_proof, report.ok ? ExportCheck::State::Good : ExportCheck::State::Blocking,
        report.ok ? tr("Written as planned") : tr("Not written as planned"), more);
}

void ExportPanel::finishVerification(const Result<exporting::VerifyReport>& report)
{
    if (!report) {
        const bool cancelled = report.error().code == ErrorCode::Cancelled;
        showVerdict(m_proof, cancelled ? ExportCheck::State::Note : ExportCheck::State::Blocking,
            cancelled ? tr("Canceled") : tr("Could not be verified"),
            cancelled ? QString() : errorText(report.error()));
        return updateButtons();
    }
    m_proof->setProofs(report->tensors);
    m_proof->setRemarks(displayAll(report->problems), displayAll(report->unchecked));
    m_proof->setFolder(folder());
    if (report->ok)
        showVerdict(m_proof, ExportCheck::State::Good, tr("What is there is what was exported"),
            tr("%n unit(s) compared with the source and the report of the export; ", nullptr,
                static_cast<int>(report->tensors.size()))
                + tr("%n other tensor(s) equal the source byte for byte.", nullptr,
                    static_cast<int>(report->untouchedTensors)));
    else
        showVerdict(m_proof, ExportCheck::State::Blocking,
            tr("The verification failed: %n problem(s)", nullptr, static_cast<int>(report->problems.size())),
            display(report->problems.front()));
    updateButtons();
}

void ExportPanel::copyReport()
{
    QApplication::clipboard()->setText(
        m_proof->report(QStringLiteral("# %1: %2\n\n%3\n")
                            .arg(m_document.title(), m_verdicts[m_proof].text, m_verdicts[m_proof].more)));
}

} // namespace bitwright::views
