#pragma once

#include "views/charts/chart_base.h"

#include <QHash>
#include <QLineF>

#include <algorithm>
#include <set>
#include <utility>

namespace bitwright::views {

// One activation site of one dump. A statistic that the dump does not hold stays empty: unknown, never zero.
struct MaximaSite
{
    QString name; // "model.layers.3.mlp input"
    QString group; // kind of site, one line color each: "input of q, k, v"
    int block = -1; // -1: not inside a block (drawn left of block 0)
    std::optional<double> maximum; // max |x|
    std::optional<double> quantile999; // 99.9 % quantile of |x|
    std::optional<double> rms;
    bool nonFinite = false; // NaN or Inf were seen
    double offset = 0; // place within the block: 0.5 is between its two sublayers
    QString label = {}; // what other views call the site: "final stream"; empty: its name
    [[nodiscard]] double position() const { return block + offset; }
};
struct MassiveMark
{
    int site = 0; // index into MaximaDump::sites
    int channel = 0; // -1: unknown
    std::int64_t token = 0;
    QString tokenText; // may be empty
    double value = 0; // signed
    bool bySite = true; // against the median of the site (Sun et al.)
    bool byToken = false; // against the median of its token (Max_act_llm)
    std::optional<std::int32_t> tokenId = std::nullopt;
    int count = 0; // values of the channel that count as massive; 0 or 1: this one
};
struct MaximaDump
{
    QString name;
    std::vector<MaximaSite> sites;
    std::vector<MassiveMark> massive;
};
struct MaximaData
{
    std::vector<MaximaDump> dumps; // the second is drawn dashed
    int lastBlock
        = -1; // sites behind it are labelled "final", those before block 0 "embed"; -1: numbers only
    QStringList mainGroups; // drawn in full while nothing else is asked for; the other kinds are faint
    QHash<QString, QString> briefGroups; // what kinds are called where room is short
};

// What the lines of a MaximaChart show.
enum class MaximaStatistic
{
    Spread, // max |x|, q99.9 and rms of the emphasized kinds, max |x| of the others
    Maximum,
    Quantile,
    Rms,
    Crest // max |x| / rms
};

// Block index against a statistic of |x| per kind of site, log y; massive activations as marks. Kinds that
// are not emphasized are faint; what is emphasized follows the mouse over lines and legend, then the current
// site, then MaximaData::mainGroups. Shift+drag selects the sites in a box.
class MaximaChart : public ChartBase
{
    Q_OBJECT
public:
    explicit MaximaChart(QWidget* parent = nullptr);
    void setData(MaximaData data);
    [[nodiscard]] const MaximaData& data() const { return m_data; }
    void setStatistic(MaximaStatistic statistic);
    [[nodiscard]] MaximaStatistic statistic() const { return m_statistic; }
    // Rings the site (of dump `dump`) and emphasizes its kind; -1 for none. Emits nothing.
    void setCurrentSite(int site, int dump = 0);
    // Emphasizes the marks of one channel (linked hover); -1 for none.
    void setCurrentChannel(int channel);
    // Rings further sites of the first dump.
    void setSelectedSites(const QVector<int>& sites);
    // The site of the first dump at a pixel, -1 when none.
    [[nodiscard]] int siteAt(const QPointF& position) const;
    // The kinds that are drawn in full now.
    [[nodiscard]] QStringList emphasizedGroups() const;
    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QJsonObject viewState() const override;
    void setViewState(const QJsonObject& state) override;
    // Pixel of the maximum of a site (of the statistic when only one is shown), for tests and lessons; empty
    // when unknown.
    [[nodiscard]] std::optional<QPointF> sitePixel(int site, int dump = 0) const;
    [[nodiscard]] QPointF markPixel(const MassiveMark& mark, int dump = 0) const;
    // What stands beside the marks and at the right ends of the lines, as far as it found room.
    [[nodiscard]] QStringList markLabels() const;
    // Pixels between the left and the right of a mark, for tests; 0 when it is not shown.
    [[nodiscard]] double markWidth(int mark, int dump = 0) const;
    // Whether it is drawn as a star, and with a ring.
    [[nodiscard]] std::pair<bool, bool> markSigns(int mark, int dump = 0) const;
    [[nodiscard]] QStringList endNames() const;

Q_SIGNALS:
    void siteActivated(int site, int dump);
    void channelActivated(int site, int channel, int dump);
    // Ctrl+click, and Shift+click from the current site through its kind; of the first dump.
    void sitesExtended(const QVector<int>& sites, int channel, bool toggles);
    void siteHovered(int site, int dump); // -1 when none
    void channelHovered(int site, int channel); // of the first dump; -1 when none
    void sitesSelected(const QVector<int>& sites, int dump);
    void statisticChanged();

protected:
    Interval homeRange(Qt::Orientation axis) const override;
    void paintData(QCPPainter& painter) override;
    void paintOverlay(QCPPainter& painter) override;
    QString readoutAt(const QPointF& position) const override;
    QString statisticAt(const QPointF& position) const override;
    void rebuildLegend() override;
    void syncAxes() override;
    void hoverMoved(const QPointF& position) override;
    void hoverLeft() override;
    void legendHovered(const QString& key) override;
    void clicked(const QPointF& position, Qt::KeyboardModifiers modifiers) override;
    [[nodiscard]] std::optional<Qt::KeyboardModifiers> boxModifiers(BoxUse use) const override;
    void boxed(const QRectF& box, Qt::KeyboardModifiers modifiers) override;
    bool keyPressed(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    [[nodiscard]] std::vector<int> rangeLines(const QString& group) const;
    [[nodiscard]] double headRoom() const; // share of the range above the largest value
    void addEndTick(Interval range, Ticks& ticks) const;
    void emphasisChanged();
    void addGroupEntries(std::vector<LegendEntry>& entries) const;
    void addStatisticEntries(std::vector<LegendEntry>& entries) const;
    void addCurrentEntry(std::vector<LegendEntry>& entries) const;
    void addMarkEntries(std::vector<LegendEntry>& entries) const;
    void addDumpEntries(std::vector<LegendEntry>& entries) const;
    [[nodiscard]] std::vector<double> halfBlocks(Interval range) const;
    [[nodiscard]] QString currentGroup() const; // of the current site; empty without one
    struct Hit
    {
        int dump = 0;
        int site = -1;
        int mark = -1;
        int line = -1; // of the statistic
    };
    struct PlacedMark
    {
        const MassiveMark* mark = nullptr;
        QString group;
        QPointF at;
        bool faint = false;
        bool leading = true; // the largest of its site
        int dump = 0;
        bool strong = false; // of the pinned channel
        bool whole = false; // drawn last and at full size, however near its neighbors are
        bool isTight = false; // its neighbors leave less than its full size
        double star = 0, ring = 0; // radii; 0: none
        [[nodiscard]] double rim() const { return std::max(1.4 * star, ring); }
    };
    [[nodiscard]] QVector<int> sitesBetween(int from, int to) const;
    [[nodiscard]] Hit hitAt(const QPointF& position) const;
    [[nodiscard]] bool isShown(const MassiveMark& mark, int dump) const;
    [[nodiscard]] QString hoveredGroup() const;
    [[nodiscard]] std::vector<int> shownLines(bool emphasized) const;
    void paintLine(QCPPainter& painter, int dump, int group, int statistic, bool emphasized) const;
    struct EndName
    {
        QString text;
        QColor color;
        QPointF end; // of the line, in pixels
        double y = 0;
        bool ofStatistic = false;
    };
    [[nodiscard]] std::vector<EndName> wantedEndNames() const;
    [[nodiscard]] std::vector<EndName> placedEndNames() const;
    [[nodiscard]] std::optional<QPointF> endOf(const QString& group, int line) const; // pixels
    [[nodiscard]] bool isLone(const QString& group) const; // one site: a point instead of a line
    [[nodiscard]] bool namesEveryLine() const;
    [[nodiscard]] QString nameOf(const QString& group) const; // as long as there is room for
    [[nodiscard]] QString statisticName(const QString& group, int line) const;
    [[nodiscard]] double endNamesWidth() const;
    void paintEndNames(QCPPainter& painter) const;
    void paintEndLeader(QCPPainter& painter, const EndName& name) const;
    void paintGroups(QCPPainter& painter, bool emphasized);
    void paintUnknown(QCPPainter& painter) const;
    void paintMarks(QCPPainter& painter);
    void paintMark(QCPPainter& painter, const PlacedMark& placed) const;
    void clearRoom(QCPPainter& painter, const PlacedMark& placed) const;
    [[nodiscard]] double stepOf(int dump, const QString& group) const; // pixels between neighboring sites
    void chooseWhole(std::vector<PlacedMark>& marks) const;
    void sizeMarks(std::vector<PlacedMark>& marks) const;
    struct MarkLabel
    {
        const MassiveMark* mark = nullptr;
        QPointF at;
        QString text;
        QRectF place; // null: none was found
        QLineF leader; // from the rim of the mark; null where the label stands right beside it
    };
    struct LabelScene; // what labels of marks have to keep off
    [[nodiscard]] LabelScene labelScene(const std::vector<PlacedMark>& marks) const;
    void addMarkerObstacles(const MaximaDump& dump, LabelScene& scene) const;
    void paintMarkLabels(QCPPainter& painter, const std::vector<PlacedMark>& marks) const;
    [[nodiscard]] std::vector<MarkLabel> labelledMarks(const std::vector<PlacedMark>& marks) const;
    [[nodiscard]] std::vector<MarkLabel> placedMarkLabels(const std::vector<PlacedMark>& marks) const;
    [[nodiscard]] std::vector<PlacedMark> visibleMarks() const;
    [[nodiscard]] QString markLabel(const MassiveMark& mark) const;

    MaximaData m_data;
    QStringList m_groups;
    MaximaStatistic m_statistic = MaximaStatistic::Spread;
    QString m_legendGroup; // under the mouse or the focus in the legend
    int m_currentSite = -1;
    int m_currentDump = 0;
    QVector<int> m_selectedSites;
    std::set<std::pair<int, int>> m_starred; // dump and site whose own marker a massive mark replaces
    int m_currentChannel = -1;
    Hit m_hover;
};

// The value that a line of the chart shows at a site: 0 max |x|, 1 q99.9, 2 rms, 3 crest factor.
[[nodiscard]] std::optional<double> maximaValue(const MaximaSite& site, int line);

} // namespace bitwright::views
