#pragma once

#include "core/plan/difference.h"
#include "views/charts/block_role_matrix.h"
#include "views/panels/panel.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSplitter;
class QTabWidget;
class QTableView;

namespace bitwright::views {

class ColumnWidths;
class DifferenceTable;
class HarmRun;
class ModelDifference;
class WordsFilter;

/// Two plans unit by unit, and two models tensor by tensor.
class DifferencePanel : public Panel
{
    Q_OBJECT

public:
    DifferencePanel(Document& document, JobQueue& jobs, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override { m_matrix->setTheme(theme); }
    ChartSurface* surface() override { return m_matrix; }
    [[nodiscard]] BlockRoleMatrix* matrix() const { return m_matrix; }
    [[nodiscard]] QTableView* table() const { return m_table; }
    [[nodiscard]] ModelDifference* models() const { return m_models; }
    /// Differences that runs over the same tokens do not tell from none have no color; `run` must outlive
    /// this.
    void pairBy(const HarmRun& run);
    /// Compares the current plan (A) with "best", "solver", "plan:NAME" or "uniform:OPTION" (B).
    void compareWith(const QString& key);
    /// Gives the selected units (all that differ when none of them is selected) the option of B, or of A.
    void take(bool b);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void createBar();
    void createTable();
    void copyCsv() const;
    void createViews();
    void connectMatrixEdits();
    void createActions();
    void connectDocument();
    void fillChoices();
    void addUniform(QComboBox& box, const QString& option);
    void shareWidth();
    void
    suggestB(); ///< Where nobody chose: the best of this size, or a uniform plan when that is the current.
    void refresh();
    void refreshMatrix();
    [[nodiscard]] bool isNotToldApart(const plan::UnitDifference& item) const;
    void showTotals();
    void followSelection();
    [[nodiscard]] std::vector<std::size_t> choiceOf(const QString& key) const;
    [[nodiscard]] QString keyOf(const QComboBox& box) const;

    QTabWidget* m_tabs;
    QComboBox* m_a;
    QComboBox* m_b;
    QLabel* m_totals;
    QPushButton* m_useA;
    QPushButton* m_useB;
    BlockRoleMatrix* m_matrix;
    DifferenceTable* m_model;
    WordsFilter* m_sorted;
    QTableView* m_table;
    QWidget* m_tablePart; ///< Filter and table.
    ColumnWidths* m_widths = nullptr;
    QSplitter* m_splitter = nullptr; ///< Matrix and table.
    bool m_sharedByHand = false; ///< A person divided it.
    ModelDifference* m_models;
    const HarmRun* m_run = nullptr;
    std::vector<std::size_t> m_choiceA, m_choiceB;
    bool m_dirty = true; ///< Something changed while nobody was looking.
    bool m_following = false;
    bool m_choseB = false; ///< A person did.
};

} // namespace bitwright::views
