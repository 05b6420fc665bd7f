// What outlives the window: state keys, the autosaved plan, settings, named plans and notes.
#include "core/plan/carry.h"
#include "views/models/document.h"

#include <QUndoCommand>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace bitwright::views {

/// One undo step: the note of one tensor.
class NoteCommand : public QUndoCommand
{
public:
    NoteCommand(Document& document, std::string tensor, QString before, QString after)
        : QUndoCommand(before.isEmpty() ? Document::tr("Write a note")
                : after.isEmpty()       ? Document::tr("Remove a note")
                                        : Document::tr("Change a note"))
        , m_document(document)
        , m_tensor(std::move(tensor))
        , m_before(std::move(before))
        , m_after(std::move(after))
    { }
    void undo() override { m_document.applyNote(m_tensor, m_before); }
    void redo() override { m_document.applyNote(m_tensor, m_after); }

private:
    Document& m_document;
    std::string m_tensor;
    QString m_before;
    QString m_after;
};

namespace {

const QString kAutosaveKey = QStringLiteral("autosave/plan");
const QString kSettingsKey = QStringLiteral("autosave/settings");
const QString kOpenMarkKey = QStringLiteral("autosave/open-since");
const QString kRecoveryKey = QStringLiteral("autosave/recovery");
const QString kRecoveryTimeKey = QStringLiteral("autosave/recovery-time");

} // namespace

/// Writes to the project in the background, in the order of the calls. A failed background save must not
/// interrupt work; the next explicit save reports the same reason.
void Document::store(std::function<Result<void>(project::Project&)> write)
{
    if (!m_workspace || m_onlyLook)
        return;
    auto target = m_workspace->project();
    if (!target)
        return;
    m_writer.start([target = std::move(target), write = std::move(write)] { (void)write(*target); });
}

void Document::setState(const QString& key, const QString& value)
{
    store([key = key.toStdString(), value = value.toStdString()](project::Project& project) {
        return value.empty() ? project.removeState(key) : project.setState(key, value);
    });
}

QString Document::state(const QString& key) const
{
    const auto project = m_workspace ? m_workspace->project() : nullptr;
    if (!project)
        return {};
    const auto value = project->state(key.toStdString());
    return value && *value ? QString::fromStdString(**value) : QString();
}

// --- The plan in work ---

void Document::scheduleAutosave()
{
    // Not started anew: edits that never pause, such as a long drag, must not put it off for ever.
    if (!m_autosaveTimer.isActive())
        m_autosaveTimer.start();
}

void Document::autosave()
{
    m_autosaveTimer.stop();
    if (!m_space || m_choice.empty())
        return;
    // The text of a large plan takes longer to write than a frame lasts: not here.
    store([plan = m_plan](project::Project& project) {
        return project.setState(kAutosaveKey.toStdString(), plan::planToJson(plan, nullptr));
    });
    setState(kOpenMarkKey, QDateTime::currentDateTimeUtc().toString(Qt::ISODate));
}

void Document::flush()
{
    if (m_autosaveTimer.isActive())
        autosave();
    m_writer.waitForDone();
}

void Document::markClosed()
{
    setState(kOpenMarkKey, {});
    m_writer.waitForDone();
}

/// Goes on in another project. The one left behind ends in order: opened again, it has nothing to recover.
void Document::takeProject(std::shared_ptr<project::Project> project)
{
    const bool fromMemory = m_workspace->project() == nullptr;
    if (!fromMemory && m_workspace->project()->path() == project->path())
        return;
    markClosed();
    m_workspace->continueIn(std::move(project));
    if (fromMemory) {
        for (const auto& plan : m_namedPlans)
            store([name = plan.name, json = plan::planToJson(plan, m_space.get())](project::Project& target) {
                return target.savePlan({name, json, {}});
            });
        for (const auto& [tensor, text] : m_notes)
            store([tensor = tensor, text = text.toStdString()](
                      project::Project& target) { return target.setNote(tensor, text); });
    }
    storeSettings();
    autosave();
    Q_EMIT projectChanged();
}

std::optional<plan::Plan> Document::autosavedPlan()
{
    findRecovery();
    if (m_recovery)
        return std::nullopt;
    return planOfSpace(state(kAutosaveKey));
}

/// A stored plan in the options of the present space: one for other number formats cannot be shown honestly.
std::optional<plan::Plan> Document::planOfSpace(const QString& json) const
{
    const auto stored = plan::planFromJson(json.toStdString());
    if (!stored || stored->target != m_space->target().id())
        return std::nullopt;
    return plan::inFormatsOf(*stored, *m_space);
}

/// A mark that is still there means that the program ended without closing. Its plan is put aside under a key
/// of its own before the autosave of this run can take its place, and waits there for a decision, through
/// further crashes and orderly ends too.
void Document::findRecovery()
{
    if (m_onlyLook)
        return; // nobody is there to decide
    const QString openSince = state(kOpenMarkKey);
    if (!openSince.isEmpty() && !state(kAutosaveKey).isEmpty()) {
        setState(kRecoveryKey, state(kAutosaveKey));
        setState(kRecoveryTimeKey, openSince);
        setState(kAutosaveKey, {});
        setState(kOpenMarkKey, {});
        m_writer.waitForDone();
    }
    m_recovery = planOfSpace(state(kRecoveryKey));
    if (m_recovery)
        m_recoveryTime = QDateTime::fromString(state(kRecoveryTimeKey), Qt::ISODate);
}

void Document::restoreRecovery()
{
    if (!m_recovery || !m_space)
        return;
    setPlan(*m_recovery, tr("Restore the plan of the last run"));
    autosave();
    discardRecovery();
}

void Document::discardRecovery()
{
    m_recovery.reset();
    setState(kRecoveryKey, {});
    setState(kRecoveryTimeKey, {});
    Q_EMIT recoverySettled();
}

// --- Settings ---

void Document::storeSettings()
{
    nlohmann::json json
        = {{"target", m_settings.target.toStdString()}, {"quantizer", quant::methodWord(m_settings.method)},
            {"objective", plan::objectiveText(m_settings.objective)}, {"ties", m_settings.ties}};
    if (m_settings.gamma)
        json["shrinkage"] = *m_settings.gamma;
    if (m_settings.score)
        json["score"] = score::scoreId(*m_settings.score);
    if (m_comparedScore)
        json["compared"] = score::scoreId(*m_comparedScore);
    setState(kSettingsKey, QString::fromStdString(json.dump()));
}

/// A plan is understood under its own settings only: without them an autosaved one could not be shown again.
void Document::restoreSettings()
{
    m_settings = {};
    const auto json = nlohmann::json::parse(state(kSettingsKey).toStdString(), nullptr, false);
    if (!json.is_object())
        return;
    const auto text = [&](const char* name) {
        const auto found = json.find(name);
        return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    if (plan::targetFromId(text("target")))
        m_settings.target = QString::fromStdString(text("target"));
    if (const auto kind = score::scoreFromId(text("score")))
        m_settings.score = *kind;
    if (const auto kind = score::scoreFromId(text("compared")))
        m_comparedScore = *kind;
    if (const auto method = quant::methodFromWord(text("quantizer")))
        m_settings.method = *method;
    if (const auto objective = plan::objectiveFromText(text("objective")))
        m_settings.objective = *objective;
    // Under "gamma" earlier versions always wrote 0.25, which nobody had chosen.
    if (const auto gamma = json.find("shrinkage"); gamma != json.end() && gamma->is_number())
        m_settings.gamma = std::clamp(gamma->get<double>(), 0.0, 1.0);
    if (const auto ties = json.find("ties"); ties != json.end() && ties->is_boolean())
        m_settings.ties = ties->get<bool>();
}

// --- Named plans and notes ---

void Document::loadNamedPlans()
{
    m_namedPlans.clear();
    const auto project = m_workspace->project();
    if (!project)
        return;
    const auto stored = project->plans();
    if (!stored)
        return reportError(stored.error());
    for (const auto& item : *stored) {
        if (auto plan = plan::planFromJson(item.json))
            m_namedPlans.push_back(std::move(*plan));
    }
}

void Document::loadNotes()
{
    m_notes.clear();
    const auto project = m_workspace->project();
    if (!project)
        return;
    const auto stored = project->notes();
    if (!stored)
        return reportError(stored.error());
    for (const auto& [tensor, text] : *stored)
        m_notes[tensor] = QString::fromStdString(text);
}

QString Document::note(int tensor) const
{
    if (!m_workspace || tensor < 0)
        return {};
    const auto found
        = m_notes.find(m_workspace->checkpoint().tensors()[static_cast<std::size_t>(tensor)].name);
    return found == m_notes.end() ? QString() : found->second;
}

void Document::setNote(int tensor, const QString& text)
{
    if (!m_workspace || tensor < 0)
        return;
    const QString before = note(tensor);
    const QString after = text.trimmed();
    if (after != before)
        m_undo.push(new NoteCommand(*this,
            m_workspace->checkpoint().tensors()[static_cast<std::size_t>(tensor)].name, before, after));
}

void Document::applyNote(const std::string& tensor, const QString& text)
{
    if (text.isEmpty())
        m_notes.erase(tensor);
    else
        m_notes[tensor] = text;
    store([tensor, text = text.toStdString()](
              project::Project& project) { return project.setNote(tensor, text); });
    Q_EMIT notesChanged();
}

} // namespace bitwright::views
