#include "views/panels/look_data.h"

#include "views/charts/chart_math.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace bitwright::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ChartData", text);
}

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

/// Whether a site's tensors are all of one sublayer that the role names.
bool feedsRole(const model::Site& site, std::initializer_list<model::Role> roles)
{
    if (site.tensors.empty())
        return false;
    const auto role = model::parseTensorName(site.tensors.front()).role;
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

} // namespace

QString siteGroup(const model::Site& site)
{
    using model::Role;
    if (site.kind == model::SiteKind::Residual) {
        // Two sites of a block would make one line jump up and down; each place in the block is a line of its
        // own.
        if (site.name.find("mlp.stream") != std::string::npos)
            return tr("residual before mlp");
        return site.name.find("attention.stream") != std::string::npos || !site.block
            ? tr("residual before attention")
            : tr("residual stream");
    }
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

QString siteShortLabel(const model::Site& site)
{
    const QString group = siteGroup(site);
    return site.block ? QStringLiteral("%1 %2").arg(*site.block).arg(group) : group;
}

MaximaData maximaData(const Document& document)
{
    MaximaData data;
    if (!document.isOpen())
        return data;
    const auto& dumps = document.workspace()->dumps();
    for (std::size_t d = 0; d < dumps.size(); ++d) {
        MaximaDump dump;
        dump.name = QFileInfo(QString::fromStdString(dumps[d]->path())).fileName();
        const auto report = document.outliers(static_cast<int>(d));
        int lastBlock = -1;
        for (const auto& site : dumps[d]->sites())
            lastBlock = std::max(lastBlock, site.block.value_or(-1));
        data.lastBlock = std::max(data.lastBlock, lastBlock);
        bool behindBlocks = false;
        for (std::size_t i = 0; i < dumps[d]->sites().size(); ++i) {
            const auto& site = dumps[d]->sites()[i];
            const auto summary = report ? report->sites[i].summary : stats::summarizeSite(site, i);
            MaximaSite item;
            item.name = display(site.name);
            item.group = siteGroup(site);
            // What follows the blocks (final stream, head) is drawn right of them, what precedes them left.
            behindBlocks = behindBlocks || site.block.has_value();
            item.block = site.block.value_or(behindBlocks ? lastBlock + 1 : -1);
            item.maximum = summary.absMax;
            item.quantile999 = summary.q999;
            item.rms = summary.rms;
            dump.sites.push_back(std::move(item));
            if (!report || !report->sites[i].massive.values)
                continue;
            // One mark per channel, at its largest value (the list is sorted): every further token of it
            // would only stack stars.
            std::set<std::uint64_t> channels;
            for (const auto& value : *report->sites[i].massive.values) {
                if (!channels.insert(value.channel).second)
                    continue;
                dump.massive.push_back({static_cast<int>(i), static_cast<int>(value.channel),
                    static_cast<std::int64_t>(value.token), QString(), value.value});
            }
        }
        data.dumps.push_back(std::move(dump));
    }
    return data;
}

OutlierMapData outlierMapData(const Document& document, const stats::ChannelMap& map)
{
    OutlierMapData data;
    const auto& dump = *document.workspace()->dumps().front();
    switch (map.measure) {
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
    std::map<std::size_t, int> rowOfSite;
    for (std::size_t row = 0; row < map.rows(); ++row) {
        const auto& site = dump.sites()[map.sites[row]];
        OutlierRow item;
        item.name = display(site.name);
        item.label = siteShortLabel(site);
        item.block = site.block.value_or(-1);
        item.values.resize(site.channels, std::numeric_limits<float>::quiet_NaN());
        for (std::size_t channel = 0; channel < item.values.size(); ++channel) {
            if (const auto value = map.at(row, channel))
                item.values[channel] = *value;
        }
        rowOfSite[map.sites[row]] = static_cast<int>(row);
        data.rows.push_back(std::move(item));
    }
    const auto report = document.outliers(0);
    // A criterion that most channels meet tells nothing apart (a residual stream with an rms above 6); marks
    // would only hide the map.
    if (report && report->int8Features && report->int8Features->joint.size() * 8 <= map.width) {
        data.criterion = tr("LLM.int8() outlier feature");
        for (const std::size_t site : report->int8Features->sites) {
            for (const auto channel : report->int8Features->joint)
                data.marks.push_back({rowOfSite[site], static_cast<int>(channel)});
        }
    }
    return data;
}

} // namespace bitwright::views
