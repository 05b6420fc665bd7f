#include "views/panels/inspector_panel.h"

#include "views/charts/chart_math.h"
#include "views/models/core_text.h"
#include "views/models/number_column.h"
#include "views/models/text.h"
#include "views/panels/chart_data.h"
#include "views/panels/html_text.h"
#include "views/panels/tensor_menu.h"
#include "views/panels/whole_rows_table.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QScrollBar>
#include <QSplitter>
#include <QTableWidget>
#include <QTextBrowser>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
enum OptionsColumn
{
    OptionColumn,
    BitsColumn,
    HarmColumn,
    SqnrColumn,
    OptionColumnCount,
};

/// How the harms of a unit's options are written, in the table and above it.
NumberColumn harmColumn(const plan::PlanSpace& space, std::size_t unit)
{
    NumberColumn column;
    for (std::size_t option = 0; option < space.optionIds().size(); ++option)
        if (const auto& cell = space.cell(unit, option); cell.legal && cell.score)
            column.add(*cell.score);
    return column;
}

QString harmIn(const NumberColumn& column, const plan::PlanSpace::Cell& cell)
{
    return cell.score ? column.within(harmText(cell), *cell.score) : harmText(cell);
}
} // namespace

InspectorPanel::InspectorPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("inspector"), tr("Inspector"), parent)
    , m_text(makeBrowser(this))
    , m_options(new WholeRowsTable(0, OptionColumnCount, this))
{
    auto* splitter = new QSplitter(Qt::Vertical, this);
    setMinimumWidth(184);
    splitter->addWidget(m_text);
    auto* margin = new QWidget(splitter); // numbers do not touch the window's edge
    auto* within = new QVBoxLayout(margin);
    within->setContentsMargins(0, 0, 8, 0);
    within->addWidget(m_options);
    splitter->addWidget(margin);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    m_layout->addWidget(splitter);
    m_options->setHorizontalHeaderLabels({tr("Option"), tr("Bits"), tr("Harm"), tr("SQNR\ndB")});
    for (int column = 0; column < OptionColumnCount; ++column) // as what stands below
        m_options->horizontalHeaderItem(column)->setTextAlignment(
            (column == OptionColumn ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    m_options->setAccessibleName(tr("Options of the selected unit"));
    m_options->setToolTip(tr("Click or Enter gives the unit this option; Ctrl+Z takes it back"));
    m_options->verticalHeader()->hide();
    m_options->verticalHeader()->setDefaultSectionSize(m_options->fontMetrics().height() + 6);
    m_options->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_options->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_options->setSelectionMode(QAbstractItemView::SingleSelection);
    m_options->setShowGrid(false);
    m_options->setFrameShape(QFrame::NoFrame);
    m_options->setTabKeyNavigation(false);
    m_options->setTextElideMode(Qt::ElideMiddle);
    m_options->horizontalHeader()->setHighlightSections(false);
    m_options->horizontalHeaderItem(SqnrColumn)
        ->setToolTip(tr("signal to quantization noise of the weights, measured"));
    m_options->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_options->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    connect(m_options, &QTableWidget::cellClicked, this, &InspectorPanel::takeOption);
    connect(m_options, &QTableWidget::cellActivated, this, &InspectorPanel::takeOption);
    connect(m_text, &QTextBrowser::anchorClicked, this, &InspectorPanel::follow);
    m_text->setAccessibleName(tr("Details of the selection"));
    connect(&document.selection(), &Selection::changed, this, &InspectorPanel::refresh);
    for (const auto signal : {&Document::opened, &Document::closed, &Document::planChanged,
             &Document::outliersChanged, &Document::spaceChanged, &Document::notesChanged})
        connect(&document, signal, this, &InspectorPanel::refresh);
    connect(&document, &Document::tensorScanned, this, [this](int tensor) {
        if (tensor == m_document.selection().tensor())
            refresh();
    });
    refresh();
}

void InspectorPanel::applyTheme(const Theme& theme)
{
    // Values are links for the click that copies them; they should not look like links to somewhere.
    m_text->document()->setDefaultStyleSheet(linkStyle(theme));
    m_shownHtml.clear(); // the same words in other colors
    refresh();
}

void InspectorPanel::refresh()
{
    const int tensor = m_document.selection().tensor();
    const int site = m_document.selection().site();
    if (!m_document.isOpen() || (tensor < 0 && site < 0)) {
        showText(QStringLiteral("<p>%1</p>")
                     .arg(tr("Select a tensor in any view to see everything known about it.")));
        m_options->parentWidget()->hide();
        return;
    }
    const int scrolled = m_text->verticalScrollBar()->value();
    m_terms.begin();
    // One after the other: terms are linked where they are read first.
    QString html = noteHtml(tensor);
    html += tensorHtml(tensor);
    html += planHtml(tensor);
    html += activationsHtml(tensor, site);
    showText(html);
    if (tensor == m_shownTensor)
        m_text->verticalScrollBar()->setValue(scrolled);
    m_shownTensor = tensor;
    fillOptions(tensor);
}

void InspectorPanel::showText(const QString& html)
{
    if (html == m_shownHtml)
        return; // most edits are of other tensors
    m_shownHtml = html;
    // Kept where it is: coming and going with every new text, the scroll bar would have it laid out twice.
    if (m_text->verticalScrollBar()->isVisible())
        m_text->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    m_text->setHtml(html);
    m_text->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
}

void InspectorPanel::follow(const QUrl& link)
{
    if (link.scheme() == QLatin1String("copy")) {
        const QString exact = QUrl::fromPercentEncoding(link.path(QUrl::FullyEncoded).toLatin1());
        QGuiApplication::clipboard()->setText(exact);
        Q_EMIT readout(tr("copied %1").arg(exact));
    } else if (link.scheme() == QLatin1String("term")) {
        Q_EMIT explainRequested(link.path());
    } else if (link.scheme() == QLatin1String("note")) {
        editNote(this, m_document, m_document.selection().tensor());
    }
}

QString InspectorPanel::row(const QString& name, const QString& value)
{
    return htmlRow(m_terms.label(name), value);
}

void InspectorPanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    fitColumns();
    limitOptions();
}

// The option's name comes first, without it a row says nothing; then the harm. The others where they fit.
void InspectorPanel::fitColumns()
{
    // In a wide panel the numbers stay beside the names, and apart.
    constexpr int kMargin = 8, kWide = 320, kApart = 74, kWidest = 60; // characters, as of the text above
    const int widest = kWidest * fontMetrics().averageCharWidth();
    m_options->parentWidget()->layout()->setContentsMargins(0, 0, std::max(kMargin, width() - widest), 0);
    m_options->horizontalHeader()->setMinimumSectionSize(width() >= kWide ? kApart : -1);
    const auto* view = static_cast<const QAbstractItemView*>(m_options);
    const auto needed = [&](int column) {
        return std::max(
            view->sizeHintForColumn(column), m_options->horizontalHeader()->sectionSizeHint(column));
    };
    // Any of them may become the chosen one, which is bold; and the view's own hint sees visible rows alone.
    constexpr int kLeastName = 40, kNameMargins = 12;
    QFont bold = m_options->font();
    bold.setBold(true);
    int name = kLeastName;
    for (int row = 0; row < m_options->rowCount(); ++row)
        if (const auto* item = m_options->item(row, OptionColumn))
            name = std::max(name, QFontMetrics(bold).horizontalAdvance(item->text()) + kNameMargins);
    int room = width() - m_options->parentWidget()->layout()->contentsMargins().right() - name
        - needed(HarmColumn);
    if (m_options->rowCount() * m_options->verticalHeader()->defaultSectionSize()
        > m_options->viewport()->height())
        room -= m_options->verticalScrollBar()->sizeHint().width();
    for (const int column : {BitsColumn, SqnrColumn}) {
        room -= needed(column);
        m_options->setColumnHidden(column, room < 0);
    }
}

// No higher than its rows: the rest is for the text above.
void InspectorPanel::limitOptions()
{
    m_options->parentWidget()->setMaximumHeight(m_options->horizontalHeader()->sizeHint().height()
        + m_options->rowCount() * m_options->verticalHeader()->defaultSectionSize() + 4);
}

int InspectorPanel::unitOf(int tensor) const
{
    for (const int unit : m_document.selection().units())
        if (m_document.tensorOfUnit(unit) == tensor)
            return unit;
    const auto units = m_document.unitsOfTensor(tensor);
    return units.isEmpty() ? -1 : units.front();
}

// What each option would make of the unit, fewest bytes first.
void InspectorPanel::fillOptions(int tensor)
{
    const auto& space = m_document.space();
    const int unit = unitOf(tensor);
    const bool known = space && unit >= 0 && m_document.choice().size() == space->units().size();
    m_options->parentWidget()->setVisible(known);
    if (!known) {
        m_filledSpace.reset();
        return m_options->setRowCount(0);
    }
    const auto index = static_cast<std::size_t>(unit);
    if (m_filledSpace == space && m_filledUnit == unit)
        return markOption(m_document.choice()[index]);
    m_filledSpace = space;
    m_filledUnit = unit;
    m_options->setRowCount(0);
    const auto parameters = static_cast<double>(space->units()[index].parameters());
    std::vector<std::size_t> legal;
    for (std::size_t option = 0; option < space->optionIds().size(); ++option)
        if (space->cell(index, option).legal)
            legal.push_back(option);
    std::stable_sort(legal.begin(), legal.end(), [&](std::size_t a, std::size_t b) {
        return space->cell(index, a).resolved.bytes < space->cell(index, b).resolved.bytes;
    });
    const NumberColumn harms = harmColumn(*space, index);
    m_options->setRowCount(static_cast<int>(legal.size()));
    for (int row = 0; row < static_cast<int>(legal.size()); ++row) {
        const std::size_t option = legal[static_cast<std::size_t>(row)];
        const auto& cell = space->cell(index, option);
        const QString bytes = formatExactBytes(static_cast<double>(cell.resolved.bytes));
        const auto put = [&](int column, const QString& text, const QString& exact) {
            auto* item = new QTableWidgetItem(text);
            item->setData(Qt::UserRole, static_cast<int>(option));
            item->setToolTip(exact + QLatin1Char('\n') + m_options->toolTip());
            if (column > 0)
                item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            m_options->setItem(row, column, item);
        };
        const QString id = QString::fromStdString(space->optionIds()[option]);
        put(OptionColumn, shortOptionName(*space, option),
            cell.resolved.fallback.empty()
                ? id
                : tr("%1\nfallback: %2")
                      .arg(id, QString::fromStdString(escapedForDisplay(cell.resolved.fallback))));
        put(BitsColumn, formatBpw(8.0 * static_cast<double>(cell.resolved.bytes) / parameters), bytes);
        put(HarmColumn, harmIn(harms, cell),
            tr("%1\n%2").arg(
                cell.score ? formatExact(*cell.score) : tr("unknown"), harmOrigin(m_document, cell)));
        put(SqnrColumn,
            std::isinf(cell.sqnrDb)       ? tr("exact")
                : std::isnan(cell.sqnrDb) ? tr("unknown")
                                          : formatNumber(cell.sqnrDb),
            tr("signal to quantization noise of the weights, measured"));
    }
    limitOptions();
    markOption(m_document.choice()[index]);
    fitColumns();
}

void InspectorPanel::markOption(std::size_t option)
{
    for (int row = 0; row < m_options->rowCount(); ++row) {
        const bool chosen = m_options->item(row, 0)->data(Qt::UserRole).toInt() == static_cast<int>(option);
        for (int column = 0; column < m_options->columnCount(); ++column) {
            auto* item = m_options->item(row, column);
            QFont font = item->font();
            if (font.bold() == chosen)
                continue;
            font.setBold(chosen);
            item->setFont(font);
        }
        if (chosen)
            m_options->setCurrentCell(row, 0);
    }
}

void InspectorPanel::takeOption(int row)
{
    const auto* item = m_options->item(row, 0);
    const int unit = unitOf(m_document.selection().tensor());
    if (item == nullptr || unit < 0)
        return;
    const auto option = static_cast<std::size_t>(item->data(Qt::UserRole).toInt());
    if (m_document.choice()[static_cast<std::size_t>(unit)] != option)
        m_document.setOption({unit}, option);
}

/// The name, with the note that is pinned to the tensor.
QString InspectorPanel::noteHtml(int tensor) const
{
    if (tensor < 0)
        return {};
    const auto& info = m_document.workspace()->checkpoint().tensors()[static_cast<std::size_t>(tensor)];
    QString html = QStringLiteral("<p style=\"margin:0\"><b>%1</b></p>")
                       .arg(htmlText(QString::fromStdString(escapedForDisplay(info.name)),
                           tr("name in the checkpoint")));
    if (const QString note = m_document.note(tensor); !note.isEmpty())
        html += QStringLiteral("<p style=\"margin:4px 0 0 0\">\u270e <i>%1</i> "
                               "<a class=\"term\" href=\"note:edit\">%2</a></p>")
                    .arg(note.toHtmlEscaped().replace(u'\n', QStringLiteral("<br>")), tr("Edit"));
    return html;
}

QString InspectorPanel::tensorHtml(int tensor)
{
    if (tensor < 0)
        return {};
    const auto& info = m_document.workspace()->checkpoint().tensors()[static_cast<std::size_t>(tensor)];
    const QString header = tr("from the header");
    QStringList shape;
    for (const auto side : info.shape)
        shape.push_back(QString::number(side));
    QString html = htmlTable(tr("Tensor"),
        row(tr("Role"), htmlText(roleInWords(info.parts.role), tr("from the name")))
            + row(tr("Shape"), htmlText(shape.join(QStringLiteral(" × ")), header))
            + row(tr("Type"), htmlText(dtypeText(info), header))
            + row(tr("Parameters"), htmlCount(info.parameters, header))
            + row(tr("Size"),
                htmlValue(sizeText(info.bytes), QString::number(info.bytes),
                    tr("bytes in the file, from the header")))
            + row(tr("Planned"), info.quantizable ? tr("yes") : tr("no: %1").arg(htmlDisplay(info.reason))));
    const auto* result = m_document.result(tensor);
    if (result == nullptr)
        return html + QStringLiteral("<p>%1</p>").arg(tr("Not scanned yet."));
    if (result->error)
        return html + QStringLiteral("<p>%1</p>").arg(errorText(*result->error).toHtmlEscaped());
    if (result->stats)
        html += weightsHtml(*result->stats);
    if (result->spectrum)
        html += spectrumHtml(*result->spectrum);
    return html;
}

QString InspectorPanel::weightsHtml(const stats::WeightStats& s)
{
    const QString scan = tr("scan of all weights; NaN and Inf left out");
    return htmlTable(tr("Weights (measured)"),
        row(tr("max |w|"), htmlNumber(s.absMax, scan)) + row(tr("rms"), htmlNumber(s.rms, scan))
            + row(tr("mean"), htmlNumber(s.mean, scan))
            + row(tr("crest"), htmlNumber(s.crest(), tr("max |w| / rms, over all finite weights")))
            + row(tr("skewness"), htmlNumber(s.skewness, scan))
            + row(tr("kurtosis (normal: 3)"), htmlNumber(s.kurtosis, scan))
            + row(
                tr("|w| q99.9"), htmlNumber(s.quantile(0.999), tr("from a log histogram with bins of 7.5 %")))
            + row(tr("zeros"), htmlCount(s.zero, scan))
            + row(tr("NaN / Inf"),
                htmlText(QStringLiteral("%1 / %2").arg(s.nan).arg(s.positiveInf + s.negativeInf),
                    tr("counted by the scan"))));
}

QString InspectorPanel::spectrumHtml(const project::StoredSpectrum& spectrum)
{
    const auto& m = spectrum.spectrum.metrics;
    const QString eigenvalues = tr("from the eigenvalues of WᵀW");
    QString fits = row(tr("stable rank"), htmlNumber(m.stableRank, eigenvalues))
        + row(tr("effective rank"), htmlNumber(m.effectiveRank, eigenvalues));
    for (const auto& fit : spectrum.spectrum.fits) {
        const auto name = spectra::tailEstimatorName(fit.estimator);
        fits += row(
            QStringLiteral("α %1").arg(QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()))),
            fit.status == spectra::FitStatus::Fitted
                ? htmlNumber(fit.alpha, tr("tail exponent by this estimator"))
                : tr("no fit"));
    }
    return htmlTable(tr("Spectrum (measured)"), fits);
}

QString InspectorPanel::planHtml(int tensor)
{
    const auto& space = m_document.space();
    const int selected = unitOf(tensor);
    if (!space || selected < 0 || m_document.choice().size() != space->units().size())
        return {};
    const auto unit = static_cast<std::size_t>(selected);
    const auto& cell = space->cell(unit, m_document.choice()[unit]);
    const double bits = 8.0 * static_cast<double>(cell.resolved.bytes)
        / static_cast<double>(space->units()[unit].parameters());
    const QString exact = tr("exact, with every scale and padding counted");
    QString rows = row(tr("Option"),
                       htmlValue(shortOptionName(*space, m_document.choice()[unit]),
                           QString::fromStdString(cell.resolved.option.id), tr("chosen in the plan")))
        + row(tr("Stored"),
            htmlValue(sizeText(cell.resolved.bytes), QString::number(cell.resolved.bytes),
                tr("bytes; %1").arg(exact)))
        + row(tr("Bits per weight"), htmlValue(formatBpw(bits), csvNumber(bits), exact))
        + row(tr("SQNR"),
            std::isinf(cell.sqnrDb)
                ? tr("exact")
                : htmlNumber(cell.sqnrDb, tr("signal to quantization noise of the weights, measured"),
                    QStringLiteral("dB")))
        + row(harmHeading(m_document),
            cell.score ? htmlValue(
                harmIn(harmColumn(*space, unit), cell), csvNumber(*cell.score), harmOrigin(m_document, cell))
                       : tr("unknown"));
    if (!cell.resolved.fallback.empty())
        rows += row(tr("Fallback"), htmlDisplay(cell.resolved.fallback));
    return htmlTable(tr("Plan"), rows);
}

QString InspectorPanel::outlierRows(int site)
{
    const auto report = m_document.outliers(0);
    if (!report)
        return {};
    const QString computed = tr("from the activation dump, by the published criterion");
    const auto& outliers = report->sites[static_cast<std::size_t>(site)];
    QString rows;
    if (outliers.massive.tokens)
        rows += row(tr("Massive tokens"), htmlCount(*outliers.massive.tokens, computed));
    // Both are about the products of an input with its weights.
    const auto kind = m_document.workspace()->dump()->sites()[static_cast<std::size_t>(site)].kind;
    if (kind != model::SiteKind::InputOf)
        return rows;
    if (outliers.int8Max)
        rows += row(
            tr("INT8 SQNR (max)"), htmlNumber(outliers.int8Max->sqnrDb, computed, QStringLiteral("dB")));
    if (outliers.kernel)
        rows += row(tr("Kernel share per token"), htmlNumber(outliers.kernel->perToken, computed));
    return rows;
}

/// What the selected tensor multiplies comes first; another site that is selected says that it is another.
QString InspectorPanel::activationsHtml(int tensor, int site)
{
    if (m_document.workspace()->dump() == nullptr)
        return {};
    const int input = m_document.inputSiteOfTensor(tensor);
    QString html;
    if (input >= 0)
        html = siteHtml(input, tr("Activations at its input (measured)"));
    if (site >= 0 && site != input)
        html += siteHtml(
            site, tensor >= 0 ? tr("Selected site, not its input (measured)") : tr("Activations (measured)"));
    return html;
}

QString InspectorPanel::siteHtml(int site, const QString& title)
{
    const auto& info = m_document.workspace()->dump()->sites()[static_cast<std::size_t>(site)];
    const auto report = m_document.outliers(0);
    const auto summary = report ? report->sites[static_cast<std::size_t>(site)].summary
                                : stats::summarizeSite(info, static_cast<std::size_t>(site));
    const QString dumped = tr("from the activation dump, over all recorded tokens");
    QString rows
        = row(tr("Site"), htmlText(QString::fromStdString(escapedForDisplay(info.name)), tr("in the dump")))
        + row(tr("Channels"), htmlCount(info.channels, tr("in the dump")))
        + row(tr("max |x|"), htmlNumber(summary.absMax, dumped))
        + row(tr("rms"), htmlNumber(summary.rms, dumped))
        + row(tr("crest"), htmlNumber(summary.crest, dumped))
        + row(tr("|x| q99.9"), htmlNumber(summary.q999, dumped))
        + row(tr("kurtosis"), htmlNumber(summary.kurtosis, dumped));
    if (summary.peakChannel)
        rows += row(tr("Peak channel"), htmlCount(*summary.peakChannel, dumped));
    if (summary.peakToken)
        rows += row(tr("Peak token"), htmlCount(*summary.peakToken, dumped));
    rows += outlierRows(site);
    const int channel = site == m_document.selection().site() ? m_document.selection().channel() : -1;
    if (channel >= 0 && info.absMax && channel < static_cast<int>(info.absMax->size()))
        rows += row(tr("Channel %1 max |x|").arg(channel),
            htmlNumber((*info.absMax)[static_cast<std::size_t>(channel)], dumped));
    return htmlTable(title, rows);
}

} // namespace bitwright::views
