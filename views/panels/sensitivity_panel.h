#pragma once

#include "views/charts/block_role_matrix.h"
#include "views/panels/panel.h"

namespace bitwright::views {

/// View 7: the block x role matrix that edits the plan.
class SensitivityPanel : public Panel
{
    Q_OBJECT

public:
    explicit SensitivityPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override { m_matrix->setTheme(theme); }
    ChartSurface* surface() override { return m_matrix; }
    [[nodiscard]] BlockRoleMatrix* matrix() const { return m_matrix; }

Q_SIGNALS:
    void unitHovered(int unit);

private:
    void rebuild();
    void refresh();
    void showOptions(const QVector<int>& units, const QPoint& position);
    BlockRoleMatrix* m_matrix;
    MatrixData m_data;
};

} // namespace bitwright::views
