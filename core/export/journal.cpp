#include "core/export/journal.h"

#include "core/export/weight_files.h"
#include "core/io/byte_source.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sstream>
#include <unistd.h>
#include <utility>

namespace bitwright::exporting {

namespace {

using nlohmann::json;

std::string pathIn(const std::string& folder)
{
    return folder + "/" + std::string(kJournalFile);
}

/// Writes a whole line at once: appended lines of a killed process are whole or torn, never mixed.
Result<void> writeLine(int fd, const std::string& line, const std::string& path)
{
    const std::string text = line + "\n";
    ssize_t done = 0;
    do
        done = ::write(fd, text.data(), text.size());
    while (done < 0 && errno == EINTR);
    if (done != static_cast<ssize_t>(text.size()))
        return fail(exportWriteError(done < 0 ? errno : ENOSPC, path));
    return {};
}

std::string textField(const json& line, const char* key)
{
    const auto found = line.is_object() ? line.find(key) : line.end();
    return line.is_object() && found != line.end() && found->is_string() ? found->get<std::string>()
                                                                         : std::string();
}

std::optional<std::string> readText(const std::string& folder)
{
    constexpr std::uint64_t kLargest = std::uint64_t{1} << 30;
    const auto source = io::openCompanion(folder, std::string(kJournalFile));
    if (!source || (*source)->size() > kLargest)
        return std::nullopt;
    std::string text(static_cast<std::size_t>((*source)->size()), '\0');
    if (!(*source)->readAt(0, std::as_writable_bytes(std::span<char>(text))))
        return std::nullopt;
    return text;
}

/// Hashes by unit, or nothing when the folder has no journal of this key. A torn line counts as absent.
std::optional<std::map<std::string, std::string>> readEntries(
    const std::string& folder, const std::string& key)
{
    const auto text = readText(folder);
    if (!text)
        return std::nullopt;
    std::istringstream lines(*text);
    std::string line;
    if (!std::getline(lines, line) || textField(json::parse(line, nullptr, false), "key") != key)
        return std::nullopt;
    std::map<std::string, std::string> entries;
    while (std::getline(lines, line)) {
        const json entry = json::parse(line, nullptr, false);
        if (!textField(entry, "unit").empty())
            entries[textField(entry, "unit")] = textField(entry, "hash");
    }
    return entries;
}

} // namespace

Result<Journal> Journal::start(const std::string& folder, const std::string& key)
{
    Journal journal;
    journal.m_path = pathIn(folder);
    journal.m_fd = ::open(
        journal.m_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (journal.m_fd < 0)
        return fail(exportWriteError(errno, journal.m_path));
    BITWRIGHT_CHECK(writeLine(journal.m_fd, json{{"key", key}}.dump(), journal.m_path));
    return journal;
}

std::set<std::string> Journal::peek(const std::string& folder, const std::string& key)
{
    std::set<std::string> units;
    for (const auto& [unit, hash] : readEntries(folder, key).value_or(std::map<std::string, std::string>()))
        units.insert(unit);
    return units;
}

std::optional<Journal> Journal::resume(const std::string& folder, const std::string& key)
{
    auto entries = readEntries(folder, key);
    if (!entries)
        return std::nullopt;
    Journal journal;
    journal.m_finished = std::move(*entries);
    journal.m_path = pathIn(folder);
    journal.m_fd = ::open(journal.m_path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    // What follows a torn line must begin on a line of its own.
    if (journal.m_fd < 0 || !writeLine(journal.m_fd, {}, journal.m_path))
        return std::nullopt;
    journal.m_holdsWork = !journal.m_finished.empty();
    return journal;
}

Result<void> Journal::add(const std::string& unit, const std::string& hash)
{
    m_holdsWork = true;
    return writeLine(m_fd, json{{"unit", unit}, {"hash", hash}}.dump(), m_path);
}

void Journal::remove() const
{
    ::unlink(m_path.c_str());
}

Journal::Journal(Journal&& other) noexcept
    : m_path(std::move(other.m_path))
    , m_fd(std::exchange(other.m_fd, -1))
    , m_holdsWork(other.m_holdsWork)
    , m_finished(std::move(other.m_finished))
{ }

Journal& Journal::operator=(Journal&& other) noexcept
{
    std::swap(m_path, other.m_path);
    std::swap(m_fd, other.m_fd);
    std::swap(m_holdsWork, other.m_holdsWork);
    std::swap(m_finished, other.m_finished);
    return *this;
}

Journal::~Journal()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

} // namespace bitwright::exporting
