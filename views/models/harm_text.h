#pragma once

#include "views/models/document.h"

namespace bitwright::views {

// What a number of harm is: a proxy's guess, measured by running the model, or calibrated by what was
// measured. Nobody may take one for another, so every text about harm comes from here.

/// Whether the scores come from measurements.
[[nodiscard]] bool harmIsMeasured(const Document& document);
/// Heading of a column or row: "Harm (predicted)" or "Harm (from runs)".
[[nodiscard]] QString harmHeading(const Document& document);
/// In what harm counts, short: "KL in nats per token", "cosine distance", "fisher^0.25, not measured".
[[nodiscard]] QString harmUnit(const Document& document);
/// Of single units, for axes and captions: "predicted harm (fisher^0.25, not measured)", "KL in nats per
/// token, measured on up to 1024 tokens".
[[nodiscard]] QString harmLabel(const Document& document);
/// Of a whole plan, for axes: what its units do one by one only predicts it, also where every unit was
/// measured. "predicted harm, nats per token (sum over measured units)".
[[nodiscard]] QString planHarmLabel(const Document& document);
/// The same in a line: `number` with what it is, "predicted harm 0.00432 nats per token: sum over units
/// measured on up to 1024 tokens".
[[nodiscard]] QString planHarmText(const Document& document, const QString& number);
/// The score of one unit at one option; "\u2248" before one that was calibrated, "unknown" without any.
[[nodiscard]] QString harmText(const plan::PlanSpace::Cell& cell);
/// How it was obtained: "measured on 512 tokens: 0.0105 to 0.0142 (95 %)", "calibrated from 126
/// measurements", "proxy, not measured: fisher^0.25".
[[nodiscard]] QString harmOrigin(const Document& document, const plan::PlanSpace::Cell& cell);

} // namespace bitwright::views
