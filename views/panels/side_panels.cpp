#include "views/panels/side_panels.h"

#include "views/panels/bits_delegate.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace bitwright::views {

JobsPanel::JobsPanel(Document& document, JobQueue& jobs, QWidget* parent)
    : Panel(document, QStringLiteral("jobs"), tr("Jobs"), parent)
    , m_jobs(jobs)
    , m_view(new QTableView(this))
{
    m_view->setModel(&jobs);
    m_view->verticalHeader()->hide();
    m_view->horizontalHeader()->setStretchLastSection(false);
    m_view->horizontalHeader()->setSectionResizeMode(JobQueue::StageColumn, QHeaderView::Stretch);
    m_view->setColumnWidth(JobQueue::TitleColumn, 220);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setAccessibleName(tr("Jobs"));
    m_view->setItemDelegateForColumn(
        JobQueue::ProgressColumn, new FractionDelegate(JobQueue::FractionRole, this));
    auto* cancel = new QPushButton(tr("Cancel job"), this);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(8, 4, 8, 4);
    bar->addStretch();
    bar->addWidget(cancel);
    m_layout->addWidget(m_view, 1);
    m_layout->addLayout(bar);
    connect(cancel, &QPushButton::clicked, this, [this] {
        Job* job = m_jobs.jobAt(m_view->currentIndex().row());
        if (job == nullptr)
            job = m_jobs.current();
        if (job != nullptr)
            job->cancel();
    });
    connect(&jobs, &QAbstractItemModel::rowsInserted, m_view, &QTableView::scrollToBottom);
}

} // namespace bitwright::views
