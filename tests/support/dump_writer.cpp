#include "tests/support/dump_writer.h"

#include "core/base/float_bits.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>

namespace bitwright::test {

namespace {

/// Passes a valid status or identifier on; anything else is a broken fixture.
template <typename T>
T must(T status)
{
    if (status < 0) {
        std::fputs("HDF5 refused to write a fixture.\n", stderr);
        std::abort();
    }
    return status;
}

hid_t textType(std::size_t size)
{
    const hid_t type = must(H5Tcopy(H5T_C_S1));
    must(H5Tset_size(type, size));
    must(H5Tset_cset(type, H5T_CSET_UTF8));
    return type;
}

hid_t halfType()
{
    const hid_t type = must(H5Tcopy(H5T_IEEE_F32LE));
    must(H5Tset_fields(type, 15, 10, 5, 0, 10));
    must(H5Tset_size(type, 2));
    must(H5Tset_ebias(type, 15));
    return type;
}

hid_t spaceOf(const Hdf5Writer::Shape& shape)
{
    if (shape.empty())
        return must(H5Screate(H5S_SCALAR));
    const std::vector<hsize_t> dims(shape.begin(), shape.end());
    return must(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr));
}

void writeAttribute(hid_t file, const std::string& object, const std::string& name, hid_t type, hid_t space,
    hid_t memoryType, const void* data)
{
    const hid_t attribute = must(H5Acreate_by_name(
        file, object.c_str(), name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    must(H5Awrite(attribute, memoryType, data));
    must(H5Aclose(attribute));
    must(H5Sclose(space));
}

} // namespace

Hdf5Writer::Hdf5Writer(const std::string& path)
    : m_file(must(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)))
{ }

Hdf5Writer::~Hdf5Writer()
{
    must(H5Fclose(m_file));
}

void Hdf5Writer::group(const std::string& path)
{
    must(H5Gclose(must(H5Gcreate2(m_file, path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT))));
}

void Hdf5Writer::remove(const std::string& path)
{
    must(H5Ldelete(m_file, path.c_str(), H5P_DEFAULT));
}

void Hdf5Writer::text(const std::string& object, const std::string& name, const std::string& value)
{
    const hid_t type = textType(H5T_VARIABLE);
    const char* const pointer = value.c_str();
    writeAttribute(m_file, object, name, type, spaceOf({}), type, &pointer);
    must(H5Tclose(type));
}

void Hdf5Writer::fixedText(const std::string& object, const std::string& name, const std::string& value)
{
    const hid_t type = textType(value.size() + 1);
    writeAttribute(m_file, object, name, type, spaceOf({}), type, value.c_str());
    must(H5Tclose(type));
}

void Hdf5Writer::texts(
    const std::string& object, const std::string& name, const std::vector<std::string>& values)
{
    const hid_t type = textType(H5T_VARIABLE);
    std::vector<const char*> pointers;
    for (const std::string& value : values)
        pointers.push_back(value.c_str());
    writeAttribute(m_file, object, name, type, spaceOf({values.size()}), type, pointers.data());
    must(H5Tclose(type));
}

void Hdf5Writer::integer(const std::string& object, const std::string& name, std::int64_t value)
{
    writeAttribute(m_file, object, name, H5T_STD_I64LE, spaceOf({}), H5T_NATIVE_INT64, &value);
}

void Hdf5Writer::number(const std::string& object, const std::string& name, double value)
{
    writeAttribute(m_file, object, name, H5T_IEEE_F64LE, spaceOf({}), H5T_NATIVE_DOUBLE, &value);
}

void Hdf5Writer::removeAttribute(const std::string& object, const std::string& name)
{
    must(H5Adelete_by_name(m_file, object.c_str(), name.c_str(), H5P_DEFAULT));
}

void Hdf5Writer::write(const std::string& path, const Shape& shape, hid_t fileType, hid_t memoryType,
    const void* data, const Storage& storage)
{
    const hid_t creation = must(H5Pcreate(H5P_DATASET_CREATE));
    if (!storage.chunk.empty()) {
        const std::vector<hsize_t> chunk(storage.chunk.begin(), storage.chunk.end());
        must(H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data()));
        if (storage.shuffle)
            must(H5Pset_shuffle(creation));
        if (storage.deflate)
            must(H5Pset_deflate(creation, 6));
        if (storage.checksum)
            must(H5Pset_fletcher32(creation));
    }
    const hid_t space = spaceOf(shape);
    const hid_t dataset
        = must(H5Dcreate2(m_file, path.c_str(), fileType, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    must(H5Dwrite(dataset, memoryType, H5S_ALL, H5S_ALL, H5P_DEFAULT, data));
    must(H5Dclose(dataset));
    must(H5Sclose(space));
    must(H5Pclose(creation));
}

void Hdf5Writer::doubles(
    const std::string& path, const Shape& shape, const std::vector<double>& values, const Storage& storage)
{
    write(path, shape, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data(), storage);
}

void Hdf5Writer::floats(const std::string& path, const Shape& shape, const std::vector<float>& values)
{
    write(path, shape, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, values.data(), {});
}

void Hdf5Writer::halves(const std::string& path, const Shape& shape, const std::vector<std::uint16_t>& codes)
{
    const hid_t type = halfType();
    write(path, shape, type, type, codes.data(), {});
    must(H5Tclose(type));
}

void Hdf5Writer::integers(
    const std::string& path, const Shape& shape, const std::vector<std::int64_t>& values)
{
    write(path, shape, H5T_STD_I64LE, H5T_NATIVE_INT64, values.data(), {});
}

void Hdf5Writer::declare(const std::string& path, const Shape& shape, hid_t type, hid_t creation)
{
    const hid_t space = spaceOf(shape);
    must(H5Dclose(must(H5Dcreate2(m_file, path.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT))));
    must(H5Sclose(space));
}

namespace {

/// Statistics of one site as the capture script computes them.
class SiteWriter
{
public:
    SiteWriter(Hdf5Writer& file, std::string path, const DumpSite& site)
        : m_file(file)
        , m_path(std::move(path))
        , m_site(site)
        , m_count(site.channels == 0 ? 0 : site.rows.size() / site.channels)
    { }

    void write()
    {
        m_file.group(m_path);
        m_file.text(m_path, "name", m_site.name);
        m_file.text(m_path, "kind", m_site.kind);
        m_file.texts(m_path, "tensors", m_site.tensors);
        m_file.integer(m_path, "block", m_site.block);
        m_file.integer(m_path, "channels", static_cast<std::int64_t>(m_site.channels));
        m_file.integer(m_path, "count", static_cast<std::int64_t>(m_count));
        if (m_site.moments)
            writeMoments();
        if (m_site.histogram)
            writeHistogram();
        if (m_site.top)
            writeTop();
        if (m_site.perToken)
            writeTokens();
        if (!m_site.sampled.empty())
            writeSamples();
        if (m_site.gram)
            writeGram();
    }

private:
    [[nodiscard]] double at(std::size_t row, std::size_t channel) const
    {
        return static_cast<double>(m_site.rows[row * m_site.channels + channel]);
    }

    void writeMoments()
    {
        const std::size_t n = m_site.channels;
        std::vector<double> absMax(n), low(n, INFINITY), high(n, -INFINITY), sums[5];
        for (auto& sum : sums)
            sum.assign(n, 0.0);
        for (std::size_t r = 0; r < m_count; ++r) {
            for (std::size_t c = 0; c < n; ++c) {
                const double x = at(r, c);
                absMax[c] = std::max(absMax[c], std::abs(x));
                low[c] = std::min(low[c], x);
                high[c] = std::max(high[c], x);
                const double terms[5] = {x, std::abs(x), x * x, x * x * x, x * x * x * x};
                for (std::size_t k = 0; k < 5; ++k) // all but the sum of squares are means
                    sums[k][c] += k == 2 ? terms[k] : terms[k] / static_cast<double>(m_count);
            }
        }
        m_file.doubles(m_path + "/abs_max", {n}, absMax);
        m_file.doubles(m_path + "/min", {n}, low);
        m_file.doubles(m_path + "/max", {n}, high);
        m_file.doubles(m_path + "/mean", {n}, sums[0]);
        m_file.doubles(m_path + "/mean_abs", {n}, sums[1], {{n}, true, true, true});
        m_file.doubles(m_path + "/sum_sq", {n}, sums[2], {{n}, true, true, false});
        m_file.doubles(m_path + "/moment3", {n}, sums[3]);
        m_file.doubles(m_path + "/moment4", {n}, sums[4]);
    }

    void writeHistogram()
    {
        std::vector<std::int64_t> counts(513, 0);
        for (const float value : m_site.rows) {
            const double position = std::floor((std::log10(std::abs(static_cast<double>(value))) + 8) * 32);
            ++counts[value == 0.0F ? 512 : static_cast<std::size_t>(std::clamp(position, 0.0, 511.0))];
        }
        m_file.integers(m_path + "/hist_log10_abs", {513}, counts);
    }

    void writeTop()
    {
        std::vector<std::size_t> order(m_site.rows.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return std::abs(m_site.rows[a]) > std::abs(m_site.rows[b]);
        });
        order.resize(std::min<std::size_t>(order.size(), 10));
        std::vector<float> values;
        std::vector<std::int64_t> index;
        for (const std::size_t i : order) {
            values.push_back(m_site.rows[i]);
            index.push_back(static_cast<std::int64_t>(i / m_site.channels));
            index.push_back(static_cast<std::int64_t>(i % m_site.channels));
        }
        m_file.floats(m_path + "/top_values", {values.size()}, values);
        m_file.integers(m_path + "/top_index", {values.size(), 2}, index);
    }

    void writeTokens()
    {
        std::vector<float> largest, median, rms;
        for (std::size_t r = 0; r < m_count; ++r) {
            std::vector<float> row;
            double square = 0;
            for (std::size_t c = 0; c < m_site.channels; ++c) {
                row.push_back(static_cast<float>(std::abs(at(r, c))));
                square += at(r, c) * at(r, c);
            }
            std::sort(row.begin(), row.end());
            largest.push_back(row.back());
            median.push_back(row[(row.size() - 1) / 2]);
            rms.push_back(static_cast<float>(std::sqrt(square / static_cast<double>(row.size()))));
        }
        m_file.floats(m_path + "/token_abs_max", {m_count}, largest);
        m_file.floats(m_path + "/token_median_abs", {m_count}, median);
        m_file.floats(m_path + "/token_rms", {m_count}, rms);
    }

    void writeSamples()
    {
        std::vector<float> values;
        std::vector<std::uint16_t> codes;
        for (const std::uint64_t row : m_site.sampled) {
            for (std::size_t c = 0; c < m_site.channels; ++c) {
                values.push_back(static_cast<float>(at(row, c)));
                codes.push_back(halfFromFloat(values.back()));
            }
        }
        const Hdf5Writer::Shape shape{m_site.sampled.size(), m_site.channels};
        if (m_site.halfSamples)
            m_file.halves(m_path + "/samples", shape, codes);
        else
            m_file.floats(m_path + "/samples", shape, values);
        if (!m_site.sampleSequence.empty())
            m_file.integers(m_path + "/sample_sequence", {shape[0]}, m_site.sampleSequence);
        if (!m_site.samplePosition.empty())
            m_file.integers(m_path + "/sample_position", {shape[0]}, m_site.samplePosition);
    }

    void writeGram()
    {
        std::vector<float> lower;
        for (std::size_t i = 0; i < m_site.channels; ++i) {
            for (std::size_t j = 0; j <= i; ++j) {
                double sum = 0;
                for (std::size_t r = 0; r < m_count; ++r)
                    sum += at(r, i) * at(r, j);
                lower.push_back(static_cast<float>(sum));
            }
        }
        m_file.floats(m_path + "/gram", {lower.size()}, lower);
        m_file.integers(m_path + "/gram_count", {}, {static_cast<std::int64_t>(m_count)});
    }

    Hdf5Writer& m_file;
    std::string m_path;
    const DumpSite& m_site;
    std::size_t m_count;
};

} // namespace

void writeDump(const std::string& path, const DumpContent& content)
{
    Hdf5Writer file(path);
    file.text("/", "schema", "bitwright-activations");
    file.integer("/", "version", 1);
    file.text("/", "model", "test-model");
    file.fixedText("/", "dataset", "made up");
    file.text("/", "producer", "tests");
    file.integer("/", "tokens", content.tokens);
    file.group("/sites");
    for (std::size_t i = 0; i < content.sites.size(); ++i)
        SiteWriter(file, "/sites/" + std::to_string(i), content.sites[i]).write();
    if (!content.gradients.empty())
        file.group("/gradients");
    for (std::size_t i = 0; i < content.gradients.size(); ++i) {
        const DumpContent::Gradient& gradient = content.gradients[i];
        const std::string group = "/gradients/" + std::to_string(i);
        file.group(group);
        file.text(group, "tensor", gradient.tensor);
        file.doubles(group + "/row_mean_sq", {gradient.rowMeanSq.size()}, gradient.rowMeanSq);
        file.doubles(group + "/col_mean_sq", {gradient.colMeanSq.size()}, gradient.colMeanSq);
        file.doubles(group + "/mean_sq", {}, {gradient.meanSq});
        file.integers(group + "/batches", {}, {gradient.batches});
    }
    if (content.positions == 0)
        return;
    file.group("/tokens");
    file.integers("/tokens/input_ids", {content.inputIds.size() / content.positions, content.positions},
        content.inputIds);
}

DumpContent smallDump()
{
    DumpContent content;
    content.tokens = 6;
    for (const bool residual : {true, false}) {
        DumpSite site;
        site.channels = 4;
        site.kind = residual ? "residual" : "input_of";
        site.name = residual ? "model.layers.0" : "model.layers.0.self_attn.q_proj";
        for (int i = 0; i < 24; ++i) // multiples of 1/8 are exact in every type
            site.rows.push_back(static_cast<float>((i * 7) % 23 - 11) / 8.0F);
        site.rows[5] = residual ? -512.0F : 0.0F;
        site.sampled = {0, 1, 3};
        site.sampleSequence = {0, 0, 1};
        site.samplePosition = {0, 1, 0};
        site.halfSamples = residual;
        content.sites.push_back(site);
    }
    content.gradients.push_back(
        {"model.layers.0.self_attn.q_proj.weight", {1.0, 3.0}, {2.0, 2.0, 1.0, 3.0}, 2.0, 5});
    content.inputIds = {1, 2, 3, 4, 5, 6};
    content.positions = 3;
    return content;
}

} // namespace bitwright::test
