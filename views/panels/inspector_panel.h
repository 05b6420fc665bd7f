#pragma once

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
    [[nodiscard]] QString tensorHtml(int tensor) const;
    [[nodiscard]] QString planHtml(int tensor) const;
    [[nodiscard]] QString siteHtml(int site) const;
    void fillOptions(int tensor);
    void takeOption(int row);
    [[nodiscard]] int unitOf(
        int tensor) const; ///< The selected unit of the tensor, else its first; -1: none.
    QTextBrowser* m_text;
    QTableWidget* m_options;
};

} // namespace bitwright::views
