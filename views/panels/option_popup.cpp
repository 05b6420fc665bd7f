#include "views/panels/option_popup.h"

#include "views/charts/chart_math.h"
#include "views/models/core_text.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QScreen>
#include <QScrollBar>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace bitwright::views {

namespace {

constexpr int kOptionRole = Qt::UserRole + 1;

/// Sums over the units of a selection for one option.
struct OptionSums
{
    double bytes = 0, harm = 0, parameters = 0;
    bool known = true;
    QString illegal;
};

OptionSums sumsOf(const plan::PlanSpace& space, const QVector<int>& units, std::size_t option)
{
    OptionSums sums;
    for (const int unit : units) {
        const auto index = static_cast<std::size_t>(unit);
        const auto& cell = space.cell(index, option);
        if (!cell.legal && sums.illegal.isEmpty())
            sums.illegal = coreText(cell.reason);
        sums.known = sums.known && cell.score.has_value();
        sums.harm += cell.score.value_or(0);
        sums.bytes += static_cast<double>(cell.resolved.bytes);
        sums.parameters += static_cast<double>(space.units()[index].parameters());
    }
    return sums;
}

} // namespace

OptionPopup::OptionPopup(Document& document, const QVector<int>& units, QWidget* parent)
    : QFrame(parent, Qt::Popup)
    , m_document(document)
    , m_units(units)
    , m_list(new QTreeWidget(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(QStringLiteral("option-popup"));
    setFrameShape(QFrame::StyledPanel);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->setSpacing(3);
    const auto& space = *document.space();
    auto* title = new QLabel(units.size() == 1 ? QString::fromStdString(escapedForDisplay(
                                 space.units()[static_cast<std::size_t>(units.front())].name))
                                               : tr("%1 units").arg(units.size()),
        this);
    auto* foot = new QLabel(provenanceText(space.provenance()), this);
    foot->setEnabled(false);
    layout->addWidget(title);
    layout->addWidget(m_list);
    layout->addWidget(foot);
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAllColumnsShowFocus(true);
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("Options of the selection"));
    m_list->setHeaderLabels({tr("Option"), tr("Bits"), tr("Size"), tr("Harm"), tr("Change")});
    for (int column = 1; column < 5; ++column)
        m_list->headerItem()->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    m_list->installEventFilter(this);
    fill();
    connect(m_list, &QTreeWidget::itemClicked, this, &OptionPopup::choose);
    const auto preview = [this](QTreeWidgetItem* item) {
        Q_EMIT optionHovered(m_units.size() == 1 ? m_units.front() : -1,
            item == nullptr ? -1 : item->data(0, kOptionRole).toInt());
    };
    connect(m_list, &QTreeWidget::itemEntered, this, preview);
    connect(m_list, &QTreeWidget::currentItemChanged, this, preview);
}

void OptionPopup::fill()
{
    const auto& space = *m_document.space();
    OptionSums now;
    bool nowKnown = true;
    for (const int unit : m_units) {
        const auto& cell
            = space.cell(static_cast<std::size_t>(unit), m_document.choice()[static_cast<std::size_t>(unit)]);
        nowKnown = nowKnown && cell.score;
        now.harm += cell.score.value_or(0);
    }
    for (std::size_t j = 0; j < space.optionIds().size(); ++j) {
        const OptionSums sums = sumsOf(space, m_units, j);
        auto* item = new QTreeWidgetItem(m_list);
        item->setData(0, kOptionRole, static_cast<int>(j));
        item->setText(0, QString::fromStdString(space.optionIds()[j]));
        for (int column = 1; column < 5; ++column)
            item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
        if (!sums.illegal.isEmpty()) {
            item->setText(1, tr("refused"));
            item->setToolTip(0, sums.illegal);
            item->setFlags(Qt::NoItemFlags);
            continue;
        }
        item->setText(1, formatBpw(8 * sums.bytes / std::max(1.0, sums.parameters)));
        item->setText(2, formatBytes(sums.bytes));
        item->setToolTip(2, formatExactBytes(sums.bytes));
        item->setText(3, sums.known ? formatNumber(sums.harm) : tr("unknown"));
        if (sums.known && nowKnown) {
            const double change = sums.harm - now.harm;
            item->setText(4, (change > 0 ? QStringLiteral("+") : QString()) + formatNumber(change));
        }
        const bool chosen = std::all_of(m_units.begin(), m_units.end(),
            [&](int unit) { return m_document.choice()[static_cast<std::size_t>(unit)] == j; });
        QFont font = item->font(0);
        font.setBold(chosen);
        item->setFont(0, font);
        if (chosen)
            m_list->setCurrentItem(item);
    }
    m_list->header()->setStretchLastSection(false);
    int width = 2 * m_list->frameWidth() + m_list->verticalScrollBar()->sizeHint().width();
    for (int column = 0; column < 5; ++column) {
        m_list->resizeColumnToContents(column);
        width += m_list->columnWidth(column);
    }
    const int rows = std::min(m_list->topLevelItemCount(), 18);
    m_list->setFixedSize(
        width + 4, m_list->header()->sizeHint().height() + rows * m_list->sizeHintForRow(0) + 6);
}

void OptionPopup::showAt(const QPoint& globalPosition)
{
    adjustSize();
    // A popup that would leave the screen turns to the other side.
    QPoint place = globalPosition;
    const QScreen* screen = parentWidget() != nullptr ? parentWidget()->screen() : nullptr;
    if (screen != nullptr) {
        const QRect area = screen->availableGeometry();
        place.setX(std::clamp(place.x(), area.left(), std::max(area.left(), area.right() - width())));
        place.setY(std::clamp(place.y(), area.top(), std::max(area.top(), area.bottom() - height())));
    }
    move(place);
    show();
    m_list->setFocus();
}

bool OptionPopup::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_list && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            choose(m_list->currentItem());
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void OptionPopup::choose(QTreeWidgetItem* item)
{
    if (item == nullptr || !item->flags().testFlag(Qt::ItemIsEnabled))
        return;
    const auto option = static_cast<std::size_t>(item->data(0, kOptionRole).toInt());
    close();
    m_document.setOption(m_units, option);
}

void OptionPopup::hideEvent(QHideEvent* event)
{
    Q_EMIT optionHovered(-1, -1);
    QFrame::hideEvent(event);
}

} // namespace bitwright::views
