/* snake.h: what the files of the plugin share. */
#ifndef ACME_SNAKE_H
#define ACME_SNAKE_H
#define CPLUG_PLUGIN_BUILD /* calls of the API go through a table: nothing is linked */
#include <cplug/cplug.h>

extern const cplug_op acme_snake_op;
extern const cplug_kernel acme_snake_kernel;
#endif
