#pragma once

#include "views/charts/channel_trace.h"
#include "views/charts/outlier_map.h"
#include "views/panels/look_data.h"
#include "views/panels/panel.h"

#include <vector>

class QComboBox;
class QLabel;
class QSplitter;

namespace bitwright::views {

struct TensorTarget;

/// View 4: layers x channels, with the pinned channel's trace across the layers.
class OutlierPanel : public Panel
{
    Q_OBJECT

public:
    explicit OutlierPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override;
    ChartSurface* surface() override { return m_map; }
    [[nodiscard]] QStringList chartWords() const override { return {QStringLiteral("trace")}; }
    ChartSurface* showChart(const QString& word) override;
    [[nodiscard]] QVector<ViewChoice> viewChoices() const override;
    /// Shows where a channel of a site is while another view points at it; -1 for none.
    void previewChannel(int site, int channel);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void createControls();
    void connectCharts();
    void listGroups();
    void refresh();
    void refreshTrace();
    void arrangeTrace();
    void showWarning();
    void followSelection();
    void showSelection();
    bool showGroupOf(int site);
    void selectRow(int row, int channel);
    void selectRegion(const QVector<int>& rows, const QVector<int>& channels, bool adds);
    [[nodiscard]] QVector<int> sitesOfRows(const QVector<int>& rows) const;
    [[nodiscard]] TensorTarget targetOfRow(int row) const;
    [[nodiscard]] QVector<int> selectedRows() const;
    [[nodiscard]] QString group() const;

    QComboBox* m_measure;
    QComboBox* m_group;
    QComboBox* m_criterion;
    QLabel* m_warning; ///< Why the criterion says little about these sites.
    QSplitter* m_splitter;
    OutlierMap* m_map;
    ChannelTrace* m_trace;
    QAction* m_traceAction;
    QToolButton* m_traceButton = nullptr;
    std::vector<int> m_rowOfSite;
    std::vector<int> m_siteOfRow;
    std::vector<QVector<int>> m_unitsOfSite; ///< Ascending.
    const model::ActivationDump* m_listed = nullptr; ///< Whose kinds the box lists.
};

} // namespace bitwright::views
