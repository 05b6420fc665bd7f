#pragma once

#include <QString>

namespace bitwright::views {

// What a legend calls a site by its label: "0 mlp contribution" would read as no contribution, a bare "3" as
// nothing at all.
[[nodiscard]] QString siteWords(const QString& label);

} // namespace bitwright::views
