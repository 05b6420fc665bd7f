// Checks before an export: run in the background, shown as a list, changed by buttons.
#include "views/charts/chart_math.h"
#include "views/models/core_text.h"
#include "views/models/harm_run.h"
#include "views/models/harm_text.h"
#include "views/panels/check_list.h"
#include "views/panels/export_panel.h"

#include <QtConcurrentRun>

#include <algorithm>
#include <set>

namespace bitwright::views {

namespace {

QString rateKey(const std::string& method)
{
    return QStringLiteral("window/export-rate-") + QString::fromStdString(method);
}

QString measuredText(const PlanHarm& plan)
{
    const QString mean = formatNumber(plan.mean);
    const QString value = plan.cosine ? ExportPanel::tr("cosine distance %1").arg(mean)
                                      : ExportPanel::tr("%1 nats per token").arg(mean);
    const QString tokens = formatCount(static_cast<std::int64_t>(plan.tokens));
    return plan.low && plan.high ? ExportPanel::tr("measured: %1 (%2 to %3, 95 %) on %4 tokens")
                                       .arg(value, formatNumber(*plan.low), formatNumber(*plan.high), tokens)
                                 : ExportPanel::tr("measured: %1 on %2 tokens").arg(value, tokens);
}

} // namespace

void ExportPanel::showMeasured(const HarmRun& run)
{
    m_run = &run;
    connect(&run, &HarmRun::changed, this, &ExportPanel::scheduleChecks);
}

void ExportPanel::runChecks()
{
    if (!m_document.isOpen() || !m_document.space() || m_document.choice().empty() || m_job != nullptr
        || !isVisible())
        return updateButtons();
    if (m_watcher.isRunning()) {
        m_checkAgain = true;
        m_stopChecks.request_stop();
        return;
    }
    m_stopChecks = {};
    if (!m_outlook)
        showVerdict(m_checks, ExportCheck::State::Unknown, tr("Checking the export…"));
    auto workspace = m_document.workspace();
    // A trial reads weights: once per set of quantizers is enough, and not while a scan uses the machine.
    const bool trial = m_rates.empty() && m_jobs.isIdle();
    m_watcher.setFuture(
        QtConcurrent::run([workspace, request = request(), trial, stop = m_stopChecks.get_token()] {
            Findings findings;
            findings.outlook = exporting::exportOutlook(request, workspace->nonFiniteTensors());
            RunContext context;
            context.stop = stop;
            if (trial && findings.outlook)
                findings.rates
                    = exporting::trialRates(request, context).value_or(std::map<std::string, double>());
            return findings;
        }));
}

void ExportPanel::takeFindings(const Findings& findings)
{
    // Another model may be open by now, whose options are not known yet; its own checks follow.
    if (!m_document.isOpen() || !m_document.space() || m_job != nullptr)
        return;
    for (const auto& [method, rate] : findings.rates)
        m_rates[method] = rate;
    if (!findings.outlook) {
        m_outlook.reset();
        m_blocked = true;
        m_checks->setChecks({});
        showVerdict(m_checks, ExportCheck::State::Blocking, tr("Cannot be exported"),
            errorText(findings.outlook.error()));
        return updateButtons();
    }
    m_outlook = *findings.outlook;
    showChecks();
    updateButtons();
}

std::optional<double> ExportPanel::estimatedSeconds(
    const exporting::Outlook& outlook, bool& fromEarlierExport) const
{
    double seconds = 0;
    fromEarlierExport = true;
    for (const auto& [method, weights] : outlook.weightsByMethod) {
        bool known = false;
        double rate = m_document.state(rateKey(method)).toDouble(&known);
        if (!known || !(rate > 0)) {
            const auto trial = m_rates.find(method);
            if (trial == m_rates.end() || !(trial->second > 0))
                return std::nullopt;
            rate = trial->second;
            fromEarlierExport = false;
        }
        seconds += static_cast<double>(weights) / rate;
    }
    return seconds;
}

void ExportPanel::rememberRates(const exporting::ExportReport& report)
{
    std::map<std::string, double> weights, seconds;
    double total = 0;
    for (const auto& proof : report.tensors) {
        const auto option = quant::optionFromId(proof.written);
        const auto unit = m_document.space() ? m_document.space()->unitIndex(proof.unit) : std::nullopt;
        if (!option || !option->grid || proof.reused || !unit)
            continue;
        const std::string method(quant::methodWord(option->method));
        weights[method] += static_cast<double>(m_document.space()->units()[*unit].parameters());
        seconds[method] += proof.seconds;
        total += proof.seconds;
    }
    if (total <= 0)
        return;
    // Copying, proving and the look for NaN belong to the time that a person waits: shared out by time.
    const double whole = std::max(1.0, report.seconds / total);
    for (const auto& [method, count] : weights)
        if (seconds[method] > 0)
            m_document.setState(rateKey(method), QString::number(count / (seconds[method] * whole), 'g', 6));
}

namespace {
/// Name of the largest tensor that no plan decides.
QString largestKept(const session::Workspace& workspace)
{
    std::set<std::size_t> planned;
    for (const auto& unit : workspace.units())
        planned.insert(unit.index);
    const auto& tensors = workspace.checkpoint().tensors();
    const model::TensorInfo* largest = nullptr;
    for (std::size_t i = 0; i < tensors.size(); ++i)
        if (!planned.contains(i) && (largest == nullptr || tensors[i].bytes > largest->bytes))
            largest = &tensors[i];
    return largest == nullptr ? QString() : QString::fromStdString(escapedForDisplay(largest->name));
}
} // namespace

void ExportPanel::showChecks()
{
    ExportSituation situation;
    situation.outlook = *m_outlook;
    situation.target = m_document.settings().target;
    situation.readers = coreText(m_document.space()->target().readers());
    situation.folder = folder();
    situation.scannedTensors = m_document.scannedTensors();
    situation.tensors = static_cast<int>(m_document.workspace()->checkpoint().tensors().size());
    situation.keepNonFinite = m_keepNonFinite;
    situation.replace = m_replace;
    situation.bytes = m_document.numbers().size.bytes();
    situation.keptBytes = m_document.numbers().size.keptBytes;
    situation.largestKept = largestKept(*m_document.workspace());
    if (const auto& numbers = m_document.numbers(); numbers.unscored == 0)
        situation.harm = planHarmText(m_document, formatNumber(numbers.objective));
    if (const PlanHarm* run = m_run == nullptr ? nullptr : m_run->currentPlan())
        situation.measured = measuredText(*run);
    situation.hasDump = m_document.workspace()->dump() != nullptr;
    situation.seconds = estimatedSeconds(*m_outlook, situation.fromEarlierExport);
    const auto checks = ExportChecks::of(situation);
    m_checks->setChecks(checks);
    const auto count = [&](ExportCheck::State state) {
        return static_cast<int>(std::count_if(
            checks.begin(), checks.end(), [&](const auto& check) { return check.state == state; }));
    };
    const int problems = count(ExportCheck::State::Blocking);
    const int warnings = count(ExportCheck::State::Warning);
    m_blocked = problems > 0;
    const auto& size = m_document.numbers().size;
    const QString plan
        = tr("%1 as %2: %3 of weights, %4 bpw planned, %5 bpw file.")
              .arg(m_document.title(), situation.target, formatBytes(static_cast<double>(size.bytes())),
                  formatBpw(size.bpw()), formatBpw(size.fileBpw()));
    if (problems > 0)
        showVerdict(m_checks, ExportCheck::State::Blocking,
            tr("Cannot be exported yet: %n problem(s)", nullptr, problems), plan);
    else if (warnings > 0)
        showVerdict(
            m_checks, ExportCheck::State::Warning, tr("Ready, with %n warning(s)", nullptr, warnings), plan);
    else
        showVerdict(m_checks, ExportCheck::State::Good, tr("Ready to export"), plan);
}

void ExportPanel::remedy(Remedy remedy, const ExportCheck& check)
{
    switch (remedy) {
    case Remedy::SelectUnits: {
        QVector<int> units;
        for (const QString& name : check.units) {
            if (const auto unit = m_document.space()->unitIndex(name.toStdString()))
                units.push_back(static_cast<int>(*unit));
        }
        std::sort(units.begin(), units.end());
        return m_document.selectUnits(units);
    }
    case Remedy::TieUnits:
        return tieUnits();
    case Remedy::KeepNonFinite:
    case Remedy::BlockNonFinite:
        m_keepNonFinite = remedy == Remedy::KeepNonFinite;
        break;
    case Remedy::Scan:
        Q_EMIT scanRequested();
        return;
    case Remedy::OpenDump:
        Q_EMIT openDumpRequested();
        return;
    case Remedy::RoundToNearest: {
        PlanSettings settings = m_document.settings();
        settings.method = quant::Method::RoundToNearest;
        return m_document.setSettings(settings);
    }
    case Remedy::ChooseFolder:
        return askFolder();
    case Remedy::FreeName:
        m_ownFolder = true;
        return setFolder(freeName(folder()));
    case Remedy::AllowReplace:
    case Remedy::ForbidReplace:
        m_replace = remedy == Remedy::AllowReplace;
        break;
    case Remedy::DiscardPartial:
        m_jobs.run<bool>(
            tr("Discard the unfinished export"), QStringLiteral("weights"),
            [out = folder().toStdString()](const RunContext&) -> Result<bool> {
                BITWRIGHT_CHECK(exporting::discardPartial(out));
                return true;
            },
            [this](const Result<bool>& discarded) {
                if (!discarded)
                    showVerdict(m_checks, ExportCheck::State::Blocking, tr("Not discarded"),
                        errorText(discarded.error()));
                else
                    scheduleChecks();
            });
        return;
    }
    scheduleChecks();
}

void ExportPanel::tieUnits()
{
    const auto space = m_document.space();
    if (!space)
        return;
    plan::Plan next = m_document.plan();
    next.ties = true;
    const auto ties = space->ties().empty() ? plan::defaultTies(space->units()) : space->ties();
    for (const plan::Tie& tie : ties) {
        // The option of a locked unit, else the largest in use: nothing gets worse than it was.
        std::optional<std::size_t> option;
        std::uint64_t most = 0;
        bool locked = false;
        for (const std::size_t unit : tie.units) {
            const auto entry = next.entries.find(space->units()[unit].name);
            const auto used
                = entry == next.entries.end() ? std::nullopt : space->optionIndex(entry->second.option);
            if (!used || locked)
                continue;
            const std::uint64_t bits
                = space->cell(unit, *used).resolved.bytes * 1024 / space->units()[unit].parameters();
            locked = entry->second.locked;
            if (locked || !option || bits > most) {
                option = used;
                most = bits;
            }
        }
        const bool legal = option && std::all_of(tie.units.begin(), tie.units.end(), [&](std::size_t unit) {
            return space->cell(unit, *option).legal;
        });
        if (!legal)
            continue;
        for (const std::size_t unit : tie.units) {
            auto& entry = next.entries[space->units()[unit].name];
            if (!entry.locked)
                entry.option = space->optionIds()[*option];
        }
    }
    m_document.setPlan(std::move(next), tr("Tie fused tensors"));
}

} // namespace bitwright::views
