#include "app/cli/command.h"
#include "app/cli/plan_setup.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <spawn.h>
#include <sys/wait.h>

extern char** environ;

namespace bitwright::cli {

namespace {

struct ViewArguments
{
    std::string project, view, out, tensor, measure, criterion, channel, score, theme = "light",
                                                                                size = "1200x800";
};

/// The window's program beside this one; charts need Qt, which this program does without.
Result<std::string> guiProgram()
{
    std::error_code failed;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
    const auto beside = failed ? std::filesystem::path() : self.parent_path() / "bitwright";
    if (failed || !std::filesystem::exists(beside, failed))
        return fail(ErrorCode::Unsupported,
            "Charts are drawn by the \"bitwright\" program, which is not installed beside bitwright-cli. "
            "Install or build it.");
    return beside.string();
}

/// Runs a program with a changed environment and returns its exit status.
Result<int> runProgram(const std::vector<std::string>& words)
{
    std::vector<std::string> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        if (std::strncmp(*entry, "QT_QPA_PLATFORM=", 16) != 0)
            environment.emplace_back(*entry);
    }
    environment.emplace_back("QT_QPA_PLATFORM=offscreen");
    const auto pointers = [](const std::vector<std::string>& strings) {
        std::vector<char*> out;
        for (const auto& text : strings)
            out.push_back(const_cast<char*>(text.c_str())); // posix_spawn does not write to them
        out.push_back(nullptr);
        return out;
    };
    pid_t child = 0;
    const int status = posix_spawn(
        &child, words[0].c_str(), nullptr, nullptr, pointers(words).data(), pointers(environment).data());
    if (status != 0)
        return fail(ErrorCode::Io, "Cannot start {}: {}.", words[0], std::strerror(status));
    int ended = 0;
    if (waitpid(child, &ended, 0) < 0)
        return fail(ErrorCode::Io, "Lost track of {}.", words[0]);
    if (WIFEXITED(ended))
        return WEXITSTATUS(ended);
    return fail(ErrorCode::Internal, "{} ended by signal {}.", words[0], WTERMSIG(ended));
}

} // namespace

Run registerView(CLI::App& app)
{
    auto arguments = std::make_shared<ViewArguments>();
    app.add_option("PROJECT", arguments->project, "Project made by scan (.bwp)")->required();
    app.add_option("--view", arguments->view,
           "overview, activation-maxima, outlier-map, outlier-map/trace, weights, weights/histogram, "
           "weights/image, weights/error, weights/scales, weights/channels, spectrum, spectrum/loglog, "
           "spectrum/density, spectrum/alpha, sensitivity, sensitivity/options, pareto, difference, harm")
        ->required();
    app.add_option("-o,--out", arguments->out, "File to write: .svg, .png or .pdf")->required();
    app.add_option("--tensor", arguments->tensor,
        "Tensor to show: its name, or a part that no other has; else one that tells much");
    app.add_option("--measure", arguments->measure, "Of the outlier map: max, rms, kurtosis or share");
    app.add_option("--criterion", arguments->criterion,
        "Over the outlier map: none, int8-joint, int8-separate, inf-norm, kurtosis, osp-kurtosis or "
        "crossquant");
    app.add_option("--channel", arguments->channel,
        "Channel that the outlier map pins and its trace shows, from 0; else the one with the largest value");
    app.add_option("--score", arguments->score,
        "Score that predicts harm in overview, sensitivity, pareto, difference and harm: " + scoreWords());
    app.add_option("--theme", arguments->theme, "light or dark")->check(CLI::IsMember({"light", "dark"}));
    app.add_option("--size", arguments->size, "Size in pixels, for example 1200x800");
    return [arguments](const Common& common) -> Result<int> {
        BITWRIGHT_ASSIGN(const auto program, guiProgram());
        std::vector<std::string> words = {program, "--render", arguments->view, "--output", arguments->out,
            "--theme", arguments->theme, "--size", arguments->size};
        const std::pair<const char*, const std::string*> chosen[] = {{"--tensor", &arguments->tensor},
            {"--measure", &arguments->measure}, {"--criterion", &arguments->criterion},
            {"--channel", &arguments->channel}, {"--score", &arguments->score}};
        for (const auto& [name, value] : chosen)
            if (!value->empty())
                words.push_back(std::string(name) + '=' + *value); // a value may begin with a dash
        words.push_back(arguments->project);
        BITWRIGHT_ASSIGN(const int code, runProgram(words));
        if (code == 0 && common.json)
            printJson({{"file", arguments->out}, {"view", arguments->view}});
        return code;
    };
}

} // namespace bitwright::cli
