#pragma once

#include "core/base/result.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace bitwright::exporting {

/// What an export in progress has finished, kept in its partial folder: one line per unit with the hash of
/// its decoded values, under the key of the job. Survives a kill; a torn last line is ignored.
class Journal
{
public:
    /// Starts a new journal. Errors: Io.
    [[nodiscard]] static Result<Journal> start(const std::string& folder, const std::string& key);
    /// Continues the journal of the same key, or nothing when there is none such.
    [[nodiscard]] static std::optional<Journal> resume(const std::string& folder, const std::string& key);

    /// Units that the journal of the same key calls finished; only looks, and gives none when there is none
    /// such.
    [[nodiscard]] static std::set<std::string> peek(const std::string& folder, const std::string& key);

    /// Units finished before this run, and their hashes.
    [[nodiscard]] const std::map<std::string, std::string>& finished() const { return m_finished; }
    /// Whether anything would be lost with the partial folder.
    [[nodiscard]] bool holdsWork() const { return m_holdsWork; }
    /// Notes a finished unit. Errors: Io.
    [[nodiscard]] Result<void> add(const std::string& unit, const std::string& hash);
    /// Removes the file: the export is complete.
    void remove() const;

    Journal(Journal&& other) noexcept;
    Journal& operator=(Journal&& other) noexcept;
    ~Journal();

private:
    Journal() = default;
    std::string m_path;
    int m_fd = -1;
    bool m_holdsWork = false;
    std::map<std::string, std::string> m_finished;
};

/// Name of the file in the partial folder.
inline constexpr std::string_view kJournalFile = ".bitwright-journal";

} // namespace bitwright::exporting
