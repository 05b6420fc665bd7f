#include "views/panels/refine_box.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QSpinBox>

namespace bitwright::views {

RefineBox::RefineBox(RefineRun& run, QWidget* parent)
    : QWidget(parent)
    , m_run(run)
    , m_rounds(new QSpinBox(this))
    , m_steps(new QSpinBox(this))
    , m_estimate(new QPushButton(tr("How &long?"), this))
    , m_adopt(new QPushButton(tr("Take the res&ult"), this))
{
    const RefineRun::Request usual;
    m_rounds->setRange(1, 16);
    m_rounds->setValue(usual.rounds);
    m_rounds->setPrefix(tr("rounds: "));
    m_rounds->setAccessibleName(tr("Rounds at most"));
    m_rounds->setToolTip(
        tr("Rounds at most: each measures steps around the plan, solves it again, and goes on "
           "only when that is better on the tokens that judge"));
    m_steps->setRange(8, 4096);
    m_steps->setSingleStep(32);
    m_steps->setValue(usual.steps);
    m_steps->setPrefix(tr("steps: "));
    m_steps->setAccessibleName(tr("Steps per round at most"));
    m_steps->setToolTip(tr("Steps of single units that a round measures at most, the most promising first"));
    m_estimate->setToolTip(
        tr("Runs the plan once, which refining begins with anyway, and says how long the rest takes"));
    m_adopt->setToolTip(tr("Makes the refined plan the current one: one undo step"));
    m_adopt->setObjectName(QStringLiteral("refine.take"));
    m_estimate->setObjectName(QStringLiteral("refine.estimate"));
    auto* bar = new QHBoxLayout(this);
    bar->setContentsMargins(8, 4, 8, 0);
    bar->setSpacing(8);
    bar->addWidget(m_rounds);
    bar->addWidget(m_steps);
    bar->addWidget(m_estimate);
    bar->addStretch(1);
    bar->addWidget(m_adopt);
    connect(m_estimate, &QPushButton::clicked, this, &RefineBox::estimateRequested);
    connect(m_adopt, &QPushButton::clicked, &m_run, &RefineRun::adopt);
}

void RefineBox::fill(RefineRun::Request& request) const
{
    request.rounds = m_rounds->value();
    request.steps = m_steps->value();
}

void RefineBox::refresh(bool busy, bool possible)
{
    m_estimate->setEnabled(!busy && possible);
    m_adopt->setEnabled(m_run.canAdopt());
}

} // namespace bitwright::views
