#include "views/models/recording.h"

#include "core/session/capture.h"
#include "views/jobs/job_queue.h"
#include "views/models/core_text.h"
#include "views/models/run_text.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryFile>

namespace bitwright::views {

namespace {

const QString kMeasureLane = QStringLiteral("measure"); // it runs the model as measuring does
const char* const kBundledName = "calibration.txt";

Result<forward::Architecture> architectureOf(const Document& document)
{
    return forward::readArchitecture(document.workspace()->checkpoint().config().json);
}

Result<bool> record(const std::shared_ptr<const model::Checkpoint>& checkpoint,
    const Recording::Request& request, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto model, forward::Model::open(checkpoint));
    session::CaptureInput input;
    input.maxTokens = static_cast<std::size_t>(std::max(2, request.tokens));
    BITWRIGHT_ASSIGN(const auto unpacked, setInput(input, request.text));
    BITWRIGHT_ASSIGN(const auto tokens, session::readTokens(model, input, context));
    session::CaptureSettings settings;
    settings.dataset = request.text.isEmpty() ? std::string(kBundledName) : tokens.dataset;
    settings.recorder.seed = context.seed;
    settings.recorder.gramMaxWidth = request.grams ? Recording::kGramWidth : 0;
    if (request.gradients)
        settings.gradientBatch = &tokens.gradientBatch;
    BITWRIGHT_ASSIGN(const auto result,
        session::capture(model, tokens.batch, settings, request.out.toStdString(), context));
    return !result.sites.empty();
}

} // namespace

Recording::Recording(Document& document, JobQueue& jobs, QObject* parent)
    : QObject(parent)
    , m_document(document)
    , m_jobs(jobs)
{
    connect(&document, &Document::closed, this, [this] { m_job = nullptr; });
}

QString Recording::obstacle() const
{
    if (!m_document.isOpen())
        return tr("No model is open.");
    if (const auto architecture = architectureOf(m_document); !architecture)
        return errorText(architecture.error());
    if (const auto model = forward::Model::open(m_document.workspace()->checkpointPtr()); !model)
        return errorText(model.error());
    return {};
}

bool Recording::hasGradients() const
{
    if (!m_document.isOpen())
        return false;
    const auto architecture = architectureOf(m_document);
    return architecture && architecture->causal;
}

QString Recording::suggestedFile() const
{
    const QFileInfo model(QString::fromStdString(m_document.workspace()->checkpoint().path()));
    return QDir(model.absolutePath()).filePath(m_document.title() + QStringLiteral("-activations.h5"));
}

void Recording::start(const Request& request)
{
    if (isRunning() || !m_document.isOpen())
        return;
    const auto workspace = m_document.workspace();
    m_job = m_jobs.run<bool>(
        tr("Record activations"), kMeasureLane,
        [checkpoint = workspace->checkpointPtr(), request](
            const RunContext& context) { return record(checkpoint, request, context); },
        [this, workspace, request](Result<bool> recorded) {
            if (workspace != m_document.workspace())
                return;
            m_job = nullptr;
            if (recorded)
                m_document.addDump(request.out);
            Q_EMIT finished(recorded ? QString() : errorText(recorded.error()));
        });
}

void Recording::cancel()
{
    if (m_job != nullptr)
        m_job->cancel();
}

} // namespace bitwright::views
