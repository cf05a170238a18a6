// 09_host.cpp: a host in C++11: contexts and scopes closed by destructors, errors thrown as exceptions by the host, never by the library.
//
//     c++ -std=c++11 09_host.cpp $(pkg-config --cflags --libs cplug) -o 09_host
#include <cplug/cplug.h>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

struct close_context {
    void operator()(cplug_context *ctx) const { cplug_close(ctx); }
};
struct close_scope {
    void operator()(cplug_scope *scope) const { cplug_scope_close(scope); }
};
using context = std::unique_ptr<cplug_context, close_context>;
using scope = std::unique_ptr<cplug_scope, close_scope>; // what is made inside it dies with it, also when an exception passes

void check(const context &ctx)
{
    if (cplug_failed(ctx.get())) throw std::runtime_error(cplug_error_text(ctx.get()));
}

// torch::tensor(values), as one column
cplug_tensor *column(const context &ctx, const std::vector<float> &values)
{
    const int64_t shape[2] = { static_cast<int64_t>(values.size()), 1 };
    return cplug_from_array(ctx.get(), CPLUG_F32, 2, shape, values.data());
}

std::vector<float> numbers(cplug_tensor *t)
{
    std::vector<float> out(static_cast<size_t>(cplug_tensor_numel(t)));
    cplug_to_array(t, out.data(), out.size() * sizeof(float));
    return out;
}

double train(const context &ctx, cplug_module *net, const std::vector<float> &x, const std::vector<float> &y)
{
    cplug_optimizer *adam = cplug_optimizer_new(net, "adam", "lr=1e-2");
    double loss = 0;
    for (int step = 0; step < 800; step++) {
        const scope here(cplug_scope_open(ctx.get()));
        cplug_optimizer_zero_grad(adam);
        cplug_tensor *error = cplug_mse_loss(cplug_forward(net, column(ctx, x)), column(ctx, y), CPLUG_REDUCTION_MEAN);
        cplug_backward(error);
        cplug_optimizer_step(adam);
        cplug_item(error, &loss);
        check(ctx);
    }
    return loss;
}

void run()
{
    const context ctx(cplug_open("seed=1"));
    if (!ctx) throw std::runtime_error(cplug_error_text(nullptr));

    std::vector<float> x, y; // y = x * x on [-1, 1]
    for (int i = -20; i <= 20; i++) {
        x.push_back(static_cast<float>(i) / 20);
        y.push_back(x.back() * x.back());
    }
    cplug_module *net = cplug_sequential(ctx.get(), "linear out_features=16", "tanh", "linear out_features=1", nullptr);
    std::printf("loss %.6f\n", train(ctx, net, x, y));

    const scope here(cplug_scope_open(ctx.get()));
    cplug_grad_mode(ctx.get(), 0);
    for (const float value : numbers(cplug_forward(net, column(ctx, { 0.0f, 0.5f, -0.5f }))))
        std::printf("%.3f\n", static_cast<double>(value));
    check(ctx);

    try { // a mistake arrives as an exception with the library's words
        cplug_module_new(ctx.get(), "linear out_feature=3");
        check(ctx);
    } catch (const std::exception &e) {
        std::printf("caught: %s\n", e.what());
        cplug_error_clear(ctx.get());
    }
}

} // namespace

int main()
{
    try {
        run();
        return 0;
    } catch (const std::exception &e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
