#pragma once

#include "views/panels/html_text.h"
#include "views/panels/panel.h"

class QTableWidget;
class QTextBrowser;

namespace bitwright::views {

/// Everything about the selected tensor: numbers that a click copies in full, and what every option would be.
class InspectorPanel : public Panel
{
    Q_OBJECT

public:
    explicit InspectorPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void showText(const QString& html);
    void follow(const QUrl& link);
    [[nodiscard]] QString noteHtml(int tensor) const;
    [[nodiscard]] QString tensorHtml(int tensor);
    [[nodiscard]] QString weightsHtml(const stats::WeightStats& stats);
    [[nodiscard]] QString spectrumHtml(const project::StoredSpectrum& spectrum);
    [[nodiscard]] QString planHtml(int tensor);
    void limitOptions();
    void fitColumns();
    QString activationsHtml(int tensor, int site);
    QString siteHtml(int site, const QString& title);
    [[nodiscard]] QString outlierRows(int site);
    /// A row whose name links to the glossary where it is the first to use a term.
    [[nodiscard]] QString row(const QString& name, const QString& value);
    void fillOptions(int tensor);
    void markOption(std::size_t option); ///< Bold and current: the one of the plan.
    void takeOption(int row);
    [[nodiscard]] int unitOf(
        int tensor) const; ///< The selected unit of the tensor, else its first; -1: none.
    QTextBrowser* m_text;
    QString m_shownHtml;
    int m_shownTensor = -1;
    TermLinks m_terms;
    QTableWidget* m_options;
    std::shared_ptr<const plan::PlanSpace> m_filledSpace; ///< Whose options are listed...
    int m_filledUnit = -1; ///< ...for this unit; an edit of the plan changes only which is bold.
};

} // namespace bitwright::views
