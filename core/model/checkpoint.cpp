#include "core/model/checkpoint.h"

namespace bitwright::model {

std::optional<TensorIndex> Checkpoint::find(std::string_view tensorName) const
{
    const auto found = m_byName.find(tensorName);
    if (found == m_byName.end())
        return std::nullopt;
    return found->second;
}

std::uint64_t Checkpoint::parameterCount() const
{
    std::uint64_t sum = 0;
    for (const TensorInfo& tensor : m_tensors)
        sum += tensor.parameters;
    return sum;
}

std::uint64_t Checkpoint::dataBytes() const
{
    std::uint64_t sum = 0;
    for (const TensorInfo& tensor : m_tensors)
        sum += tensor.bytes;
    return sum;
}

} // namespace bitwright::model
