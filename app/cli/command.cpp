#include "app/cli/command.h"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <unistd.h>

namespace bitwright::cli {

namespace {

std::stop_source& interruptSource()
{
    static std::stop_source source;
    return source;
}

int g_wakePipe[2] = {-1, -1};

/// Only write() is safe here; a thread turns the byte into a stop request.
void onInterrupt(int)
{
    const char byte = 1;
    [[maybe_unused]] const auto written = write(g_wakePipe[1], &byte, 1);
}

void installInterruptHandler()
{
    static const bool once = [] {
        if (pipe(g_wakePipe) != 0)
            return false;
        std::thread([] {
            char byte = 0;
            while (read(g_wakePipe[0], &byte, 1) == 1)
                interruptSource().request_stop();
        }).detach();
        struct sigaction action = {};
        action.sa_handler = onInterrupt;
        action.sa_flags = static_cast<int>(SA_RESETHAND); // a second Ctrl-C ends the program the hard way
        sigaction(SIGINT, &action, nullptr);
        sigaction(SIGTERM, &action, nullptr);
        return true;
    }();
    (void)once;
}

/// One line on stderr that is rewritten at most ten times a second.
class ProgressLine
{
public:
    void show(double fraction, std::string_view stage)
    {
        const auto now = std::chrono::steady_clock::now();
        if (fraction < 1.0 && now - m_last < std::chrono::milliseconds(100))
            return;
        m_last = now;
        std::string text = escapedForDisplay(stage);
        if (text.size() > 60)
            text = "..." + text.substr(text.size() - 57);
        std::fprintf(stderr, "\r%5.1f %%  %-60s", 100.0 * fraction, text.c_str());
        std::fflush(stderr);
    }

private:
    std::chrono::steady_clock::time_point m_last;
};

} // namespace

RunContext Common::context() const
{
    installInterruptHandler();
    RunContext context;
    context.threads = threads;
    context.seed = seed;
    context.memoryBudget = memoryMiB << 20;
    context.stop = interruptSource().get_token();
    if (!quiet && isatty(STDERR_FILENO) != 0) {
        auto line = std::make_shared<ProgressLine>();
        context.progress = [line](double fraction, std::string_view stage) { line->show(fraction, stage); };
    }
    return context;
}

void Common::progressDone() const
{
    if (!quiet && isatty(STDERR_FILENO) != 0)
        std::fprintf(stderr, "\r%*s\r", 72, "");
}

namespace {

/// Whether an error concerns `output`, something inside of it, or the folder in which it is prepared.
bool isAt(const std::string& file, const std::string& output)
{
    if (output.empty() || file.compare(0, output.size(), output) != 0)
        return false;
    const std::string_view rest = std::string_view(file).substr(output.size());
    return rest.empty() || output.back() == '/' || rest.front() == '/' || rest.substr(0, 8) == ".partial";
}

} // namespace

int exitCodeOf(const Error& error, const std::vector<std::string>& outputs)
{
    switch (error.code) {
    case ErrorCode::Cancelled:
        return kCancelled;
    case ErrorCode::Infeasible:
        return kCheckFailed;
    case ErrorCode::InvalidArgument:
        return kUsage;
    case ErrorCode::Io: {
        // Io covers reading and writing: where it happened tells them apart, or what the writer says.
        const bool writing = error.message.find("Not saved") != std::string::npos
            || error.message.find("Cannot write") != std::string::npos
            || std::any_of(outputs.begin(), outputs.end(),
                [&](const std::string& output) { return isAt(error.file, output); });
        return writing ? kCannotWrite : kBadInput;
    }
    default:
        return kBadInput;
    }
}

void printError(const Error& error)
{
    std::fprintf(stderr, "bitwright-cli: %s\n", error.oneLine().c_str());
}

Result<int> checkFailed(Error error)
{
    if (error.code != ErrorCode::Mismatch)
        return fail(std::move(error));
    printError(error);
    return kCheckFailed;
}

void printJson(const nlohmann::json& document)
{
    // Names come from files: invalid UTF-8 is replaced, never a reason to abort.
    printLine(document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void printLine(const std::string& text)
{
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fputc('\n', stdout);
}

nlohmann::json numberOrNull(double value)
{
    return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr);
}

nlohmann::json optionalNumber(const std::optional<double>& value)
{
    return value ? numberOrNull(*value) : nlohmann::json(nullptr);
}

} // namespace bitwright::cli
