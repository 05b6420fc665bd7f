#include "views/panels/panel.h"

#include "views/charts/column_widths.h"
#include "views/panels/widget_state.h"

#include <QAction>
#include <QBoxLayout>
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

namespace {

/// Keeps the shares of a bar's choices; child of the bar's widget.
class TextShares : public QObject
{
public:
    TextShares(QBoxLayout* bar, QWidget* parent)
        : QObject(parent)
        , m_bar(bar)
    {
        for (int i = 0; i < bar->count(); ++i)
            if (auto* box = qobject_cast<QComboBox*>(bar->itemAt(i)->widget())) {
                m_boxes.push_back(box);
                connect(box, &QComboBox::currentTextChanged, this, &TextShares::share);
            }
        parent->installEventFilter(this);
        share();
    }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest)
            share(); // a button beside them may have come or gone
        return QObject::eventFilter(watched, event);
    }

private:
    void share()
    {
        constexpr int kArrowAndFrame = 34;
        std::vector<int> natural, least;
        for (const QComboBox* box : m_boxes) {
            natural.push_back(kArrowAndFrame + box->fontMetrics().horizontalAdvance(box->currentText()));
            least.push_back(box->minimumSizeHint().width());
        }
        int others = m_bar->contentsMargins().left() + m_bar->contentsMargins().right() - m_bar->spacing();
        for (int i = 0; i < m_bar->count(); ++i) {
            QLayoutItem* item = m_bar->itemAt(i);
            if (item->isEmpty() && item->widget() != nullptr)
                continue; // hidden
            others += m_bar->spacing();
            if (qobject_cast<QComboBox*>(item->widget()) == nullptr)
                others += item->sizeHint().width();
        }
        const auto* whole = qobject_cast<QWidget*>(parent());
        const std::vector<int> widths = fittedWidths(natural, least, whole->width() - others);
        for (std::size_t i = 0; i < m_boxes.size(); ++i)
            if (const int at = m_bar->indexOf(m_boxes[i]); m_bar->stretch(at) != std::max(1, widths[i]))
                m_bar->setStretch(at, std::max(1, widths[i]));
    }

    QBoxLayout* m_bar;
    std::vector<QComboBox*> m_boxes;
};

} // namespace

void Panel::shareByText(QBoxLayout* bar, QWidget* parent)
{
    new TextShares(bar, parent);
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

ChartSurface* Panel::showChart(const QString&)
{
    return surface();
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
