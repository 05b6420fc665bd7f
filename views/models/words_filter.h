#pragma once

#include <QSortFilterProxyModel>
#include <QStringList>

namespace bitwright::views {

/// The rows of a table in which every word occurs, in what a column shows or in the tooltip of the first one,
/// which is a full name.
class WordsFilter : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setWords(const QString& words);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QStringList m_words;
};

} // namespace bitwright::views
