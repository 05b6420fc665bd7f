#pragma once

#include <QStyledItemDelegate>

namespace bitwright::views {

/// Draws a number of bits on its fixed color. The model gives the bits as a double under `role`; NaN draws
/// plain text.
class BitsDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    BitsDelegate(int role, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_role(role)
    { }
    void paint(
        QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    int m_role;
};

/// Draws a bar from 0 to 1 taken from `role` behind the text.
class FractionDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    FractionDelegate(int role, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_role(role)
    { }
    void paint(
        QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    int m_role;
};

} // namespace bitwright::views
