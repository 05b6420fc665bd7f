#pragma once

#include "core/base/error.h"
#include "core/score/score_table.h"

#include <QString>
#include <QStringList>

#include <string_view>

namespace bitwright::views {

// The core speaks English, in logs, files and on the command line. What of it a person meets in the window is
// put into the language of the window here, by message; what the table does not know stays as it is.

/// A message of the core in the language of the window, sentence by sentence. Names in it are escaped.
[[nodiscard]] QString coreText(std::string_view text);
/// A whole error on one line: where, what, what to do.
[[nodiscard]] QString errorText(const Error& error);
/// How scores were obtained: "predicted by fisher^0.25 on 2048 tokens, not measured".
[[nodiscard]] QString provenanceText(const score::Provenance& provenance);
/// The messages that are known, with %1 for what the core fills in; for tests.
[[nodiscard]] QStringList knownCoreMessages();

} // namespace bitwright::views
