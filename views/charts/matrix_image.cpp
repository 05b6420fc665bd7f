#include "views/charts/matrix_image.h"

#include <QActionGroup>
#include <QFontMetricsF>
#include <QMenu>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
constexpr int kBarWidth = 12;
constexpr double kLargestDecades = 6; // of a sequential scale
constexpr double kPartLimit = 1 << 20; // values that one request for single values may name
constexpr double kRowSide = 15, kColumnSide = 44; // pixels of a cell whose number is printed
} // namespace

bool MatrixPart::covers(Interval columns, Interval rows) const
{
    if (!values || values->isEmpty())
        return false;
    const auto left = static_cast<double>(firstColumn), top = static_cast<double>(firstRow);
    return columns.lower >= left && columns.upper <= left + static_cast<double>(values->columns())
        && rows.lower >= top && rows.upper <= top + static_cast<double>(values->rows());
}

MatrixImage::MatrixImage(QWidget* parent)
    : ChartBase(parent)
{
    yAxis->setRangeReversed(true);
    const auto whole = [](Interval range, int target) { return integerTicks(range, target); };
    setTicks(xAxis, whole, 90);
    setTicks(yAxis, whole, 60);
    m_bar = new QCPAxisRect(this, false);
    m_bar->setRangeDrag({});
    m_bar->setMinimumMargins(QMargins(0, 0, 0, 0));
    body()->addElement(0, 1, m_bar);
    m_bar->addAxis(QCPAxis::atRight);
    auto* margins = new QCPMarginGroup(this);
    for (QCPAxisRect* rect : {mainRect(), m_bar})
        rect->setMarginGroup(QCP::msTop | QCP::msBottom, margins);
    body()->setColumnSpacing(6);
    setTicks(
        m_bar->axis(QCPAxis::atRight), [this](Interval, int target) { return barTicks(target); }, 34);
    new PaintItem(this, QStringLiteral("main"), m_bar, [this](QCPPainter& p) { paintBar(p); });
    themeApplied();
}

void MatrixImage::setData(MatrixImageData data)
{
    const bool sameMatrix = data.rows == m_data.rows && data.columns == m_data.columns;
    m_data = std::move(data);
    m_part.reset();
    m_asked = {};
    if (!sameMatrix) { // a view of another matrix means nothing here
        resetAxis(Qt::Horizontal);
        resetAxis(Qt::Vertical);
    }
    setAxisLabel(Qt::Horizontal, m_data.columnLabel);
    setAxisLabel(Qt::Vertical, m_data.rowLabel);
    dataChanged();
}

void MatrixImage::setPart(MatrixPart part)
{
    m_part = std::move(part);
    requestReplot();
    refreshReadout();
}

void MatrixImage::setRootScale(bool root)
{
    if (m_root == root)
        return;
    m_root = root;
    requestReplot();
    Q_EMIT rootScaleChanged(root);
}

void MatrixImage::setMarkedColumn(int column)
{
    if (m_marked == column)
        return;
    m_marked = column;
    repaintOverlay();
}

Interval MatrixImage::homeRange(Qt::Orientation axis) const
{
    const auto side = static_cast<double>(axis == Qt::Horizontal ? m_data.columns : m_data.rows);
    return {0, std::max(side, 1.0)};
}

void MatrixImage::themeApplied()
{
    QCPAxis* axis = m_bar->axis(QCPAxis::atRight);
    styleAxis(axis);
    axis->grid()->setVisible(false);
    axis->setBasePen(Qt::NoPen);
    axis->setRange(0, 1);
    xAxis->grid()->setVisible(false);
    yAxis->grid()->setVisible(false);
}

void MatrixImage::syncAxes()
{
    m_bar->setMinimumSize(kBarWidth, 0);
    m_bar->setMaximumSize(kBarWidth, QWIDGETSIZE_MAX);
    askForPart();
}

// Where cells stand for many values, a close view is worth reading them.
void MatrixImage::askForPart()
{
    if (!m_data.cells || (m_data.rowsPerCell == 1 && m_data.columnsPerCell == 1))
        return;
    const Interval x = viewRange(Qt::Horizontal), y = viewRange(Qt::Vertical);
    if (x.width() * y.width() > kPartLimit || (m_part && m_part->covers(x, y)))
        return;
    const auto bound = [](double v, std::uint64_t end) {
        return static_cast<std::uint64_t>(std::clamp(v, 0.0, static_cast<double>(end)));
    };
    // Half a view more on each side: panning a little needs no new request.
    const std::array<std::uint64_t, 4> wanted{bound(std::floor(y.lower - y.width() / 2), m_data.rows),
        bound(std::ceil(y.upper + y.width() / 2), m_data.rows),
        bound(std::floor(x.lower - x.width() / 2), m_data.columns),
        bound(std::ceil(x.upper + x.width() / 2), m_data.columns)};
    const auto asked = [&](Interval range, std::size_t first) {
        return range.lower >= static_cast<double>(m_asked[first])
            && range.upper <= static_cast<double>(m_asked[first + 1]);
    };
    if (m_asked[1] > 0 && asked(y, 0) && asked(x, 2))
        return;
    m_asked = wanted;
    Q_EMIT partWanted(static_cast<int>(wanted[0]), static_cast<int>(wanted[1]), static_cast<int>(wanted[2]),
        static_cast<int>(wanted[3]));
}

void MatrixImage::rebuildLegend()
{
    std::vector<LegendEntry> entries;
    if (m_data.cells) {
        LegendEntry entry;
        entry.key = QStringLiteral("value");
        entry.label = m_data.note.isEmpty() ? m_data.value : m_data.note;
        entry.kind = LegendEntry::Kind::Swatch;
        entry.color = m_data.isSigned ? mapColor(divergingMap(theme()), 0.85) : mapColor(colorMap(), 0.75);
        entry.toggles = false;
        entries.push_back(entry);
        if (m_data.rowsPerCell > 1 || m_data.columnsPerCell > 1) {
            LegendEntry block;
            block.key = QStringLiteral("cells");
            block.label = tr("a pixel keeps the extreme of what it covers; zoom in for single values");
            block.kind = LegendEntry::Kind::Swatch;
            block.color = theme().muted;
            block.hollow = true;
            block.toggles = false;
            entries.push_back(block);
        }
    }
    setLegend(std::move(entries));
}

// --- Color scale ---

double MatrixImage::position(double value) const
{
    const ExtremePyramid& cells = *m_data.cells;
    if (m_data.isSigned) {
        if (!(cells.absMax() > 0))
            return 0.5;
        const double t = std::min(1.0, std::abs(value) / double{cells.absMax()});
        return 0.5 + std::copysign(m_root ? std::sqrt(t) : t, value) / 2;
    }
    const auto range = cells.magnitudes();
    if (!range || !(value > 0))
        return 0;
    const double low = std::max(range->lower, range->upper * std::pow(10.0, -kLargestDecades));
    return low < range->upper ? logShare(value, {low, range->upper}) : 0.5;
}

QRgb MatrixImage::colorOf(float value) const
{
    if (value == ExtremePyramid::kOutside)
        return theme().background.rgb();
    if (std::isnan(value))
        return theme().nan.rgb();
    const auto& table = colorTable(m_data.isSigned ? divergingMap(theme()) : colorMap());
    return table[static_cast<std::size_t>(std::lround(position(double{value}) * 255))];
}

Ticks MatrixImage::barTicks(int target) const
{
    Ticks ticks;
    if (!m_data.cells)
        return ticks;
    const auto range = m_data.cells->magnitudes();
    if (!range)
        return ticks;
    const double top = range->upper;
    const auto add = [&](double value) { ticks.major.push_back({position(value), formatNumber(value)}); };
    if (!m_data.isSigned) {
        const double low = std::max(range->lower, top * std::pow(10.0, -kLargestDecades));
        if (!(low < top)) {
            add(top);
            return ticks;
        }
        for (const Tick& tick : logTicks({low, top}, target).major)
            ticks.major.push_back({position(tick.value), tick.label});
        return ticks;
    }
    // Round magnitudes that lie apart on the scale, mirrored.
    const std::vector<double> shares
        = m_root ? std::vector<double>{1, 0.25, 0.04} : std::vector<double>{1, 0.5};
    for (const double share : shares) {
        add(top * share);
        add(-top * share);
    }
    add(0);
    std::sort(ticks.major.begin(), ticks.major.end(),
        [](const Tick& a, const Tick& b) { return a.value < b.value; });
    return ticks;
}

void MatrixImage::paintBar(QCPPainter& painter)
{
    const QRectF area = m_bar->rect();
    if (!m_data.cells || area.height() < 2)
        return;
    const auto& table = colorTable(m_data.isSigned ? divergingMap(theme()) : colorMap());
    QImage strip(1, 256, QImage::Format_RGB32);
    for (int i = 0; i < 256; ++i)
        strip.setPixel(0, 255 - i, table[static_cast<std::size_t>(i)]);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, true);
    painter.drawImage(area, strip);
}

// --- Picture ---

// Where the values of a view come from, with the view in cells of that source.
const ExtremePyramid* MatrixImage::source(Interval& columns, Interval& rows) const
{
    if (!m_data.cells || m_data.cells->isEmpty())
        return nullptr;
    if (m_part && m_part->covers(columns, rows)) {
        const auto left = static_cast<double>(m_part->firstColumn),
                   top = static_cast<double>(m_part->firstRow);
        columns = {columns.lower - left, columns.upper - left};
        rows = {rows.lower - top, rows.upper - top};
        return m_part->values.get();
    }
    const auto across = static_cast<double>(m_data.columnsPerCell),
               down = static_cast<double>(m_data.rowsPerCell);
    columns = {columns.lower / across, columns.upper / across};
    rows = {rows.lower / down, rows.upper / down};
    return m_data.cells.get();
}

// The pixels of the view as the axes map them; QCustomPlot's vertical axis begins one above the rectangle.
QRectF MatrixImage::pictureRect() const
{
    const Interval x = viewRange(Qt::Horizontal), y = viewRange(Qt::Vertical);
    return QRectF(toPixel(x.lower, y.lower), toPixel(x.upper, y.upper)).normalized();
}

void MatrixImage::paintData(QCPPainter& painter)
{
    const QRectF area = pictureRect();
    Interval columns = viewRange(Qt::Horizontal), rows = viewRange(Qt::Vertical);
    const ExtremePyramid* cells = source(columns, rows);
    if (cells == nullptr || area.width() < 2 || area.height() < 2)
        return;
    const double ratio = isExporting() ? 2.0 : bufferDevicePixelRatio();
    const QSize size(std::max(1, static_cast<int>(std::lround(area.width() * ratio))),
        std::max(1, static_cast<int>(std::lround(area.height() * ratio))));
    const auto values = cells->render(columns, rows, size);
    m_image = QImage(size, QImage::Format_RGB32);
    const auto width = static_cast<std::size_t>(size.width());
    for (int y = 0; y < size.height(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(m_image.scanLine(y));
        for (std::size_t x = 0; x < width; ++x)
            line[x] = colorOf(values[static_cast<std::size_t>(y) * width + x]);
    }
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(area, m_image);
    paintNumbers(painter);
}

// Cells that have room say their number.
void MatrixImage::paintNumbers(QCPPainter& painter) const
{
    const Interval x = viewRange(Qt::Horizontal), y = viewRange(Qt::Vertical);
    const QRectF area = plotArea();
    if (area.width() / x.width() < kColumnSide || area.height() / y.width() < kRowSide)
        return;
    painter.setFont(smallFont());
    for (double row = std::floor(y.lower); row < y.upper; ++row) {
        for (double column = std::floor(x.lower); column < x.upper; ++column) {
            Interval columns{column, column + 1}, rows{row, row + 1};
            const ExtremePyramid* cells = source(columns, rows);
            const bool single
                = cells != m_data.cells.get() || (m_data.rowsPerCell == 1 && m_data.columnsPerCell == 1);
            const auto place = single ? cells->extreme(columns, rows) : std::nullopt;
            if (!place)
                continue;
            const QRectF box(toPixel(column, row), toPixel(column + 1, row + 1));
            painter.setPen(textOn(QColor(colorOf(place->value))));
            painter.drawText(box.normalized(), Qt::AlignCenter, formatNumber(double{place->value}));
        }
    }
}

void MatrixImage::paintOverlay(QCPPainter& painter)
{
    if (m_marked < 0 || static_cast<std::uint64_t>(m_marked) >= m_data.columns)
        return;
    const QRectF area = plotArea();
    const double left = xAxis->coordToPixel(m_marked), right = xAxis->coordToPixel(m_marked + 1);
    painter.setAntialiasing(false);
    for (const auto& [color, width] : {std::pair(theme().background, 3.0), std::pair(theme().accent, 1.0)}) {
        painter.setPen(QPen(color, width));
        painter.drawRect(
            QRectF(left - 1, area.top() - 2, std::max(2.0, right - left + 1), area.height() + 4));
    }
}

// --- Reading and gestures ---

std::pair<Interval, Interval> MatrixImage::spanOfPixel(const QPointF& position) const
{
    // The picture's own grid of pixels, so that the readout tells what is drawn.
    const QRectF area = pictureRect();
    const auto span = [](double at, double from, double length, Interval view) {
        const double pixel = std::floor(at - from);
        return Interval{
            view.lower + view.width() * pixel / length, view.lower + view.width() * (pixel + 1) / length};
    };
    return {span(position.x(), area.left(), area.width(), viewRange(Qt::Horizontal)),
        span(position.y(), area.top(), area.height(), viewRange(Qt::Vertical))};
}

std::optional<ExtremePyramid::Place> MatrixImage::placeAt(const QPointF& position) const
{
    if (!pictureRect().contains(position))
        return std::nullopt;
    auto [columns, rows] = spanOfPixel(position);
    const Interval x = viewRange(Qt::Horizontal), y = viewRange(Qt::Vertical);
    Interval viewColumns = x, viewRows = y;
    const bool fromPart = source(viewColumns, viewRows) != m_data.cells.get();
    if (fromPart) {
        columns = {columns.lower - static_cast<double>(m_part->firstColumn),
            columns.upper - static_cast<double>(m_part->firstColumn)};
        rows = {rows.lower - static_cast<double>(m_part->firstRow),
            rows.upper - static_cast<double>(m_part->firstRow)};
        auto place = m_part->values->extreme(columns, rows);
        if (place) {
            place->row += m_part->firstRow;
            place->column += m_part->firstColumn;
        }
        return place;
    }
    const ExtremePyramid* cells = source(columns, rows);
    if (cells == nullptr)
        return std::nullopt;
    auto place = cells->extreme(columns, rows);
    if (place) {
        place->row *= m_data.rowsPerCell;
        place->column *= m_data.columnsPerCell;
    }
    return place;
}

QPointF MatrixImage::cellPixel(double row, double column) const
{
    return toPixel(column + 0.5, row + 0.5);
}

QString MatrixImage::readoutAt(const QPointF& position) const
{
    const auto place = placeAt(position);
    if (!place)
        return {};
    const auto [columns, rows] = spanOfPixel(position);
    Interval viewColumns = viewRange(Qt::Horizontal), viewRows = viewRange(Qt::Vertical);
    const bool single = source(viewColumns, viewRows) != m_data.cells.get()
        || (m_data.rowsPerCell == 1 && m_data.columnsPerCell == 1);
    const QString number
        = std::isnan(place->value) ? tr("NaN or Inf") : formatNumber(double{place->value}, 5);
    const auto count = [](std::uint64_t v) { return formatCount(static_cast<std::int64_t>(v)); };
    QStringList lines{QStringLiteral("%1  %2").arg(m_data.value, number)};
    if (!single) {
        const auto range = [&](std::uint64_t first, std::uint64_t step, std::uint64_t end) {
            return tr("%1 to %2").arg(count(first), count(std::min(end, first + step) - 1));
        };
        lines << tr("%1 %2").arg(m_data.rowLabel, range(place->row, m_data.rowsPerCell, m_data.rows))
              << tr("%1 %2").arg(
                     m_data.columnLabel, range(place->column, m_data.columnsPerCell, m_data.columns));
        return lines.join(u'\n');
    }
    lines << tr("%1 %2").arg(m_data.rowLabel, count(place->row))
          << tr("%1 %2").arg(m_data.columnLabel, count(place->column));
    if (m_data.inputsPerColumn > 1) {
        const std::uint64_t first = place->column * m_data.inputsPerColumn;
        lines.back() += tr(" (inputs %1 to %2)").arg(count(first), count(first + m_data.inputsPerColumn - 1));
    }
    if (columns.width() * rows.width() > 1.5)
        lines << tr("largest of the %1 under this pixel")
                     .arg(formatCount(
                         std::llround(std::max(1.0, columns.width()) * std::max(1.0, rows.width()))));
    return lines.join(u'\n');
}

void MatrixImage::clicked(const QPointF& position, Qt::KeyboardModifiers)
{
    if (const auto place = placeAt(position))
        Q_EMIT cellActivated(static_cast<int>(place->row), static_cast<int>(place->column));
}

void MatrixImage::extendMenu(QMenu& menu, const QPointF&)
{
    if (!m_data.isSigned)
        return;
    auto* group = new QActionGroup(&menu);
    for (const bool root : {true, false}) {
        QAction* action = menu.addAction(root ? tr("Colors by square root") : tr("Colors linear"));
        action->setCheckable(true);
        action->setChecked(root == m_root);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, root] { setRootScale(root); });
    }
}

QString MatrixImage::csv() const
{
    constexpr int kMost = 512; // per side: a text of a quarter million lines is still readable by others
    QString text = QStringLiteral("row,column,value\n");
    const Interval x = viewRange(Qt::Horizontal), y = viewRange(Qt::Vertical);
    const int across = std::clamp(static_cast<int>(std::ceil(x.width())), 1, kMost);
    const int down = std::clamp(static_cast<int>(std::ceil(y.width())), 1, kMost);
    for (int i = 0; i < down; ++i) {
        for (int j = 0; j < across; ++j) {
            Interval columns{x.lower + x.width() * j / across, x.lower + x.width() * (j + 1) / across};
            Interval rows{y.lower + y.width() * i / down, y.lower + y.width() * (i + 1) / down};
            const auto row = std::floor(rows.lower), column = std::floor(columns.lower);
            const ExtremePyramid* cells = source(columns, rows);
            const auto place = cells != nullptr ? cells->extreme(columns, rows) : std::nullopt;
            if (place)
                text += QStringLiteral("%1,%2,%3\n")
                            .arg(row, 0, 'f', 0)
                            .arg(column, 0, 'f', 0)
                            .arg(csvNumber(double{place->value}));
        }
    }
    return text;
}

QJsonObject MatrixImage::viewState() const
{
    QJsonObject state = ChartBase::viewState();
    state[QStringLiteral("root")] = m_root;
    return state;
}

void MatrixImage::setViewState(const QJsonObject& state)
{
    setRootScale(state[QStringLiteral("root")].toBool(true));
    ChartBase::setViewState(state);
}

} // namespace bitwright::views
