#pragma once

#include "views/charts/size_treemap.h"
#include "views/models/document.h"

namespace bitwright::views {

// What the overview draws. Free functions without widgets, so that they are tested alone.

[[nodiscard]] std::vector<TreemapItem> treemapItems(const Document& document);

} // namespace bitwright::views
