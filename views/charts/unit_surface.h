#pragma once

#include "views/charts/chart_surface.h"

#include <QAbstractScrollArea>
#include <QVector>

#include <vector>

class QKeyEvent;

namespace bitwright::views {

class EmptyState;

// A picture of the plan's units that is edited by mouse and keyboard: what the block x role matrix and the
// tensor x option map have in common. It asks by signals and changes nothing itself. Units are numbered by
// their place in the data.
class UnitSurface : public QAbstractScrollArea, public ChartSurface
{
    Q_OBJECT
public:
    explicit UnitSurface(QWidget* parent);
    void setTheme(const Theme& theme);
    [[nodiscard]] const Theme& theme() const override { return m_theme; }
    void setCaption(const ChartCaption& caption) override;
    void setEmpty(const QString& message, const QString& buttonText = QString());
    void clearEmpty();
    void setStale(bool stale);

    // Emits nothing: for following a global selection.
    void setSelection(const QVector<int>& units);
    [[nodiscard]] const QVector<int>& selection() const { return m_selection; }
    // Outlines units of interest (tie partners, linked hover); emits nothing.
    void setHighlighted(const QVector<int>& units);
    [[nodiscard]] QWidget* surfaceWidget() override { return this; }

Q_SIGNALS:
    void selectionEdited(const QVector<int>& units); // by the user
    void setBitsRequested(const QVector<int>& units, int bits); // keys 2..9
    void restoreRequested(const QVector<int>& units); // key 0
    void lockToggleRequested(const QVector<int>& units); // key K
    void tieToggleRequested(const QVector<int>& units); // key T
    void optionListRequested(const QVector<int>& units, const QPoint& globalPosition); // Enter, double click
    void contextMenuAboutToShow(QMenu* menu, const QVector<int>& units);
    void remedyRequested();
    void readoutChanged(const QString& text);

protected:
    [[nodiscard]] virtual std::size_t unitCount() const = 0;
    virtual void layoutScrollBars() = 0;
    // Everything has to be painted anew.
    virtual void invalidate();
    // The selection was set from outside.
    virtual void selectionSet() { }
    // While Escape has something to cancel.
    [[nodiscard]] virtual bool isInGesture() const = 0;
    // Where the list of options opens for the Enter key.
    [[nodiscard]] virtual QPoint optionListPosition(const QVector<int>& units) const = 0;

    // Editing keys are not shortcuts of the window while this has the focus.
    bool event(QEvent* event) override;
    // Digits, K, T and Enter on these units; false when the key is none of them.
    bool editUnits(QKeyEvent* event, const QVector<int>& units);
    // Sets the selection and tells of it.
    void commitSelection(const QVector<int>& units);
    // After other units came.
    void forgetUnits();
    void indexSelection();
    [[nodiscard]] bool isSelected(int unit) const
    {
        return m_isSelected[static_cast<std::size_t>(unit)] != 0;
    }
    [[nodiscard]] bool isStale() const { return m_stale; }
    [[nodiscard]] const QVector<int>& highlighted() const { return m_highlighted; }

private:
    Theme m_theme;
    EmptyState* m_empty;
    bool m_stale = false;
    QVector<int> m_selection;
    std::vector<char> m_isSelected;
    QVector<int> m_highlighted;
};

} // namespace bitwright::views
