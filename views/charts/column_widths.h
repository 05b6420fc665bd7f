#pragma once

#include <QList>
#include <QObject>

#include <initializer_list>
#include <vector>

class QTableView;

namespace bitwright::views {

// Widths of columns that would like `natural` pixels each: all of them get that where it fits; else the
// widest are cut to one common width, none below its own `least`, until the sum is `available`; where
// that cannot be reached, nothing is cut, because the table has to be scrolled anyway.
[[nodiscard]] std::vector<int> fittedWidths(
    const std::vector<int>& natural, const std::vector<int>& least, int available);

// Gives the columns of a table the widths of their contents, cutting the longest texts before anything leaves
// the view, again after each resize, until a person sets a width by hand. The table elides what is cut;
// numbers are never cut. Child of the table.
class ColumnWidths : public QObject
{
    Q_OBJECT
public:
    explicit ColumnWidths(QTableView* table);
    // Measures the rows that are there now; call it when their contents changed in kind.
    void refresh();
    // Widens what the rows of now need, for rows that came later; nothing gets narrower or loses a width set
    // by hand.
    void grow();
    // The same for tables whose rows come later: so many characters each, and never less than the
    // heading; columns without a number get their heading's width. Nothing is cut here.
    void setCharacters(std::initializer_list<int> characters);
    // Columns that are hidden, in this order, where not all have room.
    void setSpareColumns(const QList<int>& columns);
    // Columns that are never cut: names that are told apart by their middle.
    void setWholeColumns(const QList<int>& columns) { m_whole = columns; }
    // Shares room that is left among all columns, also where the last one holds numbers: the header ends with
    // the view.
    void setFills(bool fills) { m_fills = fills; }
    /// How much of their estimated widths texts keep before the table is scrolled instead: all by default.
    void setLeastShare(double share) { m_leastShare = share; }
    // What all columns would take with nothing cut, hidden ones too.
    [[nodiscard]] int wantedWidth() const { return m_wantedWidth; }
    [[nodiscard]] int wantedWidth(int column) const { return m_natural.value(column); }
    // Shares the width anew; columns were shown or hidden.
    void apply();

Q_SIGNALS:
    void spareChanged(); // columns were hidden or shown

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    // Per column, for heading and rows of now.
    [[nodiscard]] std::vector<int> measured() const;
    [[nodiscard]] std::vector<int> withoutArrows(const std::vector<int>& natural) const;
    static void giveUpArrows(
        const std::vector<int>& bare, int available, std::vector<int>& natural, std::vector<int>& least);
    void hideSpare(const std::vector<int>& natural);

    QTableView* m_table;
    QList<int> m_spare, m_whole;
    QList<int> m_natural; // with nothing cut
    std::vector<int> m_wanted; // pixels per column
    int m_wantedWidth = 0;
    double m_leastShare = 1;
    bool m_cuts = true, m_byHand = false, m_applying = false, m_fills = false;
};

} // namespace bitwright::views
