#include "core/formats/partial_dump.h"

#include "core/formats/open.h"
#include "core/io/atomic_output.h"
#include "core/io/hash.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bitwright::formats {

namespace {

namespace fs = std::filesystem;

constexpr const char* kManifest = "manifest.json";
constexpr std::uint64_t kLargestManifest = std::uint64_t{16} << 20U;
constexpr std::size_t kPrefix = 8;

tl::unexpected<Error> systemFailure(int code, std::string_view what, const std::string& path)
{
    return fail(Error{ErrorCode::Io, fmt::format("{}: {}.", what, std::generic_category().message(code)),
        path, {}, {}, {}});
}

bool exists(const std::string& path)
{
    std::error_code ignored;
    return fs::symlink_status(path, ignored).type() != fs::file_type::not_found;
}

} // namespace

PartialDump::PartialDump(PartialDump&& other) noexcept
    : m_target(std::move(other.m_target))
    , m_folder(std::move(other.m_folder))
    , m_refusal(std::move(other.m_refusal))
    , m_lock(std::exchange(other.m_lock, -1))
    , m_manifest(std::move(other.m_manifest))
{ }

PartialDump& PartialDump::operator=(PartialDump&& other) noexcept
{
    std::swap(m_target, other.m_target);
    std::swap(m_folder, other.m_folder);
    std::swap(m_refusal, other.m_refusal);
    std::swap(m_lock, other.m_lock);
    std::swap(m_manifest, other.m_manifest);
    return *this;
}

PartialDump::~PartialDump()
{
    close();
}

/// Whoever holds the lock may remove what an earlier attempt did not finish.
void PartialDump::close()
{
    if (m_lock < 0)
        return;
    sweep(true);
    ::rmdir(m_folder.c_str()); // where it is empty
    ::close(std::exchange(m_lock, -1));
}

Result<PartialDump> PartialDump::open(const std::string& target, const PartialKey& key, std::uint64_t parts)
{
    PartialDump partial;
    partial.m_target = io::resolvedTarget(target);
    partial.m_folder = partial.m_target + ".partial";
    BITWRIGHT_CHECK(partial.lock());
    BITWRIGHT_CHECK(partial.readManifest(key));
    if (partial.m_manifest.done > 0 && partial.m_manifest.parts != parts)
        partial.startAnew("is damaged (it has another number of parts)");
    partial.m_manifest.key = key;
    partial.m_manifest.parts = parts;
    partial.sweep(true);
    return partial;
}

Result<void> PartialDump::lock()
{
    if (::mkdir(m_folder.c_str(), 0777) != 0 && errno != EEXIST)
        return systemFailure(errno, "Cannot create", m_folder);
    m_lock = ::open(m_folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (m_lock < 0)
        return systemFailure(errno, "Cannot open", m_folder);
    if (::flock(m_lock, LOCK_EX | LOCK_NB) != 0) {
        const int reason = errno;
        ::close(std::exchange(m_lock, -1)); // it is another's: nothing is removed
        if (reason != EWOULDBLOCK)
            return systemFailure(reason, "Cannot lock", m_folder);
        return fail(Error{ErrorCode::Io, "Another run is recording to this file.", m_target, {}, {},
            "Wait for it, or choose another name."});
    }
    return {};
}

Result<void> PartialDump::readManifest(const PartialKey& key)
{
    if (!exists(m_folder + "/" + kManifest))
        return {};
    BITWRIGHT_ASSIGN(const auto source, io::openCompanion(m_folder, kManifest));
    if (source->size() > kLargestManifest) {
        startAnew("is damaged (the list of parts is too large)");
        return {};
    }
    std::string text(static_cast<std::size_t>(source->size()), '\0');
    BITWRIGHT_CHECK(source->readAt(0, std::as_writable_bytes(std::span(text.data(), text.size()))));
    auto manifest = parseManifest(text);
    if (!manifest) {
        startAnew(fmt::format("is damaged ({})", manifest.error().message));
        return {};
    }
    std::vector<std::string_view> other;
    if (manifest->key.model != key.model)
        other.emplace_back("another model");
    if (manifest->key.tokens != key.tokens)
        other.emplace_back("other tokens");
    if (manifest->key.settings != key.settings)
        other.emplace_back("other settings");
    if (!other.empty()) {
        startAnew(fmt::format("is of {}", fmt::join(other, " and ")));
        return {};
    }
    m_manifest = std::move(*manifest);
    return {};
}

Result<std::shared_ptr<const io::ByteSource>> PartialDump::verified(
    const PartialFile& file, const RunContext& context) const
{
    const std::string path = m_folder + "/" + file.name;
    if (!exists(path))
        return fail(Error{ErrorCode::Format, fmt::format("{} is missing", file.name), path, {}, {}, {}});
    BITWRIGHT_ASSIGN(auto source, io::openCompanion(m_folder, file.name));
    std::string hash;
    if (source->size() == file.bytes) {
        BITWRIGHT_ASSIGN(hash, io::hashOf(*source, context));
    }
    if (hash != file.hash)
        return fail(Error{
            ErrorCode::Format, fmt::format("{} is not as it was written", file.name), path, {}, {}, {}});
    return source;
}

Result<std::shared_ptr<const model::ActivationDump>> PartialDump::openPiece(
    std::size_t piece, const RunContext& context) const
{
    const PartialFile& file = m_manifest.pieces.at(piece);
    BITWRIGHT_CHECK(verified(file, context));
    BITWRIGHT_ASSIGN(auto dump, openDump(m_folder + "/" + file.name));
    if (!dump->warnings().empty())
        return fail(Error{ErrorCode::Format, fmt::format("{}: {}", file.name, dump->warnings().front()),
            dump->path(), {}, {}, {}});
    return dump;
}

Result<std::shared_ptr<const io::ByteSource>> PartialDump::openState(const RunContext& context) const
{
    return verified(m_manifest.state, context);
}

void PartialDump::startAnew(std::string refusal)
{
    m_refusal = std::move(refusal);
    m_manifest.done = 0;
    m_manifest.pieces.clear();
    m_manifest.state = {};
}

std::string PartialDump::nameOf(std::string_view rest) const
{
    // Files of another recording are not touched before this one has written something down.
    io::Hasher hasher;
    for (const std::string* part : {&m_manifest.key.model, &m_manifest.key.tokens, &m_manifest.key.settings})
        hasher.add(*part);
    return fmt::format("{}-{}", hasher.hex().substr(0, kPrefix), rest);
}

Result<PartialFile> PartialDump::writePiece(
    const DumpFacts& facts, const Content& content, const RunContext& context) const
{
    PartialFile file{nameOf(fmt::format("piece-{}.h5", m_manifest.pieces.size())), 0, {}};
    BITWRIGHT_ASSIGN(DumpFile piece, DumpFile::create(m_folder + "/" + file.name));
    BITWRIGHT_CHECK(content.piece(piece));
    BITWRIGHT_CHECK(piece.finish(facts));
    BITWRIGHT_ASSIGN(const auto source, io::openCompanion(m_folder, file.name));
    file.bytes = source->size();
    BITWRIGHT_ASSIGN(file.hash, io::hashOf(*source, context));
    return file;
}

Result<PartialFile> PartialDump::writeState(
    std::uint64_t done, const Content& content, const RunContext& context) const
{
    PartialFile file{nameOf(fmt::format("state-{}.bin", done)), 0, {}};
    BITWRIGHT_ASSIGN(io::AtomicFile output, io::AtomicFile::create(m_folder + "/" + file.name));
    io::Hasher hasher;
    BITWRIGHT_CHECK(content.state([&](std::span<const std::byte> bytes) -> Result<void> {
        BITWRIGHT_CHECK(context.checkStop());
        hasher.add(bytes);
        file.bytes += bytes.size();
        return output.write(bytes);
    }));
    file.hash = hasher.hex();
    BITWRIGHT_CHECK(output.commit());
    return file;
}

Result<void> PartialDump::save(
    std::uint64_t done, const DumpFacts& facts, const Content& content, const RunContext& context)
{
    PartialManifest next = m_manifest;
    next.done = done;
    if (content.piece) {
        BITWRIGHT_ASSIGN(PartialFile piece, writePiece(facts, content, context));
        next.pieces.push_back(std::move(piece));
    }
    BITWRIGHT_ASSIGN(next.state, writeState(done, content, context));
    BITWRIGHT_CHECK(io::writeFileAtomically(m_folder + "/" + kManifest, manifestText(next)));
    m_manifest = std::move(next);
    sweep(false);
    return {};
}

/// Removes files of ours that the list of parts does not name; temporary ones only where none is in use.
void PartialDump::sweep(bool temporaries) const
{
    // What is being used now, and what another recording wrote down as long as nothing replaced it.
    const bool other = m_manifest.done == 0 && exists(m_folder + "/" + kManifest);
    std::set<std::string> keep{kManifest};
    for (const PartialFile& piece : m_manifest.pieces)
        keep.insert(piece.name);
    keep.insert(m_manifest.state.name);
    std::error_code error;
    std::vector<fs::path> unneeded; // gathered first: removing while listing may skip some
    for (fs::directory_iterator entry(m_folder, error), end; !error && entry != end; entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        const bool ours = isPartialName(name, ".h5") || isPartialName(name, ".bin");
        // "NAME.PID-N.tmp" of a file of ours, of the list or of the dump
        const std::string whole = fs::path(fs::path(name).stem()).stem().string();
        const bool temporary = name.ends_with(".tmp")
            && (whole == kManifest || whole == fs::path(m_target).filename() || isPartialName(whole, ".h5")
                || isPartialName(whole, ".bin"));
        if (temporary ? temporaries : ours && !other && !keep.contains(name))
            unneeded.push_back(entry->path());
    }
    for (const fs::path& path : unneeded)
        fs::remove(path, error);
}

void PartialDump::discard()
{
    if (m_lock < 0)
        return;
    startAnew({});
    ::unlink((m_folder + "/" + kManifest).c_str());
    close();
}

} // namespace bitwright::formats
