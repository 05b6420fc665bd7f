#pragma once

#include "views/models/document.h"

namespace bitwright::views {

// What a number of harm is: a proxy's guess, measured by running the model, or calibrated by what was
// measured. Nobody may take one for another, so every text about harm comes from here.

/// Whether the scores come from measurements.
[[nodiscard]] bool harmIsMeasured(const Document& document);
/// Heading of a column or row: "Harm (predicted)" or "Harm (measured)".
[[nodiscard]] QString harmHeading(const Document& document);
/// Of axes and captions: "predicted harm (fisher^0.25, not measured)", "KL in nats per token, measured or
/// calibrated".
[[nodiscard]] QString harmLabel(const Document& document);
/// The same of a whole plan: the sum over its units, which predicts it also where every unit was measured.
[[nodiscard]] QString planHarmLabel(const Document& document);
/// The score of one unit at one option; "\u2248" before one that was calibrated, "unknown" without any.
[[nodiscard]] QString harmText(const plan::PlanSpace::Cell& cell);
/// How it was obtained: "measured on 512 tokens: 0.0105 to 0.0142 (95 %)", "calibrated from 126
/// measurements", "proxy, not measured: fisher^0.25".
[[nodiscard]] QString harmOrigin(const Document& document, const plan::PlanSpace::Cell& cell);

} // namespace bitwright::views
