// What a person must be able to tell by looking: controls that are on, names that are whole, what is
// suggested.
#include "app/gui/appearance.h"
#include "tests/support/shown_window.h"
#include "views/charts/column_widths.h"
#include "views/charts/data_table.h"
#include "views/panels/allocation_panel.h"
#include "views/panels/panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollBar>
#include <QStyleOptionSpinBox>
#include <QTableView>
#include <QToolButton>

#include <cmath>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;

namespace {

/// Contrast of two colors (WCAG 2.1, relative luminance of sRGB).
double contrast(const QColor& a, const QColor& b)
{
    const auto luminance = [](const QColor& color) {
        const auto linear = [](float channel) {
            const double c = channel;
            return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
        };
        return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF())
            + 0.0722 * linear(color.blueF());
    };
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

/// Mean distance of the colors of two pictures of the same size, 0 to 255.
double distance(const QImage& a, const QImage& b)
{
    double sum = 0;
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; x < a.width(); ++x) {
            const QColor p = a.pixelColor(x, y), q = b.pixelColor(x, y);
            sum += std::abs(p.red() - q.red()) + std::abs(p.green() - q.green())
                + std::abs(p.blue() - q.blue());
        }
    return sum / (3.0 * a.width() * a.height());
}

/// What panels use for their own bars.
class Bars : public Panel
{
public:
    using Panel::letShrink;
    using Panel::shareByText;
};

QImage pictureOf(QWidget& widget)
{
    widget.resize(widget.sizeHint());
    return widget.grab().toImage().convertToFormat(QImage::Format_RGB32);
}

} // namespace

class TestAppearance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { applyAppearance(Appearance::Light, QPalette()); }

    void controlsThatAreOnAreSeen_data()
    {
        QTest::addColumn<Appearance>("appearance");
        QTest::newRow("light") << Appearance::Light;
        QTest::newRow("dark") << Appearance::Dark;
    }

    void controlsThatAreOnAreSeen()
    {
        QFETCH(Appearance, appearance);
        applyAppearance(appearance, QPalette());
        QToolButton tool;
        QPushButton push(QStringLiteral("trace"));
        tool.setText(QStringLiteral("trace"));
        for (QAbstractButton* button : std::initializer_list<QAbstractButton*>{&tool, &push}) {
            button->setCheckable(true);
            const QImage off = pictureOf(*button);
            button->setChecked(true);
            const QImage on = pictureOf(*button);
            QVERIFY2(distance(off, on) > 8, button->metaObject()->className());
        }
    }

    // An empty box to check has a frame that stands out from the ground.
    void boxesToCheckAreSeenInTheDark()
    {
        applyAppearance(Appearance::Dark, QPalette());
        QCheckBox box;
        const QImage picture = pictureOf(box);
        double best = 1;
        const QColor ground = box.palette().color(QPalette::Window);
        for (int x = 0; x < picture.width(); ++x)
            best = std::max(best, contrast(picture.pixelColor(x, picture.height() / 2), ground));
        QVERIFY2(best > 1.5, qPrintable(QString::number(best)));
    }

    void thumbsStandOutFromTheirGroove_data() { controlsThatAreOnAreSeen_data(); }

    // A groove that is darker than the thumb reads as the end of the list.
    void thumbsStandOutFromTheirGroove()
    {
        QFETCH(Appearance, appearance);
        applyAppearance(appearance, QPalette());
        QScrollBar bar(Qt::Vertical);
        bar.setRange(0, 100);
        bar.setPageStep(50);
        bar.resize(14, 200);
        const QImage picture = bar.grab().toImage();
        const QColor ground = bar.palette().color(QPalette::Window);
        QVERIFY(contrast(picture.pixelColor(7, 50), ground) > 2); // the thumb
        QVERIFY(contrast(picture.pixelColor(7, 170), ground) < 1.1);
    }

    // In a dock that is folded away; Fusion alone would paint on a pixmap of no size.
    void nothingOfNoSizeIsPainted()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral("QPainter")));
        applyAppearance(Appearance::Light, QPalette());
        QImage image(20, 20, QImage::Format_ARGB32);
        QPainter painter(&image);
        QStyleOptionSpinBox spin;
        spin.subControls = QStyle::SC_All;
        spin.rect = QRect(0, 0, 0, 20);
        QApplication::style()->drawComplexControl(QStyle::CC_SpinBox, &spin, &painter);
        QStyleOptionComboBox combo;
        combo.subControls = QStyle::SC_All;
        combo.rect = QRect(0, 0, 20, 0);
        QApplication::style()->drawComplexControl(QStyle::CC_ComboBox, &combo, &painter);
    }

    void choicesShareABarByTheirTexts()
    {
        QWidget bar;
        auto* layout = new QHBoxLayout(&bar);
        layout->setContentsMargins(0, 0, 0, 0);
        QComboBox brief, wordy;
        brief.addItem(QStringLiteral("rtn"));
        wordy.addItem(QStringLiteral("least total harm of everything"));
        for (QComboBox* box : {&brief, &wordy}) {
            Bars::letShrink(box);
            layout->addWidget(box, 1);
        }
        Bars::shareByText(layout, &bar);
        bar.resize(320, 40);
        bar.show();
        QVERIFY(QTest::qWaitForWindowExposed(&bar));
        QTRY_VERIFY(wordy.width() > 2 * brief.width());
        const int needed = wordy.fontMetrics().horizontalAdvance(wordy.currentText());
        QVERIFY2(wordy.width() > needed, qPrintable(QString::number(wordy.width())));
    }

    void tablesUseTheRoom()
    {
        DataTable table(QStringLiteral("names"));
        TableData data;
        data.columns = {{QStringLiteral("unit"), {}, false}, {QStringLiteral("value"), {}, true},
            {QStringLiteral("text"), {}, false}, {QStringLiteral("last"), {}, true}};
        data.rows
            = {{QStringLiteral("0 attention.output.dense.with.a.name"), 1.0, QStringLiteral("both"), 2.0}};
        table.setData(data);
        table.resize(1600, 200);
        table.show();
        QVERIFY(QTest::qWaitForWindowExposed(&table));
        const auto* header = table.view()->horizontalHeader();
        const QString name = std::get<QString>(data.rows[0][0]);
        QTRY_VERIFY(header->sectionSize(0) > header->fontMetrics().horizontalAdvance(name));
        QVERIFY(header->length() < 1000); // numbers stay near by their names
        // A text after a number keeps away from it.
        const QModelIndex text = table.view()->model()->index(0, 2);
        QVERIFY(text.model()->headerData(2, Qt::Horizontal).toString().startsWith(QChar(0x2003)));
        QVERIFY(!text.model()->headerData(0, Qt::Horizontal).toString().startsWith(QChar(0x2003)));
        QCOMPARE(text.data().toString(), QStringLiteral("both"));
        // Where it has to, the name gives way and the numbers do not.
        table.resize(360, 200);
        QTRY_VERIFY(header->length() <= table.view()->viewport()->width());
        QVERIFY(header->sectionSize(0) < header->fontMetrics().horizontalAdvance(name));
    }

    void differenceSuggestsAnotherPlan()
    {
        test::ShownWindow window;
        QCOMPARE(window.open({test::kSample, test::kSampleDump}), QString());
        window->showPanel(QStringLiteral("difference"));
        QTest::qWait(50);
        // The present plan is the best of its size: compared with itself it would be an empty page.
        const auto* units = window.find<QTableView>("difference", "Units that differ");
        QVERIFY(units != nullptr && units->isVisible());
        QVERIFY(units->model()->rowCount() > 0);
    }

    void emptyViewsOfferToRecord()
    {
        test::ShownWindow window;
        QCOMPARE(window.open({test::kSample}), QString());
        window->showPanel(QStringLiteral("activation-maxima"));
        QTest::qWait(50);
        QAbstractButton* record = nullptr;
        for (auto* button : window.panel<Panel>("activation-maxima")->findChildren<QAbstractButton*>())
            if (button->isVisible() && button->text().startsWith(QStringLiteral("Record")))
                record = button;
        QVERIFY(record != nullptr);
        QTest::mouseClick(record, Qt::LeftButton);
        QVERIFY(window->findChild<QDialog*>(QStringLiteral("recordActivations")) != nullptr);
    }
};

QTEST_MAIN(TestAppearance)
#include "tst_appearance.moc"
