#include "views/panels/jobs_panel.h"

#include "views/charts/chart_math.h"

#include <QAction>
#include <QClipboard>
#include <QFontMetrics>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

// --- Log ---

JobLog::JobLog(JobQueue& jobs, QObject* parent)
    : QSortFilterProxyModel(parent)
    , m_jobs(jobs)
{
    setSourceModel(&jobs);
    sort(JobQueue::StartedColumn, Qt::DescendingOrder);
    connect(&jobs, &JobQueue::jobFinished, this, [this] { invalidate(); });
}

void JobLog::setWords(const QString& words)
{
    m_words = words.split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

bool JobLog::filterAcceptsRow(int row, const QModelIndex&) const
{
    const Job* job = m_jobs.jobAt(row);
    if (job == nullptr || !job->isOver())
        return false;
    const QString text = job->title() + u'\n' + job->outcome() + u'\n'
        + m_jobs.index(row, JobQueue::StartedColumn).data().toString();
    return std::all_of(m_words.begin(), m_words.end(),
        [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

bool JobLog::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const Job* a = m_jobs.jobAt(left.row());
    const Job* b = m_jobs.jobAt(right.row());
    switch (left.column()) {
    case JobQueue::StartedColumn:
        return left.row() < right.row();
    case JobQueue::ElapsedColumn:
        return a->secondsElapsed() < b->secondsElapsed();
    default:
        return QString::localeAwareCompare(left.data().toString(), right.data().toString()) < 0;
    }
}

std::vector<const Job*> JobLog::ended() const
{
    std::vector<const Job*> jobs;
    for (int row = 0; row < m_jobs.rowCount(); ++row) {
        if (const Job* job = m_jobs.jobAt(row); job->isOver())
            jobs.push_back(job);
    }
    return jobs;
}

QString JobLog::text() const
{
    QString result;
    for (const Job* job : ended())
        result += QStringLiteral("%1  %2 s  %3: %4\n")
                      .arg(job->startedAt().toString(Qt::ISODate), 19)
                      .arg(job->secondsElapsed(), 8, 'f', 1)
                      .arg(job->title(), job->outcome());
    return result;
}

QString JobLog::csv() const
{
    QString result = QStringLiteral("started,seconds,job,outcome\n");
    for (const Job* job : ended())
        result += QStringLiteral("%1,%2,%3,%4\n")
                      .arg(job->startedAt().toString(Qt::ISODate), csvNumber(job->secondsElapsed()),
                          csvText(job->title()), csvText(job->outcome()));
    return result;
}

// --- One running job ---

/// Two lines: name and button; bar with stage, rate and time left below.
class JobRow : public QWidget
{
public:
    JobRow(Job& job, QWidget* parent)
        : QWidget(parent)
        , m_job(job)
        , m_title(new QLabel(this))
        , m_bar(new QProgressBar(this))
        , m_detail(new QLabel(this))
        , m_cancel(new QPushButton(JobsPanel::tr("Cancel"), this))
    {
        auto* grid = new QGridLayout(this);
        grid->setContentsMargins(8, 4, 8, 4);
        grid->setVerticalSpacing(2);
        grid->addWidget(m_title, 0, 0);
        grid->addWidget(m_cancel, 0, 1, 2, 1, Qt::AlignTop);
        grid->addWidget(m_bar, 1, 0);
        grid->addWidget(m_detail, 2, 0, 1, 2);
        grid->setColumnStretch(0, 1);
        // Long names must not widen the panel.
        m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        m_detail->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        m_detail->setEnabled(false);
        m_bar->setRange(0, 1000);
        m_bar->setAccessibleName(job.title());
        m_cancel->setToolTip(JobsPanel::tr("Stop %1").arg(job.title()));
        m_cancel->setAccessibleName(JobsPanel::tr("Cancel %1").arg(job.title()));
        m_cancel->setObjectName(QStringLiteral("jobs.cancelOne"));
        QObject::connect(m_cancel, &QPushButton::clicked, &job, [this] {
            m_cancel->setEnabled(false);
            m_job.cancel();
        });
        refresh();
    }

    void refresh()
    {
        setElided(m_title, m_job.title());
        m_bar->setValue(static_cast<int>(std::lround(1000 * m_job.fraction())));
        QStringList parts;
        if (m_job.state() == Job::State::Queued)
            parts.push_back(JobsPanel::tr("waiting"));
        else
            parts.push_back(durationText(m_job.secondsElapsed()));
        if (const QString rate = m_job.rateText(); !rate.isEmpty())
            parts.push_back(rate);
        if (const auto left = m_job.secondsLeft())
            parts.push_back(JobsPanel::tr("%1 left").arg(durationText(*left)));
        if (!m_job.stage().isEmpty())
            parts.push_back(m_job.stage());
        setElided(m_detail, parts.join(QStringLiteral(" · ")));
    }

protected:
    void resizeEvent(QResizeEvent* event) override
    {
        QWidget::resizeEvent(event);
        refresh();
    }

private:
    static void setElided(QLabel* label, const QString& text)
    {
        label->setToolTip(text);
        label->setText(label->fontMetrics().elidedText(text, Qt::ElideMiddle, label->width()));
    }

    Job& m_job;
    QLabel* m_title;
    QProgressBar* m_bar;
    QLabel* m_detail;
    QPushButton* m_cancel;
};

// --- Panel ---

JobsPanel::JobsPanel(Document& document, JobQueue& jobs, QWidget* parent)
    : Panel(document, QStringLiteral("jobs"), tr("Jobs"), parent)
    , m_jobs(jobs)
    , m_log(new JobLog(jobs, this))
    , m_view(new QTableView(this))
    , m_running(new QWidget(this))
    , m_rowsLayout(new QVBoxLayout(m_running))
    , m_idle(new QLabel(tr("Nothing is running."), this))
    , m_filter(new QLineEdit(this))
    , m_count(new QLabel(this))
    , m_copy(new QPushButton(tr("Copy log"), this))
{
    m_rowsLayout->setContentsMargins(0, 0, 0, 0);
    m_rowsLayout->setSpacing(0);
    m_idle->setContentsMargins(8, 6, 8, 6);
    m_idle->setEnabled(false);
    m_rowsLayout->addWidget(m_idle);
    createLog();
    m_layout->addWidget(m_running);
    auto* filters = new QHBoxLayout;
    filters->setContentsMargins(8, 4, 8, 4);
    filters->addWidget(m_filter, 1);
    filters->addWidget(m_count);
    m_layout->addLayout(filters);
    m_layout->addWidget(m_view, 1);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(8, 4, 8, 4);
    bar->addStretch();
    bar->addWidget(m_copy);
    m_layout->addLayout(bar);
    addActions();
    m_tick.setInterval(500);
    connect(&m_tick, &QTimer::timeout, this, &JobsPanel::refreshRows);
    connect(&jobs, &QAbstractItemModel::rowsInserted, this, &JobsPanel::refreshRows);
    connect(&jobs, &JobQueue::jobFinished, this, &JobsPanel::refreshRows);
    connect(&jobs, &JobQueue::jobChanged, this, [this](Job* job) {
        if (const auto row = m_rows.find(job); row != m_rows.end())
            row->second->refresh();
    });
    refreshRows();
}

void JobsPanel::createLog()
{
    m_filter->setPlaceholderText(tr("Filter the log"));
    m_filter->setAccessibleName(tr("Filter of the log"));
    m_filter->setToolTip(tr("Words that must all occur in a job's name, outcome or time"));
    m_filter->setClearButtonEnabled(true);
    m_count->setAccessibleName(tr("Jobs that the filter lets through"));
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_log->setWords(text);
        showCount();
    });
    m_view->setModel(m_log);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(JobQueue::StartedColumn, Qt::DescendingOrder);
    for (const int column :
        {JobQueue::StateColumn, JobQueue::ProgressColumn, JobQueue::StageColumn, JobQueue::LeftColumn})
        m_view->setColumnHidden(column, true);
    auto* header = m_view->horizontalHeader();
    header->moveSection(JobQueue::StartedColumn, 0);
    header->setSectionsMovable(true);
    header->setStretchLastSection(true);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(m_view->fontMetrics().height() + 6);
    const int character = m_view->fontMetrics().averageCharWidth();
    m_view->setColumnWidth(JobQueue::StartedColumn, 9 * character + 14);
    m_view->setColumnWidth(JobQueue::TitleColumn, 18 * character + 14);
    m_view->setColumnWidth(JobQueue::ElapsedColumn, 9 * character + 14);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setTabKeyNavigation(false);
    m_view->setAlternatingRowColors(true);
    m_view->setAccessibleName(tr("Jobs that have ended"));
    m_copy->setToolTip(tr("Copy the log of ended jobs as text or CSV"));
}

/// Only while something is left out.
void JobsPanel::showCount()
{
    m_count->setVisible(!m_filter->text().trimmed().isEmpty());
    int ended = 0;
    for (int row = 0; row < m_jobs.rowCount(); ++row)
        ended += m_jobs.jobAt(row)->isOver() ? 1 : 0;
    m_count->setText(tr("%1 of %2").arg(formatCount(m_log->rowCount()), formatCount(ended)));
}

void JobsPanel::addActions()
{
    auto* menu = new QMenu(m_copy);
    const auto add = [&](const char* id, const QString& text, const QString& tip, auto slot) {
        auto* action = new QAction(text, this);
        action->setObjectName(QLatin1String(id));
        action->setToolTip(tip);
        action->setStatusTip(tip);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, slot);
        addAction(action);
        return action;
    };
    menu->addAction(add("jobs.copyText", tr("Copy the log as &text"),
        tr("One line per ended job: start, duration, name, outcome"),
        [this] { QGuiApplication::clipboard()->setText(m_log->text()); }));
    menu->addAction(add("jobs.copyCsv", tr("Copy the log as &CSV"), tr("A table of the ended jobs"),
        [this] { QGuiApplication::clipboard()->setText(m_log->csv()); }));
    add("jobs.cancelAll", tr("Cancel &all jobs"), tr("Stop everything that runs or waits"),
        [this] { m_jobs.cancelAll(); });
    m_copy->setMenu(menu);
}

void JobsPanel::refreshRows()
{
    std::map<const Job*, JobRow*> rows;
    for (int i = 0; i < m_jobs.rowCount(); ++i) {
        Job* job = m_jobs.jobAt(i);
        if (job->isOver())
            continue;
        if (const auto known = m_rows.find(job); known != m_rows.end()) {
            rows.insert(*known);
            known->second->refresh();
            continue;
        }
        auto* row = new JobRow(*job, m_running);
        m_rowsLayout->addWidget(row);
        rows[job] = row;
    }
    for (const auto& [job, row] : m_rows) {
        if (rows.count(job) != 0)
            continue;
        row->hide();
        row->deleteLater();
    }
    m_rows = std::move(rows);
    m_idle->setVisible(m_rows.empty());
    showCount();
    if (m_rows.empty())
        m_tick.stop();
    else if (!m_tick.isActive())
        m_tick.start();
}

} // namespace bitwright::views
