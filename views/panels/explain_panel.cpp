#include "views/panels/explain_panel.h"

#include "views/charts/chart_math.h"
#include "views/models/glossary.h"
#include "views/panels/html_text.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSplitter>
#include <QStyle>
#include <QTextBrowser>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace bitwright::views {

namespace {

constexpr int kTermRole = Qt::UserRole + 1;
constexpr int kReadableLine = 80; // characters; longer ones lose the eye on the way back

/// The names of the panels that a term may lead to.
QString viewTitle(const QString& id)
{
    static const std::pair<const char*, const char*> kTitles[] = {
        {"activation-maxima", QT_TRANSLATE_NOOP("bitwright::views::ExplainPanel", "Activation maxima")},
        {"outlier-map", QT_TRANSLATE_NOOP("bitwright::views::ExplainPanel", "Outlier channels")},
        {"weights", QT_TRANSLATE_NOOP("bitwright::views::ExplainPanel", "Weights")},
        {"spectrum", QT_TRANSLATE_NOOP("bitwright::views::ExplainPanel", "Spectrum")},
        {"sensitivity", QT_TRANSLATE_NOOP("bitwright::views::ExplainPanel", "Block × role")},
        {"pareto", QT_TRANSLATE_NOOP("bitwright::views::ExplainPanel", "Plan")},
        {"allocation", QT_TRANSLATE_NOOP("bitwright::views::ExplainPanel", "Allocation")},
        {"export", QT_TRANSLATE_NOOP("bitwright::views::ExplainPanel", "Export")},
        {"overview", QT_TRANSLATE_NOOP("bitwright::views::ExplainPanel", "Overview")},
        {"tree", QT_TRANSLATE_NOOP("bitwright::views::ExplainPanel", "Model")},
    };
    for (const auto& [name, title] : kTitles) {
        if (id == QLatin1String(name))
            return ExplainPanel::tr(title);
    }
    return {};
}

} // namespace

ExplainPanel::ExplainPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("explain"), tr("Explain"), parent)
    , m_search(new QLineEdit(this))
    , m_list(new QListWidget(this))
    , m_text(makeBrowser(this, kReadableLine))
    , m_show(new QPushButton(this))
    , m_splitter(new QSplitter(Qt::Horizontal, this))
{
    m_search->setObjectName(QStringLiteral("explain.search"));
    m_search->setPlaceholderText(tr("Search the glossary"));
    m_search->setAccessibleName(tr("Search the glossary"));
    m_search->setClearButtonEnabled(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setAccessibleName(tr("Terms"));
    m_list->setUniformItemSizes(true);
    m_text->setAccessibleName(tr("Explanation"));
    m_text->document()->setDocumentMargin(12);
    m_show->setObjectName(QStringLiteral("explain.show"));
    auto* right = new QWidget(this);
    auto* rightLayout = new QVBoxLayout(right);
    rightLayout->setContentsMargins(0, 0, 0, 6);
    rightLayout->addWidget(m_text, 1);
    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(12, 0, 12, 0);
    buttons->addWidget(m_show);
    buttons->addStretch();
    rightLayout->addLayout(buttons);
    m_splitter->addWidget(m_list);
    m_splitter->addWidget(right);
    m_splitter->setStretchFactor(0, 0);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setChildrenCollapsible(false);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(6, 4, 6, 4);
    bar->addWidget(m_search);
    m_layout->addLayout(bar);
    m_layout->addWidget(m_splitter, 1);
    std::vector<std::pair<QString, QString>> terms; // title and id
    for (const GlossaryTerm& term : glossaryTerms())
        terms.emplace_back(glossaryTitle(term), QString::fromLatin1(term.id));
    // As in a printed glossary: "bpw" stands at b, also where the system sorts by bytes.
    std::sort(terms.begin(), terms.end(), [](const auto& a, const auto& b) {
        return QString::localeAwareCompare(a.first.toLower(), b.first.toLower()) < 0;
    });
    for (const auto& [title, id] : terms)
        (new QListWidgetItem(title, m_list))->setData(kTermRole, id);
    m_splitter->setSizes({listWidth(), 2 * listWidth()});
    connect(m_search, &QLineEdit::textChanged, this, &ExplainPanel::filter);
    connect(m_search, &QLineEdit::returnPressed, m_list, [this] { m_list->setFocus(); });
    connect(m_list, &QListWidget::currentItemChanged, this, &ExplainPanel::refresh);
    connect(m_show, &QPushButton::clicked, this, [this] {
        if (const auto* term = glossaryTerm(currentTerm()); term != nullptr)
            Q_EMIT viewRequested(QString::fromLatin1(term->view));
    });
    connect(m_text, &QTextBrowser::anchorClicked, this, [this](const QUrl& link) { showTerm(link.path()); });
    connect(&document.selection(), &Selection::changed, this, &ExplainPanel::refresh);
    connect(&document, &Document::opened, this, &ExplainPanel::refresh);
    connect(&document, &Document::closed, this, &ExplainPanel::refresh);
    connect(&document, &Document::tensorScanned, this, [this](int tensor) {
        if (tensor == m_document.selection().tensor())
            refresh();
    });
    m_list->setCurrentRow(0);
}

void ExplainPanel::applyTheme(const Theme& theme)
{
    m_text->document()->setDefaultStyleSheet(linkStyle(theme));
    m_html.clear();
    refresh();
}

int ExplainPanel::listWidth() const
{
    constexpr int kMargins = 12;
    int widest = 0;
    for (int row = 0; row < m_list->count(); ++row)
        widest = std::max(widest, m_list->fontMetrics().horizontalAdvance(m_list->item(row)->text()));
    return widest + kMargins + m_list->style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, m_list);
}

void ExplainPanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    constexpr int kNarrow = 460; // beside the terms, the explanation would be a column of three words
    const auto wanted = width() < kNarrow ? Qt::Vertical : Qt::Horizontal;
    if (m_splitter->orientation() == wanted)
        return;
    m_splitter->setOrientation(wanted);
    m_splitter->setStretchFactor(0, wanted == Qt::Vertical ? 1 : 0);
    m_splitter->setStretchFactor(1, wanted == Qt::Vertical ? 2 : 1);
    m_splitter->setSizes(wanted == Qt::Vertical ? QList<int>{height() / 3, 2 * height() / 3}
                                                : QList<int>{listWidth(), width() - listWidth()});
}

QString ExplainPanel::currentTerm() const
{
    const auto* item = m_list->currentItem();
    return item == nullptr ? QString() : item->data(kTermRole).toString();
}

void ExplainPanel::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void ExplainPanel::showTerm(const QString& id)
{
    for (int row = 0; row < m_list->count(); ++row) {
        if (m_list->item(row)->data(kTermRole).toString() != id)
            continue;
        if (m_list->item(row)->isHidden())
            m_search->clear();
        m_list->setCurrentRow(row);
        m_list->scrollToItem(m_list->item(row));
        return;
    }
}

void ExplainPanel::filter()
{
    const QStringList words = m_search->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    QListWidgetItem* first = nullptr;
    QListWidgetItem* byTitle = nullptr;
    for (int row = 0; row < m_list->count(); ++row) {
        QListWidgetItem* item = m_list->item(row);
        const auto* term = glossaryTerm(item->data(kTermRole).toString());
        const QString all = QStringLiteral("%1 %2 %3 %4")
                                .arg(glossaryTitle(*term), glossaryWords(*term).join(u' '),
                                    glossaryText(*term), glossarySource(*term));
        const bool shown = std::all_of(words.begin(), words.end(),
            [&](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
        item->setHidden(!shown);
        if (!shown)
            continue;
        first = first == nullptr ? item : first;
        if (byTitle == nullptr && !words.isEmpty()
            && item->text().contains(words.front(), Qt::CaseInsensitive))
            byTitle = item;
    }
    // A term that is named so comes before one whose explanation mentions the word.
    if (byTitle != nullptr)
        m_list->setCurrentItem(byTitle);
    else if (first != nullptr && (m_list->currentItem() == nullptr || m_list->currentItem()->isHidden()))
        m_list->setCurrentItem(first);
}

/// What the selected tensor has of this term, where it is one number.
QString ExplainPanel::measuredHtml(const QString& term) const
{
    const int tensor = m_document.selection().tensor();
    const auto* result = m_document.result(tensor);
    if (result == nullptr)
        return {};
    QString value;
    if (result->stats) {
        const auto& stats = *result->stats;
        if (term == QLatin1String("kurtosis"))
            value = formatNumber(stats.kurtosis);
        else if (term == QLatin1String("rms"))
            value = formatNumber(stats.rms);
        else if (term == QLatin1String("crest-factor") && stats.crest())
            value = formatNumber(*stats.crest());
        else if (term == QLatin1String("quantile") && stats.quantile(0.999))
            value = formatNumber(*stats.quantile(0.999));
        else if (term == QLatin1String("non-finite"))
            value = tr("%1 NaN, %2 Inf").arg(stats.nan).arg(stats.positiveInf + stats.negativeInf);
    }
    if (result->spectrum) {
        const auto& metrics = result->spectrum->spectrum.metrics;
        if (term == QLatin1String("stable-rank"))
            value = formatNumber(metrics.stableRank);
        else if (term == QLatin1String("effective-rank"))
            value = formatNumber(metrics.effectiveRank);
    }
    if (value.isEmpty())
        return {};
    const auto& name = m_document.workspace()->checkpoint().tensors()[static_cast<std::size_t>(tensor)].name;
    return QStringLiteral("<p>%1</p>")
        .arg(tr("The weights of %1 (measured): <b>%2</b>")
                 .arg(QString::fromStdString(escapedForDisplay(name))
                          .toHtmlEscaped()
                          .replace(QLatin1Char('.'), QStringLiteral(".\u200b")),
                     value));
}

/// What to read on with: a page, not a card, for whoever came to learn.
QString ExplainPanel::relatedHtml(const GlossaryTerm& term)
{
    constexpr std::size_t kMost = 6;
    QString html;
    for (const GlossaryTerm* other : relatedTerms(term, kMost))
        html += QStringLiteral("<p style=\"margin:10px 0 0 0\"><b>%1</b><br>%2</p>")
                    .arg(termLink(QString::fromLatin1(other->id), glossaryTitle(*other).toHtmlEscaped()),
                        glossaryText(*other).toHtmlEscaped());
    return html.isEmpty()
        ? html
        : QStringLiteral("<h4 style=\"margin:18px 0 0 0\">%1</h4>").arg(tr("Read on")) + html;
}

void ExplainPanel::refresh()
{
    const auto* term = glossaryTerm(currentTerm());
    if (term == nullptr)
        return;
    const QString view = viewTitle(QString::fromLatin1(term->view));
    m_show->setText(tr("Show %1").arg(view));
    m_show->setToolTip(tr("Go to the view that shows it"));
    m_show->setVisible(!view.isEmpty());
    if (m_relatedOf != currentTerm()) {
        m_relatedOf = currentTerm();
        m_related = relatedHtml(*term);
    }
    const QString html
        = QStringLiteral("<h3 style=\"margin:0 0 6px 0\">%1</h3><p>%2</p>%3<p><i>%4</i></p>%5")
              .arg(glossaryTitle(*term).toHtmlEscaped(), glossaryText(*term).toHtmlEscaped(),
                  measuredHtml(currentTerm()),
                  tr("Source: %1")
                      .arg(QString(glossarySource(*term))
                               .replace(QLatin1String("arXiv:"), QStringLiteral("arXiv:\u2060"))
                               .toHtmlEscaped()),
                  m_related);
    if (std::exchange(m_html, html) != html)
        m_text->setHtml(html);
}

} // namespace bitwright::views
