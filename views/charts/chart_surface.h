#pragma once

#include "views/charts/palette.h"

#include <QList>
#include <QString>

class QAction;
class QFontMetricsF;
class QMenu;
class QPainter;
class QSize;
class QWidget;

namespace bitwright::views {

class ChartTable;
class DataTable;
struct TableData;

// Where the numbers come from; shown as footnote on screen and written in full below an exported picture.
struct ChartCaption
{
    QString title; // "Activation maxima"
    QString source; // "gemma-3-270m, wiki.h5 (2 048 tokens)"
    QString statistic; // "max|x|, q99.9, rms per site"
    QString provenance; // "predicted harm (fisher^0.25), not measured"
    QString briefProvenance = {}; // in place of it where there is little room; empty: there is none
    [[nodiscard]] QString footnote() const;
    // The same without what is less important, until nothing is cut, broken into at most `most` lines of
    // `width` pixels; what is too long for them is elided.
    [[nodiscard]] QStringList footnoteLines(const QFontMetricsF& metrics, double width, int most = 2) const;
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
    // Appends "Show as table", "Copy picture", "Copy data", "Export picture..." to a context menu.
    void addExportActions(QMenu& menu);

    // --- The table in place of the chart ---
    // Rows that stand for the chart: csv() as a table unless that would be too long to read.
    [[nodiscard]] virtual TableData tableData() const;
    void setTableShown(bool shown);
    [[nodiscard]] bool isTableShown() const;
    [[nodiscard]] DataTable* table() const; // nullptr until it was shown first

    // Everything that this chart can do without a place under the mouse, for menus and the palette.
    [[nodiscard]] virtual QList<QAction*> chartActions();
    // Gives the actions their stable ids: "<prefix>.table", "<prefix>.copy-picture"...
    void nameActions(const QString& prefix);

protected:
    // Call when csv() would say something else.
    void tableDataChanged();
    // An action of the surface's widget; `word` completes its id.
    QAction* makeAction(const QString& word, const QString& text, const QString& tip);

private:
    [[nodiscard]] const QList<QAction*>& surfaceActions();
    void renderPage(QPainter& painter, QSize size, int captionHeight);
    [[nodiscard]] int captionHeight(int width) const;
    void exportInteractively();
    ChartCaption m_caption;
    QList<QAction*> m_actions; // owned by the widget
    ChartTable* m_table = nullptr; // a child of the widget
};

} // namespace bitwright::views
