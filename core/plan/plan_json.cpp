#include "core/plan/plan.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <set>

namespace bitwright::plan {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::string_view kSchema = "bitwright-plan";
constexpr int kVersion = 1;
constexpr std::size_t kLargestJson = 100'000'000;
constexpr int kDeepest = 64;

// Writing
// ---------------------------------------------------------------------------------------------------------------

/// A number that is one, else null.
ordered_json finiteOrNull(double value)
{
    return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

ordered_json budgetJson(const Plan& plan)
{
    ordered_json budget = ordered_json::object();
    if (plan.budgetBpw)
        budget["bpw"] = *plan.budgetBpw;
    if (plan.budgetFileBpw)
        budget["file_bpw"] = *plan.budgetFileBpw;
    if (plan.budgetBytes)
        budget["bytes"] = *plan.budgetBytes;
    return budget;
}

/// What follows from the plan and the model; ignored on reading.
void addDerived(ordered_json& unitJson, const PlanSpace& space, std::size_t unit, std::size_t option)
{
    const PlanSpace::Cell& cell = space.cell(unit, option);
    if (!cell.legal)
        return;
    const std::uint64_t parameters = space.units()[unit].parameters();
    unitJson["stored_as"] = cell.resolved.option.id;
    unitJson["bits"] = parameters == 0
        ? 0.0
        : 8.0 * static_cast<double>(cell.resolved.bytes) / static_cast<double>(parameters);
    unitJson["bytes"] = cell.resolved.bytes;
    unitJson["score"] = cell.score ? finiteOrNull(*cell.score) : ordered_json(nullptr);
    unitJson["sqnr_db"] = finiteOrNull(cell.sqnrDb);
    unitJson["fallback"] = cell.resolved.fallback;
}

ordered_json entryJson(const std::string& name, const Entry& entry, const PlanSpace* space)
{
    ordered_json unitJson;
    unitJson["name"] = name;
    unitJson["option"] = entry.option;
    unitJson["locked"] = entry.locked;
    if (!entry.note.empty())
        unitJson["note"] = entry.note;
    if (space) {
        const auto unit = space->unitIndex(name);
        const auto option = space->optionIndex(entry.option);
        if (unit && option)
            addDerived(unitJson, *space, *unit, *option);
    }
    return unitJson;
}

ordered_json unitsJson(const Plan& plan, const PlanSpace* space)
{
    ordered_json units = ordered_json::array();
    if (space)
        for (const Unit& unit : space->units())
            if (const auto entry = plan.entries.find(unit.name); entry != plan.entries.end())
                units.push_back(entryJson(unit.name, entry->second, space));
    for (const auto& [name, entry] : plan.entries)
        if (!space || !space->unitIndex(name))
            units.push_back(entryJson(name, entry, nullptr));
    return units;
}

// Reading
// ---------------------------------------------------------------------------------------------------------------

/// Parses without exceptions, refusing what nlohmann's default parser would accept in silence: duplicate keys
/// and deep nesting.
Result<json> parseStrictly(std::string_view text)
{
    if (text.size() > kLargestJson)
        return fail(ErrorCode::Format, "The plan has {} bytes, more than the {} that are read.", text.size(),
            kLargestJson);
    std::vector<std::set<std::string>> keys;
    std::string duplicate;
    bool tooDeep = false;
    const json::parser_callback_t watch = [&](int depth, json::parse_event_t event, json& parsed) {
        tooDeep = tooDeep || depth > kDeepest;
        if (event == json::parse_event_t::object_start)
            keys.emplace_back();
        else if (event == json::parse_event_t::object_end && !keys.empty())
            keys.pop_back();
        else if (event == json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
            duplicate = parsed.get<std::string>();
        return true;
    };
    try {
        json parsed = json::parse(text, watch);
        if (tooDeep)
            return fail(ErrorCode::Format, "The plan's JSON is nested deeper than {}.", kDeepest);
        if (!duplicate.empty())
            return fail(
                ErrorCode::Format, "The plan's JSON has key \"{}\" twice.", escapedForDisplay(duplicate));
        return parsed;
    } catch (const json::parse_error& error) {
        auto failure = fail(ErrorCode::Format, "The plan is not JSON: it breaks at byte {}.", error.byte);
        return fail(std::move(failure.value()).atOffset(error.byte));
    } catch (const json::exception&) {
        return fail(ErrorCode::Format, "The plan is not JSON that can be read.");
    }
}

/// Reads the fields of one JSON object and remembers the first complaint, so that reading stays a plain list
/// of fields.
class Fields
{
public:
    Fields(const json& object, std::string where)
        : m_object(object)
        , m_where(std::move(where))
    {
        if (!object.is_object())
            complain("is no object");
    }

    void text(const char* key, std::string& value, bool required = false)
    {
        if (const json* found = take(key, required)) {
            if (found->is_string())
                value = found->get<std::string>();
            else
                complain(fmt::format("has a \"{}\" that is no text", key));
        }
    }

    void flag(const char* key, bool& value)
    {
        if (const json* found = take(key, false)) {
            if (found->is_boolean())
                value = found->get<bool>();
            else
                complain(fmt::format("has a \"{}\" that is neither true nor false", key));
        }
    }

    void number(const char* key, std::optional<double>& value)
    {
        if (const json* found = take(key, false)) {
            if (found->is_number() && std::isfinite(found->get<double>()))
                value = found->get<double>();
            else
                complain(fmt::format("has a \"{}\" that is no number", key));
        }
    }

    void count(const char* key, std::optional<std::uint64_t>& value)
    {
        if (const json* found = take(key, false)) {
            if (found->is_number_unsigned())
                value = found->get<std::uint64_t>();
            else
                complain(fmt::format("has a \"{}\" that is no whole number", key));
        }
    }

    /// A member that the caller reads; nothing when absent.
    const json* member(const char* key, bool required) { return take(key, required); }
    /// Members whose values follow from others.
    void ignore(std::initializer_list<const char*> keys)
    {
        for (const char* key : keys)
            static_cast<void>(take(key, false));
    }

    /// The first complaint, or one about a key that nobody asked for.
    Result<void> done()
    {
        if (m_complaint.empty())
            for (const auto& [key, value] : m_object.items())
                if (!m_known.contains(key))
                    complain(fmt::format("has an unknown key \"{}\"", escapedForDisplay(key)));
        if (m_complaint.empty())
            return {};
        return fail(ErrorCode::Format, "{} {}.", m_where, m_complaint);
    }

private:
    const json* take(const char* key, bool required)
    {
        m_known.insert(key);
        if (!m_object.is_object())
            return nullptr;
        const auto found = m_object.find(key);
        if (found != m_object.end())
            return &*found;
        if (required)
            complain(fmt::format("lacks \"{}\"", key));
        return nullptr;
    }

    void complain(std::string text)
    {
        if (m_complaint.empty())
            m_complaint = std::move(text);
    }

    const json& m_object;
    std::string m_where, m_complaint;
    std::set<std::string> m_known;
};

Result<void> readEntry(const json& value, std::size_t index, Plan& plan)
{
    Fields fields(value, fmt::format("Unit {} of the plan", index));
    std::string name;
    Entry entry;
    fields.text("name", name, true);
    fields.text("option", entry.option, true);
    fields.flag("locked", entry.locked);
    fields.text("note", entry.note);
    fields.ignore({"stored_as", "bits", "bytes", "score", "sqnr_db", "fallback"});
    BITWRIGHT_CHECK(fields.done());
    if (name.empty() || entry.option.empty())
        return fail(ErrorCode::Format, "Unit {} of the plan has an empty {}.", index,
            name.empty() ? "name" : "option");
    if (!plan.entries.emplace(name, std::move(entry)))
        return fail(ErrorCode::Format, "Unit \"{}\" appears twice in the plan.", escapedForDisplay(name));
    return {};
}

Result<void> readSchema(Fields& fields)
{
    std::string schema;
    std::optional<std::uint64_t> version;
    fields.text("schema", schema, true);
    fields.count("version", version);
    if (schema != kSchema)
        return fail(ErrorCode::Format, "This is no Bitwright plan: its \"schema\" is not \"{}\".", kSchema);
    if (!version || *version != kVersion)
        return fail(ErrorCode::Unsupported, "The plan has version {}; this program reads version {}.",
            version ? std::to_string(*version) : "none", kVersion);
    return {};
}

Result<void> readBudget(const json& value, Plan& plan)
{
    Fields fields(value, "The plan's budget");
    fields.number("bpw", plan.budgetBpw);
    fields.number("file_bpw", plan.budgetFileBpw);
    fields.count("bytes", plan.budgetBytes);
    return fields.done();
}

} // namespace

std::string planToJson(const Plan& plan, const PlanSpace* space)
{
    ordered_json root;
    root["schema"] = kSchema;
    root["version"] = kVersion;
    root["name"] = plan.name;
    root["model"] = plan.model;
    root["model_identity"] = plan.modelIdentity;
    root["target"] = plan.target;
    root["provenance"] = plan.provenance;
    root["objective"] = plan.objective;
    root["budget"] = budgetJson(plan);
    root["ties"] = plan.ties;
    root["notes"] = plan.notes;
    if (space)
        if (const auto size = space->sizeOf(plan)) {
            root["bpw"] = size->bpw();
            root["file_bpw"] = size->fileBpw();
            root["bytes"] = size->bytes();
        }
    root["units"] = unitsJson(plan, space);
    // Names come from files and notes from people: bytes that are not UTF-8 must not end the program.
    return root.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

Result<Plan> planFromJson(std::string_view text)
{
    BITWRIGHT_ASSIGN(const json root, parseStrictly(text));
    Fields fields(root, "The plan");
    if (root.is_object())
        BITWRIGHT_CHECK(readSchema(fields));
    Plan plan;
    fields.text("name", plan.name);
    fields.text("model", plan.model);
    fields.text("model_identity", plan.modelIdentity);
    fields.text("target", plan.target, true);
    fields.text("provenance", plan.provenance);
    fields.text("objective", plan.objective);
    fields.flag("ties", plan.ties);
    fields.text("notes", plan.notes);
    fields.ignore({"bpw", "file_bpw", "bytes"});
    const json* budget = fields.member("budget", false);
    const json* units = fields.member("units", true);
    BITWRIGHT_CHECK(fields.done());
    if (budget)
        BITWRIGHT_CHECK(readBudget(*budget, plan));
    if (!units->is_array())
        return fail(ErrorCode::Format, "The plan has \"units\" that are no list.");
    for (std::size_t i = 0; i < units->size(); ++i)
        BITWRIGHT_CHECK(readEntry((*units)[i], i, plan));
    return plan;
}

} // namespace bitwright::plan
