#include "views/panels/overview_data.h"

#include "views/charts/chart_math.h"
#include "views/panels/chart_data.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>

namespace bitwright::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ChartData", text);
}

} // namespace

std::vector<TreemapItem> treemapItems(const Document& document)
{
    struct Sum
    {
        double bytes = 0;
        double parameters = 0;
        int tensors = 0;
    };
    std::map<model::Role, Sum> sums;
    if (!document.isOpen())
        return {};
    for (const auto& tensor : document.workspace()->checkpoint().tensors()) {
        auto& sum = sums[tensor.parts.bias ? model::Role::Bias : tensor.parts.role];
        sum.bytes += static_cast<double>(tensor.bytes);
        sum.parameters += static_cast<double>(tensor.parameters);
        ++sum.tensors;
    }
    std::vector<TreemapItem> items;
    for (const auto& [role, sum] : sums) {
        if (sum.bytes <= 0)
            continue;
        TreemapItem item;
        item.name = roleDescription(role);
        item.bytes = sum.bytes;
        item.bits = 8.0 * sum.bytes / std::max(1.0, sum.parameters);
        item.detail = tr("%1 tensors, %2 parameters")
                          .arg(sum.tensors)
                          .arg(formatCount(static_cast<std::int64_t>(sum.parameters)));
        items.push_back(item);
    }
    std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
    return items;
}

} // namespace bitwright::views
