#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace bitwright::measure {

/// Hidden states of several places, all of one size: in memory, or in a temporary file that has no name and
/// goes with the object. Reading is thread safe.
class StateStore
{
public:
    /// `places` x `values` floats, in memory where they take at most `memoryBytes`. Errors: Io when the
    /// temporary file cannot be made (TMPDIR says where).
    [[nodiscard]] static Result<StateStore> make(
        std::size_t places, std::size_t values, std::size_t memoryBytes);

    /// Errors: Io, as when the disk is full.
    [[nodiscard]] Result<void> put(std::size_t place, std::span<const float> values);
    [[nodiscard]] Result<std::vector<float>> get(std::size_t place) const;
    [[nodiscard]] bool inMemory() const { return m_file == nullptr; }
    /// What all places take in memory; 0 where they are in a file.
    [[nodiscard]] std::size_t memoryBytes() const
    {
        return m_file ? 0 : m_memory.size() * m_values * sizeof(float);
    }

private:
    class File;
    std::size_t m_values = 0;
    std::vector<std::vector<float>> m_memory;
    std::shared_ptr<File> m_file;
};

} // namespace bitwright::measure
