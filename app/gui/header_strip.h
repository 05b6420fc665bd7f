#pragma once

#include "views/charts/palette.h"
#include "views/models/document.h"

#include <QTimer>
#include <QWidget>

#include <functional>

class QHBoxLayout;
class QLabel;
class QProgressBar;
class QToolButton;

namespace bitwright::gui {

class StripText;

/// Under the menu: the model, the plan with its distance to the budget, and chips for what is missing or
/// wrong; each chip leads to its remedy. Where there is no room the least important words go first; tooltips
/// hold all.
class HeaderStrip : public QWidget
{
    Q_OBJECT

public:
    struct Choice
    {
        QString id; ///< objectName of the button.
        QString text;
        QString tip;
        std::function<void()> run;
    };
    HeaderStrip(views::Document& document, views::JobQueue& jobs, QWidget* parent = nullptr);
    /// A line below the strip. It stays until it is dismissed or another one comes.
    void showMessage(const QString& text, bool warning);
    /// A question: stays until one of the choices was made.
    void ask(const QString& text, const std::vector<Choice>& choices);
    void closeQuestion();
    void dismissMessage();
    void applyTheme(const views::Theme& theme);
    /// The strip gives up words; it never widens the window.
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void openModelRequested();
    void openDumpRequested();
    void scanRequested();
    void jobsRequested();
    void scoreRequested(); ///< Where the score is chosen.
    void viewRequested(const QString& panel);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void refreshChips();
    void refreshPlan();
    void refreshJob();
    void showBroken();
    /// Sets a chip's long and short text; empty hides it.
    void setChip(QToolButton* chip, const QString& text, const QString& shortText, const QString& tip);
    void fitChips();
    [[nodiscard]] QToolButton* makeChip(const char* id);
    void createRows();
    void connectAll();

    views::Document& m_document;
    views::JobQueue& m_jobs;
    StripText* m_model;
    StripText* m_plan;
    std::vector<QToolButton*> m_chips; ///< In the order in which they give up words, first goes first.
    QToolButton* m_dumpChip;
    QToolButton* m_scoreChip;
    QToolButton* m_scanChip;
    QToolButton* m_brokenChip;
    QToolButton* m_failedChip;
    QProgressBar* m_progress;
    QToolButton* m_cancel;
    QLabel* m_message;
    QToolButton* m_dismiss;
    QWidget* m_messageRow;
    QLabel* m_question;
    QWidget* m_questionRow;
    QHBoxLayout* m_choices = nullptr;
    bool m_warning = false;
    QTimer m_countSoon; ///< One count for many tensors of a scan.
};

} // namespace bitwright::gui
