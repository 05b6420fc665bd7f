#pragma once

#include <QLayout>

#include <vector>

class QComboBox;

namespace bitwright::views {

/// Controls above a view, in as many lines as they need: each as wide as what it says now (a choice is not as
/// wide as its longest entry), so that nothing is cut where a second line can hold it. Only a control that is
/// wider than the whole bar is cut.
class WrapBar : public QLayout
{
public:
    WrapBar();
    ~WrapBar() override;

    /// Widgets after this stand at the right end of their line where all of them fit into one line with
    /// what is before them.
    void addRightPart() { m_right = m_items.size(); }

    void addItem(QLayoutItem* item) override;
    [[nodiscard]] int count() const override { return static_cast<int>(m_items.size()); }
    [[nodiscard]] QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    [[nodiscard]] Qt::Orientations expandingDirections() const override { return {}; }
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override
    {
        return arrange(QRect(0, 0, width, 0), false);
    }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;

private:
    /// Places the widgets, or only measures: the height used, margins included.
    int arrange(const QRect& rect, bool place) const;

    std::vector<QLayoutItem*> m_items;
    std::size_t m_right = static_cast<std::size_t>(-1); ///< First of the right part.
};

} // namespace bitwright::views
