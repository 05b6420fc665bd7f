#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::tokens {

/// Bytes [begin, end) of a text.
struct Match
{
    std::size_t begin = 0, end = 0;
};

/// A regular expression of a tokenizer.json, run by PCRE2 over UTF-8. Immutable and thread safe.
class Regex
{
public:
    /// `pattern` is in the syntax of Oniguruma, which tokenizers are written for. Where both libraries differ
    /// the pattern is rewritten, and what has no equal is refused: errors Unsupported with the part's
    /// spelling, Format for what is no expression.
    [[nodiscard]] static Result<Regex> compile(std::string_view pattern);
    /// A pattern of this program, in PCRE2's syntax.
    [[nodiscard]] static Result<Regex> compileOwn(std::string_view pattern);

    /// Every match from left to right. `text` is valid UTF-8. Errors: Unsupported when the expression needs
    /// too many steps on this text.
    [[nodiscard]] Result<std::vector<Match>> matches(std::string_view text) const;

private:
    std::shared_ptr<void> m_code; ///< pcre2_code
};

/// The rewritten pattern; for tests.
[[nodiscard]] Result<std::string> pcrePattern(std::string_view onigurumaPattern);

} // namespace bitwright::tokens
