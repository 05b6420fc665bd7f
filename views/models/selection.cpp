#include "views/models/selection.h"

#include <algorithm>

namespace bitwright::views {

void Selection::setTensor(int tensor)
{
    set(tensor, m_units, m_site, m_channel);
}

void Selection::setUnits(const QVector<int>& units)
{
    set(m_tensor, units, m_site, m_channel);
}

void Selection::setSite(int site, int channel)
{
    set(m_tensor, m_units, site, channel);
}

void Selection::set(int tensor, const QVector<int>& units, int site, int channel)
{
    QVector<int> sorted = units;
    std::sort(sorted.begin(), sorted.end());
    if (tensor == m_tensor && sorted == m_units && site == m_site && channel == m_channel)
        return;
    m_tensor = tensor;
    m_units = sorted;
    m_site = site;
    m_channel = channel;
    Q_EMIT changed();
}

void Selection::clear()
{
    set(-1, {}, -1, -1);
}

} // namespace bitwright::views
