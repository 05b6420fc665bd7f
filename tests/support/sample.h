#pragma once

#include <QString>

namespace bitwright::test {

/// The bundled model and its dump.
inline const QString kSample = QStringLiteral(BITWRIGHT_SOURCE_DIR "/samples/tiny-llama");
inline const QString kSampleDump = kSample + QStringLiteral("/activations.h5");

} // namespace bitwright::test
