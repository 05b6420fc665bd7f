#include "app/cli/command.h"

namespace bitwright::cli {

const std::vector<Command>& commands()
{
    static const std::vector<Command> all = {
        {"info", "List a model's tensors from its headers", registerInfo},
        {"scan", "Measure every statistic and spectrum; resumable", registerScan},
        {"capture", "Record activations by running the model", registerCapture},
        {"options", "List the options that can be chosen", registerOptionsCommand},
        {"score", "Predict the harm of every option on every unit", registerScore},
        {"plan", "Solve for the best plan within a budget", registerPlan},
        {"frontier", "List all non-dominated plans", registerFrontier},
        {"measure", "Run the model with other options and say what they cost", registerMeasure},
        {"quantize", "Run a plan's quantizers and export", registerQuantize},
        {"verify", "Re-read an export independently and compare", registerVerify},
        {"compare", "Compare two checkpoints tensor by tensor", registerCompare},
        {"export-plan", "Write a plan in another form", registerExportPlan},
        {"export-stats", "Write everything measured, for notebooks", registerExportStats},
        {"view", "Draw a chart of the window to a file", registerView},
    };
    return all;
}

} // namespace bitwright::cli
