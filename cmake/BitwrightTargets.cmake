# bitwright_add_layer(NAME FOLDER DIR [DEPS target...] [PRIVATE_DEPS target...])
# One static library per core folder. Sources are globbed, so adding a file needs no edit here; the arrows between layers
# are the DEPS: most missing arrows fail to link, and the arch_layers test has the last word.
function(bitwright_add_layer name)
    cmake_parse_arguments(arg "" "FOLDER" "DEPS;PRIVATE_DEPS" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${arg_FOLDER}/*.cpp"
        "${PROJECT_SOURCE_DIR}/${arg_FOLDER}/*.h")
    set(has_source ${sources})
    list(FILTER has_source INCLUDE REGEX "\\.cpp$")
    if(has_source)
        add_library(bitwright_${name} STATIC ${sources})
        target_link_libraries(bitwright_${name} PUBLIC bitwright_flags ${arg_DEPS} PRIVATE ${arg_PRIVATE_DEPS})
        # One precompiled header for all layers, made by the lowest.
        if(BITWRIGHT_PCH AND name STREQUAL "base")
            target_precompile_headers(bitwright_base PRIVATE "${PROJECT_SOURCE_DIR}/core/precompiled.h")
        elseif(BITWRIGHT_PCH)
            target_precompile_headers(bitwright_${name} REUSE_FROM bitwright_base)
        endif()
    else()
        add_library(bitwright_${name} INTERFACE)
        target_link_libraries(bitwright_${name} INTERFACE bitwright_flags ${arg_DEPS})
    endif()
endfunction()
