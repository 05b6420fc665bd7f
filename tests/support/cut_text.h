#pragma once

// What of the window's texts is cut.
#include "tests/support/shown_window.h"
#include "views/panels/elided_label.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QStyle>
#include <QStyleOptionComboBox>

namespace bitwright::test {

/// Width that the text of a widget lacks; 0 where all of it shows.
inline int missingWidth(const QWidget& widget)
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
        const bool byParts = dynamic_cast<const views::ElidedLabel*>(label) != nullptr
            && label->text().contains(QStringLiteral(" · "));
        if (byParts || label->text().isEmpty())
            return 0;
        if (label->wordWrap())
            return label->heightForWidth(label->width()) - label->height();
        return label->sizeHint().width() - label->width();
    }
    return 0;
}

inline QString textOf(const QWidget& widget)
{
    for (const char* property : {"currentText", "text", "placeholderText"})
        if (const QString text = widget.property(property).toString(); !text.isEmpty())
            return text;
    return {};
}

inline void collectCutHeadings(const QHeaderView& header, const QString& where, QSet<QString>& cut)
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

inline void collectCutTexts(const gui::MainWindow& window, const QString& page, QSet<QString>& cut)
{
    for (const QWidget* widget : window.findChildren<QWidget*>()) {
        if (!widget->isVisible() || widget->visibleRegion().isEmpty())
            continue;
        const QString where = page + u' ' + QLatin1String(widget->metaObject()->className());
        if (const auto* header = qobject_cast<const QHeaderView*>(widget))
            collectCutHeadings(*header, where, cut);
        else if (const int missing = missingWidth(*widget); missing > 0)
            cut << QStringLiteral("%1: \"%2\" lacks %3 px").arg(where, textOf(*widget)).arg(missing);
    }
}

/// Shows every perspective and page at this size and says which texts are cut, or that the window grew.
inline QStringList cutTexts(ShownWindow& window, const QSize& size)
{
    QSet<QString> cut;
    QStringList pages = gui::Perspectives::builtIn();
    for (const views::Panel* panel : window->panels())
        pages << panel->id();
    for (const QString& page : pages) {
        window->showPerspective(page);
        QTest::qWait(40);
        window->resize(size);
        QTest::qWait(20);
        if (window->size() != size)
            cut << QStringLiteral("%1: wants %2 x %3").arg(page).arg(window->width()).arg(window->height());
        // On a busy machine a new text comes some events before its place: what is cut then is so for good
        // only if it stays.
        QSet<QString> ofPage;
        const bool whole = QTest::qWaitFor(
            [&] {
                ofPage.clear();
                collectCutTexts(*window, page, ofPage);
                return ofPage.isEmpty();
            },
            2000);
        if (!whole)
            cut |= ofPage;
    }
    QStringList lines(cut.begin(), cut.end());
    lines.sort();
    for (const QString& line : lines)
        qWarning("%s", qPrintable(line));
    return lines;
}

} // namespace bitwright::test
