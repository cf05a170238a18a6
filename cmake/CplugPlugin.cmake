# cplug_add_plugin(NAME SOURCES a.c ... [LINK lib ...]): builds cplug-NAME.so into the plugin folder beside libcplug.so.  A plugin sees
# cplug/*.h only and links nothing of ours.
set(CPLUG_PLUGIN_SUBDIR "cplug/plugins-0")
function(cplug_add_plugin name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_library(cplug-${name} MODULE ${arg_SOURCES})
  set_target_properties(cplug-${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib/${CPLUG_PLUGIN_SUBDIR}")
  target_include_directories(cplug-${name} PRIVATE "${CMAKE_SOURCE_DIR}/core/include" "${CMAKE_BINARY_DIR}/include")
  target_link_libraries(cplug-${name} PRIVATE cplug_flags ${arg_LINK} m)
  target_link_options(cplug-${name} PRIVATE -Wl,--exclude-libs,ALL -Wl,-z,nodelete
                      "-Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/plugin.map")
  add_dependencies(cplug-${name} cplug_api_table)
  if(NOT CPLUG_SANITIZE)
    target_link_options(cplug-${name} PRIVATE -Wl,-z,defs)
  endif()
  install(TARGETS cplug-${name} LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/${CPLUG_PLUGIN_SUBDIR}")
endfunction()
