#include "views/panels/panel.h"

#include "views/panels/widget_state.h"

#include <QAction>
#include <QComboBox>
#include <QKeyEvent>
#include <QVBoxLayout>

#include <algorithm>

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
    trackChart(chart);
}

void Panel::trackChart(ChartSurface& chart)
{
    if (std::find(m_charts.begin(), m_charts.end(), &chart) != m_charts.end())
        return;
    m_charts.push_back(&chart);
    chart.surfaceWidget()->installEventFilter(this);
}

ChartSurface* Panel::currentSurface()
{
    const QWidget* focus = focusWidget();
    for (ChartSurface* chart : m_charts) {
        const QWidget* widget = chart->surfaceWidget();
        if (focus != nullptr && widget->isVisible() && (focus == widget || widget->isAncestorOf(focus)))
            return chart;
    }
    if (m_lastChart != nullptr && m_lastChart->surfaceWidget()->isVisible())
        return m_lastChart;
    return surface();
}

bool Panel::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Enter || event->type() == QEvent::FocusIn)
        for (ChartSurface* chart : m_charts)
            if (watched == chart->surfaceWidget())
                m_lastChart = chart;
    return QWidget::eventFilter(watched, event);
}

void Panel::keyPressEvent(QKeyEvent* event)
{
    ChartSurface* chart = currentSurface();
    const QKeySequence keys(event->keyCombination());
    // Plain keys mean something to the control that has the focus, even where it has no use for them now.
    const bool chorded = event->modifiers().testFlag(Qt::ControlModifier);
    if (chart != nullptr && chorded && chart->surfaceWidget()->isVisible()) {
        const auto actions = chart->chartActions();
        for (QAction* action : actions) {
            if (action->shortcut() != keys || !action->isEnabled())
                continue;
            action->trigger();
            event->accept();
            return;
        }
    }
    QWidget::keyPressEvent(event);
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
