#pragma once

#include "core/plan/plan.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::plan {

// Plans to hold another one against: of its size, by rules that look at no score.

enum class RivalRule
{
    Uniform, ///< One option on every unit.
    EvenMix, ///< Two neighboring options, the wider one spread evenly over the depth.
    Ends, ///< The wider option on the first and last blocks, alternating inward.
    ValueDown, ///< The wider option on v_proj and down_proj, as llama.cpp's mixes choose them.
};
/// "uniform", "even mix", "ends", "value-down".
[[nodiscard]] std::string_view ruleWord(RivalRule rule);

struct Rival
{
    RivalRule rule = RivalRule::Uniform;
    std::vector<std::string> options; ///< That the rule gave to some unit, by rising size.
    std::string description; ///< One line: the rule, and how many units have which option.
    Plan plan; ///< Named by rule and number formats; locks, ties and notes are those of the plan it is held
               ///< against.
    PlanSize size;
};

/// A rival whose planned units take less than this share of the bytes is of another size: none at all.
inline constexpr double kRivalShare = 0.97;
/// From this share on a uniform plan is the rival; below it the even mix is.
inline constexpr double kUniformShare = 0.985;

/// Options to build the space of a plan's rivals from: the target's default ones of the quantizer that most
/// quantized units of the plan have (round to nearest, clip search or GPTQ, with its order of columns), and
/// all that the plan has itself, so that its locks can be kept. Errors: InvalidArgument for an option that
/// cannot be read.
[[nodiscard]] Result<std::vector<quant::Option>> rivalOptions(const Target& target, const Plan& plan);

/// The uniform rival of a plan of `bytes` (of all weights of the file): the largest uniform plan that is not
/// larger, where its planned units take kUniformShare of the plan's. Else the even mix of the next smaller
/// and the next larger uniform plan: units outside of blocks take the wider option where half of the step
/// between the two is to be spent, then tied groups in the order of depth by error diffusion, then whatever
/// still fits, the largest first. Where large units leave bytes over, the next wider option takes part too,
/// and what is still left is topped up by any option. Never larger than `bytes`. Options count whose
/// quantizer is the plan's (rivalOptions). Nothing where no such plan takes kRivalShare. Scores play no part,
/// `space` may have none. Cost: O(units x options). Errors: those of PlanSpace::uniform (locks that cannot be
/// honored), and of unitBudgetFromBytes.
[[nodiscard]] Result<std::optional<Rival>> uniformRival(
    const PlanSpace& space, const Plan& plan, std::uint64_t bytes);

/// Presets that people use, filled to the same size: RivalRule::Ends and RivalRule::ValueDown. Between the
/// next uniform plan below kUniformShare and the next larger one of more bits: what they are about is where
/// bits go, and two group sizes of one width say little about that. ValueDown takes the groups with a value
/// or down projection in the order of llama.cpp's use_more_bits (the first eighth of the blocks, the last
/// eighth, every third between), then the other ones of them, then everything else, by depth. A group that
/// does not fit any more is passed over, and what is left is topped up as above. Without those that are the
/// uniform rival, or each other, or too small. Errors: those of uniformRival.
[[nodiscard]] Result<std::vector<Rival>> presetRivals(
    const PlanSpace& space, const Plan& plan, std::uint64_t bytes);

} // namespace bitwright::plan
