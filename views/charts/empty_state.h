#pragma once

#include "views/charts/palette.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace bitwright::views {

// Covers a chart that has no data: says what it would show and why it cannot, and offers the button that
// changes that.
class EmptyState : public QWidget
{
    Q_OBJECT
public:
    explicit EmptyState(QWidget* parent);
    // An empty `buttonText` hides the button; so does an empty `otherText` the second one.
    void setMessage(const QString& message, const QString& buttonText, const QString& otherText = {});
    void setTheme(const Theme& theme);
    [[nodiscard]] QString message() const;

Q_SIGNALS:
    void remedyRequested();
    void otherRemedyRequested();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QLabel* m_label;
    QPushButton* m_button;
    QPushButton* m_other;
};

} // namespace bitwright::views
