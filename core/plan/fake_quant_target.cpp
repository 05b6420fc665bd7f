#include "core/plan/target_rules.h"

namespace bitwright::plan {

namespace {

/// Quantized values written back as ordinary floats: every engine loads it, no byte is saved.
class FakeQuantTarget final : public Target
{
public:
    [[nodiscard]] std::string id() const override { return "fake-quant"; }
    [[nodiscard]] std::string description() const override
    {
        return "safetensors with quantized values stored as ordinary floats: shows the harm of a plan in any "
               "engine. Sizes are "
               "those of a packed file, not of the file written.";
    }
    [[nodiscard]] std::string readers() const override
    {
        return "Anything that reads safetensors; tensor names, shapes and dtypes are those of the source.";
    }
    [[nodiscard]] bool simulatedSize() const override { return true; }
    [[nodiscard]] bool tiesByDefault() const override { return false; }
    [[nodiscard]] bool isLegal(const quant::Option&) const override { return true; }
    [[nodiscard]] std::vector<quant::Option> options() const override { return legalCatalog(*this); }

    [[nodiscard]] std::vector<quant::Option> defaultOptions(quant::Method method) const override
    {
        // One option per width, and NF4 at 4.5 bits, whose levels follow the bell shape of weights. FP8 is
        // left out: it takes more bits than int7 at several dB less.
        return optionsFromIds({"int2-asym-g128", "int3-asym-g128", "int4-asym-g128", "nf4-g64",
                                  "int5-asym-g128", "int6-asym-g128", "int7-asym-g128", "int8-asym-g128"},
            method);
    }

    [[nodiscard]] Result<ResolvedOption> resolve(const Unit& unit, const quant::Option& option) const override
    {
        const std::uint64_t bytes
            = option.grid ? option.grid->storedBytes(unit.rows, unit.cols) : keptBytes(unit);
        return ResolvedOption{option, bytes, {}};
    }
};

} // namespace

const Target* fakeQuantTarget()
{
    static const FakeQuantTarget target;
    return &target;
}

} // namespace bitwright::plan
