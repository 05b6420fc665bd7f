#include "core/session/capture.h"

#include "core/base/parallel.h"
#include "core/session/capture_partial.h"
#include "core/session/capture_states.h"
#include "core/session/output_gradients.h"

#include <algorithm>
#include <chrono>

namespace bitwright::session {

namespace {

constexpr double kGradientCost = 4; ///< Forward passes that gradients of a token cost.

/// What is recorded.
struct Task
{
    const forward::Model& model;
    const forward::TokenBatch& whole;
    const std::vector<forward::TokenBatch>& batches; ///< Its sequences, as they are run together.
    const CaptureSettings& settings;

    [[nodiscard]] std::uint64_t blocks() const { return model.blocks().size(); }
    [[nodiscard]] std::uint64_t sequences() const
    {
        return settings.gradientBatch == nullptr ? 0 : settings.gradientBatch->sequences();
    }
};

/// One run over all tokens, block by block. What is done of it: blocks, the head, sequences of gradients.
class CaptureRun
{
public:
    CaptureRun(const Task& task, formats::DumpFile& file, SiteRecorder& recorder, CaptureStates states,
        CapturePartial* partial)
        : m_task(task)
        , m_model(task.model)
        , m_file(file)
        , m_recorder(recorder)
        , m_states(std::move(states))
        , m_partial(partial)
    {
        m_hooks.observer = &recorder;
    }

    /// Takes over what an earlier run wrote down.
    Result<void> restore(const RunContext& context)
    {
        formats::PartialDump& store = m_partial->store();
        m_done = m_partial->done();
        std::vector<std::shared_ptr<const model::ActivationDump>> pieces;
        for (std::size_t i = 0; i < store.pieces(); ++i) {
            BITWRIGHT_ASSIGN(const auto piece, store.openPiece(i, context));
            BITWRIGHT_CHECK(m_recorder.restore(*piece));
            pieces.push_back(piece);
        }
        m_savedSites = m_file.siteCount();
        if (m_done <= m_task.blocks()) {
            BITWRIGHT_ASSIGN(const auto states, store.openState(context));
            return m_states.read(*states);
        }
        BITWRIGHT_ASSIGN(m_tail, m_partial->loadTail(m_model, context));
        m_savedSequences = m_tail.gradients.sequences;
        if (m_savedSequences == 0)
            return {};
        BITWRIGHT_CHECK(beginGradients());
        if (!m_outputs)
            return {};
        for (const auto& piece : pieces)
            BITWRIGHT_CHECK(m_outputs->restore(*piece, context));
        if (!m_outputs->restored(m_savedSequences))
            return fail(ErrorCode::Format, "gradients of outputs are incomplete");
        return {};
    }

    /// Everything that is not done yet; blocks take `blockShare` of the progress, all activations
    /// `activationShare`.
    Result<void> run(double blockShare, double activationShare, const RunContext& context)
    {
        if (m_done == 0)
            BITWRIGHT_CHECK(embedAll(context.part(0.0, 0.0)));
        const std::uint64_t blocks = m_task.blocks();
        while (m_done < blocks) {
            context.report(blockShare * static_cast<double>(m_done) / static_cast<double>(blocks),
                fmt::format("Recording block {}", m_done));
            BITWRIGHT_CHECK(runBlock(static_cast<std::size_t>(m_done), context));
            ++m_done;
            BITWRIGHT_CHECK(save(context));
        }
        if (m_done == blocks) {
            BITWRIGHT_ASSIGN(m_tail.perplexity, finish(context.part(blockShare, activationShare)));
            ++m_done;
            BITWRIGHT_CHECK(save(context));
        }
        if (m_task.sequences() > 0)
            return runGradients(context.part(activationShare, 1.0));
        return {};
    }

    [[nodiscard]] std::optional<double> perplexity() const { return m_tail.perplexity; }
    [[nodiscard]] std::size_t gradients() const { return m_gradients; }
    [[nodiscard]] std::size_t zeroGradients() const { return m_zeroGradients; }
    [[nodiscard]] std::size_t outputGradients() const { return m_outputs ? m_outputs->tensors() : 0; }

private:
    static RunContext quiet(const RunContext& context)
    {
        RunContext result = context;
        result.progress = {};
        return result;
    }

    /// Writes down what is done, where that is worth its time.
    Result<void> save(const RunContext& context)
    {
        if (m_partial == nullptr || !m_partial->due())
            return {};
        const std::size_t sequences = m_tail.gradients.sequences;
        formats::PartialDump::Content content;
        if (m_file.siteCount() > m_savedSites || (m_outputs && sequences > m_savedSequences))
            content.piece = [&](formats::DumpFile& piece) -> Result<void> {
                BITWRIGHT_CHECK(m_file.copySites(piece, m_savedSites));
                return m_outputs ? m_outputs->copyTo(piece, m_savedSequences, sequences) : Result<void>();
            };
        content.state = [&](const formats::PartialDump::StateSink& sink) {
            return m_done <= m_task.blocks() ? m_states.write(sink) : CapturePartial::writeTail(m_tail, sink);
        };
        BITWRIGHT_CHECK(m_partial->save(m_done, content, context));
        m_savedSites = m_file.siteCount();
        m_savedSequences = sequences;
        return {};
    }

    Result<void> embedAll(const RunContext& context)
    {
        for (std::size_t b = 0; b < m_task.batches.size(); ++b) {
            BITWRIGHT_ASSIGN(
                std::vector<float> hidden, forward::embed(m_model, m_task.batches[b], m_hooks, context));
            BITWRIGHT_CHECK(m_states.put(b, std::move(hidden)));
        }
        return m_recorder.flush();
    }

    Result<void> runBlock(std::size_t block, const RunContext& context)
    {
        for (std::size_t b = 0; b < m_task.batches.size(); ++b) {
            BITWRIGHT_CHECK(context.checkStop());
            BITWRIGHT_ASSIGN(std::vector<float> hidden, m_states.take(b));
            BITWRIGHT_CHECK(forward::runBlocks(
                m_model, m_task.batches[b], block, block + 1, hidden, m_hooks, quiet(context)));
            BITWRIGHT_CHECK(m_states.put(b, std::move(hidden)));
        }
        return m_recorder.flush();
    }

    /// The head, or the pooler of an encoder. Returns the perplexity.
    Result<std::optional<double>> finish(const RunContext& context)
    {
        context.report(0.0, m_model.architecture().hasHead ? "Recording the head" : "Recording the pooler");
        std::vector<forward::TokenResult> results;
        const auto count = static_cast<double>(m_task.batches.size());
        for (std::size_t b = 0; b < m_task.batches.size(); ++b) {
            BITWRIGHT_ASSIGN(const std::vector<float> hidden, m_states.take(b));
            const RunContext part
                = context.part(static_cast<double>(b) / count, static_cast<double>(b + 1) / count);
            if (m_model.architecture().hasHead) {
                BITWRIGHT_ASSIGN(
                    const auto found, forward::runHead(m_model, m_task.batches[b], hidden, m_hooks, part));
                results.insert(results.end(), found.begin(), found.end());
            } else {
                BITWRIGHT_CHECK(pool(m_task.batches[b], hidden, context));
            }
        }
        BITWRIGHT_CHECK(m_recorder.flush());
        return forward::perplexityOf(results);
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

    Result<void> beginGradients()
    {
        if (m_task.settings.labels != forward::LabelKind::Model)
            return {};
        m_outputs.emplace(m_model, m_task.whole, *m_task.settings.gradientBatch, m_file);
        return m_outputs->begin(m_recorder.sampleTokens(), m_task.settings.recorder.seed);
    }

    Result<void> runGradients(const RunContext& context)
    {
        if (m_tail.gradients.sequences == 0)
            BITWRIGHT_CHECK(beginGradients());
        forward::GradientSettings backward;
        backward.labels = m_task.settings.labels;
        backward.seed = m_task.settings.recorder.seed;
        if (m_outputs)
            backward.outputs = [&](const forward::OutputGradient& part) { return m_outputs->take(part); };
        const forward::GradientState from = std::move(m_tail.gradients);
        if (from.sequences > 0)
            backward.from = &from;
        backward.after = [&](std::size_t sequences, const auto& state) -> Result<void> {
            m_done = m_task.blocks() + 1 + sequences;
            if (m_partial == nullptr || !m_partial->due())
                return {};
            m_tail.gradients = state();
            return save(context);
        };
        BITWRIGHT_ASSIGN(const auto gradients,
            forward::meanSquaredGradients(
                m_model, *m_task.settings.gradientBatch, {}, context, {}, backward));
        for (const model::GradientFactors& gradient : gradients) {
            BITWRIGHT_CHECK(m_file.addGradient(gradient));
            m_zeroGradients += gradient.meanSq > 0 ? 0U : 1U;
        }
        m_gradients = gradients.size();
        return {};
    }

    const Task& m_task;
    const forward::Model& m_model;
    formats::DumpFile& m_file;
    SiteRecorder& m_recorder;
    CaptureStates m_states;
    CapturePartial* m_partial;
    forward::Hooks m_hooks;
    std::uint64_t m_done = 0;
    CaptureTail m_tail;
    std::size_t m_savedSites = 0, m_savedSequences = 0;
    std::optional<OutputGradients> m_outputs;
    std::size_t m_gradients = 0, m_zeroGradients = 0;
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

void say(const CaptureSettings& settings, const RunContext& context, const std::string& line)
{
    if (settings.note)
        settings.note(line);
    else
        context.report(0.0, line);
}

/// Whether what is written down can be of use after this failure.
bool mayGoOn(ErrorCode code)
{
    return code == ErrorCode::Cancelled || code == ErrorCode::Io || code == ErrorCode::OutOfMemory;
}

/// The damage that keeps an earlier run from being gone on from: a value, so that another attempt begins
/// anew.
using Damage = std::optional<std::string>;

/// Records, from where `partial` stands.
Result<Damage> attempt(const Task& task, CapturePartial* partial, const std::string& path,
    CaptureResult& result, const RunContext& context)
{
    const forward::Model& model = task.model;
    const CaptureSettings& settings = task.settings;
    BITWRIGHT_ASSIGN(CaptureStates states,
        CaptureStates::make(
            task.batches, static_cast<std::size_t>(model.architecture().hidden), context.memoryBytes() / 8));
    BITWRIGHT_ASSIGN(formats::DumpFile file,
        formats::DumpFile::create(path, partial == nullptr ? std::string() : partial->store().folder()));
    BITWRIGHT_CHECK(file.setTokens(task.whole.ids, task.whole.starts));
    SiteRecorder recorder(model, task.whole, settings.recorder, file, context);
    CaptureRun run(task, file, recorder, std::move(states), partial);
    if (partial != nullptr && partial->done() > 0) {
        auto restored = run.restore(context);
        if (!restored && mayGoOn(restored.error().code))
            return fail(std::move(restored.error()));
        if (!restored)
            return Damage(restored.error().message);
        result.resumedParts = static_cast<std::size_t>(partial->done());
        say(settings, context, fmt::format("Goes on after {} recorded before.", partial->doneText()));
    }
    const auto tokens = static_cast<double>(task.whole.tokens());
    const double backward = settings.gradientBatch == nullptr
        ? 0.0
        : kGradientCost * static_cast<double>(settings.gradientBatch->tokens());
    const double activations = tokens / (tokens + backward);
    BITWRIGHT_CHECK(run.run(activations * (1.0 - headShare(model)), activations, context));
    formats::DumpFacts facts;
    facts.model = model.checkpoint().name();
    facts.dataset = settings.dataset;
    facts.producer = "bitwright capture";
    facts.tokens = task.whole.tokens();
    facts.sequences = task.whole.sequences();
    facts.seed = settings.recorder.seed;
    BITWRIGHT_CHECK(context.checkStop());
    BITWRIGHT_CHECK(file.finish(facts));
    result.perplexity = run.perplexity();
    result.gradients = run.gradients();
    result.zeroGradients = run.zeroGradients();
    result.outputGradients = run.outputGradients();
    result.sites = recorder.written();
    return Damage();
}

/// Says in the error what is kept, or removes what is of no use.
Error withPartial(Error error, CapturePartial& partial)
{
    if (!mayGoOn(error.code)) {
        partial.store().discard();
        return error;
    }
    if (partial.done() > 0)
        error.remedy += fmt::format(
            "{}Recording again with the same settings goes on after {}, which {} keeps.",
            error.remedy.empty() ? "" : " ", partial.doneText(), escapedForDisplay(partial.store().folder()));
    return error;
}

} // namespace

Result<CaptureResult> capture(const forward::Model& model, const forward::TokenBatch& batch,
    const CaptureSettings& settings, const std::string& path, const RunContext& context)
{
    const auto start = std::chrono::steady_clock::now();
    BITWRIGHT_CHECK(forward::checkBatch(model, batch));
    const BlasThreads single(1);
    const std::size_t room = context.memoryBytes() / 8;
    const std::size_t bytes = 2 * sizeof(float) * static_cast<std::size_t>(model.architecture().hidden);
    const auto batches = batchesOf(batch, std::max<std::size_t>(1, room / bytes));
    const Task task{model, batch, batches, settings};
    std::optional<CapturePartial> partial;
    const auto refused = [&] {
        say(settings, context,
            fmt::format("{} {}: the recording starts anew.", escapedForDisplay(partial->store().folder()),
                partial->store().refusal()));
    };
    if (settings.resumable) {
        BITWRIGHT_ASSIGN(auto found, CapturePartial::open(model, batch, batches, settings, path, context));
        partial.emplace(std::move(found));
        if (!partial->store().refusal().empty())
            refused();
    }
    CaptureResult result;
    result.parts = static_cast<std::size_t>(task.blocks() + 1 + task.sequences());
    for (bool complete = false; !complete;) {
        auto damage = attempt(task, partial ? &*partial : nullptr, path, result, context);
        if (!damage && partial)
            return fail(withPartial(std::move(damage.error()), *partial));
        if (!damage)
            return fail(std::move(damage.error()));
        complete = !*damage;
        if (!complete) {
            partial->startAnew(fmt::format("is damaged ({})", **damage));
            refused();
        }
    }
    if (partial)
        partial->store().discard();
    result.tokens = batch.tokens();
    result.sequences = batch.sequences();
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    context.report(1.0, "Recorded");
    return result;
}

} // namespace bitwright::session
