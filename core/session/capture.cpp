#include "core/session/capture.h"

#include "core/base/parallel.h"
#include "core/measure/state_store.h"
#include "core/session/output_gradients.h"

#include <algorithm>
#include <chrono>

namespace bitwright::session {

namespace {

/// Whole sequences that are run together.
struct Part
{
    forward::TokenBatch batch;
};

std::vector<Part> groupsOf(const forward::TokenBatch& whole, std::size_t mostTokens)
{
    std::vector<Part> parts;
    for (std::size_t s = 0; s < whole.sequences(); ++s) {
        const std::size_t length = whole.starts[s + 1] - whole.starts[s];
        if (parts.empty() || parts.back().batch.tokens() + length > mostTokens)
            parts.emplace_back();
        parts.back().batch.add(std::span(whole.ids).subspan(whole.starts[s], length));
    }
    return parts;
}

/// Hidden states of all parts; of a single one in memory, else in a file without a name.
class States
{
public:
    static Result<States> make(const std::vector<Part>& parts, std::size_t width, std::size_t memoryBytes)
    {
        States states;
        states.m_width = width;
        std::size_t largest = 0;
        for (const Part& part : parts) {
            states.m_sizes.push_back(part.batch.tokens() * width);
            largest = std::max(largest, states.m_sizes.back());
        }
        states.m_largest = largest;
        if (parts.size() > 1) {
            BITWRIGHT_ASSIGN(auto store, measure::StateStore::make(parts.size(), largest, memoryBytes));
            states.m_store = std::make_unique<measure::StateStore>(std::move(store));
        }
        return states;
    }

    Result<void> put(std::size_t part, std::vector<float> values)
    {
        if (m_store == nullptr) {
            m_only = std::move(values);
            return {};
        }
        values.resize(m_largest);
        return m_store->put(part, values);
    }

    Result<std::vector<float>> take(std::size_t part)
    {
        if (m_store == nullptr)
            return std::move(m_only);
        BITWRIGHT_ASSIGN(std::vector<float> values, m_store->get(part));
        values.resize(m_sizes[part]);
        return values;
    }

private:
    std::size_t m_width = 0, m_largest = 0;
    std::vector<std::size_t> m_sizes;
    std::vector<float> m_only;
    std::unique_ptr<measure::StateStore> m_store;
};

/// One run over all parts, block by block.
class CaptureRun
{
public:
    CaptureRun(const forward::Model& model, std::vector<Part> parts, SiteRecorder& recorder, States states)
        : m_model(model)
        , m_parts(std::move(parts))
        , m_recorder(recorder)
        , m_states(std::move(states))
    {
        m_hooks.observer = &recorder;
    }

    Result<void> embedAll(const RunContext& context)
    {
        for (std::size_t p = 0; p < m_parts.size(); ++p) {
            BITWRIGHT_ASSIGN(
                std::vector<float> hidden, forward::embed(m_model, m_parts[p].batch, m_hooks, context));
            BITWRIGHT_CHECK(m_states.put(p, std::move(hidden)));
        }
        return m_recorder.flush();
    }

    Result<void> runBlock(std::size_t block, const RunContext& context)
    {
        for (std::size_t p = 0; p < m_parts.size(); ++p) {
            BITWRIGHT_CHECK(context.checkStop());
            BITWRIGHT_ASSIGN(std::vector<float> hidden, m_states.take(p));
            BITWRIGHT_CHECK(forward::runBlocks(
                m_model, m_parts[p].batch, block, block + 1, hidden, m_hooks, quiet(context)));
            BITWRIGHT_CHECK(m_states.put(p, std::move(hidden)));
        }
        return m_recorder.flush();
    }

    /// The head, or the pooler of an encoder. Returns the perplexity.
    Result<std::optional<double>> finish(const RunContext& context)
    {
        std::vector<forward::TokenResult> results;
        for (std::size_t p = 0; p < m_parts.size(); ++p) {
            BITWRIGHT_ASSIGN(const std::vector<float> hidden, m_states.take(p));
            const RunContext part = context.part(static_cast<double>(p) / static_cast<double>(m_parts.size()),
                static_cast<double>(p + 1) / static_cast<double>(m_parts.size()));
            if (m_model.architecture().hasHead) {
                BITWRIGHT_ASSIGN(
                    const auto found, forward::runHead(m_model, m_parts[p].batch, hidden, m_hooks, part));
                results.insert(results.end(), found.begin(), found.end());
            } else {
                BITWRIGHT_CHECK(pool(m_parts[p].batch, hidden, context));
            }
        }
        BITWRIGHT_CHECK(m_recorder.flush());
        return forward::perplexityOf(results);
    }

private:
    static RunContext quiet(const RunContext& context)
    {
        RunContext result = context;
        result.progress = {};
        return result;
    }

    /// A pooler reads the first token of every sequence.
    Result<void> pool(
        const forward::TokenBatch& batch, const std::vector<float>& hidden, const RunContext& context)
    {
        const auto& tensors = m_model.checkpoint().tensors();
        const auto width = static_cast<std::size_t>(m_model.architecture().hidden);
        const auto pooler
            = std::find_if(tensors.begin(), tensors.end(), [&](const model::TensorInfo& tensor) {
                  return tensor.parts.role == model::Role::Pooler && !tensor.parts.bias
                      && tensor.cols() == width;
              });
        if (pooler == tensors.end())
            return {};
        BITWRIGHT_ASSIGN(
            const std::vector<float> states, forward::finalStates(m_model, batch, hidden, {}, context));
        std::vector<float> firsts;
        for (std::size_t s = 0; s < batch.sequences(); ++s) {
            const auto row = states.begin() + static_cast<std::ptrdiff_t>(batch.starts[s] * width);
            firsts.insert(firsts.end(), row, row + static_cast<std::ptrdiff_t>(width));
        }
        return m_recorder.partialInput(static_cast<model::TensorIndex>(pooler - tensors.begin()),
            {firsts.data(), batch.sequences(), width, width});
    }

    const forward::Model& m_model;
    std::vector<Part> m_parts;
    SiteRecorder& m_recorder;
    States m_states;
    forward::Hooks m_hooks;
};

/// Shares of the time, by what they cost: a block's matrices against the head's.
double headShare(const forward::Model& model)
{
    const forward::Architecture& a = model.architecture();
    const double head = static_cast<double>(a.hasHead ? a.vocabulary * a.hidden : a.hidden);
    const double block = static_cast<double>(a.hidden)
        * (4.0 * static_cast<double>(a.hidden) + 3.0 * static_cast<double>(a.intermediate));
    return head / (head + 1.5 * block * static_cast<double>(a.layers.size()));
}

} // namespace

Result<CaptureResult> capture(const forward::Model& model, const forward::TokenBatch& batch,
    const CaptureSettings& settings, const std::string& path, const RunContext& context)
{
    const auto start = std::chrono::steady_clock::now();
    BITWRIGHT_CHECK(forward::checkBatch(model, batch));
    const BlasThreads single(1);
    const auto width = static_cast<std::size_t>(model.architecture().hidden);
    const std::size_t room = context.memoryBytes() / 8;
    std::vector<Part> parts = groupsOf(batch, std::max<std::size_t>(1, room / (2 * width * sizeof(float))));
    BITWRIGHT_ASSIGN(States states, States::make(parts, width, room));
    BITWRIGHT_ASSIGN(formats::DumpFile file, formats::DumpFile::create(path));
    BITWRIGHT_CHECK(file.setTokens(batch.ids, batch.starts));
    SiteRecorder recorder(model, batch, settings.recorder, file, context);
    CaptureRun run(model, std::move(parts), recorder, std::move(states));
    // A backward pass costs some three forward passes.
    const double activations = settings.gradientBatch == nullptr ? 1.0
                                                                 : static_cast<double>(batch.tokens())
            / static_cast<double>(batch.tokens() + 4 * settings.gradientBatch->tokens());
    BITWRIGHT_CHECK(run.embedAll(context.part(0.0, 0.0)));
    const std::size_t blocks = model.blocks().size();
    const double share = activations * (1.0 - headShare(model));
    for (std::size_t block = 0; block < blocks; ++block) {
        context.report(share * static_cast<double>(block) / static_cast<double>(blocks),
            fmt::format("Recording block {}", block));
        BITWRIGHT_CHECK(run.runBlock(block, context));
    }
    CaptureResult result;
    BITWRIGHT_ASSIGN(result.perplexity, run.finish(context.part(share, activations)));
    if (settings.gradientBatch != nullptr) {
        OutputGradients outputs(model, batch, *settings.gradientBatch, file);
        forward::GradientSettings backward;
        backward.labels = settings.labels;
        backward.seed = settings.recorder.seed;
        if (settings.labels == forward::LabelKind::Model) {
            BITWRIGHT_CHECK(outputs.begin(recorder.sampleTokens(), backward.seed));
            result.outputGradients = outputs.tensors();
            backward.outputs = [&](const forward::OutputGradient& part) { return outputs.take(part); };
        }
        BITWRIGHT_ASSIGN(const auto gradients,
            forward::meanSquaredGradients(
                model, *settings.gradientBatch, {}, context.part(activations, 1.0), {}, backward));
        for (const model::GradientFactors& gradient : gradients) {
            BITWRIGHT_CHECK(file.addGradient(gradient));
            result.zeroGradients += gradient.meanSq > 0 ? 0U : 1U;
        }
        result.gradients = gradients.size();
    }
    formats::DumpFacts facts;
    facts.model = model.checkpoint().name();
    facts.dataset = settings.dataset;
    facts.producer = "bitwright capture";
    facts.tokens = batch.tokens();
    facts.sequences = batch.sequences();
    facts.seed = settings.recorder.seed;
    BITWRIGHT_CHECK(context.checkStop());
    BITWRIGHT_CHECK(file.finish(facts));
    result.sites = recorder.written();
    result.tokens = batch.tokens();
    result.sequences = batch.sequences();
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    context.report(1.0, "Recorded");
    return result;
}

} // namespace bitwright::session
