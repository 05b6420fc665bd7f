#include "core/formats/open.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

/// Feeds arbitrary bytes to the dump reader through an anonymous file, then asks for everything that it says
/// it holds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const int fd = ::memfd_create("dump", MFD_CLOEXEC);
    if (fd < 0)
        return 0;
    std::size_t written = 0;
    while (written < size) {
        const ssize_t step = ::write(fd, data + written, size - written);
        if (step <= 0)
            break;
        written += static_cast<std::size_t>(step);
    }
    const std::string path = "/proc/self/fd/" + std::to_string(fd);
    if (const auto dump = bitwright::formats::openDump(path)) {
        for (std::size_t site = 0; site < (*dump)->sites().size(); ++site) {
            static_cast<void>((*dump)->loadSamples(site).has_value());
            static_cast<void>((*dump)->loadGram(site).has_value());
        }
        static_cast<void>((*dump)->loadTokens().has_value());
    }
    ::close(fd);
    return 0;
}
