/* bench.c: the verb bench: times of training steps and forward passes. */
#include "tool.h"

static cJSON *times_json(double median, double min, double max)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "median", median);
    cJSON_AddNumberToObject(o, "min", min);
    cJSON_AddNumberToObject(o, "max", max);
    return o;
}

int do_bench(const command *c)
{
    cplug_bench b = CPLUG_BENCH;
    cplug_run *r = open_run(c, CPLUG_RUN_EVALUATES);
    b.repeats = (uint32_t)c->repeats;
    if (cplug_run_code(r) != CPLUG_RUN_OK || cplug_run_bench(r, &b) != CPLUG_OK) return finish(c, r);
    if (!c->json) {
        printf("step     %.4f ms (%.4f to %.4f), %u repeats of batch %lld\n", b.step_median_ms, b.step_min_ms, b.step_max_ms, b.repeats,
               (long long)b.batch_size);
        printf("forward  %.4f ms (%.4f to %.4f)\n", b.forward_median_ms, b.forward_min_ms, b.forward_max_ms);
        printf("samples  %.0f/s  backends %s, %d threads, peak %.1f MiB\n", b.samples_per_s, b.backends, (int)b.threads, b.peak_rss_mb);
        return finish(c, r);
    }
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "type", "bench");
    cJSON_AddItemToObject(o, "step_ms", times_json(b.step_median_ms, b.step_min_ms, b.step_max_ms));
    cJSON_AddItemToObject(o, "forward_ms", times_json(b.forward_median_ms, b.forward_min_ms, b.forward_max_ms));
    cJSON_AddNumberToObject(o, "samples_per_s", b.samples_per_s);
    cJSON_AddNumberToObject(o, "threads", b.threads);
    cJSON_AddStringToObject(o, "backends", b.backends);
    cJSON_AddNumberToObject(o, "peak_rss_mb", b.peak_rss_mb);
    cJSON_AddNumberToObject(o, "batch_size", (double)b.batch_size);
    cJSON_AddNumberToObject(o, "repeats", b.repeats);
    print_json(o);
    return finish(c, r);
}
