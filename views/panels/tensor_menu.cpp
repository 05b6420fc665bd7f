#include "views/panels/tensor_menu.h"

#include "views/charts/chart_base.h"
#include "views/models/text.h"

#include <QAbstractItemView>
#include <QActionGroup>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QCoreApplication>
#include <QGuiApplication>
#include <QInputDialog>
#include <QKeyEvent>
#include <QMenu>

#include <algorithm>
#include <cmath>
#include <set>

namespace bitwright::views {

namespace {

class TensorMenu
{
    Q_DECLARE_TR_FUNCTIONS(TensorMenu)
};

QString nameOf(const Document& document, int tensor)
{
    return QString::fromStdString(escapedForDisplay(
        document.workspace()->checkpoint().tensors()[static_cast<std::size_t>(tensor)].name));
}

/// What an option would mean for several units together; harm is unknown as soon as one score is missing.
struct OptionSum
{
    std::uint64_t bytes = 0;
    std::uint64_t parameters = 0;
    std::optional<double> harm = 0.0;
    int illegal = 0;
    QString reason; ///< Of a refusal, or of a fallback.
    bool fallback = false;
    bool chosen = true; ///< By all units.
};

OptionSum sumOf(const Document& document, const QVector<int>& units, std::size_t option)
{
    OptionSum sum;
    const auto& space = *document.space();
    for (const int unit : units) {
        const auto index = static_cast<std::size_t>(unit);
        const auto& cell = space.cell(index, option);
        sum.chosen = sum.chosen && index < document.choice().size() && document.choice()[index] == option;
        sum.parameters += space.units()[index].parameters();
        if (!cell.legal) {
            ++sum.illegal;
            sum.reason = QString::fromStdString(cell.reason);
            continue;
        }
        sum.bytes += cell.resolved.bytes;
        if (!cell.resolved.fallback.empty()) {
            sum.fallback = true;
            sum.reason = QString::fromStdString(cell.resolved.fallback);
        }
        if (sum.harm && cell.score)
            *sum.harm += *cell.score;
        else
            sum.harm.reset();
    }
    return sum;
}

QString optionLine(const OptionSum& sum)
{
    if (sum.illegal > 0)
        return TensorMenu::tr("refused");
    const double bits = sum.parameters == 0
        ? std::nan("")
        : 8.0 * static_cast<double>(sum.bytes) / static_cast<double>(sum.parameters);
    return TensorMenu::tr("%1 bpw · %2 · harm %3")
        .arg(formatBpw(bits), sizeText(sum.bytes),
            sum.harm ? formatNumber(*sum.harm) : TensorMenu::tr("unknown"));
}

QAction* add(QMenu& menu, const char* id, const QString& label, const QString& tip)
{
    QAction* action = menu.addAction(label);
    action->setObjectName(QLatin1String(id));
    action->setToolTip(tip);
    action->setStatusTip(tip);
    return action;
}

bool allLocked(const Document& document, const QVector<int>& units)
{
    return std::all_of(units.begin(), units.end(), [&](int unit) {
        const auto& name = document.space()->units()[static_cast<std::size_t>(unit)].name;
        const auto found = document.plan().entries.find(name);
        return found != document.plan().entries.end() && found->second.locked;
    });
}

/// The widths of the options that the plan knows, ascending.
std::set<int> offeredBits(const Document& document)
{
    std::set<int> bits;
    for (const auto& option : document.space()->options()) {
        if (option.grid)
            bits.insert(option.grid->bits);
    }
    return bits;
}

void addPlanActions(QMenu& menu, Document& document, const QVector<int>& units)
{
    QMenu* widths = menu.addMenu(TensorMenu::tr("Set &bits"));
    widths->menuAction()->setObjectName(QStringLiteral("tensor.bits"));
    for (const int bits : offeredBits(document)) {
        QAction* action = widths->addAction(TensorMenu::tr("%1 bits\t%1").arg(bits));
        action->setObjectName(QStringLiteral("tensor.bits.%1").arg(bits));
        QObject::connect(action, &QAction::triggered, &document,
            [&document, units, bits] { document.setBits(units, bits); });
    }
    QMenu* options = menu.addMenu(TensorMenu::tr("Set &option"));
    options->menuAction()->setObjectName(QStringLiteral("tensor.options"));
    options->setToolTipsVisible(true);
    addOptionActions(*options, document, units);
    QObject::connect(add(menu, "tensor.restore", TensorMenu::tr("&Restore the solver's choice\t0"),
                         TensorMenu::tr("What the solver takes for these tensors at the budget (0)")),
        &QAction::triggered, &document, [&document, units] { document.restore(units); });
    const bool locked = allLocked(document, document.withTies(units));
    QObject::connect(
        add(menu, "tensor.lock", locked ? TensorMenu::tr("Un&lock\tK") : TensorMenu::tr("&Lock\tK"),
            TensorMenu::tr("A locked tensor keeps its option whatever the solver does (K)")),
        &QAction::triggered, &document, [&document, units] { document.toggleLock(units); });
    QAction* tie = add(menu, "tensor.tie", TensorMenu::tr("&Ties of the whole plan\tT"),
        TensorMenu::tr("Everywhere in the plan, whatever is selected: q/k/v, gate/up and experts take one "
                       "option together (T)"));
    tie->setCheckable(true);
    tie->setChecked(document.plan().ties);
    tie->setEnabled(!document.space()->ties().empty());
    QObject::connect(tie, &QAction::triggered, &document, [&document] { document.toggleTies(); });
    menu.addSeparator();
}

/// Turns keys on a view into edits of the selection.
class SelectionKeys : public QObject
{
public:
    SelectionKeys(QWidget* view, Document& document, bool enter)
        : QObject(view)
        , m_view(view)
        , m_document(document)
        , m_enter(enter)
    { }

    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride)
            return false;
        const auto* key = static_cast<QKeyEvent*>(event);
        if ((key->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier)) != 0 || !m_document.space())
            return false;
        const TensorTarget target = targetOfSelection(m_document);
        if (!target.isValid())
            return false;
        const bool ours = handles(key->key(), target);
        if (!ours || event->type() == QEvent::ShortcutOverride) {
            if (ours)
                event->accept();
            return ours;
        }
        run(key->key(), target);
        return true;
    }

private:
    [[nodiscard]] bool handles(int key, const TensorTarget& target) const
    {
        if (key == Qt::Key_N)
            return target.tensor >= 0;
        if (target.units.isEmpty())
            return false;
        return (key >= Qt::Key_2 && key <= Qt::Key_9) || key == Qt::Key_0 || key == Qt::Key_K
            || key == Qt::Key_T || (m_enter && (key == Qt::Key_Return || key == Qt::Key_Enter));
    }

    void run(int key, const TensorTarget& target)
    {
        switch (key) {
        case Qt::Key_0:
            return m_document.restore(target.units);
        case Qt::Key_K:
            return m_document.toggleLock(target.units);
        case Qt::Key_T:
            return m_document.toggleTies();
        case Qt::Key_N:
            return editNote(m_view, m_document, target.tensor);
        case Qt::Key_Return:
        case Qt::Key_Enter:
            showOptionList(m_view, m_document, target.units, anchor());
            return;
        default:
            m_document.setBits(target.units, key - Qt::Key_0);
        }
    }

    [[nodiscard]] QPoint anchor() const
    {
        if (const auto* view = qobject_cast<QAbstractItemView*>(m_view))
            return view->viewport()->mapToGlobal(
                view->visualRect(view->currentIndex()).bottomLeft() + QPoint(16, 2));
        return m_view->mapToGlobal(m_view->rect().center());
    }

    QWidget* m_view;
    Document& m_document;
    bool m_enter;
};

} // namespace

TensorTarget targetOfTensor(const Document& document, int tensor)
{
    if (!document.isOpen() || tensor < 0)
        return {};
    const QVector<int> units = document.unitsOfTensor(tensor);
    if (units.isEmpty())
        return {tensor, {}};
    TensorTarget target = targetOfUnits(document, units);
    target.tensor = tensor;
    return target;
}

TensorTarget targetOfUnits(const Document& document, const QVector<int>& units)
{
    if (!document.isOpen() || units.isEmpty())
        return {};
    const QVector<int>& selected = document.selection().units();
    const bool inside
        = std::all_of(units.begin(), units.end(), [&](int unit) { return selected.contains(unit); });
    return {document.tensorOfUnit(units.front()), inside ? selected : units};
}

TensorTarget targetOfSelection(const Document& document)
{
    if (!document.isOpen())
        return {};
    return {document.selection().tensor(), document.selection().units()};
}

void addOptionActions(QMenu& menu, Document& document, const QVector<int>& units)
{
    if (!document.space() || units.isEmpty())
        return;
    const QVector<int> all = document.withTies(units);
    auto* group = new QActionGroup(&menu);
    group->setExclusionPolicy(QActionGroup::ExclusionPolicy::ExclusiveOptional);
    const auto& ids = document.space()->optionIds();
    for (std::size_t j = 0; j < ids.size(); ++j) {
        const OptionSum sum = sumOf(document, all, j);
        const QString id = QString::fromStdString(ids[j]);
        QAction* action = menu.addAction(QStringLiteral("%1\t%2").arg(id, optionLine(sum)));
        action->setObjectName(QStringLiteral("tensor.option.") + id);
        action->setCheckable(true);
        action->setChecked(sum.chosen);
        action->setEnabled(sum.illegal < all.size());
        action->setToolTip(sum.reason.isEmpty() ? id : QStringLiteral("%1: %2").arg(id, sum.reason));
        group->addAction(action);
        QObject::connect(
            action, &QAction::triggered, &document, [&document, units, j] { document.setOption(units, j); });
    }
    menu.addSeparator();
    QAction* label = menu.addAction(
        TensorMenu::tr("Harm: %1").arg(QString::fromStdString(document.space()->provenance().label)));
    label->setEnabled(false);
}

void addTensorActions(QMenu& menu, Document& document, const TensorTarget& target)
{
    if (!document.isOpen() || !target.isValid())
        return;
    const int tensor = target.tensor >= 0 ? target.tensor : document.tensorOfUnit(target.units.front());
    const auto count = target.units.size();
    QAction* heading
        = menu.addAction(count > 1 ? TensorMenu::tr("%1 tensors").arg(count) : nameOf(document, tensor));
    heading->setObjectName(QStringLiteral("tensor.heading"));
    heading->setEnabled(false);
    QObject::connect(add(menu, "tensor.select", TensorMenu::tr("&Select in all views"),
                         TensorMenu::tr("Every view shows this tensor")),
        &QAction::triggered, &document, [&document, target, tensor] {
            target.units.isEmpty() ? document.selectTensor(tensor) : document.selectUnits(target.units);
        });
    if (document.space() && !target.units.isEmpty())
        addPlanActions(menu, document, target.units);
    const QString note = document.note(tensor);
    QAction* edit = add(menu, "tensor.note",
        note.isEmpty() ? TensorMenu::tr("Write a &note…\tN") : TensorMenu::tr("Edit the &note…\tN"),
        note.isEmpty() ? TensorMenu::tr("Pins a text to this tensor; kept in the project (N)") : note);
    QObject::connect(edit, &QAction::triggered, &document,
        [&document, tensor, parent = menu.parentWidget()] { editNote(parent, document, tensor); });
    QObject::connect(add(menu, "tensor.copyName", TensorMenu::tr("&Copy name"),
                         TensorMenu::tr("The full name, to the clipboard")),
        &QAction::triggered, &document, [&document, target, tensor] {
            QStringList names;
            for (const int unit : target.units)
                names.push_back(QString::fromStdString(
                    document.workspace()->units()[static_cast<std::size_t>(unit)].name));
            if (names.isEmpty())
                names.push_back(QString::fromStdString(
                    document.workspace()->checkpoint().tensors()[static_cast<std::size_t>(tensor)].name));
            QGuiApplication::clipboard()->setText(names.join(QLatin1Char('\n')));
        });
    menu.setToolTipsVisible(true);
}

QMenu* showOptionList(
    QWidget* parent, Document& document, const QVector<int>& units, const QPoint& globalPosition)
{
    if (!document.space() || units.isEmpty())
        return nullptr;
    auto* menu = new QMenu(parent);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(QStringLiteral("optionList"));
    menu->setToolTipsVisible(true);
    addOptionActions(*menu, document, units);
    for (QAction* action : menu->actions()) {
        if (action->isChecked())
            menu->setActiveAction(action); // the arrow keys start from what is chosen
    }
    menu->popup(globalPosition);
    return menu;
}

QMenu* showTensorMenu(
    QWidget* parent, Document& document, const TensorTarget& target, const QPoint& globalPosition)
{
    if (!document.isOpen() || !target.isValid())
        return nullptr;
    auto* menu = new QMenu(parent);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(QStringLiteral("tensorMenu"));
    addTensorActions(*menu, document, target);
    menu->popup(globalPosition);
    return menu;
}

void editNote(QWidget* parent, Document& document, int tensor)
{
    if (!document.isOpen() || tensor < 0)
        return;
    auto* dialog = new QInputDialog(parent == nullptr ? nullptr : parent->window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("noteDialog"));
    dialog->setOption(QInputDialog::UsePlainTextEditForTextInput);
    dialog->setWindowTitle(TensorMenu::tr("Note"));
    dialog->setLabelText(TensorMenu::tr("Note on %1").arg(nameOf(document, tensor)));
    dialog->setTextValue(document.note(tensor));
    QObject::connect(dialog, &QInputDialog::textValueSelected, &document,
        [&document, tensor](const QString& note) { document.setNote(tensor, note); });
    // A note belongs to the model that it was begun on.
    QObject::connect(&document, &Document::closed, dialog, &QDialog::reject);
    dialog->open();
}

void installTensorMenu(QAbstractItemView* view, Document& document,
    std::function<TensorTarget(const QModelIndex&)> targetAt, EnterKey enter)
{
    view->setContextMenuPolicy(Qt::CustomContextMenu);
    QObject::connect(view, &QWidget::customContextMenuRequested, view,
        [view, &document, targetAt = std::move(targetAt)](const QPoint& position) {
            QModelIndex index = view->indexAt(position);
            if (!index.isValid())
                index = view->currentIndex();
            if (index.isValid())
                showTensorMenu(view, document, targetAt(index), view->viewport()->mapToGlobal(position));
        });
    installSelectionKeys(view, document, enter == EnterKey::Options);
}

void installTensorMenu(
    ChartBase* chart, Document& document, std::function<TensorTarget(const QPointF&)> targetAt)
{
    QObject::connect(chart, &ChartBase::contextMenuStarting, chart,
        [&document, targetAt = std::move(targetAt)](QMenu* menu, const QPointF& position) {
            if (document.isOpen())
                addTensorActions(*menu, document, targetAt(position));
        });
    installSelectionKeys(chart, document, false);
}

void installSelectionKeys(QWidget* view, Document& document, bool enter)
{
    view->installEventFilter(new SelectionKeys(view, document, enter));
}

} // namespace bitwright::views
