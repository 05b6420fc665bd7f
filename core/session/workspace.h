#pragma once

#include "core/export/exporter.h"
#include "core/plan/plan.h"
#include "core/project/project.h"
#include "core/score/measured.h"
#include "core/session/harm_results.h"
#include "core/spectra/spectrum.h"
#include "core/stats/weight_stats.h"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace bitwright::session {

/// What a person or script opens together. Any of the paths may be empty, but not all.
struct Inputs
{
    std::string model; ///< File or folder; taken from the project when empty.
    std::vector<std::string> dumps; ///< The first one drives scores; taken from the project when empty.
    std::string project; ///< .bwp; empty keeps results in memory only.
    bool allowMissingShards = false; ///< Open what is there of a model whose index names more.
};

/// Sorts paths as dropped or typed into model, dumps and project by looking at them. Errors: InvalidArgument,
/// Io.
[[nodiscard]] Result<Inputs> sortInputs(const std::vector<std::string>& paths);

struct ScanSettings
{
    bool statistics = true;
    bool spectra = true; ///< For quantizable matrices.
    stats::WeightStatsSettings weight;
    spectra::SpectrumOptions spectrum;
};

/// One finished tensor of a scan. An error stays with its tensor; the scan goes on.
struct TensorResult
{
    model::TensorIndex tensor = 0;
    std::shared_ptr<const stats::WeightStats> stats;
    std::shared_ptr<const project::StoredSpectrum> spectrum;
    std::optional<Error> error;
    bool fromProject = false;
};

/// A model with its dumps and its project: everything that commands and the window do with them. Opening
/// reads headers only. Const functions are thread safe; long ones take a RunContext and store results in the
/// project as they finish.
class Workspace
{
public:
    [[nodiscard]] static Result<std::shared_ptr<Workspace>> open(const Inputs& inputs);

    [[nodiscard]] const model::Checkpoint& checkpoint() const { return *m_checkpoint; }
    [[nodiscard]] std::shared_ptr<const model::Checkpoint> checkpointPtr() const { return m_checkpoint; }
    /// A dump may be added while others read: what is here stays, in its place.
    [[nodiscard]] std::vector<std::shared_ptr<const model::ActivationDump>> dumps() const;
    /// The first dump, or nullptr. Valid while the workspace is.
    [[nodiscard]] const model::ActivationDump* dump() const;
    /// Adds a dump after checking that it fits the model.
    [[nodiscard]] Result<void> addDump(const std::string& path);
    /// The same for a dump that was opened and checked already.
    [[nodiscard]] Result<void> addOpenDump(std::shared_ptr<const model::ActivationDump> dump);
    /// nullptr when results live in memory only.
    [[nodiscard]] std::shared_ptr<project::Project> project() const;
    /// Copies everything known into a project file; the workspace stays in its present one. A new file
    /// appears when it is whole; into an existing project everything is added. Results that are stored
    /// meanwhile may be missing in the copy.
    [[nodiscard]] Result<std::shared_ptr<project::Project>> copyProject(const std::string& path) const;
    /// Goes on in another project; jobs that have begun finish in the one that they began with.
    void continueIn(std::shared_ptr<project::Project> next);
    /// Both at once; after an error work goes on in the present project.
    [[nodiscard]] Result<void> saveProjectAs(const std::string& path);
    /// What opening left out, one line each.
    [[nodiscard]] const std::vector<std::string>& warnings() const { return m_warnings; }
    [[nodiscard]] const std::vector<plan::Unit>& units() const { return m_units; }

    /// Measures every tensor; skips what the project already holds. `onTensor` is called from worker threads,
    /// one call at a time.
    [[nodiscard]] Result<void> scan(const ScanSettings& settings,
        const std::function<void(const TensorResult&)>& onTensor, const RunContext& context);
    /// What is known about a tensor so far (memory, then project); empty members when not measured.
    [[nodiscard]] TensorResult known(model::TensorIndex tensor) const;
    /// Names of tensors in which a scan found NaN or Inf.
    [[nodiscard]] std::vector<std::string> nonFiniteTensors() const;

    /// The options to measure on a unit: as the target resolved them, so that the numbers belong to the bytes
    /// that it stores.
    using OptionsOf = std::function<std::vector<quant::Option>(const plan::Unit&)>;
    using OnUnit
        = std::function<void(const std::string& unit, const Result<std::vector<score::OptionError>>&)>;

    /// Measures options on every unit (skipping what the project holds); a unit that cannot be measured (NaN)
    /// is left out and reported through `onUnit`, which is called from worker threads, one call at a time.
    [[nodiscard]] Result<score::UnitErrors> measureOptions(
        const OptionsOf& optionsOf, const OnUnit& onUnit, const RunContext& context);

    /// Resolves `options` for every unit of a target, measures them, scores them and builds the space to plan
    /// in.
    [[nodiscard]] Result<plan::PlanSpace> planSpace(const plan::Target& target,
        const std::vector<quant::Option>& options, const score::ScoreSettings& settings, bool ties,
        const RunContext& context, const OnUnit& onUnit = {});

    // What measuring by running the model stores (docs/project-file.md): in the project, else in memory.

    /// Content hash of a tensor: from the project while its file is the same, else by reading it.
    [[nodiscard]] Result<std::string> contentHash(model::TensorIndex tensor, const RunContext& context) const;
    /// Key of a unit: its tensor's hash and its name; equal bytes elsewhere are not of equal harm.
    [[nodiscard]] static std::string unitContent(const plan::Unit& unit, const std::string& tensorContent);
    [[nodiscard]] Result<std::optional<measure::Harm>> storedHarm(
        const std::string& subject, const std::string& variant) const;
    [[nodiscard]] Result<void> storeHarm(
        const std::string& subject, const std::string& variant, const measure::Harm& harm);
    /// The texts that units were measured on, the latest last.
    [[nodiscard]] Result<MeasuredSets> measuredSets() const;
    /// Notes that `unit` has a result on these tokens; what was measured on others stays.
    [[nodiscard]] Result<void> noteMeasured(const MeasuredTokens& tokens, const std::string& unit);
    /// Variant of a unit's harm in storage; `dump` where the option's quantizer reads it.
    [[nodiscard]] static std::string harmVariant(const quant::Option& stored, std::string_view target,
        const std::string& part, const model::ActivationDump* dump);
    using OnHarm = std::function<void(const plan::Unit&, const quant::Option&, const HarmResult&)>;
    /// Everything measured that belongs to `optionsOf` (as the target stores them), joined over parts; of a
    /// pair that was measured on several texts, what has the most tokens, of equals the latest. Too few
    /// tokens for an interval are no measurement. Empty when nothing was measured. `onHarm` sees each with
    /// its values by token.
    [[nodiscard]] Result<score::MeasuredHarm> measuredHarm(const plan::Target& target,
        const OptionsOf& optionsOf, const RunContext& context, const OnHarm& onHarm = {}) const;
    /// ScoreKind::Measured where the harm of enough units was measured to calibrate the others by, else what
    /// the first dump allows.
    [[nodiscard]] score::ScoreKind defaultScore() const;

private:
    Workspace() = default;
    [[nodiscard]] Result<void> storeHarms(project::Project& into) const;
    /// What was measured of one pair on these tokens, as far as it came; nothing where its first part is
    /// missing.
    [[nodiscard]] Result<std::optional<HarmResult>> joinedHarm(const MeasuredTokens& tokens,
        const std::string& subject, const quant::Option& option, std::string_view target,
        std::uint64_t seed) const;
    [[nodiscard]] std::string stampOf(model::TensorIndex tensor) const;
    /// Key of what was measured with a dump; nullptr: without any.
    [[nodiscard]] static std::string hashOf(const model::ActivationDump* dump);
    /// `dump` is one for all units of a job, whatever is added meanwhile.
    [[nodiscard]] Result<score::UnitErrors> measureWith(const model::ActivationDump* dump,
        const OptionsOf& optionsOf, const OnUnit& onUnit, const RunContext& context);
    [[nodiscard]] Result<void> rememberInputs(project::Project& into) const;
    [[nodiscard]] Result<void> storeEverything(project::Project& into) const;
    [[nodiscard]] Result<void> copyEverything(project::Project& into) const;
    [[nodiscard]] Result<TensorResult> scanTensor(
        model::TensorIndex tensor, const ScanSettings& settings, const RunContext& context);
    void remember(const TensorResult& result);
    [[nodiscard]] Result<std::vector<score::OptionError>> measureUnit(const plan::Unit& unit,
        const model::ActivationDump* dump, const std::vector<quant::Option>& options,
        const RunContext& context);

    std::shared_ptr<const model::Checkpoint> m_checkpoint;
    mutable std::mutex m_inputsMutex; ///< Guards the next two alone.
    std::vector<std::shared_ptr<const model::ActivationDump>> m_dumps;
    std::shared_ptr<project::Project> m_project;
    std::vector<plan::Unit> m_units;
    std::vector<std::string> m_warnings;
    mutable std::mutex m_mutex; ///< Guards the caches below.
    mutable std::unordered_map<model::TensorIndex, TensorResult> m_results;
    mutable std::unordered_map<model::TensorIndex, std::string> m_hashes;
    /// By (dump, unit) and option, for workspaces without a project.
    std::map<std::pair<std::string, std::string>, std::map<std::string, score::OptionError>> m_errors;
    /// By subject and variant, for workspaces without a project.
    std::map<std::pair<std::string, std::string>, measure::Harm> m_harms;
    MeasuredSets m_measuredSets;
};

} // namespace bitwright::session
