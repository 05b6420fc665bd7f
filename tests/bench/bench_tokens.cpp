// Token ids of every line of a file, for tests/interop/check_tokenizer.py: bench_tokens MODEL_DIR TEXT.
// Lines end with \n alone. Prints one line of ids per line of text (special tokens included), and the rate to
// stderr.
#include "core/tokens/tokenizer.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>

using namespace bitwright;

int main(int argc, char** argv)
{
    if (argc != 3) {
        std::fprintf(stderr, "usage: bench_tokens MODEL_DIR TEXT\n");
        return 2;
    }
    const auto tokenizer = tokens::openTokenizer(argv[1]);
    if (!tokenizer || !*tokenizer) {
        std::fprintf(stderr, "%s\n", tokenizer ? "no tokenizer" : tokenizer.error().oneLine().c_str());
        return 3;
    }
    std::ifstream in(argv[2], std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    std::string out;
    std::size_t count = 0;
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const auto ids = (*tokenizer)->encode(std::string_view(text).substr(at, end - at), RunContext());
        if (!ids) {
            std::fprintf(stderr, "%s\n", ids.error().oneLine().c_str());
            return 3;
        }
        std::vector<std::uint32_t> all = (*tokenizer)->before();
        all.insert(all.end(), ids->begin(), ids->end());
        all.insert(all.end(), (*tokenizer)->behind().begin(), (*tokenizer)->behind().end());
        for (const std::uint32_t id : all)
            out += std::to_string(id) + ' ';
        out += '\n';
        count += all.size();
        at = end + 1;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::fwrite(out.data(), 1, out.size(), stdout);
    std::fprintf(stderr, "%s: %zu tokens, %.1f MB/s\n", (*tokenizer)->description().c_str(), count,
        static_cast<double>(text.size()) / 1e6 / seconds);
    return 0;
}
