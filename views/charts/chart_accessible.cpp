// What a screen reader is told of a chart on axes: its title, what it shows, and the crosshair's readout.
#include "views/charts/chart_base.h"
#include "views/charts/chart_parts.h"

#include <QAccessibleWidget>

namespace bitwright::views {

namespace {

class AccessibleChart : public QAccessibleWidget
{
public:
    explicit AccessibleChart(ChartBase* chart)
        : QAccessibleWidget(chart, QAccessible::Chart)
    { }
    [[nodiscard]] QString text(QAccessible::Text kind) const override
    {
        const auto* chart = static_cast<const ChartBase*>(object());
        switch (kind) {
        case QAccessible::Value:
            return chart->accessibleValue();
        case QAccessible::Description:
            return chart->accessibleSummary();
        case QAccessible::Help:
            return chart->keysText();
        default:
            return QAccessibleWidget::text(kind);
        }
    }
};

QAccessibleInterface* makeAccessible(const QString&, QObject* object)
{
    auto* chart = qobject_cast<ChartBase*>(object);
    return chart != nullptr ? new AccessibleChart(chart) : nullptr;
}

} // namespace

void ChartBase::installAccessibility()
{
    static const bool installed = [] {
        QAccessible::installFactory(makeAccessible);
        return true;
    }();
    (void)installed;
}

void ChartBase::announceValue()
{
    if (!QAccessible::isActive())
        return;
    QAccessibleValueChangeEvent event(this, accessibleValue());
    QAccessible::updateAccessibility(&event);
}

QString ChartBase::accessibleValue() const
{
    if (m_focusedEntry >= 0) {
        const LegendEntry& entry = m_legend->entries()[static_cast<std::size_t>(m_focusedEntry)];
        return isLegendKeyShown(entry.key) ? tr("Legend: %1, shown").arg(entry.label)
                                           : tr("Legend: %1, hidden").arg(entry.label);
    }
    return QString(m_readout).replace(u'\n', QStringLiteral("; "));
}

QString ChartBase::accessibleSummary() const
{
    if (isEmpty())
        return emptyMessage();
    QStringList parts{accessibleDescription()};
    for (const Qt::Orientation axis : {Qt::Horizontal, Qt::Vertical}) {
        const Interval range = viewRange(axis);
        const QString& label = axis == Qt::Horizontal ? m_labelX : m_labelY;
        const QString name = !label.isEmpty() ? label
            : axis == Qt::Horizontal          ? tr("horizontal axis")
                                              : tr("vertical axis");
        parts << (isLogarithmic(axis) ? tr("%1: %2 to %3, logarithmic") : tr("%1: %2 to %3"))
                     .arg(name, formatNumber(range.lower), formatNumber(range.upper));
    }
    QStringList shown;
    for (const LegendEntry& entry : m_legend->entries())
        if (isLegendKeyShown(entry.key))
            shown << entry.label;
    if (!shown.isEmpty())
        parts << tr("shown: %1").arg(shown.join(QStringLiteral(", ")));
    if (m_stale)
        parts << tr("stale: being computed again");
    parts.removeAll(QString());
    return parts.join(QStringLiteral(". "));
}

QString ChartBase::keyboardHelp()
{
    return tr("Arrows pan, + and - zoom, B begins a box to zoom to, Home resets (Shift+Home and Ctrl+Home "
              "one axis), L "
              "switches logarithmic; Ctrl+arrows move the "
              "crosshair, Enter "
              "selects under it; Tab walks through the legend, Space toggles an entry; the context-menu key "
              "opens the menu; Ctrl+Shift+T shows a table.");
}

} // namespace bitwright::views
