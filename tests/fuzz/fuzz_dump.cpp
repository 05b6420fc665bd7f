#include "core/formats/open.h"

#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace {

/// A file of this process. The library resolves the names of links, so an anonymous file behind /proc is no
/// file to it.
class ScratchFile
{
public:
    ScratchFile()
        : m_path(
            (std::filesystem::temp_directory_path() / ("fuzz_dump-" + std::to_string(::getpid()))).string())
    { }
    ~ScratchFile() { ::unlink(m_path.c_str()); }
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;

    [[nodiscard]] bool fill(const std::uint8_t* data, std::size_t size) const
    {
        const int fd = ::open(m_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fd < 0)
            return false;
        std::size_t written = 0;
        while (written < size) {
            const ssize_t step = ::write(fd, data + written, size - written);
            if (step <= 0)
                break;
            written += static_cast<std::size_t>(step);
        }
        ::close(fd);
        return written == size;
    }
    [[nodiscard]] const std::string& path() const { return m_path; }

private:
    std::string m_path;
};

} // namespace

/// Feeds arbitrary bytes to the dump reader, then asks for everything that it says it holds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const ScratchFile file;
    if (!file.fill(data, size))
        return 0;
    if (const auto dump = bitwright::formats::openDump(file.path())) {
        for (std::size_t site = 0; site < (*dump)->sites().size(); ++site) {
            static_cast<void>((*dump)->loadSamples(site).has_value());
            static_cast<void>((*dump)->loadGram(site).has_value());
        }
        for (std::size_t site = 0; site < (*dump)->outputGradients().size(); ++site) {
            static_cast<void>((*dump)->loadOutputGradients(site).has_value());
            static_cast<void>((*dump)->loadOutputInputs(site).has_value());
        }
        static_cast<void>((*dump)->loadTokens().has_value());
    }
    return 0;
}
