# cplug_add_plugin(NAME SOURCES a.c ... [LINK lib ...] [DESTINATION dir | NO_INSTALL])
#
# Builds cplug-NAME.so as the target cplug-NAME, in C or C++, and checks that it shows the world its one entry and nothing else.
# A plugin sees <cplug/*.h> only and links nothing of cplug's.  The same function serves cplug itself, projects that find_package(cplug)
# and projects that take cplug in with add_subdirectory.  DESTINATION: where `cmake --install` puts it, instead of the folder below the
# library folder that libcplug.so searches.
# In the cache, since the function may be called from another folder than the one that includes this file.
string(REGEX REPLACE "\\..*" "" CPLUG_PLUGIN_SUBDIR "cplug/plugins-${CPLUG_ABI_VERSION}")
set(CPLUG_PLUGIN_SUBDIR "${CPLUG_PLUGIN_SUBDIR}" CACHE INTERNAL "Folder of the plugins, from the library folder")
if(NOT CPLUG_PLUGIN_LIBDIR) # cplug's own build; the package sets it
  set(CPLUG_PLUGIN_LIBDIR "${CMAKE_INSTALL_LIBDIR}")
endif()
set(CPLUG_PLUGIN_INSTALL_DIR "${CPLUG_PLUGIN_LIBDIR}/${CPLUG_PLUGIN_SUBDIR}" CACHE INTERNAL "Where plugins are installed, from the prefix")

function(cplug_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "NO_INSTALL" "DESTINATION" "SOURCES;LINK")
  if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "cplug_add_plugin(${name}): expected SOURCES a.c ..., got '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  set(target cplug-${name})
  add_library(${target} MODULE ${arg_SOURCES})
  set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX ".so" C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden)
  target_link_libraries(${target} PRIVATE cplug::plugin ${arg_LINK} m)
  target_link_options(${target} PRIVATE -Wl,--exclude-libs,ALL -Wl,-z,nodelete "-Wl,--version-script=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map")
  if(NOT CPLUG_SANITIZE)
    target_link_options(${target} PRIVATE -Wl,-z,defs)
  endif()
  if(TARGET cplug_api_table)
    add_dependencies(${target} cplug_api_table)
  endif()
  if(cplug_SOURCE_DIR AND PROJECT_SOURCE_DIR STREQUAL cplug_SOURCE_DIR) # one of cplug's own
    target_link_libraries(${target} PRIVATE cplug_flags)
    set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib/${CPLUG_PLUGIN_SUBDIR}")
  endif()
  add_custom_command(TARGET ${target} POST_BUILD VERBATIM
    COMMAND ${CMAKE_COMMAND} "-DPLUGIN=$<TARGET_FILE:${target}>" "-DNM=${CMAKE_NM}" -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/CplugCheckPlugin.cmake")
  if(NOT arg_DESTINATION)
    set(arg_DESTINATION "${CPLUG_PLUGIN_INSTALL_DIR}")
  endif()
  if(NOT arg_NO_INSTALL)
    install(TARGETS ${target} LIBRARY DESTINATION "${arg_DESTINATION}")
  endif()
endfunction()
