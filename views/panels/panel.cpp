#include "views/panels/panel.h"

#include "views/panels/widget_state.h"

#include <QComboBox>
#include <QVBoxLayout>

namespace bitwright::views {

Panel::Panel(Document& document, const QString& id, const QString& title, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_layout(new QVBoxLayout(this))
    , m_id(id)
    , m_title(title)
{
    setObjectName(id);
    setAccessibleName(title);
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(0);
}

void Panel::letShrink(QComboBox* box)
{
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(2);
    box->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Panel::offerChart(ChartSurface& chart)
{
    chart.nameActions(m_id);
    addActions(chart.chartActions());
}

QJsonObject Panel::viewState() const
{
    return widgetState(*this);
}

void Panel::setViewState(const QJsonObject& state)
{
    restoreWidgetState(*this, state);
}

} // namespace bitwright::views
