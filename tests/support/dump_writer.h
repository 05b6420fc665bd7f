#pragma once

#include <hdf5.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Writes activation dumps and other HDF5 files for tests.
namespace bitwright::test {

/// An HDF5 file under construction. Paths are absolute; parent groups must exist. Every call aborts the test
/// program when HDF5 refuses: fixtures have to be right.
class Hdf5Writer
{
public:
    /// How a dataset is stored.
    struct Storage
    {
        std::vector<std::uint64_t> chunk; ///< Empty: contiguous.
        bool deflate = false;
        bool shuffle = false;
        bool checksum = false;
    };

    explicit Hdf5Writer(const std::string& path);
    ~Hdf5Writer();
    Hdf5Writer(const Hdf5Writer&) = delete;
    Hdf5Writer& operator=(const Hdf5Writer&) = delete;

    [[nodiscard]] hid_t id() const { return m_file; }
    void group(const std::string& path);
    void remove(const std::string& path);
    void text(const std::string& object, const std::string& name, const std::string& value);
    void fixedText(const std::string& object, const std::string& name, const std::string& value);
    void texts(const std::string& object, const std::string& name, const std::vector<std::string>& values);
    void integer(const std::string& object, const std::string& name, std::int64_t value);
    void number(const std::string& object, const std::string& name, double value);
    void removeAttribute(const std::string& object, const std::string& name);

    using Shape = std::vector<std::uint64_t>;
    void doubles(const std::string& path, const Shape& shape, const std::vector<double>& values,
        const Storage& storage);
    void doubles(const std::string& path, const Shape& shape, const std::vector<double>& values)
    {
        doubles(path, shape, values, {});
    }
    void floats(const std::string& path, const Shape& shape, const std::vector<float>& values);
    void halves(const std::string& path, const Shape& shape, const std::vector<std::uint16_t>& codes);
    void integers(const std::string& path, const Shape& shape, const std::vector<std::int64_t>& values);
    /// Anything else: a dataset of a given type made with a creation property list, without data.
    void declare(const std::string& path, const Shape& shape, hid_t type, hid_t creation);

private:
    void write(const std::string& path, const Shape& shape, hid_t fileType, hid_t memoryType,
        const void* data, const Storage& storage);

    hid_t m_file = -1;
};

/// Content of one site. What is left empty is not written.
struct DumpSite
{
    std::string name = "model.layers.0.self_attn.q_proj";
    std::string kind = "input_of";
    std::vector<std::string> tensors{"model.layers.0.self_attn.q_proj.weight"};
    std::int64_t block = 0;
    /// All rows that the site saw, rows x channels: statistics are computed from them.
    std::vector<float> rows;
    std::uint64_t channels = 0;
    /// Which rows are also kept as samples, and where they come from.
    std::vector<std::uint64_t> sampled;
    std::vector<std::int64_t> sampleSequence, samplePosition;
    bool moments = true, histogram = true, top = true, perToken = true, gram = true;
    bool halfSamples = true;
};

/// Content of a whole dump.
struct DumpContent
{
    std::vector<DumpSite> sites;
    std::int64_t tokens = 0;
    struct Gradient
    {
        std::string tensor;
        std::vector<double> rowMeanSq, colMeanSq;
        double meanSq = 0;
        std::int64_t batches = 1;
    };
    std::vector<Gradient> gradients;
    std::vector<std::int64_t> inputIds; ///< sequences x positions
    std::uint64_t positions = 0;
};

/// Writes a complete dump, schema version 1, with statistics computed from the rows.
void writeDump(const std::string& path, const DumpContent& content);
/// A small dump of two sites (a residual and an input) with everything in it; rows are reproducible.
[[nodiscard]] DumpContent smallDump();

} // namespace bitwright::test
