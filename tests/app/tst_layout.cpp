#include "app/gui/scale.h"
#include "tests/support/shown_window.h"

#include <QApplication>
#include <QDockWidget>
#include <QLabel>
#include <QMouseEvent>
#include <QPointer>
#include <QStatusBar>
#include <QTabBar>
#include <QtTest/QTest>

#include <algorithm>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;

/// The smallest window that design promises: every perspective fits, and the side panels keep their share.
class TestLayout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_window = std::make_unique<MainWindow>(test::scripted());
        m_window->resize(1100, 700);
        m_window->show();
        QCoreApplication::processEvents();
        m_window->resize(1100, 700);
        QCoreApplication::processEvents();
        QVERIFY2(m_window->size() == QSize(1100, 700), qPrintable(widths())); // also with nothing open
        m_window->openPaths({test::kSample, test::kSampleDump});
        QCOMPARE(waitForWork(*m_window), QString());
    }

    void fitsTheSmallestWindow_data()
    {
        QTest::addColumn<QString>("perspective");
        for (const char* name : {"look", "plan", "export", "learn"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void fitsTheSmallestWindow()
    {
        QFETCH(QString, perspective);
        m_window->showPerspective(perspective);
        m_window->resize(1100, 700);
        QCoreApplication::processEvents();
        QVERIFY2(m_window->size() == QSize(1100, 700), qPrintable(widths()));
        QVERIFY2(m_window->panel(QStringLiteral("tree"))->width() >= 150, qPrintable(widths()));
        const views::Panel* inspector = m_window->panel(QStringLiteral("inspector"));
        QVERIFY2(!inspector->isVisible() || inspector->width() >= 170, qPrintable(widths()));
    }

    /// What is under the mouse is told in one line: views must not jump while the mouse moves over them.
    void readoutsTakeNoRoom()
    {
        m_window->showPerspective(QStringLiteral("look"));
        QCoreApplication::processEvents();
        auto* panel = m_window->panel(QStringLiteral("activation-maxima"));
        QVERIFY(panel != nullptr);
        const QRect before = panel->rect();
        const QString told = QStringLiteral("layer\nresidual stream\nmax |x| 5\nq99.9 4\nrms 1");
        Q_EMIT panel->readout(told);
        QCoreApplication::processEvents();
        QCOMPARE(panel->rect(), before);
        const auto labels = m_window->statusBar()->findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->text().startsWith(QStringLiteral("layer · residual stream · max |x| 5"))
                && label->toolTip() == told;
        }));
        Q_EMIT panel->readout({});
    }

    void nothingIsCut_data()
    {
        QTest::addColumn<QString>("name");
        for (const QString& name : Perspectives::builtIn())
            QTest::newRow(qPrintable(name)) << name;
    }

    void nothingIsCut()
    {
        QFETCH(QString, name);
        test::ShownWindow window;
        window->resize(1100, 700);
        QCOMPARE(window.open({test::kSample, test::kSampleDump}), QString());
        window->perspectives().show(name);
        QTest::qWait(80);
        window->resize(1100, 700); // what was needed before the first layout does not count
        QTest::qWait(30);
        QStringList widths;
        for (const Panel* panel : window->panels()) {
            if (window->isShown(*panel))
                widths.push_back(
                    QStringLiteral("%1 %2").arg(panel->id()).arg(panel->minimumSizeHint().width()));
        }
        QVERIFY2(window->size() == QSize(1100, 700),
            qPrintable(QStringLiteral("%1: %2").arg(window->width()).arg(widths.join(QStringLiteral(", ")))));
        for (Panel* panel : window->panels()) {
            if (!window->isShown(*panel))
                continue;
            const QRect shown(panel->mapTo(&*window, QPoint(0, 0)), panel->size());
            QVERIFY2(window->rect().contains(shown), qPrintable(panel->id()));
            const QSize least = panel->minimumSizeHint();
            QVERIFY2(panel->width() >= least.width() && panel->height() >= least.height(),
                qPrintable(
                    QStringLiteral("%1: %2x%3").arg(panel->id()).arg(panel->width()).arg(panel->height())));
        }
    }

    // A tab is pressed, and a key arranges the docks anew before the mouse moves: Qt alone would take the
    // number of the tab that is gone for valid.
    void aPressedTabMayGo()
    {
        test::ShownWindow window;
        QCOMPARE(window.open({test::kSample, test::kSampleDump}), QString());
        window->showPerspective(QStringLiteral("look"));
        QTest::qWait(80);
        QTabBar* longest = nullptr;
        for (QTabBar* bar : window->findChildren<QTabBar*>())
            if (bar->isVisible() && (longest == nullptr || bar->count() > longest->count()))
                longest = bar;
        QVERIFY(longest != nullptr && longest->count() > 1);
        const QPointer<QTabBar> bar = longest;
        const int before = bar->count();
        const QPointF at = bar->tabRect(before - 1).center();
        QTest::mousePress(bar, Qt::LeftButton, {}, at.toPoint());
        for (QDockWidget* dock : window->findChildren<QDockWidget*>())
            if (dock->widget() != nullptr && dock->windowTitle() == bar->tabText(0))
                dock->hide();
        QTest::qWait(80);
        QVERIFY(bar);
        QVERIFY(bar->count() < before);
        for (int step = 1; bar && step < 5; ++step) {
            const QPointF to = at - QPointF(20 * step, 0);
            QMouseEvent move(
                QEvent::MouseMove, to, bar->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
            QApplication::sendEvent(bar, &move);
        }
        QTest::mouseRelease(bar, Qt::LeftButton, {}, at.toPoint());
        QVERIFY(window->isVisible());
    }

    void scaleOfTheWindow()
    {
        for (const int percent : scales())
            QCOMPARE(scaleFromText(QString::number(percent)), percent);
        QCOMPARE(scaleFromText(QStringLiteral("150%")), 150);
        for (const char* text : {"", "0", "49", "401", "1.5", "150 %x", "-100"})
            QCOMPARE(scaleFromText(QString::fromLatin1(text)), 0);
        test::ShownWindow window;
        for (const int percent : scales()) {
            const QByteArray id = "view.scale." + QByteArray::number(percent);
            QVERIFY2(window.action(id.constData()) != nullptr, id.constData());
        }
    }

    void cleanupTestCase() { m_window.reset(); }

private:
    QString widths() const
    {
        QString text = QStringLiteral("window %1 x %2, menu wants %3; ")
                           .arg(m_window->width())
                           .arg(m_window->height())
                           .arg(m_window->menuWidget()->minimumSizeHint().width());
        for (const views::Panel* panel : m_window->panels())
            if (panel->isVisible())
                text += QStringLiteral("%1 wants %2, has %3; ")
                            .arg(panel->id())
                            .arg(panel->minimumSizeHint().width())
                            .arg(panel->width());
        return text;
    }

    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestLayout)
#include "tst_layout.moc"
