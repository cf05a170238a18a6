# cmake -DOUT=git.h -DSOURCE=DIR -P GitVersion.cmake: the commit that is built, "" outside of a checkout.
execute_process(COMMAND git -C "${SOURCE}" rev-parse --short=12 HEAD OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
                RESULT_VARIABLE failed)
if(failed)
  set(commit "")
endif()
file(WRITE "${OUT}" "#define CPLUG_GIT \"${commit}\"\n")
