#pragma once

#include "views/charts/size_treemap.h"
#include "views/panels/panel.h"

class QLabel;
class QLineEdit;
class QTableView;
class QTextBrowser;
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

/// Everything about the selected tensor, as copyable text.
class InspectorPanel : public Panel
{
    Q_OBJECT

public:
    explicit InspectorPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override;

private:
    void refresh();
    [[nodiscard]] QString tensorHtml(int tensor) const;
    [[nodiscard]] QString planHtml(int tensor) const;
    [[nodiscard]] QString siteHtml(int site) const;
    QTextBrowser* m_text;
};

/// Jobs with progress and cancel.
class JobsPanel : public Panel
{
    Q_OBJECT

public:
    JobsPanel(Document& document, JobQueue& jobs, QWidget* parent = nullptr);
    void applyTheme(const Theme&) override { }

private:
    JobQueue& m_jobs;
    QTableView* m_view;
};

} // namespace bitwright::views
