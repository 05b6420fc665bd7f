#pragma once

#include "core/formats/open.h"
#include "core/forward/model.h"

#include <string>

namespace bitwright::test {

/// One of the tiny models of tests/data/forward.
inline Result<forward::Model> openFamily(const std::string& family)
{
    BITWRIGHT_ASSIGN(auto checkpoint,
        formats::openCheckpoint(std::string(BITWRIGHT_SOURCE_DIR "/tests/data/forward/") + family));
    return forward::Model::open(checkpoint);
}

inline RunContext withThreads(int threads)
{
    RunContext context;
    context.threads = threads;
    return context;
}

} // namespace bitwright::test
