/* suggest.c: which known word was meant by an unknown one.  Before spelling is compared come the names that other frameworks give to the
 * same thing (PyTorch, Keras, darknet, Caffe, scikit-learn): they are suggestions only, a file must write our own. */
#include "config.h"

/* Written small and without '_'.  The first row that has the word and whose own name is possible here counts. */
/* clang-format off */
static const struct { const char *name, *others; } synonyms[] = {
    /* sections */
    { "data.train", "traindata trainset trainingdata trainingset traindataset datatrain trainloader" },
    { "data.valid", "valid val validation validdata validationdata validset valset valdata evaldata dev devset datavalid" },
    { "data.test", "test testdata testset testing datatest" },
    { "data", "dataset datasets dataloader source" },
    { "model", "network net arch architecture" },
    { "layer", "layers module modules node" },
    { "block", "blocks macro template" },
    { "loss", "criterion objective cost lossfunction lossfn" },
    { "optimizer", "optim solver opt updater" },
    { "scheduler", "lrscheduler lrschedule schedule lrpolicy learningrate" },
    { "train", "training trainer fit hyperparameters hyperparams" },
    { "metrics", "metric evaluation eval scores" },
    { "vars", "variables var constants define defines" },
    { "runtime", "run device backend session system environment" },
    { "checkpoint", "save saver snapshot modelcheckpoint saving" },
    { "callback", "callbacks hook hooks" },
    { "log", "logging logger logs" },
    { "cplug", "general global meta main config default" },
    /* sizes of layers */
    { "out_features", "units hidden hiddensize hiddenunits neurons numoutput output outputs outputsize outputdim outdim outsize nodes "
                      "width dim size features channels nout classes nclasses numclasses" },
    { "hidden_size", "units hidden hiddendim hiddenunits rnnsize nhid" },
    { "out_channels", "filters kernels channels numoutput output outputs outputchannels maps featuremaps planes outplanes depth" },
    { "in_features", "inputs inputsize inputdim indim insize nin inputfeatures" },
    { "in_channels", "inputs inputchannels inplanes" },
    { "num_features", "channels features" },
    { "kernel_size", "ksize kernelshape kernel size filtersize poolsize window windowsize field" },
    { "stride", "step subsample strides" },
    { "padding", "pad border zeropadding" },
    { "dilation", "dilationrate atrous" },
    { "groups", "cardinality group" },
    { "bias", "usebias hasbias biasterm intercept" },
    { "dim", "axis" },
    { "p", "rate prob probability dropout dropoutrate dropoutratio dropoutprob keepprob ratio drop" },
    { "negative_slope", "alpha slope leak leakiness" },
    { "eps", "epsilon" },
    { "affine", "learnable elementwiseaffine" },
    { "input", "bottom from in src layers inputlayer" },
    { "repeat", "times count copies repeats" },
    { "params", "parameters args arguments" },
    { "parameters", "params weights" },
    { "output", "out top result" },
    { "type", "class layertype op typ" },
    /* data */
    { "input_shape", "shape inputsize inputdim inputdims insize imagesize size dims" },
    { "input_dtype", "dtype" },
    { "transforms", "augment augmentation preprocess preprocessing" },
    { "workers", "njobs nworkers threads processes" },
    { "split", "subset partition part set fold mode" },
    { "limit", "maxsamples head subset" },
    { "root", "path dir folder directory datadir dataroot datapath datafolder file location" },
    { "file", "path filename filepath csv source datafile dataset root" },
    { "samples", "n size count length examples numexamples" },
    { "classes", "labels centers" },
    { "noise", "sigma" },
    { "seed", "randomstate randomseed rngseed manualseed" },
    { "drop_last", "dropremainder" },
    { "shuffle", "random randomize" },
    { "std", "stdev sd stddev sigma" },
    { "mean", "mu average avg" },
    /* training */
    { "lr", "learningrate lrate learnrate rate alpha eta stepsize baselr initiallr" },
    { "weight_decay", "wd decay l2 l2reg regularization lambda" },
    { "momentum", "mom beta" },
    { "betas", "beta beta1 beta2" },
    { "alpha", "rho smoothing" },
    { "gamma", "decay lrdecay decayrate decayfactor factor" },
    { "factor", "gamma decay" },
    { "step_size", "period every steps" },
    { "eta_min", "minlr lrmin endlr" },
    { "t_max", "tmax period" },
    { "warmup", "burnin warmupsteps" },
    { "milestones", "steps boundaries" },
    { "epochs", "epoch passes rounds iterations maxepoch" },
    { "steps", "iterations maxiter iters maxiterations maxbatches" },
    { "batch_size", "batch bs batchsz minibatch minibatchsize bsize" },
    { "accumulate", "gradientaccumulation gradientaccumulationsteps accumulategradbatches gradaccum subdivisions" },
    { "clip_norm", "clip gradclip gradientclip gradientclipval maxgradnorm maxnorm clipgradnorm" },
    { "clip_value", "clipgradvalue" },
    { "valid_every", "evalevery testinterval valinterval validationfrequency" },
    { "names", "metrics list" },
    { "every", "interval freq frequency period" },
    { "keep", "maxtokeep savetopk" },
    { "best", "monitor savebest savebestonly" },
    { "dir", "path folder root outdir outputdir logdir savedir" },
    { "backends", "engine provider" },
    { "device", "gpu cuda accelerator" },
    { "threads", "njobs cpus cores nthreads" },
    { "format", "version formatversion schema" },
    { "include", "import extends base inherit" },
    { "reduction", "reduce sizeaverage" },
    { "weight", "classweight classweights" },
    { "ignore_index", "ignoreclass ignorelabel" },
    /* layers */
    { "linear", "dense fc fullyconnected innerproduct affine connected gemm linearlr warmup" },
    { "conv2d", "conv convolution convolutional convolution2d" },
    { "max_pool2d", "maxpool maxpooling maxpooling2d pool pooling" },
    { "avg_pool2d", "avgpool avgpooling averagepool averagepooling averagepooling2d meanpool" },
    { "adaptive_avg_pool2d", "gap globalavgpool globalavgpool2d globalaveragepooling2d" },
    { "batch_norm2d", "batchnorm bn bn2d batchnormalization" },
    { "batch_norm1d", "bn1d" },
    { "layer_norm", "ln layernormalization" },
    { "relu", "rectifier rectifiedlinear rectify relu6" },
    { "leaky_relu", "leaky lrelu" },
    { "silu", "swish" },
    { "sigmoid", "logistic" },
    { "tanh", "hyperbolictangent" },
    { "flatten", "view reshape" },
    { "unflatten", "reshape view" },
    { "identity", "noop passthrough none" },
    { "add", "sum shortcut residual eltwise skip" },
    { "concat", "cat route concatenate" },
    { "dropout2d", "spatialdropout spatialdropout2d" },
    { "embedding", "embed lookup lookuptable" },
    { "multihead_attention", "mha attention selfattention" },
    /* losses and metrics */
    { "cross_entropy", "ce xent softmax categoricalcrossentropy sparsecategoricalcrossentropy softmaxcrossentropy softmaxwithloss logloss" },
    { "bce_with_logits", "sigmoidcrossentropy binarycrossentropywithlogits bcelogits" },
    { "bce", "binarycrossentropy" },
    { "nll", "negativeloglikelihood" },
    { "mse", "l2 meansquarederror squarederror euclidean quadratic" },
    { "mae", "l1 meanabsoluteerror" },
    { "l1", "mae meanabsoluteerror absolute" },
    { "smooth_l1", "huber" },
    { "accuracy", "acc top1 acc1 precision categoricalaccuracy" },
    { "top_k", "top5 top3 top2 acc5" },
    { "confusion_matrix", "confusion cm" },
    /* optimizers, schedulers, transforms */
    { "sgd", "gd gradientdescent stochasticgradientdescent nesterov" },
    { "rmsprop", "rms rprop" },
    { "cosine", "cos cosineannealing cosinedecay" },
    { "step", "stepdecay" },
    { "multistep", "piecewise piecewiseconstant" },
    { "exponential", "exp exponentialdecay" },
    { "plateau", "reducelronplateau reduceonplateau" },
    { "constant", "fixed" },
    { "scale", "totensor rescale rescaling tofloat" },
    { "normalize", "standardize standardise zscore" },
    /* values */
    { "true", "yes on 1" },
    { "false", "no off 0" },
    { "f32", "float float32 fp32 single" },
    { "f64", "double float64 fp64" },
    { "f16", "half float16 fp16" },
    { "bf16", "bfloat16" },
    { "i64", "int64 long int" },
    { "i32", "int32" },
    { "u8", "uint8 byte" },
    { "train", "training" },
    { "valid", "validation val dev eval evaluation" },
    { "mean", "average avg" },
};
/* What people put around a word: "num_workers", "MSELoss", "StepLR". */
static const char *const prefixes[] = { "numberof", "number", "num", "max", "nb", "n" };
static const char *const suffixes[] = { "loss", "layer", "lr", "size", "s" };
/* clang-format on */

enum { LONGEST_WORD = 64 };

/* Small letters without '_', '-' and ' '; "" when the word is too long to be one. */
static void squash(const char *word, char out[LONGEST_WORD])
{
    size_t n = 0;
    for (; *word; word++) {
        if (*word == '_' || *word == '-' || *word == ' ') continue;
        if (n + 1 == LONGEST_WORD) {
            n = 0;
            break;
        }
        out[n++] = (char)(*word >= 'A' && *word <= 'Z' ? *word + 32 : *word);
    }
    out[n] = '\0';
}

static bool listed(const char *words, const char *word)
{
    const size_t n = strlen(word);
    for (const char *p = words; n && (p = strstr(p, word)) != NULL; p += n)
        if ((p == words || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0')) return true;
    return false;
}

static const char *find_same(const char *small, const char *const *candidates, uint32_t n)
{
    char other[LONGEST_WORD];
    for (uint32_t i = 0; i < n && small[0]; i++) {
        squash(candidates[i], other);
        if (strcmp(other, small) == 0) return candidates[i];
    }
    return NULL;
}

static const char *find_synonym(const char *small, const char *const *candidates, uint32_t n)
{
    for (uint32_t k = 0; k < CPLUG_COUNT(synonyms); k++) {
        if (!listed(synonyms[k].others, small)) continue;
        for (uint32_t i = 0; i < n; i++)
            if (strcmp(candidates[i], synonyms[k].name) == 0) return candidates[i];
    }
    return NULL;
}

/* "sample" for "samples" */
static const char *find_plural(const char *small, const char *const *candidates, uint32_t n)
{
    char other[LONGEST_WORD + 2];
    const char *found = NULL;
    static const char *const endings[] = { "s", "es" };
    for (uint32_t i = 0; i < CPLUG_COUNT(endings) && found == NULL && strlen(small) > 2; i++) {
        strcpy(stpcpy(other, small), endings[i]);
        found = find_same(other, candidates, n);
    }
    return found;
}

static const char *find_word(const char *small, const char *const *candidates, uint32_t n)
{
    const char *found = find_same(small, candidates, n);
    if (found == NULL) found = find_plural(small, candidates, n);
    return found != NULL ? found : find_synonym(small, candidates, n);
}

/* The word without what is often put before or behind it. */
static const char *find_stem(const char *small, const char *const *candidates, uint32_t n)
{
    char stem[LONGEST_WORD];
    const char *found = NULL;
    const size_t length = strlen(small);
    for (uint32_t i = 0; i < CPLUG_COUNT(prefixes) && found == NULL; i++) {
        const size_t k = strlen(prefixes[i]);
        if (length > k + 2 && strncmp(small, prefixes[i], k) == 0) found = find_word(small + k, candidates, n);
    }
    for (uint32_t i = 0; i < CPLUG_COUNT(suffixes) && found == NULL; i++) {
        const size_t k = strlen(suffixes[i]);
        if (length <= k + 1 || strcmp(small + length - k, suffixes[i]) != 0) continue;
        memcpy(stem, small, length - k);
        stem[length - k] = '\0';
        found = find_word(stem, candidates, n);
    }
    return found;
}

/* "features_out" has the parts of "out_features". */
static bool same_parts(const char *a, const char *b)
{
    if (strlen(a) != strlen(b) || strchr(a, '_') == NULL) return false;
    for (const char *p = a; *p;) {
        const size_t n = strcspn(p, "_");
        const char *q = b;
        while (*q && (strcspn(q, "_") != n || strncmp(p, q, n) != 0)) {
            q += strcspn(q, "_");
            q += *q == '_';
        }
        if (*q == '\0') return false;
        p += n;
        p += *p == '_';
    }
    return true;
}

/* "l2_penalty", "train_batch_size": a part of the word says it. */
static const char *find_part(const char *word, const char *const *candidates, uint32_t n)
{
    char part[LONGEST_WORD], small[LONGEST_WORD];
    const char *found = NULL;
    for (uint32_t i = 0; i < n; i++)
        if (same_parts(word, candidates[i])) return candidates[i];
    for (const char *p = word; found == NULL && (p = strchr(p, '_')) != NULL; p++) {
        squash(p, small);
        found = find_word(small, candidates, n);
    }
    if (strlen(word) >= sizeof part) return found;
    memcpy(part, word, strlen(word) + 1);
    for (char *p; found == NULL && (p = strrchr(part, '_')) != NULL;) {
        *p = '\0';
        squash(part, small);
        found = find_word(small, candidates, n);
    }
    return found;
}

/* "normalization" begins as "normalize" does, for more than half of it. */
static const char *find_beginning(const char *small, const char *const *candidates, uint32_t n)
{
    char other[LONGEST_WORD];
    const char *found = NULL;
    size_t longest = 4;
    for (uint32_t i = 0; i < n; i++) {
        size_t k = 0;
        squash(candidates[i], other);
        while (other[k] && other[k] == small[k]) k++;
        if (k <= longest || 2 * k <= strlen(small)) continue;
        longest = k;
        found = candidates[i];
    }
    return found;
}

/* "FashionMNIST" has "mnist" in it. */
static const char *find_inside(const char *small, const char *const *candidates, uint32_t n)
{
    enum { SHORTEST = 4 };
    char other[LONGEST_WORD];
    const char *found = NULL;
    size_t longest = SHORTEST - 1;
    for (uint32_t i = 0; i < n; i++) {
        squash(candidates[i], other);
        if (strlen(other) <= longest || strstr(small, other) == NULL) continue;
        longest = strlen(other);
        found = candidates[i];
    }
    return found;
}

const char *cplug__suggest(const char *word, const char *const *candidates, uint32_t n)
{
    char small[LONGEST_WORD];
    squash(word, small);
    const char *found = find_word(small, candidates, n);
    if (found == NULL) found = cplug_nearest(word, candidates, n);
    if (found == NULL) found = find_stem(small, candidates, n);
    if (found == NULL) found = find_part(word, candidates, n);
    if (found == NULL) found = find_beginning(small, candidates, n);
    return found != NULL ? found : find_inside(small, candidates, n);
}

/* Few names are told all when none of them is near. */
static const char *all_of(diags *d, const char *const *names, uint32_t n)
{
    enum { MOST_TOLD = 8 };
    const char *text = n > 0 && n <= MOST_TOLD ? n > 1 ? "possible are " : "possible is " : NULL;
    for (uint32_t i = 0; i < n && text != NULL; i++) text = cplug__pool_printf(d->pool, "%s%s%s", text, i ? ", " : "", names[i]);
    return text;
}

const char *cplug__did_you_mean(diags *d, const char *word, const char *const *candidates, uint32_t n)
{
    const char *near = cplug__suggest(word, candidates, n);
    return near != NULL ? cplug__pool_printf(d->pool, "did you mean '%s'?", near) : all_of(d, candidates, n);
}
