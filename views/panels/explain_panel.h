#pragma once

#include "views/panels/panel.h"

class QLineEdit;
class QListWidget;
class QPushButton;
class QSplitter;
class QTextBrowser;

namespace bitwright::views {

struct GlossaryTerm;

/// The glossary: every term of the field that the window uses, one paragraph each with its source, a way to
/// the view that shows it, and the terms to read on with.
class ExplainPanel : public Panel
{
    Q_OBJECT

public:
    explicit ExplainPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override;
    /// Opens the entry of a term by its id; unknown ids change nothing.
    void showTerm(const QString& id);
    [[nodiscard]] QString currentTerm() const;
    void focusSearch();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void filter();
    [[nodiscard]] int listWidth() const; ///< Of the longest title.
    void refresh();
    [[nodiscard]] QString measuredHtml(const QString& term) const;
    [[nodiscard]] static QString relatedHtml(const GlossaryTerm& term);

    QLineEdit* m_search;
    QListWidget* m_list;
    QTextBrowser* m_text;
    QPushButton* m_show;
    QSplitter* m_splitter;
    QString m_relatedOf, m_related; ///< A term's id, and what to read on with.
    QString m_html; ///< What is shown: the same again must not scroll a reader back.
};

} // namespace bitwright::views
