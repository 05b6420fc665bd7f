#pragma once

#include <QWidget>

#include <vector>

namespace bitwright::gui {

/// One line of words with different weights. Where the line is too long, parts go in the order of their
/// importance, the least first; the last one is elided in its middle. The tooltip holds everything.
class StripText : public QWidget
{
    Q_OBJECT

public:
    struct Part
    {
        QString text;
        int importance = 0; ///< Higher stays longer.
        bool bold = false;
        bool warning = false;
    };
    explicit StripText(QWidget* parent = nullptr);
    void setParts(std::vector<Part> parts);
    void setWarningColor(const QColor& color);
    /// Leaves out parts of less importance, so that several texts may share a line by what they say.
    void setLeast(int importance);
    /// What is shown at the present width, elided; and the whole line.
    [[nodiscard]] QString shownText() const;
    [[nodiscard]] QString fullText() const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    /// Those of importance enough; the most important one in any case.
    [[nodiscard]] std::vector<Part> wanted() const;
    [[nodiscard]] std::vector<Part> fitting(int width) const;
    [[nodiscard]] int widthOf(const std::vector<Part>& parts) const;
    [[nodiscard]] QFont fontOf(const Part& part) const;

    std::vector<Part> m_parts;
    int m_least = 0;
    QColor m_warning;
};

} // namespace bitwright::gui
