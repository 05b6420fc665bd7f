// Any bytes as a tensor name: reading it never crashes and keeps its promises; config.json goes the same way.
#include "core/formats/safetensors/hf_config.h"
#include "core/io/byte_source.h"
#include "core/model/tensor_info.h"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace bitwright;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string text(reinterpret_cast<const char*>(data), size);
    const model::NameParts parts = model::parseTensorName(text);
    if ((parts.block && *parts.block < 0) || (parts.expert && *parts.expert < 0))
        std::abort();
    for (const std::size_t rank :
        {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{4}}) {
        model::TensorInfo tensor;
        tensor.name = text;
        tensor.dtype = model::DType::BF16;
        tensor.dtypeText = "BF16";
        tensor.shape.assign(rank, 2);
        tensor.parameters = std::uint64_t{1} << rank;
        model::classifyTensor(tensor, "gpt2");
        if (tensor.quantizable != tensor.reason.empty())
            std::abort();
        if (tensor.quantizable && tensor.rows() * tensor.cols() * tensor.experts != tensor.parameters)
            std::abort();
    }
    std::vector<std::string> warnings;
    (void)formats::readConfig(*io::memorySource("config.json", std::move(text)), warnings);
    return 0;
}
