#include "views/panels/overview_data.h"

#include "views/charts/chart_math.h"
#include "views/models/text.h"
#include "views/panels/chart_data.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace bitwright::views {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

QString tr(const char* text)
{
    return QCoreApplication::translate("ChartData", text);
}

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

/// What the plan makes of a tensor, summed over its units.
struct Planned
{
    int units = 0;
    double bytes = 0;
    double parameters = 0;
    std::optional<double> harm = 0.0; ///< Unknown as soon as one score is missing.
    QString option; ///< "mixed" when its units differ.
    QString fallback;
    bool fallsBack = false;
    int tie = -1;
    int locked = 0;
};

/// Of all tensors, or of one.
std::map<int, Planned> plannedTensors(const Document& document, int only = -1)
{
    std::map<int, Planned> result;
    const auto& space = document.space();
    if (!space || document.choice().size() != space->units().size())
        return result;
    for (std::size_t unit = 0; unit < space->units().size(); ++unit) {
        const int tensor = document.tensorOfUnit(static_cast<int>(unit));
        if (tensor < 0 || (only >= 0 && tensor != only))
            continue;
        Planned& planned = result[tensor];
        const auto& cell = space->cell(unit, document.choice()[unit]);
        if (only >= 0) { // words are for reading only
            const QString option = QString::fromStdString(cell.resolved.option.id);
            planned.option = planned.units == 0 || planned.option == option ? option : tr("mixed");
            planned.fallback = display(cell.resolved.fallback);
        }
        ++planned.units;
        planned.bytes += static_cast<double>(cell.resolved.bytes);
        planned.parameters += static_cast<double>(space->units()[unit].parameters());
        if (planned.harm && cell.score)
            *planned.harm += *cell.score;
        else
            planned.harm.reset();
        planned.fallsBack = planned.fallsBack || !cell.resolved.fallback.empty();
        planned.locked += document.isLocked(unit) ? 1 : 0;
    }
    const auto& ties = space->tiesOf(document.plan());
    for (std::size_t t = 0; t < ties.size(); ++t)
        for (const auto unit : ties[t].units)
            if (const auto found = result.find(document.tensorOfUnit(static_cast<int>(unit)));
                found != result.end())
                found->second.tie = static_cast<int>(t);
    return result;
}

double bitsOf(double bytes, double parameters)
{
    return parameters > 0 ? 8 * bytes / parameters : kUnknown;
}

model::Role shownRole(const model::TensorInfo& tensor)
{
    return tensor.parts.bias ? model::Role::Bias : tensor.parts.role;
}

/// Gives names an index in order of their first use.
class Names
{
public:
    int indexOf(const QString& name)
    {
        const auto [found, isNew] = m_index.emplace(name, static_cast<int>(m_names.size()));
        if (isNew)
            m_names << name;
        return found->second;
    }
    [[nodiscard]] const QStringList& list() const { return m_names; }

private:
    std::map<QString, int> m_index;
    QStringList m_names;
};

QString blockName(const model::TensorInfo& tensor)
{
    const QString tower = display(tensor.parts.tower);
    if (!tensor.parts.block)
        return tower.isEmpty() ? tr("outside the blocks") : tr("%1, outside the blocks").arg(tower);
    return tower.isEmpty() ? tr("block %1").arg(*tensor.parts.block)
                           : tr("%1 block %2").arg(tower).arg(*tensor.parts.block);
}

QString itemLabel(const model::TensorInfo& tensor, TreemapGrouping grouping)
{
    if (grouping == TreemapGrouping::Role && tensor.parts.block)
        return blockName(tensor);
    if (grouping == TreemapGrouping::Block)
        return roleLabel(shownRole(tensor));
    return shortTensorName(tensor.name, tensor.parts.block);
}

/// NaN is unknown.
double measured(const Document& document, std::size_t tensor, TreemapMeasure measure)
{
    const auto* result = document.result(static_cast<int>(tensor));
    if (result == nullptr || !result->stats)
        return kUnknown;
    const std::optional<double> value
        = measure == TreemapMeasure::Crest ? result->stats->crest() : result->stats->kurtosis;
    return value.value_or(kUnknown);
}

/// Made when a tooltip is read: for every tensor at every edit it would cost more than all the rest.
QString detailOf(const Document& document, int index)
{
    const auto& tensor = document.workspace()->checkpoint().tensors()[static_cast<std::size_t>(index)];
    QStringList sides;
    for (const auto side : tensor.shape)
        sides << QString::number(side);
    QString text = tr("%1, %2, %3 parameters")
                       .arg(sides.join(QStringLiteral(" × ")), dtypeText(tensor),
                           formatCount(static_cast<std::int64_t>(tensor.parameters)));
    const auto plans = plannedTensors(document, index);
    const auto found = plans.find(index);
    if (found == plans.end())
        return text + u'\n' + tr("not planned: it stays as it is");
    const Planned& planned = found->second;
    text += u'\n'
        + tr("plan: %1, %2 bits, %3")
              .arg(planned.option, formatBpw(bitsOf(planned.bytes, planned.parameters)),
                  formatExactBytes(planned.bytes));
    if (!planned.fallback.isEmpty())
        text += u'\n' + tr("fallback: %1").arg(planned.fallback);
    return text;
}

} // namespace

QString treemapMeasureName(TreemapMeasure measure)
{
    switch (measure) {
    case TreemapMeasure::PlanBits:
        return tr("bits in the plan");
    case TreemapMeasure::FileBits:
        return tr("bits in the file");
    case TreemapMeasure::Harm:
        return tr("harm");
    case TreemapMeasure::Type:
        return tr("type");
    case TreemapMeasure::Role:
        return tr("role");
    case TreemapMeasure::Crest:
        return tr("crest factor");
    case TreemapMeasure::Kurtosis:
        return tr("kurtosis");
    }
    return {};
}

TreemapData treemapData(
    const Document& document, TreemapGrouping grouping, TreemapMeasure measure, TreemapArea area)
{
    TreemapData data;
    if (!document.isOpen())
        return data;
    data.measure = treemapMeasureName(measure);
    data.area = area == TreemapArea::Plan ? tr("bytes in the plan") : tr("bytes in the file");
    const bool category = measure == TreemapMeasure::Type || measure == TreemapMeasure::Role;
    data.color = category ? TreemapColor::Category
        : measure == TreemapMeasure::PlanBits || measure == TreemapMeasure::FileBits
        ? TreemapColor::Bits
        : TreemapColor::Sequential;
    const auto plans = plannedTensors(document);
    const auto& tensors = document.workspace()->checkpoint().tensors();
    Names groups, categories;
    data.items.reserve(tensors.size());
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const model::TensorInfo& tensor = tensors[i];
        const auto found = plans.find(static_cast<int>(i));
        const Planned* planned = found == plans.end() ? nullptr : &found->second;
        const auto bytes = static_cast<double>(tensor.bytes);
        const double written = planned != nullptr ? planned->bytes : bytes;
        const double stored = bitsOf(bytes, static_cast<double>(tensor.parameters));
        TreemapItem item;
        item.name = display(tensor.name);
        item.bytes = area == TreemapArea::Plan ? written : bytes;
        item.label = itemLabel(tensor, grouping);
        if (grouping == TreemapGrouping::Role && tensor.parts.block)
            item.shortLabel = QString::number(*tensor.parts.block);
        item.order = tensor.parts.block.value_or(-1);
        if (grouping != TreemapGrouping::None)
            item.group = groups.indexOf(
                grouping == TreemapGrouping::Role ? roleLabel(shownRole(tensor)) : blockName(tensor));
        if (planned != nullptr) {
            item.tie = planned->tie;
            item.locked = planned->locked == planned->units;
            item.fallback = planned->fallsBack;
        }
        const auto* result = document.result(static_cast<int>(i));
        item.nonFinite = result != nullptr && result->stats && result->stats->hasNonFinite();
        item.failed = result != nullptr && result->error.has_value();
        if (measure == TreemapMeasure::PlanBits) {
            // What no plan decides is no choice of bits: it stays as it is.
            item.applies = planned != nullptr;
            item.value = planned != nullptr ? bitsOf(planned->bytes, planned->parameters) : stored;
        } else if (measure == TreemapMeasure::FileBits)
            item.value = stored;
        else if (measure == TreemapMeasure::Harm) {
            item.applies = planned != nullptr;
            item.value = planned != nullptr ? planned->harm.value_or(kUnknown) : kUnknown;
        } else if (measure == TreemapMeasure::Type)
            item.value = categories.indexOf(dtypeText(tensor));
        else if (measure == TreemapMeasure::Role)
            item.value = categories.indexOf(roleLabel(shownRole(tensor)));
        else
            item.value = measured(document, i, measure);
        data.items.push_back(std::move(item));
    }
    data.groups = groups.list();
    data.categories = categories.list();
    data.details = [&document](int item) { return detailOf(document, item); };
    return data;
}

// --- What is missing ---

namespace {

using Remedy = MissingItem::Remedy;

void addDumpItems(const Document& document, std::vector<MissingItem>& items)
{
    const auto& workspace = *document.workspace();
    const auto* dump = workspace.dump();
    if (dump == nullptr) {
        items.push_back({QStringLiteral("no-dump"),
            tr("No activations: maxima, outlier channels and scores that weigh errors by activations are "
               "unknown."),
            false, Remedy::OpenDump, tr("Open a dump…"), tr("Adds recorded activations to the model"), {}});
        items.push_back({QStringLiteral("no-recording"),
            tr("They can be recorded here, by running the model on a text."), false, Remedy::Record,
            tr("Record them…"), tr("Asks for the text and where the dump goes"), {}});
        return;
    }
    int without = 0;
    for (const auto& unit : workspace.units())
        without += dump->inputSiteOf(workspace.checkpoint().tensors()[unit.index].name) ? 0 : 1;
    if (without > 0)
        items.push_back({QStringLiteral("uncovered"),
            QCoreApplication::translate("ChartData",
                "%n planned matrices have no recorded input; their activations are unknown.", nullptr,
                without),
            false, Remedy::OpenDump, tr("Open a dump…"), tr("Adds another dump; the first stays"), {}});
    const auto& sites = dump->sites();
    if (std::none_of(sites.begin(), sites.end(), [](const auto& site) { return site.hasGram; }))
        items.push_back({QStringLiteral("no-gram"),
            tr("The dump holds no Gram matrices: GPTQ and the score act-gram cannot use it."), false,
            Remedy::Explain, tr("What a Gram is"), tr("Opens the glossary"), QStringLiteral("gram")});
    if (dump->gradients().empty())
        items.push_back({QStringLiteral("no-gradients"),
            tr("The dump holds no gradients: the score fisher is not available."), false, Remedy::Explain,
            tr("What fisher needs"), tr("Opens the glossary"), QStringLiteral("fisher")});
}

void addScanItems(const Document& document, std::vector<MissingItem>& items)
{
    const int unscanned
        = static_cast<int>(document.workspace()->checkpoint().tensors().size()) - document.scannedTensors();
    if (unscanned > 0 && document.isScanning())
        items.push_back({QStringLiteral("scanning"),
            QCoreApplication::translate("ChartData", "Scanning, %n tensor(s) to go.", nullptr, unscanned),
            false, Remedy::View, tr("Show jobs"), tr("Rate, time left, and a button that cancels"),
            QStringLiteral("jobs")});
    else if (unscanned > 0)
        items.push_back({QStringLiteral("no-scan"),
            QCoreApplication::translate("ChartData",
                "%n tensor(s) are not scanned: their statistics and spectra are unknown.", nullptr,
                unscanned),
            false, Remedy::Scan, tr("Scan the model"), tr("Measures weights and spectra; can be canceled"),
            {}});
    if (const int failed = document.failedTensors(); failed > 0)
        items.push_back({QStringLiteral("failed"),
            QCoreApplication::translate("ChartData", "%n tensor(s) could not be measured.", nullptr, failed),
            true, Remedy::Filter, tr("Show them"), tr("Filters the tree"), QStringLiteral("is:failed")});
    if (const int broken = document.nonFiniteTensors(); broken > 0)
        items.push_back({QStringLiteral("non-finite"),
            QCoreApplication::translate("ChartData",
                "%n tensor(s) hold NaN or Inf; they block the export until you decide.", nullptr, broken),
            true, Remedy::Filter, tr("Show them"), tr("Filters the tree"), QStringLiteral("is:nan")});
}

/// Whether a unit's harm is known from runs of other units alone.
bool wasNotRun(const plan::PlanSpace& space, std::size_t unit)
{
    bool calibrated = false;
    for (std::size_t option = 0; option < space.options().size(); ++option) {
        const auto origin = space.cell(unit, option).origin;
        if (origin == score::ScoreOrigin::Measured)
            return false;
        calibrated = calibrated || origin == score::ScoreOrigin::Calibrated;
    }
    return calibrated;
}

void addPlanItems(const Document& document, std::vector<MissingItem>& items)
{
    const auto& space = document.space();
    if (!space || document.choice().size() != space->units().size())
        return;
    int fallbacks = 0, unscored = 0, kept = 0, calibrated = 0;
    QString firstKept, firstCalibrated;
    for (std::size_t unit = 0; unit < space->units().size(); ++unit) {
        const auto& cell = space->cell(unit, document.choice()[unit]);
        fallbacks += cell.resolved.fallback.empty() ? 0 : 1;
        unscored += cell.score ? 0 : 1;
        const bool asItIs = !space->options()[document.choice()[unit]].grid;
        if (asItIs && plan::keptForLackOfScores(*space, document.plan(), unit) && ++kept == 1)
            firstKept = display(space->units()[unit].name);
        if (wasNotRun(*space, unit) && ++calibrated == 1)
            firstCalibrated = display(space->units()[unit].name);
    }
    if (fallbacks > 0)
        items.push_back({QStringLiteral("fallbacks"),
            QCoreApplication::translate(
                "ChartData", "%n matrices would be stored otherwise than planned.", nullptr, fallbacks),
            true, Remedy::Filter, tr("Show them"), tr("Filters the tree"), QStringLiteral("is:fallback")});
    if (unscored > 0)
        items.push_back({QStringLiteral("unscored"),
            QCoreApplication::translate("ChartData",
                "%n matrices have no score for their option: their harm is unknown.", nullptr, unscored),
            false, Remedy::View, tr("Show the matrix"), tr("Hatched cells are unknown"),
            QStringLiteral("sensitivity")});
    if (kept > 0)
        items.push_back({QStringLiteral("kept-unknown"),
            QCoreApplication::translate("ChartData",
                "%n matrices are kept at full width only because nothing says what storing them smaller "
                "harms; the first is %1. Choose another score, or set their options yourself.",
                nullptr, kept)
                .arg(firstKept),
            true, Remedy::View, tr("Show the matrix"), tr("Hatched cells are unknown"),
            QStringLiteral("sensitivity")});
    if (calibrated > 0)
        items.push_back({QStringLiteral("not-run"),
            QCoreApplication::translate("ChartData",
                "%n matrices were not run at any option: their harm (≈) is calibrated by others; the first "
                "is "
                "%1.",
                nullptr, calibrated)
                .arg(firstCalibrated),
            false, Remedy::View, tr("Show measured harm"), tr("Runs the units that were not measured"),
            QStringLiteral("harm")});
    if (harmIsMeasured(document))
        return;
    items.push_back({QStringLiteral("predicted"),
        tr("Harm is predicted (%1), not measured.").arg(QString::fromStdString(space->provenance().score)),
        false, Remedy::Explain, tr("What that means"), tr("Opens the glossary"), QStringLiteral("harm")});
}

} // namespace

std::vector<MissingItem> missingItems(const Document& document)
{
    std::vector<MissingItem> items;
    if (!document.isOpen())
        return items;
    addScanItems(document, items);
    addDumpItems(document, items);
    for (const auto& warning : document.workspace()->checkpoint().warnings())
        items.push_back({QStringLiteral("warning"), display(warning), true, Remedy::None, {}, {}, {}});
    addPlanItems(document, items);
    return items;
}

} // namespace bitwright::views
