#include "app/cli/command.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>

namespace {

using namespace bitwright;
using namespace bitwright::cli;

/// Runs the chosen command; every failure becomes one line on stderr and an exit code.
int runCommand(const Run& run, const Common& common)
{
    try {
        const auto code = run(common);
        common.progressDone();
        if (code)
            return *code;
        printError(code.error());
        return exitCodeOf(code.error(), common.outputs);
    } catch (const std::bad_alloc&) {
        std::fputs("bitwright-cli: Not enough memory. Lower --threads or --memory, or free some.\n", stderr);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bitwright-cli: Internal error: %s\n", failure.what());
    }
    return kBadInput;
}

void addCommonOptions(CLI::App& app, Common& common)
{
    app.add_flag("--json", common.json, "Print one JSON document on stdout and nothing else");
    app.add_flag("--quiet", common.quiet, "No progress on stderr");
    app.add_option("--threads", common.threads, "Worker threads; 0 takes all. Results never depend on it")
        ->check(CLI::Range(0, 4096));
    app.add_option("--seed", common.seed, "Seed of everything random");
    app.add_option("--memory", common.memoryMiB, "Working memory in MiB; 0 takes 60 % of the machine's")
        ->check(CLI::Range(std::size_t{0}, std::size_t{1} << 30));
}

/// What CLI11 says, on one line and with a full stop.
std::string sentence(std::string text)
{
    std::replace(text.begin(), text.end(), '\n', ' ');
    while (!text.empty() && text.back() == ' ')
        text.pop_back();
    if (!text.empty() && text.back() != '.')
        text += '.';
    return escapedForDisplay(text);
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App app("Bitwright: see and place the bits of neural networks", "bitwright-cli");
    app.set_version_flag("--version", "bitwright-cli " BITWRIGHT_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    app.footer("Exit codes: 0 done, 1 the check did not hold, 2 wrong usage, 3 bad input, 4 could not write, "
               "130 canceled.");
    Common common;
    addCommonOptions(app, common);
    int status = kUsage;
    for (const auto& command : commands()) {
        CLI::App* sub = app.add_subcommand(command.name, command.summary);
        Run run = command.registerOptions(*sub);
        sub->final_callback([run = std::move(run), &common, &status] { status = runCommand(run, common); });
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& problem) {
        // CLI11's own codes are above 100; the contract knows one code for wrong usage, and one line.
        if (problem.get_exit_code() == 0)
            return app.exit(problem);
        const auto chosen = app.get_subcommands();
        std::fprintf(stderr, "bitwright-cli: %s See bitwright-cli %s--help.\n",
            sentence(problem.what()).c_str(),
            chosen.empty() ? "" : (chosen.front()->get_name() + " ").c_str());
        return kUsage;
    }
    return status;
}
