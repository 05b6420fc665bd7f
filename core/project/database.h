#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace bitwright::project {

/// One prepared SQL statement; finalized by its destructor. Columns and parameters count from 0 and 1 as in
/// SQLite.
class Statement
{
public:
    Statement(sqlite3_stmt* handle, sqlite3* database, std::string file);
    ~Statement();
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;

    void bind(int parameter, std::string_view text);
    void bind(int parameter, std::int64_t value);
    void bindBlob(int parameter, std::span<const std::byte> bytes);
    /// Advances to the next row; false when there is none.
    [[nodiscard]] Result<bool> step();
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    /// Valid until the next step().
    [[nodiscard]] std::span<const std::byte> blob(int column) const;
    [[nodiscard]] bool isNull(int column) const;

private:
    sqlite3_stmt* m_handle;
    sqlite3* m_database;
    std::string m_file;
};

/// An open SQLite connection with the settings that untrusted files need.
class Database
{
public:
    [[nodiscard]] static Result<Database> open(const std::string& path, bool create);
    ~Database();
    Database(Database&& other) noexcept;
    Database& operator=(Database&&) = delete;

    [[nodiscard]] Result<void> execute(std::string_view sql);
    [[nodiscard]] Result<Statement> prepare(std::string_view sql) const;
    /// Runs a statement to its end.
    [[nodiscard]] Result<void> run(Statement statement) const;
    [[nodiscard]] Result<std::int64_t> integerPragma(std::string_view name) const;
    [[nodiscard]] std::int64_t lastInsertId() const;

private:
    Database(sqlite3* handle, std::string path);
    sqlite3* m_handle;
    std::string m_path;
};

/// Rolls back unless committed.
class Transaction
{
public:
    [[nodiscard]] static Result<Transaction> begin(Database& database);
    ~Transaction();
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    [[nodiscard]] Result<void> commit();

private:
    explicit Transaction(Database& database);
    Database* m_database;
};

} // namespace bitwright::project
