// Controls that the panels share: bars that wrap, names that shrink, columns that grow.
#include "views/charts/data_table.h"
#include "views/models/text.h"
#include "views/panels/html_text.h"
#include "views/panels/tree_delegate.h"
#include "views/panels/whole_rows_table.h"
#include "views/panels/wrap_bar.h"

#include <QComboBox>
#include <QHeaderView>
#include <QPushButton>
#include <QScrollBar>
#include <QTableView>
#include <QTextBrowser>
#include <QVBoxLayout>
#include <QtTest/QTest>

using namespace bitwright::views;

class TestControls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void barsWrapInsteadOfCutting();
    void barsFollowWhatIsChosen();
    void namesAreShortenedOnce();
    void shortenedNamesStayApart();
    void jointNamesSayEachPart();
    void columnsGrowWithLaterRows();
    void textsAndTablesEndWithWholeLines();
};

namespace {

QString utf8(const char* text)
{
    return QString::fromUtf8(text);
}

/// A bar of choices and a button above something that takes the rest of the height.
struct Bar
{
    QWidget page;
    WrapBar* bar = new WrapBar;
    std::vector<QComboBox*> boxes;
    QPushButton* button = new QPushButton(QStringLiteral("Go"), &page);
    QWidget* view = new QWidget(&page);

    Bar()
    {
        auto* layout = new QVBoxLayout(&page);
        layout->setContentsMargins(0, 0, 0, 0);
        for (const char* text : {"a choice of some length", "rtn", "another long choice"}) {
            auto* box = new QComboBox(&page);
            box->addItems({QString::fromLatin1(text), QString(80, u'w')});
            box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
            box->setMinimumContentsLength(2);
            bar->addWidget(box);
            boxes.push_back(box);
        }
        bar->addRightPart();
        bar->addWidget(button);
        layout->addLayout(bar);
        layout->addWidget(view, 1);
        page.show();
    }

    void resize(int width)
    {
        page.resize(width, 300);
        QTest::qWait(10);
    }
};

bool showsAll(const QComboBox& box)
{
    constexpr int kArrow = 16;
    return box.fontMetrics().horizontalAdvance(box.currentText()) + kArrow <= box.width();
}

} // namespace

void TestControls::barsWrapInsteadOfCutting()
{
    Bar bar;
    bar.resize(900);
    const int oneLine = bar.view->y();
    QCOMPARE(bar.boxes[2]->y(), bar.boxes[0]->y());
    QVERIFY(bar.boxes[0]->width() < 300); // as wide as its text, not as its longest entry
    QVERIFY(bar.button->geometry().right() > 880); // the right part
    bar.resize(260);
    for (const QComboBox* box : bar.boxes) {
        QVERIFY2(showsAll(*box), qPrintable(box->currentText()));
        QVERIFY(box->geometry().right() < 260);
    }
    QVERIFY(bar.boxes[2]->y() > bar.boxes[0]->y());
    QVERIFY(bar.view->y() > oneLine); // what is below gives way
    QVERIFY(bar.view->y() > bar.button->geometry().bottom());
    bar.boxes[0]->hide();
    QTest::qWait(10);
    QCOMPARE(bar.boxes[1]->y(), bar.boxes[2]->y());
}

void TestControls::barsFollowWhatIsChosen()
{
    Bar bar;
    bar.resize(900);
    const int before = bar.boxes[1]->width();
    bar.boxes[1]->setCurrentIndex(1);
    QTest::qWait(10);
    QVERIFY(bar.boxes[1]->width() > 3 * before);
    QVERIFY(bar.boxes[1]->width() <= 900); // only what is wider than the bar is cut
    bar.boxes[1]->setCurrentIndex(0);
    QTest::qWait(10);
    QCOMPARE(bar.boxes[1]->width(), before);
}

void TestControls::namesAreShortenedOnce()
{
    const QFontMetrics metrics{QFont()};
    const QString name = QStringLiteral("embeddings.position_embeddings");
    const auto width = [&](const QString& text) { return metrics.horizontalAdvance(text); };
    QCOMPARE(shortenedName(name, metrics, width(name)), name);
    QCOMPARE(shortenedName(name, metrics, width(name) - 1), utf8("…position_embeddings"));
    // Too narrow for the last part too: one ellipsis, in its middle.
    const QString least = shortenedName(name, metrics, width(QStringLiteral("position_emb")));
    QCOMPARE(least.count(QChar(0x2026)), 1);
    QVERIFY2(least.startsWith(QStringLiteral("pos")), qPrintable(least));
}

void TestControls::shortenedNamesStayApart()
{
    const QFontMetrics metrics{QFont()};
    const auto width = [&](const QString& text) { return metrics.horizontalAdvance(text); };
    const QStringList norms{QStringLiteral("post_attention_layernorm"),
        QStringLiteral("post_feedforward_layernorm"), QStringLiteral("pre_feedforward_layernorm")};
    QSet<QString> shown;
    for (const QString& name : norms) {
        QStringList siblings = norms;
        siblings.removeOne(name);
        const int room = width(QStringLiteral("post_att__m"));
        const QString shortened = shortenedName(name, metrics, room, siblings);
        QVERIFY(width(shortened) <= room);
        shown << shortened;
    }
    QCOMPARE(shown.size(), 3);
    // What says too little keeps more; what would be a sibling's name too.
    QVERIFY(shortenedName(QStringLiteral("LayerNorm.bias"), metrics, width(QStringLiteral("LayerNorm.bi")))
                .startsWith(QStringLiteral("Lay")));
    const QString tensor = QStringLiteral("attention.output");
    const int room = width(QStringLiteral("attention."));
    QCOMPARE(shortenedName(tensor, metrics, room), utf8("…output"));
    QVERIFY(shortenedName(tensor, metrics, room, {QStringLiteral("output")}) != utf8("…output"));
}

void TestControls::jointNamesSayEachPart()
{
    const auto joint = [](const QStringList& names) { return jointName(names); };
    QCOMPARE(joint({QStringLiteral("3 self_attn.k_proj"), QStringLiteral("3 self_attn.q_proj"),
                 QStringLiteral("3 self_attn.v_proj")}),
        QStringLiteral("3 self_attn.{k,q,v}_proj"));
    QCOMPARE(joint({QStringLiteral("1 attention.self.key"), QStringLiteral("1 attention.self.query")}),
        QStringLiteral("1 attention.self.{key,query}"));
    QCOMPARE(joint({QStringLiteral("1 mlp.gate_proj"), QStringLiteral("1 mlp.up_proj")}),
        QStringLiteral("1 mlp.{gate,up}_proj"));
    // One that is part of the other, or another block: all are written out.
    QCOMPARE(joint({QStringLiteral("1 mlp.proj"), QStringLiteral("1 mlp.up_proj")}),
        QStringLiteral("1 mlp.{proj,up_proj}"));
    QCOMPARE(joint({QStringLiteral("1 a.b"), QStringLiteral("2 a.b")}), QStringLiteral("1 a.b + 2 a.b"));
    QCOMPARE(joint({QStringLiteral("lm_head")}), QStringLiteral("lm_head"));
    QCOMPARE(joint({}), QString());
}

// Whatever the height: below the last line that is shown nothing of it is missing.
void TestControls::textsAndTablesEndWithWholeLines()
{
    const std::unique_ptr<QTextBrowser> browser(makeBrowser(nullptr));
    QString html;
    for (int i = 0; i < 60; ++i)
        html += QStringLiteral("<tr><td>gjpqy %1</td><td align=\"right\">|||||</td></tr>").arg(i);
    browser->setHtml(QStringLiteral("<table width=\"100%\">%1</table>").arg(html));
    WholeRowsTable table(60, 1);
    table.setShowGrid(false);
    table.verticalHeader()->hide();
    for (int i = 0; i < 60; ++i)
        table.setItem(i, 0, new QTableWidgetItem(QStringLiteral("gjpqy |||||")));
    for (QAbstractScrollArea* area : std::initializer_list<QAbstractScrollArea*>{browser.get(), &table}) {
        area->show();
        const QRgb ground = area->palette().color(QPalette::Base).rgb();
        const auto inked = [&](const QImage& picture, int y) {
            for (int x = 0; x < picture.width() - 20; ++x)
                if (picture.pixel(x, y) != ground)
                    return true;
            return false;
        };
        const auto pictureAt = [&](int height, int scrolled) {
            area->resize(300, height);
            area->verticalScrollBar()->setValue(scrolled);
            return area->viewport()->grab().toImage().convertToFormat(QImage::Format_RGB32);
        };
        for (const int scrolled : {0, 7}) {
            const QImage tall = pictureAt(400, scrolled);
            for (int height = 150; height < 190; ++height) {
                const QImage picture = pictureAt(height, scrolled);
                int last = picture.height() - 1;
                while (last > 0 && !inked(picture, last))
                    --last;
                QVERIFY2(last > 100 && !inked(tall, last + 1), qPrintable(QString::number(height)));
            }
        }
    }
}

void TestControls::columnsGrowWithLaterRows()
{
    DataTable table(QStringLiteral("Numbers"));
    table.resize(600, 300);
    table.show();
    TableData data;
    data.columns = {{QStringLiteral("What"), {}, false}, {QStringLiteral("KL"), {}, true}};
    data.rows = {{QStringLiteral("a"), 1.0}};
    table.setData(data);
    const int before = table.view()->columnWidth(1);
    data.rows.push_back({QStringLiteral("b"), 0.000000123456});
    table.setData(data);
    const QString text = table.view()->model()->index(1, 1).data().toString();
    QVERIFY(table.view()->columnWidth(1) > before);
    QVERIFY(table.view()->columnWidth(1) > table.fontMetrics().horizontalAdvance(text));
    // A width set by hand stays.
    table.view()->horizontalHeader()->resizeSection(1, 33);
    data.rows.push_back({QStringLiteral("c"), 123456789.25});
    table.setData(data);
    QCOMPARE(table.view()->columnWidth(1), 33);
}

QTEST_MAIN(TestControls)
#include "tst_controls.moc"
