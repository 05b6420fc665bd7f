#include "views/models/tensor_query.h"

#include <QtTest>

#include <limits>

using namespace bitwright::views;

class TestTensorQuery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void terms_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("matches");
        const auto row = [](const char* text, bool matches) {
            QTest::newRow(text) << QString::fromLatin1(text) << matches;
        };
        row("", true);
        row("Down mlp", true);
        row("down gate", false);
        row("down and mlp", true);
        row("-gate", true);
        row("-down", false);
        row("-", true);
        row("/layers\\.(3|5)\\./", true);
        row("/^model .*/", false);
        row("-/layers\\.3/", false);
        row("/layers", true);
        row("role:down", true);
        row("role:gate", false);
        row("role:", true);
        row("dtype:BF16", true);
        row("size>1M", true);
        row("size>2.5MiB", false);
        row("size>=2.5MiB", true);
        row("size<2k", false);
        row("params=1310720", true);
        row("params<1.4M", true);
        row("bits<=4.25", true);
        row("bits=4", true);
        row("bits>4.25", false);
        row("block:3", true);
        row("block:0-3", true);
        row("block:4-", false);
        row("block:2-", true);
        row("is:locked", true);
        row("is:nan", false);
        row("-is:nan is:planned -is:kept", true);
        row("size>", true);
    }
    void terms()
    {
        QFETCH(QString, text);
        QTEST(matches(text), "matches");
        QVERIFY(TensorQuery::parse(text).problem().isEmpty());
    }

    void problems_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text :
            {"/(/", "size>many", "bits<=x", "block:a", "block:3-x", "is:odd", "-is:odd down size>?"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void problems()
    {
        QFETCH(QString, text);
        QVERIFY(!TensorQuery::parse(text).problem().isEmpty());
    }

    void unknownBitsSatisfyNothing()
    {
        QueryState state;
        state.bits = std::numeric_limits<double>::quiet_NaN();
        for (const char* text : {"bits>0", "bits<99", "bits=4"})
            QVERIFY(!TensorQuery::parse(QString::fromLatin1(text)).matches({}, state));
    }

    void knowsWhatMayChange()
    {
        QVERIFY(TensorQuery::parse(QStringLiteral("bits>3")).dependsOnState());
        QVERIFY(TensorQuery::parse(QStringLiteral("is:tied")).dependsOnState());
        QVERIFY(!TensorQuery::parse(QStringLiteral("down size>1 block:3 /x/")).dependsOnState());
    }

    void completes()
    {
        const QStringList roles{QStringLiteral("down"), QStringLiteral("gate")},
            dtypes{QStringLiteral("bf16")};
        QCOMPARE(TensorQuery::completions(QStringLiteral("mlp -ro"), roles, dtypes),
            (QStringList{QStringLiteral("mlp -role:"), QStringLiteral("mlp -role:down"),
                QStringLiteral("mlp -role:gate")}));
        QVERIFY(TensorQuery::completions(QStringLiteral("mlp "), roles, dtypes).isEmpty());
        QVERIFY(TensorQuery::completions(QStringLiteral("is:l"), roles, dtypes)
                    .contains(QStringLiteral("is:locked")));
        QVERIFY(TensorQuery::help().contains(QStringLiteral("bits&lt;=4")));
    }

private:
    static bool matches(const QString& text)
    {
        QueryTensor tensor;
        tensor.name = QStringLiteral("model.layers.3.mlp.down_proj.weight");
        tensor.role = "down";
        tensor.dtype = "bf16";
        tensor.text = tensor.name.toStdString() + " down bf16";
        tensor.block = 3;
        tensor.parameters = 1310720;
        tensor.bytes = 2 * tensor.parameters;
        QueryState state;
        state.bits = 4.25;
        state.locked = state.planned = true;
        return TensorQuery::parse(text).matches(tensor, state);
    }
};

QTEST_GUILESS_MAIN(TestTensorQuery)
#include "tst_tensor_query.moc"
