#include "views/panels/html_text.h"

#include "core/base/error.h"
#include "views/charts/chart_math.h"
#include "views/models/glossary.h"

#include <QMimeData>
#include <QObject>
#include <QPainter>
#include <QRegularExpression>
#include <QTextBrowser>
#include <QTextDocumentFragment>
#include <QUrl>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
constexpr QChar kBreak(0x200B); // zero width space
}

QString htmlDisplay(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text)).toHtmlEscaped();
}

QString htmlRow(const QString& name, const QString& value, bool wholeName)
{
    // Single words and short values stay whole, powers of ten too: Qt would break them anywhere.
    static const QRegularExpression tags(QStringLiteral("<[^>]*>"));
    static const QRegularExpression bracket(QStringLiteral("\\((\\w+): (\\w+)\\)")); // "(normal: 3)"
    constexpr qsizetype kShort = 12, kShortName = 18;
    const QString text = QString(value).remove(tags), word = QString(name).remove(tags);
    const auto whole = [](bool is) { return is ? QStringLiteral("; white-space:nowrap") : QString(); };
    // Each row is a table of its own: in one, the longest name would take room from every value.
    return QStringLiteral(
        "<table width=\"100%\" cellspacing=\"0\"><tr><td style=\"padding-right:6px%3\">%1</td>"
        "<td align=\"right\" style=\"padding-left:0%4\">%2</td></tr></table>")
        .arg(QString(name).replace(bracket, QStringLiteral("(\\1:&nbsp;\\2)")), value,
            whole((wholeName && word.size() <= kShortName)
                || (!word.contains(QLatin1Char(' ')) && !word.contains(QLatin1Char('-')))),
            whole(text.size() <= kShort || text.contains(QStringLiteral("\u00b710"))));
}

QString htmlTable(const QString& title, const QString& rows)
{
    return rows.isEmpty()
        ? QString()
        : QStringLiteral("<p style=\"margin:6px 0 2px 0\"><b>%1</b></p>%2").arg(title, rows);
}

QString optionalText(const std::optional<double>& value)
{
    return value ? formatNumber(*value) : QObject::tr("unknown");
}

QString htmlValue(const QString& shown, const QString& exact, const QString& how)
{
    const QString tip = QObject::tr("%1\n%2\nClick to copy.").arg(exact, how);
    return QStringLiteral("<a class=\"value\" href=\"copy:%1\" title=\"%2\">%3</a>")
        .arg(QString::fromLatin1(QUrl::toPercentEncoding(exact)), tip.toHtmlEscaped(), shown.toHtmlEscaped());
}

QString htmlNumber(const std::optional<double>& value, const QString& how, const QString& unit)
{
    if (!value || std::isnan(*value))
        return QObject::tr("unknown");
    const QString shown
        = unit.isEmpty() ? formatNumber(*value) : QStringLiteral("%1 %2").arg(formatNumber(*value), unit);
    return htmlValue(shown, csvNumber(*value), how);
}

QString htmlCount(std::uint64_t value, const QString& how)
{
    return htmlValue(formatCount(static_cast<std::int64_t>(value)), QString::number(value), how);
}

QString TermLinks::label(const QString& label)
{
    auto found = m_termOf.constFind(label);
    if (found == m_termOf.constEnd()) {
        const GlossaryTerm* term = glossaryTermIn(label);
        found = m_termOf.insert(label, term == nullptr ? QString() : QString::fromLatin1(term->id));
    }
    if (found->isEmpty() || m_seen.contains(*found))
        return label;
    m_seen.insert(*found);
    return QStringLiteral("<a class=\"term\" href=\"term:%1\" title=\"%2\">%3</a>")
        .arg(*found, QObject::tr("Opens the glossary").toHtmlEscaped(), label);
}

QString linkStyle(const Theme& theme)
{
    return QStringLiteral("a.value { color: %1; text-decoration: none; } "
                          "a.term { color: %1; text-decoration: underline; }")
        .arg(theme.foreground.name());
}

QString htmlText(const QString& shown, const QString& how)
{
    return htmlValue(breakable(shown), shown, how);
}

QString breakable(const QString& name)
{
    constexpr qsizetype kLongPart = 12; // such a part of a name may break within itself
    QStringList parts = name.split(QLatin1Char('.'));
    for (QString& part : parts) {
        if (part.size() <= kLongPart)
            continue;
        QString broken;
        for (qsizetype i = 0; i < part.size(); ++i) {
            if (i > 0
                && (QStringLiteral("_/-").contains(part[i - 1])
                    || (part[i].isUpper() && part[i - 1].isLower())))
                broken += kBreak;
            broken += part[i];
        }
        part = broken;
    }
    return parts.join(QLatin1Char('.') + kBreak);
}

namespace {

/// Copies what a person reads, without the places at which names may break, and keeps values beside their
/// names however wide the panel is.
class Browser : public QTextBrowser
{
public:
    Browser(int mostCharacters, QWidget* parent)
        : QTextBrowser(parent)
        , m_mostCharacters(mostCharacters)
    { }

protected:
    void paintEvent(QPaintEvent* event) override
    {
        QTextBrowser::paintEvent(event);
        const int end = wholeLinesEnd();
        QPainter(viewport())
            .fillRect(QRect(0, end, viewport()->width(), viewport()->height() - end),
                palette().color(QPalette::Base));
    }
    void scrollContentsBy(int dx, int dy) override
    {
        QTextBrowser::scrollContentsBy(dx, dy);
        viewport()->update(); // a line that was left out comes in whole
    }
    void resizeEvent(QResizeEvent* event) override
    {
        setLineWrapMode(QTextEdit::FixedPixelWidth);
        setLineWrapColumnOrWidth(
            std::min(viewport()->width(), m_mostCharacters * fontMetrics().averageCharWidth()));
        QTextBrowser::resizeEvent(event);
    }
    QMimeData* createMimeDataFromSelection() const override
    {
        auto* copied = new QMimeData;
        copied->setText(textCursor().selection().toPlainText().remove(kBreak));
        return copied;
    }

private:
    /// Where the last line that is seen whole ends: half letters at the foot look like a fault.
    [[nodiscard]] int wholeLinesEnd() const
    {
        const int height = viewport()->height();
        int end = height;
        for (const double x : {document()->documentMargin() + 1, viewport()->width() - 8.0}) {
            const QRect line = cursorRect(cursorForPosition({static_cast<int>(x), height - 1}));
            if (line.top() < height && line.bottom() >= height && line.top() > 0)
                end = std::min(end, line.top());
        }
        return end;
    }

    int m_mostCharacters;
};

} // namespace

QTextBrowser* makeBrowser(QWidget* parent, int mostCharacters)
{
    auto* browser = new Browser(mostCharacters, parent);
    browser->setFrameShape(QFrame::NoFrame);
    browser->setOpenLinks(false);
    browser->document()->setDocumentMargin(6);
    // What finds no better place breaks anywhere instead of widening the panel.
    QTextOption option = browser->document()->defaultTextOption();
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    browser->document()->setDefaultTextOption(option);
    return browser;
}

} // namespace bitwright::views
