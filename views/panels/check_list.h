#pragma once

#include "views/charts/palette.h"
#include "views/models/export_checks.h"

#include <QScrollArea>

#include <memory>
#include <vector>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace bitwright::views {

/// Mark of a state: a check, a dot, a triangle, a cross or a question mark; shape says as much as color.
class StateMark : public QWidget
{
    Q_OBJECT

public:
    explicit StateMark(QWidget* parent = nullptr);
    void setState(ExportCheck::State state);
    void setTheme(const Theme& theme);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    ExportCheck::State m_state = ExportCheck::State::Unknown;
    Theme m_theme;
};

/// The questions asked before an export: state, answer, what it is about, and the buttons that change it.
class CheckList : public QScrollArea
{
    Q_OBJECT

public:
    explicit CheckList(QWidget* parent = nullptr);
    ~CheckList() override;
    void setChecks(const std::vector<ExportCheck>& checks);
    void setTheme(const Theme& theme);
    /// The button of a remedy in the row with this id, or nullptr.
    [[nodiscard]] QPushButton* button(const QString& id, Remedy remedy) const;
    /// Text of a row: title, state, answer and details, one per line; empty without such a row.
    [[nodiscard]] QString rowText(const QString& id) const;
    /// Everything as text, for copying.
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void remedyRequested(Remedy remedy, const ExportCheck& check);

private:
    struct Row;
    void fill(Row& row, const ExportCheck& check);
    Row* rowWith(const QString& id) const;
    std::unique_ptr<Row> makeRow(const ExportCheck& check);

    std::vector<std::unique_ptr<Row>> m_rows;
    QVBoxLayout* m_rowsLayout;
    Theme m_theme;
};

} // namespace bitwright::views
