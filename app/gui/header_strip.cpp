#include "app/gui/header_strip.h"

#include "app/gui/strip_text.h"
#include "views/charts/chart_math.h"
#include "views/charts/palette.h"
#include "views/models/core_text.h"
#include "views/models/harm_text.h"
#include "views/models/text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace bitwright::gui {

using namespace views;

namespace {

// Importance of parts: below kUseful they go before a chip loses a word.
constexpr int kUseful = 3, kTitle = 9;

constexpr const char* kLong = "longText";
constexpr const char* kShort = "shortText";

/// "BF16" or "BF16 98 %, F32 2 %": the dtypes that hold the bytes, the largest first.
QString dtypeMix(const model::Checkpoint& checkpoint)
{
    std::map<QString, double> bytes;
    double total = 0;
    for (const auto& tensor : checkpoint.tensors()) {
        bytes[dtypeText(tensor)] += static_cast<double>(tensor.bytes);
        total += static_cast<double>(tensor.bytes);
    }
    if (bytes.size() == 1 || total <= 0)
        return bytes.empty() ? QString() : bytes.begin()->first;
    std::vector<std::pair<QString, double>> sorted(bytes.begin(), bytes.end());
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    QStringList list;
    for (const auto& [name, size] : sorted) {
        const double share = 100.0 * size / total;
        list.push_back(HeaderStrip::tr("%1 %2 %").arg(name,
            share < 0.1 ? QStringLiteral("<") + QLocale().toString(0.1)
                        : QLocale().toString(share, 'f', share < 10 ? 1 : 0)));
        if (list.size() == 3)
            break;
    }
    return list.join(QStringLiteral(", "));
}

QString plain(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

} // namespace

HeaderStrip::HeaderStrip(Document& document, JobQueue& jobs, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_jobs(jobs)
    , m_model(new StripText(this))
    , m_plan(new StripText(this))
    , m_dumpChip(makeChip("header.activations"))
    , m_scoreChip(makeChip("header.scores"))
    , m_scanChip(makeChip("header.scan"))
    , m_brokenChip(makeChip("header.nonFinite"))
    , m_failedChip(makeChip("header.failed"))
    , m_progress(new QProgressBar(this))
    , m_cancel(new QToolButton(this))
    , m_message(new QLabel(this))
    , m_dismiss(new QToolButton(this))
    , m_messageRow(new QWidget(this))
    , m_question(new QLabel(this))
    , m_questionRow(new QWidget(this))
{
    m_chips = {m_scoreChip, m_dumpChip, m_scanChip, m_brokenChip, m_failedChip};
    createRows();
    connectAll();
    refresh();
    refreshJob();
}

QToolButton* HeaderStrip::makeChip(const char* id)
{
    auto* chip = new QToolButton(this);
    chip->setObjectName(QLatin1String(id));
    chip->setAutoRaise(false);
    chip->setToolButtonStyle(Qt::ToolButtonTextOnly);
    chip->setFocusPolicy(Qt::TabFocus);
    chip->hide();
    return chip;
}

void HeaderStrip::createRows()
{
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(10, 4, 10, 4);
    rows->setSpacing(2);
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(m_model);
    line->addStretch(1);
    line->addWidget(m_plan);
    for (QToolButton* chip : {m_failedChip, m_brokenChip, m_scanChip, m_dumpChip, m_scoreChip})
        line->addWidget(chip);
    m_progress->setFixedWidth(150);
    m_progress->setRange(0, 1000);
    m_progress->setTextVisible(true);
    m_progress->setAccessibleName(tr("Progress of the running job"));
    m_cancel->setText(tr("Cancel"));
    m_cancel->setObjectName(QStringLiteral("header.cancel"));
    m_cancel->setToolTip(tr("Cancel the running job"));
    m_cancel->setAccessibleName(m_cancel->toolTip());
    m_cancel->setFocusPolicy(Qt::TabFocus);
    line->addWidget(m_progress);
    line->addWidget(m_cancel);
    rows->addLayout(line);
    const auto addRow = [&](QWidget* row, QLabel* label) {
        auto* layout = new QHBoxLayout(row);
        layout->setContentsMargins(0, 0, 0, 0);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        layout->addWidget(label, 1);
        rows->addWidget(row);
        row->hide();
        return layout;
    };
    m_choices = addRow(m_questionRow, m_question);
    auto* messageLine = addRow(m_messageRow, m_message);
    m_dismiss->setText(tr("Dismiss"));
    m_dismiss->setToolTip(tr("Hide this message (Esc)"));
    m_dismiss->setAccessibleName(tr("Dismiss the message"));
    m_dismiss->setObjectName(QStringLiteral("header.dismiss"));
    messageLine->addWidget(m_dismiss);
}

void HeaderStrip::connectAll()
{
    connect(m_dismiss, &QToolButton::clicked, this, &HeaderStrip::dismissMessage);
    connect(m_dumpChip, &QToolButton::clicked, this,
        [this] { m_document.isOpen() ? Q_EMIT openDumpRequested() : Q_EMIT openModelRequested(); });
    connect(m_scanChip, &QToolButton::clicked, this,
        [this] { m_document.isScanning() ? Q_EMIT jobsRequested() : Q_EMIT scanRequested(); });
    connect(m_brokenChip, &QToolButton::clicked, this, &HeaderStrip::showBroken);
    connect(m_failedChip, &QToolButton::clicked, this, &HeaderStrip::jobsRequested);
    connect(m_scoreChip, &QToolButton::clicked, this, [this] {
        if (m_document.space())
            showMessage(provenanceText(m_document.space()->provenance()), false);
        Q_EMIT scoreRequested();
    });
    connect(m_cancel, &QToolButton::clicked, this, [this] {
        if (Job* job = m_jobs.current(); job != nullptr)
            job->cancel();
    });
    for (const auto signal : {&Document::opened, &Document::closed, &Document::dumpsChanged,
             &Document::scanStateChanged, &Document::spaceChanged})
        connect(&m_document, signal, this, &HeaderStrip::refresh);
    // While a scan runs, what it finds is counted at once, a few times a second.
    m_countSoon.setSingleShot(true);
    m_countSoon.setInterval(200);
    connect(&m_countSoon, &QTimer::timeout, this, &HeaderStrip::refreshChips);
    connect(&m_document, &Document::tensorScanned, this, [this] {
        if (!m_countSoon.isActive())
            m_countSoon.start();
    });
    connect(&m_document, &Document::planChanged, this, &HeaderStrip::refreshPlan);
    connect(&m_jobs, &JobQueue::jobChanged, this, &HeaderStrip::refreshJob);
    connect(&m_jobs, &JobQueue::jobFinished, this, &HeaderStrip::refreshJob);
}

// --- Messages ---

void HeaderStrip::showMessage(const QString& text, bool warning)
{
    m_message->setText(text);
    m_warning = warning;
    applyTheme(themeFor(palette()));
    m_messageRow->show();
}

void HeaderStrip::dismissMessage()
{
    m_messageRow->hide();
}

void HeaderStrip::ask(const QString& text, const std::vector<Choice>& choices)
{
    closeQuestion();
    m_question->setText(text);
    for (const Choice& choice : choices) {
        auto* button = new QPushButton(choice.text, m_questionRow);
        button->setObjectName(choice.id);
        button->setToolTip(choice.tip);
        m_choices->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, run = choice.run] {
            closeQuestion();
            run();
        });
    }
    m_questionRow->show();
}

void HeaderStrip::closeQuestion()
{
    // Later, because the click of one of them may have led here.
    for (auto* button : m_questionRow->findChildren<QPushButton*>())
        button->deleteLater();
    m_questionRow->hide();
}

void HeaderStrip::applyTheme(const Theme& theme)
{
    QPalette colors;
    if (m_warning)
        colors.setColor(QPalette::WindowText, theme.warning);
    m_message->setPalette(colors);
    m_plan->setWarningColor(theme.warning);
}

// --- Model, chips and plan ---

void HeaderStrip::refresh()
{
    if (!m_document.isOpen()) {
        m_model->setParts({{tr("No model is open"), 0, false, false}});
    } else {
        const auto& checkpoint = m_document.workspace()->checkpoint();
        m_model->setParts({{m_document.title(), kTitle, true, false},
            {tr("%1 parameters").arg(formatCount(static_cast<std::int64_t>(checkpoint.parameterCount()))), 6,
                false, false},
            {plain(checkpoint.format()), 1, false, false}, {dtypeMix(checkpoint), 2, false, false},
            {sizeText(checkpoint.dataBytes()), 4, false, false}});
    }
    refreshChips();
    refreshPlan();
}

void HeaderStrip::setChip(
    QToolButton* chip, const QString& text, const QString& shortText, const QString& tip)
{
    chip->setProperty(kLong, text);
    chip->setProperty(kShort, shortText);
    chip->setText(text);
    chip->setToolTip(tip);
    chip->setAccessibleName(text);
    chip->setAccessibleDescription(tip);
    chip->setVisible(!text.isEmpty());
}

void HeaderStrip::refreshChips()
{
    if (!m_document.isOpen()) {
        for (QToolButton* chip : m_chips)
            setChip(chip, {}, {}, {});
        setChip(m_dumpChip, tr("Open a model…"), tr("Open…"), tr("Open a model folder or file"));
        return;
    }
    const auto& checkpoint = m_document.workspace()->checkpoint();
    const auto* dump = m_document.workspace()->dump();
    if (dump == nullptr)
        setChip(m_dumpChip, tr("no activations"), tr("no activations"),
            tr("Without activations the score knows weights only, and maxima and outliers are unknown. Click "
               "to "
               "open a dump"));
    else
        setChip(m_dumpChip,
            tr("activations: %1 tokens").arg(formatCount(static_cast<std::int64_t>(dump->tokens()))),
            tr("activations: %1").arg(formatCount(static_cast<std::int64_t>(dump->tokens()))),
            tr("Activations: %1. Click to add another dump").arg(plain(dump->dataset())));
    const int unscanned = static_cast<int>(checkpoint.tensors().size()) - m_document.scannedTensors();
    if (m_document.isScanning())
        setChip(
            m_scanChip, tr("scanning"), tr("scanning"), tr("Weights are being measured. Click for the jobs"));
    else if (unscanned > 0)
        setChip(m_scanChip, tr("%1 not scanned").arg(formatCount(unscanned)), tr("not scanned"),
            tr("Measure statistics and spectra of all weights (F5)"));
    else
        setChip(m_scanChip, {}, {}, {});
    const int broken = m_document.nonFiniteTensors();
    setChip(m_brokenChip, broken > 0 ? tr("%1 with NaN").arg(formatCount(broken)) : QString(), tr("NaN"),
        tr("NaN or Inf block the export of these tensors until you decide. Click to see which"));
    const int failed = m_document.failedTensors();
    setChip(m_failedChip, failed > 0 ? tr("%1 failed").arg(formatCount(failed)) : QString(), tr("failed"),
        tr("These could not be measured. Click for the jobs, which name them and say why"));
    if (m_document.space()) {
        const auto& from = m_document.space()->provenance();
        const bool measured = harmIsMeasured(m_document);
        const QString score = measured ? tr("measured") : plain(from.score);
        const QString tokens = formatCount(static_cast<std::int64_t>(from.tokens));
        setChip(m_scoreChip,
            from.tokens == 0 ? tr("scores: %1").arg(score)
                : measured   ? tr("scores: %1, up to %2 tokens").arg(score, tokens) // some pairs took fewer
                             : tr("scores: %1, %2 tokens").arg(score, tokens),
            measured ? tr("harm measured") : score,
            tr("%1. Click to choose another score").arg(provenanceText(from)));
    } else {
        setChip(m_scoreChip, {}, {}, {});
    }
    fitChips();
}

/// First goes what is of use now and then, then chips give up digits and words, one after the other, then
/// model and plan their parts, the least important one of both.
void HeaderStrip::fitChips()
{
    constexpr int kSpacing = 8;
    for (QToolButton* chip : m_chips)
        chip->setText(chip->property(kLong).toString());
    int least = 0;
    const auto setLeast = [&](int importance) {
        least = importance;
        m_model->setLeast(least);
        m_plan->setLeast(least);
    };
    setLeast(0);
    const auto missing = [&] {
        int wanted = 20 + m_model->sizeHint().width() + m_plan->sizeHint().width() + 2 * kSpacing;
        for (const QToolButton* chip : m_chips)
            wanted += chip->isHidden() ? 0 : chip->sizeHint().width() + kSpacing;
        if (!m_progress->isHidden())
            wanted += m_progress->width() + m_cancel->sizeHint().width() + 2 * kSpacing;
        return wanted - width();
    };
    while (missing() > 0 && least < kUseful)
        setLeast(least + 1);
    for (QToolButton* chip : m_chips) {
        if (missing() <= 0)
            break;
        chip->setText(chip->property(kShort).toString());
    }
    while (missing() > 0 && least < kTitle)
        setLeast(least + 1);
}

QSize HeaderStrip::minimumSizeHint() const
{
    constexpr int kLeast = 480;
    return {kLeast, QWidget::minimumSizeHint().height()};
}

void HeaderStrip::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    fitChips();
}

/// Lists the tensors with NaN or Inf; choosing one selects it everywhere.
void HeaderStrip::showBroken()
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(QStringLiteral("header.nonFinite.list"));
    constexpr int kMost = 30;
    const auto& tensors = m_document.workspace()->checkpoint().tensors();
    int shown = 0;
    for (std::size_t i = 0; i < tensors.size() && shown < kMost; ++i) {
        const auto* result = m_document.result(static_cast<int>(i));
        if (result == nullptr || !result->stats || !result->stats->hasNonFinite())
            continue;
        ++shown;
        const auto& stats = *result->stats;
        menu->addAction(tr("%1\t%2 NaN, %3 Inf")
                            .arg(plain(tensors[i].name))
                            .arg(stats.nan)
                            .arg(stats.positiveInf + stats.negativeInf),
            this, [this, i] { m_document.selectTensor(static_cast<int>(i)); });
    }
    if (const int rest = m_document.nonFiniteTensors() - shown; rest > 0)
        menu->addAction(tr("and %1 more").arg(rest))->setEnabled(false);
    menu->addSeparator();
    menu->addAction(
        tr("Decide in Export…"), this, [this] { Q_EMIT viewRequested(QStringLiteral("export")); });
    menu->popup(m_brokenChip->mapToGlobal(m_brokenChip->rect().bottomLeft()));
}

void HeaderStrip::refreshPlan()
{
    if (!m_document.space() || m_document.choice().empty()) {
        m_plan->setParts({});
        return fitChips();
    }
    const auto& size = m_document.numbers().size;
    std::vector<StripText::Part> parts = {{plain(m_document.plan().name), 3, true, false},
        {tr("%1 bpw").arg(formatBpw(size.bpw())), kTitle, false, false},
        {tr("%1 in the file").arg(formatBpw(size.fileBpw())), 3, false, false},
        {formatBytes(static_cast<double>(size.bytes())), 5, false, false}};
    if (const auto budget = m_document.budgetBytes()) {
        const double rest = static_cast<double>(*budget) - static_cast<double>(size.bytes());
        parts.push_back({rest >= 0 ? tr("%1 below the budget").arg(formatBytes(rest))
                                   : tr("%1 over the budget").arg(formatBytes(-rest)),
            rest >= 0 ? 7 : 8, false, rest < 0});
    }
    m_plan->setParts(std::move(parts));
    fitChips();
}

void HeaderStrip::refreshJob()
{
    const Job* job = m_jobs.current();
    const bool changed = m_progress->isHidden() != (job == nullptr);
    m_progress->setVisible(job != nullptr);
    m_cancel->setVisible(job != nullptr);
    if (changed)
        fitChips();
    if (job == nullptr)
        return;
    m_progress->setValue(static_cast<int>(std::lround(1000 * job->fraction())));
    const QFontMetrics metrics(m_progress->font());
    m_progress->setFormat(QStringLiteral("%1 %p %").arg(
        metrics.elidedText(job->title(), Qt::ElideRight, m_progress->width() - 50)));
    const auto left = job->secondsLeft();
    m_progress->setToolTip(
        QStringLiteral("%1\n%2\n%3")
            .arg(job->title(), job->stage(), left ? tr("%1 left").arg(durationText(*left)) : QString())
            .trimmed());
}

} // namespace bitwright::gui
