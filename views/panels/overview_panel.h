#pragma once

#include "views/charts/size_treemap.h"
#include "views/panels/panel.h"

class QTextBrowser;

namespace bitwright::views {

/// View 2: model card, size by role, what is missing.
class OverviewPanel : public Panel
{
    Q_OBJECT

public:
    explicit OverviewPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override;
    ChartSurface* surface() override { return m_treemap; }

private:
    void refresh();
    QTextBrowser* m_card;
    SizeTreemap* m_treemap;
};

} // namespace bitwright::views
