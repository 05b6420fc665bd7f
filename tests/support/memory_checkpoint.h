#pragma once

#include "core/model/checkpoint.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace bitwright::testing {

/// A checkpoint that lives in memory, for tests of everything above the readers. Tensors are classified as
/// those of a file are.
class MemoryCheckpoint final : public model::Checkpoint
{
public:
    explicit MemoryCheckpoint(std::string modelType = "", std::string name = "memory")
        : m_modelType(std::move(modelType))
    {
        m_name = std::move(name);
        m_path = m_name;
        m_format = "memory";
        m_headerIdentity = "0123456789abcdef0123456789abcdef";
        m_config.modelType = m_modelType;
        model::CheckpointFile file;
        file.path = file.name = m_name;
        m_files.push_back(file);
    }

    /// Gives the checkpoint a config.json.
    void setConfig(std::string json) { m_config.json = std::move(json); }

    /// Adds a tensor without data: header facts only; reading it fails.
    model::TensorIndex addHeader(
        const std::string& tensor, model::DType dtype, std::vector<std::uint64_t> shape)
    {
        model::TensorInfo info;
        info.name = tensor;
        info.dtype = dtype;
        info.dtypeText = std::string(model::dtypeName(dtype));
        info.parameters = 1;
        for (const std::uint64_t dimension : shape)
            info.parameters *= dimension;
        info.shape = std::move(shape);
        info.bytes = info.parameters * model::bitsPerElement(dtype) / 8;
        info.offset = m_files[0].bytes;
        model::classifyTensor(info, m_modelType);
        m_files[0].bytes += info.bytes;
        m_byName.emplace(tensor, m_tensors.size());
        m_tensors.push_back(std::move(info));
        m_data.emplace_back();
        return m_tensors.size() - 1;
    }

    /// Adds a tensor with its values in file order, stored as `dtype`.
    model::TensorIndex add(const std::string& tensor, std::vector<std::uint64_t> shape,
        const std::vector<float>& values, model::DType dtype = model::DType::F32)
    {
        const model::TensorIndex index = addHeader(tensor, dtype, std::move(shape));
        m_data[index].resize(m_tensors[index].bytes);
        if (!model::convertFromFloat(dtype, values, m_data[index]))
            m_data[index].clear();
        return index;
    }

    [[nodiscard]] Result<void> read(
        model::TensorIndex tensor, std::uint64_t offset, std::span<std::byte> out) const override
    {
        if (tensor >= m_data.size() || offset > m_data[tensor].size()
            || out.size() > m_data[tensor].size() - offset)
            return fail(ErrorCode::OutOfRange, "No such bytes in the memory checkpoint.");
        if (!out.empty())
            std::memcpy(out.data(), m_data[tensor].data() + offset, out.size());
        return {};
    }

private:
    std::string m_modelType;
    std::vector<std::vector<std::byte>> m_data;
};

} // namespace bitwright::testing
