// Everyone can use the window: every control that takes the focus has a name for screen readers, and every
// button says what it does, by text or tooltip.
#include "tests/support/shown_window.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QAction>
#include <QComboBox>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QTabBar>
#include <QToolButton>
#include <QtTest/QTest>

using namespace bitwright;
using namespace bitwright::gui;

namespace {

/// "WeightsPanel > QComboBox ..." for a message that finds the place.
QString whereIs(const QWidget& widget)
{
    QStringList path;
    for (const QWidget* at = &widget; at != nullptr && !at->isWindow(); at = at->parentWidget())
        path.prepend(
            QStringLiteral("%1(%2)").arg(QLatin1String(at->metaObject()->className()), at->objectName()));
    return path.join(QStringLiteral(" > "));
}

QString accessibleNameOf(QWidget& widget)
{
    const QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(&widget);
    return interface == nullptr ? widget.accessibleName() : interface->text(QAccessible::Name);
}

/// Parts that Qt makes inside of other controls, whose name counts.
bool isPartOfAnother(const QWidget& widget)
{
    const QWidget* parent = widget.parentWidget();
    return qobject_cast<const QScrollBar*>(&widget) != nullptr
        || widget.objectName().startsWith(QLatin1String("qt_"))
        || qobject_cast<const QAbstractSpinBox*>(parent) != nullptr
        || qobject_cast<const QComboBox*>(parent) != nullptr
        || qobject_cast<const QTabBar*>(parent) != nullptr
        || qobject_cast<const QLineEdit*>(parent) != nullptr || widget.inherits("QComboBoxPrivateContainer")
        || widget.inherits("QComboBoxListView") || widget.inherits("QHeaderView")
        || widget.inherits("QTableCornerButton")
        || (widget.inherits("QTabBar") && widget.parentWidget()->inherits("QMainWindow")) // of tabbed docks
        || widget.inherits("QDockWidgetTitleButton") || widget.inherits("QDockWidget");
}

} // namespace

class TestAccess : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyControlHasAName();
    void everyActionHasWords();
};

void TestAccess::everyControlHasAName()
{
    MainWindow window(test::scripted());
    window.resize(1440, 900);
    window.show();
    window.openPaths({test::kSample, test::kSampleDump});
    QCOMPARE(waitForWork(window), QString());
    QStringList findings;
    int controls = 0;
    for (QWidget* widget : window.findChildren<QWidget*>()) {
        if (isPartOfAnother(*widget) || qobject_cast<QMenu*>(widget) != nullptr
            || widget->window() != &window)
            continue;
        const auto* button = qobject_cast<const QAbstractButton*>(widget);
        if (button != nullptr && button->text().isEmpty()
            && (button->isHidden() || widget->parentWidget()->isHidden()))
            continue; // it gets its words when it is shown
        if (button != nullptr && button->text().isEmpty() && button->toolTip().isEmpty())
            findings.push_back(QStringLiteral("no text and no tooltip: ") + whereIs(*widget));
        if ((widget->focusPolicy() & Qt::TabFocus) == 0)
            continue;
        ++controls;
        if (accessibleNameOf(*widget).trimmed().isEmpty())
            findings.push_back(QStringLiteral("no name: ") + whereIs(*widget));
    }
    QVERIFY2(findings.isEmpty(), qPrintable(findings.join(QLatin1Char('\n'))));
    QVERIFY(controls > 30);
}

void TestAccess::everyActionHasWords()
{
    MainWindow window(test::scripted());
    QStringList findings;
    for (const QAction* action : window.findChildren<QAction*>()) {
        if (action->isSeparator() || action->menu() != nullptr || action->parent()->inherits("QLineEdit")
            || action->parent()->inherits("QToolButton"))
            continue;
        if (action->text().isEmpty())
            findings.push_back(
                QStringLiteral("no text: %1 of %2")
                    .arg(action->objectName(), QLatin1String(action->parent()->metaObject()->className())));
    }
    QVERIFY2(findings.isEmpty(), qPrintable(findings.join(QLatin1Char('\n'))));
}

QTEST_MAIN(TestAccess)
#include "tst_access.moc"
