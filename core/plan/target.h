#pragma once

#include "core/plan/unit.h"
#include "core/quant/option.h"

#include <string>
#include <string_view>
#include <vector>

namespace bitwright::plan {

/// An option as a target will really store it for one unit.
struct ResolvedOption
{
    quant::Option option; ///< Grid with the target's scale type filled in.
    std::uint64_t bytes = 0; ///< Everything stored for the unit: codes, scales, zeros, shape records.
    std::string fallback; ///< Why it differs from what was asked for; empty when it does not.
};

/// An export format with its rules. Immutable.
class Target
{
public:
    virtual ~Target() = default;
    [[nodiscard]] virtual std::string id() const = 0; ///< "compressed-tensors"
    [[nodiscard]] virtual std::string description() const = 0;
    /// Which engines read it and how that was checked ("loads in transformers 5.23 with compressed-tensors
    /// 0.20").
    [[nodiscard]] virtual std::string readers() const = 0;
    /// Whether sizes are what a packed file would take while the written file stores plain values
    /// (fake-quant).
    [[nodiscard]] virtual bool simulatedSize() const = 0;
    /// Whether q/k/v, gate/up and experts must agree by default.
    [[nodiscard]] virtual bool tiesByDefault() const = 0;
    /// Whether the option can be stored at all.
    [[nodiscard]] virtual bool isLegal(const quant::Option& option) const = 0;
    /// Every legal option of the catalog.
    [[nodiscard]] virtual std::vector<quant::Option> options() const = 0;
    /// The options that planning uses unless the user names others; quantizer is "rtn", "clip" or "gptq".
    [[nodiscard]] virtual std::vector<quant::Option> defaultOptions(quant::Method method) const = 0;
    /// Applies shape rules to one unit: exact bytes, and a named fallback where the shape does not allow what
    /// was asked for. Errors: Unsupported when the target cannot store the option at all.
    [[nodiscard]] virtual Result<ResolvedOption> resolve(
        const Unit& unit, const quant::Option& option) const = 0;
    /// What the user should know about a legal choice although the target can store it; empty when there is
    /// nothing.
    [[nodiscard]] virtual std::string caution(const Unit&, const ResolvedOption&) const { return {}; }
};

/// nullptr-free lookup. Errors: InvalidArgument listing the known targets.
[[nodiscard]] Result<const Target*> targetFromId(std::string_view id);
[[nodiscard]] const std::vector<const Target*>& allTargets();

} // namespace bitwright::plan
