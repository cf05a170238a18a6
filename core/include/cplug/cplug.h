/* cplug/cplug.h: everything for hosts; with CPLUG_PLUGIN_BUILD, everything for high-tier plugins through a table. */
#ifndef CPLUG_H
#define CPLUG_H
#include <cplug/train.h>
#if defined(CPLUG_PLUGIN_BUILD) && !defined(CPLUG_STATIC)
#include <cplug/api_table.h>
#else
#define CPLUG_USE_API typedef int cplug_unused_
#define CPLUG_IMPORT_API(h) ((void)(h), CPLUG_OK)
#endif
#endif
