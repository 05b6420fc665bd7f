#pragma once

#include "views/charts/outlier_map.h"
#include "views/panels/panel.h"

#include <QComboBox>

#include <vector>

namespace bitwright::views {

/// View 4: layers x channels.
class OutlierPanel : public Panel
{
    Q_OBJECT

public:
    explicit OutlierPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override { m_map->setTheme(theme); }
    ChartSurface* surface() override { return m_map; }

private:
    void refresh();
    void followSelection();
    QComboBox* m_measure;
    OutlierMap* m_map;
    std::vector<int> m_rowOfSite;
    std::vector<int> m_siteOfRow;
};

} // namespace bitwright::views
