// Data, layout and view of the treemap; painting is in treemap_painting.cpp, gestures in
// treemap_gestures.cpp.
#include "views/charts/size_treemap.h"

#include "views/charts/empty_state.h"

#include <QAction>
#include <QFontMetricsF>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitwright::views {

namespace {
constexpr double kLargestZoom = 60;
constexpr double kStep = 1.25;
constexpr double kGroupGap = 1.5;
constexpr double kLeastHeading = 34; // pixels of width below which a heading would say nothing
} // namespace

SizeTreemap::SizeTreemap(QWidget* parent)
    : QWidget(parent)
    , m_theme(themeFor(palette()))
    , m_empty(new EmptyState(this))
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    createActions();
    createReset();
    connect(m_empty, &EmptyState::remedyRequested, this, &SizeTreemap::remedyRequested);
    m_empty->setTheme(m_theme);
}

void SizeTreemap::createActions()
{
    const auto add = [this](const QString& word, const QString& text, const QString& tip,
                         const QKeySequence& key, void (SizeTreemap::*slot)()) {
        QAction* action = makeAction(word, text, tip);
        action->setShortcut(key);
        connect(action, &QAction::triggered, this, slot);
        m_viewActions << action;
    };
    add(QStringLiteral("reset"), tr("&Reset view"), tr("Shows everything again (Home)"),
        QKeySequence(Qt::Key_Home), &SizeTreemap::resetView);
    add(QStringLiteral("zoom-in"), tr("Zoom &in"), tr("Shows less, larger (+ or the wheel)"),
        QKeySequence(Qt::Key_Plus), &SizeTreemap::zoomIn);
    add(QStringLiteral("zoom-out"), tr("Zoom &out"), tr("Shows more, smaller (- or the wheel)"),
        QKeySequence(Qt::Key_Minus), &SizeTreemap::zoomOut);
    add(QStringLiteral("select-all"), tr("Select &all tiles"), tr("Selects every tensor (Ctrl+A)"),
        QKeySequence::SelectAll, &SizeTreemap::selectAllItems);
    (void)ChartSurface::chartActions(); // their keys work before a menu was opened
}

void SizeTreemap::createReset()
{
    m_reset = new QToolButton(this);
    m_reset->setText(QStringLiteral("\u21ba"));
    m_reset->setAutoRaise(true);
    m_reset->setAccessibleName(tr("Reset view"));
    m_reset->setToolTip(tr("Shows everything again (Home)"));
    m_reset->setFocusPolicy(Qt::TabFocus);
    m_reset->setObjectName(QStringLiteral("treemap-reset"));
    m_reset->resize(24, 20);
    m_reset->setCursor(Qt::ArrowCursor);
    m_reset->setAutoFillBackground(true);
    m_reset->hide();
    connect(m_reset, &QToolButton::clicked, this, [this] {
        setFocus(); // the button hides itself
        resetView();
    });
}

QList<QAction*> SizeTreemap::chartActions()
{
    return m_viewActions + ChartSurface::chartActions();
}

// --- Data ---

void SizeTreemap::setItems(std::vector<TreemapItem> items)
{
    TreemapData data;
    data.items = std::move(items);
    data.measure = tr("bits");
    setData(std::move(data));
}

void SizeTreemap::setData(TreemapData data)
{
    const auto& old = m_data.items;
    const bool sameItems = data.items.size() == old.size()
        && std::equal(old.begin(), old.end(), data.items.begin(),
            [](const TreemapItem& a, const TreemapItem& b) { return a.name == b.name; });
    const bool sameAreas = sameItems && data.groups == m_data.groups
        && std::equal(
            old.begin(), old.end(), data.items.begin(), [](const TreemapItem& a, const TreemapItem& b) {
                return a.bytes == b.bytes && a.group == b.group;
            });
    m_data = std::move(data);
    if (!sameItems) {
        m_selection.clear();
        m_current = -1;
    }
    m_hover = -1;
    m_gesture = Gesture::None;
    findRange();
    clearEmpty();
    if (!sameAreas) {
        m_total = 0;
        m_groupBytes.assign(static_cast<std::size_t>(m_data.groups.size()), 0);
        for (const TreemapItem& item : m_data.items) {
            m_total += std::max(0.0, item.bytes);
            if (item.group >= 0)
                m_groupBytes[static_cast<std::size_t>(item.group)] += std::max(0.0, item.bytes);
        }
        m_zoom = 1;
        m_offset = {};
        rearrange();
    }
    tableDataChanged();
    invalidate();
}

void SizeTreemap::findRange()
{
    std::vector<double> values;
    for (const TreemapItem& item : m_data.items)
        if (item.applies)
            values.push_back(item.value);
    m_range = finiteRange(values, true).value_or(Interval{});
    if (m_range.width() <= 0)
        m_range = padded(m_range, 0, true);
}

void SizeTreemap::setTheme(const Theme& theme)
{
    m_theme = theme;
    m_empty->setTheme(theme);
    invalidate();
}

void SizeTreemap::setColorMap(ColorMap map)
{
    m_colorMap = map;
    invalidate();
}

void SizeTreemap::setCaption(const ChartCaption& caption)
{
    ChartSurface::setCaption(caption);
    rearrange(); // the footnote takes its line
}

void SizeTreemap::setEmpty(const QString& message, const QString& buttonText)
{
    m_empty->setMessage(message, buttonText);
    viewMoved();
}

void SizeTreemap::clearEmpty()
{
    m_empty->hide();
}

// --- Layout ---

QFont SizeTreemap::smallFont() const
{
    QFont small = font();
    if (small.pointSizeF() > 0)
        small.setPointSizeF(small.pointSizeF() * 0.85);
    else
        small.setPixelSize(std::max(8, static_cast<int>(small.pixelSize() * 0.85)));
    return small;
}

double SizeTreemap::headingHeight() const
{
    return m_data.groups.isEmpty() ? 0 : std::ceil(QFontMetricsF(smallFont()).height()) + 3;
}

double SizeTreemap::keyHeight(QSize size) const
{
    const double line = std::ceil(QFontMetricsF(smallFont()).height());
    if (size.height() < 130 || m_data.items.empty())
        return 0;
    const auto lines = caption().footnoteLines(QFontMetricsF(smallFont()), size.width() - 8.0).size();
    return line + 8 + (lines == 0 ? 0 : static_cast<double>(lines) * line + 2);
}

QRectF SizeTreemap::mapArea(QSize size) const
{
    return {1, 1, std::max(1.0, size.width() - 2.0), std::max(1.0, size.height() - 2.0 - keyHeight(size))};
}

SizeTreemap::Arrangement SizeTreemap::arrange(const QRectF& area) const
{
    Arrangement result;
    result.items.resize(m_data.items.size());
    const bool grouped = !m_data.groups.isEmpty();
    std::vector<std::vector<int>> members(grouped ? static_cast<std::size_t>(m_data.groups.size()) : 1);
    for (std::size_t i = 0; i < m_data.items.size(); ++i) {
        const int group = grouped ? m_data.items[i].group : 0;
        if (group >= 0 && m_data.items[i].bytes > 0)
            members[static_cast<std::size_t>(group)].push_back(static_cast<int>(i));
    }
    std::vector<double> sums(members.size());
    for (std::size_t g = 0; g < members.size(); ++g)
        for (const int i : members[g])
            sums[g] += m_data.items[static_cast<std::size_t>(i)].bytes;
    // squarify wants the largest first; equal ones stay in the model's order.
    const auto descending = [](std::vector<int>& order, const auto& weight) {
        std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return weight(a) > weight(b); });
    };
    std::vector<int> order(members.size());
    std::iota(order.begin(), order.end(), 0);
    const auto firstOrder = [&](int g) {
        const auto& group = members[static_cast<std::size_t>(g)];
        return group.empty() ? 0 : m_data.items[static_cast<std::size_t>(group.front())].order;
    };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return firstOrder(a) < firstOrder(b); });
    descending(order, [&](int g) { return sums[static_cast<std::size_t>(g)]; });
    std::vector<double> weights;
    for (const int g : order)
        weights.push_back(sums[static_cast<std::size_t>(g)]);
    const auto rects = squarify(weights, QRectF(QPointF(0, 0), area.size()));
    result.groups.resize(members.size());
    const auto share = [](const QRectF& r, const QRectF& of) {
        return of.width() <= 0 || of.height() <= 0
            ? QRectF()
            : QRectF((r.x() - of.x()) / of.width(), (r.y() - of.y()) / of.height(), r.width() / of.width(),
                r.height() / of.height());
    };
    for (std::size_t k = 0; k < order.size(); ++k) {
        const auto g = static_cast<std::size_t>(order[k]);
        result.groups[g] = share(rects[k], QRectF(QPointF(0, 0), area.size()));
        const QRectF inner(
            0, 0, std::max(1.0, rects[k].width()), std::max(1.0, rects[k].height() - headingHeight()));
        std::stable_sort(members[g].begin(), members[g].end(), [&](int a, int b) {
            return m_data.items[static_cast<std::size_t>(a)].order
                < m_data.items[static_cast<std::size_t>(b)].order;
        });
        descending(members[g], [&](int i) { return m_data.items[static_cast<std::size_t>(i)].bytes; });
        std::vector<double> bytes;
        for (const int i : members[g])
            bytes.push_back(m_data.items[static_cast<std::size_t>(i)].bytes);
        // Tiles of one size stand in the order of the blocks, which is what a reader looks for.
        const bool equal = !bytes.empty() && bytes.front() - bytes.back() <= 1e-9 * bytes.front();
        const auto tiles = equal ? equalTiles(bytes.size(), inner) : squarify(bytes, inner);
        for (std::size_t t = 0; t < tiles.size(); ++t)
            result.items[static_cast<std::size_t>(members[g][t])] = share(tiles[t], inner);
    }
    return result;
}

SizeTreemap::Placed SizeTreemap::place(
    const Arrangement& arrangement, const QRectF& area, double zoom, QPointF offset) const
{
    Placed placed;
    placed.map = area;
    const auto within = [](const QRectF& share, const QRectF& of) {
        return share.isEmpty() ? QRectF()
                               : QRectF(of.x() + share.x() * of.width(), of.y() + share.y() * of.height(),
                                   share.width() * of.width(), share.height() * of.height());
    };
    const QRectF whole(area.topLeft() - offset, area.size() * zoom);
    const bool grouped = !m_data.groups.isEmpty();
    const double heading = headingHeight();
    std::vector<QRectF> inner;
    for (const QRectF& share : arrangement.groups) {
        const QRectF group = within(share, whole);
        placed.groups.push_back(group);
        const bool headed
            = grouped && group.height() > 2 * heading && group.width() >= kLeastHeading && heading > 0;
        placed.headings.push_back(headed ? QRectF(group.x(), group.y(), group.width(), heading) : QRectF());
        const double gap = grouped && std::min(group.width(), group.height()) > 8 ? kGroupGap : 0;
        inner.push_back(group.isEmpty() ? QRectF() : group.adjusted(gap, headed ? heading : gap, -gap, -gap));
    }
    placed.items.reserve(m_data.items.size());
    for (std::size_t i = 0; i < m_data.items.size(); ++i) {
        const int group = grouped ? m_data.items[i].group : 0;
        placed.items.push_back(group < 0 || static_cast<std::size_t>(group) >= inner.size()
                ? QRectF()
                : within(arrangement.items[i], inner[static_cast<std::size_t>(group)]));
    }
    return placed;
}

void SizeTreemap::rearrange()
{
    m_arrangement = arrange(mapArea(size()));
    replace();
}

void SizeTreemap::replace()
{
    clampOffset();
    m_placed = place(m_arrangement, mapArea(size()), m_zoom, m_offset);
    m_reset->setVisible(m_zoom > 1 && m_empty->isHidden() && width() > 100);
    m_reset->move(width() - m_reset->width() - 3, 3);
    invalidate();
}

void SizeTreemap::invalidate()
{
    m_cache = QPixmap();
    update();
}

void SizeTreemap::clampOffset()
{
    const QSizeF area = mapArea(size()).size();
    m_offset.setX(std::clamp(m_offset.x(), 0.0, area.width() * (m_zoom - 1)));
    m_offset.setY(std::clamp(m_offset.y(), 0.0, area.height() * (m_zoom - 1)));
}

void SizeTreemap::viewMoved()
{
    replace();
    setHover(-1);
}

QRectF SizeTreemap::itemRect(int item) const
{
    return item >= 0 && static_cast<std::size_t>(item) < m_placed.items.size()
        ? m_placed.items[static_cast<std::size_t>(item)]
        : QRectF();
}

QRectF SizeTreemap::headingRect(int group) const
{
    return group >= 0 && static_cast<std::size_t>(group) < m_placed.headings.size()
        ? m_placed.headings[static_cast<std::size_t>(group)]
        : QRectF();
}

// --- View ---

// What is under the cursor stays there: headings keep their height, so the rest is not quite proportional.
void SizeTreemap::zoomAt(const QPointF& position, double factor)
{
    const double before = m_zoom;
    const QPointF from = position - mapArea(size()).topLeft() + m_offset;
    const int item = itemAt(position);
    const QRectF rect = itemRect(item);
    m_zoom = std::clamp(m_zoom * factor, 1.0, kLargestZoom);
    if (m_zoom == before)
        return;
    m_offset += from * (m_zoom / before - 1);
    if (item >= 0) {
        const QRectF now
            = place(m_arrangement, mapArea(size()), m_zoom, m_offset).items[static_cast<std::size_t>(item)];
        m_offset.rx() += now.x() + (position.x() - rect.x()) / rect.width() * now.width() - position.x();
        m_offset.ry() += now.y() + (position.y() - rect.y()) / rect.height() * now.height() - position.y();
    }
    viewMoved();
}

void SizeTreemap::zoomIn()
{
    const QRectF rect = itemRect(m_current);
    const QRectF area = mapArea(size());
    zoomAt(area.intersects(rect) ? rect.intersected(area).center() : area.center(), kStep);
}

void SizeTreemap::zoomOut()
{
    zoomAt(mapArea(size()).center(), 1 / kStep);
}

void SizeTreemap::resetView()
{
    m_zoom = 1;
    m_offset = {};
    viewMoved();
}

void SizeTreemap::fitGroup(int group)
{
    if (group < 0 || static_cast<std::size_t>(group) >= m_arrangement.groups.size())
        return;
    const QRectF share = m_arrangement.groups[static_cast<std::size_t>(group)];
    if (share.isEmpty())
        return;
    const QSizeF area = mapArea(size()).size();
    m_zoom = std::clamp(std::min(1 / share.width(), 1 / share.height()), 1.0, kLargestZoom);
    m_offset = QPointF(share.center().x() * area.width() * m_zoom - area.width() / 2,
        share.center().y() * area.height() * m_zoom - area.height() / 2);
    viewMoved();
}

void SizeTreemap::ensureVisible(int item)
{
    const QRectF rect = itemRect(item), area = mapArea(size());
    if (rect.isEmpty() || area.contains(rect) || m_zoom <= 1)
        return;
    const auto shift = [](double low, double high, double from, double to) {
        if (high - low > to - from || low < from)
            return low - from;
        return high > to ? high - to : 0.0;
    };
    m_offset += QPointF(shift(rect.left(), rect.right(), area.left(), area.right()),
        shift(rect.top(), rect.bottom(), area.top(), area.bottom()));
    viewMoved();
}

QJsonObject SizeTreemap::viewState() const
{
    const QSizeF area = mapArea(size()).size() * m_zoom;
    return {{QStringLiteral("zoom"), m_zoom}, {QStringLiteral("x"), m_offset.x() / area.width()},
        {QStringLiteral("y"), m_offset.y() / area.height()},
        {QStringLiteral("colorMap"), static_cast<int>(m_colorMap)}};
}

void SizeTreemap::setViewState(const QJsonObject& state)
{
    m_zoom = std::clamp(state[QStringLiteral("zoom")].toDouble(1), 1.0, kLargestZoom);
    const QSizeF area = mapArea(size()).size() * m_zoom;
    m_offset = QPointF(state[QStringLiteral("x")].toDouble() * area.width(),
        state[QStringLiteral("y")].toDouble() * area.height());
    const int map = state[QStringLiteral("colorMap")].toInt();
    if (map >= 0 && map < static_cast<int>(ColorMap::Diverging))
        m_colorMap = static_cast<ColorMap>(map);
    viewMoved();
}

void SizeTreemap::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    rearrange();
}

void SizeTreemap::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        rearrange();
}

QString SizeTreemap::csv() const
{
    const bool grouped = !m_data.groups.isEmpty();
    const bool category = m_data.color == TreemapColor::Category;
    QString text = QStringLiteral("name,%1bytes,%2\n")
                       .arg(grouped ? QStringLiteral("group,") : QString(),
                           csvText(m_data.measure.isEmpty() ? QStringLiteral("bits") : m_data.measure));
    for (const TreemapItem& item : m_data.items) {
        text += csvText(item.name) + u',';
        if (grouped)
            text += csvText(m_data.groups.value(item.group)) + u',';
        const QString value = !item.applies && std::isnan(item.value) ? QString()
            : category ? csvText(m_data.categories.value(static_cast<int>(item.value)))
                       : csvNumber(item.value);
        text += QString::number(std::llround(item.bytes)) + u',' + value + u'\n';
    }
    return text;
}

} // namespace bitwright::views
