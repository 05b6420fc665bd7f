// Recording activations from the window: the dialog, the job, and the dump that is opened after it.
#include "app/gui/main_window.h"
#include "tests/support/shown_window.h"
#include "tests/support/temp_folder.h"
#include "views/models/recording.h"

#include <QCheckBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QtTest>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;

namespace {
using test::kSample;
}

class TestRecord : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void recordsAndOpens()
    {
        const test::TempFolder folder;
        test::ShownWindow window;
        QCOMPARE(window.open({kSample}), QString());
        QVERIFY(window.document().workspace()->dump() == nullptr);
        window.action("file.record")->trigger();
        auto* dialog = window->findChild<QDialog*>(QStringLiteral("recordActivations"));
        QVERIFY(dialog != nullptr && dialog->isVisible());
        QVERIFY(dialog->findChild<QLineEdit*>()->text().endsWith(QStringLiteral("-activations.h5")));
        QVERIFY(dialog->findChild<QCheckBox*>()->isChecked()); // a decoder has gradients
        dialog->findChild<QSpinBox*>()->setValue(96);
        const QString out = QString::fromStdString(folder.file("recorded.h5"));
        for (auto* edit : dialog->findChildren<QLineEdit*>())
            if (edit->text().endsWith(QStringLiteral(".h5")))
                edit->setText(out);
        for (auto* button : dialog->findChild<QDialogButtonBox*>()->buttons())
            if (button->text().contains(QStringLiteral("Record")))
                button->click();
        QTRY_VERIFY_WITH_TIMEOUT(window.document().workspace()->dump() != nullptr, 60000);
        QVERIFY(QFileInfo::exists(out));
        const auto* dump = window.document().workspace()->dump();
        QCOMPARE(dump->tokens(), std::uint64_t{96});
        QVERIFY(!dump->gradients().empty());
        QVERIFY(!dump->sites().empty());
    }
    void failuresAreSaid()
    {
        test::ShownWindow window;
        QCOMPARE(window.open({kSample}), QString());
        Recording recording(window.document(), window->jobs());
        QCOMPARE(recording.obstacle(), QString());
        QString failure;
        connect(&recording, &Recording::finished, this, [&](const QString& line) { failure = line; });
        recording.start(
            {QStringLiteral("/no/such/text.txt"), 64, false, false, QStringLiteral("/tmp/never.h5")});
        QTRY_VERIFY_WITH_TIMEOUT(!recording.isRunning(), 20000);
        QVERIFY2(failure.contains(QStringLiteral("/no/such/text.txt")), qPrintable(failure));
        QVERIFY(!QFileInfo::exists(QStringLiteral("/tmp/never.h5")));
    }
};

QTEST_MAIN(TestRecord)
#include "tst_record.moc"
