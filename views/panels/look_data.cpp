#include "views/panels/look_data.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace bitwright::views {

namespace {

constexpr std::size_t kMassivePerSite = 200;

QString tr(const char* text)
{
    return QCoreApplication::translate("LookData", text);
}

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

/// Whether a site's tensors are of one of the roles.
bool feedsRole(const model::Site& site, std::initializer_list<model::Role> roles)
{
    if (site.tensors.empty())
        return false;
    const auto role = model::parseTensorName(site.tensors.front()).role;
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

} // namespace

// --- Sites ---

QString siteGroup(const model::Site& site)
{
    using model::Role;
    if (site.kind == model::SiteKind::Residual)
        return tr("residual stream");
    if (site.kind == model::SiteKind::OutputOf) {
        return feedsRole(
                   site, {Role::AttentionOutput, Role::Query, Role::Key, Role::Value, Role::QueryKeyValue})
            ? tr("attention contribution")
            : tr("mlp contribution");
    }
    QStringList labels;
    for (const auto& tensor : site.tensors) {
        const QString label = roleLabel(model::parseTensorName(tensor).role);
        if (!labels.contains(label))
            labels.push_back(label);
    }
    return tr("input of %1").arg(labels.join(QStringLiteral(", ")));
}

double siteOffset(const model::Site& site)
{
    constexpr double kBetween = 0.5;
    const bool beforeMlp = site.kind == model::SiteKind::Residual && site.block
        && site.name.find("mlp.stream") != std::string::npos;
    return beforeMlp ? kBetween : 0;
}

std::vector<int> siteBlocks(const model::ActivationDump& dump)
{
    int lastBlock = -1;
    for (const auto& site : dump.sites())
        lastBlock = std::max(lastBlock, site.block.value_or(-1));
    std::vector<int> blocks;
    bool behindBlocks = false;
    for (const auto& site : dump.sites()) {
        behindBlocks = behindBlocks || site.block.has_value();
        blocks.push_back(site.block.value_or(behindBlocks ? lastBlock + 1 : -1));
    }
    return blocks;
}

QStringList siteLabels(const model::ActivationDump& dump, bool withGroup)
{
    const auto blocks = siteBlocks(dump);
    QStringList labels;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const auto& site = dump.sites()[i];
        const bool residual = site.kind == model::SiteKind::Residual;
        QString label;
        if (!site.block)
            label = !residual ? siteGroup(site) : blocks[i] < 0 ? tr("embedding output") : tr("final stream");
        else if (residual && site.name.find(".stream") != std::string::npos)
            label = (siteOffset(site) > 0 ? tr("%1 before mlp") : tr("%1 before attention")).arg(*site.block);
        else
            label = withGroup ? QStringLiteral("%1 %2").arg(*site.block).arg(siteGroup(site))
                              : QString::number(*site.block);
        labels << label;
    }
    return labels;
}

std::vector<SiteGroup> siteGroups(const model::ActivationDump& dump)
{
    std::vector<SiteGroup> groups;
    std::vector<bool> residual;
    for (std::size_t i = 0; i < dump.sites().size(); ++i) {
        const auto& site = dump.sites()[i];
        const QString name = siteGroup(site);
        auto found
            = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.name == name; });
        if (found == groups.end())
            found = groups.insert(groups.end(), SiteGroup{name, {}, 0});
        found->sites.push_back(i);
        found->channels = std::max<std::size_t>(found->channels, site.channels);
    }
    std::stable_partition(groups.begin(), groups.end(), [&](const SiteGroup& group) {
        return dump.sites()[group.sites.front()].kind == model::SiteKind::Residual;
    });
    return groups;
}

// --- Massive activations ---

namespace {

struct TokenRow
{
    double largest = 0;
    double median = 0;
};

/// What the dump says about a token of a site; nothing when it does not hold values per token.
std::optional<TokenRow> tokenRow(const model::Site& site, std::uint64_t token)
{
    if (!site.tokenAbsMax || !site.tokenMedianAbs || token >= site.tokenAbsMax->size()
        || token >= site.tokenMedianAbs->size())
        return std::nullopt;
    return TokenRow{
        static_cast<double>((*site.tokenAbsMax)[token]), static_cast<double>((*site.tokenMedianAbs)[token])};
}

std::optional<double> ratio(double value, std::optional<double> median)
{
    return median && *median > 0 ? std::optional(std::abs(value) / *median) : std::nullopt;
}

/// Whether two magnitudes are the same number, one of them stored with 24 bits.
bool sameMagnitude(double a, double b)
{
    constexpr double kFloatSteps = 1e-6;
    return std::abs(std::abs(a) - std::abs(b)) <= kFloatSteps * std::abs(b);
}

class SiteCollector
{
public:
    SiteCollector(int dump, int index, const model::Site& site, const stats::MassiveSettings& settings)
        : m_dump(dump)
        , m_index(index)
        , m_site(site)
        , m_settings(settings)
        , m_median(site.histogram ? site.histogram->quantile(0.5) : std::nullopt)
    { }

    void collect(const stats::MassiveActivations& massive)
    {
        if (massive.values)
            for (const auto& top : *massive.values)
                add(top.value, top.token, static_cast<int>(top.channel), true);
        if (!m_site.tokenAbsMax || !m_site.tokenMedianAbs)
            return;
        const std::size_t tokens = std::min(m_site.tokenAbsMax->size(), m_site.tokenMedianAbs->size());
        for (std::size_t t = 0; t < tokens; ++t) {
            const TokenRow row = *tokenRow(m_site, t);
            if (!counts(row) || m_tokensListed.contains(t))
                continue;
            const auto* top = largestOf(t, row.largest);
            add(top ? top->value : row.largest, t,
                top ? std::optional(static_cast<int>(top->channel)) : std::nullopt, false);
        }
        std::stable_sort(m_values.begin(), m_values.end(),
            [](const auto& a, const auto& b) { return std::abs(a.value) > std::abs(b.value); });
    }
    [[nodiscard]] std::vector<MassiveValue>& values() { return m_values; }

private:
    [[nodiscard]] bool counts(const TokenRow& row) const
    {
        return row.largest > m_settings.threshold && row.largest > m_settings.medianRatio * row.median;
    }
    [[nodiscard]] const model::TopValue* largestOf(std::uint64_t token, double magnitude) const
    {
        if (!m_site.top)
            return nullptr;
        for (const auto& top : *m_site.top)
            if (top.token == token && sameMagnitude(top.value, magnitude))
                return &top;
        return nullptr;
    }
    void add(double value, std::uint64_t token, std::optional<int> channel, bool bySite)
    {
        MassiveValue item;
        item.dump = m_dump;
        item.site = m_index;
        item.value = value;
        item.token = static_cast<std::int64_t>(token);
        item.channel = channel;
        item.bySite = bySite;
        item.siteRatio = ratio(value, m_median);
        if (const auto row = tokenRow(m_site, token)) {
            item.tokenRatio = ratio(value, row->median);
            // The token's criterion is about its largest value only.
            item.byToken = counts(*row) && sameMagnitude(value, row->largest);
            if (item.byToken)
                m_tokensListed.insert(token);
        }
        m_values.push_back(item);
    }

    int m_dump, m_index;
    const model::Site& m_site;
    const stats::MassiveSettings& m_settings;
    std::optional<double> m_median;
    std::set<std::uint64_t> m_tokensListed;
    std::vector<MassiveValue> m_values;
};

} // namespace

MassiveList massiveValues(int dump, const model::ActivationDump& source, const stats::OutlierReport& report,
    const std::vector<std::int32_t>& tokens, const stats::MassiveSettings& settings)
{
    std::vector<std::int32_t> ids; // tokens are numbered without padding
    std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(ids), [](auto id) { return id >= 0; });
    MassiveList list;
    for (std::size_t i = 0; i < source.sites().size() && i < report.sites.size(); ++i) {
        const auto& massive = report.sites[i].massive;
        SiteCollector collector(dump, static_cast<int>(i), source.sites()[i], settings);
        collector.collect(massive);
        auto& found = collector.values();
        if (massive.values && !massive.values->empty())
            list.complete = list.complete && massive.listIsComplete;
        if (found.size() > kMassivePerSite) {
            list.omitted += found.size() - kMassivePerSite;
            found.resize(kMassivePerSite);
        }
        for (auto& value : found)
            if (static_cast<std::size_t>(value.token) < ids.size())
                value.tokenId = ids[static_cast<std::size_t>(value.token)];
        list.values.insert(list.values.end(), found.begin(), found.end());
    }
    return list;
}

MassiveList massiveValues(const Document& document)
{
    MassiveList all;
    if (!document.isOpen())
        return all;
    const auto& dumps = document.workspace()->dumps();
    for (std::size_t d = 0; d < dumps.size(); ++d) {
        const auto report = document.outliers(static_cast<int>(d));
        if (!report)
            continue;
        const auto list
            = massiveValues(static_cast<int>(d), *dumps[d], *report, document.tokenIds(static_cast<int>(d)));
        all.values.insert(all.values.end(), list.values.begin(), list.values.end());
        all.omitted += list.omitted;
        all.complete = all.complete && list.complete;
    }
    return all;
}

// --- Maxima ---

MaximaData maximaData(const Document& document, const MassiveList& massive)
{
    MaximaData data;
    if (!document.isOpen())
        return data;
    const auto& dumps = document.workspace()->dumps();
    for (std::size_t d = 0; d < dumps.size(); ++d) {
        MaximaDump dump;
        dump.name = QFileInfo(QString::fromStdString(dumps[d]->path())).fileName();
        const auto report = document.outliers(static_cast<int>(d));
        const auto blocks = siteBlocks(*dumps[d]);
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            const auto& site = dumps[d]->sites()[i];
            data.lastBlock = std::max(data.lastBlock, site.block.value_or(-1));
            const auto summary = report ? report->sites[i].summary : stats::summarizeSite(site, i);
            MaximaSite item;
            item.name = display(site.name);
            item.group = siteGroup(site);
            item.block = blocks[i];
            item.offset = siteOffset(site);
            item.maximum = summary.absMax;
            item.quantile999 = summary.q999;
            item.rms = summary.rms;
            if (site.kind == model::SiteKind::Residual && !data.mainGroups.contains(item.group))
                data.mainGroups << item.group;
            dump.sites.push_back(std::move(item));
        }
        data.dumps.push_back(std::move(dump));
    }
    // One mark per channel of a site, at its largest value: every further token of it would only stack marks.
    std::map<std::tuple<int, int, int>, std::size_t> marked;
    for (const auto& value : massive.values) {
        auto& marks = data.dumps[static_cast<std::size_t>(value.dump)].massive;
        const auto key = std::tuple(value.dump, value.site, value.channel.value_or(-1));
        const auto [place, isNew] = marked.emplace(key, marks.size());
        if (isNew) {
            MassiveMark mark;
            mark.site = value.site;
            mark.channel = value.channel.value_or(-1);
            mark.token = value.token;
            mark.tokenId = value.tokenId;
            mark.value = value.value;
            mark.bySite = mark.byToken = false;
            marks.push_back(mark);
        }
        MassiveMark& mark = marks[place->second];
        mark.bySite = mark.bySite || value.bySite;
        mark.byToken = mark.byToken || value.byToken;
        ++mark.count;
    }
    return data;
}

TableData massiveTable(const Document& document, const MassiveList& massive)
{
    TableData table;
    table.columns = {{tr("site"), {}, false}, {tr("block"), {}, true}, {tr("value"), {}, true},
        {tr("× site median"), tr("|x| divided by the median |x| of the site"), true},
        {tr("× token median"), tr("|x| divided by the median |x| of its token"), true},
        {tr("token"), tr("Number of the token in the text, without padding"), true},
        {tr("token id"), tr("What the tokenizer calls it"), true}, {tr("channel"), {}, true},
        {tr("criterion"),
            tr("Sun et al.: |x| > 100 and at least 1,000 × the site's median. Max_act_llm: the token's "
               "largest |x| > 100 and more than 1,000 × the token's median."),
            false}};
    if (!document.isOpen())
        return table;
    const auto& dumps = document.workspace()->dumps();
    if (dumps.size() > 1)
        table.columns.push_back({tr("dump"), {}, false});
    std::vector<std::vector<int>> blocks;
    for (const auto& dump : dumps)
        blocks.push_back(siteBlocks(*dump));
    const auto number = [](const auto& value) -> TableValue {
        if (!value)
            return std::monostate();
        return static_cast<double>(*value);
    };
    for (const auto& value : massive.values) {
        const auto& dump = *dumps[static_cast<std::size_t>(value.dump)];
        const auto site = static_cast<std::size_t>(value.site);
        const QString criterion = value.bySite && value.byToken ? tr("both")
            : value.bySite                                      ? tr("Sun et al.")
                                                                : tr("Max_act_llm");
        std::vector<TableValue> row{display(dump.sites()[site].name), number(dump.sites()[site].block),
            value.value, number(value.siteRatio), number(value.tokenRatio), static_cast<double>(value.token),
            number(value.tokenId), number(value.channel), criterion};
        if (dumps.size() > 1)
            row.emplace_back(QFileInfo(QString::fromStdString(dump.path())).fileName());
        table.rows.push_back(std::move(row));
    }
    QStringList notes;
    if (massive.omitted > 0)
        notes << tr("%1 further tokens are left out, %2 per site are shown")
                     .arg(formatCount(static_cast<std::int64_t>(massive.omitted)),
                         formatCount(static_cast<std::int64_t>(kMassivePerSite)));
    if (!massive.complete)
        notes << tr("the dump's list of largest values may end earlier than the criterion");
    table.note = notes.join(QStringLiteral("; "));
    return table;
}

// --- Outlier map ---

QString criterionName(Criterion criterion)
{
    switch (criterion) {
    case Criterion::None:
        return tr("none");
    case Criterion::Int8Joint:
        return tr("LLM.int8() joint");
    case Criterion::Int8Separate:
        return tr("LLM.int8() separate");
    case Criterion::InfNorm:
        return tr("QT infinity norm");
    case Criterion::Kurtosis:
        return tr("QT kurtosis");
    case Criterion::OspKurtosis:
        return tr("OSP excess kurtosis");
    case Criterion::CrossQuant:
        return tr("CrossQuant kernel");
    }
    return {};
}

QString criterionTip(Criterion criterion)
{
    switch (criterion) {
    case Criterion::None:
        return tr("The map alone");
    case Criterion::Int8Joint:
        return tr(
            "LLM.int8() (arXiv 2208.07339): channels with |x| ≥ 6 at 6 % of the positions in at least a "
            "quarter of the layers");
    case Criterion::Int8Separate:
        return tr(
            "LLM.int8() (arXiv 2208.07339), other reading: channels with |x| ≥ 6 anywhere in a quarter of "
            "the layers, and at 6 % of the positions in any layer");
    case Criterion::InfNorm:
        return tr(
            "Quantizable Transformers (arXiv 2306.12929): max |x| of a sequence, averaged over sequences");
    case Criterion::Kurtosis:
        return tr(
            "Quantizable Transformers (arXiv 2306.12929): kurtosis of all values of a sequence, averaged");
    case Criterion::OspKurtosis:
        return tr(
            "OSP (arXiv 2506.19697): excess kurtosis over the channels of a token, averaged over tokens "
            "(corrected reading)");
    case Criterion::CrossQuant:
        return tr(
            "CrossQuant (arXiv 2410.07505): share of values that an INT8 scale per token rounds to zero");
    }
    return {};
}

namespace {

/// A number per site; NaN when the dump cannot answer.
double siteCriterion(const stats::SiteOutliers& site, Criterion criterion)
{
    constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
    switch (criterion) {
    case Criterion::InfNorm:
        return site.sequences ? site.sequences->infNorm : kUnknown;
    case Criterion::Kurtosis:
        return site.sequences ? site.sequences->kurtosis : kUnknown;
    case Criterion::OspKurtosis:
        return site.tokenKurtosis ? site.tokenKurtosis->corrected : kUnknown;
    case Criterion::CrossQuant:
        return site.kernel ? site.kernel->perToken : kUnknown;
    default:
        return kUnknown;
    }
}

/// Marks the feature channels and counts, per row, those that exceed the threshold there.
void addFeatures(OutlierMapData& data, const model::ActivationDump& dump,
    const std::vector<std::size_t>& sites, const stats::Int8Features& features, Criterion criterion)
{
    const auto& channels = criterion == Criterion::Int8Joint ? features.joint : features.separate;
    const double threshold = stats::Int8FeatureSettings{}.threshold;
    bool any = false;
    for (std::size_t row = 0; row < sites.size(); ++row) {
        data.rowValues.push_back(std::numeric_limits<double>::quiet_NaN());
        if (std::find(features.sites.begin(), features.sites.end(), sites[row]) == features.sites.end())
            continue;
        any = true;
        const auto& site = dump.sites()[sites[row]];
        if (!site.absMax)
            continue;
        double hits = 0;
        for (const auto channel : channels) {
            if (channel >= site.absMax->size() || (*site.absMax)[channel] < threshold)
                continue;
            ++hits;
            data.marks.push_back({static_cast<int>(row), static_cast<int>(channel)});
        }
        data.rowValues.back() = hits;
    }
    if (!any) {
        data.rowValues.clear();
        data.criterionNote = tr("judged on other sites than these");
        return;
    }
    for (const auto channel : channels)
        data.markedChannels.push_back(static_cast<int>(channel));
    data.rowMeasure = tr("features here");
    data.criterionNote
        = tr("%1 of %2 channels, %3 layers, %4 sampled tokens")
              .arg(formatCount(static_cast<std::int64_t>(channels.size())),
                  formatCount(static_cast<std::int64_t>(dump.sites()[features.sites[0]].channels)),
                  formatCount(static_cast<std::int64_t>(features.layers)),
                  formatCount(static_cast<std::int64_t>(features.tokens)));
}

void addCriterion(OutlierMapData& data, const model::ActivationDump& dump, const stats::OutlierReport& report,
    const std::vector<std::size_t>& sites, Criterion criterion)
{
    data.criterion = criterionName(criterion);
    if (criterion == Criterion::Int8Joint || criterion == Criterion::Int8Separate) {
        if (report.int8Features)
            addFeatures(data, dump, sites, *report.int8Features, criterion);
        else
            data.criterionNote = tr("unknown: the dump holds no paired samples");
        return;
    }
    bool any = false;
    for (const auto site : sites) {
        data.rowValues.push_back(siteCriterion(report.sites[site], criterion));
        any = any || !std::isnan(data.rowValues.back());
    }
    data.rowMeasure = criterionName(criterion);
    data.rowsAreShares = criterion == Criterion::CrossQuant;
    if (!any) {
        data.rowValues.clear();
        data.criterionNote = tr("unknown: the dump holds no samples");
    }
}

void setMeasure(OutlierMapData& data, stats::ChannelMeasure measure)
{
    switch (measure) {
    case stats::ChannelMeasure::AbsMax:
        data.measure = tr("max |x|");
        break;
    case stats::ChannelMeasure::Rms:
        data.measure = tr("rms");
        break;
    case stats::ChannelMeasure::Kurtosis:
        data.measure = tr("kurtosis");
        break;
    case stats::ChannelMeasure::ShareAboveThreshold:
        data.measure = tr("share |x| ≥ 6");
        data.logarithmic = false;
        break;
    }
}

} // namespace

OutlierMapData outlierMapData(
    const Document& document, const stats::ChannelMap& map, const QString& group, Criterion criterion)
{
    OutlierMapData data;
    const auto& dump = *document.workspace()->dumps().front();
    setMeasure(data, map.measure);
    const auto blocks = siteBlocks(dump);
    const auto labels = siteLabels(dump, group.isEmpty());
    std::vector<std::size_t> sites;
    for (std::size_t row = 0; row < map.rows(); ++row) {
        const std::size_t index = map.sites[row];
        const auto& site = dump.sites()[index];
        if (!group.isEmpty() && siteGroup(site) != group)
            continue;
        OutlierRow item;
        item.name = display(site.name);
        item.label = labels[static_cast<qsizetype>(index)];
        item.block = blocks[index];
        const auto first = map.values.begin() + static_cast<std::ptrdiff_t>(row * map.width);
        item.values.assign(first, first + static_cast<std::ptrdiff_t>(site.channels));
        for (std::size_t channel = 0; channel < item.values.size(); ++channel)
            if (map.known[row * map.width + channel] == 0)
                item.values[channel] = std::numeric_limits<float>::quiet_NaN();
        data.rows.push_back(std::move(item));
        sites.push_back(index);
    }
    const auto report = document.outliers(0);
    if (report && criterion != Criterion::None)
        addCriterion(data, dump, *report, sites, criterion);
    return data;
}

} // namespace bitwright::views
