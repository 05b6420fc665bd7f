#include "core/project/database.h"

#include <sqlite3.h>

#include <utility>

namespace bitwright::project {

namespace {

Error sqliteError(sqlite3* database, const std::string& path, int status)
{
    Error error;
    const int primary = status & 0xFF;
    error.file = path;
    error.message = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(status);
    switch (primary) {
    case SQLITE_NOTADB:
        error.code = ErrorCode::Format;
        error.message = "Not a Bitwright project (no SQLite database).";
        break;
    case SQLITE_CORRUPT:
        error.code = ErrorCode::Format;
        error.message = "The project file is damaged: " + error.message + ".";
        error.remedy = "Restore a copy, or scan again into a new project.";
        break;
    case SQLITE_FULL:
        error.code = ErrorCode::Io;
        error.message = "Not saved: disk full; the project keeps its previous content.";
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        error.code = ErrorCode::Io;
        error.message = "The project is in use by another program.";
        error.remedy = "Close it there, or work on a copy.";
        break;
    case SQLITE_NOMEM:
        error.code = ErrorCode::OutOfMemory;
        break;
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_CONSTRAINT:
        error.code = ErrorCode::Format;
        error.message = "The project file does not have the expected tables: " + error.message + ".";
        break;
    default:
        error.code = ErrorCode::Io;
    }
    return error;
}

} // namespace

Statement::Statement(sqlite3_stmt* handle, sqlite3* database, std::string file)
    : m_handle(handle)
    , m_database(database)
    , m_file(std::move(file))
{ }

Statement::~Statement()
{
    sqlite3_finalize(m_handle);
}

Statement::Statement(Statement&& other) noexcept
    : m_handle(std::exchange(other.m_handle, nullptr))
    , m_database(other.m_database)
    , m_file(std::move(other.m_file))
{ }

void Statement::bind(int parameter, std::string_view text)
{
    sqlite3_bind_text64(m_handle, parameter, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Statement::bind(int parameter, std::int64_t value)
{
    sqlite3_bind_int64(m_handle, parameter, value);
}

void Statement::bindBlob(int parameter, std::span<const std::byte> bytes)
{
    sqlite3_bind_blob64(m_handle, parameter, bytes.empty() ? "" : static_cast<const void*>(bytes.data()),
        bytes.size(), SQLITE_TRANSIENT);
}

Result<bool> Statement::step()
{
    const int status = sqlite3_step(m_handle);
    if (status == SQLITE_ROW)
        return true;
    if (status == SQLITE_DONE)
        return false;
    return fail(sqliteError(m_database, m_file, status));
}

std::string Statement::text(int column) const
{
    const unsigned char* bytes = sqlite3_column_text(m_handle, column);
    const int length = sqlite3_column_bytes(m_handle, column);
    if (bytes == nullptr || length <= 0)
        return {};
    std::string out(static_cast<std::size_t>(length), '\0');
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<char>(bytes[i]);
    return out;
}

std::int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(m_handle, column);
}

std::span<const std::byte> Statement::blob(int column) const
{
    const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(m_handle, column));
    const int length = sqlite3_column_bytes(m_handle, column);
    if (bytes == nullptr || length <= 0)
        return {};
    return {bytes, static_cast<std::size_t>(length)};
}

bool Statement::isNull(int column) const
{
    return sqlite3_column_type(m_handle, column) == SQLITE_NULL;
}

Database::Database(sqlite3* handle, std::string path)
    : m_handle(handle)
    , m_path(std::move(path))
{ }

Database::~Database()
{
    sqlite3_close_v2(m_handle);
}

Database::Database(Database&& other) noexcept
    : m_handle(std::exchange(other.m_handle, nullptr))
    , m_path(std::move(other.m_path))
{ }

Result<Database> Database::open(const std::string& path, bool create)
{
    sqlite3* handle = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX;
    const int status = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    Database database(handle, path);
    if (status != SQLITE_OK) {
        Error error = sqliteError(handle, path, status);
        error.code = ErrorCode::Io;
        return fail(std::move(error));
    }
    // sqlite.org/security.html: what a hostile file could make the library do is switched off before its
    // schema is read.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_busy_timeout(handle, 3000);
    BITWRIGHT_CHECK(
        database.execute("PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA foreign_keys=ON;"));
    return database;
}

Result<void> Database::execute(std::string_view sql)
{
    const int status = sqlite3_exec(m_handle, std::string(sql).c_str(), nullptr, nullptr, nullptr);
    if (status != SQLITE_OK)
        return fail(sqliteError(m_handle, m_path, status));
    return {};
}

Result<Statement> Database::prepare(std::string_view sql) const
{
    sqlite3_stmt* statement = nullptr;
    const int status
        = sqlite3_prepare_v2(m_handle, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    if (status != SQLITE_OK)
        return fail(sqliteError(m_handle, m_path, status));
    return Statement(statement, m_handle, m_path);
}

Result<void> Database::run(Statement statement) const
{
    for (;;) {
        BITWRIGHT_ASSIGN(const bool more, statement.step());
        if (!more)
            return {};
    }
}

Result<std::int64_t> Database::integerPragma(std::string_view name) const
{
    BITWRIGHT_ASSIGN(auto statement, prepare("PRAGMA " + std::string(name)));
    BITWRIGHT_ASSIGN(const bool row, statement.step());
    return row ? statement.integer(0) : 0;
}

std::int64_t Database::lastInsertId() const
{
    return sqlite3_last_insert_rowid(m_handle);
}

Transaction::Transaction(Database& database)
    : m_database(&database)
{ }

Result<Transaction> Transaction::begin(Database& database)
{
    BITWRIGHT_CHECK(database.execute("BEGIN IMMEDIATE"));
    return Transaction(database);
}

Transaction::~Transaction()
{
    if (m_database != nullptr)
        (void)m_database->execute("ROLLBACK");
}

Transaction::Transaction(Transaction&& other) noexcept
    : m_database(std::exchange(other.m_database, nullptr))
{ }

Result<void> Transaction::commit()
{
    BITWRIGHT_CHECK(m_database->execute("COMMIT"));
    m_database = nullptr;
    return {};
}

} // namespace bitwright::project
