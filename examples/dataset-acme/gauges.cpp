// gauges.cpp: data set acme.gauges: readings of the gauges of a machine (f32 [gauges]), and whether it is about to fail (i64, 0 or 1).
// A machine fails when its readings, weighted with secrets of its own, sum to more than a limit.  In C++: the C struct that core makes
// points at an object, and no exception leaves a function that core calls.
#include <cplug/plugin.h>
#include <array>
#include <exception>
#include <string>
#include <vector>

namespace
{

struct machine;
struct options { // core zeroes it, fills in the options, frees it
    int64_t samples, gauges, seed, split;
    machine *made;
};

const cplug_option schema[] = {
    { "samples", "how many", CPLUG_OPT_INT, 0, offsetof(options, samples), "1000", 1, 1e9, nullptr, nullptr, 0, 0 },
    { "gauges", "readings in a sample", CPLUG_OPT_INT, 0, offsetof(options, gauges), "6", 1, 4096, nullptr, nullptr, 0, 0 },
    { "seed", "another machine", CPLUG_OPT_INT, 0, offsetof(options, seed), "1", 0, 0, nullptr, nullptr, 0, 0 },
    { "split", "samples that the others do not hold", CPLUG_OPT_CHOICE, 0, offsetof(options, split), "train", 0, 0, "train|valid|test",
      nullptr, 0, 0 },
};

// What is made once, at open; reading only looks at it, since many threads read at the same time.
struct machine {
    machine(const cplug_host *h, const options &o)
        : host(h), key(static_cast<uint64_t>(o.seed)), first(static_cast<uint64_t>(o.split) << 56)
    {
        for (int64_t g = 0; g < o.gauges; g++) weights.push_back(uniform(~UINT64_C(0) - static_cast<uint64_t>(g))[0]);
        names[0] = "runs";
        names[1] = "fails";
        classes = { { names[0].c_str(), names[1].c_str() } };
        fields[0] = cplug_field{ "input", nullptr, cplug_meta{ CPLUG_F32, 1, { o.gauges }, 0, 0 }, 0 };
        fields[1] = cplug_field{ "target", classes.data(), cplug_meta{ CPLUG_I64, 0, { 0 }, 0, 0 }, 2 };
    }
    // four numbers of [-1, 1), the same whenever they are asked for
    std::array<float, 4> uniform(uint64_t counter) const
    {
        std::array<float, 4> out;
        uint32_t words[4];
        host->philox(key, counter, words);
        for (size_t i = 0; i < 4; i++) out[i] = static_cast<float>(words[i]) / 2147483648.0F - 1;
        return out;
    }
    int64_t sample(int64_t index, float *readings) const
    {
        const uint64_t blocks = (weights.size() + 3) / 4, at = first + static_cast<uint64_t>(index) * blocks;
        float sum = 0;
        for (size_t g = 0; g < weights.size(); g++) {
            readings[g] = uniform(at + g / 4)[g % 4];
            sum += weights[g] * readings[g];
        }
        return sum > 0;
    }
    const cplug_host *host;
    uint64_t key, first;
    std::vector<float> weights;
    std::array<std::string, 2> names;
    std::array<const char *, 2> classes;
    std::array<cplug_field, 2> fields;
};

cplug_status open(const cplug_host *h, void *self, cplug_dataset_info *info, cplug_error *e)
{
    options *o = static_cast<options *>(self);
    try {
        o->made = new machine(h, *o);
    } catch (const std::exception &x) {
        return h->fail(e, CPLUG_E_NOMEM, "acme.gauges: %s", x.what());
    }
    info->length = o->samples;
    info->fields = o->made->fields.data();
    info->n_fields = 2;
    return CPLUG_OK;
}

cplug_status read(void *self, const int64_t *index, int64_t n, cplug_view *const *out, cplug_error *)
{
    const options *o = static_cast<const options *>(self);
    for (int64_t k = 0; k < n; k++)
        static_cast<int64_t *>(out[1]->data)[k] = o->made->sample(index[k], static_cast<float *>(out[0]->data) + k * o->gauges);
    return CPLUG_OK;
}

void close(void *self) { delete static_cast<options *>(self)->made; }

const cplug_dataset gauges = { sizeof gauges,
                               0,
                               "acme.gauges",
                               "readings of a machine, and whether it is about to fail",
                               CPLUG_OPTIONS(schema),
                               sizeof(options),
                               open,
                               read,
                               close,
                               nullptr };

cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e) { return h->add(r, "dataset", &gauges, e); }

} // namespace

CPLUG_PLUGIN(acme_gauges, "com.acme.gauges", "1.0.0", "MIT", "data of acme's machines", "dataset:acme.gauges", init);
