#pragma once

#include "views/charts/chart_base.h"

namespace bitwright::views {

struct ParetoState
{
    double bytes = 0;
    double harm = 0;
};
struct ParetoMark
{
    QString name;
    double bytes = 0;
    double harm = 0;
    std::optional<Interval> interval; // of a measured harm
    bool measured = false;
    QString id{}; // what the panel knows it by; the name is what people read
};
struct ParetoData
{
    std::vector<ParetoState> frontier; // ascending bytes, descending harm
    bool exact = true; // false: certified within `gap`
    double gap = 0; // relative, at the budget or where there is none the plan
    std::vector<ParetoMark> presets; // uniform plans of known tools: hollow
    std::vector<ParetoMark> plans; // named plans: filled
    std::optional<ParetoMark> current; // the plan being edited: the handle
    int currentState = -1; // index into frontier when the current plan lies on it
    std::optional<double> budgetBytes;
    bool frontierStale = false; // made under other locks: shown dimmed, the handle rests
    double plannedWeights = 0; // bpw = 8 * (bytes - keptBytes) / plannedWeights; 0 hides the second axis
    double fileWeights = 0; // file bpw = 8 * bytes / fileWeights; 0: the same as planned
    double keptBytes = 0; // of tensors that no plan decides
    std::vector<ParetoState> otherFrontier; // frontier of another score evaluated under this one
    QString otherName;
    QString harmLabel; // "predicted harm (fisher^0.25, not measured)"
    QString bytesLabel; // "size of the planned tensors"; a default is used when empty
};
struct ParetoMove
{
    QString option; // where the hovered unit's other options would move the plan
    double bytes = 0;
    double harm = 0;
    bool emphasized = false; // the one under the cursor
};

// In what the size is read; the same plans at the same places, because all three grow together.
enum class ParetoSize
{
    Bytes,
    Bpw,
    FileBpw
};

// Size against harm with the frontier, presets, plans, and the current plan as a handle that is dragged along
// the frontier.
class ParetoChart : public ChartBase
{
    Q_OBJECT
public:
    static constexpr double kBudgetStep = 1.01; // of one key
    explicit ParetoChart(QWidget* parent = nullptr);
    void setData(ParetoData data);
    [[nodiscard]] const ParetoData& data() const { return m_data; }
    // Cheap updates during drags: only the overlay is repainted.
    void setCurrent(const std::optional<ParetoMark>& current, int state = -1);
    void setBudget(std::optional<double> bytes);
    void setFrontierStale(bool stale);
    void setPreviewMoves(std::vector<ParetoMove> moves); // empty hides them
    [[nodiscard]] const std::vector<ParetoMove>& previewMoves() const { return m_moves; }
    void setSizeAxis(ParetoSize size);
    [[nodiscard]] ParetoSize sizeAxis() const { return m_size; }
    // A further line in the comparison with the plan under the cursor: "14 units differ".
    void setCompareNote(const QString& note);
    [[nodiscard]] double bpwOf(double bytes) const; // of the planned tensors; NaN when unknown
    [[nodiscard]] double fileBpwOf(double bytes) const;
    [[nodiscard]] QJsonObject viewState() const override;
    void setViewState(const QJsonObject& state) override;
    // Places of the two actions beside the dimension line; null when it is not shown.
    [[nodiscard]] QRectF improveRect() const;
    [[nodiscard]] QRectF differenceRect() const;
    // Place of the words that name the last state when it has no harm; null where they have no room.
    [[nodiscard]] QRectF harmlessRect() const { return harmless(QFontMetricsF(smallFont())).box; }
    // Names of marks that are painted, as they were painted last.
    [[nodiscard]] const QStringList& shownNames() const { return m_labelNames; }
    // Lines from marks to their names, as they were painted last.
    [[nodiscard]] int leaderCount() const { return static_cast<int>(m_leaders.size()); }
    // Of the words beside the budget line: the line's orange is too light to be read.
    [[nodiscard]] QColor budgetInk() const { return mix(theme().warning, theme().foreground, 0.25); }
    [[nodiscard]] QPointF pixelOf(const ParetoMark& mark) const { return toPixel(mark.bytes, mark.harm); }
    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QString keysText() const override;
    // "+12 % harm against the best of this size"; empty when the plan lies on the frontier or there is none.
    [[nodiscard]] QString distanceText() const;
    [[nodiscard]] QPointF handlePixel() const;
    [[nodiscard]] double budgetPixel() const;
    [[nodiscard]] bool isDragging() const { return m_drag != Drag::None; }
    // Whether what is asked for comes from a step, by key or menu, of which several may follow soon.
    [[nodiscard]] bool isStepping() const { return m_stepping; }
    // Steps that ask as a drag of the handle or of the budget does; false when there is nothing to move.
    bool walkFrontier(int states);
    bool scaleBudget(double factor);

Q_SIGNALS:
    void budgetDragging(double bytes);
    void budgetReleased(double bytes);
    void budgetCancelled(double bytes); // the budget of before
    void handleMoved(int state); // continuous, snapped to frontier states
    void handleReleased(int state);
    void handleCancelled(int state); // the state of before, -1 when the plan was not on the frontier
    void planActivated(int plan);
    void presetActivated(int preset);
    void stateHovered(int state); // -1 when none
    void planHovered(int plan); // -1 when none
    void presetHovered(int preset); // -1 when none
    void sizeAxisChanged();
    void improveRequested(); // "improve within locks" of a plan above the frontier
    void showDifferenceRequested();

protected:
    Interval homeRange(Qt::Orientation axis) const override;
    double zoomOutLimit() const override;
    void paintBackdrop(QCPPainter& painter) override;
    void paintData(QCPPainter& painter) override;
    void paintOverlay(QCPPainter& painter) override;
    QString readoutAt(const QPointF& position) const override;
    void rebuildLegend() override;
    [[nodiscard]] int legendRowsWhenSmall() const override { return 1; }
    void syncAxes() override;
    void themeApplied() override;
    void hoverMoved(const QPointF& position) override;
    void hoverLeft() override;
    bool gesturePress(const QPointF& position, Qt::KeyboardModifiers modifiers) override;
    void gestureMove(const QPointF& position, Qt::KeyboardModifiers modifiers) override;
    void gestureRelease(const QPointF& position, Qt::KeyboardModifiers modifiers) override;
    void gestureCancel() override;
    void clicked(const QPointF& position, Qt::KeyboardModifiers modifiers) override;
    bool keyPressed(QKeyEvent* event) override;
    void extendMenu(QMenu& menu, const QPointF& position) override;

private:
    static constexpr double kHandleRadius = 9; // pixels

    enum class Drag
    {
        None,
        Budget,
        Handle
    };
    struct MarkHit
    {
        enum class Kind
        {
            None,
            Handle,
            Budget,
            Plan,
            Preset,
            State,
            Improve,
            Difference
        } kind
            = Kind::None;
        int index = -1;
    };
    [[nodiscard]] bool isShown(const ParetoMark& mark, bool preset) const;
    [[nodiscard]] MarkHit hitAt(const QPointF& position) const;
    [[nodiscard]] int stateAtPixel(double x) const;
    [[nodiscard]] int bestStateOfSize(double bytes) const; // -1 when nothing is that small
    [[nodiscard]] double priceAt(int state) const; // harm saved per further byte
    [[nodiscard]] QString describe(double bytes, double harm) const;
    [[nodiscard]] QString describeBest(double bytes) const;
    [[nodiscard]] double sizeIn(ParetoSize size, double bytes) const;
    [[nodiscard]] double bytesFrom(ParetoSize size, double value) const;
    [[nodiscard]] QString sizeLabel(ParetoSize size) const;
    [[nodiscard]] const ParetoMark* hoveredMark() const;
    void applySizeAxis();
    void setHover(const MarkHit& hit);
    void moveTo(int state);
    void paintFrontier(QCPPainter& painter) const;
    void paintMarkSet(QCPPainter& painter, const std::vector<ParetoMark>& marks, bool hollow, QPointF near,
        double reach) const;
    struct Named;
    [[nodiscard]] std::vector<Named> namedMarks() const;
    void placeNames(std::vector<Named>& marks, const QFontMetricsF& metrics) const;
    [[nodiscard]] QPen leaderPen() const;
    void paintMarkLabels(QCPPainter& painter) const;
    void paintBudget(QCPPainter& painter) const;
    [[nodiscard]] QRectF dimensionBox() const;
    void paintDimension(QCPPainter& painter) const;
    void paintComparison(QCPPainter& painter) const;
    void paintOther(QCPPainter& painter) const;
    [[nodiscard]] QPolygonF staircase(const std::vector<ParetoState>& states) const;
    void paintStates(QCPPainter& painter) const;
    [[nodiscard]] bool endsWithoutHarm() const;
    struct Harmless
    {
        QRectF box;
        QString text;
        QLineF leader{}; // to the mark, where the words do not stand beside it
    };
    [[nodiscard]] QStringList harmlessTexts() const;
    [[nodiscard]] Harmless harmless(const QFontMetricsF& metrics) const;
    [[nodiscard]] double frontierPixel(double x) const;
    void paintHarmless(QCPPainter& painter) const;
    [[nodiscard]] std::optional<double> namedEnd() const;
    void paintForbiddenWords(QCPPainter& painter);
    [[nodiscard]] QRectF forbiddenBox(const QFontMetricsF& metrics) const;
    [[nodiscard]] std::vector<QRectF> labelObstacles(const QFontMetricsF& metrics) const;
    void paintHandle(QCPPainter& painter) const;
    void paintOverHandle(QCPPainter& painter, QPointF at, double radius) const;
    void paintMoves(QCPPainter& painter) const;

    ParetoData m_data;
    std::vector<double> m_sizes; // bytes of the frontier
    std::vector<ParetoMove> m_moves;
    Drag m_drag = Drag::None;
    bool m_stepping = false;
    std::optional<ParetoMark> m_ghost;
    int m_ghostState = -1;
    std::optional<double> m_budgetBefore;
    MarkHit m_hover;
    ParetoSize m_size = ParetoSize::Bytes;
    QString m_compareNote;
    mutable std::vector<QLineF> m_leaders; // from marks to their names, as painted last
    mutable std::vector<QRectF> m_labelBoxes; // of the names as painted
    mutable QStringList m_labelNames;
};

} // namespace bitwright::views
