#pragma once

#include "views/charts/chart_math.h"
#include "views/charts/matrix_cell.h"
#include "views/charts/unit_surface.h"
#include "views/models/number_column.h"

#include <QJsonObject>
#include <QPixmap>
#include <QTimer>
#include <QVector>

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace bitwright::views {

// One unit of the plan as the matrix draws it. Several units with the same row and column make a segmented
// cell.
struct MatrixUnit
{
    int row = 0;
    int column = 0;
    QString name; // full tensor (and expert) name, for tooltip and CSV
    QString option; // option id
    double bits = 0; // NaN: no option yet (hatched)
    std::optional<double> harm; // predicted harm of the chosen option; empty = missing score (hatched square)
    std::optional<Interval> interval = {}; // 95 % of a harm that was measured or calibrated
    bool calibrated = false; // by the measurements of others, not measured itself
    double share = 1; // width of the segment within its cell (coverage of an expert)
    int tie = -1; // units with the same number are tied
    bool locked = false;
    bool edited = false; // differs from the solver's choice
    bool imported = false; // score imported: hollow square
    bool fallback = false; // fallback or refused: orange corner
    bool nonFinite = false; // NaN or Inf inside: magenta cross
    bool failed = false; // could not be measured: ring with an exclamation mark
    bool fixed = false; // never quantized: flat, no gesture changes it
    QString note; // reason of fallback or refusal
    std::optional<double> tokens; // seen by this expert during calibration
    std::optional<double> delta; // -1..1: drawn on a diverging map instead of the bits (a difference)
    QString deltaText; // printed then, where those of all units have room: "4.50→4.25"
    QString deltaCodes = {}; // else this, where those of all have room: "8→4"; "≠" of the same bits
    QString deltaSign = {}; // else this: "↓"
    QString label = {}; // of its role, in a loose row: "head"
    bool operator==(const MatrixUnit&) const = default;
};
struct MatrixRow
{
    QString label; // "0", "embed"
    QString tower; // heading; empty when there is one tower
    // Its units belong to no column: they stand side by side in a strip, each with its own label. A unit's
    // column is then its place there.
    bool loose = false;
};
struct MatrixColumn
{
    QString label; // short: "q"
    QString description; // "attention query projection"
    QString group; // heading above: "attention", "mlp"; may be empty
};
struct MatrixData
{
    std::vector<MatrixRow> rows;
    std::vector<MatrixColumn> columns;
    std::vector<MatrixUnit> units;
    QString harmLabel; // "predicted harm (fisher^0.25, not measured)"
    QString deltaLabel; // what the diverging map means; empty: no difference is shown
    QString deltaTexts = {}; // what the texts of cells mean
    QString deltaCodes = {}; // what "8→4" means
    QString deltaSigns = {}; // what "↓" and "↑" mean
    QString deltaSame = {}; // what "=" means
    QString deltaOther = {}; // what "≠" means
};

// Rows blocks, columns roles. Fill is bits, area of the inner square is log harm. An editor by mouse and
// keyboard: it asks by signals and changes nothing itself. Units are addressed by their index in
// MatrixData::units.
class BlockRoleMatrix : public UnitSurface
{
    Q_OBJECT
public:
    explicit BlockRoleMatrix(QWidget* parent = nullptr);
    void setData(MatrixData data);
    // Cheap update when only units changed (same rows and columns): keeps zoom, selection and focus, and
    // repaints the cells that changed.
    void setUnits(const std::vector<MatrixUnit>& units);
    [[nodiscard]] const MatrixData& data() const { return m_data; }
    void setFocusCell(int row, int column);
    [[nodiscard]] QPoint focusCell() const { return m_focus; } // x = column, y = row
    [[nodiscard]] QString csv() const override;
    // Units of which nobody knows whether they do more or less harm than `unit`.
    struct Alike
    {
        QVector<int> units;
        int byOverlap = 0; // of them, judged by the overlap of their intervals for want of a better test
    };
    [[nodiscard]] const Alike& alike(int unit) const;
    // Whether two units cannot be told apart, over the same tokens; nothing where that is unknown: then the
    // overlap of their intervals decides. Only asked for intervals that overlap: such differences are the
    // only ones that a paired test could still call nothing.
    using AlikeTest = std::function<std::optional<bool>(int unit, int other)>;
    void setAlikeTest(AlikeTest test);
    void renderTo(QPainter& painter, QSize size) override;
    [[nodiscard]] QJsonObject viewState() const;
    void setViewState(const QJsonObject& state);

    // Viewport geometry, also for tests.
    [[nodiscard]] QRectF cellRect(int row, int column) const;
    [[nodiscard]] QRectF unitRect(int unit) const;
    [[nodiscard]] int unitAt(const QPointF& viewportPosition) const; // -1 when none
    // Ends of the scale that the squares of harm are drawn on: what the units have, rounded outward.
    [[nodiscard]] Interval harmRange() const { return m_harmRange; }
    [[nodiscard]] QColor deltaColor(double value) const; // of a cell of a difference
    // What the cell of a difference prints: one form in all cells, so that they compare.
    [[nodiscard]] QString shownDelta(const MatrixUnit& unit) const;
    // The words of the key below a difference.
    [[nodiscard]] QStringList deltaKeyLines() const
    {
        return deltaKeyLines(viewport()->width() - 14.0, m_geometry.deltaForm);
    }
    // Of the key's words on the dashed outlines; null while there are none.
    [[nodiscard]] QRectF alikeKeyRect() const;
    [[nodiscard]] QRectF rowHeaderRect(int row) const;
    [[nodiscard]] QRectF columnHeaderRect(int column) const;

    QSize sizeHint() const override { return {420, 480}; }
    QSize minimumSizeHint() const override { return {200, 160}; }

public Q_SLOTS:
    void resetView(); // fit to the viewport
    void selectAllUnits();
    void zoomIn();
    void zoomOut();

Q_SIGNALS:
    void cellOpened(int row, int column); // double click or Enter on a cell of several units
    void hovered(int unit); // -1 when none

protected:
    [[nodiscard]] std::size_t unitCount() const override { return m_data.units.size(); }
    void layoutScrollBars() override;
    void invalidate() override;
    [[nodiscard]] bool isInGesture() const override { return m_gesture != Gesture::None; }
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
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    static constexpr double kTowerHeight = 20; // heading row of a tower
    [[nodiscard]] static QFont scaledFont(QFont font, double factor);
    static constexpr double kNumberHeight = 10; // smallest cell that prints its bits
    static constexpr double kLooseGap = 6; // above a loose row
    static constexpr double kKeyFont = 0.85; // of the key and the footnote, against the widget's font

    enum class DeltaForm
    {
        Bits,
        Codes,
        Signs
    };
    enum class Gesture
    {
        None,
        Pan,
        Click,
        Box
    };
    struct Geometry
    {
        double left = 0; // width of the row headers
        double top = 0; // height of the column headers
        double cellWidth = 30;
        double cellHeight = 20;
        double side = 0; // of a square that fills a cell: the same everywhere, so that areas compare
        double looseHeight = 0; // of a loose row
        double bottom = 0; // footnote and key
        double note = 0; // the footnote alone
        int noteLines = 2; // it takes at most
        int keyLines = 1;
        DeltaForm deltaForm = DeltaForm::Bits;
        std::vector<double> rowTops; // content coordinates, with tower headings in between
        std::vector<int> spans; // columns that a cell of a loose row takes; 0: an ordinary row
        double contentHeight = 0;
        double contentWidth = 0;
        bool upright = false; // column labels stand on end
        double labels = 0.9; // font of rows and columns, against the widget's
    };
    void indexUnits();
    [[nodiscard]] bool anyWideNumber() const;
    void countHarm(const std::optional<double>& harm, int change);
    bool rescaleHarm();
    [[nodiscard]] Geometry fitted(QSize size, double zoomX, double zoomY) const;
    void fitHeights(Geometry& geometry, double room, double fitWidth, double zoomX, double zoomY) const;
    void placeRows(Geometry& geometry) const;
    // Where the parts of the key begin, in lines below each other.
    struct KeyPlaces
    {
        int harmLine = 0, tieLine = 0, alikeLine = 0, lines = 1;
        double harm = 0, tie = 0, alike = 0; // x
        QString tieWords{}; // empty: no room
    };
    [[nodiscard]] KeyPlaces keyPlaces(double width) const;
    [[nodiscard]] bool mayBeAlike() const;
    [[nodiscard]] QString alikeWords(double width, bool paired) const;
    [[nodiscard]] QString keyTip() const;
    [[nodiscard]] int keyLinesIn(double width, DeltaForm form) const;
    [[nodiscard]] static QString deltaIn(DeltaForm form, const MatrixUnit& unit);
    [[nodiscard]] DeltaForm deltaFormIn(double cellWidth) const;
    [[nodiscard]] QStringList deltaKeyLines(double width, DeltaForm form) const;
    [[nodiscard]] bool startsTower(std::size_t row) const;
    [[nodiscard]] double rowHeight(const Geometry& geometry, int row) const;
    [[nodiscard]] QSizeF numberSize(const Geometry& geometry) const;
    /// Cells are too narrow for two decimals.
    [[nodiscard]] bool wholeBits(const Geometry& geometry) const;
    [[nodiscard]] QRectF columnSpan(const Geometry& geometry, QPointF offset, int column) const;
    [[nodiscard]] int lastColumn(int row) const;
    void paintAll(QPainter& painter, const Geometry& geometry, QSize size, QPointF offset) const;
    void paintCells(QPainter& painter, const Geometry& geometry, const QRectF& area, QPointF offset) const;
    void paintCell(QPainter& painter, const QRectF& rect, const std::vector<int>& units) const;
    void paintUnit(QPainter& painter, const QRectF& rect, const MatrixUnit& unit) const;
    void paintLoose(QPainter& painter, const QRectF& rect, const MatrixUnit& unit) const;
    void paintDelta(QPainter& painter, const QRectF& rect, const MatrixUnit& unit) const;
    void paintDirty();
    [[nodiscard]] QFont numberFont(const Geometry& geometry) const;
    void paintDeltaKey(QPainter& painter, const QRectF& area) const;
    double paintBitsKey(QPainter& painter, double x, double top, double height) const;
    void paintHarmKey(QPainter& painter, double x, double top, double height) const;
    void paintAlikeKey(QPainter& painter) const;
    void paintTieKey(QPainter& painter, const KeyPlaces& places, double top, double height) const;
    void paintAlike(QPainter& painter, const QRectF& rect) const;
    [[nodiscard]] QString leastHarmText() const;
    [[nodiscard]] QString mostHarmText() const;
    [[nodiscard]] QString harmDigits(const MatrixUnit& unit) const;
    [[nodiscard]] MatrixCellLayout layoutOf(const QRectF& rect) const;
    [[nodiscard]] bool openCell(int row, int column);
    [[nodiscard]] bool anyBadge() const;
    void paintHarm(
        QPainter& painter, const MatrixCellLayout& layout, const MatrixUnit& unit, const QColor& ink) const;
    void paintHarmShare(
        QPainter& painter, const QRectF& whole, bool bar, double share, bool hollow, const QColor& ink) const;
    void paintBadges(QPainter& painter, const QRectF& rect, const MatrixCellLayout& layout,
        const MatrixUnit& unit, const QColor& ink) const;
    void paintHeaders(QPainter& painter, const Geometry& geometry, QSize size, QPointF offset) const;
    void paintKey(QPainter& painter, const Geometry& geometry, QSize size) const;
    void paintOverlay(QPainter& painter) const;
    [[nodiscard]] QRectF cellRectIn(const Geometry& geometry, QPointF offset, int row, int column) const;
    [[nodiscard]] QRectF segmentRect(
        const QRectF& cell, const std::vector<int>& units, std::size_t segment) const;
    [[nodiscard]] QPointF offset() const;
    [[nodiscard]] const std::vector<int>& unitsOf(int row, int column) const;
    [[nodiscard]] QVector<int> unitsInBox(const QRectF& box) const;
    [[nodiscard]] QVector<int> unitsOfRows(int first, int last) const;
    [[nodiscard]] QVector<int> unitsOfColumns(int first, int last) const;
    [[nodiscard]] QVector<int> editTargets() const;
    [[nodiscard]] QString describe(int unit) const;
    void applySelection(const QVector<int>& units, Qt::KeyboardModifiers modifiers);
    void clickAt(const QPointF& position, Qt::KeyboardModifiers modifiers);
    void moveFocus(int dx, int dy, Qt::KeyboardModifiers modifiers);
    void ensureVisible(int row, int column);
    void setHover(int unit);
    bool editKey(QKeyEvent* event);
    bool navigationKey(QKeyEvent* event);
    void zoomAt(const QPointF& position, double factor);
    [[nodiscard]] QMenu* createContextMenu();
    void beginGesture(const QPointF& position, Qt::MouseButton button, Qt::KeyboardModifiers modifiers);
    void dragTo(const QPointF& position, Qt::KeyboardModifiers modifiers);

    MatrixData m_data;
    std::vector<std::vector<int>> m_cells; // row * columns + column -> units
    std::map<int, int> m_harmSteps; // how many units have a harm in each step of the scale
    bool m_clampedHarm = false; // some unit has less than the scale begins with
    NumberColumn m_harmNumbers; // one notation in all cells
    QTimer m_rescale;
    bool m_hasBadges = false; // some unit is tied or locked: all cells leave room, so that numbers align
    bool m_hasWideNumbers = false; // some unit has ten bits or more
    QSizeF m_number; // room of "16.00", "8.00" or "16", in the font of the cells
    std::vector<QPoint> m_dirty; // cells (column, row) to repaint in the cache
    Interval m_harmRange;
    Geometry m_geometry;
    double m_zoomX = 1;
    double m_zoomY = 1;
    QPoint m_focus{-1, -1};
    QPoint m_anchor{-1, -1};
    int m_hover = -1;
    bool m_spaceHeld = false;
    bool m_spacePanned = false;
    Gesture m_gesture = Gesture::None;
    QPointF m_pressPosition;
    QPointF m_dragPosition;
    QPoint m_panStart;
    QVector<int> m_selectionBefore;
    AlikeTest m_alikeTest;
    mutable int m_alikeOf = -1; // the unit that m_alike belongs to
    mutable Alike m_alike;
    mutable QPixmap m_cache;
};

} // namespace bitwright::views
