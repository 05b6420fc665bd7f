#pragma once

#include "views/panels/panel.h"

#include <QSet>

class QCompleter;
class QLabel;
class QLineEdit;
class QStringListModel;
class QToolButton;
class QTreeView;

namespace bitwright::views {

class TensorTree;

/// View 1: the model as a tree with a filter, totals per node, of what matches and of what is selected.
class TreePanel : public Panel
{
    Q_OBJECT

public:
    explicit TreePanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override;
    void focusFilter();
    /// Shows what a filter finds, as if it had been typed.
    void setFilter(const QString& filter);

    /// Besides what every panel keeps, the open branches, by their names.
    [[nodiscard]] QJsonObject viewState() const override;
    void setViewState(const QJsonObject& state) override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildView();
    void buildFilter();
    void chooseColumns();
    void applyFilter(const QString& text);
    void completeFilter(const QString& text);
    void showHelp();
    void afterReset();
    void followSelection();
    void takeSelection();
    void showTotals();

    TensorTree* m_tree;
    QLineEdit* m_text;
    QToolButton* m_help;
    QCompleter* m_completer;
    QStringListModel* m_completions;
    QTreeView* m_view;
    QLabel* m_problem;
    QLabel* m_totals;
    bool m_following = false;
    bool m_taking = false;
};

} // namespace bitwright::views
