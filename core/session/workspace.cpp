#include "core/session/workspace.h"

#include "core/base/parallel.h"
#include "core/formats/open.h"
#include "core/io/byte_source.h"
#include "core/io/hash.h"
#include "core/model/matrix_reader.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace bitwright::session {

namespace {

/// First bytes of every SQLite database.
constexpr std::string_view kSqliteMagic = "SQLite format 3";

bool endsWith(std::string_view text, std::string_view end)
{
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool looksLikeProject(const std::string& path)
{
    if (endsWith(path, ".bwp"))
        return true;
    const auto source = io::openFile(path);
    if (!source || (*source)->size() < kSqliteMagic.size())
        return false;
    std::string head(kSqliteMagic.size(), '\0');
    return (*source)->readAt(0, std::as_writable_bytes(std::span(head.data(), head.size())))
        && head == kSqliteMagic;
}

std::string absolutePath(const std::string& path)
{
    std::error_code failed;
    const auto absolute = std::filesystem::absolute(path, failed);
    return failed ? path : absolute.lexically_normal().string();
}

/// Fills model and dumps that the caller left out from what the project remembers.
Result<void> completeFromProject(Inputs& inputs, const project::Project& project)
{
    BITWRIGHT_ASSIGN(const auto records, project.inputs());
    const bool takeDumps = inputs.dumps.empty();
    for (const auto& record : records) {
        if (record.kind == "model" && inputs.model.empty())
            inputs.model = record.path;
        if (record.kind == "dump" && takeDumps)
            inputs.dumps.push_back(record.path);
    }
    if (inputs.model.empty())
        return fail(ErrorCode::InvalidArgument, "The project {} names no model.", project.path());
    return {};
}

} // namespace

Result<Inputs> sortInputs(const std::vector<std::string>& paths)
{
    Inputs inputs;
    for (const auto& path : paths) {
        BITWRIGHT_ASSIGN(const auto facts, io::fileFacts(path));
        std::string* slot = nullptr;
        if (!facts.folder && looksLikeProject(path))
            slot = &inputs.project;
        else if (!facts.folder && formats::looksLikeDump(path))
            inputs.dumps.push_back(path);
        else
            slot = &inputs.model;
        if (slot != nullptr && !slot->empty())
            return fail(ErrorCode::InvalidArgument,
                "{} and {} cannot be opened together: one model and one project at a time.", *slot, path);
        if (slot != nullptr)
            *slot = path;
    }
    if (paths.empty())
        return fail(ErrorCode::InvalidArgument, "Nothing to open was named.");
    return inputs;
}

Result<std::shared_ptr<Workspace>> Workspace::open(const Inputs& given)
{
    Inputs inputs = given;
    std::shared_ptr<Workspace> workspace(new Workspace());
    // A model that cannot be opened must not leave a new project behind.
    if (!inputs.model.empty()) {
        BITWRIGHT_ASSIGN(
            workspace->m_checkpoint, formats::openCheckpoint(inputs.model, {inputs.allowMissingShards}));
    }
    if (!inputs.project.empty()) {
        // A project that cannot name its model must exist already; one that is made now gets it from the
        // caller.
        BITWRIGHT_ASSIGN(workspace->m_project,
            inputs.model.empty() ? project::Project::openExisting(inputs.project)
                                 : project::Project::open(inputs.project));
        if (inputs.model.empty() || inputs.dumps.empty()) {
            const std::string asked = inputs.model;
            if (auto completed = completeFromProject(inputs, *workspace->m_project);
                !completed && asked.empty())
                return fail(std::move(completed.error()));
        }
    }
    if (inputs.model.empty())
        return fail(ErrorCode::InvalidArgument,
            "A dump alone cannot be opened: name the model that it was recorded from.");
    if (!workspace->m_checkpoint) {
        BITWRIGHT_ASSIGN(
            workspace->m_checkpoint, formats::openCheckpoint(inputs.model, {inputs.allowMissingShards}));
    }
    workspace->m_units = plan::unitsOf(*workspace->m_checkpoint);
    for (const auto& dump : inputs.dumps) {
        auto added = workspace->addDump(dump);
        if (added)
            continue;
        // Whoever named the model gets it, told what is missing; a project alone promises its dumps, because
        // scores depend on them.
        if (given.model.empty() || !given.dumps.empty())
            return fail(std::move(added.error()));
        workspace->m_warnings.push_back(
            fmt::format("The project's dump was left out: {}", added.error().oneLine()));
    }
    if (workspace->m_project)
        BITWRIGHT_CHECK(workspace->rememberInputs(*workspace->m_project));
    return workspace;
}

std::vector<std::shared_ptr<const model::ActivationDump>> Workspace::dumps() const
{
    const std::lock_guard lock(m_inputsMutex);
    return m_dumps;
}

const model::ActivationDump* Workspace::dump() const
{
    const std::lock_guard lock(m_inputsMutex);
    return m_dumps.empty() ? nullptr : m_dumps.front().get();
}

std::shared_ptr<project::Project> Workspace::project() const
{
    const std::lock_guard lock(m_inputsMutex);
    return m_project;
}

Result<void> Workspace::rememberInputs(project::Project& into) const
{
    std::vector<project::InputRecord> records;
    records.push_back(
        {"model", absolutePath(m_checkpoint->path()), m_checkpoint->headerIdentity(), m_checkpoint->name()});
    for (const auto& dump : dumps())
        records.push_back({"dump", absolutePath(dump->path()), dump->contentHash(), dump->dataset()});
    return into.setInputs(records);
}

Result<void> Workspace::addDump(const std::string& path)
{
    BITWRIGHT_ASSIGN(auto dump, formats::openDump(path));
    BITWRIGHT_CHECK(model::checkDumpFits(*dump, *m_checkpoint));
    return addOpenDump(std::move(dump));
}

Result<void> Workspace::addOpenDump(std::shared_ptr<const model::ActivationDump> dump)
{
    {
        const std::lock_guard lock(m_inputsMutex);
        m_dumps.push_back(std::move(dump));
    }
    if (const auto present = project())
        BITWRIGHT_CHECK(rememberInputs(*present));
    return {};
}

Result<std::shared_ptr<project::Project>> Workspace::copyProject(const std::string& path) const
{
    std::error_code error;
    if (std::filesystem::exists(path, error)) {
        BITWRIGHT_ASSIGN(auto next, project::Project::open(path));
        BITWRIGHT_CHECK(copyEverything(*next));
        return next;
    }
    // Filled beside its place and renamed when it is whole: whatever bears the name of a project can be
    // opened.
    const std::string temporary = path + ".saving";
    const auto discard = [&] {
        for (const char* ending : {"", "-wal", "-shm", "-journal"})
            std::filesystem::remove(temporary + ending, error);
    };
    discard(); // of a killed run
    const auto fill = [&]() -> Result<void> {
        BITWRIGHT_ASSIGN(const auto next, project::Project::open(temporary));
        return copyEverything(*next);
    };
    if (auto filled = fill(); !filled) {
        discard();
        if (filled.error().file == temporary)
            filled.error().file = path;
        return fail(std::move(filled.error()));
    }
    std::filesystem::rename(temporary, path, error);
    if (error) {
        const std::string reason = error.message();
        discard();
        return fail(Error{ErrorCode::Io, "Not saved: " + reason + ".", path, {}, {}, {}});
    }
    return project::Project::openExisting(path);
}

void Workspace::continueIn(std::shared_ptr<project::Project> next)
{
    const std::lock_guard lock(m_inputsMutex);
    m_project = std::move(next);
}

Result<void> Workspace::saveProjectAs(const std::string& path)
{
    BITWRIGHT_ASSIGN(auto next, copyProject(path));
    continueIn(std::move(next));
    return {};
}

Result<void> Workspace::copyEverything(project::Project& into) const
{
    if (const auto present = project())
        BITWRIGHT_CHECK(present->copyInto(into));
    else
        BITWRIGHT_CHECK(storeEverything(into));
    return rememberInputs(into);
}

Result<void> Workspace::storeEverything(project::Project& into) const
{
    const RunContext context;
    for (model::TensorIndex tensor = 0; tensor < m_checkpoint->tensors().size(); ++tensor) {
        const TensorResult result = known(tensor);
        if (!result.stats && !result.spectrum)
            continue;
        BITWRIGHT_ASSIGN(const auto content, contentHash(tensor, context));
        BITWRIGHT_CHECK(into.setContentHash(m_checkpoint->tensors()[tensor].name, stampOf(tensor), content));
        if (result.stats)
            BITWRIGHT_CHECK(into.saveWeightStats(content, *result.stats));
        if (result.spectrum)
            BITWRIGHT_CHECK(into.saveSpectrum(content, *result.spectrum));
    }
    const std::string dumpHash = hashOf(dump());
    for (const auto& unit : m_units) {
        std::vector<score::OptionError> errors;
        {
            const std::lock_guard lock(m_mutex);
            if (const auto found = m_errors.find({dumpHash, unit.name}); found != m_errors.end()) {
                for (const auto& [option, error] : found->second)
                    errors.push_back(error);
            }
        }
        if (errors.empty())
            continue;
        BITWRIGHT_ASSIGN(const auto content, contentHash(unit.index, context));
        BITWRIGHT_CHECK(into.setContentHash(unit.tensor, stampOf(unit.index), content));
        BITWRIGHT_CHECK(into.saveOptionErrors(unitContent(unit, content), dumpHash, errors));
    }
    return storeHarms(into);
}

std::string Workspace::stampOf(model::TensorIndex tensor) const
{
    const auto& info = m_checkpoint->tensors()[tensor];
    const auto& file = m_checkpoint->files()[info.file];
    return fmt::format("{}:{}:{}:{}", file.name, file.bytes, file.modifiedNs, file.headerHash);
}

std::string Workspace::hashOf(const model::ActivationDump* dump)
{
    return dump == nullptr ? std::string() : dump->contentHash();
}

std::string Workspace::unitContent(const plan::Unit& unit, const std::string& tensorContent)
{
    // Tensors of equal bytes (a block that was copied, experts that start alike) are not of equal harm.
    return fmt::format("{}@{}", tensorContent, unit.name);
}

Result<std::string> Workspace::contentHash(model::TensorIndex tensor, const RunContext& context) const
{
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_hashes.find(tensor); found != m_hashes.end())
            return found->second;
    }
    const auto& info = m_checkpoint->tensors()[tensor];
    const std::string stamp = stampOf(tensor);
    std::string hash;
    const auto present = project();
    if (present) {
        BITWRIGHT_ASSIGN(const auto stored, present->contentHash(info.name, stamp));
        hash = stored.value_or(std::string());
    }
    if (hash.empty()) {
        constexpr std::uint64_t kTile = std::uint64_t{1} << 20;
        std::vector<std::byte> tile(static_cast<std::size_t>(std::min(kTile, info.bytes)));
        io::Hasher hasher;
        hasher.add(model::dtypeName(info.dtype));
        for (const auto side : info.shape)
            hasher.add(std::to_string(side));
        for (std::uint64_t offset = 0; offset < info.bytes; offset += kTile) {
            BITWRIGHT_CHECK(context.checkStop());
            const auto span
                = std::span(tile).first(static_cast<std::size_t>(std::min(kTile, info.bytes - offset)));
            BITWRIGHT_CHECK(m_checkpoint->read(tensor, offset, span));
            hasher.add(std::span<const std::byte>(span));
        }
        hash = hasher.hex();
        if (present)
            BITWRIGHT_CHECK(present->setContentHash(info.name, stamp, hash));
    }
    const std::lock_guard lock(m_mutex);
    return m_hashes.emplace(tensor, hash).first->second;
}

} // namespace bitwright::session
