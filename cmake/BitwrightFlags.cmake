# bitwright_flags: warnings, sanitizers and definitions that every first-party target shares.
add_library(bitwright_flags INTERFACE)
target_compile_features(bitwright_flags INTERFACE cxx_std_20)
target_include_directories(bitwright_flags INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}")
target_compile_options(bitwright_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    -Wold-style-cast -Wdouble-promotion)
if(BITWRIGHT_WARNING_LEVEL STREQUAL "CHECKIN")
    target_compile_options(bitwright_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reports array bounds inside inlined standard containers that are not there (GCC bugs 105329, 107852).
    target_compile_options(bitwright_flags INTERFACE -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict)
endif()
# a*b+c must round the same everywhere: results may not depend on where the compiler fuses.
target_compile_options(bitwright_flags INTERFACE -ffp-contract=off)
target_compile_definitions(bitwright_flags INTERFACE EIGEN_DONT_PARALLELIZE EIGEN_MPL2_ONLY QT_NO_CAST_FROM_ASCII
    QT_NO_CAST_TO_ASCII QT_NO_KEYWORDS QT_NO_FOREACH)
if(BITWRIGHT_SANITIZE)
    # Qt 6.4 compares two empty lists with memcmp(nullptr, nullptr, 0), inlined from its header: not our finding.
    target_compile_options(bitwright_flags INTERFACE "-fsanitize=${BITWRIGHT_SANITIZE}" -fno-omit-frame-pointer
        -fno-sanitize=nonnull-attribute -fno-sanitize-recover=all)
    target_link_options(bitwright_flags INTERFACE "-fsanitize=${BITWRIGHT_SANITIZE}")
endif()
