#pragma once

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bitwright::tokens {

/// Pieces and their ids.
class Vocabulary
{
public:
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view piece) const;
    void set(std::string piece, std::uint32_t id) { m_ids.insert_or_assign(std::move(piece), id); }
    [[nodiscard]] std::size_t size() const { return m_ids.size(); }
    /// Appends the ids of "<0x41>"... of every byte, or nothing when one of them is missing.
    [[nodiscard]] bool appendBytes(std::string_view text, std::vector<std::uint32_t>& ids) const;

private:
    struct Hash
    {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> m_ids;
};

/// Finds the ids of one piece of text. Immutable and thread safe.
class TokenModel
{
public:
    virtual ~TokenModel() = default;
    /// Appends the ids of `piece`, which is valid UTF-8. Errors: Unsupported when it cannot be spelled.
    [[nodiscard]] virtual Result<void> encode(
        std::string_view piece, std::vector<std::uint32_t>& ids) const = 0;
    [[nodiscard]] const Vocabulary& vocabulary() const { return m_vocabulary; }
    [[nodiscard]] virtual std::size_t size() const
    {
        return m_vocabulary.size();
    } ///< Entries, for added tokens.

protected:
    Vocabulary m_vocabulary;
};

/// Builds the `model` of a tokenizer.json: BPE, WordPiece, Unigram, WordLevel. Errors: Format, Unsupported.
[[nodiscard]] Result<std::unique_ptr<TokenModel>> readTokenModel(const nlohmann::json& model);

// Readers of one kind each.
[[nodiscard]] Result<std::unique_ptr<TokenModel>> readBpe(const nlohmann::json& model);
[[nodiscard]] Result<std::unique_ptr<TokenModel>> readUnigram(const nlohmann::json& model);
[[nodiscard]] Result<std::unique_ptr<TokenModel>> readWordPiece(const nlohmann::json& model);
[[nodiscard]] Result<std::unique_ptr<TokenModel>> readWordLevel(const nlohmann::json& model);
/// The object `vocab`: piece to id.
[[nodiscard]] Result<Vocabulary> readVocabulary(const nlohmann::json& model);

} // namespace bitwright::tokens
