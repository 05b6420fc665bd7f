#pragma once

#include "core/model/activation_dump.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bitwright::testing {

/// An activation dump that lives in memory, for tests of everything above the reader.
class MemoryDump final : public model::ActivationDump
{
public:
    explicit MemoryDump(std::uint64_t tokens = 0, std::string dataset = "memory")
    {
        m_tokens = tokens;
        m_dataset = std::move(dataset);
        m_path = "memory";
    }

    std::size_t addSite(model::Site site)
    {
        m_sites.push_back(std::move(site));
        return m_sites.size() - 1;
    }

    /// Adds a site with sample rows, its token rms left out.
    std::size_t addSite(std::string name, model::SiteKind kind, std::vector<std::string> tensors,
        std::optional<int> block, model::SampleRows samples)
    {
        model::Site site;
        site.name = std::move(name);
        site.kind = kind;
        site.tensors = std::move(tensors);
        site.block = block;
        site.channels = samples.channels;
        site.count = m_tokens;
        site.sampleRows = samples.rows;
        const std::size_t index = addSite(std::move(site));
        m_samples[index] = std::move(samples);
        return index;
    }

    model::Site& site(std::size_t index) { return m_sites[index]; }

    void setGram(std::size_t index, model::PackedGram gram)
    {
        m_sites[index].hasGram = true;
        m_sites[index].gramCount = gram.count;
        m_grams[index] = std::move(gram);
    }

    void setSamples(std::size_t index, model::SampleRows samples)
    {
        m_sites[index].sampleRows = samples.rows;
        m_samples[index] = std::move(samples);
    }

    void addGradient(model::GradientFactors gradient) { m_gradients.push_back(std::move(gradient)); }
    /// Only what it says of itself: no rows can be loaded.
    void addOutputGradients(model::OutputGradientSite site) { m_outputGradients.push_back(std::move(site)); }

    [[nodiscard]] Result<model::SampleRows> loadSamples(std::size_t site) const override
    {
        const auto found = m_samples.find(site);
        if (found == m_samples.end())
            return fail(ErrorCode::InvalidArgument, "The site has no samples.");
        return found->second;
    }
    [[nodiscard]] Result<model::PackedGram> loadGram(std::size_t site) const override
    {
        const auto found = m_grams.find(site);
        if (found == m_grams.end())
            return fail(ErrorCode::InvalidArgument, "The site has no Gram.");
        return found->second;
    }
    [[nodiscard]] Result<std::vector<std::int32_t>> loadTokens() const override
    {
        return std::vector<std::int32_t>{};
    }

private:
    std::map<std::size_t, model::SampleRows> m_samples;
    std::map<std::size_t, model::PackedGram> m_grams;
};

} // namespace bitwright::testing
