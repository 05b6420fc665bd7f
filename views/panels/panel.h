#pragma once

#include "views/charts/chart_surface.h"
#include "views/charts/palette.h"
#include "views/models/document.h"

#include <QJsonObject>
#include <QVector>
#include <QWidget>

class QBoxLayout;

#include <vector>

class QComboBox;
class QVBoxLayout;

namespace bitwright::views {

/// A choice of a page that a script may make.
struct ViewChoice
{
    QString name; ///< "measure"
    QStringList words; ///< Of the entries of its box in their order; they never change.
    QComboBox* box;
};

/// A page of the window: controls and one view on the document. The id names its dock and its picture.
class Panel : public QWidget
{
    Q_OBJECT

public:
    Panel(Document& document, const QString& id, const QString& title, QWidget* parent = nullptr);

    [[nodiscard]] const QString& id() const { return m_id; }
    [[nodiscard]] const QString& title() const { return m_title; }
    virtual void applyTheme(const Theme& theme) = 0;
    /// Whether work that is no job of the queue is under way, whose end changes what is shown.
    [[nodiscard]] virtual bool isWorking() const { return false; }
    /// The chart to export; nullptr for panels without one.
    [[nodiscard]] virtual ChartSurface* surface() { return nullptr; }
    /// Words of the charts that this page can show besides or in place of its first one: "image" is asked for
    /// as "weights/image".
    [[nodiscard]] virtual QStringList chartWords() const { return {}; }
    /// Shows one of them and returns it; surface() for an empty word.
    virtual ChartSurface* showChart(const QString& word);
    /// What a script may choose on this page.
    [[nodiscard]] virtual QVector<ViewChoice> viewChoices() const { return {}; }
    /// The chart that keys and menus mean: the one with the focus, else the one that was under the mouse or
    /// had the focus last, else surface().
    [[nodiscard]] ChartSurface* currentSurface();
    /// What a project brings back: by default zoom, log switches, hidden legend entries and color maps of the
    /// charts, and texts, choices, switches, sort orders, columns and splitters of the controls (see
    /// widgetState). Controls that show something of the document set the property "keepState" to false.
    [[nodiscard]] virtual QJsonObject viewState() const;
    virtual void setViewState(const QJsonObject& state);

Q_SIGNALS:
    void openModelRequested();
    void openDumpRequested();
    void recordRequested();
    void scanRequested();
    void readout(const QString& text);
    /// Asks for the entry of a term in the glossary.
    void explainRequested(const QString& term);
    /// Asks for another panel by its id.
    void viewRequested(const QString& panel);
    /// Asks the tree to show what a filter finds.
    void filterRequested(const QString& filter);

protected:
    /// Lets a choice give way where a page is narrow: its words are cut before the page is.
    static void letShrink(QComboBox* box);
    /// Gives the choices of a bar, which lies in `parent`, room by the texts they show: none is cut while
    /// another has too much.
    static void shareByText(QBoxLayout* bar, QWidget* parent);

    /// Offers what a chart can do (zoom, log, table, copy, export) as actions of this panel, with ids that
    /// begin with the panel's.
    void offerChart(ChartSurface& chart);
    /// Makes a chart one of those that currentSurface() chooses from; offerChart does so too.
    void trackChart(ChartSurface& chart);

    bool eventFilter(QObject* watched, QEvent* event) override;
    /// Keys of a chart that no control wanted go to the current chart. No shortcuts of the panel do this:
    /// with two charts side by side they would be ambiguous.
    void keyPressEvent(QKeyEvent* event) override;

    Document& m_document;
    QVBoxLayout* m_layout; ///< Without margins; the view goes in last.

private:
    QString m_id;
    QString m_title;
    std::vector<ChartSurface*> m_charts; ///< Children, as long as the panel lives.
    ChartSurface* m_lastChart = nullptr;
};

} // namespace bitwright::views
