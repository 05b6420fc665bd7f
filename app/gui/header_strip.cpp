#include "app/gui/header_strip.h"

#include "views/charts/chart_math.h"
#include "views/charts/palette.h"
#include "views/models/text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <cmath>
#include <set>

namespace bitwright::gui {

using namespace views;

namespace {

QToolButton* makeChip(QWidget* parent)
{
    auto* chip = new QToolButton(parent);
    chip->setAutoRaise(false);
    chip->setToolButtonStyle(Qt::ToolButtonTextOnly);
    chip->setFocusPolicy(Qt::TabFocus);
    return chip;
}

/// "BF16" or "BF16 and F32": the dtypes that hold the parameters.
QString dtypeMix(const model::Checkpoint& checkpoint)
{
    std::set<QString> names;
    for (const auto& tensor : checkpoint.tensors())
        names.insert(dtypeText(tensor));
    QStringList list(names.begin(), names.end());
    return list.size() > 3 ? HeaderStrip::tr("%1 types").arg(list.size()) : list.join(QStringLiteral(", "));
}

} // namespace

HeaderStrip::HeaderStrip(Document& document, JobQueue& jobs, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_jobs(jobs)
    , m_model(new QLabel(this))
    , m_plan(new QLabel(this))
    , m_dumpChip(makeChip(this))
    , m_scanChip(makeChip(this))
    , m_provenanceChip(makeChip(this))
    , m_progress(new QProgressBar(this))
    , m_cancel(new QToolButton(this))
    , m_message(new QLabel(this))
    , m_dismiss(new QToolButton(this))
    , m_messageRow(new QWidget(this))
{
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(10, 4, 10, 4);
    rows->setSpacing(2);
    auto* line = new QHBoxLayout;
    line->setSpacing(10);
    m_model->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_plan->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_model->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_plan->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    line->addWidget(m_model, 1);
    line->addWidget(m_plan);
    for (QToolButton* chip : {m_dumpChip, m_scanChip, m_provenanceChip})
        line->addWidget(chip);
    m_progress->setFixedWidth(150);
    m_progress->setRange(0, 1000);
    m_progress->setTextVisible(true);
    m_cancel->setText(tr("Cancel"));
    m_cancel->setToolTip(tr("Cancel the running job"));
    line->addWidget(m_progress);
    line->addWidget(m_cancel);
    rows->addLayout(line);
    auto* messageLine = new QHBoxLayout(m_messageRow);
    messageLine->setContentsMargins(0, 0, 0, 0);
    m_message->setWordWrap(true);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_dismiss->setText(tr("Dismiss"));
    messageLine->addWidget(m_message, 1);
    messageLine->addWidget(m_dismiss);
    rows->addWidget(m_messageRow);
    m_messageRow->hide();
    connect(m_dismiss, &QToolButton::clicked, m_messageRow, &QWidget::hide);
    connect(m_dumpChip, &QToolButton::clicked, this, &HeaderStrip::openDumpRequested);
    connect(m_scanChip, &QToolButton::clicked, this, &HeaderStrip::scanRequested);
    connect(m_provenanceChip, &QToolButton::clicked, this, [this] {
        if (m_document.space())
            showMessage(QString::fromStdString(m_document.space()->provenance().label), false);
    });
    connect(m_cancel, &QToolButton::clicked, this, [this] {
        if (Job* job = m_jobs.current(); job != nullptr)
            job->cancel();
    });
    for (const auto signal : {&Document::opened, &Document::closed, &Document::dumpsChanged,
             &Document::scanStateChanged, &Document::spaceChanged})
        connect(&document, signal, this, &HeaderStrip::refresh);
    connect(&document, &Document::planChanged, this, &HeaderStrip::refreshPlan);
    connect(&jobs, &JobQueue::jobChanged, this, &HeaderStrip::refreshJob);
    connect(&jobs, &JobQueue::jobFinished, this, &HeaderStrip::refreshJob);
    refresh();
    refreshJob();
}

void HeaderStrip::showMessage(const QString& text, bool warning)
{
    m_message->setText(text);
    QPalette colors = palette();
    if (warning)
        colors.setColor(QPalette::WindowText, themeFor(palette()).warning);
    m_message->setPalette(colors);
    m_messageRow->show();
}

void HeaderStrip::refresh()
{
    const bool open = m_document.isOpen();
    m_dumpChip->setVisible(open);
    m_scanChip->setVisible(open);
    m_provenanceChip->setVisible(open && m_document.space() != nullptr);
    if (!open) {
        m_model->setText(tr("No model is open"));
        m_plan->clear();
        return;
    }
    const auto& checkpoint = m_document.workspace()->checkpoint();
    m_model->setText(tr("<b>%1</b> · %2 parameters · %3 %4 · %5")
                         .arg(m_document.title().toHtmlEscaped(),
                             formatCount(static_cast<std::int64_t>(checkpoint.parameterCount())),
                             QString::fromStdString(checkpoint.format()), dtypeMix(checkpoint),
                             sizeText(checkpoint.dataBytes())));
    const auto* dump = m_document.workspace()->dump();
    m_dumpChip->setText(dump == nullptr
            ? tr("no activations")
            : tr("%1 tokens").arg(formatCount(static_cast<std::int64_t>(dump->tokens()))));
    m_dumpChip->setToolTip(dump == nullptr
            ? tr("Open an activation dump")
            : tr("Activations: %1. Click to add another dump")
                  .arg(QString::fromStdString(escapedForDisplay(dump->dataset()))));
    const int unscanned = static_cast<int>(checkpoint.tensors().size()) - m_document.scannedTensors();
    const int broken = m_document.nonFiniteTensors();
    m_scanChip->setText(m_document.isScanning() ? tr("scanning")
            : unscanned > 0                     ? tr("%1 not scanned").arg(unscanned)
            : broken > 0                        ? tr("%1 with NaN").arg(broken)
                                                : tr("scanned"));
    m_scanChip->setEnabled(unscanned > 0 && !m_document.isScanning());
    m_scanChip->setToolTip(tr("Measure statistics and spectra of all weights"));
    if (m_document.space()) {
        m_provenanceChip->setText(
            tr("scores: %1").arg(QString::fromStdString(m_document.space()->provenance().score)));
        m_provenanceChip->setToolTip(QString::fromStdString(m_document.space()->provenance().label));
    }
    refreshPlan();
}

void HeaderStrip::refreshPlan()
{
    if (!m_document.space() || m_document.choice().empty()) {
        m_plan->clear();
        return;
    }
    const auto& size = m_document.numbers().size;
    QString text = tr("<b>%1</b> · %2 bpw · %3")
                       .arg(QString::fromStdString(escapedForDisplay(m_document.plan().name)).toHtmlEscaped(),
                           formatBpw(size.bpw()), formatBytes(static_cast<double>(size.bytes())));
    if (const auto budget = m_document.budgetBytes()) {
        const double rest = static_cast<double>(*budget) - static_cast<double>(size.bytes());
        text += rest >= 0 ? tr(" · %1 below the budget").arg(formatBytes(rest))
                          : tr(" · %1 over the budget").arg(formatBytes(-rest));
    }
    m_plan->setText(text);
}

void HeaderStrip::refreshJob()
{
    const Job* job = m_jobs.current();
    m_progress->setVisible(job != nullptr);
    m_cancel->setVisible(job != nullptr);
    if (job == nullptr)
        return;
    m_progress->setValue(static_cast<int>(std::lround(1000 * job->fraction())));
    m_progress->setFormat(QStringLiteral("%1 %p %").arg(job->title().left(14)));
    const auto left = job->secondsLeft();
    m_progress->setToolTip(
        QStringLiteral("%1\n%2\n%3")
            .arg(job->title(), job->stage(), left ? tr("%1 left").arg(durationText(*left)) : QString()));
}

} // namespace bitwright::gui
