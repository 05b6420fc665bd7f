#pragma once

#include "core/base/run_context.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bitwright::cli {

/// Exit codes of the command-line contract.
enum ExitCode
{
    kDone = 0,
    kCheckFailed = 1,
    kUsage = 2,
    kBadInput = 3,
    kCannotWrite = 4,
    kCancelled = 130,
};

/// Options that every command has, and the run that they make.
struct Common
{
    bool json = false;
    bool quiet = false;
    int threads = 0;
    std::uint64_t seed = 0;
    std::size_t memoryMiB = 0;
    mutable std::vector<std::string>
        outputs; ///< What the command writes: an Io error there has its own code.

    /// Context with Ctrl-C as its stop and progress on stderr (unless quiet or not a terminal).
    [[nodiscard]] RunContext context() const;
    /// Ends the progress line.
    void progressDone() const;
};

/// A command registers its options on a subcommand and returns what to run. The run prints and gives an exit
/// code; an Error is printed as one line by main.
using Run = std::function<Result<int>(const Common&)>;
using Register = Run (*)(CLI::App& app);

struct Command
{
    const char* name;
    const char* summary;
    Register registerOptions;
};
[[nodiscard]] const std::vector<Command>& commands();

/// Maps an error to the contract's exit code: Cancelled 130, Infeasible 1, InvalidArgument 2, Io at one of
/// `outputs` or inside of it 4, else 3.
[[nodiscard]] int exitCodeOf(const Error& error, const std::vector<std::string>& outputs);

/// Prints an error as the one line on stderr.
void printError(const Error& error);
/// What a check that failed with an error comes to: a printed line and exit code 1 for a mismatch, else the
/// error itself.
[[nodiscard]] Result<int> checkFailed(Error error);

/// Prints one JSON document on stdout.
void printJson(const nlohmann::json& document);
/// Prints text on stdout.
void printLine(const std::string& text);

/// A double as JSON: null for NaN and infinities, which JSON has no numbers for.
[[nodiscard]] nlohmann::json numberOrNull(double value);
[[nodiscard]] nlohmann::json optionalNumber(const std::optional<double>& value);

Run registerInfo(CLI::App& app);
Run registerScan(CLI::App& app);
Run registerCapture(CLI::App& app);
Run registerScore(CLI::App& app);
Run registerOptionsCommand(CLI::App& app);
Run registerPlan(CLI::App& app);
Run registerFrontier(CLI::App& app);
Run registerMeasure(CLI::App& app);
Run registerQuantize(CLI::App& app);
Run registerVerify(CLI::App& app);
Run registerCompare(CLI::App& app);
Run registerExportPlan(CLI::App& app);
Run registerExportStats(CLI::App& app);
Run registerView(CLI::App& app);

} // namespace bitwright::cli
