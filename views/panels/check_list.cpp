#include "views/panels/check_list.h"

#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace bitwright::views {

StateMark::StateMark(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QSize StateMark::sizeHint() const
{
    const int side = fontMetrics().height() + 2;
    return {side, side};
}

void StateMark::setState(ExportCheck::State state)
{
    m_state = state;
    setAccessibleName(ExportChecks::stateText(state));
    setToolTip(ExportChecks::stateText(state));
    update();
}

void StateMark::setTheme(const Theme& theme)
{
    m_theme = theme;
    update();
}

void StateMark::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double side = std::min(width(), height()) - 2.0;
    painter.translate((width() - side) / 2, (height() - side) / 2);
    painter.scale(side / 16, side / 16);
    const auto stroke = [&](const QColor& color, double width) {
        painter.setPen(QPen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(Qt::NoBrush);
    };
    switch (m_state) {
    case ExportCheck::State::Good:
        stroke(m_theme.accent, 2.2);
        painter.drawPolyline(QPolygonF({{2.5, 8.5}, {6.5, 12.5}, {13.5, 4}}));
        break;
    case ExportCheck::State::Note:
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.muted);
        painter.drawEllipse(QPointF(8, 8), 3, 3);
        break;
    case ExportCheck::State::Warning:
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.warning);
        painter.drawPolygon(QPolygonF({{8, 1.5}, {15, 14.5}, {1, 14.5}}));
        stroke(m_theme.background, 1.8);
        painter.drawLine(QPointF(8, 6), QPointF(8, 9.8));
        painter.drawPoint(QPointF(8, 12.4));
        break;
    case ExportCheck::State::Blocking:
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.warning);
        painter.drawEllipse(QPointF(8, 8), 7.5, 7.5);
        stroke(m_theme.background, 2.0);
        painter.drawLine(QPointF(5.2, 5.2), QPointF(10.8, 10.8));
        painter.drawLine(QPointF(10.8, 5.2), QPointF(5.2, 10.8));
        break;
    case ExportCheck::State::Unknown:
        paintHatch(painter, QRectF(1, 1, 14, 14), m_theme);
        stroke(m_theme.muted, 1.2);
        painter.drawRect(QRectF(1, 1, 14, 14));
        break;
    }
}

struct CheckList::Row
{
    ExportCheck check;
    QWidget* widget = nullptr;
    StateMark* mark = nullptr;
    QLabel* text = nullptr;
    QLabel* details = nullptr;
    QPushButton* more = nullptr;
    QVBoxLayout* buttonLayout = nullptr;
    std::vector<std::pair<Remedy, QPushButton*>> buttons;
    bool expanded = false;
};

CheckList::CheckList(QWidget* parent)
    : QScrollArea(parent)
{
    auto* inner = new QWidget(this);
    m_rowsLayout = new QVBoxLayout(inner);
    m_rowsLayout->setContentsMargins(0, 0, 0, 0);
    m_rowsLayout->setSpacing(0);
    m_rowsLayout->addStretch();
    setWidget(inner);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Checks before the export"));
    setFocusPolicy(Qt::StrongFocus);
}

CheckList::~CheckList() = default;

void CheckList::setTheme(const Theme& theme)
{
    m_theme = theme;
    for (const auto& row : m_rows)
        row->mark->setTheme(theme);
}

std::unique_ptr<CheckList::Row> CheckList::makeRow(const ExportCheck& check)
{
    auto row = std::make_unique<Row>();
    row->check = check;
    row->widget = new QWidget(widget());
    // Nobody reads a line across a wide screen, and a remedy belongs beside its question.
    constexpr int kMostCharacters = 120;
    row->widget->setMaximumWidth(kMostCharacters * fontMetrics().averageCharWidth());
    auto* grid = new QGridLayout(row->widget);
    grid->setContentsMargins(12, 5, 12, 5);
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(2);
    grid->setColumnStretch(1, 1);
    row->mark = new StateMark(row->widget);
    row->mark->setTheme(m_theme);
    row->text = new QLabel(row->widget);
    row->details = new QLabel(row->widget);
    for (QLabel* label : {row->text, row->details}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setTextFormat(Qt::RichText);
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    }
    row->more = new QPushButton(row->widget);
    row->more->setFlat(true);
    row->buttonLayout = new QVBoxLayout;
    row->buttonLayout->setSpacing(3);
    grid->addWidget(row->mark, 0, 0, Qt::AlignTop);
    grid->addWidget(row->text, 0, 1);
    grid->addWidget(row->details, 1, 1);
    grid->addWidget(row->more, 2, 1, Qt::AlignLeft);
    grid->addLayout(row->buttonLayout, 0, 2, 3, 1, Qt::AlignTop);
    connect(row->more, &QPushButton::clicked, this, [this, row = row.get()] {
        row->expanded = !row->expanded;
        fill(*row, row->check);
    });
    return row;
}

namespace {

void name(QPushButton& button, Remedy remedy, const ExportCheck& check)
{
    const QString text = ExportChecks::remedyText(remedy, check.units);
    button.setText(text);
    button.setAccessibleName(QStringLiteral("%1: %2").arg(check.title, text));
}

} // namespace

void CheckList::fill(Row& row, const ExportCheck& check)
{
    constexpr int kShort = 4;
    // More lines than anybody reads would only cost time; copying and the proof name all.
    constexpr int kLong = 200;
    const bool sameButtons = row.check.remedies == check.remedies && !row.buttons.empty();
    row.check = check;
    row.mark->setState(check.state);
    row.text->setText(
        QStringLiteral("<b>%1</b><br>%2").arg(check.title.toHtmlEscaped(), check.text.toHtmlEscaped()));
    row.text->setAccessibleName(
        QStringLiteral("%1, %2: %3").arg(check.title, ExportChecks::stateText(check.state), check.text));
    const auto count = static_cast<int>(check.details.size());
    const int shown = std::min(count, row.expanded ? kLong : kShort);
    QString html;
    for (int i = 0; i < shown; ++i) {
        // Zero-width spaces let long tensor names wrap.
        QString line = check.details[i].toHtmlEscaped();
        line.replace(QLatin1Char('.'), QStringLiteral(".&#8203;"));
        html += (i > 0 ? QStringLiteral("<br>") : QString()) + line;
    }
    if (row.expanded && count > kLong)
        html += QStringLiteral("<br>") + tr("and %n more", nullptr, count - kLong);
    row.details->setText(html);
    row.details->setVisible(shown > 0);
    row.more->setVisible(count > kShort);
    row.more->setText(row.expanded ? tr("Show fewer") : tr("Show all %n", nullptr, count));
    row.more->setToolTip(tr("Names everything that this check found"));
    if (sameButtons) {
        for (const auto& [remedy, button] : row.buttons)
            name(*button, remedy, check);
        return;
    }
    for (const auto& [remedy, button] : row.buttons)
        button->deleteLater();
    row.buttons.clear();
    for (const Remedy remedy : check.remedies) {
        auto* button = new QPushButton(row.widget);
        name(*button, remedy, check);
        button->setToolTip(ExportChecks::remedyToolTip(remedy));
        connect(button, &QPushButton::clicked, this,
            [this, remedy, row = &row] { Q_EMIT remedyRequested(remedy, ExportCheck(row->check)); });
        row.buttonLayout->addWidget(button);
        row.buttons.emplace_back(remedy, button);
    }
}

void CheckList::setChecks(const std::vector<ExportCheck>& checks)
{
    // Rows stay while their questions stay, so that focus and scroll position do.
    const bool same = checks.size() == m_rows.size()
        && std::equal(checks.begin(), checks.end(), m_rows.begin(),
            [](const ExportCheck& check, const auto& row) { return check.id == row->check.id; });
    if (!same) {
        for (const auto& row : m_rows)
            delete row->widget;
        m_rows.clear();
        for (const ExportCheck& check : checks) {
            m_rows.push_back(makeRow(check));
            m_rowsLayout->insertWidget(m_rowsLayout->count() - 1, m_rows.back()->widget);
        }
    }
    for (std::size_t i = 0; i < checks.size(); ++i)
        fill(*m_rows[i], checks[i]);
}

CheckList::Row* CheckList::rowWith(const QString& id) const
{
    const auto found
        = std::find_if(m_rows.begin(), m_rows.end(), [&](const auto& row) { return row->check.id == id; });
    return found == m_rows.end() ? nullptr : found->get();
}

QPushButton* CheckList::button(const QString& id, Remedy remedy) const
{
    if (const Row* row = rowWith(id))
        for (const auto& [offered, button] : row->buttons)
            if (offered == remedy)
                return button;
    return nullptr;
}

QString CheckList::rowText(const QString& id) const
{
    const Row* row = rowWith(id);
    if (row == nullptr)
        return {};
    QString text = QStringLiteral("%1 (%2): %3")
                       .arg(row->check.title, ExportChecks::stateText(row->check.state), row->check.text);
    for (const QString& line : row->check.details)
        text += QStringLiteral("\n    ") + line;
    return text;
}

QString CheckList::text() const
{
    QStringList rows;
    for (const auto& row : m_rows)
        rows.push_back(rowText(row->check.id));
    return rows.join(QLatin1Char('\n'));
}

} // namespace bitwright::views
