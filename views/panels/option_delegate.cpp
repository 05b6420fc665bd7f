#include "views/panels/option_delegate.h"

#include "views/charts/chart_math.h"
#include "views/models/allocation_table.h"
#include "views/models/core_text.h"

#include <QComboBox>
#include <QStandardItemModel>
#include <QTimer>

namespace bitwright::views {

QWidget* OptionDelegate::createEditor(
    QWidget* parent, const QStyleOptionViewItem&, const QModelIndex& index) const
{
    const auto& space = m_document.space();
    if (!space)
        return nullptr;
    auto* box = new QComboBox(parent);
    box->setAccessibleName(tr("Option"));
    const auto unit = static_cast<std::size_t>(index.data(AllocationTable::UnitRole).toInt());
    auto* items = qobject_cast<QStandardItemModel*>(box->model());
    for (std::size_t j = 0; j < space->optionIds().size(); ++j) {
        const auto& cell = space->cell(unit, j);
        const QString id = QString::fromStdString(space->optionIds()[j]);
        box->addItem(cell.legal
                ? tr("%1  (harm %2)").arg(id, cell.score ? formatNumber(*cell.score) : tr("unknown"))
                : tr("%1  (refused)").arg(id),
            static_cast<int>(j));
        if (cell.legal)
            continue;
        box->setItemData(static_cast<int>(j), coreText(cell.reason), Qt::ToolTipRole);
        if (items != nullptr)
            items->item(static_cast<int>(j))->setEnabled(false);
    }
    // A choice is an edit at once; without this the list would close and wait for the focus to leave.
    connect(box, &QComboBox::activated, this, [this, box] {
        auto* self = const_cast<OptionDelegate*>(this);
        Q_EMIT self->commitData(box);
        Q_EMIT self->closeEditor(box);
    });
    QTimer::singleShot(0, box, &QComboBox::showPopup);
    return box;
}

void OptionDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const
{
    auto* box = qobject_cast<QComboBox*>(editor);
    if (box != nullptr)
        box->setCurrentIndex(box->findData(index.data(Qt::EditRole)));
}

void OptionDelegate::setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const
{
    const auto* box = qobject_cast<QComboBox*>(editor);
    if (box != nullptr && box->currentData() != index.data(Qt::EditRole))
        model->setData(index, box->currentData(), Qt::EditRole);
}

} // namespace bitwright::views
