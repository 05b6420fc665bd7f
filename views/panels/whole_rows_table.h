#pragma once

#include <QHeaderView>
#include <QPaintEvent>
#include <QTableWidget>

#include <algorithm>

namespace bitwright::views {

/// A table with rows of one height that shows no part of a row: half letters at its foot look like a fault.
class WholeRowsTable : public QTableWidget
{
public:
    using QTableWidget::QTableWidget;

protected:
    void paintEvent(QPaintEvent* event) override
    {
        const int row = verticalHeader()->defaultSectionSize();
        const QRect whole(0, 0, viewport()->width(), std::max(1, viewport()->height() / row) * row);
        QPaintEvent part(event->region() & whole);
        QTableWidget::paintEvent(&part);
    }
    void scrollContentsBy(int dx, int dy) override
    {
        QTableWidget::scrollContentsBy(dx, dy);
        viewport()->update(); // a row that was left out comes in whole
    }
};

} // namespace bitwright::views
