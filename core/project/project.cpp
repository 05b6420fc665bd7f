#include "core/project/project.h"

#include "core/project/codec.h"
#include "core/project/database.h"

#include <chrono>
#include <ctime>
#include <sys/stat.h>

namespace bitwright::project {

namespace {

constexpr std::int64_t kApplicationId = 0x42574750; // "BWGP"
constexpr std::int64_t kSchemaVersion = 1;

// Documented in docs/project-file.md; a change raises kSchemaVersion and adds a migration.
constexpr std::string_view kSchema = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE inputs(kind TEXT NOT NULL, path TEXT NOT NULL, identity TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY(kind, path)) STRICT;
CREATE TABLE tensors(name TEXT PRIMARY KEY, stamp TEXT NOT NULL, content TEXT NOT NULL) STRICT;
CREATE TABLE results(id INTEGER PRIMARY KEY, subject TEXT NOT NULL, kind TEXT NOT NULL, variant TEXT NOT NULL,
    value TEXT NOT NULL, created TEXT NOT NULL, UNIQUE(subject, kind, variant)) STRICT;
CREATE TABLE arrays(result INTEGER NOT NULL REFERENCES results(id) ON DELETE CASCADE, name TEXT NOT NULL, type TEXT NOT NULL,
    data BLOB NOT NULL, PRIMARY KEY(result, name)) STRICT;
CREATE TABLE plans(name TEXT PRIMARY KEY, json TEXT NOT NULL, modified TEXT NOT NULL) STRICT;
CREATE TABLE notes(subject TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE state(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
)sql";

std::string nowUtc()
{
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[32];
    const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text, length};
}

Result<void> prepareSchema(Database& database, const std::string& path)
{
    BITWRIGHT_ASSIGN(const std::int64_t application, database.integerPragma("application_id"));
    BITWRIGHT_ASSIGN(const std::int64_t version, database.integerPragma("user_version"));
    BITWRIGHT_ASSIGN(auto count, database.prepare("SELECT count(*) FROM sqlite_schema"));
    BITWRIGHT_CHECK(count.step());
    const bool empty = count.integer(0) == 0;
    if (!empty && application != kApplicationId) {
        auto error
            = fail(ErrorCode::Format, "Not a Bitwright project (an SQLite database of another program).");
        return fail(std::move(error.value()).inFile(path));
    }
    if (!empty && version > kSchemaVersion) {
        auto error
            = fail(ErrorCode::Unsupported, "The project was made by a newer Bitwright (schema {}).", version);
        return fail(std::move(error.value()).inFile(path).withRemedy("Open it with that version."));
    }
    if (!empty && version == kSchemaVersion)
        return {};
    BITWRIGHT_ASSIGN(auto transaction, Transaction::begin(database));
    BITWRIGHT_CHECK(database.execute(kSchema));
    BITWRIGHT_CHECK(database.execute(
        fmt::format("PRAGMA application_id={}; PRAGMA user_version={};", kApplicationId, kSchemaVersion)));
    return transaction.commit();
}

} // namespace

struct Project::Database
{
    explicit Database(project::Database&& opened)
        : connection(std::move(opened))
    { }

    Result<void> saveRecord(
        std::string_view subject, std::string_view kind, std::string_view variant, const Record& record);
    Result<std::optional<Record>> loadRecord(
        std::string_view subject, std::string_view kind, std::string_view variant, int version) const;
    Result<std::optional<std::string>> lookUp(std::string_view sql, std::string_view key) const;
    Result<void> insert(std::string_view sql, std::initializer_list<std::string_view> values);

    project::Database connection;
    mutable std::mutex mutex; ///< A connection serves one thread at a time.
};

Result<void> Project::Database::insert(std::string_view sql, std::initializer_list<std::string_view> values)
{
    BITWRIGHT_ASSIGN(auto statement, connection.prepare(sql));
    int parameter = 1;
    for (const auto value : values)
        statement.bind(parameter++, value);
    return connection.run(std::move(statement));
}

Result<std::optional<std::string>> Project::Database::lookUp(std::string_view sql, std::string_view key) const
{
    BITWRIGHT_ASSIGN(auto statement, connection.prepare(sql));
    statement.bind(1, key);
    BITWRIGHT_ASSIGN(const bool row, statement.step());
    if (!row)
        return std::nullopt;
    return statement.text(0);
}

Result<void> Project::Database::saveRecord(
    std::string_view subject, std::string_view kind, std::string_view variant, const Record& record)
{
    BITWRIGHT_CHECK(
        insert("DELETE FROM results WHERE subject=? AND kind=? AND variant=?", {subject, kind, variant}));
    BITWRIGHT_CHECK(insert("INSERT INTO results(subject, kind, variant, value, created) VALUES(?,?,?,?,?)",
        {subject, kind, variant, record.scalars.dump(), nowUtc()}));
    const std::int64_t id = connection.lastInsertId();
    for (const auto& [name, array] : record.arrays) {
        BITWRIGHT_ASSIGN(auto statement,
            connection.prepare("INSERT INTO arrays(result, name, type, data) VALUES(?,?,?,?)"));
        statement.bind(1, id);
        statement.bind(2, name);
        statement.bind(3, array.type);
        statement.bindBlob(4, array.bytes);
        BITWRIGHT_CHECK(connection.run(std::move(statement)));
    }
    return {};
}

Result<std::optional<Record>> Project::Database::loadRecord(
    std::string_view subject, std::string_view kind, std::string_view variant, int version) const
{
    BITWRIGHT_ASSIGN(auto statement,
        connection.prepare("SELECT id, value FROM results WHERE subject=? AND kind=? AND variant=?"));
    statement.bind(1, subject);
    statement.bind(2, kind);
    statement.bind(3, variant);
    BITWRIGHT_ASSIGN(const bool row, statement.step());
    if (!row)
        return std::nullopt;
    Record record;
    record.scalars = nlohmann::json::parse(statement.text(1), nullptr, false);
    if (!record.scalars.is_object())
        return fail(ErrorCode::Format, "A stored {} is not valid JSON.", kind);
    if (record.integer("version") != static_cast<std::uint64_t>(version))
        return std::nullopt;
    BITWRIGHT_ASSIGN(auto arrays, connection.prepare("SELECT name, type, data FROM arrays WHERE result=?"));
    arrays.bind(1, statement.integer(0));
    for (;;) {
        BITWRIGHT_ASSIGN(const bool more, arrays.step());
        if (!more)
            return record;
        const auto bytes = arrays.blob(2);
        record.arrays[arrays.text(0)] = RecordArray{arrays.text(1), {bytes.begin(), bytes.end()}};
    }
}

Project::Project(std::string path, std::unique_ptr<Database> database)
    : m_path(std::move(path))
    , m_database(std::move(database))
{ }

Project::~Project()
{
    // Back to one plain file: the write-ahead log exists only while a project is open.
    (void)m_database->connection.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE;");
}

Result<std::shared_ptr<Project>> Project::open(const std::string& path)
{
    BITWRIGHT_ASSIGN(auto connection, project::Database::open(path, true));
    BITWRIGHT_CHECK(prepareSchema(connection, path));
    // The log makes each commit cheap; killing the process loses nothing that was committed.
    BITWRIGHT_CHECK(connection.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"));
    return std::shared_ptr<Project>(new Project(path, std::make_unique<Database>(std::move(connection))));
}

Result<std::shared_ptr<Project>> Project::openExisting(const std::string& path)
{
    struct stat facts = {};
    if (stat(path.c_str(), &facts) != 0) {
        auto error = fail(ErrorCode::Io, "There is no such project file.");
        return fail(std::move(error.value()).inFile(path).withRemedy("Make one with \"scan --project\"."));
    }
    if (!S_ISREG(facts.st_mode)) {
        auto error = fail(ErrorCode::Io, "Not a regular file.");
        return fail(std::move(error.value()).inFile(path));
    }
    return open(path);
}

Result<void> Project::setInputs(const std::vector<InputRecord>& inputs)
{
    const std::lock_guard lock(m_database->mutex);
    BITWRIGHT_ASSIGN(auto transaction, Transaction::begin(m_database->connection));
    BITWRIGHT_CHECK(m_database->insert("DELETE FROM inputs", {}));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        BITWRIGHT_CHECK(m_database->insert("INSERT OR REPLACE INTO inputs(kind, path, identity, name, "
                                           "position) VALUES(?,?,?,?,CAST(? AS INTEGER))",
            {inputs[i].kind, inputs[i].path, inputs[i].identity, inputs[i].name, std::to_string(i)}));
    }
    return transaction.commit();
}

Result<std::vector<InputRecord>> Project::inputs() const
{
    const std::lock_guard lock(m_database->mutex);
    BITWRIGHT_ASSIGN(auto statement,
        m_database->connection.prepare("SELECT kind, path, identity, name FROM inputs ORDER BY position"));
    std::vector<InputRecord> records;
    for (;;) {
        BITWRIGHT_ASSIGN(const bool more, statement.step());
        if (!more)
            return records;
        records.push_back({statement.text(0), statement.text(1), statement.text(2), statement.text(3)});
    }
}

Result<std::optional<std::string>> Project::contentHash(std::string_view tensor, std::string_view stamp) const
{
    const std::lock_guard lock(m_database->mutex);
    BITWRIGHT_ASSIGN(auto statement,
        m_database->connection.prepare("SELECT content FROM tensors WHERE name=? AND stamp=?"));
    statement.bind(1, tensor);
    statement.bind(2, stamp);
    BITWRIGHT_ASSIGN(const bool row, statement.step());
    if (!row)
        return std::nullopt;
    return statement.text(0);
}

Result<void> Project::setContentHash(
    std::string_view tensor, std::string_view stamp, std::string_view content)
{
    const std::lock_guard lock(m_database->mutex);
    return m_database->insert(
        "INSERT OR REPLACE INTO tensors(name, stamp, content) VALUES(?,?,?)", {tensor, stamp, content});
}

Result<void> Project::saveWeightStats(std::string_view content, const stats::WeightStats& stats)
{
    const std::lock_guard lock(m_database->mutex);
    BITWRIGHT_ASSIGN(auto transaction, Transaction::begin(m_database->connection));
    BITWRIGHT_CHECK(m_database->saveRecord(content, "weight-stats", "", encode(stats)));
    return transaction.commit();
}

Result<std::optional<stats::WeightStats>> Project::weightStats(std::string_view content) const
{
    const std::lock_guard lock(m_database->mutex);
    BITWRIGHT_ASSIGN(
        const auto record, m_database->loadRecord(content, "weight-stats", "", kWeightStatsVersion));
    if (!record)
        return std::nullopt;
    BITWRIGHT_ASSIGN(auto stats, decodeWeightStats(*record));
    return stats;
}

Result<void> Project::saveSpectrum(std::string_view content, const spectra::Spectrum& spectrum)
{
    const std::lock_guard lock(m_database->mutex);
    BITWRIGHT_ASSIGN(auto transaction, Transaction::begin(m_database->connection));
    BITWRIGHT_CHECK(m_database->saveRecord(content, "spectrum", "", encode(spectrum)));
    return transaction.commit();
}

Result<void> Project::saveSpectrum(std::string_view content, const StoredSpectrum& spectrum)
{
    const std::lock_guard lock(m_database->mutex);
    BITWRIGHT_ASSIGN(auto transaction, Transaction::begin(m_database->connection));
    BITWRIGHT_CHECK(m_database->saveRecord(content, "spectrum", "", encode(spectrum)));
    return transaction.commit();
}

Result<std::optional<StoredSpectrum>> Project::spectrum(std::string_view content) const
{
    const std::lock_guard lock(m_database->mutex);
    BITWRIGHT_ASSIGN(const auto record, m_database->loadRecord(content, "spectrum", "", kSpectrumVersion));
    if (!record)
        return std::nullopt;
    BITWRIGHT_ASSIGN(auto spectrum, decodeSpectrum(*record));
    return spectrum;
}

namespace {

std::string optionVariant(std::string_view dump, std::string_view option)
{
    return fmt::format("{}@{}", option, dump.empty() ? "weights" : dump);
}

} // namespace

Result<void> Project::saveOptionErrors(
    std::string_view content, std::string_view dump, const std::vector<score::OptionError>& errors)
{
    const std::lock_guard lock(m_database->mutex);
    BITWRIGHT_ASSIGN(auto transaction, Transaction::begin(m_database->connection));
    for (const auto& error : errors) {
        BITWRIGHT_CHECK(m_database->saveRecord(
            content, "option-error", optionVariant(dump, error.option), encode(error)));
    }
    return transaction.commit();
}

Result<std::optional<score::OptionError>> Project::optionError(
    std::string_view content, std::string_view dump, std::string_view option) const
{
    const std::lock_guard lock(m_database->mutex);
    BITWRIGHT_ASSIGN(const auto record,
        m_database->loadRecord(content, "option-error", optionVariant(dump, option), kOptionErrorVersion));
    if (!record)
        return std::nullopt;
    BITWRIGHT_ASSIGN(auto error, decodeOptionError(*record));
    return error;
}

Result<void> Project::saveHarm(std::string_view subject, std::string_view variant, const measure::Harm& harm)
{
    const std::lock_guard lock(m_database->mutex);
    BITWRIGHT_ASSIGN(auto transaction, Transaction::begin(m_database->connection));
    BITWRIGHT_CHECK(m_database->saveRecord(subject, "harm", variant, encode(harm)));
    return transaction.commit();
}

Result<std::optional<measure::Harm>> Project::harm(std::string_view subject, std::string_view variant) const
{
    const std::lock_guard lock(m_database->mutex);
    BITWRIGHT_ASSIGN(const auto record, m_database->loadRecord(subject, "harm", variant, kHarmVersion));
    if (!record)
        return std::nullopt;
    BITWRIGHT_ASSIGN(auto harm, decodeHarm(*record));
    return harm;
}

namespace {

/// Copies the rows that `select` gives through `insert`, column by column; all columns are text.
Result<void> copyRows(
    const Database& from, Database& to, std::string_view select, std::string_view insert, int columns)
{
    BITWRIGHT_ASSIGN(auto source, from.prepare(select));
    for (;;) {
        BITWRIGHT_ASSIGN(const bool more, source.step());
        if (!more)
            return {};
        BITWRIGHT_ASSIGN(auto target, to.prepare(insert));
        for (int column = 0; column < columns; ++column)
            target.bind(column + 1, source.text(column));
        BITWRIGHT_CHECK(to.run(std::move(target)));
    }
}

Result<void> copyArrays(const Database& from, Database& to, std::int64_t source, std::int64_t target)
{
    BITWRIGHT_ASSIGN(auto arrays, from.prepare("SELECT name, type, data FROM arrays WHERE result=?"));
    arrays.bind(1, source);
    for (;;) {
        BITWRIGHT_ASSIGN(const bool more, arrays.step());
        if (!more)
            return {};
        BITWRIGHT_ASSIGN(
            auto insert, to.prepare("INSERT INTO arrays(result, name, type, data) VALUES(?,?,?,?)"));
        insert.bind(1, target);
        insert.bind(2, arrays.text(0));
        insert.bind(3, arrays.text(1));
        insert.bindBlob(4, arrays.blob(2));
        BITWRIGHT_CHECK(to.run(std::move(insert)));
    }
}

Result<void> copyResults(const Database& from, Database& to)
{
    BITWRIGHT_ASSIGN(
        auto source, from.prepare("SELECT id, subject, kind, variant, value, created FROM results"));
    for (;;) {
        BITWRIGHT_ASSIGN(const bool more, source.step());
        if (!more)
            return {};
        BITWRIGHT_ASSIGN(
            auto remove, to.prepare("DELETE FROM results WHERE subject=? AND kind=? AND variant=?"));
        BITWRIGHT_ASSIGN(auto insert,
            to.prepare("INSERT INTO results(subject, kind, variant, value, created) VALUES(?,?,?,?,?)"));
        for (int column = 1; column <= 5; ++column) {
            if (column <= 3)
                remove.bind(column, source.text(column));
            insert.bind(column, source.text(column));
        }
        BITWRIGHT_CHECK(to.run(std::move(remove)));
        BITWRIGHT_CHECK(to.run(std::move(insert)));
        BITWRIGHT_CHECK(copyArrays(from, to, source.integer(0), to.lastInsertId()));
    }
}

} // namespace

Result<void> Project::copyInto(Project& other) const
{
    if (m_path == other.m_path)
        return {};
    const std::scoped_lock lock(m_database->mutex, other.m_database->mutex);
    const auto& from = m_database->connection;
    auto& to = other.m_database->connection;
    BITWRIGHT_ASSIGN(auto transaction, Transaction::begin(to));
    BITWRIGHT_CHECK(copyRows(from, to, "SELECT name, stamp, content FROM tensors",
        "INSERT OR REPLACE INTO tensors(name, stamp, content) VALUES(?,?,?)", 3));
    BITWRIGHT_CHECK(copyResults(from, to));
    BITWRIGHT_CHECK(copyRows(from, to, "SELECT name, json, modified FROM plans",
        "INSERT OR REPLACE INTO plans(name, json, modified) VALUES(?,?,?)", 3));
    BITWRIGHT_CHECK(copyRows(from, to, "SELECT subject, text FROM notes",
        "INSERT OR REPLACE INTO notes(subject, text) VALUES(?,?)", 2));
    BITWRIGHT_CHECK(copyRows(
        from, to, "SELECT key, value FROM state", "INSERT OR REPLACE INTO state(key, value) VALUES(?,?)", 2));
    return transaction.commit();
}

Result<void> Project::savePlan(const StoredPlan& plan)
{
    const std::lock_guard lock(m_database->mutex);
    return m_database->insert("INSERT OR REPLACE INTO plans(name, json, modified) VALUES(?,?,?)",
        {plan.name, plan.json, plan.modified.empty() ? nowUtc() : plan.modified});
}

Result<std::vector<StoredPlan>> Project::plans() const
{
    const std::lock_guard lock(m_database->mutex);
    BITWRIGHT_ASSIGN(auto statement,
        m_database->connection.prepare("SELECT name, json, modified FROM plans ORDER BY name"));
    std::vector<StoredPlan> plans;
    for (;;) {
        BITWRIGHT_ASSIGN(const bool more, statement.step());
        if (!more)
            return plans;
        plans.push_back({statement.text(0), statement.text(1), statement.text(2)});
    }
}

Result<void> Project::removePlan(std::string_view name)
{
    const std::lock_guard lock(m_database->mutex);
    return m_database->insert("DELETE FROM plans WHERE name=?", {name});
}

Result<void> Project::setState(std::string_view key, std::string_view value)
{
    const std::lock_guard lock(m_database->mutex);
    return m_database->insert("INSERT OR REPLACE INTO state(key, value) VALUES(?,?)", {key, value});
}

Result<std::optional<std::string>> Project::state(std::string_view key) const
{
    const std::lock_guard lock(m_database->mutex);
    return m_database->lookUp("SELECT value FROM state WHERE key=?", key);
}

Result<void> Project::removeState(std::string_view key)
{
    const std::lock_guard lock(m_database->mutex);
    return m_database->insert("DELETE FROM state WHERE key=?", {key});
}

Result<void> Project::setNote(std::string_view subject, std::string_view text)
{
    const std::lock_guard lock(m_database->mutex);
    if (text.empty())
        return m_database->insert("DELETE FROM notes WHERE subject=?", {subject});
    return m_database->insert("INSERT OR REPLACE INTO notes(subject, text) VALUES(?,?)", {subject, text});
}

Result<std::string> Project::note(std::string_view subject) const
{
    const std::lock_guard lock(m_database->mutex);
    BITWRIGHT_ASSIGN(const auto text, m_database->lookUp("SELECT text FROM notes WHERE subject=?", subject));
    return text.value_or(std::string());
}

Result<std::map<std::string, std::string>> Project::notes() const
{
    const std::lock_guard lock(m_database->mutex);
    BITWRIGHT_ASSIGN(auto statement, m_database->connection.prepare("SELECT subject, text FROM notes"));
    std::map<std::string, std::string> notes;
    for (;;) {
        BITWRIGHT_ASSIGN(const bool more, statement.step());
        if (!more)
            return notes;
        notes.emplace(statement.text(0), statement.text(1));
    }
}

} // namespace bitwright::project
