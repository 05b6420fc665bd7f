#include "app/gui/command_palette.h"

#include "core/model/checkpoint.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QLocale>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace bitwright::gui {

using namespace views;

namespace {

constexpr int kCommandBonus = 12; ///< An action before a tensor that matches as well.
constexpr int kMargin = 10;

/// What is called what one types comes before what only mentions it in its description: a tensor has nothing
/// but its name.
int titleBonus(const QString& title, const QString& query)
{
    constexpr int kPerWord = 40;
    const std::string folded = fuzzyFolded(title.toStdString());
    int bonus = 0;
    for (const QString& word : query.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const int score = fuzzyScore(folded, fuzzyFolded(word.toStdString()));
        bonus += score < 0 ? 0 : kPerWord + score;
    }
    return bonus;
}

/// Title at the left, where it stands after it in grey, its key at the right.
class PaletteDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override
    {
        return {100, option.fontMetrics.height() + 8};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        const bool enabled = index.flags().testFlag(Qt::ItemIsEnabled);
        const QPalette& colors = option.palette;
        if (selected)
            painter->fillRect(option.rect, colors.color(QPalette::Highlight));
        const QColor ink = selected ? colors.color(QPalette::HighlightedText)
            : enabled               ? colors.color(QPalette::Text)
                                    : colors.color(QPalette::Disabled, QPalette::Text);
        const QColor grey = selected ? ink : colors.color(QPalette::PlaceholderText);
        QRect area = option.rect.adjusted(kMargin, 0, -kMargin, 0);
        const auto draw = [&](const QString& text, const QColor& color, int flags) {
            painter->setPen(color);
            painter->drawText(area, flags | Qt::AlignVCenter | Qt::TextSingleLine, text);
            return option.fontMetrics.horizontalAdvance(text) + 14;
        };
        if (const QString keys = index.data(PaletteModel::KeysRole).toString(); !keys.isEmpty())
            area.setRight(area.right() - draw(keys, grey, Qt::AlignRight));
        const QString title = option.fontMetrics.elidedText(
            index.data(Qt::DisplayRole).toString(), Qt::ElideMiddle, area.width());
        area.setLeft(area.left() + draw(title, ink, Qt::AlignLeft));
        const QString detail = index.data(PaletteModel::DetailRole).toString();
        if (area.width() > 40)
            draw(option.fontMetrics.elidedText(detail, Qt::ElideRight, area.width()), grey, Qt::AlignLeft);
    }
};

} // namespace

// --- Model ---

void PaletteModel::setCommands(std::vector<Command> commands)
{
    m_commands = std::move(commands);
    m_commandIndex.clear();
    for (const Command& command : m_commands)
        m_commandIndex.add(
            QStringLiteral("%1 %2 %3").arg(command.title, command.detail, command.words).toStdString(),
            kCommandBonus);
    setQuery(m_query);
}

void PaletteModel::setTensors(
    std::shared_ptr<const model::Checkpoint> checkpoint, std::function<void(int)> select)
{
    m_select = std::move(select);
    if (checkpoint == m_checkpoint)
        return;
    m_checkpoint = std::move(checkpoint);
    m_tensorIndex.clear();
    if (m_checkpoint) {
        m_tensorIndex.reserve(m_checkpoint->tensors().size(), 48 * m_checkpoint->tensors().size());
        for (const auto& tensor : m_checkpoint->tensors())
            m_tensorIndex.add(tensor.name);
    }
    setQuery(m_query);
}

void PaletteModel::setQuery(const QString& query)
{
    beginResetModel();
    m_query = query;
    std::size_t commands = 0, tensors = 0;
    m_rows.clear();
    const bool empty = query.trimmed().isEmpty();
    for (const auto& hit : m_commandIndex.find(query, m_commands.size(), &commands))
        m_rows.push_back(
            {false, hit.text, hit.score + (empty ? 0 : titleBonus(m_commands[hit.text].title, query))});
    for (const auto& hit : m_tensorIndex.find(query, kMostShown, &tensors))
        m_rows.push_back({true, hit.text,
            hit.score
                + (empty ? 0
                         : titleBonus(
                             QString::fromStdString(m_checkpoint->tensors()[hit.text].name), query))});
    // Without a query, commands in the order of the menus stand before tensors in that of the file.
    if (!empty)
        std::stable_sort(
            m_rows.begin(), m_rows.end(), [](const Row& a, const Row& b) { return a.score > b.score; });
    if (m_rows.size() > kMostShown)
        m_rows.resize(kMostShown);
    m_matches = commands + tensors;
    endResetModel();
}

const PaletteModel::Command* PaletteModel::commandAt(int row) const
{
    const Row& found = m_rows[static_cast<std::size_t>(row)];
    return found.tensor ? nullptr : &m_commands[found.index];
}

QString PaletteModel::tensorName(std::uint32_t index) const
{
    return QString::fromStdString(escapedForDisplay(m_checkpoint->tensors()[index].name));
}

std::function<void()> PaletteModel::runnable(int row) const
{
    if (row < 0 || row >= rowCount())
        return {};
    if (const Command* command = commandAt(row); command != nullptr)
        return command->enabled ? command->run : std::function<void()>();
    return [select = m_select, tensor = static_cast<int>(m_rows[static_cast<std::size_t>(row)].index)] {
        select(tensor);
    };
}

int PaletteModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

Qt::ItemFlags PaletteModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const Command* command = commandAt(index.row());
    // A command that cannot run now can still be looked at: it tells its key.
    return command == nullptr || command->enabled ? Qt::ItemIsEnabled | Qt::ItemIsSelectable
                                                  : Qt::ItemIsSelectable;
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const Command* command = commandAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        return command != nullptr ? command->title
                                  : tensorName(m_rows[static_cast<std::size_t>(index.row())].index);
    case DetailRole:
        return command != nullptr ? command->detail : tr("Tensor");
    case KeysRole:
        return command != nullptr ? command->keys : QString();
    case Qt::AccessibleDescriptionRole:
        return command != nullptr ? QStringLiteral("%1 %2").arg(command->detail, command->keys)
                                  : tr("Tensor");
    default:
        return {};
    }
}

// --- Widget ---

CommandPalette::CommandPalette(QWidget* window)
    : QFrame(window)
    , m_model(new PaletteModel(this))
    , m_edit(new QLineEdit(this))
    , m_list(new QListView(this))
    , m_count(new QLabel(this))
{
    setObjectName(QStringLiteral("palette"));
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setAccessibleName(tr("Command palette"));
    m_edit->setPlaceholderText(tr("Type a few letters of an action, a view, a plan or a tensor"));
    m_edit->setAccessibleName(tr("Search actions, views, plans and tensors"));
    m_edit->setClearButtonEnabled(true);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new PaletteDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setAccessibleName(tr("Matches, best first"));
    m_count->setContentsMargins(4, 0, 4, 0);
    m_count->setEnabled(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 6);
    layout->setSpacing(6);
    layout->addWidget(m_edit);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_count);
    m_edit->installEventFilter(this);
    window->installEventFilter(this);
    connect(m_edit, &QLineEdit::textChanged, this, &CommandPalette::queryChanged);
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex& index) {
        m_list->setCurrentIndex(index);
        runCurrent();
    });
    hide();
}

void CommandPalette::popUp()
{
    m_before = QApplication::focusWidget();
    m_edit->clear();
    queryChanged({});
    place();
    show();
    raise();
    m_edit->setFocus(Qt::ShortcutFocusReason);
}

void CommandPalette::dismiss()
{
    if (isHidden())
        return;
    hide();
    if (m_before != nullptr)
        m_before->setFocus(Qt::OtherFocusReason);
}

void CommandPalette::place()
{
    const QSize room = parentWidget()->size();
    const int width = std::min(760, room.width() - 40);
    const int height = std::min(520, room.height() - 80);
    setGeometry((room.width() - width) / 2, 40, width, height);
}

void CommandPalette::queryChanged(const QString& query)
{
    m_model->setQuery(query);
    // The first that can run.
    int row = 0;
    while (row < m_model->rowCount() && !m_model->runnable(row))
        ++row;
    if (row < m_model->rowCount())
        m_list->setCurrentIndex(m_model->index(row, 0));
    m_list->scrollToTop();
    const auto shown = static_cast<std::size_t>(m_model->rowCount());
    const QString all = QLocale().toString(static_cast<qulonglong>(m_model->matches()));
    m_count->setText(shown == 0          ? tr("Nothing matches.")
            : shown < m_model->matches() ? tr("The best %1 of %2. Enter runs, Esc closes").arg(shown).arg(all)
                                         : tr("%1 matches. Enter runs, Esc closes").arg(all));
}

void CommandPalette::runCurrent()
{
    const auto run = m_model->runnable(m_list->currentIndex().row());
    if (!run)
        return;
    dismiss();
    run();
}

bool CommandPalette::handleKey(int key, Qt::KeyboardModifiers modifiers)
{
    const int rows = m_model->rowCount();
    const int row = m_list->currentIndex().row();
    const int page = std::max(1, m_list->height() / std::max(1, m_list->sizeHintForRow(0)) - 1);
    const auto go = [&](int wanted) {
        m_list->setCurrentIndex(m_model->index(std::clamp(wanted, 0, std::max(0, rows - 1)), 0));
        return true;
    };
    switch (key) {
    case Qt::Key_Escape:
        dismiss();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        runCurrent();
        return true;
    case Qt::Key_Down:
        return go(row + 1);
    case Qt::Key_Up:
        return go(row - 1);
    case Qt::Key_PageDown:
        return go(row + page);
    case Qt::Key_PageUp:
        return go(row - page);
    case Qt::Key_Home:
        return modifiers.testFlag(Qt::ControlModifier) && go(0);
    case Qt::Key_End:
        return modifiers.testFlag(Qt::ControlModifier) && go(rows - 1);
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
        return true; // there is nowhere else to go
    default:
        return false;
    }
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible())
        place();
    if (watched != m_edit)
        return QFrame::eventFilter(watched, event);
    if (event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (event->type() == QEvent::ShortcutOverride) {
            // Window shortcuts rest while the palette has the focus.
            event->accept();
            return true;
        }
        return handleKey(key->key(), key->modifiers());
    }
    if (event->type() == QEvent::FocusOut) {
        const auto reason = static_cast<QFocusEvent*>(event)->reason();
        if (reason != Qt::PopupFocusReason && reason != Qt::ActiveWindowFocusReason)
            hide();
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace bitwright::gui
