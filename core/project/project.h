#pragma once

#include "core/base/run_context.h"
#include "core/measure/harm_values.h"
#include "core/model/activation_dump.h"
#include "core/model/checkpoint.h"
#include "core/score/option_error.h"
#include "core/spectra/spectrum.h"
#include "core/stats/weight_stats.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::project {

/// A model or dump that a project was made with.
struct InputRecord
{
    std::string kind; ///< "model" or "dump"
    std::string path;
    std::string identity; ///< Checkpoint::headerIdentity() or ActivationDump::contentHash().
    std::string name;
};

/// A plan as stored: JSON of plan::planToJson, with the time of its last change (UTC, ISO 8601).
struct StoredPlan
{
    std::string name;
    std::string json;
    std::string modified;
};

/// A spectrum as stored: eigenvalues thinned, fits and metrics whole.
struct StoredSpectrum
{
    spectra::Spectrum spectrum; ///< `eigenvalues` is empty; see `esd`.
    spectra::CompactEsd esd;
};

/// The .bwp file: one SQLite database with everything measured, keyed by content, plus plans, notes and view
/// state (schema: docs/project-file.md). Every save is one transaction, so a kill at any moment loses at most
/// the call in work. A stranger's file is opened by SQLite's advice for untrusted databases: no triggers,
/// views or functions of its schema run. Thread safe: calls are serialized.
class Project
{
public:
    /// Opens or creates. Errors: Io, Format ("Not a Bitwright project."), Unsupported for a newer schema.
    [[nodiscard]] static Result<std::shared_ptr<Project>> open(const std::string& path);
    /// Opens an existing file only. Errors: also Io when it does not exist.
    [[nodiscard]] static Result<std::shared_ptr<Project>> openExisting(const std::string& path);
    ~Project();
    Project(const Project&) = delete;
    Project& operator=(const Project&) = delete;

    [[nodiscard]] const std::string& path() const { return m_path; }

    [[nodiscard]] Result<void> setInputs(const std::vector<InputRecord>& inputs);
    [[nodiscard]] Result<std::vector<InputRecord>> inputs() const;

    /// Content hash of a tensor as long as its file's stamp (name, size, mtime, header) is the same.
    [[nodiscard]] Result<std::optional<std::string>> contentHash(
        std::string_view tensor, std::string_view stamp) const;
    [[nodiscard]] Result<void> setContentHash(
        std::string_view tensor, std::string_view stamp, std::string_view content);

    // Results are keyed by content hash and a variant that spells the settings; absent means not measured.
    [[nodiscard]] Result<void> saveWeightStats(std::string_view content, const stats::WeightStats& stats);
    [[nodiscard]] Result<std::optional<stats::WeightStats>> weightStats(std::string_view content) const;
    [[nodiscard]] Result<void> saveSpectrum(std::string_view content, const spectra::Spectrum& spectrum);
    /// Saves what another project held, as thin as it is.
    [[nodiscard]] Result<void> saveSpectrum(std::string_view content, const StoredSpectrum& spectrum);
    [[nodiscard]] Result<std::optional<StoredSpectrum>> spectrum(std::string_view content) const;
    /// `dump` is a content hash, empty when no dump was used.
    [[nodiscard]] Result<void> saveOptionErrors(
        std::string_view content, std::string_view dump, const std::vector<score::OptionError>& errors);
    [[nodiscard]] Result<std::optional<score::OptionError>> optionError(
        std::string_view content, std::string_view dump, std::string_view option) const;

    /// What a change did to one batch of tokens. `subject` is the content key of the unit, or of a whole plan
    /// or the model; `variant` spells option, target and tokens (docs/project-file.md).
    [[nodiscard]] Result<void> saveHarm(
        std::string_view subject, std::string_view variant, const measure::Harm& harm);
    [[nodiscard]] Result<std::optional<measure::Harm>> harm(
        std::string_view subject, std::string_view variant) const;

    /// Copies everything but the inputs into another project; what both hold is taken from this one. One
    /// transaction.
    [[nodiscard]] Result<void> copyInto(Project& other) const;

    [[nodiscard]] Result<void> savePlan(const StoredPlan& plan);
    [[nodiscard]] Result<std::vector<StoredPlan>> plans() const;
    [[nodiscard]] Result<void> removePlan(std::string_view name);

    /// Free-form state: "window/...", "autosave/plan". Absent keys give nothing.
    [[nodiscard]] Result<void> setState(std::string_view key, std::string_view value);
    [[nodiscard]] Result<std::optional<std::string>> state(std::string_view key) const;
    [[nodiscard]] Result<void> removeState(std::string_view key);
    [[nodiscard]] Result<void> setNote(std::string_view subject, std::string_view text);
    [[nodiscard]] Result<std::string> note(std::string_view subject) const;
    /// All notes by subject.
    [[nodiscard]] Result<std::map<std::string, std::string>> notes() const;

private:
    struct Database;
    Project(std::string path, std::unique_ptr<Database> database);
    std::string m_path;
    std::unique_ptr<Database> m_database;
};

} // namespace bitwright::project
