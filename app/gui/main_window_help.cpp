// What F1 explains, and the list of keys.
#include "app/gui/main_window.h"
#include "views/charts/chart_base.h"
#include "views/models/glossary.h"
#include "views/panels/explain_panel.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QCursor>
#include <QDialog>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QTextBlock>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace bitwright::gui {

using namespace views;

namespace {

/// What a panel is about, where nothing nearer is known.
QString termOfPanel(const QString& id)
{
    static const std::map<QString, const char*> terms
        = {{QStringLiteral("overview"), "bpw"}, {QStringLiteral("activation-maxima"), "activation-maximum"},
            {QStringLiteral("outlier-map"), "outlier-channel"}, {QStringLiteral("weights"), "group"},
            {QStringLiteral("spectrum"), "esd"}, {QStringLiteral("sensitivity"), "harm"},
            {QStringLiteral("pareto"), "frontier"}, {QStringLiteral("allocation"), "option"},
            {QStringLiteral("export"), "proof"}, {QStringLiteral("tree"), "unit"},
            {QStringLiteral("inspector"), "provenance"}};
    const auto found = terms.find(id);
    return found == terms.end() ? QString() : QLatin1String(found->second);
}

QString termIn(const QString& text)
{
    const GlossaryTerm* term = text.isEmpty() ? nullptr : glossaryTermIn(text);
    return term == nullptr ? QString() : QLatin1String(term->id);
}

/// The words under the cursor: the line of a text, the heading of a column, the words of a control.
QString wordsAt(QWidget* widget, const QPoint& global)
{
    if (auto* browser = qobject_cast<QTextBrowser*>(widget->parentWidget()); browser != nullptr)
        return browser->cursorForPosition(widget->mapFromGlobal(global)).block().text();
    if (const auto* header = qobject_cast<QHeaderView*>(widget->parentWidget()); header != nullptr) {
        const QPoint local = widget->mapFromGlobal(global);
        const int section = header->logicalIndexAt(local);
        return header->model() == nullptr || section < 0
            ? QString()
            : header->model()->headerData(section, header->orientation()).toString();
    }
    if (const auto* view = qobject_cast<QAbstractItemView*>(widget->parentWidget()); view != nullptr) {
        const QModelIndex index = view->indexAt(widget->mapFromGlobal(global));
        return index.isValid() ? view->model()->headerData(index.column(), Qt::Horizontal).toString()
                               : QString();
    }
    if (const auto* label = qobject_cast<QLabel*>(widget))
        return label->text();
    if (const auto* button = qobject_cast<QAbstractButton*>(widget))
        return button->text() + QLatin1Char(' ') + button->toolTip();
    if (const auto* box = qobject_cast<QComboBox*>(widget))
        return box->accessibleName() + QLatin1Char(' ') + box->toolTip();
    return {};
}

} // namespace

QString MainWindow::helpTermAt(QWidget* widget, const QPoint& globalPosition) const
{
    if (widget == nullptr)
        return {};
    if (const QString term = widget->property("helpTerm").toString(); !term.isEmpty())
        return term;
    if (const auto* chart = qobject_cast<const ChartBase*>(widget); chart != nullptr) {
        const QPoint local = widget->mapFromGlobal(globalPosition);
        const bool inside = widget->rect().contains(local);
        for (const QString& words : chart->wordsAt(inside ? std::optional<QPointF>(local) : std::nullopt))
            if (const QString term = termIn(words); !term.isEmpty())
                return term;
    }
    if (const QString term = termIn(wordsAt(widget, globalPosition)); !term.isEmpty())
        return term;
    for (const QWidget* at = widget; at != nullptr; at = at->parentWidget()) {
        if (const QString term = at->property("helpTerm").toString(); !term.isEmpty())
            return term;
        if (const QString term = termIn(at->toolTip()); !term.isEmpty())
            return term;
        if (const auto* panel = qobject_cast<const Panel*>(at); panel != nullptr)
            return termOfPanel(panel->id());
    }
    return {};
}

void MainWindow::explainUnderCursor()
{
    QWidget* widget = QApplication::widgetAt(QCursor::pos());
    if (widget == nullptr || widget->window() != this)
        widget = QApplication::focusWidget();
    explain(helpTermAt(widget, QCursor::pos()));
}

/// Beside what is being looked at: the present arrangement stays.
void MainWindow::explain(const QString& term)
{
    m_explain->showTerm(term);
    showPanel(m_explain->id());
    m_explain->focusSearch();
}

void MainWindow::showKeys()
{
    auto* dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("keysDialog"));
    dialog->setWindowTitle(tr("Keys and gestures"));
    dialog->resize(620, 640);
    const auto row = [](const QString& what, const QString& how) {
        return QStringLiteral("<tr><td style=\"padding-right:16px\">%1</td><td>%2</td></tr>")
            .arg(what.toHtmlEscaped(), how.toHtmlEscaped());
    };
    QString html = QStringLiteral("<h3>%1</h3><table cellspacing=\"2\">").arg(tr("On charts and tables"));
    html += row(tr("Select; extend"), tr("click; Ctrl or Shift with the click or the arrow keys"))
        + row(
            tr("Zoom at the cursor; one axis only"), tr("wheel; wheel over the axis, or with Ctrl or Shift"))
        + row(tr("Pan"), tr("middle drag, Space and drag, arrow keys"))
        + row(tr("Reset one axis; all"), tr("double click on the axis; Home"))
        + row(tr("Logarithmic axis under the cursor"), tr("L"))
        + row(tr("Set bits of the selection"), tr("2 to 9")) + row(tr("Restore the solver's choice"), tr("0"))
        + row(tr("Lock; ties of the whole plan; note"), tr("K, T, N"))
        + row(tr("Choose from all options"), tr("Enter"))
        + row(tr("Walk along the frontier; ten plans at once"), tr("Left, Right; with Shift"))
        + row(tr("Raise or lower the budget by 1 %"), tr("Page Up, Page Down"))
        + row(tr("Cancel a gesture; as if it had not been"), tr("Esc"));
    html += QStringLiteral("</table><h3>%1</h3><table cellspacing=\"2\">").arg(tr("Everywhere"));
    for (const ActionEntry& entry : actionEntries()) {
        if (const QString keys = actionKeys(*entry.action);
            !keys.isEmpty() && entry.action->shortcuts().size() > 0)
            html += row(
                QStringLiteral("%1 › %2").arg(entry.category, plainActionText(entry.action->text())), keys);
    }
    auto* text = new QTextBrowser(dialog);
    text->setHtml(html + QStringLiteral("</table>"));
    text->setFrameShape(QFrame::NoFrame);
    text->setAccessibleName(tr("Keys and gestures"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto* layout = new QVBoxLayout(dialog);
    layout->addWidget(text, 1);
    layout->addWidget(buttons);
    dialog->open();
}

} // namespace bitwright::gui
