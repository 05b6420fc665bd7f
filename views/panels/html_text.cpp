#include "views/panels/html_text.h"

#include "core/base/error.h"
#include "views/charts/chart_math.h"

#include <QObject>
#include <QTextBrowser>

namespace bitwright::views {

QString htmlDisplay(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text)).toHtmlEscaped();
}

QString htmlRow(const QString& name, const QString& value)
{
    return QStringLiteral("<tr><td style=\"padding-right:10px\">%1</td><td align=\"right\">%2</td></tr>")
        .arg(name, value);
}

QString htmlTable(const QString& title, const QString& rows)
{
    return rows.isEmpty()
        ? QString()
        : QStringLiteral(
            "<p style=\"margin:6px 0 2px 0\"><b>%1</b></p><table width=\"100%\" cellspacing=\"0\">%2</table>")
              .arg(title, rows);
}

QString optionalText(const std::optional<double>& value)
{
    return value ? formatNumber(*value) : QObject::tr("unknown");
}

QTextBrowser* makeBrowser(QWidget* parent)
{
    auto* browser = new QTextBrowser(parent);
    browser->setFrameShape(QFrame::NoFrame);
    browser->setOpenLinks(false);
    browser->document()->setDocumentMargin(8);
    return browser;
}

} // namespace bitwright::views
