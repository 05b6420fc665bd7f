#include "core/spectra/tridiagonal.h"

#include "core/spectra/blas.h"
#include "core/spectra/task_team.h"

#include <algorithm>
#include <cmath>

namespace bitwright::spectra {

namespace {

constexpr std::size_t kPanel = 32; // Columns reduced before the trailing matrix is updated.
constexpr std::size_t kStrip = 32; // Columns of one matrix-vector tile.
constexpr std::size_t kTileRows
    = 1024; // Rows of one matrix-vector tile: it is used twice and must stay in L2.
constexpr std::size_t kMaxPartials = 16; // Partial vectors of one matrix-vector product.
constexpr std::size_t kUpdateTile = 256; // Columns of one piece of the trailing update.
constexpr std::size_t kPlainSide = 512; // Up to this size one BLAS call is faster than any division of work.

blas::Int toInt(std::size_t value)
{
    return static_cast<blas::Int>(value);
}

template <typename T>
class Reducer
{
public:
    Reducer(std::span<T> a, std::size_t side, TaskTeam& team, const RunContext& context)
        : m_a(a.data())
        , m_side(side)
        , m_team(team)
        , m_context(context)
        , m_w(side * kPanel)
        , m_partials(side * kMaxPartials)
    {
        m_result.diagonal.resize(side);
        m_result.offDiagonal.resize(side == 0 ? 0 : side - 1);
    }

    Result<Tridiagonal> run()
    {
        for (std::size_t begin = 0; begin < m_side; begin += kPanel) {
            BITWRIGHT_CHECK(m_context.checkStop());
            const std::size_t end = std::min(begin + kPanel, m_side);
            for (std::size_t column = begin; column < end; ++column)
                reduceColumn(begin, column);
            updateTrailing(begin, end);
            reportDone(end);
        }
        return std::move(m_result);
    }

private:
    T* at(std::size_t row, std::size_t column) { return m_a + column * m_side + row; }
    /// W holds one column per panel column, rows counted as in the matrix.
    T* w(std::size_t row, std::size_t panelColumn) { return m_w.data() + panelColumn * m_side + row; }

    /// Brings column `c` of the panel that begins at `p` up to date, reflects it, and forms its column of W.
    void reduceColumn(std::size_t p, std::size_t c)
    {
        const std::size_t done = c - p;
        if (done > 0) {
            const blas::Int rows = toInt(m_side - c);
            const blas::Int ld = toInt(m_side);
            blas::gemv(CblasNoTrans, rows, toInt(done), T(-1), at(c, p), ld, w(c, 0), ld, T(1), at(c, c));
            blas::gemv(CblasNoTrans, rows, toInt(done), T(-1), w(c, 0), ld, at(c, p), ld, T(1), at(c, c));
        }
        m_result.diagonal[c] = static_cast<double>(*at(c, c));
        if (c + 1 < m_side)
            formW(p, c, reflect(c));
    }

    /// Turns A(c+1:n, c) into a Householder vector with leading 1 and stores the off-diagonal element;
    /// returns its factor tau.
    T reflect(std::size_t c)
    {
        T* x = at(c + 1, c);
        const T alpha = x[0];
        const std::size_t rest = m_side - c - 2;
        const T norm = rest == 0 ? T(0) : blas::nrm2(toInt(rest), x + 1);
        if (norm == T(0)) {
            m_result.offDiagonal[c] = static_cast<double>(alpha);
            x[0] = T(1);
            return T(0);
        }
        const T beta = -std::copysign(std::hypot(alpha, norm), alpha);
        blas::scal(toInt(rest), T(1) / (alpha - beta), x + 1);
        m_result.offDiagonal[c] = static_cast<double>(beta);
        x[0] = T(1);
        return (beta - alpha) / beta;
    }

    void formW(std::size_t p, std::size_t c, T tau)
    {
        const std::size_t done = c - p;
        const std::size_t first = c + 1;
        const blas::Int rows = toInt(m_side - first);
        const blas::Int ld = toInt(m_side);
        const T* v = at(first, c);
        T* out = w(first, done);
        multiplyTrailing(first, v, out);
        if (done > 0) {
            T small[kPanel];
            blas::gemv(CblasTrans, rows, toInt(done), T(1), w(first, 0), ld, v, 1, T(0), small);
            blas::gemv(CblasNoTrans, rows, toInt(done), T(-1), at(first, p), ld, small, 1, T(1), out);
            blas::gemv(CblasTrans, rows, toInt(done), T(1), at(first, p), ld, v, 1, T(0), small);
            blas::gemv(CblasNoTrans, rows, toInt(done), T(-1), w(first, 0), ld, small, 1, T(1), out);
        }
        blas::scal(rows, tau, out);
        blas::axpy(rows, T(-0.5) * tau * blas::dot(rows, out, v), v, out);
    }

    /// out = A(first:n, first:n) v. Strips of columns are dealt to a fixed number of partial vectors, which
    /// are then added in order.
    void multiplyTrailing(std::size_t first, const T* v, T* out)
    {
        const std::size_t size = m_side - first;
        if (size <= kPlainSide) {
            std::fill_n(out, size, T(0));
            blas::symvPlus(toInt(size), at(first, first), toInt(m_side), v, out);
            return;
        }
        const std::size_t partials = std::clamp<std::size_t>(size / 256, 2, kMaxPartials);
        m_team.run(partials, [&](std::size_t index) {
            T* y = m_partials.data() + index * m_side;
            std::fill_n(y, size, T(0));
            for (std::size_t strip = index * kStrip; strip < size; strip += partials * kStrip)
                multiplyStrip(first, strip, std::min(kStrip, size - strip), v, y);
        });
        std::copy_n(m_partials.data(), size, out);
        for (std::size_t i = 1; i < partials; ++i)
            blas::axpy(toInt(size), T(1), m_partials.data() + i * m_side, out);
    }

    /// Adds what columns [begin, begin + width) of the trailing matrix and their mirror image contribute to
    /// y.
    void multiplyStrip(std::size_t first, std::size_t begin, std::size_t width, const T* v, T* y)
    {
        const blas::Int ld = toInt(m_side);
        const std::size_t size = m_side - first;
        blas::symvPlus(toInt(width), at(first + begin, first + begin), ld, v + begin, y + begin);
        for (std::size_t row = begin + width; row < size; row += kTileRows) {
            const blas::Int rows = toInt(std::min(kTileRows, size - row));
            const T* tile = at(first + row, first + begin);
            blas::gemv(CblasNoTrans, rows, toInt(width), T(1), tile, ld, v + begin, 1, T(1), y + row);
            blas::gemv(CblasTrans, rows, toInt(width), T(1), tile, ld, v + row, 1, T(1), y + begin);
        }
    }

    /// Subtracts V W^T + W V^T of the panel [begin, end) from the lower triangle of what is right of it.
    void updateTrailing(std::size_t begin, std::size_t end)
    {
        const std::size_t size = m_side - end;
        m_team.run((size + kUpdateTile - 1) / kUpdateTile, [&](std::size_t index) {
            const std::size_t row = end + index * kUpdateTile;
            updateColumns(begin, end, row, std::min(row + kUpdateTile, m_side));
        });
    }

    void updateColumns(std::size_t begin, std::size_t end, std::size_t row, std::size_t below)
    {
        const blas::Int ld = toInt(m_side);
        const blas::Int panel = toInt(end - begin);
        const blas::Int width = toInt(below - row);
        const blas::Int rows = toInt(m_side - below);
        blas::syr2kMinus(width, panel, at(row, begin), ld, w(row, 0), ld, at(row, row), ld);
        if (rows == 0)
            return;
        blas::gemm(CblasNoTrans, CblasTrans, rows, width, panel, T(-1), at(below, begin), ld, w(row, 0), ld,
            T(1), at(below, row), ld);
        blas::gemm(CblasNoTrans, CblasTrans, rows, width, panel, T(-1), w(below, 0), ld, at(row, begin), ld,
            T(1), at(below, row), ld);
    }

    void reportDone(std::size_t end) const
    {
        const double left = 1.0 - static_cast<double>(end) / static_cast<double>(m_side);
        m_context.report(1.0 - left * left * left, "Eigenvalues");
    }

    T* m_a;
    std::size_t m_side;
    TaskTeam& m_team;
    const RunContext& m_context;
    std::vector<T> m_w;
    std::vector<T> m_partials;
    Tridiagonal m_result;
};

} // namespace

template <typename T>
Result<Tridiagonal> tridiagonalize(std::span<T> a, std::size_t side, const RunContext& context)
{
    Tridiagonal result;
    BITWRIGHT_CHECK(TaskTeam::lead(
        [&](TaskTeam& team) -> Result<void> {
            BITWRIGHT_ASSIGN(result, Reducer<T>(a, side, team, context).run());
            return {};
        },
        side <= kPlainSide ? context.serial() : context));
    return result;
}

template Result<Tridiagonal> tridiagonalize<float>(std::span<float>, std::size_t, const RunContext&);
template Result<Tridiagonal> tridiagonalize<double>(std::span<double>, std::size_t, const RunContext&);

} // namespace bitwright::spectra
