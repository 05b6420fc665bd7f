// Loops over vectors, for the files that Highway compiles once per instruction set: include it after
// hwy/highway.h. The guard is Highway's: the text comes once for each instruction set.
#if defined(BITWRIGHT_BASE_VECTORS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef BITWRIGHT_BASE_VECTORS_INL_H
#undef BITWRIGHT_BASE_VECTORS_INL_H
#else
#define BITWRIGHT_BASE_VECTORS_INL_H
#endif

#include <hwy/highway.h>

#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace bitwright::HWY_NAMESPACE {

/// Runs `body(tag, offset)` over `count` floats: whole vectors first, then one at a time with a tag of one
/// lane, so that the rest is computed by the same operations.
template <class Body>
HWY_INLINE void forVectors(std::size_t count, const Body& body)
{
    const hwy::HWY_NAMESPACE::ScalableTag<float> wide;
    const hwy::HWY_NAMESPACE::CappedTag<float, 1> single;
    const std::size_t lanes = hwy::HWY_NAMESPACE::Lanes(wide);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        body(wide, i);
    for (; i < count; ++i)
        body(single, i);
}

} // namespace bitwright::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
