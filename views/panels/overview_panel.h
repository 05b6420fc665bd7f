#pragma once

#include "views/charts/size_treemap.h"
#include "views/panels/html_text.h"
#include "views/panels/panel.h"

#include <QTimer>

class QComboBox;
class QScrollArea;
class QTextBrowser;

namespace bitwright::views {

struct MissingItem;
class RemedyList;

/// View 2: model card, what is missing with its remedies, and where the bytes are.
class OverviewPanel : public Panel
{
    Q_OBJECT

public:
    explicit OverviewPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override;
    ChartSurface* surface() override { return m_treemap; }
    [[nodiscard]] SizeTreemap* treemap() const { return m_treemap; }
    [[nodiscard]] RemedyList* remedies() const { return m_remedies; }

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildCard();
    void buildMap();
    void refresh();
    void refreshSoon();
    void refreshCard();
    void refreshMap();
    [[nodiscard]] QString modelHtml();
    [[nodiscard]] QString activationsHtml();
    [[nodiscard]] QString planHtml();
    void follow(const QUrl& link);
    void remedy(const MissingItem& item);
    void takeSelection(const QVector<int>& items, int current);
    void followSelection();
    void limitRemedies();

    QTextBrowser* m_card;
    RemedyList* m_remedies;
    QScrollArea* m_remedyArea;
    QComboBox* m_grouping;
    QComboBox* m_measure;
    QComboBox* m_area;
    SizeTreemap* m_treemap;
    TermLinks m_terms;
    QTimer m_delay; ///< One refresh for a burst of results or edits.
    bool m_dirty = false; ///< Hidden while something changed.
    bool m_taking = false;
};

} // namespace bitwright::views
