#include "core/measure/state_store.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace bitwright::measure {

namespace {

tl::unexpected<Error> fileError(const char* what, const std::string& path)
{
    return fail(Error{ErrorCode::Io, fmt::format("{}: {}.", what, std::strerror(errno)), path, {}, {},
        "Set TMPDIR to a folder with room, give more memory or measure fewer tokens at once."});
}

} // namespace

class StateStore::File
{
public:
    static Result<std::shared_ptr<File>> make()
    {
        std::error_code failed;
        const auto folder = std::filesystem::temp_directory_path(failed);
        std::string path = (failed ? std::string("/tmp") : folder.string()) + "/bitwright-states-XXXXXX";
        const int descriptor = mkstemp(path.data());
        if (descriptor < 0)
            return fileError("Cannot make a temporary file for hidden states", path);
        unlink(path.c_str());
        return std::make_shared<File>(descriptor, path);
    }
    File(int descriptor, std::string path)
        : m_descriptor(descriptor)
        , m_path(std::move(path))
    { }
    ~File() { close(m_descriptor); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    Result<void> write(std::size_t offset, std::span<const std::byte> bytes) const
    {
        while (!bytes.empty()) {
            const ssize_t count
                = pwrite(m_descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0)
                return fileError("Cannot write hidden states", m_path);
            bytes = bytes.subspan(static_cast<std::size_t>(count));
            offset += static_cast<std::size_t>(count);
        }
        return {};
    }
    Result<void> read(std::size_t offset, std::span<std::byte> bytes) const
    {
        while (!bytes.empty()) {
            const ssize_t count = pread(m_descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0)
                return fileError("Cannot read hidden states", m_path);
            bytes = bytes.subspan(static_cast<std::size_t>(count));
            offset += static_cast<std::size_t>(count);
        }
        return {};
    }

private:
    int m_descriptor;
    std::string m_path;
};

Result<StateStore> StateStore::make(std::size_t places, std::size_t values, std::size_t memoryBytes)
{
    StateStore store;
    store.m_values = values;
    if (places * values * sizeof(float) <= memoryBytes) {
        store.m_memory.resize(places);
        return store;
    }
    BITWRIGHT_ASSIGN(store.m_file, File::make());
    return store;
}

Result<void> StateStore::put(std::size_t place, std::span<const float> values)
{
    if (values.size() != m_values)
        return fail(ErrorCode::Internal, "{} hidden values instead of {}.", values.size(), m_values);
    if (m_file)
        return m_file->write(place * m_values * sizeof(float), std::as_bytes(values));
    m_memory[place].assign(values.begin(), values.end());
    return {};
}

Result<std::vector<float>> StateStore::get(std::size_t place) const
{
    if (!m_file)
        return m_memory[place];
    std::vector<float> values(m_values);
    BITWRIGHT_CHECK(
        m_file->read(place * m_values * sizeof(float), std::as_writable_bytes(std::span(values))));
    return values;
}

} // namespace bitwright::measure
