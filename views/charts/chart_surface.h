#pragma once

#include "views/charts/palette.h"

#include <QString>

class QMenu;
class QPainter;
class QSize;
class QWidget;

namespace bitwright::views {

// Where the numbers come from; shown as footnote on screen and written in full below an exported picture.
struct ChartCaption
{
    QString title; // "Activation maxima"
    QString source; // "gemma-3-270m, wiki.h5 (2 048 tokens)"
    QString statistic; // "max|x|, q99.9, rms per site"
    QString provenance; // "predicted harm (fisher^0.25), not measured"
    [[nodiscard]] QString footnote() const;
};

// What every chart can do besides being looked at, whether QCustomPlot or own painting draws it.
class ChartSurface
{
public:
    virtual ~ChartSurface();
    // What is shown, as CSV with a header line, C locale, LF line ends. The text alternative of the chart.
    [[nodiscard]] virtual QString csv() const = 0;
    // Paints the chart (without caption) into 0,0 .. size; works on vector painters.
    virtual void renderTo(QPainter& painter, QSize size) = 0;
    [[nodiscard]] virtual QWidget* surfaceWidget() = 0;
    [[nodiscard]] virtual const Theme& theme() const = 0;

    virtual void setCaption(const ChartCaption& caption);
    [[nodiscard]] const ChartCaption& caption() const { return m_caption; }
    // Writes the chart with its caption. The extension decides: .svg, .pdf, anything else is a raster format
    // of Qt (.png at twice the resolution). False when it could not be written; `error` then says why.
    bool saveTo(const QString& path, QSize size, QString* error = nullptr);
    void copyPicture();
    void copyData();
    // Appends "Copy picture", "Copy data", "Export picture..." to a context menu.
    void addExportActions(QMenu& menu);

private:
    void renderPage(QPainter& painter, QSize size, int captionHeight);
    [[nodiscard]] int captionHeight(int width) const;
    void exportInteractively();
    ChartCaption m_caption;
};

} // namespace bitwright::views
