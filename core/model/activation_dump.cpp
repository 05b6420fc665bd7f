#include "core/model/activation_dump.h"

#include "core/model/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace bitwright::model {

std::string_view siteKindName(SiteKind kind)
{
    switch (kind) {
    case SiteKind::InputOf:
        return "input_of";
    case SiteKind::OutputOf:
        return "output_of";
    case SiteKind::Residual:
        return "residual";
    }
    return "residual";
}

std::uint64_t LogHistogram::total() const
{
    std::uint64_t sum = zeros;
    for (const std::uint64_t count : counts)
        sum += count;
    return sum;
}

std::optional<double> LogHistogram::quantile(double q) const
{
    const std::uint64_t all = total();
    if (all == 0 || std::isnan(q))
        return std::nullopt;
    const double wanted = std::clamp(q, 0.0, 1.0) * static_cast<double>(all);
    double below = static_cast<double>(zeros);
    if (wanted <= below && zeros > 0)
        return 0.0;
    const double width = (kHigh - kLow) / kBins;
    std::optional<double> last;
    for (std::size_t bin = 0; bin < counts.size(); ++bin) {
        const auto inside = static_cast<double>(counts[bin]);
        if (inside <= 0.0)
            continue;
        const double low = kLow + width * static_cast<double>(bin);
        if (wanted <= below + inside)
            return std::pow(10.0, low + width * std::max(0.0, wanted - below) / inside);
        below += inside;
        last = std::pow(10.0, low + width);
    }
    return last; // only reached by rounding of `wanted`
}

std::optional<std::size_t> ActivationDump::outputGradientOf(std::string_view matrix) const
{
    const auto found = std::find_if(m_outputGradients.begin(), m_outputGradients.end(),
        [&](const OutputGradientSite& site) { return site.tensor == matrix; });
    if (found == m_outputGradients.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - m_outputGradients.begin());
}

Result<SampleRows> ActivationDump::loadOutputGradients(std::size_t) const
{
    return fail(ErrorCode::InvalidArgument, "The dump holds no gradients of outputs.");
}

Result<SampleRows> ActivationDump::loadOutputInputs(std::size_t) const
{
    return fail(ErrorCode::InvalidArgument, "The dump holds no inputs beside gradients of outputs.");
}

const GradientFactors* ActivationDump::gradientOf(std::string_view matrix) const
{
    const auto found = std::find_if(m_gradients.begin(), m_gradients.end(),
        [&](const GradientFactors& factors) { return factors.tensor == matrix; });
    return found == m_gradients.end() ? nullptr : &*found;
}

Result<std::vector<std::vector<std::int32_t>>> ActivationDump::loadSequences() const
{
    std::vector<std::vector<std::int32_t>> sequences;
    BITWRIGHT_ASSIGN(auto tokens, loadTokens());
    if (!tokens.empty())
        sequences.push_back(std::move(tokens));
    return sequences;
}

std::optional<std::size_t> ActivationDump::inputSiteOf(std::string_view tensor) const
{
    for (std::size_t i = 0; i < m_sites.size(); ++i) {
        const Site& site = m_sites[i];
        if (site.kind == SiteKind::InputOf
            && std::find(site.tensors.begin(), site.tensors.end(), tensor) != site.tensors.end())
            return i;
    }
    return std::nullopt;
}

namespace {

Error misfit(const ActivationDump& dump, std::string_view tensor, std::string message)
{
    Error error;
    error.code = ErrorCode::Mismatch;
    error.message = std::move(message);
    error.file = dump.path();
    error.tensor = tensor;
    error.remedy = "Record the activations again with this model, or open the model that the dump names.";
    return error;
}

/// Tensor that a dump means by `name`. The head of a model with tied embeddings is a layer to whoever records
/// activations, but its weights are stored once, under the name of the embedding.
const TensorInfo* findNamed(const Checkpoint& checkpoint, const std::string& name)
{
    if (const auto index = checkpoint.find(name))
        return &checkpoint.tensors()[*index];
    if (parseTensorName(name).role != Role::Output)
        return nullptr;
    const auto& tensors = checkpoint.tensors();
    const auto embedding = std::find_if(tensors.begin(), tensors.end(), [](const TensorInfo& tensor) {
        return tensor.parts.role == Role::Embedding && tensor.shape.size() == 2;
    });
    return embedding == tensors.end() ? nullptr : &*embedding;
}

/// Checks one tensor that a site names.
Result<void> checkSiteTensor(
    const ActivationDump& dump, const Site& site, const std::string& name, const Checkpoint& checkpoint)
{
    const TensorInfo* named = findNamed(checkpoint, name);
    if (named == nullptr) {
        return fail(misfit(dump, name,
            fmt::format(
                "Site \"{}\" names a tensor that {} does not have: the dump was made with another model.",
                site.name, checkpoint.name())));
    }
    const TensorInfo& tensor = *named;
    if (tensor.rows() == 0 || tensor.cols() == 0)
        return {}; // no matrix: nothing to compare channels with
    const bool input = site.kind == SiteKind::InputOf;
    const std::uint64_t expected = input ? tensor.cols() : tensor.rows();
    if (site.channels == expected)
        return {};
    return fail(misfit(dump, name,
        fmt::format(
            "Site \"{}\" has {} channels, but the tensor has {} {}: the dump was made with another model.",
            site.name, site.channels, expected, input ? "inputs" : "outputs")));
}

/// The same for a name that may be of one expert of a stack, "tensor[3]".
const TensorInfo* findMatrix(const Checkpoint& checkpoint, const std::string& name)
{
    if (const TensorInfo* const found = findNamed(checkpoint, name))
        return found;
    const std::size_t bracket = name.rfind('[');
    if (bracket == std::string::npos)
        return nullptr;
    const TensorInfo* const stack = findNamed(checkpoint, name.substr(0, bracket));
    std::uint64_t expert = 0;
    std::from_chars(name.data() + bracket + 1, name.data() + name.size(), expert);
    return stack != nullptr && expert < stack->experts && matrixName(*stack, expert) == name ? stack
                                                                                             : nullptr;
}

Result<void> checkGradient(
    const ActivationDump& dump, const GradientFactors& factors, const Checkpoint& checkpoint)
{
    const TensorInfo* named = findMatrix(checkpoint, factors.tensor);
    if (named == nullptr) {
        return fail(misfit(dump, factors.tensor,
            fmt::format(
                "Gradients name a tensor that {} does not have: the dump was made with another model.",
                checkpoint.name())));
    }
    const TensorInfo& tensor = *named;
    if (factors.rowMeanSq.size() == tensor.rows() && factors.colMeanSq.size() == tensor.cols())
        return {};
    return fail(misfit(dump, factors.tensor,
        fmt::format("Gradients are {} x {}, but the tensor is {} x {}: the dump was made with another model.",
            factors.rowMeanSq.size(), factors.colMeanSq.size(), tensor.rows(), tensor.cols())));
}

Result<void> checkOutputGradient(
    const ActivationDump& dump, const OutputGradientSite& site, const Checkpoint& checkpoint)
{
    const TensorInfo* named = findMatrix(checkpoint, site.tensor);
    if (named != nullptr && site.outputs == named->rows()
        && (site.inputs == 0 || site.inputs == named->cols()))
        return {};
    if (named != nullptr && site.outputs == named->rows())
        return fail(misfit(dump, site.tensor,
            fmt::format(
                "{} inputs stand beside gradients of outputs, but the tensor has {}: the dump was made "
                "with another model.",
                site.inputs, named->cols())));
    return fail(misfit(dump, site.tensor,
        named == nullptr
            ? fmt::format("Gradients of outputs name a tensor that {} does not have: the dump was made with "
                          "another model.",
                checkpoint.name())
            : fmt::format("Gradients of {} outputs, but the tensor has {}: the dump was made with another "
                          "model.",
                site.outputs, named->rows())));
}

} // namespace

Result<void> checkDumpFits(const ActivationDump& dump, const Checkpoint& checkpoint)
{
    for (const Site& site : dump.sites()) {
        if (site.kind == SiteKind::Residual)
            continue; // names no matrix whose shape must agree
        for (const std::string& name : site.tensors)
            BITWRIGHT_CHECK(checkSiteTensor(dump, site, name, checkpoint));
    }
    for (const GradientFactors& factors : dump.gradients())
        BITWRIGHT_CHECK(checkGradient(dump, factors, checkpoint));
    for (const OutputGradientSite& site : dump.outputGradients())
        BITWRIGHT_CHECK(checkOutputGradient(dump, site, checkpoint));
    return {};
}

} // namespace bitwright::model
