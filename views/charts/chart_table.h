#pragma once

#include "views/charts/data_table.h"

#include <QTimer>

namespace bitwright::views {

class ChartSurface;

// The table that takes a chart's place, for whoever reads numbers rather than pictures. Covers the widget and
// reads it anew, at most ten times a second, when told that the data changed.
class ChartTable : public DataTable
{
    Q_OBJECT
public:
    ChartTable(ChartSurface& surface, QWidget* chart);
    void open();
    void refreshSoon();

Q_SIGNALS:
    void closed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void refresh();
    ChartSurface& m_surface;
    QTimer m_delay;
};

} // namespace bitwright::views
