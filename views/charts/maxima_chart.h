#pragma once

#include "views/charts/chart_base.h"

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
    int lastBlock = -1; // sites behind it are labelled "end", those before block 0 "start"; -1: numbers only
    QStringList mainGroups; // drawn in full while nothing else is asked for; the other kinds are faint
};

// Block index against max |x|, q99.9 and rms per kind of site, log y; massive activations as labelled stars.
class MaximaChart : public ChartBase
{
    Q_OBJECT
public:
    explicit MaximaChart(QWidget* parent = nullptr);
    void setData(MaximaData data);
    [[nodiscard]] const MaximaData& data() const { return m_data; }
    // Rings the site (of dump `dump`) and fades the other groups; -1 for none. Emits nothing.
    void setCurrentSite(int site, int dump = 0);
    // Emphasizes the marks of one channel (linked hover); -1 for none.
    void setCurrentChannel(int channel);
    [[nodiscard]] QString csv() const override;
    // Pixel of the maximum of a site, for tests and lessons; empty when unknown.
    [[nodiscard]] std::optional<QPointF> sitePixel(int site, int dump = 0) const;

Q_SIGNALS:
    void siteActivated(int site, int dump);
    void channelActivated(int site, int channel, int dump);
    void siteHovered(int site, int dump); // -1 when none
    void channelHovered(int channel); // -1 when none

protected:
    Interval homeRange(Qt::Orientation axis) const override;
    void paintData(QCPPainter& painter) override;
    void paintOverlay(QCPPainter& painter) override;
    QString readoutAt(const QPointF& position) const override;
    void rebuildLegend() override;
    void hoverMoved(const QPointF& position) override;
    void hoverLeft() override;
    void clicked(const QPointF& position, Qt::KeyboardModifiers modifiers) override;
    bool keyPressed(QKeyEvent* event) override;

private:
    struct Hit
    {
        int dump = 0;
        int site = -1;
        int mark = -1;
    };
    [[nodiscard]] Hit hitAt(const QPointF& position) const;
    [[nodiscard]] int groupIndex(const QString& group) const;
    void paintLine(QCPPainter& painter, int dump, int group, int statistic) const;
    void paintMarks(QCPPainter& painter);
    void addLineObstacles(const MaximaDump& dump, const QString& group, std::vector<QRectF>& obstacles) const;

    MaximaData m_data;
    QStringList m_groups;
    int m_currentSite = -1;
    int m_currentDump = 0;
    int m_currentChannel = -1;
    Hit m_hover;
};

} // namespace bitwright::views
