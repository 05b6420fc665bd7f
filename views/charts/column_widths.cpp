#include "views/charts/column_widths.h"

#include <QEvent>
#include <QHeaderView>
#include <QScrollBar>
#include <QTableView>

#include <algorithm>
#include <numeric>

namespace bitwright::views {

std::vector<int> fittedWidths(const std::vector<int>& natural, const std::vector<int>& least, int available)
{
    const auto cutTo = [&](int cap) {
        std::vector<int> widths = natural;
        for (std::size_t i = 0; i < widths.size(); ++i)
            widths[i] = std::max(std::min(natural[i], cap), std::min(least[i], natural[i]));
        return widths;
    };
    const auto sumOf
        = [](const std::vector<int>& widths) { return std::reduce(widths.begin(), widths.end()); };
    if (natural.empty() || sumOf(natural) <= available)
        return natural;
    if (sumOf(cutTo(0)) > available)
        return natural; // it has to be scrolled anyway: then nothing is cut
    int low = 0, high = *std::max_element(natural.begin(), natural.end());
    while (low + 1 < high) {
        const int middle = low + (high - low) / 2;
        (sumOf(cutTo(middle)) <= available ? low : high) = middle;
    }
    return cutTo(low);
}

ColumnWidths::ColumnWidths(QTableView* table)
    : QObject(table)
    , m_table(table)
{
    m_table->viewport()->installEventFilter(this);
    connect(m_table->horizontalHeader(), &QHeaderView::sectionResized, this, [this](int section) {
        // The last one stretches by itself.
        if (!m_applying && section + 1 < m_table->model()->columnCount())
            m_byHand = true;
    });
}

void ColumnWidths::refresh()
{
    m_natural.clear();
    m_least.clear();
    m_byHand = false;
    m_applying = true;
    m_table->resizeColumnsToContents();
    m_applying = false;
    constexpr int kSpare = 6;
    for (int column = 0; column < m_table->model()->columnCount(); ++column)
        addColumn(column, m_table->columnWidth(column) + kSpare);
    apply();
}

void ColumnWidths::setCharacters(std::initializer_list<int> characters)
{
    m_natural.clear();
    m_least.clear();
    constexpr int kMargins = 14;
    for (int column = 0; const int count : characters)
        addColumn(column++, m_table->fontMetrics().averageCharWidth() * count + kMargins);
    while (static_cast<int>(m_natural.size()) < m_table->model()->columnCount())
        addColumn(static_cast<int>(m_natural.size()), 0);
    m_least = m_natural;
    apply();
}

void ColumnWidths::addColumn(int column, int wanted)
{
    constexpr int kLeastText = 90, kMostText = 320, kHeadingMargins = 18;
    const QAbstractItemModel* model = m_table->model();
    const QHeaderView* header = m_table->horizontalHeader();
    const QString title = model->headerData(column, Qt::Horizontal).toString();
    const int heading = header->fontMetrics().horizontalAdvance(title) + kHeadingMargins;
    const QVariant alignment = model->headerData(column, Qt::Horizontal, Qt::TextAlignmentRole);
    const bool number = (alignment.toInt() & Qt::AlignRight) != 0;
    const int natural = std::max(heading, number ? wanted : std::min(wanted, kMostText));
    m_natural.push_back(natural);
    m_least.push_back(number ? natural : std::max(heading, kLeastText));
}

void ColumnWidths::apply()
{
    if (m_byHand || m_natural.size() != static_cast<std::size_t>(m_table->model()->columnCount()))
        return;
    m_applying = true;
    const std::vector<int> widths = fittedWidths(m_natural, m_least, m_table->viewport()->width());
    for (std::size_t column = 0; column < widths.size(); ++column)
        m_table->setColumnWidth(static_cast<int>(column), widths[column]);
    m_applying = false;
}

bool ColumnWidths::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize)
        apply();
    return QObject::eventFilter(watched, event);
}

} // namespace bitwright::views
