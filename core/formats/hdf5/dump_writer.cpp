#include "core/formats/dump_file.h"
#include "core/formats/hdf5/dump_reader.h"
#include "core/formats/hdf5/h5_write.h"
#include "core/formats/hdf5/site_writer.h"
#include "core/io/atomic_output.h"

#include <algorithm>
#include <sys/mman.h>
#include <unistd.h>

namespace bitwright::formats {

using namespace h5;

class DumpFile::Writer
{
public:
    Writer(io::AtomicFile file, std::string target)
        : m_file(std::move(file))
        , m_target(std::move(target))
    { }
    ~Writer()
    {
        const Session session; // handles are closed under the lock
        if (m_h5.valid()) // never finished
            abandon();
        close();
    }

    Result<void> open()
    {
        const Session session;
        // The 1.10 layout is what Debian 12 reads; its indexes are far smaller than the oldest ones.
        BITWRIGHT_ASSIGN(const Handle access, owned(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "the file"));
        if (H5Pset_libver_bounds(access.id(), H5F_LIBVER_V110, H5F_LIBVER_V110) < 0
            || H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG) < 0
            // Arrays are written at once: a buffer would only hide that the disk is full until they are
            // closed.
            || H5Pset_sieve_buf_size(access.id(), 0) < 0)
            return writeFailure("the file");
        // The root group would else hold the time: the same run would give other bytes a second later.
        BITWRIGHT_ASSIGN(const Handle creation, owned(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "the file"));
        if (H5Pset_obj_track_times(creation.id(), false) < 0)
            return writeFailure("the file");
        BITWRIGHT_ASSIGN(m_h5,
            owned(H5Fcreate(m_file.temporaryPath().c_str(), H5F_ACC_TRUNC, creation.id(), access.id()),
                H5Fclose, "the file"));
        BITWRIGHT_ASSIGN(m_sites, group(m_h5.id(), "sites"));
        return {};
    }

    Result<void> addSite(const DumpSite& site)
    {
        const Session session;
        BITWRIGHT_ASSIGN(const Handle place, group(m_sites.id(), std::to_string(m_siteCount++)));
        return writeSite(place.id(), site);
    }

    Result<void> setTokens(std::span<const std::uint32_t> ids, std::span<const std::size_t> starts)
    {
        const Session session;
        const std::size_t sequences = starts.empty() ? 0 : starts.size() - 1;
        std::size_t longest = 0;
        for (std::size_t s = 0; s < sequences; ++s)
            longest = std::max(longest, starts[s + 1] - starts[s]);
        std::vector<std::int32_t> padded(sequences * longest, -1);
        for (std::size_t s = 0; s < sequences; ++s)
            for (std::size_t t = starts[s]; t < starts[s + 1]; ++t)
                padded[s * longest + t - starts[s]] = static_cast<std::int32_t>(ids[t]);
        BITWRIGHT_ASSIGN(const Handle place, group(m_h5.id(), "tokens"));
        BITWRIGHT_ASSIGN(const Handle dataset,
            writeData(place.id(), "input_ids", {H5T_STD_I32LE, H5T_NATIVE_INT32, {sequences, longest}, true},
                padded.data()));
        return writeInteger(dataset.id(), "padding", -1);
    }

    Result<void> addGradient(const model::GradientFactors& gradient)
    {
        const Session session;
        if (!m_gradients.valid()) {
            BITWRIGHT_ASSIGN(m_gradients, group(m_h5.id(), "gradients"));
        }
        BITWRIGHT_ASSIGN(const Handle place, group(m_gradients.id(), std::to_string(m_gradientCount++)));
        const hid_t id = place.id();
        BITWRIGHT_CHECK(writeText(id, "tensor", gradient.tensor));
        BITWRIGHT_CHECK(writeVector(id, "row_mean_sq", gradient.rowMeanSq, H5T_IEEE_F64LE));
        BITWRIGHT_CHECK(writeVector(id, "col_mean_sq", gradient.colMeanSq, H5T_IEEE_F64LE));
        BITWRIGHT_CHECK(
            writeData(id, "mean_sq", {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {}, false}, &gradient.meanSq));
        const auto batches = static_cast<std::int64_t>(gradient.batches);
        BITWRIGHT_CHECK(writeData(id, "batches", {H5T_STD_I64LE, H5T_NATIVE_INT64, {}, false}, &batches));
        return {};
    }

    Result<void> beginOutputGradients(const std::vector<model::OutputGradientSite>& sites,
        std::span<const std::int32_t> sequence, std::span<const std::int32_t> position, std::uint64_t seed)
    {
        const Session session;
        BITWRIGHT_ASSIGN(m_outputs, group(m_h5.id(), "output_gradients"));
        BITWRIGHT_CHECK(writeText(m_outputs.id(), "labels", "model"));
        BITWRIGHT_CHECK(writeInteger(m_outputs.id(), "seed", static_cast<std::int64_t>(seed)));
        for (const model::OutputGradientSite& site : sites) {
            BITWRIGHT_ASSIGN(
                const Handle place, group(m_outputs.id(), std::to_string(m_outputSamples.size())));
            BITWRIGHT_CHECK(writeText(place.id(), "tensor", site.tensor));
            BITWRIGHT_CHECK(writePlaces(place.id(), sequence, position));
            const bool own = site.inputs > 0;
            BITWRIGHT_ASSIGN(
                Handle samples, emptyRows(place.id(), "samples", sequence.size(), site.outputs, own));
            m_outputSamples.push_back(std::move(samples));
            Handle inputs;
            if (own) {
                BITWRIGHT_ASSIGN(inputs, emptyRows(place.id(), "inputs", sequence.size(), site.inputs, own));
            }
            m_outputInputs.push_back(std::move(inputs));
        }
        return {};
    }

    Result<void> writeOutputGradient(
        std::size_t site, std::uint64_t row, std::uint64_t first, std::span<const float> values)
    {
        const Session session;
        return writeRow(m_outputSamples.at(site).id(), row, first, values);
    }

    Result<void> writeOutputInput(std::size_t site, std::uint64_t row, std::span<const float> values)
    {
        const Session session;
        return writeRow(m_outputInputs.at(site).id(), row, 0, values);
    }

    [[nodiscard]] std::size_t siteCount() const { return m_siteCount; }

    /// Takes sites [first, end) of another dump that is being written.
    Result<void> takeSites(const Writer& from, std::size_t first)
    {
        const Session session;
        for (std::size_t site = first; site < from.m_siteCount; ++site) {
            const std::string name = std::to_string(site);
            BITWRIGHT_ASSIGN(Handle handle, openObject(from.m_sites.id(), name));
            BITWRIGHT_CHECK(takeSite(DumpGroup(std::move(handle), "/sites/" + name)));
        }
        return {};
    }

    /// Takes rows [first, first + rows) of its gradients of outputs.
    Result<void> takeOutputGradients(const Writer& from, std::uint64_t first, std::uint64_t rows)
    {
        const Session session;
        for (std::size_t site = 0; site < m_outputSamples.size(); ++site) {
            BITWRIGHT_CHECK(
                copyRows(from.m_outputSamples.at(site).id(), first, rows, m_outputSamples[site].id()));
            if (m_outputInputs[site].valid())
                BITWRIGHT_CHECK(
                    copyRows(from.m_outputInputs.at(site).id(), first, rows, m_outputInputs[site].id()));
        }
        return {};
    }

    Result<void> finish(const DumpFacts& facts)
    {
        {
            const Session session;
            const hid_t root = m_h5.id();
            BITWRIGHT_CHECK(writeText(root, "schema", "bitwright-activations"));
            BITWRIGHT_CHECK(writeInteger(root, "version", 1));
            BITWRIGHT_CHECK(writeText(root, "model", facts.model));
            if (!facts.modelHash.empty())
                BITWRIGHT_CHECK(writeText(root, "model_hash", facts.modelHash));
            BITWRIGHT_CHECK(writeText(root, "dataset", facts.dataset));
            BITWRIGHT_CHECK(writeText(root, "producer", facts.producer));
            BITWRIGHT_CHECK(writeInteger(root, "tokens", static_cast<std::int64_t>(facts.tokens)));
            BITWRIGHT_CHECK(writeInteger(root, "sequences", static_cast<std::int64_t>(facts.sequences)));
            BITWRIGHT_CHECK(writeInteger(root, "seed", static_cast<std::int64_t>(facts.seed)));
            if (H5Fflush(root, H5F_SCOPE_GLOBAL) < 0)
                return writeFailure("the end of the file");
            close();
        }
        return m_file.commit();
    }

    /// Says that the disk is full where it is, which the library does not.
    [[nodiscard]] Error explained(Error error)
    {
        m_failed = true;
        const auto room = io::freeBytes(m_target);
        if (error.code == ErrorCode::Io && room && *room < (std::uint64_t{1} << 20U))
            error.message = "Not saved: disk full; previous file intact.";
        return std::move(error).inFile(m_target);
    }

private:
    /// Reads a site and writes it here. H5Ocopy would be shorter, but it crashes on a full disk (1.10.8).
    Result<void> takeSite(const DumpGroup& from)
    {
        Warnings warnings;
        BITWRIGHT_ASSIGN(const model::Site site, readSite(from, warnings));
        DumpSite record;
        record.site = &site;
        BITWRIGHT_ASSIGN(const std::vector<float> samples, floatsOf(from, "samples", warnings));
        BITWRIGHT_ASSIGN(const auto sequence, placesOf(from, "sample_sequence", warnings));
        BITWRIGHT_ASSIGN(const auto position, placesOf(from, "sample_position", warnings));
        BITWRIGHT_ASSIGN(const std::vector<float> gram, floatsOf(from, "gram", warnings));
        if (!warnings.empty())
            return fail(ErrorCode::Internal, "{}", warnings.front());
        record.samples = samples;
        record.sampleSequence = sequence;
        record.samplePosition = position;
        record.gram = gram;
        return addSite(record);
    }
    static Result<std::vector<float>> floatsOf(
        const DumpGroup& group, const std::string& name, Warnings& warnings)
    {
        BITWRIGHT_ASSIGN(const auto dataset, group.dataset(name, warnings));
        return dataset ? readFloats(*dataset) : std::vector<float>();
    }
    static Result<std::vector<std::int32_t>> placesOf(
        const DumpGroup& group, const std::string& name, Warnings& warnings)
    {
        BITWRIGHT_ASSIGN(const auto dataset, group.dataset(name, warnings));
        if (!dataset)
            return std::vector<std::int32_t>();
        BITWRIGHT_ASSIGN(const auto values, readIntegers(*dataset));
        return std::vector<std::int32_t>(values.begin(), values.end());
    }

    static Result<Handle> group(hid_t parent, const std::string& name)
    {
        BITWRIGHT_ASSIGN(
            const Handle settings, owned(H5Pcreate(H5P_GROUP_CREATE), H5Pclose, "group settings"));
        if (H5Pset_obj_track_times(settings.id(), false) < 0)
            return writeFailure("group settings");
        return owned(
            H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, settings.id(), H5P_DEFAULT), H5Gclose, "a group");
    }

    /// What the library still holds goes to memory, where it is little and nobody reads it, so that closing
    /// cannot meet a full disk. After a write that failed the library (1.10.8) crashes on closing all the
    /// same: then the file is emptied and left to it open (a new file of the same inode would count as open),
    /// and it does not close files at the end of the program (startLibrary).
    void abandon()
    {
        void* handle = nullptr;
        const bool known = H5Fget_vfd_handle(m_h5.id(), H5P_DEFAULT, &handle) >= 0 && handle != nullptr;
        if (m_failed) {
            if (known) // where it fails, the space comes back at the end of the program
                (void)!ftruncate(*static_cast<int*>(handle), 0);
            for (auto* const rows : {&m_outputSamples, &m_outputInputs})
                for (Handle& left : *rows)
                    left.release();
            for (Handle* left : {&m_outputs, &m_gradients, &m_sites, &m_h5})
                left->release();
            return;
        }
        const int sink = memfd_create("bitwright-abandoned", MFD_CLOEXEC);
        if (known && sink >= 0)
            dup2(sink, *static_cast<int*>(handle));
        if (sink >= 0)
            ::close(sink);
    }

    void close()
    {
        m_outputSamples.clear();
        m_outputInputs.clear();
        m_outputs.reset();
        m_gradients.reset();
        m_sites.reset();
        m_h5.reset();
    }

    io::AtomicFile m_file;
    std::string m_target;
    Handle m_h5, m_sites, m_gradients, m_outputs;
    std::vector<Handle> m_outputSamples, m_outputInputs; ///< Beside each other; the latter may be none.
    bool m_failed = false;
    std::size_t m_siteCount = 0, m_gradientCount = 0;
};

DumpFile::DumpFile() = default;
DumpFile::DumpFile(DumpFile&&) noexcept = default;
DumpFile& DumpFile::operator=(DumpFile&&) noexcept = default;
DumpFile::~DumpFile() = default;

namespace {

template <typename Writer, typename Action>
Result<void> explaining(Writer& writer, const Action& action)
{
    auto done = action();
    if (!done)
        return fail(writer.explained(std::move(done.error())));
    return done;
}

} // namespace

Result<DumpFile> DumpFile::create(const std::string& path, const std::string& folder)
{
    BITWRIGHT_ASSIGN(io::AtomicFile file, io::AtomicFile::create(path, folder));
    DumpFile dump;
    dump.m_writer = std::make_unique<Writer>(std::move(file), path);
    BITWRIGHT_CHECK(explaining(*dump.m_writer, [&] { return dump.m_writer->open(); }));
    return dump;
}

Result<void> DumpFile::addSite(const DumpSite& site)
{
    return explaining(*m_writer, [&] { return m_writer->addSite(site); });
}

Result<void> DumpFile::setTokens(std::span<const std::uint32_t> ids, std::span<const std::size_t> starts)
{
    return explaining(*m_writer, [&] { return m_writer->setTokens(ids, starts); });
}

Result<void> DumpFile::addGradient(const model::GradientFactors& gradient)
{
    return explaining(*m_writer, [&] { return m_writer->addGradient(gradient); });
}

Result<void> DumpFile::beginOutputGradients(const std::vector<model::OutputGradientSite>& sites,
    std::span<const std::int32_t> sequence, std::span<const std::int32_t> position, std::uint64_t seed)
{
    return explaining(
        *m_writer, [&] { return m_writer->beginOutputGradients(sites, sequence, position, seed); });
}

Result<void> DumpFile::writeOutputGradient(
    std::size_t site, std::uint64_t row, std::uint64_t first, std::span<const float> values)
{
    return explaining(*m_writer, [&] { return m_writer->writeOutputGradient(site, row, first, values); });
}

Result<void> DumpFile::writeOutputInput(std::size_t site, std::uint64_t row, std::span<const float> values)
{
    return explaining(*m_writer, [&] { return m_writer->writeOutputInput(site, row, values); });
}

std::size_t DumpFile::siteCount() const
{
    return m_writer->siteCount();
}

Result<void> DumpFile::copySites(DumpFile& to, std::size_t first) const
{
    return explaining(*to.m_writer, [&] { return to.m_writer->takeSites(*m_writer, first); });
}

Result<void> DumpFile::copyOutputGradients(DumpFile& to, std::uint64_t first, std::uint64_t rows) const
{
    return explaining(*to.m_writer, [&] { return to.m_writer->takeOutputGradients(*m_writer, first, rows); });
}

Result<void> DumpFile::finish(const DumpFacts& facts)
{
    return explaining(*m_writer, [&] { return m_writer->finish(facts); });
}

} // namespace bitwright::formats
