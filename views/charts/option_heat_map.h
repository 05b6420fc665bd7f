#pragma once

#include "views/charts/chart_math.h"
#include "views/charts/unit_surface.h"

#include <QJsonObject>

#include <map>
#include <optional>
#include <vector>

namespace bitwright::views {

// One unit of the plan with what its options cost.
struct OptionMapRow
{
    QString name; // full, for tooltip and CSV
    QString label; // short
    int role = 0; // order of the roles, for sorting
    QString roleName;
};
struct OptionMapColumn
{
    QString id; // "int4-sym-g128/rtn"
    QString label; // short: "int4-sym-g128"
    double bits = 0; // average over the tensors
};
// What an edit changes of a row.
struct OptionMapChoice
{
    int option = -1;
    bool locked = false;
    bool tied = false;
    bool edited = false;
    bool nonFinite = false;
};
struct OptionMapData
{
    std::vector<OptionMapRow> rows; // in the model's order
    std::vector<OptionMapColumn> columns; // by rising bits
    std::vector<int> options; // the document's option of each column
    std::vector<double> harm; // rows x columns; NaN: unknown
    std::vector<double> bits; // rows x columns
    std::map<std::size_t, QString> refused; // row * columns + column -> why the target cannot store it so
    std::vector<OptionMapChoice> choices; // one per row
    QString harmLabel;
};

// Tensors down, options across by bits; color is harm on a log scale. Only what is visible is painted, so
// that ten thousand rows stay fluid. An editor: it asks by signals and changes nothing itself. A click sets
// the option of its row (of the whole selection when the row is selected), dragging selects rows. The wheel
// zooms the rows at the cursor (the options always fit), with Shift it scrolls; middle drag or Space+drag
// pans.
class OptionHeatMap : public UnitSurface
{
    Q_OBJECT
public:
    enum class Order
    {
        Natural,
        Role,
        Harm
    };
    explicit OptionHeatMap(QWidget* parent = nullptr);
    void setData(OptionMapData data);
    void setChoices(std::vector<OptionMapChoice> choices);
    [[nodiscard]] const OptionMapData& data() const { return m_data; }
    void setOrder(Order order);
    [[nodiscard]] Order order() const { return m_order; }
    void setColorMap(ColorMap map);
    [[nodiscard]] ColorMap colorMap() const { return m_colorMap; }
    // Zoom, first row and color map. The row is found when it is seen first: only then are rows and room
    // known.
    [[nodiscard]] QJsonObject viewState() const;
    void setViewState(const QJsonObject& state);
    [[nodiscard]] QString csv() const override;
    void renderTo(QPainter& painter, QSize size) override;

    // Viewport geometry, also for tests. `unit` is an index of rows, not a place.
    [[nodiscard]] QRectF cellRect(int unit, int column) const;
    [[nodiscard]] QRectF labelRect(int unit) const;
    [[nodiscard]] QSize sizeHint() const override { return {460, 480}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 160}; }

public Q_SLOTS:
    void resetView(); // rows as high as their words, from the first on
    void zoomIn();
    void zoomOut();

Q_SIGNALS:
    void optionRequested(const QVector<int>& units, int option); // the document's option
    void hovered(int unit, int option); // -1, -1 when none

protected:
    [[nodiscard]] std::size_t unitCount() const override { return m_data.rows.size(); }
    void layoutScrollBars() override;
    void selectionSet() override;
    [[nodiscard]] bool isInGesture() const override { return m_pressed || m_panning; }
    [[nodiscard]] QPoint optionListPosition(const QVector<int>& units) const override;
    bool viewportEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    static constexpr double kLeastZoom = 0.12, kLargestZoom = 3;
    struct Geometry
    {
        double left = 0, top = 0, bottom = 0;
        double cellWidth = 20;
        double rowHeight = 18;
        bool upright = false;
    };
    struct Place
    {
        int unit = -1;
        int column = -1; // -1: the label
    };
    [[nodiscard]] QFont smallFont() const;
    [[nodiscard]] Geometry fitted(QSize size) const;
    void sortRows();
    [[nodiscard]] double offset() const;
    [[nodiscard]] QRectF cellRectIn(const Geometry& g, double offset, int place, int column) const;
    [[nodiscard]] Place placeAt(const QPointF& position) const;
    [[nodiscard]] QVector<int> unitsBetween(double top, double bottom) const;
    [[nodiscard]] QVector<int> targetsOf(int unit) const;
    [[nodiscard]] std::size_t cellIndex(int unit, int column) const;
    [[nodiscard]] QString describe(const Place& place) const;
    void paintAll(QPainter& painter, const Geometry& g, QSize size, double offset) const;
    void paintRow(QPainter& painter, const Geometry& g, QSize size, double offset, int place) const;
    void paintCell(QPainter& painter, const QRectF& rect, int unit, int column) const;
    void paintHeaders(QPainter& painter, const Geometry& g, QSize size) const;
    void paintKey(QPainter& painter, const Geometry& g, QSize size) const;
    void paintOverlay(QPainter& painter) const;
    void click(const QPointF& position, Qt::KeyboardModifiers modifiers);
    void setHover(const Place& place);
    void moveFocus(int rows, int columns, Qt::KeyboardModifiers modifiers);
    void ensureVisible(int place);
    void zoomAt(double y, double factor);
    void addViewActions(QMenu& menu);
    bool editKey(QKeyEvent* event);

    OptionMapData m_data;
    std::vector<int> m_order2unit; // place -> unit
    std::vector<int> m_unit2order; // unit -> place
    Order m_order = Order::Natural;
    Interval m_range;
    ColorMap m_colorMap = ColorMap::Cividis;
    Geometry m_geometry;
    double m_zoom = 1;
    std::optional<double> m_restoredTop; // row that a saved view begins with, until it is seen
    Place m_hover;
    int m_focusPlace = -1;
    int m_focusColumn = 0;
    int m_anchor = -1;
    bool m_spaceHeld = false;
    bool m_spacePanned = false;
    bool m_panning = false;
    bool m_pressed = false;
    bool m_dragging = false;
    QPointF m_press, m_drag;
    double m_pressOffset = 0;
    QVector<int> m_selectionBefore;
};

} // namespace bitwright::views
