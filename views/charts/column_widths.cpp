#include "views/charts/column_widths.h"

#include <QEvent>
#include <QHeaderView>
#include <QScrollBar>
#include <QTableView>

#include <algorithm>
#include <numeric>
#include <utility>

namespace bitwright::views {

namespace {
constexpr int kSpare = 6; // beyond what Qt asks for
constexpr int kHeadingMargins = 18;
} // namespace

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
    connect(m_table->horizontalHeader(), &QHeaderView::sectionResized, this, [this](int, int from, int to) {
        if (!m_applying && from > 0 && to > 0) // not when a column is hidden or shown
            m_byHand = true;
    });
    connect(m_table->model(), &QAbstractItemModel::headerDataChanged, this, &ColumnWidths::apply);
}

std::vector<int> ColumnWidths::measured() const
{
    // Asked for here: Qt would leave a last column that stretches as wide as it is.
    const auto* view = static_cast<const QAbstractItemView*>(m_table);
    const QHeaderView* header = m_table->horizontalHeader();
    std::vector<int> widths;
    for (int column = 0; column < m_table->model()->columnCount(); ++column)
        widths.push_back(std::max(view->sizeHintForColumn(column), header->sectionSizeHint(column)) + kSpare);
    return widths;
}

// Every heading has room for the arrow of sorting. Where not all fits, columns of numbers that are not sorted
// by give it up before any text is cut.
std::vector<int> ColumnWidths::withoutArrows(const std::vector<int>& natural) const
{
    const QHeaderView* header = m_table->horizontalHeader();
    std::vector<int> widths = natural;
    if (!m_cuts || std::reduce(natural.begin(), natural.end()) <= m_table->viewport()->width())
        return widths;
    const auto* view = static_cast<const QAbstractItemView*>(m_table);
    const QAbstractItemModel* model = m_table->model();
    for (std::size_t column = 0; column < natural.size(); ++column) {
        const int section = static_cast<int>(column);
        const bool sorted = header->isSortIndicatorShown() && header->sortIndicatorSection() == section;
        const QVariant alignment = model->headerData(section, Qt::Horizontal, Qt::TextAlignmentRole);
        if (sorted || (alignment.toInt() & Qt::AlignRight) == 0)
            continue;
        const QString title = model->headerData(section, Qt::Horizontal).toString();
        widths[column] = std::min(natural[column],
            std::max(view->sizeHintForColumn(section) + kSpare,
                header->fontMetrics().horizontalAdvance(title) + kHeadingMargins));
    }
    return widths;
}

// As much of the arrows' room as is needed, from all of them alike.
void ColumnWidths::giveUpArrows(
    const std::vector<int>& bare, int available, std::vector<int>& natural, std::vector<int>& least)
{
    const int wanted = std::reduce(natural.begin(), natural.end());
    const int room = wanted - std::reduce(bare.begin(), bare.end()), missing = wanted - available;
    if (missing <= 0 || room <= 0)
        return;
    for (std::size_t column = 0; column < natural.size(); ++column) {
        const int own = natural[column] - bare[column];
        natural[column] -= missing >= room ? own : (own * missing + room - 1) / room;
        least[column] = std::min(least[column], natural[column]);
    }
}

void ColumnWidths::refresh()
{
    m_byHand = false;
    m_cuts = true;
    m_wanted = measured();
    apply();
}

void ColumnWidths::grow()
{
    std::vector<int> widths = measured();
    if (widths.size() != m_wanted.size())
        return refresh();
    for (std::size_t column = 0; column < widths.size(); ++column)
        widths[column] = std::max(widths[column], m_wanted[column]);
    if (std::exchange(m_wanted, widths) != widths)
        apply();
}

void ColumnWidths::setCharacters(std::initializer_list<int> characters)
{
    constexpr int kMargins = 14;
    m_wanted.clear();
    for (const int count : characters)
        m_wanted.push_back(m_table->fontMetrics().averageCharWidth() * count + kMargins);
    m_wanted.resize(static_cast<std::size_t>(m_table->model()->columnCount()), 0);
    m_cuts = false;
    apply();
}

// Texts stand at the left, numbers at the right; headings may have changed since.
void ColumnWidths::apply()
{
    if (m_byHand || m_wanted.empty()
        || m_wanted.size() != static_cast<std::size_t>(m_table->model()->columnCount()))
        return;
    constexpr int kLeastText = 80, kMostText = 320;
    const QAbstractItemModel* model = m_table->model();
    const QFontMetrics metrics = m_table->horizontalHeader()->fontMetrics();
    std::vector<int> natural, least;
    std::vector<std::size_t> estimated; // columns of texts that may turn out longer
    std::vector<bool> isText;
    for (std::size_t column = 0; column < m_wanted.size(); ++column) {
        const int section = static_cast<int>(column);
        const QString title = model->headerData(section, Qt::Horizontal).toString();
        const QVariant alignment = model->headerData(section, Qt::Horizontal, Qt::TextAlignmentRole);
        const int heading = metrics.horizontalAdvance(title) + kHeadingMargins;
        const bool number = (alignment.toInt() & Qt::AlignRight) != 0;
        const int wanted = m_wanted[column];
        natural.push_back(std::max(heading, number ? wanted : std::min(wanted, kMostText)));
        isText.push_back(!number && (alignment.toInt() & Qt::AlignHCenter) == 0);
        if (!number && !m_cuts && wanted > 0)
            estimated.push_back(column);
        const int kept = number || m_whole.contains(section) ? natural.back()
            : m_cuts                                         ? std::max(heading, kLeastText)
                     : std::max(heading, static_cast<int>(natural.back() * m_leastShare));
        least.push_back(std::min(natural.back(), kept));
    }
    m_natural = QList<int>(natural.begin(), natural.end());
    std::vector<int> bare = withoutArrows(natural);
    m_wantedWidth = std::reduce(bare.begin(), bare.end());
    hideSpare(bare);
    for (std::size_t column = 0; column < m_wanted.size(); ++column)
        if (m_table->isColumnHidden(static_cast<int>(column)))
            natural[column] = least[column] = bare[column] = 0;
    m_applying = true;
    const int available = m_table->viewport()->width();
    giveUpArrows(bare, available, natural, least);
    // What was only estimated gets a part of the room that is left.
    const int spare = available - std::reduce(natural.begin(), natural.end());
    int texts = 0;
    for (const std::size_t column : estimated)
        texts += natural[column];
    if (spare > 0)
        for (const std::size_t column : estimated)
            natural[column] += std::min(natural[column] * 3 / 2, spare * natural[column] / texts);
    std::vector<int> widths = fittedWidths(natural, least, available);
    // The rest goes to a last column of texts alone: what stands at the far end of a wide table would be read
    // in the wrong row.
    std::size_t last = widths.size() - 1;
    while (last > 0 && m_table->isColumnHidden(static_cast<int>(last)))
        --last;
    const int taken = std::reduce(widths.begin(), widths.end());
    if (m_fills && taken > 0 && taken < available)
        for (int& width : widths)
            width += (available - taken) * width / taken;
    if (isText[last] || m_fills)
        widths[last] += std::max(0, available - std::reduce(widths.begin(), widths.end()));
    for (std::size_t column = 0; column < widths.size(); ++column)
        if (!m_table->isColumnHidden(static_cast<int>(column)))
            m_table->setColumnWidth(static_cast<int>(column), widths[column]);
    m_applying = false;
}

void ColumnWidths::setSpareColumns(const QList<int>& columns)
{
    if (std::exchange(m_spare, columns) != columns)
        apply();
}

void ColumnWidths::hideSpare(const std::vector<int>& natural)
{
    if (m_spare.isEmpty())
        return;
    int needed = m_wantedWidth;
    bool changed = false;
    m_applying = true;
    for (const int column : m_spare) {
        if (static_cast<std::size_t>(column) >= natural.size())
            continue; // there is no data yet
        const bool hidden = needed > m_table->viewport()->width();
        if (hidden)
            needed -= natural[static_cast<std::size_t>(column)];
        changed = changed || hidden != m_table->isColumnHidden(column);
        m_table->setColumnHidden(column, hidden);
    }
    m_applying = false;
    if (changed)
        Q_EMIT spareChanged();
}

bool ColumnWidths::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize)
        apply();
    return QObject::eventFilter(watched, event);
}

} // namespace bitwright::views
