/* folder.h: a folder below the current one for a test program, which may hold the folders of runs; it goes with all that is in it. */
#ifndef TEST_LAUNCHER_FOLDER_H
#define TEST_LAUNCHER_FOLDER_H
#include <stdio.h>
#include <stdlib.h>

static char folder[] = "cplug-launcher-XXXXXX";

/* Group set-up and tear-down. */
static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    char command[300];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}
#endif
