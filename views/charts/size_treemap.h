#pragma once

#include "views/charts/chart_math.h"
#include "views/charts/chart_surface.h"

#include <QWidget>

#include <vector>

namespace bitwright::views {

class EmptyState;

struct TreemapItem
{
    QString name; // "mlp down"
    double bytes = 0;
    double bits = 0; // colors the tile; NaN = hatched
    QString detail; // further tooltip line
};

// Squarified treemap of sizes: where the bytes of a model are. Tiles are reachable by Tab and arrow keys.
class SizeTreemap : public QWidget, public ChartSurface
{
    Q_OBJECT
public:
    explicit SizeTreemap(QWidget* parent = nullptr);
    void setItems(std::vector<TreemapItem> items);
    [[nodiscard]] const std::vector<TreemapItem>& items() const { return m_items; }
    void setTheme(const Theme& theme);
    [[nodiscard]] const Theme& theme() const override { return m_theme; }
    void setEmpty(const QString& message, const QString& buttonText = QString());
    void clearEmpty();
    void setCurrent(int item); // emits nothing
    [[nodiscard]] QString csv() const override;
    void renderTo(QPainter& painter, QSize size) override;
    [[nodiscard]] QWidget* surfaceWidget() override { return this; }
    [[nodiscard]] QRectF itemRect(int item) const;

    QSize sizeHint() const override { return {420, 260}; }

Q_SIGNALS:
    void itemActivated(int item);
    void itemHovered(int item); // -1 when none
    void remedyRequested();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    [[nodiscard]] std::vector<QRectF> layoutFor(QSize size) const;
    [[nodiscard]] int itemAt(const QPointF& position) const;
    void paintItems(QPainter& painter, const std::vector<QRectF>& rects, bool exporting) const;

    std::vector<TreemapItem> m_items; // descending bytes
    std::vector<QRectF> m_rects;
    Theme m_theme;
    EmptyState* m_empty = nullptr;
    int m_current = -1;
    int m_hover = -1;
};

} // namespace bitwright::views
