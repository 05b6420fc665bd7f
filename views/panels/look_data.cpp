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

/// "q, k, v": the roles of the tensors that a site feeds.
QString inputLabels(const model::Site& site)
{
    QStringList labels;
    for (const auto& tensor : site.tensors) {
        const auto role = model::parseTensorName(tensor).role;
        // What reads activations with the embedding's weights is the head that is tied to it.
        const QString label = roleLabel(role == model::Role::Embedding ? model::Role::Output : role);
        if (!labels.contains(label))
            labels.push_back(label);
    }
    return labels.join(QStringLiteral(", "));
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
    return tr("input of %1").arg(inputLabels(site));
}

QString siteGroupBrief(const model::Site& site)
{
    if (site.kind == model::SiteKind::Residual)
        return tr("stream");
    const QString group = siteGroup(site);
    if (site.kind == model::SiteKind::OutputOf)
        return group == tr("attention contribution") ? tr("attention") : tr("mlp");
    return inputLabels(site);
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

QString siteLabelBrief(const model::Site& site, int block)
{
    if (site.kind != model::SiteKind::Residual)
        return {};
    if (!site.block)
        return block < 0 ? tr("embed") : tr("final");
    return site.name.find(".stream") == std::string::npos
        ? QString()
        : (siteOffset(site) > 0 ? tr("%1 mlp") : tr("%1 attn")).arg(*site.block);
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

namespace {

int siteCalledLike(const Document& document, int from, int site, int to)
{
    if (!document.isOpen())
        return -1;
    const auto& dumps = document.workspace()->dumps();
    const auto count = static_cast<int>(dumps.size());
    if (from < 0 || to < 0 || from >= count || to >= count || site < 0)
        return -1;
    const auto& source = dumps[static_cast<std::size_t>(from)]->sites();
    if (from == to || static_cast<std::size_t>(site) >= source.size())
        return static_cast<std::size_t>(site) < source.size() ? site : -1;
    const auto& name = source[static_cast<std::size_t>(site)].name;
    const auto& target = dumps[static_cast<std::size_t>(to)]->sites();
    const auto found = std::find_if(
        target.begin(), target.end(), [&](const model::Site& other) { return other.name == name; });
    return found == target.end() ? -1 : static_cast<int>(found - target.begin());
}

} // namespace

int siteOfFirstDump(const Document& document, int dump, int site)
{
    return siteCalledLike(document, dump, site, 0);
}

int siteOfDump(const Document& document, int dump, int firstSite)
{
    return siteCalledLike(document, 0, firstSite, dump);
}

QVector<int> unitsOfSites(const Document& document, const QVector<int>& sites)
{
    std::set<int> units;
    const auto* dump = document.isOpen() ? document.workspace()->dump() : nullptr;
    for (const int site : sites) {
        if (dump == nullptr || site < 0 || static_cast<std::size_t>(site) >= dump->sites().size())
            continue;
        for (const auto& name : dump->sites()[static_cast<std::size_t>(site)].tensors)
            if (const auto index = document.workspace()->checkpoint().find(name))
                for (const int unit : document.unitsOfTensor(static_cast<int>(*index)))
                    units.insert(unit);
    }
    return {units.begin(), units.end()};
}

std::vector<QVector<int>> unitsOfEverySite(const Document& document)
{
    std::vector<QVector<int>> result;
    const auto* dump = document.isOpen() ? document.workspace()->dump() : nullptr;
    if (dump == nullptr)
        return result;
    std::map<std::size_t, QVector<int>> unitsOf;
    const auto& units = document.workspace()->units();
    for (std::size_t i = 0; i < units.size(); ++i)
        unitsOf[units[i].index] << static_cast<int>(i);
    for (const auto& site : dump->sites()) {
        QVector<int> fed;
        for (const auto& name : site.tensors)
            if (const auto index = document.workspace()->checkpoint().find(name))
                if (const auto found = unitsOf.find(static_cast<std::size_t>(*index)); found != unitsOf.end())
                    fed += found->second;
        std::sort(fed.begin(), fed.end());
        result.push_back(fed);
    }
    return result;
}

QVector<int> selectedSites(
    const Document& document, const std::vector<QVector<int>>& unitsOfSite, int current)
{
    QVector<int> sites;
    const auto* dump = document.isOpen() ? document.workspace()->dump() : nullptr;
    if (dump == nullptr || current < 0 || unitsOfSite.size() != dump->sites().size())
        return sites;
    const QVector<int>& selected = document.selection().units();
    if (selected.size() < 2)
        return sites;
    const QString kind = siteGroup(dump->sites()[static_cast<std::size_t>(current)]);
    for (std::size_t site = 0; site < unitsOfSite.size(); ++site) {
        const QVector<int>& units = unitsOfSite[site];
        const bool all = !units.isEmpty() && std::all_of(units.begin(), units.end(), [&](int unit) {
            return std::binary_search(selected.begin(), selected.end(), unit);
        });
        if (all && siteGroup(dump->sites()[site]) == kind)
            sites << static_cast<int>(site);
    }
    return sites.size() > 1 ? sites : QVector<int>();
}

void extendBySites(Document& document, const QVector<int>& sites, int channel, bool toggles)
{
    if (sites.isEmpty() || !document.isOpen())
        return;
    Selection& selection = document.selection();
    const QVector<int> meant = unitsOfSites(document, sites);
    const QVector<int> units = extendedUnits(selection.units(), meant, toggles);
    const bool fewer = units.size() < selection.units().size();
    const QVector<int> last = unitsOfSites(document, {sites.back()});
    const int tensor = last.isEmpty() || fewer ? selection.tensor() : document.tensorOfUnit(last.front());
    selection.set(tensor, units, sites.back(), channel);
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
        const auto labels = siteLabels(*dumps[d], true);
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            const auto& site = dumps[d]->sites()[i];
            data.lastBlock = std::max(data.lastBlock, site.block.value_or(-1));
            const auto summary = report ? report->sites[i].summary : stats::summarizeSite(site, i);
            MaximaSite item;
            item.name = display(site.name);
            item.label = labels[static_cast<qsizetype>(i)];
            item.group = siteGroup(site);
            data.briefGroups[item.group] = siteGroupBrief(site);
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
            mark.tokenText = value.tokenId ? document.tokenText(*value.tokenId) : QString();
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

// --- Outlier map ---

namespace {

/// The largest value of every channel that the site's list of top values names.
std::vector<OutlierPeak> peaksOf(
    const Document& document, const model::Site& site, const std::vector<std::int32_t>& ids)
{
    std::vector<OutlierPeak> peaks;
    std::set<std::uint64_t> seen; // the list is sorted by magnitude
    if (site.top)
        for (const auto& top : *site.top)
            if (seen.insert(top.channel).second) {
                const auto id = idOf(ids, top.token);
                peaks.push_back({static_cast<int>(top.channel), static_cast<std::int64_t>(top.token), id,
                    id ? document.tokenText(*id) : QString(), top.value});
            }
    return peaks;
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
    const auto ids = withoutPadding(document.tokenIds(0));
    std::vector<std::size_t> sites;
    for (std::size_t row = 0; row < map.rows(); ++row) {
        const std::size_t index = map.sites[row];
        const auto& site = dump.sites()[index];
        if (!group.isEmpty() && siteGroup(site) != group)
            continue;
        OutlierRow item;
        item.name = display(site.name);
        item.label = labels[static_cast<qsizetype>(index)];
        item.brief = siteLabelBrief(site, blocks[index]);
        item.block = blocks[index];
        const auto first = map.values.begin() + static_cast<std::ptrdiff_t>(row * map.width);
        item.values.assign(first, first + static_cast<std::ptrdiff_t>(site.channels));
        item.peaks = peaksOf(document, site, ids);
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
