#include "core/formats/hdf5/dump_reader.h"
#include "core/formats/open.h"
#include "core/io/byte_source.h"
#include "core/io/hash.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <new>
#include <set>
#include <stdexcept>

/// The single door to HDF5 dumps: whoever wants the parsing in another process puts it behind openDump.
namespace bitwright::formats {

namespace {

constexpr std::size_t kSiteLimit = 1'000'000;
constexpr std::array<unsigned char, 8> kSignature{0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n'};

using h5::DumpGroup;
using h5::problem;
using h5::Session;

/// Groups called 0, 1, 2... in numeric order, all others after them by name.
void sortNumerically(std::vector<std::string>& names)
{
    const auto number = [](const std::string& name) -> std::optional<std::uint64_t> {
        std::uint64_t value = 0;
        const char* const end = name.data() + name.size();
        const auto [stop, status] = std::from_chars(name.data(), end, value);
        return status == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
    };
    std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
        const auto x = number(a), y = number(b);
        if (x.has_value() != y.has_value())
            return x.has_value();
        return x != y ? x < y : a < b;
    });
}

bool hasSignature(const io::ByteSource& source)
{
    // The format allows the signature at 0, 512, 1024, 2048... behind a user block.
    for (std::uint64_t at = 0; at <= 4096; at = at == 0 ? 512 : at * 2) {
        std::array<std::byte, 8> bytes{};
        if (at + bytes.size() > source.size() || !source.readAt(at, bytes))
            return false;
        if (std::equal(bytes.begin(), bytes.end(), kSignature.begin(),
                [](std::byte a, unsigned char b) { return std::to_integer<unsigned char>(a) == b; }))
            return true;
    }
    return false;
}

/// A dump in an HDF5 file, which stays open. All calls into the library happen under a Session.
class Hdf5Dump final : public model::ActivationDump
{
public:
    ~Hdf5Dump() override
    {
        const Session session;
        m_root.reset();
        m_file.reset();
    }

    [[nodiscard]] Result<void> open(const std::string& path);

    [[nodiscard]] Result<model::SampleRows> loadSamples(std::size_t site) const override;
    [[nodiscard]] Result<model::PackedGram> loadGram(std::size_t site) const override;
    [[nodiscard]] Result<model::SampleRows> loadOutputGradients(std::size_t site) const override;
    [[nodiscard]] Result<model::SampleRows> loadOutputInputs(std::size_t site) const override;
    [[nodiscard]] Result<std::vector<std::int32_t>> loadTokens() const override;
    [[nodiscard]] Result<std::vector<std::vector<std::int32_t>>> loadSequences() const override;

private:
    /// Visits the groups below /`name` in numeric order, each object once.
    template <typename Visit>
    [[nodiscard]] Result<void> visitGroups(const DumpGroup& parent, const Visit& visit);
    [[nodiscard]] Result<void> readHeader();
    [[nodiscard]] Result<void> readSites();
    [[nodiscard]] Result<void> readGradients();
    [[nodiscard]] Result<void> readOutputGradients();
    /// Rows of one of the datasets of a site of output gradients.
    [[nodiscard]] Result<model::SampleRows> loadOutputRows(
        std::size_t site, const char* name, std::uint64_t model::OutputGradientSite::*width) const;
    [[nodiscard]] Result<DumpGroup> groupBelow(const std::string& parent, const std::string& name) const;
    [[nodiscard]] Result<std::vector<std::uint32_t>> loadPlaces(
        const DumpGroup& group, const std::string& name, std::uint64_t rows) const;
    [[nodiscard]] Result<void> checkSite(std::size_t site, bool recorded, std::string_view what) const;

    h5::Handle m_file;
    std::optional<DumpGroup> m_root;
    std::vector<std::string> m_siteGroups; ///< Link name below /sites of every site.
    std::vector<std::string> m_outputGroups; ///< The same below /output_gradients.
};

/// Adds the file to an error on its way up.
template <typename T>
Result<T> inFile(Result<T> result, const std::string& path)
{
    if (!result)
        return fail(std::move(result).error().inFile(path));
    return result;
}

/// Turns what the standard library throws on absurd sizes into an error.
template <typename Work>
auto guarded(const std::string& path, const Work& work) -> decltype(work())
{
    try {
        return inFile(work(), path);
    } catch (const std::bad_alloc&) {
        return fail(problem(ErrorCode::OutOfMemory, "Not enough memory to read the dump.").inFile(path));
    } catch (const std::length_error&) {
        return fail(problem(ErrorCode::Format, "Declared size is absurd.").inFile(path));
    }
}

Result<void> Hdf5Dump::open(const std::string& path)
{
    m_path = path;
    BITWRIGHT_ASSIGN(const auto source, io::openFile(path));
    if (source->size() == 0)
        return fail(ErrorCode::Format, "File is empty.");
    if (!hasSignature(*source))
        return fail(ErrorCode::Format, "Not an HDF5 file, so not an activation dump.");
    BITWRIGHT_ASSIGN(m_contentHash, io::hashOf(*source, RunContext()));
    const Session session;
    BITWRIGHT_ASSIGN(m_file, h5::openFile(path));
    BITWRIGHT_ASSIGN(h5::Handle root, h5::openObject(m_file.id(), "/"));
    m_root.emplace(std::move(root), "/");
    BITWRIGHT_CHECK(readHeader());
    BITWRIGHT_CHECK(readSites());
    BITWRIGHT_CHECK(readGradients());
    return readOutputGradients();
}

Result<void> Hdf5Dump::readHeader()
{
    const hid_t root = m_root->id();
    BITWRIGHT_ASSIGN(const auto schema, h5::stringAttribute(root, "schema"));
    if (!schema || *schema != "bitwright-activations") {
        Error error = problem(
            ErrorCode::Format, "Not an activation dump: attribute schema is not \"bitwright-activations\".");
        return fail(std::move(error).withRemedy("Record one with samples/capture/capture_activations.py."));
    }
    BITWRIGHT_ASSIGN(const auto version, h5::integerAttribute(root, "version"));
    if (!version)
        return fail(ErrorCode::Format, "Attribute version is missing.");
    if (*version != 1)
        return fail(ErrorCode::Unsupported, "Dump version {} is not supported; this program reads version 1.",
            *version);
    const auto text = [&](const char* name, std::string& target) -> Result<void> {
        BITWRIGHT_ASSIGN(auto value, h5::stringAttribute(root, name));
        target = value.value_or("");
        return {};
    };
    BITWRIGHT_CHECK(text("model", m_modelName));
    BITWRIGHT_CHECK(text("model_hash", m_modelHash));
    BITWRIGHT_CHECK(text("dataset", m_dataset));
    BITWRIGHT_CHECK(text("producer", m_producer));
    BITWRIGHT_ASSIGN(const auto tokens, h5::integerAttribute(root, "tokens"));
    if (tokens && *tokens >= 0)
        m_tokens = static_cast<std::uint64_t>(*tokens);
    else
        m_warnings.emplace_back("Attribute tokens is missing: the number of tokens is unknown.");
    return {};
}

template <typename Visit>
Result<void> Hdf5Dump::visitGroups(const DumpGroup& parent, const Visit& visit)
{
    BITWRIGHT_ASSIGN(auto names, h5::linkNames(parent.id(), kSiteLimit));
    sortNumerically(names);
    std::set<std::uint64_t> seen;
    for (const hid_t ancestor : {m_root->id(), parent.id()}) {
        BITWRIGHT_ASSIGN(const std::uint64_t address, h5::objectAddress(ancestor));
        seen.insert(address);
    }
    for (const std::string& name : names) {
        BITWRIGHT_ASSIGN(const auto group, parent.group(name, m_warnings));
        if (!group)
            continue;
        BITWRIGHT_ASSIGN(const std::uint64_t address, h5::objectAddress(group->id()));
        if (!seen.insert(address).second) {
            m_warnings.push_back("Loop at " + escapedForDisplay(group->path()) + "; skipped.");
            continue;
        }
        BITWRIGHT_CHECK(visit(name, *group));
    }
    return {};
}

Result<void> Hdf5Dump::readSites()
{
    BITWRIGHT_ASSIGN(const auto sites, m_root->group("sites", m_warnings));
    if (!sites)
        return fail(ErrorCode::Format, "Dump has no group /sites.");
    std::set<std::pair<std::string, model::SiteKind>> names;
    return visitGroups(*sites, [&](const std::string& name, const DumpGroup& group) -> Result<void> {
        BITWRIGHT_ASSIGN(model::Site site, h5::readSite(group, m_warnings));
        if (!names.emplace(site.name, site.kind).second)
            return fail(
                problem(ErrorCode::Format, "Site appears twice with the same kind.").inTensor(site.name));
        m_sites.push_back(std::move(site));
        m_siteGroups.push_back(name);
        return {};
    });
}

Result<void> Hdf5Dump::readGradients()
{
    BITWRIGHT_ASSIGN(const auto gradients, m_root->group("gradients", m_warnings));
    if (!gradients)
        return {};
    std::set<std::string> tensors;
    return visitGroups(*gradients, [&](const std::string&, const DumpGroup& group) -> Result<void> {
        BITWRIGHT_ASSIGN(auto factors, h5::readGradient(group, m_warnings));
        if (!factors)
            return {};
        if (!tensors.insert(factors->tensor).second)
            return fail(problem(ErrorCode::Format, "Gradients appear twice.").inTensor(factors->tensor));
        m_gradients.push_back(std::move(*factors));
        return {};
    });
}

Result<void> Hdf5Dump::readOutputGradients()
{
    BITWRIGHT_ASSIGN(const auto outputs, m_root->group("output_gradients", m_warnings));
    if (!outputs)
        return {};
    BITWRIGHT_ASSIGN(const auto labels, h5::stringAttribute(outputs->id(), "labels"));
    if (!labels || *labels != "model") {
        m_warnings.emplace_back("Gradients of outputs are not of labels drawn from the model; ignored.");
        return {};
    }
    std::set<std::string> tensors;
    return visitGroups(*outputs, [&](const std::string& name, const DumpGroup& group) -> Result<void> {
        BITWRIGHT_ASSIGN(auto site, h5::readOutputGradient(group, m_warnings));
        if (!site)
            return {};
        if (!tensors.insert(site->tensor).second)
            return fail(
                problem(ErrorCode::Format, "Gradients of outputs appear twice.").inTensor(site->tensor));
        m_outputGradients.push_back(std::move(*site));
        m_outputGroups.push_back(name);
        return {};
    });
}

Result<DumpGroup> Hdf5Dump::groupBelow(const std::string& parent, const std::string& name) const
{
    h5::Warnings ignored; // reported when the dump was opened
    BITWRIGHT_ASSIGN(const auto sites, m_root->group(parent, ignored));
    if (sites) {
        BITWRIGHT_ASSIGN(auto group, sites->group(name, ignored));
        if (group)
            return std::move(*group);
    }
    return fail(ErrorCode::Format, "File changed while reading.");
}

Result<void> Hdf5Dump::checkSite(std::size_t site, bool recorded, std::string_view what) const
{
    if (site >= m_sites.size())
        return fail(ErrorCode::OutOfRange, "Site {} does not exist.", site);
    if (!recorded)
        return fail(problem(ErrorCode::InvalidArgument, fmt::format("The dump holds no {} here.", what))
                        .inTensor(m_sites[site].name));
    return {};
}

Result<std::vector<std::uint32_t>> Hdf5Dump::loadPlaces(
    const DumpGroup& group, const std::string& name, std::uint64_t rows) const
{
    h5::Warnings ignored;
    BITWRIGHT_ASSIGN(const auto dataset, group.dataset(name, ignored));
    std::vector<std::uint32_t> places;
    if (!dataset || dataset->elements != rows)
        return places;
    BITWRIGHT_ASSIGN(const auto values, h5::readIntegers(*dataset));
    for (const std::int64_t value : values) {
        if (value < 0 || value > std::int64_t{UINT32_MAX})
            return fail(problem(ErrorCode::Format, "Holds a number outside of 0..2^32-1.")
                            .inTensor(group.path() + "/" + name));
        places.push_back(static_cast<std::uint32_t>(value));
    }
    return places;
}

Result<model::SampleRows> Hdf5Dump::loadSamples(std::size_t site) const
{
    return guarded(m_path, [&]() -> Result<model::SampleRows> {
        BITWRIGHT_CHECK(checkSite(site, site < m_sites.size() && m_sites[site].sampleRows != 0, "samples"));
        const Session session;
        BITWRIGHT_ASSIGN(const DumpGroup group, groupBelow("sites", m_siteGroups[site]));
        h5::Warnings ignored;
        BITWRIGHT_ASSIGN(const auto dataset, group.dataset("samples", ignored));
        model::SampleRows samples;
        samples.rows = m_sites[site].sampleRows;
        samples.channels = m_sites[site].channels;
        if (!dataset || dataset->elements != samples.rows * samples.channels)
            return fail(ErrorCode::Format, "File changed while reading.");
        BITWRIGHT_ASSIGN(samples.values, h5::readFloats(*dataset));
        BITWRIGHT_ASSIGN(samples.sequence, loadPlaces(group, "sample_sequence", samples.rows));
        BITWRIGHT_ASSIGN(samples.position, loadPlaces(group, "sample_position", samples.rows));
        return samples;
    });
}

Result<model::SampleRows> Hdf5Dump::loadOutputGradients(std::size_t site) const
{
    return loadOutputRows(site, "samples", &model::OutputGradientSite::outputs);
}

Result<model::SampleRows> Hdf5Dump::loadOutputInputs(std::size_t site) const
{
    return loadOutputRows(site, "inputs", &model::OutputGradientSite::inputs);
}

Result<model::SampleRows> Hdf5Dump::loadOutputRows(
    std::size_t site, const char* name, std::uint64_t model::OutputGradientSite::*width) const
{
    return guarded(m_path, [&]() -> Result<model::SampleRows> {
        if (site >= m_outputGradients.size())
            return fail(ErrorCode::OutOfRange, "Gradients of outputs {} do not exist.", site);
        const model::OutputGradientSite& facts = m_outputGradients[site];
        if (facts.*width == 0)
            return fail(problem(ErrorCode::InvalidArgument, "No inputs stand beside its gradients.")
                            .inTensor(facts.tensor));
        const Session session;
        BITWRIGHT_ASSIGN(const DumpGroup group, groupBelow("output_gradients", m_outputGroups[site]));
        h5::Warnings ignored;
        BITWRIGHT_ASSIGN(const auto dataset, group.dataset(name, ignored));
        model::SampleRows samples;
        samples.rows = facts.rows;
        samples.channels = facts.*width;
        if (!dataset || dataset->elements != samples.rows * samples.channels)
            return fail(ErrorCode::Format, "File changed while reading.");
        BITWRIGHT_ASSIGN(samples.values, h5::readFloats(*dataset));
        if (!std::all_of(samples.values.begin(), samples.values.end(),
                [](float value) { return std::isfinite(value); }))
            return fail(
                problem(ErrorCode::Format, "Gradients of outputs hold NaN or Inf.").inTensor(facts.tensor));
        BITWRIGHT_ASSIGN(samples.sequence, loadPlaces(group, "sample_sequence", samples.rows));
        BITWRIGHT_ASSIGN(samples.position, loadPlaces(group, "sample_position", samples.rows));
        return samples;
    });
}

Result<model::PackedGram> Hdf5Dump::loadGram(std::size_t site) const
{
    return guarded(m_path, [&]() -> Result<model::PackedGram> {
        BITWRIGHT_CHECK(checkSite(site, site < m_sites.size() && m_sites[site].hasGram, "Gram"));
        const Session session;
        BITWRIGHT_ASSIGN(const DumpGroup group, groupBelow("sites", m_siteGroups[site]));
        h5::Warnings ignored;
        BITWRIGHT_ASSIGN(const auto dataset, group.dataset("gram", ignored));
        model::PackedGram gram;
        gram.width = m_sites[site].channels;
        gram.count = m_sites[site].gramCount;
        if (!dataset || dataset->elements != gram.width * (gram.width + 1) / 2)
            return fail(ErrorCode::Format, "File changed while reading.");
        BITWRIGHT_ASSIGN(gram.lower, h5::readFloats(*dataset));
        return gram;
    });
}

Result<std::vector<std::int32_t>> Hdf5Dump::loadTokens() const
{
    BITWRIGHT_ASSIGN(const auto sequences, loadSequences());
    std::vector<std::int32_t> tokens;
    for (const auto& sequence : sequences)
        tokens.insert(tokens.end(), sequence.begin(), sequence.end());
    return tokens;
}

Result<std::vector<std::vector<std::int32_t>>> Hdf5Dump::loadSequences() const
{
    using Sequences = std::vector<std::vector<std::int32_t>>;
    return guarded(m_path, [&]() -> Result<Sequences> {
        const Session session;
        h5::Warnings ignored;
        BITWRIGHT_ASSIGN(const auto group, m_root->group("tokens", ignored));
        if (!group)
            return Sequences();
        BITWRIGHT_ASSIGN(const auto dataset, group->dataset("input_ids", ignored));
        if (!dataset)
            return Sequences();
        BITWRIGHT_ASSIGN(const auto values, h5::readIntegers(*dataset));
        const std::size_t count = dataset->shape.size() == 2
            ? static_cast<std::size_t>(std::max<std::uint64_t>(1, dataset->shape[0]))
            : std::size_t{1};
        Sequences sequences(values.empty() ? 0 : count);
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (values[i] < INT32_MIN || values[i] > INT32_MAX)
                return fail(problem(ErrorCode::Format, "Holds a number outside of 32 bits.")
                                .inTensor("/tokens/input_ids"));
            sequences[i * count / values.size()].push_back(static_cast<std::int32_t>(values[i]));
        }
        return sequences;
    });
}

} // namespace

Result<std::shared_ptr<const model::ActivationDump>> openDump(const std::string& path)
{
    return guarded(path, [&]() -> Result<std::shared_ptr<const model::ActivationDump>> {
        auto dump = std::make_shared<Hdf5Dump>();
        BITWRIGHT_CHECK(dump->open(path));
        return std::shared_ptr<const model::ActivationDump>(std::move(dump));
    });
}

bool looksLikeDump(const std::string& path)
{
    const auto source = io::openFile(path);
    return source && hasSignature(**source);
}

} // namespace bitwright::formats
