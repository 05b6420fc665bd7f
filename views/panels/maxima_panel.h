#pragma once

#include "views/charts/data_table.h"
#include "views/charts/maxima_chart.h"
#include "views/panels/look_data.h"
#include "views/panels/panel.h"

class QComboBox;
class QSplitter;
class QToolButton;

namespace bitwright::views {

/// View 3: activation maxima per layer and site, with the table of massive activations.
class MaximaPanel : public Panel
{
    Q_OBJECT

public:
    explicit MaximaPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override { m_chart->setTheme(theme); }
    ChartSurface* surface() override { return m_chart; }

Q_SIGNALS:
    /// A mark of the first dump is under the mouse: its site and channel, -1 when none.
    void channelHovered(int site, int channel);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void createControls();
    void refresh();
    void followSelection();
    void selectSites(const QVector<int>& sites);
    void activateRow(int row);
    /// Selects the same site of the first dump, which is what all views show.
    void activate(int dump, int site, int channel);
    void nameTable();
    void arrangeTable();
    void giveTableRoom();
    [[nodiscard]] QString captionStatistic() const;

    MaximaChart* m_chart;
    DataTable* m_table;
    QSplitter* m_splitter;
    QComboBox* m_statistic;
    QToolButton* m_tableButton;
    QAction* m_tableAction;
    MassiveList m_massive;
    std::vector<QVector<int>> m_unitsOfSite; ///< Ascending.
    int m_givenAt = 0; ///< Length of the splitter when the table got its room; 0: not yet.
    int m_chosenDump = 0,
        m_chosenSite = -1; ///< Where a person clicked; the site by its number in the first dump.
    bool m_roomChosen = false; ///< By a person.
    bool m_tableChosen = false; ///< The user switched the table; its size no longer decides.
};

} // namespace bitwright::views
