#include "core/export/layout.h"

#include "core/base/checked.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace bitwright::exporting {

namespace {

using model::DType;
using nlohmann::ordered_json;

/// Types from last to first in a file, as the reference writer sorts them.
constexpr std::array kFileOrder{DType::Bool, DType::F4, DType::F6E2M3, DType::F6E3M2, DType::U8, DType::I8,
    DType::F8E5M2, DType::F8E4M3, DType::F8E8M0, DType::F8E4M3Fnuz, DType::F8E5M2Fnuz, DType::I16, DType::U16,
    DType::F16, DType::BF16, DType::I32, DType::U32, DType::F32, DType::C64, DType::F64, DType::I64,
    DType::U64};

std::ptrdiff_t fileRank(DType type)
{
    return std::find(kFileOrder.begin(), kFileOrder.end(), type) - kFileOrder.begin();
}

/// JSON text with its length in front, padded with spaces to 8 bytes.
std::string framed(std::string json)
{
    json.resize((json.size() + 7) / 8 * 8, ' ');
    std::string framed;
    for (unsigned i = 0; i < 8; ++i)
        framed += static_cast<char>(static_cast<std::uint64_t>(json.size()) >> (8U * i) & 0xFFU);
    return framed + json;
}

} // namespace

TensorSpec tensorSpec(std::string name, DType dtype, std::vector<std::uint64_t> shape)
{
    std::uint64_t bytes = model::bitsPerElement(dtype) / 8;
    for (const std::uint64_t dimension : shape)
        bytes *= dimension;
    return {std::move(name), dtype, std::move(shape), bytes};
}

bool comesBefore(const TensorSpec& a, const TensorSpec& b)
{
    const auto left = fileRank(a.dtype);
    const auto right = fileRank(b.dtype);
    return left != right ? left > right : a.name < b.name;
}

Result<FileLayout> layoutFile(
    std::string name, std::vector<TensorSpec> tensors, const std::map<std::string, std::string>& metadata)
{
    FileLayout layout;
    layout.name = std::move(name);
    layout.tensors = std::move(tensors);
    std::sort(layout.tensors.begin(), layout.tensors.end(), comesBefore);
    ordered_json header;
    header["__metadata__"] = metadata;
    std::uint64_t end = 0;
    for (const TensorSpec& tensor : layout.tensors) {
        const auto next = checkedAdd(end, tensor.bytes);
        if (!next)
            return fail(ErrorCode::OutOfRange, "{} would exceed what a file can hold.", layout.name);
        if (header.contains(tensor.name))
            return fail(ErrorCode::InvalidArgument, "Two tensors of {} would be named \"{}\".", layout.name,
                escapedForDisplay(tensor.name));
        header[tensor.name] = {{"dtype", model::dtypeName(tensor.dtype)}, {"shape", tensor.shape},
            {"data_offsets", {end, *next}}};
        layout.offsets.push_back(end);
        end = *next;
    }
    layout.header = framed(header.dump());
    for (std::uint64_t& offset : layout.offsets)
        offset += layout.header.size();
    const auto bytes = checkedAdd<std::uint64_t>(end, layout.header.size());
    if (!bytes)
        return fail(ErrorCode::OutOfRange, "{} would exceed what a file can hold.", layout.name);
    layout.bytes = *bytes;
    return layout;
}

Result<void> OutputLayout::add(FileLayout file)
{
    for (std::size_t i = 0; i < file.tensors.size(); ++i) {
        const TensorSpec& tensor = file.tensors[i];
        if (!places.emplace(tensor.name, Place{files.size(), file.offsets[i], tensor.bytes}).second)
            return fail(ErrorCode::InvalidArgument, "Two files would hold a tensor \"{}\".",
                escapedForDisplay(tensor.name));
        weightBytes += tensor.bytes;
    }
    fileBytes += file.bytes;
    files.push_back(std::move(file));
    return {};
}

std::string OutputLayout::indexJson() const
{
    ordered_json map = ordered_json::object();
    for (const auto& [name, place] : places)
        map[name] = files[place.file].name;
    const ordered_json index{{"metadata", {{"total_size", weightBytes}}}, {"weight_map", std::move(map)}};
    return index.dump(2) + "\n";
}

} // namespace bitwright::exporting
