#pragma once

#include "views/models/document.h"

#include <QFrame>

class QTreeWidget;
class QTreeWidgetItem;

namespace bitwright::views {

/// The options of one or several units with bits, bytes and harm of each; arrows and Enter or a click choose,
/// Esc leaves. Illegal ones stay in the list with their reason.
class OptionPopup : public QFrame
{
    Q_OBJECT

public:
    OptionPopup(Document& document, const QVector<int>& units, QWidget* parent = nullptr);
    void showAt(const QPoint& globalPosition);
    [[nodiscard]] QTreeWidget* list() const { return m_list; }

Q_SIGNALS:
    void optionHovered(int unit, int option); ///< What the plan would become; -1 when the popup closes.

protected:
    void hideEvent(QHideEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fill();
    void choose(QTreeWidgetItem* item);
    Document& m_document;
    QVector<int> m_units;
    QTreeWidget* m_list;
};

} // namespace bitwright::views
