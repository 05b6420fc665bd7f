#pragma once

#include "core/base/run_context.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::tokens {

/// Turns text into token ids as the model was trained with. Immutable and thread safe.
class Tokenizer
{
public:
    virtual ~Tokenizer() = default;

    /// Ids of a text (UTF-8) without the special tokens around it; special tokens that the text spells out
    /// are found where the tokenizer has them. Errors: Format with the byte offset for what is no UTF-8;
    /// Unsupported for what the tokenizer cannot spell; Cancelled.
    [[nodiscard]] virtual Result<std::vector<std::uint32_t>> encode(
        std::string_view text, const RunContext& context) const = 0;

    /// Special tokens that stand before and behind a whole text ([CLS] and [SEP] of BERT).
    [[nodiscard]] const std::vector<std::uint32_t>& before() const { return m_before; }
    [[nodiscard]] const std::vector<std::uint32_t>& behind() const { return m_behind; }
    /// The token that every sequence starts with when a long text is cut: the first of `before` where it is
    /// the model's BOS.
    [[nodiscard]] std::optional<std::uint32_t> start() const { return m_start; }
    /// "tokenizer.json (BPE)", for people.
    [[nodiscard]] const std::string& description() const { return m_description; }

protected:
    std::vector<std::uint32_t> m_before, m_behind;
    std::optional<std::uint32_t> m_start;
    std::string m_description;
};

/// Opens the tokenizer beside the weights: tokenizer.json, else tokenizer.model (SentencePiece). `modelPath`
/// is the model's folder or a file in it. Null when there is neither. Errors: Unsupported names a part that
/// this program does not know; Format; Io.
[[nodiscard]] Result<std::shared_ptr<const Tokenizer>> openTokenizer(const std::string& modelPath);

/// The same from the text of a tokenizer.json. `startToken` is the spelling of the BOS, `startId` its id;
/// either may be missing.
[[nodiscard]] Result<std::shared_ptr<const Tokenizer>> tokenizerFromJson(std::string_view json,
    const std::optional<std::string>& startToken = {}, std::optional<std::uint32_t> startId = {});

/// From the bytes of a SentencePiece model. `addStart`: sequences start with its BOS where it has one.
[[nodiscard]] Result<std::shared_ptr<const Tokenizer>> tokenizerFromSentencePiece(
    std::string_view bytes, bool addStart);

/// For models without a tokenizer whose ids are byte values.
[[nodiscard]] std::shared_ptr<const Tokenizer> byteTokenizer();

} // namespace bitwright::tokens
