#include "core/session/compare.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <mutex>

namespace bitwright::session {

namespace {

/// Elements that a worker holds of each side at once.
constexpr std::uint64_t kPiece = std::uint64_t{1} << 19;

/// What one piece of a tensor adds to the comparison.
struct PieceSums
{
    bool same = true;
    std::uint64_t differing = 0, nonFinite = 0;
    double maxAbs = 0, signal = 0, noise = 0;
};

/// A piece of work: elements [begin, end) of one pair of tensors.
struct Piece
{
    std::size_t pair = 0;
    std::uint64_t begin = 0, end = 0;
};

struct Pair
{
    model::TensorIndex a = 0, b = 0;
    bool values = false; ///< Compared value by value.
    bool bytes = false; ///< Compared byte by byte: same dtype and shape.
    std::size_t firstPiece = 0, pieces = 0;
    std::size_t left = 0; ///< Pieces that are not finished.
};

void addValues(std::span<const float> a, std::span<const float> b, PieceSums& sums)
{
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double x = a[i], y = b[i];
        const bool bothNan = std::isnan(x) && std::isnan(y);
        sums.differing += x != y && !bothNan ? 1 : 0;
        if (!std::isfinite(x) || !std::isfinite(y)) {
            ++sums.nonFinite;
            continue;
        }
        const double error = x - y;
        sums.maxAbs = std::max(sums.maxAbs, std::abs(error));
        sums.signal += x * x;
        sums.noise += error * error;
    }
}

class Comparer
{
public:
    Comparer(const model::Checkpoint& a, const model::Checkpoint& b,
        const std::function<void(const TensorDifference&)>& onTensor)
        : m_a(a)
        , m_b(b)
        , m_onTensor(onTensor)
    { }

    Result<ModelComparison> run(const RunContext& context)
    {
        pairUp();
        m_sums.resize(m_pieces.size());
        for (std::size_t i = 0; i < m_pairs.size(); ++i)
            if (m_pairs[i].pieces == 0)
                deliver(i);
        BITWRIGHT_CHECK(parallelFor(
            m_pieces.size(), 1,
            [&](const Chunk& chunk) -> Result<void> {
                BITWRIGHT_CHECK(context.checkStop());
                BITWRIGHT_ASSIGN(m_sums[chunk.begin], measure(m_pieces[chunk.begin]));
                finished(m_pieces[chunk.begin].pair);
                return {};
            },
            context, "Compare"));
        return std::move(m_result);
    }

private:
    void pairUp()
    {
        for (model::TensorIndex i = 0; i < m_a.tensors().size(); ++i) {
            const auto& tensor = m_a.tensors()[i];
            const auto other = m_b.find(tensor.name);
            if (!other)
                m_result.onlyA.push_back(tensor.name);
            else
                addPair(i, *other);
        }
        for (const auto& tensor : m_b.tensors())
            if (!m_a.find(tensor.name))
                m_result.onlyB.push_back(tensor.name);
    }

    void addPair(model::TensorIndex a, model::TensorIndex b)
    {
        const auto& left = m_a.tensors()[a];
        const auto& right = m_b.tensors()[b];
        TensorDifference item;
        item.name = left.name;
        item.parameters = left.parameters;
        item.bytesA = left.bytes;
        item.bytesB = right.bytes;
        item.dtypeA = left.dtypeText.empty() ? std::string(model::dtypeName(left.dtype)) : left.dtypeText;
        item.dtypeB = right.dtypeText.empty() ? std::string(model::dtypeName(right.dtype)) : right.dtypeText;
        Pair pair{a, b, false, false, m_pieces.size(), 0, 0};
        const bool readable = model::isReadable(left.dtype) && model::isReadable(right.dtype);
        pair.bytes = left.shape == right.shape && item.dtypeA == item.dtypeB && left.bytes == right.bytes;
        pair.values = left.shape == right.shape && readable;
        if (left.shape != right.shape)
            item.reason = fmt::format(
                "Shapes differ: [{}] and [{}].", fmt::join(left.shape, ", "), fmt::join(right.shape, ", "));
        else if (!readable)
            item.reason = fmt::format(
                "Values of {} cannot be read.", model::isReadable(left.dtype) ? item.dtypeB : item.dtypeA);
        // Bytes alone are compared in pieces of the same length.
        const std::uint64_t length = pair.values ? left.parameters : pair.bytes ? left.bytes : 0;
        for (std::uint64_t begin = 0; begin < length; begin += kPiece)
            m_pieces.push_back({m_pairs.size(), begin, std::min(begin + kPiece, length)});
        pair.pieces = pair.left = m_pieces.size() - pair.firstPiece;
        m_pairs.push_back(pair);
        m_result.tensors.push_back(std::move(item));
    }

    Result<PieceSums> measure(const Piece& piece) const
    {
        const Pair& pair = m_pairs[piece.pair];
        const auto bitsOf = [&](const model::Checkpoint& checkpoint, model::TensorIndex tensor) {
            return pair.values ? std::uint64_t{model::bitsPerElement(checkpoint.tensors()[tensor].dtype)} : 8;
        };
        const auto read = [&](const model::Checkpoint& checkpoint,
                              model::TensorIndex tensor) -> Result<std::vector<std::byte>> {
            const std::uint64_t bytes = bitsOf(checkpoint, tensor) / 8;
            std::vector<std::byte> data((piece.end - piece.begin) * bytes);
            BITWRIGHT_CHECK(checkpoint.read(tensor, piece.begin * bytes, data));
            return data;
        };
        BITWRIGHT_ASSIGN(const auto left, read(m_a, pair.a));
        BITWRIGHT_ASSIGN(const auto right, read(m_b, pair.b));
        PieceSums sums;
        sums.same = pair.bytes && left == right;
        if (!pair.values)
            return sums;
        std::vector<float> x(piece.end - piece.begin), y(x.size());
        BITWRIGHT_CHECK(model::convertToFloat(m_a.tensors()[pair.a].dtype, left, x));
        BITWRIGHT_CHECK(model::convertToFloat(m_b.tensors()[pair.b].dtype, right, y));
        addValues(x, y, sums);
        return sums;
    }

    void finished(std::size_t pair)
    {
        const std::lock_guard lock(m_mutex);
        if (--m_pairs[pair].left == 0)
            deliver(pair);
    }

    /// Folds the pieces of a tensor in order and hands it out.
    void deliver(std::size_t index)
    {
        const Pair& pair = m_pairs[index];
        TensorDifference& item = m_result.tensors[index];
        PieceSums total;
        total.same = pair.bytes;
        for (std::size_t i = pair.firstPiece; i < pair.firstPiece + pair.pieces; ++i) {
            total.same = total.same && m_sums[i].same;
            total.differing += m_sums[i].differing;
            total.nonFinite += m_sums[i].nonFinite;
            total.maxAbs = std::max(total.maxAbs, m_sums[i].maxAbs);
            total.signal += m_sums[i].signal;
            total.noise += m_sums[i].noise;
        }
        item.sameBytes = total.same;
        if (pair.values) {
            item.differing = total.differing;
            item.nonFinite = total.nonFinite;
            item.maxAbsError = total.maxAbs;
            if (total.noise == 0)
                item.sqnrDb = std::numeric_limits<double>::infinity();
            else if (total.signal > 0)
                item.sqnrDb = 10.0 * std::log10(total.signal / total.noise);
        }
        if (m_onTensor)
            m_onTensor(item);
    }

    const model::Checkpoint& m_a;
    const model::Checkpoint& m_b;
    const std::function<void(const TensorDifference&)>& m_onTensor;
    ModelComparison m_result;
    std::vector<Pair> m_pairs;
    std::vector<Piece> m_pieces;
    std::vector<PieceSums> m_sums;
    std::mutex m_mutex;
};

} // namespace

bool ModelComparison::same() const
{
    return onlyA.empty() && onlyB.empty()
        && std::all_of(tensors.begin(), tensors.end(), [](const auto& item) { return item.sameBytes; });
}

Result<ModelComparison> compareModels(const model::Checkpoint& a, const model::Checkpoint& b,
    const std::function<void(const TensorDifference&)>& onTensor, const RunContext& context)
{
    Comparer comparer(a, b, onTensor);
    return comparer.run(context);
}

} // namespace bitwright::session
