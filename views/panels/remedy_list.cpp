#include "views/panels/remedy_list.h"

#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace bitwright::views {

RemedyList::RemedyList(QWidget* parent)
    : QWidget(parent)
    , m_heading(new QLabel(tr("<b>Missing or noteworthy</b>"), this))
    , m_grid(new QGridLayout)
    , m_theme(lightTheme())
{
    setAccessibleName(tr("Missing or noteworthy"));
    m_heading->setWordWrap(true); // a long word in another language must not widen the card
    m_heading->setToolTip(tr("What is missing, and what helps"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 6, 8, 6);
    layout->setSpacing(4);
    layout->addWidget(m_heading);
    layout->addLayout(m_grid);
    m_grid->setHorizontalSpacing(6);
    m_grid->setVerticalSpacing(5);
    m_grid->setColumnStretch(1, 1);
    hide();
}

void RemedyList::addRow()
{
    const int line = static_cast<int>(m_rows.size());
    Row row{new QLabel(this), new QLabel(this), new QPushButton(this)};
    row.mark->setAlignment(Qt::AlignTop);
    row.text->setWordWrap(true);
    row.text->setTextFormat(Qt::PlainText);
    row.text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row.text->setMinimumWidth(60);
    m_grid->addWidget(row.mark, 2 * line, 0);
    m_grid->addWidget(row.text, 2 * line, 1);
    // Below its words: beside them a narrow card would have no room for either.
    m_grid->addWidget(row.button, 2 * line + 1, 1, Qt::AlignLeft);
    connect(row.button, &QPushButton::clicked, this, [this, line] {
        const MissingItem item = m_items[static_cast<std::size_t>(line)]; // the list may change meanwhile
        Q_EMIT remedyRequested(item);
    });
    m_rows.push_back(row);
}

void RemedyList::setItems(const std::vector<MissingItem>& items)
{
    if (items == m_items)
        return;
    m_items = items;
    while (m_rows.size() < m_items.size())
        addRow();
    for (std::size_t row = 0; row < m_rows.size(); ++row)
        fill(row);
    setVisible(!m_items.empty());
}

void RemedyList::fill(std::size_t index)
{
    const Row& row = m_rows[index];
    const bool used = index < m_items.size();
    row.mark->setVisible(used);
    row.text->setVisible(used);
    row.button->setVisible(used && m_items[index].remedy != MissingItem::Remedy::None);
    if (!used)
        return;
    const MissingItem& item = m_items[index];
    row.mark->setText(item.warning ? QStringLiteral("!") : QStringLiteral("\u2022"));
    row.mark->setStyleSheet(QStringLiteral("QLabel { color: %1; font-weight: bold; }")
                                .arg((item.warning ? m_theme.warning : m_theme.muted).name()));
    row.mark->setAccessibleName(item.warning ? tr("Warning") : tr("Note"));
    row.text->setText(item.text);
    row.button->setText(item.button);
    row.button->setToolTip(item.tip);
    row.button->setAccessibleDescription(item.text);
    row.button->setObjectName(QStringLiteral("remedy-") + item.id);
}

void RemedyList::setTheme(const Theme& theme)
{
    m_theme = theme;
    for (std::size_t row = 0; row < m_rows.size(); ++row)
        fill(row);
}

QPushButton* RemedyList::button(const QString& id) const
{
    for (std::size_t row = 0; row < m_items.size(); ++row)
        if (m_items[row].id == id && m_items[row].remedy != MissingItem::Remedy::None)
            return m_rows[row].button;
    return nullptr;
}

} // namespace bitwright::views
