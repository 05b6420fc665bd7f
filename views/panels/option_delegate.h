#pragma once

#include "views/models/document.h"

#include <QStyledItemDelegate>

namespace bitwright::views {

/// The options of a unit as a list in its cell; illegal ones are shown and cannot be taken.
class OptionDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    explicit OptionDelegate(const Document& document, QObject* parent = nullptr)
        : QStyledItemDelegate(parent)
        , m_document(document)
    { }
    QWidget* createEditor(
        QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void setEditorData(QWidget* editor, const QModelIndex& index) const override;
    void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override;

private:
    const Document& m_document;
};

} // namespace bitwright::views
