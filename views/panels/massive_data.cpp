#include "views/panels/massive_data.h"

#include "views/panels/look_data.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <cmath>
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

} // namespace

/// Tokens are numbered without padding.
std::vector<std::int32_t> withoutPadding(const std::vector<std::int32_t>& tokens)
{
    std::vector<std::int32_t> ids;
    std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(ids), [](auto id) { return id >= 0; });
    return ids;
}

std::optional<std::int32_t> idOf(const std::vector<std::int32_t>& ids, std::uint64_t token)
{
    return token < ids.size() ? std::optional(ids[token]) : std::nullopt;
}

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
    const auto ids = withoutPadding(tokens);
    MassiveList list;
    for (std::size_t i = 0; i < source.sites().size() && i < report.sites.size(); ++i) {
        const auto& massive = report.sites[i].massive;
        SiteCollector collector(dump, static_cast<int>(i), source.sites()[i], settings);
        collector.collect(massive);
        auto& found = collector.values();
        if (massive.values && !massive.values->empty())
            list.complete = list.complete && massive.listIsComplete;
        for (const MassiveValue& value : found) {
            list.bySite += value.bySite ? 1 : 0;
            list.byToken += value.byToken ? 1 : 0;
            list.byBoth += value.bySite && value.byToken ? 1 : 0;
        }
        if (found.size() > kMassivePerSite) {
            list.omitted += found.size() - kMassivePerSite;
            found.resize(kMassivePerSite);
        }
        for (auto& value : found)
            value.tokenId = idOf(ids, static_cast<std::uint64_t>(value.token));
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
        all.bySite += list.bySite;
        all.byToken += list.byToken;
        all.byBoth += list.byBoth;
        all.complete = all.complete && list.complete;
    }
    std::stable_sort(all.values.begin(), all.values.end(),
        [](const auto& a, const auto& b) { return std::abs(a.value) > std::abs(b.value); });
    return all;
}

QList<int> massiveSpareColumns()
{
    constexpr int kBlock = 1, kSiteRatio = 6, kTokenRatio = 7, kTokenId = 9; // the token tells rows apart
    return {kTokenId, kBlock, kTokenRatio, kSiteRatio};
}

TableData massiveTable(const Document& document, const MassiveList& massive)
{
    TableData table;
    table.columns = {{tr("Site"), {}, false}, {tr("Block"), {}, true}, {tr("Channel"), {}, true},
        {tr("Value"), {}, true}, {tr("Token"), tr("Number of the token in the text, without padding"), true},
        {tr("Text"), tr("What the id stands for, by the model's tokenizer.json; ␣ is a space"), false},
        {tr("× site"), tr("|x| divided by the median |x| of the site"), true},
        {tr("× token"), tr("|x| divided by the median |x| of its token"), true},
        {tr("Criterion"),
            tr("Sun et al.: |x| > 100 and at least 1,000 × the site's median. Max_act_llm: the token's "
               "largest |x| > 100 and more than 1,000 × the token's median."),
            false},
        {tr("Token id"), tr("What the tokenizer calls it"), true}};
    if (!document.isOpen())
        return table;
    const auto& dumps = document.workspace()->dumps();
    if (dumps.size() > 1)
        table.columns.push_back({tr("Dump"), {}, false});
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
            number(value.channel), value.value, static_cast<double>(value.token),
            value.tokenId ? document.tokenText(*value.tokenId) : QString(), number(value.siteRatio),
            number(value.tokenRatio), criterion, number(value.tokenId)};
        if (dumps.size() > 1)
            row.emplace_back(QFileInfo(QString::fromStdString(dump.path())).fileName());
        table.rows.push_back(std::move(row));
    }
    const auto count = [](std::size_t n) { return formatCount(static_cast<std::int64_t>(n)); };
    QStringList notes;
    if (massive.count() > 0)
        notes << tr("%1 massive in their site, %2 in their token, %3 in both")
                     .arg(count(massive.bySite), count(massive.byToken), count(massive.byBoth));
    if (massive.omitted > 0)
        notes
            << tr("%1 beyond %2 per site are not listed").arg(count(massive.omitted), count(kMassivePerSite));
    if (!massive.complete)
        notes << tr("the dump itself may list only the largest");
    table.note = notes.join(QStringLiteral("; "));
    return table;
}

} // namespace bitwright::views
