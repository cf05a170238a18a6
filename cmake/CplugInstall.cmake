# What makes the installed tree a package: find_package(cplug), pkg-config, cplug_add_plugin().  Everything is found from where the files
# lie, so the tree may be moved.
include(CMakePackageConfigHelpers)
set(CPLUG_PACKAGE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/cplug")
set(compatibility SameMajorVersion)
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(compatibility SameMinorVersion)
endif()
configure_package_config_file(cmake/cplugConfig.cmake.in "${PROJECT_BINARY_DIR}/package/cplugConfig.cmake"
  INSTALL_DESTINATION "${CPLUG_PACKAGE_DIR}" PATH_VARS CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/package/cplugConfigVersion.cmake" COMPATIBILITY ${compatibility})
install(EXPORT cplugTargets NAMESPACE cplug:: DESTINATION "${CPLUG_PACKAGE_DIR}")
install(EXPORT cplugLauncherTargets NAMESPACE cplug:: DESTINATION "${CPLUG_PACKAGE_DIR}")
install(FILES "${PROJECT_BINARY_DIR}/package/cplugConfig.cmake" "${PROJECT_BINARY_DIR}/package/cplugConfigVersion.cmake"
              cmake/CplugPlugin.cmake cmake/CplugCheckPlugin.cmake cmake/plugin.map DESTINATION "${CPLUG_PACKAGE_DIR}")

# From the folder of the .pc files to the prefix.
file(RELATIVE_PATH CPLUG_PC_TO_PREFIX "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" CPLUG_PC_TO_PREFIX "${CPLUG_PC_TO_PREFIX}")
foreach(name IN ITEMS cplug cplug-launcher)
  configure_file(cmake/${name}.pc.in "${PROJECT_BINARY_DIR}/package/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/package/${name}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endforeach()
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
# The pages and the examples that they point at, beside each other as in the source tree.
install(DIRECTORY docs/ DESTINATION "${CMAKE_INSTALL_DOCDIR}/docs" FILES_MATCHING PATTERN "*.md" PATTERN "*.json" PATTERN man EXCLUDE)
install(DIRECTORY examples/ DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples")
