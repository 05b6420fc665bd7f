#pragma once

#include <cblas.h>

/// Overloads of the BLAS calls of this folder for float and double, all column-major. Internal to
/// core/spectra.
namespace bitwright::spectra::blas {

using Int = int;

// clang-format off
inline void gemm(CBLAS_TRANSPOSE transA, CBLAS_TRANSPOSE transB, Int m, Int n, Int k, float alpha, const float* a, Int lda, const float* b, Int ldb, float beta, float* c, Int ldc)
{ cblas_sgemm(CblasColMajor, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc); }
inline void gemm(CBLAS_TRANSPOSE transA, CBLAS_TRANSPOSE transB, Int m, Int n, Int k, double alpha, const double* a, Int lda, const double* b, Int ldb, double beta, double* c, Int ldc)
{ cblas_dgemm(CblasColMajor, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc); }

/// Lower triangle of c += a a^T (NoTrans) or a^T a (Trans).
inline void syrk(CBLAS_TRANSPOSE trans, Int n, Int k, const float* a, Int lda, float* c, Int ldc)
{ cblas_ssyrk(CblasColMajor, CblasLower, trans, n, k, 1.0F, a, lda, 1.0F, c, ldc); }
inline void syrk(CBLAS_TRANSPOSE trans, Int n, Int k, const double* a, Int lda, double* c, Int ldc)
{ cblas_dsyrk(CblasColMajor, CblasLower, trans, n, k, 1.0, a, lda, 1.0, c, ldc); }

/// Lower triangle of c -= a b^T + b a^T.
inline void syr2kMinus(Int n, Int k, const float* a, Int lda, const float* b, Int ldb, float* c, Int ldc)
{ cblas_ssyr2k(CblasColMajor, CblasLower, CblasNoTrans, n, k, -1.0F, a, lda, b, ldb, 1.0F, c, ldc); }
inline void syr2kMinus(Int n, Int k, const double* a, Int lda, const double* b, Int ldb, double* c, Int ldc)
{ cblas_dsyr2k(CblasColMajor, CblasLower, CblasNoTrans, n, k, -1.0, a, lda, b, ldb, 1.0, c, ldc); }

inline void gemv(CBLAS_TRANSPOSE trans, Int m, Int n, float alpha, const float* a, Int lda, const float* x, Int incx, float beta, float* y)
{ cblas_sgemv(CblasColMajor, trans, m, n, alpha, a, lda, x, incx, beta, y, 1); }
inline void gemv(CBLAS_TRANSPOSE trans, Int m, Int n, double alpha, const double* a, Int lda, const double* x, Int incx, double beta, double* y)
{ cblas_dgemv(CblasColMajor, trans, m, n, alpha, a, lda, x, incx, beta, y, 1); }

/// y += a x with a symmetric, lower triangle stored.
inline void symvPlus(Int n, const float* a, Int lda, const float* x, float* y)
{ cblas_ssymv(CblasColMajor, CblasLower, n, 1.0F, a, lda, x, 1, 1.0F, y, 1); }
inline void symvPlus(Int n, const double* a, Int lda, const double* x, double* y)
{ cblas_dsymv(CblasColMajor, CblasLower, n, 1.0, a, lda, x, 1, 1.0, y, 1); }

inline float nrm2(Int n, const float* x) { return cblas_snrm2(n, x, 1); }
inline double nrm2(Int n, const double* x) { return cblas_dnrm2(n, x, 1); }
inline float dot(Int n, const float* x, const float* y) { return cblas_sdot(n, x, 1, y, 1); }
inline double dot(Int n, const double* x, const double* y) { return cblas_ddot(n, x, 1, y, 1); }
inline void scal(Int n, float alpha, float* x) { cblas_sscal(n, alpha, x, 1); }
inline void scal(Int n, double alpha, double* x) { cblas_dscal(n, alpha, x, 1); }
inline void axpy(Int n, float alpha, const float* x, float* y) { cblas_saxpy(n, alpha, x, 1, y, 1); }
inline void axpy(Int n, double alpha, const double* x, double* y) { cblas_daxpy(n, alpha, x, 1, y, 1); }
// clang-format on

} // namespace bitwright::spectra::blas
