#include "views/models/export_checks.h"

#include "views/jobs/job_queue.h"
#include "views/models/core_text.h"
#include "views/models/number_text.h"
#include "views/models/text.h"

#include <QLocale>

#include <algorithm>

namespace bitwright::views {

namespace {

using State = ExportCheck::State;
using Topic = exporting::Check::Topic;

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

State stateOf(exporting::Check::Level level)
{
    switch (level) {
    case exporting::Check::Level::Blocking:
        return State::Blocking;
    case exporting::Check::Level::Warning:
        return State::Warning;
    case exporting::Check::Level::Note:
        break;
    }
    return State::Note;
}

int rank(State state)
{
    switch (state) {
    case State::Blocking:
        return 4;
    case State::Warning:
        return 3;
    case State::Unknown:
        return 2;
    case State::Note:
        return 1;
    case State::Good:
        break;
    }
    return 0;
}

/// What the core says of a unit ends as the sentences around it do.
QString sentence(const QString& text)
{
    return text.isEmpty() || QStringLiteral(".?:").contains(text.back()) ? text : text + u'.';
}

/// Takes the findings of a topic: the worst decides the state, each is a line. Returns how many there are.
int takeFindings(ExportCheck& row, const ExportSituation& situation, Topic topic)
{
    int count = 0;
    for (const exporting::Check& check : situation.outlook.checks) {
        if (check.topic != topic)
            continue;
        ++count;
        if (rank(stateOf(check.level)) > rank(row.state))
            row.state = stateOf(check.level);
        const QString message = sentence(coreText(check.message));
        if (check.subject.empty()) {
            row.details.push_back(message);
        } else {
            row.details.push_back(QStringLiteral("%1: %2").arg(display(check.subject), message));
            row.units.push_back(QString::fromStdString(check.subject));
        }
    }
    return count;
}

} // namespace

namespace {

/// "Select lm_head": which unit, where its name is short enough for a button.
QString selectText(const QStringList& units)
{
    constexpr qsizetype kLongest = 24;
    if (units.size() != 1)
        return ExportChecks::tr("Select the units");
    QString name = display(units.front().toStdString());
    if (name.endsWith(QLatin1String(".weight")))
        name.chop(7);
    return name.size() <= kLongest ? ExportChecks::tr("Select %1").arg(name)
                                   : ExportChecks::tr("Select the unit");
}

} // namespace

QString ExportChecks::remedyText(Remedy remedy, const QStringList& units)
{
    switch (remedy) {
    case Remedy::SelectUnits:
        return selectText(units);
    case Remedy::TieUnits:
        return tr("Tie fused tensors");
    case Remedy::KeepNonFinite:
        return tr("Leave unquantized");
    case Remedy::BlockNonFinite:
        return tr("Refuse again");
    case Remedy::Scan:
        return tr("Scan now");
    case Remedy::OpenDump:
        return tr("Open a dump…");
    case Remedy::RoundToNearest:
        return tr("Plan without GPTQ");
    case Remedy::ChooseFolder:
        return tr("Other folder…");
    case Remedy::FreeName:
        return tr("Use a free name");
    case Remedy::AllowReplace:
        return tr("Replace it");
    case Remedy::ForbidReplace:
        return tr("Do not replace");
    case Remedy::DiscardPartial:
        return tr("Discard it");
    }
    return {};
}

QString ExportChecks::remedyToolTip(Remedy remedy)
{
    switch (remedy) {
    case Remedy::SelectUnits:
        return tr("Select the named units in every view");
    case Remedy::TieUnits:
        return tr("Give tensors that engines fuse one option, as one step that can be undone");
    case Remedy::KeepNonFinite:
        return tr("Copy tensors with NaN or Inf byte for byte in this export");
    case Remedy::BlockNonFinite:
        return tr("Export nothing while a tensor holds NaN or Inf");
    case Remedy::Scan:
        return tr("Measure all weights of the model");
    case Remedy::OpenDump:
        return tr("Open activations of this model");
    case Remedy::RoundToNearest:
        return tr("Round to nearest instead, which needs no activations");
    case Remedy::ChooseFolder:
        return tr("Choose where the export goes");
    case Remedy::FreeName:
        return tr("Write beside what exists, under a name that nothing has");
    case Remedy::AllowReplace:
        return tr("The earlier export is removed once the new one is complete and proven");
    case Remedy::ForbidReplace:
        return tr("Keep the earlier export");
    case Remedy::DiscardPartial:
        return tr("Remove the unfinished export from the disk");
    }
    return {};
}

QString ExportChecks::stateText(State state)
{
    switch (state) {
    case State::Good:
        return tr("in order");
    case State::Note:
        return tr("note");
    case State::Warning:
        return tr("warning");
    case State::Blocking:
        return tr("problem");
    case State::Unknown:
        break;
    }
    return tr("unknown");
}

std::vector<ExportCheck> ExportChecks::of(const ExportSituation& situation)
{
    return {planCheck(situation), targetCheck(situation), tieCheck(situation), fallbackCheck(situation),
        nonFiniteCheck(situation), calibrationCheck(situation), outputCheck(situation), spaceCheck(situation),
        timeCheck(situation), harmCheck(situation)};
}

ExportCheck ExportChecks::planCheck(const ExportSituation& situation)
{
    ExportCheck row{QStringLiteral("plan"), tr("Plan"), State::Good, {}, {}, {}, {}};
    if (takeFindings(row, situation, Topic::Plan) == 0)
        row.text = tr("It fits the model: %1 of %2 units are quantized.")
                       .arg(formatCount(static_cast<std::int64_t>(situation.outlook.quantizedUnits)),
                           formatCount(static_cast<std::int64_t>(situation.outlook.units)))
            // Of a small model with many words that is most of the file, whatever the plan says.
            + (situation.keptBytes == 0 || situation.bytes == 0
                    ? QString()
                    : tr(" Of the %2 to be written, %1 (%3 %) belong to no plan and stay as they are; the "
                         "largest "
                         "is %4.")
                          .arg(formatBytes(static_cast<double>(situation.keptBytes)),
                              formatBytes(static_cast<double>(situation.bytes)),
                              formatNumber(100.0 * static_cast<double>(situation.keptBytes)
                                      / static_cast<double>(situation.bytes),
                                  2),
                              situation.largestKept));
    else
        row.text = tr("It does not fit the model.");
    if (!row.units.isEmpty())
        row.remedies = {Remedy::SelectUnits};
    return row;
}

// Nothing that blocks: but whoever exports a guess should know that it is one.
ExportCheck ExportChecks::harmCheck(const ExportSituation& situation)
{
    ExportCheck row{QStringLiteral("harm"), tr("Harm"), State::Note, {}, {}, {}, {}};
    if (!situation.measured.isEmpty()) { // exactly this plan was run: nothing else is known as well
        row.state = State::Good;
        row.text = situation.harm.isEmpty()
            ? tr("Of the whole plan: %1.").arg(situation.measured)
            : tr("Of the whole plan: %1; %2.").arg(situation.measured, situation.harm);
        return row;
    }
    row.text = situation.harm.isEmpty()
        ? tr("Unknown: some options of this plan have no score.")
        : tr("Of the whole plan: %1. Only a run of the whole plan tells (Measured harm).")
              .arg(situation.harm);
    return row;
}

ExportCheck ExportChecks::targetCheck(const ExportSituation& situation)
{
    ExportCheck row{QStringLiteral("target"), tr("Target rules"), State::Good, {}, {}, {}, {}};
    takeFindings(row, situation, Topic::Target);
    const auto units = static_cast<int>(row.units.size());
    if (row.state == State::Blocking && units > 0)
        row.text = tr("%1 cannot store %n unit(s) as planned.", nullptr, units).arg(situation.target);
    else if (row.state == State::Blocking)
        row.text = tr("%1 cannot store this model.").arg(situation.target);
    else
        row.text = tr("%1 can store every unit as planned.").arg(situation.target);
    if (row.state != State::Blocking) // after what the plan itself has to be warned of
        row.details.push_back(tr("Readers: %1").arg(situation.readers));
    if (units > 0)
        row.remedies = {Remedy::SelectUnits};
    return row;
}

ExportCheck ExportChecks::tieCheck(const ExportSituation& situation)
{
    ExportCheck row{QStringLiteral("ties"), tr("Fused tensors"), State::Good, {}, {}, {}, {}};
    const int found = takeFindings(row, situation, Topic::Tie);
    if (found == 0) {
        row.text = tr("No unit differs from those that it must agree with (q/k/v, gate/up, experts).");
        return row;
    }
    row.text = tr("%n unit(s) differ from those that engines fuse them with.", nullptr, found);
    row.remedies = {Remedy::TieUnits, Remedy::SelectUnits};
    return row;
}

ExportCheck ExportChecks::fallbackCheck(const ExportSituation& situation)
{
    ExportCheck row{QStringLiteral("fallbacks"), tr("Fallbacks"), State::Good, {}, {}, {}, {}};
    const int found = takeFindings(row, situation, Topic::Fallback);
    if (found == 0) {
        row.text = tr("None: every shape allows what the plan asks for.");
        return row;
    }
    row.text = tr("%n unit(s) are stored in another way than asked for. Sizes and scores count that already.",
        nullptr, found);
    row.remedies = {Remedy::SelectUnits};
    return row;
}

ExportCheck ExportChecks::nonFiniteCheck(const ExportSituation& situation)
{
    ExportCheck row{QStringLiteral("non-finite"), tr("NaN and Inf"), State::Good, {}, {}, {}, {}};
    const int found = takeFindings(row, situation, Topic::NonFinite);
    if (found > 0) {
        row.text = situation.keepNonFinite
            ? tr("%n unit(s) hold NaN or Inf and are copied as they are.", nullptr, found)
            : tr("%n unit(s) hold NaN or Inf: decide what becomes of them.", nullptr, found);
        row.remedies
            = {situation.keepNonFinite ? Remedy::BlockNonFinite : Remedy::KeepNonFinite, Remedy::SelectUnits};
    } else if (situation.scannedTensors < situation.tensors) {
        row.state = State::Unknown;
        row.text
            = tr("%1 of %2 tensors are scanned. The export looks at the others before it writes anything.")
                  .arg(formatCount(static_cast<std::int64_t>(situation.scannedTensors)),
                      formatCount(static_cast<std::int64_t>(situation.tensors)));
        row.remedies = {Remedy::Scan};
    } else {
        row.text = tr("None in %n tensor(s).", nullptr, situation.tensors);
    }
    return row;
}

ExportCheck ExportChecks::calibrationCheck(const ExportSituation& situation)
{
    ExportCheck row{QStringLiteral("calibration"), tr("Activations"), State::Good, {}, {}, {}, {}};
    const int found = takeFindings(row, situation, Topic::Calibration);
    if (found > 0) {
        row.text = situation.hasDump
            ? tr("GPTQ needs the Gram of the inputs, which the dump lacks for %n unit(s).", nullptr, found)
            : tr("GPTQ needs the Gram of the inputs for %n unit(s), and no dump is open.", nullptr, found);
        row.remedies = {Remedy::OpenDump, Remedy::RoundToNearest, Remedy::SelectUnits};
    } else if (situation.outlook.weightsByMethod.count("gptq") != 0) {
        row.text = tr("The dump holds the Gram of every unit that GPTQ quantizes.");
    } else {
        row.text = situation.hasDump
            ? tr("The chosen quantizers need none. With the dump, output errors are measured.")
            : tr("The chosen quantizers need none. Without a dump, output errors stay unknown.");
    }
    return row;
}

ExportCheck ExportChecks::outputCheck(const ExportSituation& situation)
{
    ExportCheck row{QStringLiteral("output"), tr("Folder"), State::Good, {}, {}, {}, {}};
    const int found = takeFindings(row, situation, Topic::Output);
    row.units.clear(); // subjects are paths here
    const exporting::Outlook& outlook = situation.outlook;
    const bool resumes = outlook.finishedUnits > 0;
    if (row.state == State::Blocking && outlook.replaceable && !situation.replace) {
        row.text = tr("An earlier export is there.");
        row.details.clear();
        row.remedies = {Remedy::AllowReplace, Remedy::FreeName};
    } else if (row.state == State::Blocking) {
        row.text = tr("It cannot be used.");
        row.remedies = {Remedy::FreeName, Remedy::ChooseFolder};
    } else if (found > 0) {
        row.text = tr("The earlier export there is replaced once the new one is complete and proven.");
        row.details.clear();
        row.remedies = {Remedy::ForbidReplace, Remedy::FreeName};
    } else {
        row.text = tr("New. It appears when everything is written and proven.");
    }
    if (row.state != State::Blocking && outlook.partialFolder) {
        row.state = rank(row.state) < rank(State::Note) ? State::Note : row.state;
        row.text += QLatin1Char(' ')
            + (resumes ? tr("An interrupted export is resumed: %1 of %2 units are finished.")
                             .arg(formatCount(static_cast<std::int64_t>(outlook.finishedUnits)),
                                 formatCount(static_cast<std::int64_t>(outlook.quantizedUnits)))
                       : tr("An interrupted export of another plan is there; it is overwritten."));
        row.remedies.push_back(Remedy::DiscardPartial);
    }
    return row;
}

ExportCheck ExportChecks::spaceCheck(const ExportSituation& situation)
{
    ExportCheck row{QStringLiteral("space"), tr("Disk space"), State::Good, {}, {}, {}, {}};
    const exporting::Outlook& outlook = situation.outlook;
    takeFindings(row, situation, Topic::Space);
    row.units.clear();
    row.details.clear();
    const std::uint64_t needed = outlook.neededBytes - std::min(outlook.neededBytes, outlook.reservedBytes);
    if (outlook.neededBytes == 0) {
        row.state = State::Unknown;
        row.text = tr("Not known while the files cannot be laid out.");
    } else if (!outlook.freeBytes) {
        row.state = State::Unknown;
        row.text = tr("%1 are needed; how much is free cannot be found out.").arg(sizeText(needed));
    } else {
        row.text = tr("%1 are needed, %2 are free.").arg(sizeText(needed), sizeText(*outlook.freeBytes));
        const std::uint64_t rest = outlook.neededBytes - outlook.weightBytes - outlook.copiedBytes;
        row.details.push_back(
            tr("Weights with their file headers %1, copied files %2, room for plan, report and journal %3.")
                .arg(sizeText(outlook.weightBytes), sizeText(outlook.copiedBytes), sizeText(rest)));
        if (needed < outlook.neededBytes)
            row.details.push_back(
                tr("%1 of them are on the disk already.").arg(sizeText(outlook.neededBytes - needed)));
    }
    if (row.state == State::Blocking)
        row.remedies = {Remedy::ChooseFolder};
    return row;
}

ExportCheck ExportChecks::timeCheck(const ExportSituation& situation)
{
    ExportCheck row{QStringLiteral("time"), tr("Time"), State::Note, {}, {}, {}, {}};
    if (situation.outlook.weightsByMethod.empty()) {
        row.text = tr("Nothing is left to quantize; copying and proving take as long as reading the files.");
    } else if (!situation.seconds) {
        row.state = State::Unknown;
        row.text = tr("Not known before the first export with this quantizer.");
    } else {
        const bool brief = *situation.seconds < 1.0;
        if (situation.fromEarlierExport)
            row.text = brief ? tr("Less than a second.")
                             : tr("About %1, as fast as the last export of this model.")
                                   .arg(durationText(*situation.seconds));
        else // a trial does not write
            row.text = brief ? tr("Quantizing takes less than a second, from a short trial on this machine; "
                                  "copying, writing and proving the file come on top.")
                             : tr("Quantizing takes about %1, from a short trial on this machine; copying, "
                                  "writing and proving the file come on top.")
                                   .arg(durationText(*situation.seconds));
    }
    return row;
}

} // namespace bitwright::views
