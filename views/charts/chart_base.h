#pragma once

#include "views/charts/chart_math.h"
#include "views/charts/chart_surface.h"
#include "views/charts/palette.h"
#include "views/charts/plot_library.h"

#include <QJsonObject>
#include <QPointF>
#include <QSet>

#include <functional>
#include <optional>
#include <vector>

class QToolButton;

namespace bitwright::views {

class EmptyState;
class LegendStrip;
class NiceTicker;
class Footnote;

struct LegendEntry
{
    enum class Kind
    {
        Line,
        Mark,
        Swatch,
        Tick, // a short upright line
        Pin // the same with a head
    };
    QString key;
    QString label;
    QColor color;
    Kind kind = Kind::Line;
    Qt::PenStyle dash = Qt::SolidLine;
    double width = 1.5;
    Marker marker = Marker::None;
    bool hollow = false;
    bool toggles = true; // false: explains only
    QString brief = {}; // in place of the label where not all labels find room
    QColor second = {}; // of a second pin beside the first
    bool ringed = false; // a mark in a ring, as what is current is drawn
    bool inPlot = false; // its name stands in the plot too: the first to make way where there is little room
};

// A QCustomPlot layerable that paints by a function; the way all charts draw, on screen and into vector
// files.
class PaintItem : public QCPLayerable
{
    Q_OBJECT
public:
    PaintItem(
        QCustomPlot* plot, const QString& layer, QCPAxisRect* clip, std::function<void(QCPPainter&)> paint);

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override;
    void draw(QCPPainter* painter) override;
    QRect clipRect() const override;

private:
    QCPAxisRect* m_clip;
    std::function<void(QCPPainter&)> m_paint;
};

// Base of the charts on axes. Gestures: wheel zooms at the cursor (over an axis: that axis only); middle drag
// or Space+drag pans; double click on an axis resets it; L toggles log of the axis under the cursor; left
// drag zooms to a box unless the chart uses it; click on a legend entry toggles it, double click or
// Ctrl+click shows it alone; Home resets; arrows pan; + and - zoom; Ctrl+arrows move the crosshair and Enter
// clicks there; Tab walks through the legend, Space toggles; Esc cancels a gesture. Two buttons at the top
// right open the menu and reset the view.
class ChartBase : public QCustomPlot, public ChartSurface
{
    Q_OBJECT
public:
    using TickMaker = std::function<Ticks(Interval, int)>;

    explicit ChartBase(QWidget* parent = nullptr);
    ~ChartBase() override;

    void setTheme(const Theme& theme);
    [[nodiscard]] const Theme& theme() const override { return m_theme; }
    void setCaption(const ChartCaption& caption) override;
    // Whether the caption stands below the chart on screen; not where a neighbor says the same.
    void setFootnoteShown(bool shown);
    // An empty view says what it would show, why it cannot, and offers a button (remedyRequested), or two.
    void setEmpty(const QString& message, const QString& buttonText = {}, const QString& otherText = {});
    void clearEmpty();
    [[nodiscard]] bool isEmpty() const;
    // Stale data is dimmed to 40 %, not removed.
    void setStale(bool stale);
    [[nodiscard]] bool isStale() const { return m_stale; }
    void setColorMap(ColorMap map);
    [[nodiscard]] ColorMap colorMap() const { return m_colorMap; }

    void setLogarithmic(Qt::Orientation axis, bool logarithmic);
    [[nodiscard]] bool isLogarithmic(Qt::Orientation axis) const;
    [[nodiscard]] bool logAllowed(Qt::Orientation axis) const;
    [[nodiscard]] Interval viewRange(Qt::Orientation axis) const;
    void setViewRange(Qt::Orientation axis, Interval range);
    // True once the user zoomed or panned this axis; new data then keeps the view.
    [[nodiscard]] bool hasUserView(Qt::Orientation axis) const;
    void resetAxis(Qt::Orientation axis);
    // What a box drawn in the chart may be for, and the keys that say so while it is dragged; nothing where
    // the chart does not have it.
    enum class BoxUse
    {
        Zoom,
        Select
    };
    [[nodiscard]] virtual std::optional<Qt::KeyboardModifiers> boxModifiers(BoxUse use) const;
    // Begins a box at the crosshair: arrows or the mouse move its other corner, Enter or a drag ends it.
    void beginBox(BoxUse use);
    // Ranges, log switches, hidden legend entries: what a project restores.
    [[nodiscard]] virtual QJsonObject viewState() const;
    virtual void setViewState(const QJsonObject& state);

    [[nodiscard]] bool isLegendKeyShown(const QString& key) const;
    void setLegendKeyShown(const QString& key, bool shown);
    // Hides the other entries of the same kind (the part of the key before ':'); shows them all when this one
    // was alone.
    void showLegendKeyAlone(const QString& key);
    [[nodiscard]] QString readout() const { return m_readout; }
    // Pixels of a legend entry, empty when it found no room.
    [[nodiscard]] QRectF legendRect(const QString& key) const;
    // Key of the legend entry that has the keyboard focus, empty when the plot has it.
    [[nodiscard]] QString focusedLegendKey() const;

    [[nodiscard]] QList<QAction*> chartActions() override;
    // Checked while the axis is logarithmic; invisible where that makes no sense.
    [[nodiscard]] QAction* logAction(Qt::Orientation axis) const;

    // For screen readers.
    [[nodiscard]] QString accessibleValue() const;
    [[nodiscard]] virtual QString accessibleSummary() const;
    [[nodiscard]] static QString keyboardHelp();
    // The keys of this chart: its own, then those of all.
    [[nodiscard]] virtual QString keysText() const { return keyboardHelp(); }
    // The words at a place, nearest meaning first, for whoever explains them: an entry of the legend, the
    // label of an axis, the statistic, what the readout says. Without a place, where the crosshair is.
    [[nodiscard]] QStringList wordsAt(std::optional<QPointF> position) const;
    [[nodiscard]] QString emptyMessage() const;

    void renderTo(QPainter& painter, QSize size) override;
    [[nodiscard]] QWidget* surfaceWidget() override { return this; }
    // The menu of the right button; the caller owns it.
    [[nodiscard]] QMenu* createContextMenu(const QPointF& position);

    QSize sizeHint() const override { return {640, 400}; }
    QSize minimumSizeHint() const override { return {220, 160}; }

public Q_SLOTS:
    void resetView();
    void zoomIn();
    void zoomOut();

Q_SIGNALS:
    void remedyRequested();
    void otherRemedyRequested();
    // Text under the crosshair, empty when it leaves.
    void readoutChanged(const QString& text);
    void legendToggled(const QString& key, bool shown);
    void viewChanged();
    void themeChanged();
    void colorMapChanged(bitwright::views::ColorMap map);
    // Panels add their own actions here: first what is about the thing at `position`, and at last the rest.
    void contextMenuStarting(QMenu* menu, const QPointF& position);
    void contextMenuAboutToShow(QMenu* menu);

protected:
    // --- What a chart provides ---
    [[nodiscard]] virtual Interval homeRange(Qt::Orientation axis) const = 0;
    // Shows the home range anew, where a person did not choose another one.
    void followHomeRange(Qt::Orientation axis);
    virtual void paintBackdrop(QCPPainter& painter); // below the grid
    virtual void paintData(QCPPainter& painter) = 0;
    virtual void paintOverlay(QCPPainter& painter); // selection and gestures, above the data
    [[nodiscard]] virtual QString readoutAt(const QPointF& position) const;
    // What is measured at a place: "rms". Empty where the readout says it.
    [[nodiscard]] virtual QString statisticAt(const QPointF& position) const;
    virtual void rebuildLegend(); // calls setLegend
    // Of a chart that is not high: fewer where short names then find room.
    [[nodiscard]] virtual int legendRowsWhenSmall() const { return 5; }
    virtual void syncAxes(); // after any change of range: secondary and linked axes
    virtual void themeApplied();
    virtual void hoverMoved(const QPointF& position);
    virtual void hoverLeft();
    // Left button. A chart that returns true from press owns the gesture until release.
    virtual bool gesturePress(const QPointF& position, Qt::KeyboardModifiers modifiers);
    virtual void gestureMove(const QPointF& position, Qt::KeyboardModifiers modifiers);
    virtual void gestureRelease(const QPointF& position, Qt::KeyboardModifiers modifiers);
    virtual void gestureCancel();
    virtual void clicked(const QPointF& position, Qt::KeyboardModifiers modifiers);
    virtual void boxed(const QRectF& box, Qt::KeyboardModifiers modifiers); // default: zoom to it
    virtual bool keyPressed(QKeyEvent* event);
    virtual void extendMenu(QMenu& menu, const QPointF& position);
    [[nodiscard]] virtual bool usesColorMap() const { return false; }
    virtual int zoomLimit() const { return 100000; }
    virtual double zoomOutLimit() const { return 1.6; }

    // --- What a chart uses ---
    // Call after data changed: rebuilds legend, sets home ranges where the user has no view of their own,
    // repaints.
    void dataChanged();
    void setLegend(std::vector<LegendEntry> entries);
    void setLogAllowed(Qt::Orientation axis, bool allowed);
    void setAxisLabel(Qt::Orientation axis, const QString& label);

    // Replaces the automatic ticks of an axis (log ones stay automatic). Also sets the look of a further
    // axis.
    void setTicks(QCPAxis* axis, TickMaker maker, double pixelsPerTick);
    void styleAxis(QCPAxis* axis);
    // A rectangle above the main one, edge to edge with it, that `paint` fills; it has axes at bottom and
    // left.
    QCPAxisRect* addUpperRect(const QMargins& leastMargins, std::function<void(QCPPainter&)> paint);
    // Its look; the ticks below are those of the main rectangle.
    void styleUpperRect(const QCPAxisRect& rect);
    [[nodiscard]] QCPAxisRect* mainRect() const { return m_rect; }
    [[nodiscard]] QCPLayoutGrid* body() const { return m_body; }
    [[nodiscard]] QCPAxis* mainAxis(Qt::Orientation axis) const;
    [[nodiscard]] QRectF plotArea() const; // pixels of the main axis rect
    [[nodiscard]] QPointF toPixel(double x, double y) const;
    [[nodiscard]] QPointF toValue(const QPointF& pixel) const;
    [[nodiscard]] std::optional<QPointF> cursor() const { return m_cursor; }
    [[nodiscard]] bool isExporting() const { return m_exporting; }
    void setCrosshair(bool horizontal, bool vertical);
    void repaintOverlay();
    void requestReplot();
    void refreshReadout();
    // Small box with `text` near `anchor`, kept inside `bounds`.
    void paintTextBox(
        QPainter& painter, const QPointF& anchor, const QString& text, const QRectF& bounds) const;
    [[nodiscard]] QFont smallFont() const;

    // The legend entry under the mouse or the focus changed (empty: none); charts emphasize what it names.
    virtual void legendHovered(const QString& key);

    bool focusNextPrevChild(bool next) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
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
    bool event(QEvent* event) override;

private:
    enum class Gesture
    {
        None,
        Pan,
        Box,
        Chart
    };
    struct AxisState
    {
        bool logarithmic = false;
        bool logAllowed = false;
        bool userView = false;
    };
    enum class Zone
    {
        Outside,
        Plot,
        XAxis,
        YAxis
    };

    void buildLayers();
    void buildLayout();
    void applyTheme();
    void relayout(QSize size);
    [[nodiscard]] int smallLineHeight() const;
    [[nodiscard]] AxisState& state(Qt::Orientation axis);
    [[nodiscard]] const AxisState& state(Qt::Orientation axis) const;
    [[nodiscard]] Zone zoneAt(const QPointF& position) const;
    void applyRange(Qt::Orientation axis, Interval range, bool byUser);
    void applyScaleType(Qt::Orientation axis);
    void zoomAt(const QPointF& position, double factor, bool x, bool y);
    void panTo(const QPointF& position);
    void cancelGesture();
    void updateCursorShape();
    void paintCrosshair(QCPPainter& painter);
    void paintStale(QCPPainter& painter);
    void paintFocus(QCPPainter& painter);
    void repaintCrosshair();
    void createActions();
    void createButtons();
    void placeButtons();
    void refreshActions();
    void viewMoved();
    void openMenu(const QPointF& position, const QPoint& global);
    void hoverLegend(int entry);
    void focusLegend(int entry);
    bool legendKeyPressed(int key);
    bool moveCrosshair(const QKeyEvent& event);
    void installAccessibility();
    void announceValue();
    [[nodiscard]] static int buttonsWidth();
    void addLegendActions(QMenu& menu);
    void addColorMapActions(QMenu& menu);
    void beginPan(const QPointF& position);
    bool viewKey(const QKeyEvent& event);
    bool boxKey(const QKeyEvent& event);
    [[nodiscard]] QString elidedAxisLabel(Qt::Orientation axis) const;

    Theme m_theme;
    ColorMap m_colorMap = ColorMap::Cividis;
    QCPAxisRect* m_rect = nullptr;
    QCPLayoutGrid* m_body = nullptr;
    LegendStrip* m_legend = nullptr;
    Footnote* m_footnote = nullptr;
    EmptyState* m_empty = nullptr;
    AxisState m_x;
    AxisState m_y;
    QString m_labelX;
    QString m_labelY;
    QSet<QString> m_hiddenKeys;
    QList<QAction*> m_viewActions;
    QAction* m_logX = nullptr;
    QAction* m_logY = nullptr;
    QAction* m_boxSelect = nullptr;
    QToolButton* m_menuButton = nullptr;
    QToolButton* m_resetButton = nullptr;
    std::optional<Qt::KeyboardModifiers> m_begunBox; // by menu or key
    int m_focusedEntry = -1;
    int m_hoveredEntry = -1;
    std::optional<QPointF> m_cursor;
    QString m_readout;
    bool m_stale = false;
    bool m_footnoteShown = true;
    bool m_exporting = false;
    bool m_crosshairX = true;
    bool m_crosshairY = true;
    bool m_spaceHeld = false;
    Gesture m_gesture = Gesture::None;
    QPointF m_pressPosition;
    QPointF m_lastPosition;
    bool m_dragged = false;
    Interval m_panX;
    Interval m_panY;
    bool m_panUserX = false; // whether the user had a view of the axis before the pan
    bool m_panUserY = false;
};

} // namespace bitwright::views
