#include "views/models/words_filter.h"

#include <algorithm>

namespace bitwright::views {

void WordsFilter::setWords(const QString& words)
{
    m_words = words.simplified().split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

bool WordsFilter::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    if (m_words.isEmpty())
        return true;
    QString text = sourceModel()->index(row, 0, parent).data(Qt::ToolTipRole).toString();
    for (int column = 0; column < sourceModel()->columnCount(parent); ++column)
        text += u' ' + sourceModel()->index(row, column, parent).data().toString();
    return std::all_of(m_words.begin(), m_words.end(),
        [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

} // namespace bitwright::views
