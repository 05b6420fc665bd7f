#pragma once

#include "views/charts/palette.h"
#include "views/panels/overview_data.h"

#include <QWidget>

class QGridLayout;
class QLabel;
class QPushButton;

namespace bitwright::views {

/// What is missing, a line each with the button that changes it.
class RemedyList : public QWidget
{
    Q_OBJECT

public:
    explicit RemedyList(QWidget* parent = nullptr);
    /// Keeps its widgets, and with them the focus, while only texts change.
    void setItems(const std::vector<MissingItem>& items);
    [[nodiscard]] const std::vector<MissingItem>& items() const { return m_items; }
    void setTheme(const Theme& theme);
    /// The button of a line; nullptr when it has none.
    [[nodiscard]] QPushButton* button(const QString& id) const;

Q_SIGNALS:
    void remedyRequested(const MissingItem& item);

private:
    struct Row
    {
        QLabel* mark;
        QLabel* text;
        QPushButton* button;
    };
    void addRow();
    void fill(std::size_t row);

    std::vector<MissingItem> m_items;
    std::vector<Row> m_rows;
    QLabel* m_heading;
    QGridLayout* m_grid;
    Theme m_theme;
};

} // namespace bitwright::views
