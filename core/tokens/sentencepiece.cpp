#include "core/tokens/json_fields.h"
#include "core/tokens/tokenizer.h"
#include "core/tokens/unicode.h"

#include <sentencepiece_processor.h>

namespace bitwright::tokens {

namespace {

/// SentencePiece models are read and run by the library that made them.
class SentencePiece final : public Tokenizer
{
public:
    Result<void> read(std::string_view bytes, bool addStart)
    {
        const auto status = m_processor.LoadFromSerializedProto({bytes.data(), bytes.size()});
        if (!status.ok() || m_processor.GetPieceSize() <= 0)
            return fail(ErrorCode::Format, "This is no SentencePiece model.");
        m_description = "tokenizer.model (SentencePiece)";
        if (addStart && m_processor.bos_id() >= 0) {
            m_start = static_cast<std::uint32_t>(m_processor.bos_id());
            m_before = {*m_start};
        }
        return {};
    }

    Result<std::vector<std::uint32_t>> encode(std::string_view text, const RunContext& context) const override
    {
        BITWRIGHT_CHECK(context.checkStop());
        if (const auto bad = findInvalidUtf8(text))
            return fail(Error{ErrorCode::Format, fmt::format("Byte {} is no UTF-8.", *bad), {}, {}, *bad,
                "Save the text as UTF-8."});
        std::vector<int> pieces;
        const auto status = m_processor.Encode({text.data(), text.size()}, &pieces);
        if (!status.ok())
            return fail(Error{ErrorCode::Unsupported,
                fmt::format("SentencePiece cannot split this text: {}.", status.ToString()), {}, {}, {},
                std::string(kGiveIds)});
        std::vector<std::uint32_t> ids;
        ids.reserve(pieces.size());
        for (const int piece : pieces)
            ids.push_back(static_cast<std::uint32_t>(piece));
        return ids;
    }

private:
    sentencepiece::SentencePieceProcessor m_processor;
};

} // namespace

Result<std::shared_ptr<const Tokenizer>> tokenizerFromSentencePiece(std::string_view bytes, bool addStart)
{
    auto tokenizer = std::make_shared<SentencePiece>();
    BITWRIGHT_CHECK(tokenizer->read(bytes, addStart));
    return tokenizer;
}

} // namespace bitwright::tokens
