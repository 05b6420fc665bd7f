#include "core/tokens/sequences.h"

#include "core/tokens/unicode.h"

#include <algorithm>

namespace bitwright::tokens {

namespace {

bool endsLine(std::uint32_t point)
{
    return (point >= 0x0A && point <= 0x0D) || (point >= 0x1C && point <= 0x1E) || point == 0x85
        || point == 0x2028 || point == 0x2029;
}

/// Lines with something on them.
std::vector<std::string_view> linesOf(std::string_view text)
{
    std::vector<std::string_view> lines;
    std::size_t begin = 0;
    bool blank = true;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t here = at;
        const bool last = at == text.size();
        const std::uint32_t point = last ? '\n' : nextPoint(text, at);
        if (endsLine(point)) {
            if (!blank)
                lines.push_back(text.substr(begin, here - begin));
            begin = at;
            blank = true;
        } else if (!isSpace(point) && point != 0x1F) {
            blank = false;
        }
        if (last)
            break;
    }
    return lines;
}

Result<Sequences> cutLines(
    const Tokenizer& tokenizer, std::string_view text, const Cutting& cutting, const RunContext& context)
{
    const std::size_t around = tokenizer.before().size() + tokenizer.behind().size();
    if (cutting.length <= around)
        return fail(ErrorCode::InvalidArgument,
            "Sequences of {} tokens leave no room beside {} special ones.", cutting.length, around);
    Sequences sequences;
    std::size_t total = 0;
    for (const std::string_view line : linesOf(text)) {
        BITWRIGHT_ASSIGN(std::vector<std::uint32_t> ids, tokenizer.encode(line, context));
        ids.resize(std::min(ids.size(), cutting.length - around));
        ids.insert(ids.begin(), tokenizer.before().begin(), tokenizer.before().end());
        ids.insert(ids.end(), tokenizer.behind().begin(), tokenizer.behind().end());
        total += ids.size();
        if (!ids.empty())
            sequences.push_back(std::move(ids));
        if (total >= cutting.most)
            break;
    }
    return sequences;
}

Result<Sequences> cutWhole(
    const Tokenizer& tokenizer, std::string_view text, const Cutting& cutting, const RunContext& context)
{
    const std::size_t start = tokenizer.start() ? 1 : 0;
    if (cutting.length <= start)
        return fail(ErrorCode::InvalidArgument, "Sequences of {} tokens leave no room.", cutting.length);
    BITWRIGHT_ASSIGN(const std::vector<std::uint32_t> ids, tokenizer.encode(text, context));
    const std::size_t step = cutting.length - start;
    Sequences sequences;
    for (std::size_t at = 0; at < ids.size() && at < cutting.most; at += step) {
        std::vector<std::uint32_t> sequence;
        if (tokenizer.start())
            sequence.push_back(*tokenizer.start());
        sequence.insert(sequence.end(), ids.begin() + static_cast<std::ptrdiff_t>(at),
            ids.begin() + static_cast<std::ptrdiff_t>(std::min(at + step, ids.size())));
        sequences.push_back(std::move(sequence));
    }
    return sequences;
}

} // namespace

Sequences limited(Sequences sequences, std::size_t most)
{
    std::size_t total = 0;
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        if (total + sequences[i].size() >= most) {
            sequences[i].resize(most - total);
            sequences.resize(sequences[i].empty() ? i : i + 1);
            break;
        }
        total += sequences[i].size();
    }
    return sequences;
}

Sequences cutLong(Sequences sequences, std::size_t length)
{
    Sequences cut;
    for (const auto& sequence : sequences)
        for (std::size_t at = 0; at < sequence.size(); at += length)
            cut.emplace_back(sequence.begin() + static_cast<std::ptrdiff_t>(at),
                sequence.begin() + static_cast<std::ptrdiff_t>(std::min(at + length, sequence.size())));
    return cut;
}

Result<Sequences> cutText(
    const Tokenizer& tokenizer, std::string_view text, const Cutting& cutting, const RunContext& context)
{
    BITWRIGHT_ASSIGN(Sequences sequences,
        cutting.lines ? cutLines(tokenizer, text, cutting, context)
                      : cutWhole(tokenizer, text, cutting, context));
    sequences = limited(std::move(sequences), cutting.most);
    if (sequences.empty())
        return fail(Error{ErrorCode::Format, "The text holds no token.", {}, {}, {}, "Give a longer text."});
    return sequences;
}

} // namespace bitwright::tokens
