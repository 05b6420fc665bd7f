#include "views/panels/sensitivity_panel.h"

#include "views/charts/option_heat_map.h"
#include "views/models/harm_run.h"
#include "views/panels/chart_data.h"
#include "views/panels/option_popup.h"
#include "views/panels/plan_data.h"
#include "views/panels/tensor_menu.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace bitwright::views {

namespace {
const QString kExperts = QStringLiteral("experts"); ///< Row of the block whose experts are shown.
}

SensitivityPanel::SensitivityPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("sensitivity"), tr("Block × role"), parent)
    , m_stack(new QStackedWidget(this))
    , m_matrix(new BlockRoleMatrix(this))
    , m_heat(new OptionHeatMap(this))
    , m_view(new QComboBox(this))
    , m_sort(new QComboBox(this))
    , m_back(new QToolButton(this))
    , m_title(new QLabel(this))
{
    createBar();
    createActions();
    m_stack->addWidget(m_matrix);
    m_stack->addWidget(m_heat);
    m_layout->addWidget(m_stack, 1);
    connectMatrix();
    connectHeatMap();
    offerChart(*m_matrix);
    m_heat->nameActions(QStringLiteral("option-map"));
    trackChart(*m_heat);
    addActions(m_heat->chartActions());
    connectDocument();
    showHeatMap(false);
    rebuild();
}

void SensitivityPanel::createBar()
{
    m_view->addItem(tr("Block × role"));
    m_view->addItem(tr("Tensor × option"));
    m_view->setAccessibleName(tr("Editor of the plan"));
    m_view->setToolTip(
        tr("Block × role: what the plan chose. Tensor × option: what every option would cost (H)"));
    m_sort->addItem(tr("by block"), static_cast<int>(OptionHeatMap::Order::Natural));
    m_sort->addItem(tr("by role"), static_cast<int>(OptionHeatMap::Order::Role));
    m_sort->addItem(tr("by harm"), static_cast<int>(OptionHeatMap::Order::Harm));
    m_sort->setAccessibleName(tr("Order of the tensors"));
    m_sort->setToolTip(
        tr("Order of the rows: as in the model, by role, or the most harm of the present plan first"));
    m_back->setText(tr("◂ All blocks"));
    m_back->setToolTip(tr("Back from the experts of one block to all blocks (Backspace)"));
    m_back->setAccessibleName(tr("All blocks"));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(8, 4, 8, 2);
    bar->setSpacing(6);
    bar->addWidget(m_view);
    bar->addWidget(m_sort);
    bar->addWidget(m_back);
    bar->addWidget(m_title, 1);
    m_layout->addLayout(bar);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    connect(m_view, &QComboBox::activated, this, [this](int index) { showHeatMap(index == 1); });
    connect(m_sort, &QComboBox::activated, this,
        [this] { m_heat->setOrder(static_cast<OptionHeatMap::Order>(m_sort->currentData().toInt())); });
    connect(m_back, &QToolButton::clicked, this, [this] { showExperts(-1); });
}

void SensitivityPanel::createActions()
{
    const auto add
        = [this](const QString& id, const QString& text, const QString& toolTip, const QKeySequence& key) {
              auto* action = new QAction(text, this);
              action->setObjectName(id);
              action->setToolTip(toolTip);
              action->setShortcut(key);
              action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
              addAction(action);
              return action;
          };
    auto* change = add(QStringLiteral("sensitivity.switch"), tr("Block × role or tensor × &option"),
        tr("Switches between the two editors (H)"), Qt::Key_H);
    connect(change, &QAction::triggered, this, [this] { showHeatMap(!showsHeatMap()); });
    m_backAction = add(QStringLiteral("sensitivity.all-blocks"), tr("Back to all &blocks"),
        tr("Leaves the experts of one block (Backspace)"), Qt::Key_Backspace);
    connect(m_backAction, &QAction::triggered, this, [this] { showExperts(-1); });
    const std::pair<OptionHeatMap::Order, QString> orders[]
        = {{OptionHeatMap::Order::Natural, tr("Sort tensors by bl&ock")},
            {OptionHeatMap::Order::Role, tr("Sort tensors by &role")},
            {OptionHeatMap::Order::Harm, tr("Sort tensors by &harm")}};
    for (const auto& [order, text] : orders) {
        auto* action = add(QStringLiteral("sensitivity.sort-%1").arg(static_cast<int>(order)), text,
            tr("Order of the rows of the tensor × option map"), {});
        connect(action, &QAction::triggered, this, [this, order = order] {
            m_sort->setCurrentIndex(m_sort->findData(static_cast<int>(order)));
            m_heat->setOrder(order);
        });
    }
}

void SensitivityPanel::showHeatMap(bool heat)
{
    m_stack->setCurrentIndex(heat ? 1 : 0);
    m_view->setCurrentIndex(heat ? 1 : 0);
    m_sort->setVisible(heat);
    m_back->setVisible(!heat && m_expertRow >= 0);
    m_title->setVisible(!heat);
    if (heat)
        refresh();
}

bool SensitivityPanel::showsHeatMap() const
{
    return m_stack->currentIndex() == 1;
}

void SensitivityPanel::applyTheme(const Theme& theme)
{
    m_matrix->setTheme(theme);
    m_heat->setTheme(theme);
}

ChartSurface* SensitivityPanel::showChart(const QString& word)
{
    showHeatMap(chartWords().contains(word));
    return surface();
}

ChartSurface* SensitivityPanel::surface()
{
    return showsHeatMap() ? static_cast<ChartSurface*>(m_heat) : m_matrix;
}

QVector<int> SensitivityPanel::toDocument(const QVector<int>& shown) const
{
    if (m_shownUnits.isEmpty())
        return shown;
    QVector<int> units;
    for (const int unit : shown)
        units.push_back(m_shownUnits[unit]);
    return units;
}

QVector<int> SensitivityPanel::fromDocument(const QVector<int>& units) const
{
    if (m_shownUnits.isEmpty())
        return units;
    QVector<int> shown;
    for (const int unit : units)
        if (const auto at = m_shownUnits.indexOf(unit); at >= 0)
            shown.push_back(static_cast<int>(at));
    return shown;
}

void SensitivityPanel::pairBy(const HarmRun& run)
{
    const auto take = [this, &run] {
        m_matrix->setAlikeTest([this, &run](int shown, int other) { return alike(run, shown, other); });
    };
    connect(&run, &HarmRun::changed, this, take);
    take();
}

/// Whether two shown units do the same harm at their present options, over the same tokens; nothing where one
/// of them was not measured.
std::optional<bool> SensitivityPanel::alike(const HarmRun& run, int shown, int other) const
{
    const auto& space = m_document.space();
    const auto& choice = m_document.choice();
    const auto pairOf = [&](int index) -> const HarmPair* {
        const int unit = m_shownUnits.isEmpty() ? index : m_shownUnits[index];
        const auto at = static_cast<std::size_t>(unit);
        if (!space || at >= choice.size())
            return nullptr;
        return run.pairOf(unit, QString::fromStdString(space->cell(at, choice[at]).resolved.option.id));
    };
    const HarmPair *a = pairOf(shown), *b = pairOf(other);
    if (a == nullptr || b == nullptr)
        return std::nullopt;
    const auto difference = measure::pairedDifference(a->sums, b->sums, 0);
    return difference ? std::optional(difference->holds(0)) : std::nullopt;
}

void SensitivityPanel::hoverUnit(int unit)
{
    // Tie partners light up with the cell under the cursor.
    QVector<int> partners;
    if (unit >= 0 && m_document.space()) {
        for (const auto& tie : m_document.space()->tiesOf(m_document.plan())) {
            if (std::find(tie.units.begin(), tie.units.end(), static_cast<std::size_t>(unit))
                != tie.units.end()) {
                for (const auto member : tie.units)
                    partners.push_back(static_cast<int>(member));
            }
        }
    }
    m_matrix->setHighlighted(fromDocument(partners));
    Q_EMIT unitHovered(unit);
}

void SensitivityPanel::connectMatrix()
{
    using Units = QVector<int>;
    connect(m_matrix, &BlockRoleMatrix::readoutChanged, this, &Panel::readout);
    connect(m_matrix, &BlockRoleMatrix::remedyRequested, this, &Panel::openModelRequested);
    connect(m_matrix, &BlockRoleMatrix::selectionEdited, this,
        [this](const Units& units) { m_document.selectUnits(toDocument(units)); });
    connect(m_matrix, &BlockRoleMatrix::setBitsRequested, this,
        [this](const Units& units, int bits) { m_document.setBits(toDocument(units), bits); });
    connect(m_matrix, &BlockRoleMatrix::restoreRequested, this,
        [this](const Units& units) { m_document.restore(toDocument(units)); });
    connect(m_matrix, &BlockRoleMatrix::lockToggleRequested, this,
        [this](const Units& units) { m_document.toggleLock(toDocument(units)); });
    connect(m_matrix, &BlockRoleMatrix::tieToggleRequested, this, [this] { m_document.toggleTies(); });
    connect(m_matrix, &BlockRoleMatrix::optionListRequested, this,
        [this](const Units& units, const QPoint& at) { showOptions(toDocument(units), at); });
    connect(
        m_matrix, &BlockRoleMatrix::contextMenuAboutToShow, this, [this](QMenu* menu, const Units& units) {
            addTensorActions(*menu, m_document, targetOfUnits(m_document, toDocument(units)));
        });
    connect(m_matrix, &BlockRoleMatrix::cellOpened, this, [this](int row, int) { showExperts(row); });
    connect(m_matrix, &BlockRoleMatrix::hovered, this,
        [this](int unit) { hoverUnit(unit < 0 || m_shownUnits.isEmpty() ? unit : m_shownUnits[unit]); });
}

void SensitivityPanel::connectHeatMap()
{
    using Units = QVector<int>;
    connect(m_heat, &OptionHeatMap::readoutChanged, this, &Panel::readout);
    connect(m_heat, &OptionHeatMap::remedyRequested, this, &Panel::openModelRequested);
    connect(m_heat, &OptionHeatMap::selectionEdited, &m_document, &Document::selectUnits);
    connect(m_heat, &OptionHeatMap::optionRequested, this, [this](const Units& units, int option) {
        m_document.setOption(units, static_cast<std::size_t>(option));
    });
    connect(m_heat, &OptionHeatMap::setBitsRequested, &m_document, &Document::setBits);
    connect(m_heat, &OptionHeatMap::restoreRequested, &m_document, &Document::restore);
    connect(m_heat, &OptionHeatMap::lockToggleRequested, &m_document, &Document::toggleLock);
    connect(m_heat, &OptionHeatMap::tieToggleRequested, this, [this] { m_document.toggleTies(); });
    connect(m_heat, &OptionHeatMap::optionListRequested, this, &SensitivityPanel::showOptions);
    connect(m_heat, &OptionHeatMap::contextMenuAboutToShow, this, [this](QMenu* menu, const Units& units) {
        addTensorActions(*menu, m_document, targetOfUnits(m_document, units));
    });
    connect(m_heat, &OptionHeatMap::hovered, this, &SensitivityPanel::optionHovered);
}

void SensitivityPanel::connectDocument()
{
    const auto& document = m_document;
    connect(&document, &Document::opened, this, &SensitivityPanel::rebuild);
    connect(&document, &Document::closed, this, &SensitivityPanel::rebuild);
    connect(&document, &Document::spaceChanged, this, &SensitivityPanel::rebuild);
    connect(&document, &Document::dumpsChanged, this, &SensitivityPanel::rebuild); // coverage of experts
    connect(&document, &Document::planChanged, this, &SensitivityPanel::followPlan);
    connect(&document, &Document::solverChoiceChanged, this, &SensitivityPanel::refresh);
    connect(&document, &Document::scanStateChanged, this, &SensitivityPanel::refresh); // a scan finds NaN
    // While it runs, what it finds is marked at once, a few times a second.
    m_scanned.setSingleShot(true);
    m_scanned.setInterval(200);
    connect(&m_scanned, &QTimer::timeout, this, &SensitivityPanel::refresh);
    connect(&document, &Document::tensorScanned, this, [this] {
        if (!m_scanned.isActive())
            m_scanned.start();
    });
    connect(&document, &Document::busyChanged, this, [this] {
        m_matrix->setStale(m_document.isStale());
        m_heat->setStale(m_document.isStale());
    });
    connect(&m_document.selection(), &Selection::changed, this, &SensitivityPanel::followSelection);
}

void SensitivityPanel::followSelection()
{
    m_matrix->setSelection(fromDocument(m_document.selection().units()));
    m_heat->setSelection(m_document.selection().units());
}

void SensitivityPanel::highlightUnits(const QVector<int>& units)
{
    m_matrix->setHighlighted(fromDocument(units));
    m_heat->setHighlighted(units);
}

void SensitivityPanel::rebuild()
{
    m_data = matrixData(m_document);
    if (m_expertRow >= static_cast<int>(m_data.rows.size()))
        m_expertRow = -1; // another score or quantizer leaves the experts open
    m_shownUnits.clear();
    const QString why
        = m_document.isOpen() ? tr("This model has no weight matrix to plan.") : tr("No model is open.");
    const QString button = m_document.isOpen() ? QString() : tr("Open a model…");
    if (m_data.units.empty()) {
        m_matrix->setData({});
        m_matrix->setEmpty(
            tr("Bits and predicted harm of every block and role; a click sets the option.\n%1").arg(why),
            button);
    } else {
        m_matrix->clearEmpty();
        m_matrix->setCaption({tr("Plan %1").arg(QString::fromStdString(m_document.plan().name)),
            harmSource(m_document), {}, harmLabel(m_document)}); // the key says what fill and square are
        showMatrixData();
    }
    OptionMapData map = optionMapData(m_document);
    const bool ready = !map.rows.empty();
    m_heat->setData(std::move(map));
    if (ready)
        m_heat->setCaption({tr("Harm of every option"), harmSource(m_document),
            tr("color: harm on a log scale; outlined: the plan's choice"), harmLabel(m_document)});
    else
        m_heat->setEmpty(
            tr("Predicted harm of every option of every tensor; a click sets the option.\n%1")
                .arg(m_document.isOpen() && !m_data.units.empty() ? tr("Scoring the options…") : why),
            button);
    followSelection();
}

void SensitivityPanel::showMatrixData()
{
    m_shown = m_data;
    m_shownUnits.clear();
    QString title;
    if (m_expertRow >= 0) {
        ExpertGrid grid = expertGrid(m_document, m_data, m_expertRow);
        m_shown = std::move(grid.data);
        m_shownUnits = grid.units;
        title = tr("Experts of block %1; cells as wide as the tokens they saw").arg(grid.title);
        const bool known = std::any_of(m_shown.units.begin(), m_shown.units.end(),
            [](const MatrixUnit& unit) { return unit.tokens.has_value(); });
        if (!known)
            title = tr("Experts of block %1; coverage unknown: no dump counts their tokens").arg(grid.title);
    }
    m_title->setText(title);
    m_title->setToolTip(title);
    m_back->setVisible(m_expertRow >= 0 && !showsHeatMap());
    m_backAction->setEnabled(m_expertRow >= 0);
    m_matrix->setData(m_shown);
    m_matrix->setSelection(fromDocument(m_document.selection().units()));
}

void SensitivityPanel::showExperts(int row)
{
    if (row == m_expertRow || row >= static_cast<int>(m_data.rows.size()))
        return;
    m_expertRow = row;
    showMatrixData();
    m_matrix->setFocus();
}

QJsonObject SensitivityPanel::viewState() const
{
    QJsonObject state = Panel::viewState();
    if (m_expertRow >= 0)
        state[kExperts] = m_expertRow;
    return state;
}

void SensitivityPanel::setViewState(const QJsonObject& state)
{
    const int row = state[kExperts].toInt(-1);
    m_expertRow = row < static_cast<int>(m_data.rows.size()) ? row : -1;
    if (!m_data.units.empty())
        showMatrixData();
    Panel::setViewState(state);
}

void SensitivityPanel::refresh()
{
    if (m_data.units.empty())
        return;
    takePlan(m_document, m_data.units);
    showUnits();
}

void SensitivityPanel::followPlan()
{
    const auto moved = m_delta.take(m_document);
    if (!moved)
        return refresh();
    if (m_data.units.empty())
        return;
    takePlanOf(m_document, *moved, m_data.units);
    showUnits();
}

void SensitivityPanel::showUnits()
{
    if (m_shownUnits.isEmpty()) {
        m_matrix->setUnits(m_data.units);
    } else {
        std::vector<MatrixUnit> units = m_shown.units;
        for (std::size_t i = 0; i < units.size(); ++i) {
            MatrixUnit unit = m_data.units[static_cast<std::size_t>(m_shownUnits[static_cast<int>(i)])];
            unit.row = units[i].row;
            unit.column = units[i].column;
            unit.share = units[i].share;
            units[i] = std::move(unit);
        }
        m_matrix->setUnits(units);
    }
    if (showsHeatMap())
        m_heat->setChoices(optionMapChoices(m_document));
}

void SensitivityPanel::showOptions(const QVector<int>& units, const QPoint& position)
{
    if (!m_document.space() || units.isEmpty())
        return;
    auto* popup = new OptionPopup(m_document, units, this);
    connect(popup, &OptionPopup::optionHovered, this, &SensitivityPanel::optionHovered);
    popup->showAt(position);
}

} // namespace bitwright::views
