// Any bytes as a safetensors file: opening never crashes, and what is accepted can be read to its last byte.
#include "core/formats/safetensors/checkpoint.h"
#include "core/io/byte_source.h"
#include "core/model/matrix_reader.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace bitwright;

namespace {

void readEverything(const model::Checkpoint& checkpoint)
{
    std::vector<std::byte> raw;
    for (model::TensorIndex i = 0; i < checkpoint.tensors().size(); ++i) {
        const model::TensorInfo& tensor = checkpoint.tensors()[i];
        raw.resize(static_cast<std::size_t>(tensor.bytes)); // bounded: accepted ranges lie inside the input
        const bool known = tensor.dtype != model::DType::Unknown;
        if (checkpoint.read(i, 0, raw).has_value() != known)
            std::abort();
        if (checkpoint.find(tensor.name) != i)
            std::abort();
        if (const auto matrix = model::MatrixReader::open(checkpoint, i); matrix && !matrix->readAll())
            std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string bytes(reinterpret_cast<const char*>(data), size);
    const auto opened = formats::safetensors::openSource(io::memorySource("fuzz", std::move(bytes)));
    if (opened)
        readEverything(**opened);
    else if (opened.error().oneLine().find('\n') != std::string::npos || opened.error().message.empty())
        std::abort();
    return 0;
}
