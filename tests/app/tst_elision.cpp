// No control, label or heading of the window loses letters: every page and perspective, both languages, small
// and large.
#include "app/gui/language.h"
#include "app/gui/strip_text.h"
#include "tests/support/shown_window.h"
#include "views/panels/elided_label.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QStyle>
#include <QStyleOptionComboBox>
#include <QTabBar>
#include <QTextDocument>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;

namespace {

/// Width that the text of a widget lacks; 0 where all of it shows.
int missingWidth(const QWidget& widget)
{
    const auto width
        = [&widget](const QString& text) { return widget.fontMetrics().horizontalAdvance(text); };
    if (const auto* box = qobject_cast<const QComboBox*>(&widget)) {
        QStyleOptionComboBox option;
        option.initFrom(box);
        const QRect field
            = box->style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, box);
        return width(box->currentText()) - field.width();
    }
    if (const auto* button = qobject_cast<const QAbstractButton*>(&widget))
        return button->text().size() < 2 ? 0 : button->sizeHint().width() - button->width();
    if (const auto* line = qobject_cast<const QLineEdit*>(&widget)) {
        constexpr int kMargins = 5;
        return line->text().isEmpty() ? width(line->placeholderText()) + kMargins - line->width() : 0;
    }
    if (const auto* label = qobject_cast<const QLabel*>(&widget)) {
        // A line of parts that leaves out the last ones on purpose says so by itself.
        const bool byParts = dynamic_cast<const ElidedLabel*>(label) != nullptr
            && label->text().contains(QStringLiteral(" · "));
        if (byParts || label->text().isEmpty())
            return 0;
        if (label->wordWrap())
            return label->heightForWidth(label->width()) - label->height();
        return label->sizeHint().width() - label->width();
    }
    return 0;
}

QString textOf(const QWidget& widget)
{
    for (const char* property : {"currentText", "text", "placeholderText"})
        if (const QString text = widget.property(property).toString(); !text.isEmpty())
            return text;
    return {};
}

void collectHeadings(const QHeaderView& header, const QString& where, QSet<QString>& cut)
{
    for (int section = 0; section < header.count(); ++section) {
        const QString title = header.model()->headerData(section, header.orientation()).toString();
        constexpr int kMargins = 6;
        const int missing
            = header.fontMetrics().horizontalAdvance(title) + kMargins - header.sectionSize(section);
        if (!header.isSectionHidden(section) && header.orientation() == Qt::Horizontal && missing > 0)
            cut << QStringLiteral("%1: heading \"%2\" lacks %3 px").arg(where, title).arg(missing);
    }
}

void collect(const MainWindow& window, const QString& page, QSet<QString>& cut)
{
    for (const QWidget* widget : window.findChildren<QWidget*>()) {
        if (!widget->isVisible() || widget->visibleRegion().isEmpty())
            continue;
        const QString where = page + u' ' + QLatin1String(widget->metaObject()->className());
        if (const auto* header = qobject_cast<const QHeaderView*>(widget))
            collectHeadings(*header, where, cut);
        else if (const int missing = missingWidth(*widget); missing > 0)
            cut << QStringLiteral("%1: \"%2\" lacks %3 px").arg(where, textOf(*widget)).arg(missing);
    }
}

} // namespace

class TestElision : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // First, because a language stays.
    void headerKeepsWhatMatters()
    {
        test::ShownWindow window(test::scripted(), {1100, 700});
        QCOMPARE(window.open({test::kSample, test::kSampleDump}), QString());
        const auto shown = [&window] {
            QTest::qWait(20);
            QString text;
            for (const StripText* strip : window->findChildren<StripText*>())
                text += strip->shownText() + u'|';
            return text;
        };
        const QString small = shown();
        for (const char* part : {"tiny-llama", "4.499 bpw", "below the budget", "parameters"})
            QVERIFY2(small.contains(QLatin1String(part)), qPrintable(small));
        QVERIFY(!small.contains(QChar(0x2026)));
        window->resize(2200, 900);
        const QString large = shown();
        for (const char* part : {"safetensors", "in the file", "BF16"})
            QVERIFY2(large.contains(QLatin1String(part)), qPrintable(large));
    }

    void everythingReads_data()
    {
        QTest::addColumn<QString>("language");
        QTest::addColumn<QSize>("size");
        for (const char* language : {"en", "de"})
            for (const QSize& size : {QSize(1100, 700), QSize(1440, 900), QSize(3840, 2160)})
                QTest::addRow("%s %d", language, size.width()) << QString::fromLatin1(language) << size;
    }

    void everythingReads()
    {
        QFETCH(QString, language);
        QFETCH(QSize, size);
        installLanguage(language);
        test::ShownWindow window(test::scripted(), size);
        QCOMPARE(window.open({test::kSample, test::kSampleDump}), QString());
        QSet<QString> cut;
        QStringList pages = Perspectives::builtIn();
        for (const Panel* panel : window->panels())
            pages << panel->id();
        for (const QString& page : pages) {
            window->showPerspective(page);
            QTest::qWait(40);
            window->resize(size);
            QTest::qWait(20);
            QVERIFY2(window->size() == size, qPrintable(page)); // nothing wants more
            collect(*window, page, cut);
        }
        QStringList lines(cut.begin(), cut.end());
        lines.sort();
        for (const QString& line : lines)
            qWarning("%s", qPrintable(line));
        QVERIFY2(lines.isEmpty(), "the texts above are cut");
    }
};

QTEST_MAIN(TestElision)
#include "tst_elision.moc"
