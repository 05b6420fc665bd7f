#pragma once

#include "views/panels/panel.h"

class QTextBrowser;

namespace bitwright::views {

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

} // namespace bitwright::views
