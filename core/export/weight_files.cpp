#include "core/export/weight_files.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace bitwright::exporting {

namespace {

/// Linux caps one read or write a little below 2 GiB.
constexpr std::size_t kLargestCall = std::size_t{1} << 30;

} // namespace

class WeightFiles::Descriptor
{
public:
    Descriptor(int fd, std::string path)
        : m_fd(fd)
        , m_path(std::move(path))
    { }
    ~Descriptor() { ::close(m_fd); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int fd() const { return m_fd; }
    [[nodiscard]] Error error(int code) const { return exportWriteError(code, m_path); }

    [[nodiscard]] Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) const
    {
        while (!bytes.empty()) {
            const ssize_t done = ::pwrite(
                m_fd, bytes.data(), std::min(bytes.size(), kLargestCall), static_cast<off_t>(offset));
            if (done < 0 && errno == EINTR)
                continue;
            if (done <= 0)
                return fail(error(done < 0 ? errno : ENOSPC));
            bytes = bytes.subspan(static_cast<std::size_t>(done));
            offset += static_cast<std::uint64_t>(done);
        }
        return {};
    }

    [[nodiscard]] Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) const
    {
        while (!bytes.empty()) {
            const ssize_t done = ::pread(
                m_fd, bytes.data(), std::min(bytes.size(), kLargestCall), static_cast<off_t>(offset));
            if (done < 0 && errno == EINTR)
                continue;
            if (done <= 0)
                return fail(readError(done < 0 ? errno : 0, offset));
            bytes = bytes.subspan(static_cast<std::size_t>(done));
            offset += static_cast<std::uint64_t>(done);
        }
        return {};
    }

    /// Sets the size and reserves the space.
    [[nodiscard]] Result<void> resize(std::uint64_t bytes) const
    {
        const auto size = static_cast<off_t>(bytes);
        // A file of this size may be left from an interrupted run: what it holds stays.
        if (::ftruncate(m_fd, size) != 0)
            return fail(error(errno));
        int status = 0;
        do
            status = ::fallocate(m_fd, 0, 0, size);
        while (status != 0 && errno == EINTR);
        if (status != 0 && errno != EOPNOTSUPP && errno != ENOSYS)
            return fail(error(errno));
        return {};
    }

private:
    [[nodiscard]] Error readError(int code, std::uint64_t offset) const
    {
        Error failure;
        failure.code = ErrorCode::Io;
        failure.message = code != 0
            ? fmt::format("Cannot be read back: {}.", std::generic_category().message(code))
            : std::string("Cannot be read back: the file became shorter.");
        failure.file = m_path;
        failure.offset = offset;
        return failure;
    }

    int m_fd;
    std::string m_path;
};

Error exportWriteError(int systemCode, const std::string& path)
{
    Error error;
    error.code = ErrorCode::Io;
    error.file = path;
    if (systemCode == ENOSPC || systemCode == EDQUOT) {
        error.message = "Not saved: disk full; previous file intact.";
        error.remedy = "Free some space or choose another place.";
    } else if (systemCode == EFBIG) {
        error.message = "Not saved: the file would exceed the size limit here; previous file intact.";
        error.remedy = "Raise the limit or choose another place.";
    } else {
        error.message = fmt::format("Cannot write: {}.", std::generic_category().message(systemCode));
    }
    return error;
}

Result<WeightFiles> WeightFiles::open(const std::string& folder, const OutputLayout& layout)
{
    WeightFiles files;
    files.m_layout = &layout;
    for (const FileLayout& file : layout.files) {
        const std::string path = folder + "/" + file.name;
        const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (fd < 0)
            return fail(exportWriteError(errno, path));
        auto descriptor = std::make_shared<const Descriptor>(fd, path);
        BITWRIGHT_CHECK(descriptor->resize(file.bytes));
        BITWRIGHT_CHECK(descriptor->write(0, std::as_bytes(std::span<const char>(file.header))));
        files.m_files.push_back(std::move(descriptor));
    }
    return files;
}

Result<const OutputLayout::Place*> WeightFiles::placeOf(
    std::string_view tensor, std::uint64_t offset, std::uint64_t count) const
{
    const auto found = m_layout->places.find(tensor);
    if (found == m_layout->places.end())
        return fail(ErrorCode::Internal, "The export has no tensor \"{}\".", escapedForDisplay(tensor));
    const OutputLayout::Place& place = found->second;
    if (offset > place.bytes || count > place.bytes - offset)
        return fail(ErrorCode::OutOfRange, "{} bytes at {} do not fit into \"{}\" of {} bytes.", count,
            offset, escapedForDisplay(tensor), place.bytes);
    return &place;
}

Result<void> WeightFiles::write(
    std::string_view tensor, std::uint64_t offset, std::span<const std::byte> bytes) const
{
    BITWRIGHT_ASSIGN(const OutputLayout::Place* place, placeOf(tensor, offset, bytes.size()));
    return m_files[place->file]->write(place->offset + offset, bytes);
}

Result<void> WeightFiles::read(
    std::string_view tensor, std::uint64_t offset, std::span<std::byte> bytes) const
{
    BITWRIGHT_ASSIGN(const OutputLayout::Place* place, placeOf(tensor, offset, bytes.size()));
    return m_files[place->file]->read(place->offset + offset, bytes);
}

/// The layout's tensors with the files' bytes.
class WeightFiles::View final : public model::Checkpoint
{
public:
    explicit View(WeightFiles files)
        : m_weights(std::move(files))
    {
        m_format = "safetensors";
        for (const FileLayout& file : m_weights.m_layout->files)
            for (std::size_t i = 0; i < file.tensors.size(); ++i) {
                const TensorSpec& spec = file.tensors[i];
                model::TensorInfo info;
                info.name = spec.name;
                info.dtype = spec.dtype;
                info.dtypeText = std::string(model::dtypeName(spec.dtype));
                info.shape = spec.shape;
                info.bytes = spec.bytes;
                info.offset = file.offsets[i];
                m_byName.emplace(info.name, m_tensors.size());
                m_tensors.push_back(std::move(info));
            }
    }

    [[nodiscard]] Result<void> read(
        model::TensorIndex tensor, std::uint64_t offset, std::span<std::byte> out) const override
    {
        return m_weights.read(m_tensors[tensor].name, offset, out);
    }

private:
    WeightFiles m_weights;
};

std::shared_ptr<const model::Checkpoint> WeightFiles::asCheckpoint() const
{
    return std::make_shared<const View>(*this);
}

Result<void> WeightFiles::sync() const
{
    for (const auto& file : m_files) {
        if (::fsync(file->fd()) != 0)
            return fail(file->error(errno));
        ::posix_fadvise(file->fd(), 0, 0, POSIX_FADV_DONTNEED); // advice: a refusal changes nothing
    }
    return {};
}

} // namespace bitwright::exporting
