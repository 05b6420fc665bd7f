#pragma once

#include "views/charts/block_role_matrix.h"
#include "views/models/plan_delta.h"
#include "views/panels/panel.h"

#include <QTimer>

class QAction;
class QComboBox;
class QLabel;
class QStackedWidget;
class QToolButton;

namespace bitwright::views {

class HarmRun;

class OptionHeatMap;

/// View 7: the block x role matrix and the tensor x option heat map; both edit the plan.
class SensitivityPanel : public Panel
{
    Q_OBJECT

public:
    explicit SensitivityPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override;
    ChartSurface* surface() override;
    [[nodiscard]] QStringList chartWords() const override { return {QStringLiteral("options")}; }
    ChartSurface* showChart(const QString& word) override;
    [[nodiscard]] QJsonObject viewState() const override;
    void setViewState(const QJsonObject& state) override;
    [[nodiscard]] BlockRoleMatrix* matrix() const { return m_matrix; }
    [[nodiscard]] OptionHeatMap* heatMap() const { return m_heat; }
    /// Shows the heat map (true) or the matrix.
    void showHeatMap(bool heat);
    [[nodiscard]] bool showsHeatMap() const;
    /// Opens the experts of a row of the matrix; -1 goes back to all blocks.
    void showExperts(int row);
    [[nodiscard]] int expertRow() const { return m_expertRow; }
    /// What cannot be told apart is then judged by paired comparisons of what was measured.
    void pairBy(const HarmRun& run);
    /// Outlines units that another view is pointing at.
    void highlightUnits(const QVector<int>& units);

Q_SIGNALS:
    void unitHovered(int unit);
    void optionHovered(int unit, int option);

private:
    void createBar();
    void createActions();
    void connectMatrix();
    void connectHeatMap();
    void connectDocument();
    void rebuild();
    void refresh();
    void followPlan(); ///< The same after an edit, in what it moved alone.
    void showUnits();
    void showMatrixData();
    void followSelection();
    void showOptions(const QVector<int>& units, const QPoint& position);
    void hoverUnit(int unit);
    [[nodiscard]] std::optional<bool> alike(const HarmRun& run, int shown, int other) const;
    [[nodiscard]] QVector<int> toDocument(const QVector<int>& shown) const;
    [[nodiscard]] QVector<int> fromDocument(const QVector<int>& units) const;

    QStackedWidget* m_stack;
    BlockRoleMatrix* m_matrix;
    OptionHeatMap* m_heat;
    QComboBox* m_view;
    QComboBox* m_sort;
    QToolButton* m_back;
    QAction* m_backAction = nullptr;
    QLabel* m_title;
    MatrixData m_data; ///< All blocks.
    MatrixData m_shown; ///< What the matrix shows: all blocks, or the experts of one.
    QVector<int> m_shownUnits; ///< Units of the document by those shown; empty: the same.
    int m_expertRow = -1;
    PlanDelta m_delta;
    QTimer m_scanned; ///< One repaint for many tensors.
};

} // namespace bitwright::views
