// Clicks, boxes and keys of MaximaChart.
#include "views/charts/maxima_chart.h"
#include "views/charts/maxima_lines.h"

#include <QKeyEvent>

#include <algorithm>

namespace bitwright::views {

void MaximaChart::clicked(const QPointF& position, Qt::KeyboardModifiers modifiers)
{
    const Hit hit = hitAt(position);
    if (hit.site < 0)
        return;
    const auto& marks = m_data.dumps[static_cast<std::size_t>(hit.dump)].massive;
    const int channel = hit.mark >= 0 ? marks[static_cast<std::size_t>(hit.mark)].channel : -1;
    if (hit.dump == 0 && (modifiers & (Qt::ControlModifier | Qt::ShiftModifier)) != 0) {
        const bool range = modifiers.testFlag(Qt::ShiftModifier) && m_currentDump == 0;
        Q_EMIT sitesExtended(range ? sitesBetween(m_currentSite, hit.site) : QVector<int>{hit.site}, channel,
            modifiers.testFlag(Qt::ControlModifier));
        return;
    }
    setCurrentSite(hit.site, hit.dump);
    if (channel < 0) {
        Q_EMIT siteActivated(hit.site, hit.dump);
        return;
    }
    setCurrentChannel(channel);
    Q_EMIT channelActivated(hit.site, channel, hit.dump);
}

std::optional<Qt::KeyboardModifiers> MaximaChart::boxModifiers(BoxUse use) const
{
    return use == BoxUse::Zoom ? Qt::NoModifier : Qt::ShiftModifier;
}

void MaximaChart::boxed(const QRectF& box, Qt::KeyboardModifiers modifiers)
{
    if (!modifiers.testFlag(Qt::ShiftModifier)) {
        ChartBase::boxed(box, modifiers);
        return;
    }
    QVector<int> sites;
    for (int i = 0; !m_data.dumps.empty() && i < static_cast<int>(m_data.dumps[0].sites.size()); ++i) {
        const QString& group = m_data.dumps[0].sites[static_cast<std::size_t>(i)].group;
        const auto at = isLegendKeyShown(maximaGroupKey(group)) ? sitePixel(i) : std::nullopt;
        if (at && box.contains(*at))
            sites << i;
    }
    if (!sites.isEmpty())
        Q_EMIT sitesSelected(sites, 0);
}

// Page up and down walk through the sites of the current kind: the keyboard's way to click.
bool MaximaChart::keyPressed(QKeyEvent* event)
{
    const bool forward = event->key() == Qt::Key_PageDown;
    if ((!forward && event->key() != Qt::Key_PageUp) || m_data.dumps.empty())
        return false;
    const auto& sites = m_data.dumps[static_cast<std::size_t>(m_currentDump)].sites;
    const QStringList strong = emphasizedGroups();
    int next = m_currentSite;
    for (int i = m_currentSite < 0 ? (forward ? 0 : static_cast<int>(sites.size()) - 1)
                                   : m_currentSite + (forward ? 1 : -1);
         i >= 0 && i < static_cast<int>(sites.size()); i += forward ? 1 : -1)
        if (strong.contains(sites[static_cast<std::size_t>(i)].group)) {
            next = i;
            break;
        }
    if (next < 0)
        return false;
    setCurrentSite(next, m_currentDump);
    Q_EMIT siteActivated(next, m_currentDump);
    return true;
}

QString MaximaChart::statisticAt(const QPointF& position) const
{
    const Hit hit = hitAt(position);
    if (hit.mark >= 0)
        return tr("massive activation");
    return hit.line >= 0 ? maximaLineName(hit.line) : QString();
}

void MaximaChart::setSelectedSites(const QVector<int>& sites)
{
    if (m_selectedSites == sites)
        return;
    m_selectedSites = sites;
    repaintOverlay();
}

int MaximaChart::siteAt(const QPointF& position) const
{
    const Hit hit = hitAt(position);
    return hit.dump == 0 ? hit.site : -1;
}

// The sites of one kind between two, the second at last; the second alone when they differ in kind.
QVector<int> MaximaChart::sitesBetween(int from, int to) const
{
    QVector<int> sites;
    const auto& all = m_data.dumps[0].sites;
    const QString& kind = all[static_cast<std::size_t>(to)].group;
    if (from >= 0 && from < static_cast<int>(all.size())
        && all[static_cast<std::size_t>(from)].group == kind) {
        const double a = all[static_cast<std::size_t>(from)].position();
        const double b = all[static_cast<std::size_t>(to)].position();
        const double low = std::min(a, b), high = std::max(a, b);
        for (int i = 0; i < static_cast<int>(all.size()); ++i) {
            const MaximaSite& site = all[static_cast<std::size_t>(i)];
            if (i != to && site.group == kind && site.position() >= low && site.position() <= high)
                sites << i;
        }
    }
    return sites << to;
}

} // namespace bitwright::views
