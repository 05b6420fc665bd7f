#pragma once

#include "views/panels/panel.h"

class QLabel;
class QLineEdit;
class QTreeView;

namespace bitwright::views {

class TensorTree;
class TensorFilter;

/// View 1: the model as a tree with a filter.
class TreePanel : public Panel
{
    Q_OBJECT

public:
    explicit TreePanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override;
    void focusFilter();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void followSelection();
    void takeSelection();
    void showTotals();
    TensorTree* m_tree;
    TensorFilter* m_filter;
    QLineEdit* m_text;
    QTreeView* m_view;
    QLabel* m_totals;
    bool m_following = false;
};

} // namespace bitwright::views
