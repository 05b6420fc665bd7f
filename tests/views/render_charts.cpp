// Draws every chart with synthetic data into PNG files, for looking at them. Usage: render_charts DIR [CHART]
#include "views/charts/block_role_matrix.h"
#include "views/charts/maxima_chart.h"
#include "views/charts/outlier_map.h"
#include "views/charts/pareto_chart.h"
#include "views/charts/size_treemap.h"
#include "views/charts/spectrum_chart.h"
#include "views/charts/weight_histogram.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QTextStream>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>
#include <memory>
#include <random>

using namespace bitwright::views;

namespace {

constexpr int kBlocks = 18;
QString text(const char* s)
{
    return QString::fromUtf8(s);
}

MaximaData maxima(std::mt19937& random)
{
    std::lognormal_distribution<double> spread(0, 0.35);
    const std::vector<std::pair<QString, double>> groups{{text("input of q, k, v"), 9},
        {text("input of o"), 1.4}, {text("input of gate, up"), 22}, {text("input of down"), 70},
        {text("residual"), 900}};
    MaximaData data;
    for (int d = 0; d < 2; ++d) {
        MaximaDump dump;
        dump.name = d == 0 ? text("wiki.h5, 2 048 tokens") : text("code.h5, 512 tokens");
        for (int block = 0; block < kBlocks; ++block)
            for (const auto& [group, level] : groups) {
                MaximaSite site;
                site.name = text("model.layers.%1 %2").arg(block).arg(group);
                site.group = group;
                site.block = block;
                const double base = level * (1 + 0.08 * block) * spread(random) * (d == 0 ? 1 : 0.7);
                site.maximum = base * (group == u"residual" && block > 2 ? 60 : 1);
                if (d == 0)
                    site.quantile999 = base * 0.4;
                site.rms = base * 0.06;
                dump.sites.push_back(site);
            }
        if (d == 0)
            for (const int block : {3, 4, 9, 17})
                dump.massive.push_back(
                    {block * 5 + 4, 163, block == 9 ? 411 : 0, block == 9 ? text(",") : text("<bos>"),
                        *dump.sites[static_cast<std::size_t>(block * 5 + 4)].maximum});
        data.dumps.push_back(dump);
    }
    return data;
}

OutlierMapData outliers(std::mt19937& random, int rows, int channels)
{
    std::lognormal_distribution<float> value(0, 0.6F);
    OutlierMapData data;
    data.measure = text("max |x|");
    data.criterion = text("LLM.int8() outliers (6)");
    for (int r = 0; r < rows; ++r) {
        OutlierRow row;
        const bool wide = r % 7 == 6;
        row.block = r / 7;
        row.label = text("%1 %2").arg(row.block).arg(wide ? text("down") : text("qkv"));
        row.name = text("model.layers.%1.%2 input")
                       .arg(row.block)
                       .arg(wide ? text("mlp.down_proj") : text("self_attn"));
        row.values.resize(static_cast<std::size_t>(wide ? channels : channels * 2 / 3));
        for (std::size_t c = 0; c < row.values.size(); ++c)
            row.values[c]
                = value(random) * (c % 97 == 13 ? 9.0F : 1.0F) * (1 + 0.05F * static_cast<float>(r));
        row.values[163 % row.values.size()] = 4000.0F;
        if (r == rows / 2)
            std::fill(row.values.begin(), row.values.end(), std::numeric_limits<float>::quiet_NaN());
        data.rows.push_back(std::move(row));
    }
    for (int r = 0; r < rows; r += 3)
        data.marks.push_back({r, 163});
    return data;
}

WeightHistogramData weights(std::mt19937& random)
{
    std::student_t_distribution<double> value(5);
    WeightHistogramData data;
    constexpr int kBins = 240;
    for (int i = 0; i <= kBins; ++i)
        data.edges.push_back(-0.6 + 1.2 * i / kBins);
    data.counts.assign(kBins, 0);
    data.total = 400000;
    for (int i = 0; i < data.total; ++i)
        if (const int bin = static_cast<int>((value(random) * 0.05 + 0.6) / 1.2 * kBins);
            bin >= 0 && bin < kBins)
            ++data.counts[static_cast<std::size_t>(bin)];
    data.tensor = text("model.layers.4.mlp.down_proj.weight");
    data.option = text("int4-sym-g128/gptq");
    data.optionBits = 4;
    data.nonFinite = 3;
    for (int q = -8; q <= 7; ++q)
        data.levels.push_back({q * 0.045, std::exp(-q * q / 9.0) / 5.4});
    data.clipped.assign(kBins, 0);
    for (std::size_t i = 0; i < data.clipped.size(); ++i)
        if (data.edges[i + 1] < -0.36 || data.edges[i] > 0.315)
            data.clipped[i] = data.counts[i];
    data.clippedShare = 0.0021;
    return data;
}

SpectrumData spectrum(std::mt19937& random)
{
    std::uniform_real_distribution<double> uniform(0, 1);
    SpectrumData data;
    data.tensor = text("model.layers.4.mlp.down_proj.weight");
    for (int i = 0; i < 500; ++i)
        data.eigenvalues.push_back(0.15 + 2.6 * std::pow(uniform(random), 1.6));
    for (int i = 0; i < 140; ++i)
        data.eigenvalues.push_back(2.2 * std::pow(1 - uniform(random), -1 / 1.9));
    for (int i = 0; i < 640; ++i)
        data.errorEigenvalues.push_back(0.004 + 0.02 * uniform(random));
    data.tails = {{2.9, 2.2, 180, Interval{2.61, 3.22}, text("power law (KS)")},
        {3.3, 4.1, 60, std::nullopt, text("Hill")}};
    data.bulk = BulkFit{0.12, 2.9, 1.0, 0.44, 96};
    data.errorBits = 4;
    data.errorOption = text("int4-sym-g128/gptq");
    data.estimators = {{text("alpha (KS)"), text("2.90 ± 0.15")}, {text("alpha (Hill)"), text("3.30")},
        {text("xmin"), text("2.20")}, {text("D (KS)"), text("0.031")}, {text("stable rank"), text("38.2")},
        {text("effective rank"), text("402")}, {text("spikes"), text("96")}};
    return data;
}

MatrixData matrix(std::mt19937& random, int blocks, int experts)
{
    std::lognormal_distribution<double> harm(-4, 1.6);
    std::uniform_real_distribution<double> uniform(0, 1);
    MatrixData data;
    data.harmLabel = text("predicted harm (fisher^0.25, not measured)");
    for (const char* name : {"q", "k", "v", "o"})
        data.columns.push_back({text(name), text("attention %1").arg(text(name)), text("attention")});
    for (const char* name : {"gate", "up", "down"})
        data.columns.push_back({text(name), text("mlp %1").arg(text(name)), text("mlp")});
    data.columns.push_back({text("embed"), text("embedding"), text("other")});
    data.columns.push_back({text("norm"), text("norms"), text("other")});
    data.rows.push_back({text("–"), text("model")});
    MatrixUnit embedding;
    embedding.column = 7;
    embedding.name = text("model.embed_tokens.weight");
    embedding.bits = 16;
    embedding.fixed = true;
    data.units.push_back(embedding);
    for (int block = 0; block < blocks; ++block) {
        data.rows.push_back({QString::number(block), text("decoder")});
        for (int column = 0; column < 9; ++column) {
            const int count = column >= 4 && column <= 6 ? experts : 1;
            for (int e = 0; e < count && column != 7; ++e) {
                MatrixUnit unit;
                unit.row = block + 1;
                unit.column = column;
                unit.name = text("model.layers.%1.%2.weight")
                                .arg(block)
                                .arg(data.columns[static_cast<std::size_t>(column)].label);
                unit.option = text("int4-asym-g128/gptq");
                static const std::vector<double> kBits{2, 3, 4, 4, 4, 5, 6, 8, 4.5};
                unit.bits = column == 8 ? 16 : kBits[static_cast<std::size_t>(uniform(random) * 8.99)];
                unit.fixed = column == 8;
                unit.harm = harm(random);
                unit.share = 0.2 + uniform(random);
                unit.tie = column < 3 ? block : -1;
                unit.locked = uniform(random) < 0.06;
                unit.edited = uniform(random) < 0.06;
                unit.fallback = uniform(random) < 0.04;
                unit.nonFinite = block == 5 && column == 3;
                unit.imported = block == 7;
                if (block == 11 && column == 6)
                    unit.bits = std::numeric_limits<double>::quiet_NaN();
                if (block == 12)
                    unit.harm.reset();
                data.units.push_back(unit);
            }
        }
    }
    return data;
}

ParetoData pareto(std::mt19937& random)
{
    std::uniform_real_distribution<double> uniform(0, 1);
    ParetoData data;
    const double weightsCount = 170e6;
    data.plannedWeights = weightsCount;
    data.harmLabel = text("predicted harm (fisher^0.25, not measured)");
    double bytes = weightsCount * 2.25 / 8;
    while (bytes < weightsCount * 8.2 / 8) {
        const double bpw = 8 * bytes / weightsCount;
        data.frontier.push_back({bytes, 3 * std::exp2(-1.7 * (bpw - 2)) * 0.8});
        bytes += weightsCount * (0.002 + 0.03 * uniform(random)) / 8;
    }
    const auto mark = [&](const char* name, double bpw, double factor) {
        return ParetoMark{text(name), weightsCount * bpw / 8, 3 * std::exp2(-1.7 * (bpw - 2)) * factor,
            std::nullopt, false};
    };
    data.presets = {mark("uniform int2-g64", 2.5, 1.6), mark("uniform int3-g128", 3.25, 1.5),
        mark("uniform int4-g128", 4.25, 1.35), mark("uniform int4-g32", 4.5, 1.3),
        mark("uniform nf4", 4.5, 1.42), mark("Q4_K_M", 4.83, 1.2), mark("Q5_K_M", 5.67, 1.25),
        mark("uniform int8-row", 8.02, 1.1)};
    data.plans = {mark("night run", 3.6, 0.83), mark("hand 2", 5.1, 0.95)};
    data.current = mark("plan 3", 4.12, 0.8 * 1.12);
    data.budgetBytes = weightsCount * 4.5 / 8;
    return data;
}

void save(QWidget& widget, ChartBase* base, const QString& path, QSize size, bool hover)
{
    widget.resize(size);
    widget.show();
    QApplication::processEvents();
    if (hover) {
        const QPointF at(size.width() * 0.55, size.height() * 0.5);
        QMouseEvent move(
            QEvent::MouseMove, at, widget.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
        QApplication::sendEvent(&widget, &move);
    }
    if (base)
        base->replot(QCustomPlot::rpImmediateRefresh);
    QApplication::processEvents();
    widget.grab().save(path);
    if (hover) {
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(&widget, &leave);
    }
}

struct Sample
{
    QString name;
    std::unique_ptr<QWidget> widget;
    ChartBase* base = nullptr;
    std::function<void(const Theme&)> setTheme;
};

std::vector<Sample> samples()
{
    std::mt19937 random(7);
    std::vector<Sample> result;
    const auto add = [&](const char* name, auto widget) {
        Sample sample;
        sample.name = text(name);
        auto* raw = widget.get();
        sample.base = qobject_cast<ChartBase*>(raw);
        sample.setTheme = [raw](const Theme& theme) { raw->setTheme(theme); };
        raw->setCaption({text(name), text("gemma-3-270m, wiki.h5 (2 048 tokens)"), text("per tensor"),
            text("predicted by fisher^0.25, not measured")});
        sample.widget = std::move(widget);
        result.push_back(std::move(sample));
    };
    auto chart1 = std::make_unique<MaximaChart>();
    chart1->setData(maxima(random));
    add("maxima", std::move(chart1));
    auto chart2 = std::make_unique<OutlierMap>();
    chart2->setData(outliers(random, 42, 3072));
    add("outliers", std::move(chart2));
    auto chart2b = std::make_unique<OutlierMap>();
    chart2b->setData(outliers(random, 42, 3072));
    chart2b->setSorted(true);
    chart2b->setPinnedChannel(163);
    add("outliers-sorted", std::move(chart2b));
    auto chart3 = std::make_unique<WeightHistogram>();
    chart3->setData(weights(random));
    add("weights", std::move(chart3));
    auto chart4 = std::make_unique<SpectrumChart>();
    chart4->setData(spectrum(random));
    add("spectrum", std::move(chart4));
    auto chart4b = std::make_unique<SpectrumChart>();
    chart4b->setData(spectrum(random));
    chart4b->setMode(SpectrumChart::Mode::Density);
    add("spectrum-density", std::move(chart4b));
    auto chart5 = std::make_unique<BlockRoleMatrix>();
    chart5->setData(matrix(random, kBlocks, 1));
    chart5->setSelection({12, 13, 14, 40});
    add("matrix", std::move(chart5));
    auto chart5b = std::make_unique<BlockRoleMatrix>();
    chart5b->setData(matrix(random, 40, 8));
    add("matrix-moe", std::move(chart5b));
    auto chart6 = std::make_unique<ParetoChart>();
    chart6->setData(pareto(random));
    add("pareto", std::move(chart6));
    auto chart7 = std::make_unique<SizeTreemap>();
    chart7->setItems({{text("embedding"), 168e6 * 2, 16, {}}, {text("mlp gate"), 47e6, 4.25, {}},
        {text("mlp up"), 47e6, 4.25, {}}, {text("mlp down"), 47e6, 6, {}}, {text("attention q"), 23e6, 3, {}},
        {text("attention o"), 23e6, 5, {}}, {text("attention k"), 6e6, 8, {}},
        {text("attention v"), 6e6, 8, {}}, {text("norms"), 1e6, 16, {}}});
    add("treemap", std::move(chart7));
    return result;
}

// Time of drawing one frame after a change of view or data, in milliseconds: median of `count`, and mean CPU
// time.
QString frameTime(const std::function<void(int)>& change, QWidget& widget, int count)
{
    std::vector<double> times;
    const std::clock_t before = std::clock();
    QPixmap target(widget.size());
    for (int i = 0; i < count; ++i) {
        QElapsedTimer timer;
        timer.start();
        change(i);
        widget.render(&target);
        times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    const double busy = 1e3 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC / count;
    std::sort(times.begin(), times.end());
    return QStringLiteral("%1 ms (CPU %2 ms)")
        .arg(QString::number(times[times.size() / 2], 'f', 1), QString::number(busy, 'f', 1));
}

void measure(QTextStream& out)
{
    std::mt19937 random(3);
    OutlierMap map;
    OutlierMapData large = outliers(random, 126, 28672);
    map.resize(1000, 640);
    map.show();
    QApplication::processEvents();
    QElapsedTimer timer;
    timer.start();
    map.setData(std::move(large));
    map.replot(QCustomPlot::rpImmediateRefresh);
    out << "outlier map 126 x 28672: first paint " << timer.elapsed() << " ms, zoom frame "
        << frameTime(
               [&](int i) {
                   map.setViewRange(Qt::Horizontal, {100.0 * i, 28000 - 400.0 * i});
                   map.replot(QCustomPlot::rpImmediateRefresh);
               },
               map, 31)
        << "\n";
    BlockRoleMatrix cells;
    const MatrixData many = matrix(random, 128, 24);
    cells.setData(many);
    cells.resize(1000, 640);
    cells.show();
    QApplication::processEvents();
    out << "matrix of " << many.units.size() << " units: frame after setUnits "
        << frameTime([&](int) { cells.setUnits(many.units); }, cells, 31) << "\n";
    ParetoChart chart;
    ParetoData plans = pareto(random);
    chart.setData(plans);
    chart.resize(1000, 640);
    chart.show();
    QApplication::processEvents();
    chart.replot(QCustomPlot::rpImmediateRefresh);
    out << "pareto of " << plans.frontier.size() << " states: drag frame "
        << frameTime([&](int i) { chart.setBudget(1e8 + 1e5 * i); }, chart, 31) << "\n";
}

} // namespace

int main(int argc, char** argv)
{
    QApplication app(argc, argv);
    QTextStream out(stdout);
    if (argc < 2) {
        out << "usage: render_charts DIR [CHART]\n";
        return 2;
    }
    const QDir dir(QString::fromLocal8Bit(argv[1]));
    dir.mkpath(QStringLiteral("."));
    const QString only = argc > 2 ? QString::fromLocal8Bit(argv[2]) : QString();
    if (only == u"measure") {
        measure(out);
        return 0;
    }
    for (const Sample& sample : samples()) {
        if (!only.isEmpty() && !sample.name.startsWith(only))
            continue;
        for (const QSize size : {QSize(1000, 640), QSize(700, 420), QSize(420, 300)})
            for (const bool dark : {false, true}) {
                sample.setTheme(dark ? darkTheme() : lightTheme());
                const QString file = QStringLiteral("%1-%2-%3.png")
                                         .arg(sample.name, QString::number(size.width()),
                                             dark ? QStringLiteral("dark") : QStringLiteral("light"));
                save(*sample.widget, sample.base, dir.filePath(file), size, size.width() == 1000 && dark);
            }
    }
    return 0;
}
