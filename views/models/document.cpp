#include "views/models/document.h"

#include "core/formats/open.h"
#include "core/formats/token_texts.h"
#include "views/models/core_text.h"
#include "views/models/text.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <utility>

namespace bitwright::views {

namespace {

/// Jobs in one lane run one after the other. Reading weights saturates both disk and cores, so scan and
/// scoring share one.
const QString kHeavyLane = QStringLiteral("weights");
const QString kOpenLane = QStringLiteral("open");
const QString kDumpLane = QStringLiteral("activations");

QString lineOf(const Error& error)
{
    return errorText(error);
}

} // namespace

bool PlanSettings::operator==(const PlanSettings& other) const
{
    return target == other.target && score == other.score && gamma == other.gamma && method == other.method
        && objective.kind == other.objective.kind && objective.power == other.objective.power
        && ties == other.ties && startBpw == other.startBpw;
}

Document::Document(JobQueue& jobs, QObject* parent)
    : QObject(parent)
    , m_jobs(jobs)
{
    m_writer.setMaxThreadCount(1);
    m_autosaveTimer.setSingleShot(true);
    m_autosaveTimer.setInterval(150);
    connect(&m_autosaveTimer, &QTimer::timeout, this, &Document::autosave);
}

Document::~Document()
{
    flush();
}

void Document::reportError(const Error& error)
{
    if (error.code != ErrorCode::Cancelled)
        Q_EMIT failed(lineOf(error));
}

void Document::open(const session::Inputs& inputs)
{
    const QString folder = m_autoProjectFolder;
    const auto work = [inputs, folder](const RunContext&) -> Result<std::shared_ptr<session::Workspace>> {
        session::Inputs complete = inputs;
        if (complete.project.empty() && !folder.isEmpty() && !complete.model.empty()) {
            // Every model gets a project, so that nothing measured or planned is lost before it was saved
            // under a name.
            BITWRIGHT_ASSIGN(const auto checkpoint, formats::openCheckpoint(complete.model));
            QDir().mkpath(folder);
            complete.project
                = QDir(folder)
                      .filePath(QString::fromStdString(checkpoint->headerIdentity()) + QStringLiteral(".bwp"))
                      .toStdString();
        }
        return session::Workspace::open(complete);
    };
    m_jobs.run<std::shared_ptr<session::Workspace>>(
        tr("Open %1").arg(
            QFileInfo(QString::fromStdString(inputs.model.empty() ? inputs.project : inputs.model))
                .fileName()),
        kOpenLane, work, [this](Result<std::shared_ptr<session::Workspace>> workspace) {
            if (workspace)
                take(std::move(*workspace));
            else
                reportError(workspace.error());
        });
}

void Document::take(std::shared_ptr<session::Workspace> workspace)
{
    close();
    ++m_generation;
    m_workspace = std::move(workspace);
    m_results.assign(m_workspace->checkpoint().tensors().size(), std::nullopt);
    m_outliers.assign(m_workspace->dumps().size(), nullptr);
    loadNamedPlans();
    loadNotes();
    restoreSettings();
    Q_EMIT opened();
    for (const auto& warning : m_workspace->warnings())
        Q_EMIT notice(QString::fromStdString(warning));
    loadKnownResults();
    startOutliers();
    rebuildSpace();
}

void Document::close()
{
    if (!m_workspace)
        return;
    Q_EMIT aboutToClose();
    m_jobs.cancelAll();
    flush();
    markClosed();
    ++m_generation;
    ++m_spaceSerial;
    ++m_frontierSerial;
    m_stale = false;
    m_workspace.reset();
    m_results.clear();
    m_scanned = 0;
    m_scanJob = nullptr;
    m_outliers.clear();
    m_tokenIds.clear();
    m_tokenTexts.clear();
    m_channelMaps.clear();
    m_channelMapsRequested.clear();
    m_space.reset();
    m_frontier.reset();
    m_uniforms.clear();
    m_plan = {};
    m_choice.clear();
    m_numbers = {};
    m_locked.clear();
    m_solver.reset();
    ++m_solverSerial;
    ++m_otherSerial;
    m_comparedScore.reset();
    m_otherFrontier.reset();
    m_namedPlans.clear();
    m_notes.clear();
    m_recovery.reset();
    m_undo.clear();
    m_selection.clear();
    Q_EMIT closed();
}

QString Document::title() const
{
    return m_workspace ? QString::fromStdString(escapedForDisplay(m_workspace->checkpoint().name()))
                       : QString();
}

void Document::addDump(const QString& path)
{
    if (!m_workspace)
        return;
    const int generation = m_generation;
    // The dump is opened off the UI thread; the workspace takes it on this one, because views read its list.
    auto workspace = m_workspace;
    m_jobs.run<std::shared_ptr<const model::ActivationDump>>(
        tr("Open %1").arg(QFileInfo(path).fileName()), kOpenLane,
        [workspace, file = path.toStdString()](
            const RunContext&) -> Result<std::shared_ptr<const model::ActivationDump>> {
            BITWRIGHT_ASSIGN(auto dump, formats::openDump(file));
            BITWRIGHT_CHECK(model::checkDumpFits(*dump, workspace->checkpoint()));
            return dump;
        },
        [this, generation](Result<std::shared_ptr<const model::ActivationDump>> dump) {
            if (generation != m_generation)
                return;
            if (!dump)
                return reportError(dump.error());
            if (const auto added = m_workspace->addOpenDump(std::move(*dump)); !added)
                return reportError(added.error());
            m_outliers.push_back(nullptr);
            Q_EMIT dumpsChanged();
            startOutliers();
            if (m_workspace->dumps().size() == 1) {
                ++m_evidence;
                rebuildSpace();
            }
        });
}

void Document::saveProjectAs(const QString& path)
{
    if (!m_workspace)
        return;
    auto workspace = m_workspace;
    const int generation = m_generation;
    flush();
    // The copy is made off the UI thread; the workspace takes it on this one, between jobs of its lane.
    m_jobs.run<std::shared_ptr<project::Project>>(
        tr("Save project"), kHeavyLane,
        [workspace, file = path.toStdString()](const RunContext&) { return workspace->copyProject(file); },
        [this, generation, path](Result<std::shared_ptr<project::Project>> saved) {
            if (!saved)
                return reportError(saved.error());
            if (generation != m_generation)
                return;
            takeProject(std::move(*saved));
            Q_EMIT notice(tr("Project saved as %1.").arg(QDir::toNativeSeparators(path)));
        });
}

// --- Measurements ---

void Document::loadKnownResults()
{
    auto workspace = m_workspace;
    const int generation = m_generation;
    using Known = std::vector<session::TensorResult>;
    m_jobs.run<Known>(
        tr("Read what is known"), kOpenLane,
        [workspace](const RunContext& context) -> Result<Known> {
            Known known;
            for (model::TensorIndex i = 0; i < workspace->checkpoint().tensors().size(); ++i) {
                if (i % 256 == 0)
                    BITWRIGHT_CHECK(context.checkStop());
                auto result = workspace->known(i);
                if (result.stats || result.spectrum)
                    known.push_back(std::move(result));
            }
            return known;
        },
        [this, generation](Result<Known> known) {
            if (generation != m_generation || !known)
                return;
            for (auto& result : *known) {
                auto& slot = m_results[result.tensor];
                if (slot)
                    continue;
                const int tensor = static_cast<int>(result.tensor);
                slot = std::move(result);
                ++m_scanned;
                Q_EMIT tensorScanned(tensor);
            }
            Q_EMIT scanStateChanged();
        });
}

void Document::scan()
{
    if (!m_workspace || m_scanJob != nullptr)
        return;
    auto workspace = m_workspace;
    const int generation = m_generation;
    const auto deliver = [this, generation](const session::TensorResult& result) {
        QMetaObject::invokeMethod(
            this,
            [this, generation, result] {
                if (generation != m_generation)
                    return;
                auto& slot = m_results[result.tensor];
                m_scanned += slot ? 0 : 1;
                slot = result;
                if (result.error && m_scanJob != nullptr)
                    m_scanJob->addFailure(lineOf(*result.error));
                Q_EMIT tensorScanned(static_cast<int>(result.tensor));
            },
            Qt::QueuedConnection);
    };
    m_scanJob = m_jobs.run<bool>(
        tr("Scan weights"), kHeavyLane,
        [workspace, deliver](const RunContext& context) -> Result<bool> {
            BITWRIGHT_CHECK(workspace->scan({}, deliver, context));
            return true;
        },
        [this, generation](Result<bool> scanned) {
            if (generation != m_generation)
                return;
            m_scanJob = nullptr;
            if (!scanned)
                reportError(scanned.error());
            Q_EMIT scanStateChanged();
        });
    m_scanJob->setAmount(static_cast<double>(m_workspace->checkpoint().dataBytes()));
    Q_EMIT scanStateChanged();
}

const session::TensorResult* Document::result(int tensor) const
{
    if (tensor < 0 || tensor >= static_cast<int>(m_results.size()))
        return nullptr;
    const auto& slot = m_results[static_cast<std::size_t>(tensor)];
    return slot ? &*slot : nullptr;
}

int Document::nonFiniteTensors() const
{
    return static_cast<int>(std::count_if(m_results.begin(), m_results.end(),
        [](const auto& result) { return result && result->stats && result->stats->hasNonFinite(); }));
}

int Document::failedTensors() const
{
    return static_cast<int>(std::count_if(
        m_results.begin(), m_results.end(), [](const auto& result) { return result && result->error; }));
}

std::shared_ptr<const stats::OutlierReport> Document::outliers(int dump) const
{
    return dump >= 0 && dump < static_cast<int>(m_outliers.size())
        ? m_outliers[static_cast<std::size_t>(dump)]
        : nullptr;
}

std::vector<std::int32_t> Document::tokenIds(int dump) const
{
    const auto found = m_tokenIds.find(static_cast<std::size_t>(dump));
    return found != m_tokenIds.end() ? found->second : std::vector<std::int32_t>();
}

QString Document::tokenText(std::int32_t id) const
{
    const auto found = m_tokenTexts.find(id);
    return found == m_tokenTexts.end() ? QString() : readableToken(found->second);
}

void Document::startOutliers()
{
    struct Findings
    {
        std::shared_ptr<const stats::OutlierReport> report;
        std::vector<std::int32_t> tokens;
        std::map<std::int32_t, std::string> texts;
    };
    const int generation = m_generation;
    for (std::size_t i = 0; i < m_outliers.size(); ++i) {
        if (m_outliers[i])
            continue;
        auto dump = m_workspace->dumps()[i];
        const std::string model = m_workspace->checkpoint().path();
        m_jobs.run<Findings>(
            tr("Outlier criteria"), kDumpLane,
            [dump, model](const RunContext& context) -> Result<Findings> {
                BITWRIGHT_ASSIGN(auto report, stats::outlierReport(*dump, {}, context));
                BITWRIGHT_ASSIGN(auto tokens, dump->loadTokens());
                // A tokenizer that cannot be read leaves ids, which is what a model without one has.
                auto texts = formats::tokenTexts(model, std::set(tokens.begin(), tokens.end()));
                return Findings{std::make_shared<const stats::OutlierReport>(std::move(report)),
                    std::move(tokens), std::move(texts).value_or(std::map<std::int32_t, std::string>())};
            },
            [this, generation, i](Result<Findings> found) {
                if (generation != m_generation)
                    return;
                if (!found)
                    return reportError(found.error());
                m_outliers[i] = std::move(found->report);
                m_tokenIds[i] = std::move(found->tokens);
                m_tokenTexts.merge(found->texts);
                Q_EMIT outliersChanged();
            });
    }
}

std::shared_ptr<const stats::ChannelMap> Document::channelMap(stats::ChannelMeasure measure)
{
    if (const auto found = m_channelMaps.find(measure); found != m_channelMaps.end())
        return found->second;
    if (!m_workspace || m_workspace->dump() == nullptr || !m_channelMapsRequested.insert(measure).second)
        return nullptr;
    const int generation = m_generation;
    auto dump = m_workspace->dumps().front();
    m_jobs.run<std::shared_ptr<const stats::ChannelMap>>(
        tr("Outlier map"), kDumpLane,
        [dump, measure](const RunContext& context) -> Result<std::shared_ptr<const stats::ChannelMap>> {
            BITWRIGHT_ASSIGN(auto map, stats::channelMap(*dump, measure, {}, context));
            return std::make_shared<const stats::ChannelMap>(std::move(map));
        },
        [this, generation, measure](Result<std::shared_ptr<const stats::ChannelMap>> map) {
            if (generation != m_generation)
                return;
            if (!map)
                return reportError(map.error());
            m_channelMaps[measure] = std::move(*map);
            Q_EMIT channelMapChanged();
        });
    return nullptr;
}

// --- Maps between the things that are selected ---

QVector<int> Document::unitsOfTensor(int tensor) const
{
    QVector<int> units;
    if (!m_workspace || tensor < 0)
        return units;
    const auto& all = m_workspace->units();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].index == static_cast<std::size_t>(tensor))
            units.push_back(static_cast<int>(i));
    }
    return units;
}

int Document::tensorOfUnit(int unit) const
{
    if (!m_workspace || unit < 0 || unit >= static_cast<int>(m_workspace->units().size()))
        return -1;
    return static_cast<int>(m_workspace->units()[static_cast<std::size_t>(unit)].index);
}

int Document::inputSiteOfTensor(int tensor) const
{
    if (!m_workspace || m_workspace->dump() == nullptr || tensor < 0)
        return -1;
    const auto& name = m_workspace->checkpoint().tensors()[static_cast<std::size_t>(tensor)].name;
    const auto site = m_workspace->dump()->inputSiteOf(name);
    return site ? static_cast<int>(*site) : -1;
}

void Document::selectTensor(int tensor)
{
    const int site = inputSiteOfTensor(tensor);
    m_selection.set(
        tensor, unitsOfTensor(tensor), site, site == m_selection.site() ? m_selection.channel() : -1);
}

void Document::selectUnits(const QVector<int>& units)
{
    const int tensor = units.isEmpty() ? m_selection.tensor() : tensorOfUnit(units.front());
    const int site = inputSiteOfTensor(tensor);
    m_selection.set(tensor, units, site, site == m_selection.site() ? m_selection.channel() : -1);
}

void Document::selectSite(int site, int channel)
{
    int tensor = m_selection.tensor();
    QVector<int> units = m_selection.units();
    if (m_workspace && m_workspace->dump() != nullptr && site >= 0) {
        const auto& tensors = m_workspace->dump()->sites()[static_cast<std::size_t>(site)].tensors;
        if (!tensors.empty()) {
            // A site that feeds several tensors (q, k, v) selects all of them.
            units.clear();
            for (const auto& name : tensors) {
                if (const auto index = m_workspace->checkpoint().find(name))
                    units += unitsOfTensor(static_cast<int>(*index));
            }
            if (const auto index = m_workspace->checkpoint().find(tensors.front()))
                tensor = static_cast<int>(*index);
        }
    }
    m_selection.set(tensor, units, site, channel);
}

} // namespace bitwright::views
