#include "views/models/harm_run.h"

#include "core/formats/token_ids.h"
#include "core/session/capture_tokens.h"
#include "core/session/token_input.h"
#include "views/jobs/job_queue.h"
#include "views/models/core_text.h"
#include "views/models/harm_text.h"
#include "views/models/number_text.h"
#include "views/models/recording.h"

#include <QCryptographicHash>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryFile>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {

/// Of its own, so that scores can be made from what is measured while the measuring goes on.
const QString kMeasureLane = QStringLiteral("measure");
const QString kScoreLane = QStringLiteral("weights"); // after the scoring whose results it reads
const QString kPlansKey = QStringLiteral("harm/plans");
constexpr int kRefreshMilliseconds = 4000;

/// Says whether a plan is one that was measured: target and every unit's option.
QString hashOf(const plan::Plan& plan)
{
    QCryptographicHash hash(QCryptographicHash::Sha1);
    hash.addData(QByteArray::fromStdString(plan.target));
    for (const auto& [unit, entry] : plan.entries) {
        hash.addData(QByteArray::fromStdString(unit));
        hash.addData(QByteArray::fromStdString("=" + entry.option + ";"));
    }
    return QString::fromLatin1(hash.result().toHex());
}

QJsonValue number(const std::optional<double>& value)
{
    return value ? QJsonValue(*value) : QJsonValue();
}

std::optional<double> numberFrom(const QJsonValue& value)
{
    return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
}

QJsonObject toJson(const HarmRun::PlanHarm& plan)
{
    return {{QStringLiteral("name"), plan.name}, {QStringLiteral("target"), plan.target},
        {QStringLiteral("text"), plan.text}, {QStringLiteral("bytes"), static_cast<double>(plan.bytes)},
        {QStringLiteral("bpw"), plan.bpw}, {QStringLiteral("uniform"), plan.uniform},
        {QStringLiteral("mean"), plan.mean}, {QStringLiteral("low"), number(plan.low)},
        {QStringLiteral("high"), number(plan.high)}, {QStringLiteral("perplexity"), number(plan.perplexity)},
        {QStringLiteral("reference_perplexity"), number(plan.referencePerplexity)},
        {QStringLiteral("same_best"), number(plan.sameBest)},
        {QStringLiteral("tokens"), static_cast<double>(plan.tokens)},
        {QStringLiteral("predicted"), number(plan.predicted)}, {QStringLiteral("choice"), plan.choice}};
}

HarmRun::PlanHarm planFromJson(const QJsonObject& json)
{
    HarmRun::PlanHarm plan;
    plan.name = json[QLatin1String("name")].toString();
    plan.target = json[QLatin1String("target")].toString();
    plan.text = json[QLatin1String("text")].toString();
    plan.bytes = static_cast<std::uint64_t>(json[QLatin1String("bytes")].toDouble());
    plan.bpw = json[QLatin1String("bpw")].toDouble();
    plan.uniform = json[QLatin1String("uniform")].toBool();
    plan.mean = json[QLatin1String("mean")].toDouble();
    plan.low = numberFrom(json[QLatin1String("low")]);
    plan.high = numberFrom(json[QLatin1String("high")]);
    plan.perplexity = numberFrom(json[QLatin1String("perplexity")]);
    plan.referencePerplexity = numberFrom(json[QLatin1String("reference_perplexity")]);
    plan.sameBest = numberFrom(json[QLatin1String("same_best")]);
    plan.tokens = static_cast<std::uint64_t>(json[QLatin1String("tokens")].toDouble());
    plan.predicted = numberFrom(json[QLatin1String("predicted")]);
    plan.choice = json[QLatin1String("choice")].toString();
    return plan;
}

} // namespace

struct HarmRun::Work
{
    struct Candidate
    {
        QString name;
        plan::Plan plan;
        std::uint64_t bytes = 0;
        double bpw = 0;
        bool uniform = false;
        std::optional<double> predicted;
    };
    std::shared_ptr<session::Workspace> workspace;
    const plan::Target* target = nullptr;
    std::vector<quant::Option> options;
    double gamma = 0;
    bool ties = true;
    Request request;
    std::vector<Candidate> plans;
    std::vector<std::size_t> units;
    std::function<void(const QString&)> say; ///< Called from the job's thread.
};

HarmRun::HarmRun(Document& document, JobQueue& jobs, QObject* parent)
    : QObject(parent)
    , m_document(document)
    , m_jobs(jobs)
{
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(kRefreshMilliseconds);
    connect(&m_refresh, &QTimer::timeout, this, [this] {
        m_document.refreshScores();
        compare();
    });
    connect(&document, &Document::opened, this, [this] {
        reset();
        loadPlans();
        compare();
    });
    connect(&document, &Document::closed, this, &HarmRun::reset);
    connect(&document, &Document::dumpsChanged, this, &HarmRun::compare);
}

void HarmRun::reset()
{
    ++m_serial;
    m_refresh.stop();
    m_job = nullptr;
    m_comparing = false;
    m_pairs.clear();
    m_plans.clear();
    m_predictor.clear();
    m_quantity.clear();
    m_correlation.reset();
    m_status.clear();
    Q_EMIT changed();
    Q_EMIT statusChanged();
    Q_EMIT runningChanged();
}

QString HarmRun::obstacle(const Request& request) const
{
    const auto& workspace = m_document.workspace();
    if (!workspace)
        return tr("No model is open.");
    if (!m_document.space())
        return tr("The options are still being scored.");
    if (request.text == Text::Dump && workspace->dump() == nullptr)
        return tr("There is no dump whose tokens could be run: choose a text.");
    if (request.text == Text::File && request.file.isEmpty())
        return tr("Choose a text, or a file of token ids.");
    if (request.what == What::Selection && m_document.selection().units().isEmpty())
        return tr("Nothing is selected that the plan decides.");
    return {};
}

HarmRun::Work HarmRun::workFor(const Request& request) const
{
    Work work;
    work.workspace = m_document.workspace();
    const PlanSettings& settings = m_document.settings();
    if (const auto target = plan::targetFromId(settings.target.toStdString()))
        work.target = *target;
    if (work.target == nullptr)
        return work;
    work.options = work.target->defaultOptions(settings.method);
    work.gamma = settings.gamma;
    work.ties = settings.ties && work.target->tiesByDefault();
    work.request = request;
    const auto& numbers = m_document.numbers();
    // Comparable with a measured plan only as a sum of what has the same unit.
    const auto predictionOf = [&](const plan::PlanNumbers& of) {
        const bool comparable = harmIsMeasured(m_document) && of.unscored == 0
            && settings.objective.kind == alloc::ObjectiveKind::Sum;
        return comparable ? std::optional(of.objective) : std::nullopt;
    };
    if (request.what == What::Plan) {
        work.plans.push_back({QString::fromStdString(m_document.plan().name), m_document.plan(),
            numbers.size.bytes(), numbers.size.bpw(), false, predictionOf(numbers)});
        // What it has to beat: the largest uniform plan that is not larger.
        const plan::UniformPoint* best = nullptr;
        for (const auto& point : m_document.uniforms())
            if (point.option != "keep" && point.numbers.size.bytes() <= numbers.size.bytes()
                && (best == nullptr || point.numbers.size.bytes() > best->numbers.size.bytes()))
                best = &point;
        if (best != nullptr)
            work.plans.push_back({tr("uniform %1").arg(QString::fromStdString(best->option)), best->plan,
                best->numbers.size.bytes(), best->numbers.size.bpw(), true, predictionOf(best->numbers)});
    } else if (request.what == What::Selection) {
        for (const int unit : m_document.selection().units())
            work.units.push_back(static_cast<std::size_t>(unit));
    } else {
        work.units.resize(work.workspace->units().size());
        for (std::size_t i = 0; i < work.units.size(); ++i)
            work.units[i] = i;
    }
    return work;
}

void HarmRun::start(const Request& request)
{
    if (isRunning() || !obstacle(request).isEmpty())
        return;
    Work work = workFor(request);
    if (work.target == nullptr)
        return;
    work.say = [this, serial = m_serial](const QString& text) {
        QMetaObject::invokeMethod(
            this,
            [this, serial, text] {
                if (serial != m_serial && m_job == nullptr)
                    return;
                tell(text);
                if (!m_refresh.isActive())
                    m_refresh.start();
            },
            Qt::QueuedConnection);
    };
    tell(tr("The original is run first."));
    const QString title = request.what == What::Plan ? tr("Measure the plan") : tr("Measure harm");
    const auto workspace = work.workspace;
    m_job = m_jobs.run<Outcome>(
        title, kMeasureLane, [work](const RunContext& context) { return measure(work, context); },
        [this, workspace](Result<Outcome> outcome) {
            if (workspace == m_document.workspace())
                finish(std::move(outcome));
        });
    Q_EMIT runningChanged();
}

void HarmRun::cancel()
{
    if (m_job != nullptr)
        m_job->cancel();
}

namespace {

Result<formats::TokenSequences> sequencesOf(
    const session::Workspace& workspace, const HarmRun::Request& request, const RunContext& context)
{
    if (request.text == HarmRun::Text::Dump) {
        if (workspace.dump() == nullptr)
            return fail(ErrorCode::InvalidArgument, "There are no tokens to measure on.");
        return session::tokensOfDump(*workspace.dump());
    }
    BITWRIGHT_ASSIGN(const auto model, forward::Model::open(workspace.checkpointPtr()));
    session::CaptureInput input;
    input.maxTokens = std::numeric_limits<std::size_t>::max() / 2; // limited when it is known where to begin
    std::unique_ptr<QTemporaryFile> unpacked;
    if (request.text == HarmRun::Text::Bundled) {
        BITWRIGHT_ASSIGN(unpacked, bundledText());
        input.textPath = unpacked->fileName().toStdString();
    } else if (request.file.endsWith(QLatin1String(".npy")) || request.file.endsWith(QLatin1String(".ids"))) {
        // Numbers in a text could be words: only these are taken for ids by themselves.
        input.tokensPath = request.file.toStdString();
    } else {
        input.textPath = request.file.toStdString();
    }
    BITWRIGHT_ASSIGN(const auto read, session::readTokens(model, input, context));
    formats::TokenSequences sequences;
    for (std::size_t s = 0; s < read.batch.sequences(); ++s)
        sequences.emplace_back(read.batch.ids.begin() + static_cast<std::ptrdiff_t>(read.batch.starts[s]),
            read.batch.ids.begin() + static_cast<std::ptrdiff_t>(read.batch.starts[s + 1]));
    return sequences;
}

Result<forward::TokenBatch> tokensFor(
    const session::Workspace& workspace, const HarmRun::Request& request, const RunContext& context)
{
    BITWRIGHT_ASSIGN(
        const auto architecture, forward::readArchitecture(workspace.checkpoint().config().json));
    BITWRIGHT_ASSIGN(auto sequences, sequencesOf(workspace, request, context));
    if (request.fromEnd)
        std::reverse(sequences.begin(), sequences.end());
    session::TokenLimits limits;
    limits.maxTokens = static_cast<std::size_t>(std::max(1, request.tokens));
    return session::batchOf(architecture, sequences, limits);
}

} // namespace

QString HarmRun::textName(const Request& request)
{
    switch (request.text) {
    case Text::Dump:
        return request.fromEnd ? tr("last tokens of the dump") : tr("tokens of the dump");
    case Text::Bundled:
        return request.fromEnd ? tr("end of the bundled text") : tr("the bundled text");
    case Text::File:
        break;
    }
    const QString name = QFileInfo(request.file).fileName();
    return request.fromEnd ? tr("end of %1").arg(name) : name;
}

Result<HarmRun::Outcome> HarmRun::measure(const Work& work, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto tokens, tokensFor(*work.workspace, work.request, context));
    session::MeasureSettings settings;
    settings.reference.screen = work.plans.empty();
    settings.reference.words.seed = context.seed;
    BITWRIGHT_ASSIGN(const auto measurer,
        session::Measurer::make(work.workspace, *work.target, tokens, settings, context.part(0, 0.05)));
    const RunContext rest = context.part(0.05, 1.0);
    Outcome outcome;
    for (std::size_t i = 0; i < work.plans.size(); ++i) {
        const Work::Candidate& candidate = work.plans[i];
        work.say(tr("Running %1 on %2 tokens.")
                     .arg(candidate.name, formatCount(static_cast<qint64>(tokens.tokens()))));
        const double share = 1.0 / static_cast<double>(work.plans.size());
        const auto at = static_cast<double>(i);
        BITWRIGHT_ASSIGN(const auto result,
            measurer->measurePlan(candidate.plan, {}, rest.part(at * share, (at + 1) * share)));
        PlanHarm plan;
        plan.name = candidate.name;
        plan.target = QString::fromStdString(std::string(work.target->id()));
        plan.text = textName(work.request);
        plan.bytes = candidate.bytes;
        plan.bpw = candidate.bpw;
        plan.uniform = candidate.uniform;
        plan.predicted = candidate.predicted;
        plan.mean = result.mean;
        if (result.interval) {
            plan.low = result.interval->low;
            plan.high = result.interval->high;
        }
        plan.perplexity = result.perplexity;
        plan.referencePerplexity = measurer->referencePerplexity();
        plan.sameBest = result.sameBest;
        plan.tokens = result.tokens;
        plan.choice = hashOf(candidate.plan);
        outcome.plans.push_back(std::move(plan));
    }
    if (!work.plans.empty())
        return outcome;
    std::vector<session::MeasurePair> pairs;
    for (const std::size_t unit : work.units)
        for (const quant::Option& option : work.options)
            if (option.grid)
                pairs.push_back({unit, option});
    BITWRIGHT_ASSIGN(const double seconds, measurer->secondsFor(pairs, rest));
    work.say(tr("%n pair(s), about %1 for the first pass.", nullptr, static_cast<int>(pairs.size()))
                 .arg(durationText(seconds)));
    std::size_t seen = 0;
    BITWRIGHT_ASSIGN(const auto harms,
        measurer->measureUnits(
            pairs,
            [&](const session::HarmResult& result) {
                ++seen;
                work.say(tr("%1 at %2: %3 (%4 measured)")
                             .arg(QString::fromStdString(result.unit), QString::fromStdString(result.option),
                                 formatNumber(result.mean), formatCount(static_cast<qint64>(seen))));
            },
            rest));
    outcome.measured = harms.pairs.size();
    for (const session::PairFailure& failure : harms.errors)
        outcome.unmeasured << errorText(failure.error);
    return outcome;
}

void HarmRun::finish(Result<Outcome> outcome)
{
    Job* job = std::exchange(m_job, nullptr);
    m_refresh.stop();
    if (!outcome) {
        tell(outcome.error().code == ErrorCode::Cancelled
                ? tr("Cancelled; what was measured until then is kept.")
                : errorText(outcome.error()));
    } else {
        for (const QString& line : outcome->unmeasured)
            if (job != nullptr)
                job->addFailure(line);
        for (PlanHarm& plan : outcome->plans) {
            std::erase_if(m_plans, [&](const PlanHarm& known) {
                return known.choice == plan.choice && known.target == plan.target;
            });
            m_plans.push_back(std::move(plan));
        }
        if (!outcome->plans.empty())
            storePlans();
        tell(outcome->plans.empty()
                ? tr("%n pair(s) measured.", nullptr, static_cast<int>(outcome->measured))
                : tr("%n plan(s) measured.", nullptr, static_cast<int>(outcome->plans.size())));
    }
    Q_EMIT changed();
    Q_EMIT runningChanged();
    m_document.refreshScores();
    compare();
}

Result<HarmRun::Comparison> HarmRun::comparison(const Work& work, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto tokens, work.workspace->measuredTokens());
    if (!tokens)
        return Comparison{}; // then nothing has to be scored a second time
    score::ScoreSettings settings;
    settings.kind = score::defaultScore(work.workspace->dump());
    settings.gamma = work.gamma;
    BITWRIGHT_ASSIGN(const auto space,
        work.workspace->planSpace(*work.target, work.options, settings, work.ties, context));
    std::map<std::string, std::vector<quant::Option>> stored;
    for (std::size_t unit = 0; unit < space.units().size(); ++unit)
        for (std::size_t option = 0; option < space.options().size(); ++option)
            if (const auto& cell = space.cell(unit, option); cell.legal && cell.resolved.option.grid)
                stored[space.units()[unit].name].push_back(cell.resolved.option);
    const auto optionsOf = [&](const plan::Unit& unit) { return stored[unit.name]; };
    BITWRIGHT_ASSIGN(const auto harm, work.workspace->measuredHarm(*work.target, optionsOf, context));
    Comparison result;
    result.predictor = QString::fromStdString(space.provenance().score);
    result.quantity = harm.count() > 0 ? QString::fromStdString(harm.quantity) : QString();
    std::vector<double> predicted, measured;
    for (std::size_t unit = 0; unit < space.units().size(); ++unit) {
        const auto found = harm.pairs.find(space.units()[unit].name);
        if (found == harm.pairs.end())
            continue;
        for (const auto& [option, pair] : found->second) {
            Pair item;
            item.unit = static_cast<int>(unit);
            item.option = QString::fromStdString(option);
            item.measured = pair;
            for (std::size_t j = 0; j < space.options().size(); ++j)
                if (const auto& cell = space.cell(unit, j); cell.resolved.option.id == option)
                    item.predicted = cell.score;
            if (item.predicted) {
                predicted.push_back(*item.predicted);
                measured.push_back(pair.mean);
            }
            result.pairs.push_back(std::move(item));
        }
    }
    result.correlation = measure::spearman(predicted, measured);
    return result;
}

void HarmRun::compare()
{
    if (!m_document.workspace() || m_comparing)
        return;
    Work work = workFor({What::Everything, Text::Dump, {}, 0, false});
    if (work.target == nullptr)
        return;
    m_comparing = true;
    m_jobs.run<Comparison>(
        tr("Compare with measurements"), kScoreLane,
        [work](const RunContext& context) { return comparison(work, context); },
        [this, serial = m_serial](Result<Comparison> result) {
            if (serial != m_serial)
                return;
            m_comparing = false;
            if (!result)
                return;
            m_pairs = std::move(result->pairs);
            m_predictor = result->predictor;
            m_quantity = result->quantity;
            m_correlation = result->correlation;
            Q_EMIT changed();
        });
}

const HarmRun::PlanHarm* HarmRun::currentPlan() const
{
    if (m_plans.empty())
        return nullptr;
    const QString choice = hashOf(m_document.plan());
    for (const PlanHarm& plan : m_plans)
        if (plan.choice == choice)
            return &plan;
    return nullptr;
}

void HarmRun::loadPlans()
{
    const auto json = QJsonDocument::fromJson(m_document.state(kPlansKey).toUtf8());
    for (const auto& value : json.array())
        m_plans.push_back(planFromJson(value.toObject()));
}

void HarmRun::storePlans()
{
    QJsonArray json;
    for (const PlanHarm& plan : m_plans)
        json.append(toJson(plan));
    m_document.setState(kPlansKey, QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact)));
}

void HarmRun::tell(const QString& text)
{
    if (m_status == text)
        return;
    m_status = text;
    Q_EMIT statusChanged();
}

} // namespace bitwright::views
