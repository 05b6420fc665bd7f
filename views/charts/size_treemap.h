#pragma once

#include "views/charts/chart_math.h"
#include "views/charts/chart_surface.h"

#include <QJsonObject>
#include <QPixmap>
#include <QVector>
#include <QWidget>

#include <functional>
#include <vector>

class QToolButton;

namespace bitwright::views {

class EmptyState;

struct TreemapItem
{
    QString name; // in full: "model.layers.3.mlp.down_proj.weight"
    double bytes = 0; // area
    double value = 0; // colors the tile; NaN = unknown, hatched
    QString detail; // further tooltip lines
    QString label = {}; // in the tile; the name when it is empty
    QString shortLabel = {}; // where the label has no room; may be empty
    int order = 0; // among tiles of one size
    int group = -1; // index of TreemapData::groups
    bool applies = true; // false: the color measures nothing here; the tile stays blank
    int tie = -1; // items with the same number are tied
    bool locked = false;
    bool fallback = false;
    bool nonFinite = false;
    bool failed = false; // could not be measured
};
enum class TreemapColor
{
    Bits, // value is a width in bits
    Sequential, // value on a logarithmic color map
    Category // value is an index of TreemapData::categories
};
struct TreemapData
{
    std::vector<TreemapItem> items;
    QStringList groups; // empty: no grouping
    TreemapColor color = TreemapColor::Bits;
    QString measure; // what the color means: "bits in the plan"
    QString area; // what the area means: "bytes in the file"
    QStringList categories;
    std::function<QString(int)> details = {}; // further tooltip lines of an item, made when they are read
};

// Squarified treemap of sizes: where the bytes of a model are, in groups with a heading. Click selects a tile
// or by its heading a group, Ctrl toggles, Shift adds, dragging selects by a band. Wheel zooms at the cursor,
// middle drag or Space+drag pans, double click on a heading fits its group, Home shows everything. Arrow keys
// walk over the tiles, with Shift they extend, Page up and down go from group to group, Space toggles.
class SizeTreemap : public QWidget, public ChartSurface
{
    Q_OBJECT
public:
    explicit SizeTreemap(QWidget* parent = nullptr);
    // Keeps zoom and selection while the items are the same by name, and the zoom while the areas are.
    void setData(TreemapData data);
    void setItems(std::vector<TreemapItem> items); // without groups, colored by bits
    [[nodiscard]] const TreemapData& data() const { return m_data; }
    void setTheme(const Theme& theme);
    [[nodiscard]] const Theme& theme() const override { return m_theme; }
    void setColorMap(ColorMap map);
    void setCaption(const ChartCaption& caption) override;
    void setEmpty(const QString& message, const QString& buttonText = QString());
    void clearEmpty();
    // Both emit nothing.
    void setSelection(const QVector<int>& items);
    void setCurrent(int item);
    [[nodiscard]] const QVector<int>& selection() const { return m_selection; }
    [[nodiscard]] int current() const { return m_current; }
    [[nodiscard]] double zoom() const { return m_zoom; }

    [[nodiscard]] QString csv() const override;
    void renderTo(QPainter& painter, QSize size) override;
    [[nodiscard]] QWidget* surfaceWidget() override { return this; }
    [[nodiscard]] QList<QAction*> chartActions() override;
    [[nodiscard]] QJsonObject viewState() const;
    void setViewState(const QJsonObject& state);

    // Pixels, also for tests; empty for what has no bytes.
    [[nodiscard]] QRectF itemRect(int item) const;
    [[nodiscard]] QRectF headingRect(int group) const; // empty where it has no room
    [[nodiscard]] int itemAt(const QPointF& position) const; // -1 when none

    QSize sizeHint() const override { return {420, 260}; }
    QSize minimumSizeHint() const override { return {180, 140}; }

public Q_SLOTS:
    void resetView();
    void zoomIn();
    void zoomOut();
    void fitGroup(int group);
    void selectAllItems();

Q_SIGNALS:
    void selectionEdited(const QVector<int>& items, int current); // by the user
    void itemHovered(int item); // -1 when none
    void optionListRequested(const QPoint& globalPosition); // double click on a tile
    void contextMenuAboutToShow(QMenu* menu);
    void readoutChanged(const QString& text);
    void remedyRequested();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    enum class Gesture
    {
        None,
        Pan,
        Click,
        Band
    };
    // The arrangement at zoom 1: groups as shares of the map, items as shares of their group. Zooming never
    // rearranges.
    struct Arrangement
    {
        std::vector<QRectF> groups;
        std::vector<QRectF> items;
    };
    struct Placed // pixels
    {
        std::vector<QRectF> groups;
        std::vector<QRectF> headings;
        std::vector<QRectF> items;
        QRectF map;
    };
    void createActions();
    void createReset();
    [[nodiscard]] QFont smallFont() const;
    [[nodiscard]] double headingHeight() const;
    [[nodiscard]] double keyHeight(QSize size) const;
    [[nodiscard]] QRectF mapArea(QSize size) const;
    [[nodiscard]] Arrangement arrange(const QRectF& area) const;
    [[nodiscard]] Placed place(
        const Arrangement& arrangement, const QRectF& area, double zoom, QPointF offset) const;
    void rearrange();
    void replace();
    void clampOffset();
    void invalidate();
    void zoomAt(const QPointF& position, double factor);
    [[nodiscard]] QColor colorOf(const TreemapItem& item) const; // invalid: unknown
    [[nodiscard]] QString valueText(const TreemapItem& item) const;
    void findRange();
    void paintMap(QPainter& painter, const Placed& placed, QSize size) const;
    enum class Labels
    {
        Long,
        Short,
        None
    };
    void paintItem(QPainter& painter, const TreemapItem& item, const QRectF& outer, Labels labels) const;
    [[nodiscard]] std::vector<Labels> labelsOfGroups(const Placed& placed) const;
    void paintMarks(QPainter& painter, const TreemapItem& item, const QRectF& rect, const QColor& ink) const;
    void paintSmallGroups(QPainter& painter, const Placed& placed) const;
    void paintHeading(QPainter& painter, int group, const QRectF& rect) const;
    void paintKey(QPainter& painter, QSize size) const;
    double paintKeyScale(QPainter& painter, double x, double top, double height) const;
    double paintKeyCategories(QPainter& painter, double x, double top, double height, double right) const;
    void paintOverlay(QPainter& painter) const;
    [[nodiscard]] QString describe(int item) const;
    [[nodiscard]] QString describeGroup(int group) const;
    [[nodiscard]] int groupAt(const QPointF& position) const; // by its heading
    [[nodiscard]] QVector<int> itemsOf(int group) const;
    [[nodiscard]] QVector<int> itemsIn(const QRectF& band) const;
    void commit(const QVector<int>& items, int current);
    void clickAt(const QPointF& position, Qt::KeyboardModifiers modifiers);
    void dragTo(const QPointF& position, Qt::KeyboardModifiers modifiers);
    void cancelGesture();
    void setHover(int item);
    void moveFocus(int item, Qt::KeyboardModifiers modifiers);
    [[nodiscard]] int neighbour(int item, int dx, int dy) const;
    [[nodiscard]] int firstOfGroup(int step) const;
    bool navigationKey(QKeyEvent* event);
    void ensureVisible(int item);
    void viewMoved();

    TreemapData m_data;
    double m_total = 0;
    std::vector<double> m_groupBytes;
    Arrangement m_arrangement;
    Placed m_placed;
    Interval m_range;
    Theme m_theme;
    ColorMap m_colorMap = ColorMap::Cividis;
    EmptyState* m_empty = nullptr;
    QToolButton* m_reset = nullptr;
    QList<QAction*> m_viewActions;
    double m_zoom = 1;
    QPointF m_offset; // pixels of the zoomed map that lie left of and above the view
    QVector<int> m_selection; // ascending
    int m_current = -1;
    int m_hover = -1;
    bool m_spaceHeld = false;
    bool m_spacePanned = false;
    Gesture m_gesture = Gesture::None;
    QPointF m_press;
    QPointF m_drag;
    QPointF m_offsetBefore;
    QVector<int> m_selectionBefore;
    QPixmap m_cache;
};

} // namespace bitwright::views
