#pragma once

#include "core/plan/plan.h"
#include "tests/support/memory_checkpoint.h"

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::testing {

/// A small Llama-like model of headers only: `blocks` blocks of width 128 with 192 inner channels, an
/// embedding that no plan decides, and a head.
inline MemoryCheckpoint planModel(int blocks = 2)
{
    using model::DType;
    MemoryCheckpoint checkpoint("llama", "toy");
    checkpoint.addHeader("lm_head.weight", DType::BF16, {256, 128});
    checkpoint.addHeader("model.embed_tokens.weight", DType::BF16, {256, 128});
    for (int block = 0; block < blocks; ++block) {
        const std::string p = "model.layers." + std::to_string(block) + ".";
        checkpoint.addHeader(p + "input_layernorm.weight", DType::BF16, {128});
        checkpoint.addHeader(p + "mlp.down_proj.weight", DType::BF16, {128, 192});
        checkpoint.addHeader(p + "mlp.gate_proj.weight", DType::BF16, {192, 128});
        checkpoint.addHeader(p + "mlp.up_proj.weight", DType::BF16, {192, 128});
        checkpoint.addHeader(p + "self_attn.k_proj.weight", DType::BF16, {64, 128});
        checkpoint.addHeader(p + "self_attn.o_proj.weight", DType::BF16, {128, 128});
        checkpoint.addHeader(p + "self_attn.q_proj.weight", DType::BF16, {128, 128});
        checkpoint.addHeader(p + "self_attn.v_proj.weight", DType::BF16, {64, 128});
    }
    return checkpoint;
}

inline std::vector<quant::Option> planOptions(const std::vector<std::string_view>& ids)
{
    std::vector<quant::Option> options;
    for (const std::string_view id : ids)
        options.push_back(quant::optionFromId(id).value());
    return options;
}

/// Scores of every unit for every option as the target stores it: (1 + place of the unit) 4^-bits.
inline score::ScoreTable planScores(const model::Checkpoint& checkpoint, const plan::Target& target,
    const std::vector<quant::Option>& options)
{
    score::ScoreTable table;
    table.provenance.label = "predicted by a test, not measured";
    double sensitivity = 0;
    for (const plan::Unit& unit : plan::unitsOf(checkpoint)) {
        sensitivity += 1;
        score::UnitScores scores;
        scores.unit = unit.name;
        for (const quant::Option& option : options)
            if (const auto resolved = target.resolve(unit, option); resolved && option.grid)
                scores.options.push_back({resolved->option.id,
                    sensitivity * std::pow(4.0, -option.grid->bits), 6.0 * option.grid->bits});
        table.units.push_back(std::move(scores));
    }
    return table;
}

} // namespace bitwright::testing
