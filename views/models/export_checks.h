#pragma once

#include "core/export/exporter.h"

#include <QCoreApplication>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace bitwright::views {

/// What a row of the list of checks offers to do.
enum class Remedy
{
    SelectUnits, ///< Selects the units that the row names, in every view.
    TieUnits, ///< Gives fused tensors one option.
    KeepNonFinite, ///< Leaves tensors with NaN or Inf unquantized.
    BlockNonFinite, ///< Takes that decision back.
    Scan,
    OpenDump,
    RoundToNearest, ///< Plans without the quantizer that needs what is missing.
    ChooseFolder,
    FreeName, ///< Another name for the folder, which nothing has yet.
    AllowReplace,
    ForbidReplace,
    DiscardPartial, ///< Removes what an interrupted export left.
};

/// One question asked before an export starts, with its answer.
struct ExportCheck
{
    enum class State
    {
        Good,
        Note,
        Warning,
        Blocking,
        Unknown,
    };
    QString id; ///< Stable: "target", "ties", "fallbacks", ...
    QString title;
    State state = State::Good;
    QString text;
    QStringList details; ///< One line per unit or file.
    QStringList units; ///< Names of the units that are meant, for SelectUnits.
    std::vector<Remedy> remedies;
};

/// What the answers are made from.
struct ExportSituation
{
    exporting::Outlook outlook;
    QString target; ///< Id.
    QString readers; ///< What loads the target, and how that was tried.
    QString folder;
    int scannedTensors = 0;
    int tensors = 0;
    bool keepNonFinite = false;
    bool replace = false;
    bool hasDump = false;
    std::uint64_t bytes = 0, keptBytes = 0; ///< Of all weights, and of those that no plan decides.
    QString largestKept; ///< Name of the largest of these.
    QString harm; ///< Of the plan, as it is predicted; empty where some of its options have no score.
    QString
        measured; ///< Of exactly this plan, where it was run: "measured 0.36 (0.32 to 0.41, 95 %) on ...".
    std::optional<double> seconds; ///< Estimate; nothing while unknown.
    bool fromEarlierExport = false; ///< The estimate comes from an earlier export, not from a trial.
};

/// All questions, in the order in which they are shown. Free of widgets and of the file system.
class ExportChecks
{
    Q_DECLARE_TR_FUNCTIONS(bitwright::views::ExportChecks)

public:
    [[nodiscard]] static std::vector<ExportCheck> of(const ExportSituation& situation);
    [[nodiscard]] static QString stateText(ExportCheck::State state);
    /// Words of a remedy's button, for a check that means these units, and what it does.
    [[nodiscard]] static QString remedyText(Remedy remedy, const QStringList& units = {});
    [[nodiscard]] static QString remedyToolTip(Remedy remedy);

private:
    [[nodiscard]] static ExportCheck planCheck(const ExportSituation& situation);
    [[nodiscard]] static ExportCheck targetCheck(const ExportSituation& situation);
    [[nodiscard]] static ExportCheck tieCheck(const ExportSituation& situation);
    [[nodiscard]] static ExportCheck fallbackCheck(const ExportSituation& situation);
    [[nodiscard]] static ExportCheck nonFiniteCheck(const ExportSituation& situation);
    [[nodiscard]] static ExportCheck calibrationCheck(const ExportSituation& situation);
    [[nodiscard]] static ExportCheck outputCheck(const ExportSituation& situation);
    [[nodiscard]] static ExportCheck spaceCheck(const ExportSituation& situation);
    [[nodiscard]] static ExportCheck harmCheck(const ExportSituation& situation);
    [[nodiscard]] static ExportCheck timeCheck(const ExportSituation& situation);
};

} // namespace bitwright::views
