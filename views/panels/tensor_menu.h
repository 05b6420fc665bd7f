#pragma once

#include "views/models/document.h"

#include <functional>

class QAbstractItemView;
class QMenu;
class QModelIndex;
class QPoint;
class QPointF;
class QWidget;

namespace bitwright::views {

class ChartBase;

// What every view offers for the tensor under the cursor: the same menu, the same keys, the same option list.

/// A tensor and the units that an edit changes; without units (norms, biases) nothing can be planned.
struct TensorTarget
{
    int tensor = -1;
    QVector<int> units;
    [[nodiscard]] bool isValid() const { return tensor >= 0 || !units.isEmpty(); }
};
/// The target of a click on `tensor`; the whole selection when the tensor is part of it.
[[nodiscard]] TensorTarget targetOfTensor(const Document& document, int tensor);
/// The same for units, such as a cell of a matrix.
[[nodiscard]] TensorTarget targetOfUnits(const Document& document, const QVector<int>& units);
/// What is selected now.
[[nodiscard]] TensorTarget targetOfSelection(const Document& document);

/// Appends: select in all views, set option, restore, lock, tie, note, copy name. Ids are "tensor.select" and
/// so on. Nothing is appended for an invalid target.
void addTensorActions(QMenu& menu, Document& document, const TensorTarget& target);
/// Appends every option that the plan knows for these units, with bits, bytes and predicted harm.
void addOptionActions(QMenu& menu, Document& document, const QVector<int>& units);
/// Opens the list of options at a global position; the menu deletes itself. Returns nullptr without units.
QMenu* showOptionList(
    QWidget* parent, Document& document, const QVector<int>& units, const QPoint& globalPosition);
/// Opens the context menu of a target; the menu deletes itself. Returns nullptr for an invalid target.
QMenu* showTensorMenu(
    QWidget* parent, Document& document, const TensorTarget& target, const QPoint& globalPosition);
/// Asks for the note of a tensor.
void editNote(QWidget* parent, Document& document, int tensor);

/// What Enter does in a tree or table of tensors.
enum class EnterKey
{
    View, ///< Stays the view's own.
    Options, ///< Opens the option list.
};
/// Gives a tree or table the context menu (right button, Menu key) and the keys of installSelectionKeys.
/// `targetAt` maps an index to its tensor.
void installTensorMenu(QAbstractItemView* view, Document& document,
    std::function<TensorTarget(const QModelIndex&)> targetAt, EnterKey enter = EnterKey::View);
/// The same for a chart: its menu begins with what is at the place under the cursor, and it takes the keys of
/// installSelectionKeys but for Enter, which clicks at the crosshair.
void installTensorMenu(
    ChartBase* chart, Document& document, std::function<TensorTarget(const QPointF&)> targetAt);
/// Keys on a view that has the focus, acting on the selection: 2..9 set bits, 0 restores the solver's choice,
/// K locks, T ties, N opens the note, and Enter, unless `enter` is false, opens the option list.
void installSelectionKeys(QWidget* view, Document& document, bool enter = true);

} // namespace bitwright::views
