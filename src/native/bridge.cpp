// A C ABI over LibTorch's operator dispatcher.
//
// One entry point calls any operator: find it once by name, push its arguments as IValues, call it boxed, pop the results.
// Autograd, device dispatch and our own `textvae::` operators come with it, so a new operator needs no new C++.
//
// Ownership: a tensor handle is a c10::TensorImpl* that owns one reference; textvae_tensor_release gives it back.
// Errors: functions that can fail return a negative value; textvae_last_error then holds the message of this thread.

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/cuda.h>

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

enum Tag : int32_t {
  kNone, kTensor, kInt, kDouble, kBool, kIntList, kDoubleList, kTensorList, kOptionalTensorList, kString, kDevice, kGenerator
};

// Mirrors TorchSharp.Interop.Value.
struct Value {
  Tag tag;
  int32_t count;  // elements of a list, index of a device, kibibytes of a returned tensor
  union {
    int64_t integer;
    double real;
    void* pointer;
  };
};

// c10::optional or std::optional, as the LibTorch at hand has it.
using OptionalTensor = decltype(std::declval<c10::IValue&>().toOptional<at::Tensor>());

struct Operator {
  c10::OperatorHandle handle;
  std::vector<bool> wants_real;  // an integer passed to a `float` parameter is converted
};

thread_local std::string last_error;
thread_local torch::jit::Stack stack;  // reused, so that a call allocates nothing of its own
std::atomic<int64_t> live_tensors{0};
thread_local int64_t native_nanoseconds = 0;

// Counts the time until its end as spent in here, for benchmarks: the rest of a thread's time is the managed code's.
class Inside {
 public:
  Inside() : start_(std::chrono::steady_clock::now()) {}
  ~Inside() { native_nanoseconds += std::chrono::nanoseconds(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_;
};

at::Tensor borrow(const void* handle) {
  if (handle == nullptr) return {};
  using Pointer = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;
  return at::Tensor(Pointer::reclaim_copy(static_cast<c10::TensorImpl*>(const_cast<void*>(handle))));
}

c10::TensorImpl* impl(const void* handle) { return static_cast<c10::TensorImpl*>(const_cast<void*>(handle)); }

void* give(at::Tensor tensor) {
  if (!tensor.defined()) return nullptr;
  live_tensors.fetch_add(1, std::memory_order_relaxed);
  return tensor.unsafeReleaseTensorImpl();
}

std::vector<at::Tensor> borrow_all(void** handles, int32_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int32_t i = 0; i < count; i++) tensors.push_back(borrow(handles[i]));
  return tensors;
}

at::Generator generator(void* handle) {
  return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(handle)));
}

std::string first_paragraph(const std::exception& error) {
  auto torch_error = dynamic_cast<const c10::Error*>(&error);
  std::string message = torch_error ? torch_error->what_without_backtrace() : error.what();
  auto end = message.find("\nException raised from");
  return message.substr(0, end);
}

template <typename F>
int32_t guarded(F&& body) {
  try {
    return body();
  } catch (const std::exception& error) {
    last_error = first_paragraph(error);
  } catch (...) {
    last_error = "unknown native error";
  }
  return -1;
}

c10::IValue to_ivalue(const Value& value, bool wants_real) {
  switch (value.tag) {
    case kNone: return {};
    case kTensor: return borrow(value.pointer);
    case kInt: return wants_real ? c10::IValue(static_cast<double>(value.integer)) : c10::IValue(value.integer);
    case kDouble: return value.real;
    case kBool: return value.integer != 0;
    case kIntList: return c10::IntArrayRef(static_cast<int64_t*>(value.pointer), value.count);
    case kDoubleList: {
      auto data = static_cast<double*>(value.pointer);
      return std::vector<double>(data, data + value.count);
    }
    case kTensorList: return borrow_all(static_cast<void**>(value.pointer), value.count);
    case kOptionalTensorList: {
      c10::List<OptionalTensor> list;
      list.reserve(value.count);
      for (int32_t i = 0; i < value.count; i++) {
        auto tensor = borrow(static_cast<void**>(value.pointer)[i]);
        list.push_back(tensor.defined() ? OptionalTensor(std::move(tensor)) : OptionalTensor());
      }
      return list;
    }
    case kString: return std::string(static_cast<char*>(value.pointer), value.count);
    case kDevice: return c10::Device(static_cast<c10::DeviceType>(value.integer), static_cast<c10::DeviceIndex>(value.count));
    case kGenerator: return generator(value.pointer);
  }
  TORCH_CHECK(false, "unknown argument tag ", static_cast<int>(value.tag));
}

Value tensor_value(at::Tensor tensor) {
  Value value{kTensor, 0, {0}};
  if (tensor.defined() && tensor.has_storage() && !tensor.is_view())
    value.count = static_cast<int32_t>(std::min<int64_t>(tensor.storage().nbytes() >> 10, INT32_MAX));
  value.pointer = give(std::move(tensor));
  return value;
}

// Tensor lists are spread over several results.
int32_t from_ivalue(c10::IValue& result, Value* results, int32_t written, int32_t capacity) {
  TORCH_CHECK(written < capacity, "more than ", capacity, " results");
  Value& value = results[written];
  value = Value{kNone, 0, {0}};
  if (result.isTensor()) {
    value = tensor_value(std::move(result).toTensor());
  } else if (result.isInt()) {
    value.tag = kInt, value.integer = result.toInt();
  } else if (result.isDouble()) {
    value.tag = kDouble, value.real = result.toDouble();
  } else if (result.isBool()) {
    value.tag = kBool, value.integer = result.toBool();
  } else if (result.isTensorList()) {
    auto tensors = std::move(result).toTensorVector();
    TORCH_CHECK(written + static_cast<int64_t>(tensors.size()) <= capacity, tensors.size(), " tensors returned, room for ", capacity);
    for (auto& tensor : tensors) results[written++] = tensor_value(std::move(tensor));
    return written;
  } else {
    TORCH_CHECK(result.isNone(), "result type ", result.tagKind(), " is not supported");
  }
  return written + 1;
}

void describe(std::string& text, const at::Tensor& tensor) {
  if (!tensor.defined()) {
    text += "undefined";
    return;
  }
  text += c10::str(tensor.scalar_type(), " ", tensor.sizes());
  if (!tensor.device().is_cpu()) text += " " + tensor.device().str();
}

// "aten::mm: shapes cannot be multiplied (self: Float [2, 3], mat2: Float [4, 5])"
std::string explain(const Operator& op, const Value* arguments, int32_t count, const std::string& message) {
  auto& schema = op.handle.schema();
  std::string shapes;
  for (int32_t i = 0; i < count; i++) {
    auto& value = arguments[i];
    if (value.tag != kTensor && value.tag != kTensorList && value.tag != kIntList) continue;
    if (!shapes.empty()) shapes += ", ";
    shapes += (i < static_cast<int32_t>(schema.arguments().size()) ? schema.arguments()[i].name() : "?") + ": ";
    if (value.tag == kTensor) {
      describe(shapes, borrow(value.pointer));
    } else if (value.tag == kIntList) {
      shapes += c10::str(c10::IntArrayRef(static_cast<int64_t*>(value.pointer), value.count));
    } else {
      shapes += "[";
      for (int32_t t = 0; t < value.count && t < 8; t++) {
        if (t > 0) shapes += ", ";
        describe(shapes, borrow(static_cast<void**>(value.pointer)[t]));
      }
      shapes += value.count > 8 ? ", ...]" : "]";
    }
  }
  return schema.name() + ": " + message + (shapes.empty() ? "" : " (" + shapes + ")");
}

}  // namespace

EXPORT const char* textvae_last_error() { return last_error.c_str(); }

EXPORT int64_t textvae_native_nanoseconds() { return native_nanoseconds; }

EXPORT int64_t textvae_live_tensors() { return live_tensors.load(std::memory_order_relaxed); }

// ---- Operators ----

EXPORT Operator* textvae_find_operator(const char* name, const char* overload) {
  Operator* found = nullptr;
  guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
    std::vector<bool> wants_real;
    for (auto& argument : handle.schema().arguments()) {
      auto type = argument.type();
      if (auto optional = type->cast<c10::OptionalType>()) type = optional->getElementType();
      wants_real.push_back(type->kind() == c10::TypeKind::FloatType);
    }
    found = new Operator{handle, std::move(wants_real)};
    return 0;
  });
  return found;
}

// Arguments left out at the end take the schema's defaults. Returns the number of results, -1 on error;
// with capacity 0 the results are dropped (in-place operators).
EXPORT int32_t textvae_call(const Operator* op, const Value* arguments, int32_t count, Value* results, int32_t capacity) {
  const Inside inside;
  auto status = guarded([&] {
    auto& parameters = op->handle.schema().arguments();
    TORCH_CHECK(count <= static_cast<int32_t>(parameters.size()), count, " arguments given, ", parameters.size(), " taken");
    stack.clear();
    for (int32_t i = 0; i < count; i++) stack.push_back(to_ivalue(arguments[i], op->wants_real[i]));
    for (size_t i = count; i < parameters.size(); i++) {
      TORCH_CHECK(parameters[i].default_value().has_value(), "argument '", parameters[i].name(), "' is missing");
      stack.push_back(*parameters[i].default_value());
    }
    op->handle.callBoxed(stack);
    int32_t written = 0;
    if (capacity > 0)
      for (auto& result : stack) written = from_ivalue(result, results, written, capacity);
    stack.clear();
    return written;
  });
  if (status < 0) {
    stack.clear();
    auto message = last_error;
    guarded([&] {
      last_error = explain(*op, arguments, count, message);
      return 0;
    });
  }
  return status;
}

// ---- Tensors ----

EXPORT void textvae_tensor_release(void* handle) {
  const Inside inside;
  c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(impl(handle));
  live_tensors.fetch_sub(1, std::memory_order_relaxed);
}

EXPORT void* textvae_tensor_addref(void* handle) { return give(borrow(handle)); }

EXPORT int64_t textvae_tensor_dim(void* handle) { return impl(handle)->dim(); }
EXPORT int64_t textvae_tensor_numel(void* handle) { return impl(handle)->numel(); }
EXPORT const int64_t* textvae_tensor_sizes(void* handle) { return impl(handle)->sizes().data(); }
EXPORT const int64_t* textvae_tensor_strides(void* handle) { return impl(handle)->strides().data(); }
EXPORT int64_t textvae_tensor_storage_offset(void* handle) { return impl(handle)->storage_offset(); }
EXPORT int32_t textvae_tensor_dtype(void* handle) { return static_cast<int32_t>(c10::typeMetaToScalarType(impl(handle)->dtype())); }
EXPORT int32_t textvae_tensor_element_size(void* handle) { return static_cast<int32_t>(impl(handle)->itemsize()); }
EXPORT int32_t textvae_tensor_device_type(void* handle) { return static_cast<int32_t>(impl(handle)->device_type()); }
EXPORT int32_t textvae_tensor_device_index(void* handle) { return impl(handle)->device().index(); }
EXPORT int32_t textvae_tensor_is_contiguous(void* handle) { return impl(handle)->is_contiguous(); }
EXPORT int32_t textvae_tensor_is_sparse(void* handle) { return impl(handle)->is_sparse(); }
EXPORT int32_t textvae_tensor_requires_grad(void* handle) { return impl(handle)->requires_grad(); }
EXPORT int32_t textvae_tensor_is_leaf(void* handle) { return borrow(handle).is_leaf(); }

EXPORT void* textvae_tensor_data(void* handle) {
  void* data = nullptr;
  guarded([&] {
    data = borrow(handle).data_ptr();
    return 0;
  });
  return data;
}

EXPORT int32_t textvae_tensor_set_requires_grad(void* handle, int32_t requires_grad) {
  return guarded([&] {
    borrow(handle).requires_grad_(requires_grad != 0);
    return 0;
  });
}

EXPORT int32_t textvae_tensor_retain_grad(void* handle) {
  return guarded([&] {
    borrow(handle).retain_grad();
    return 0;
  });
}

EXPORT int32_t textvae_tensor_grad(void* handle, void** grad) {
  return guarded([&] {
    *grad = give(borrow(handle).grad());
    return 0;
  });
}

EXPORT int32_t textvae_tensor_set_grad(void* handle, void* grad) {
  return guarded([&] {
    borrow(handle).mutable_grad() = borrow(grad);
    return 0;
  });
}

// x.data = y: x takes over y's storage and keeps its own place in the autograd graph.
EXPORT int32_t textvae_tensor_set_data(void* handle, void* data) {
  return guarded([&] {
    borrow(handle).set_data(borrow(data));
    return 0;
  });
}

// ---- Autograd ----

EXPORT int32_t textvae_backward(
    void** tensors, int32_t count, void** gradients, int32_t gradient_count, int32_t retain_graph, int32_t create_graph,
    void** inputs, int32_t input_count) {
  const Inside inside;
  return guarded([&] {
    torch::autograd::backward(
        borrow_all(tensors, count), borrow_all(gradients, gradient_count), retain_graph != 0, create_graph != 0,
        borrow_all(inputs, input_count));
    return 0;
  });
}

EXPORT int32_t textvae_grad(
    void** outputs, int32_t output_count, void** inputs, int32_t input_count, void** gradients, int32_t gradient_count,
    int32_t retain_graph, int32_t create_graph, int32_t allow_unused, void** results) {
  return guarded([&] {
    auto grads = torch::autograd::grad(
        borrow_all(outputs, output_count), borrow_all(inputs, input_count), borrow_all(gradients, gradient_count),
        retain_graph != 0, create_graph != 0, allow_unused != 0);
    for (size_t i = 0; i < grads.size(); i++) results[i] = give(std::move(grads[i]));
    return 0;
  });
}

EXPORT int32_t textvae_grad_mode() { return at::GradMode::is_enabled(); }
EXPORT void textvae_set_grad_mode(int32_t enabled) { at::GradMode::set_enabled(enabled != 0); }
EXPORT int32_t textvae_inference_mode() { return c10::InferenceMode::is_enabled(); }
EXPORT c10::InferenceMode* textvae_inference_mode_enter(int32_t enabled) { return new c10::InferenceMode(enabled != 0); }
EXPORT void textvae_inference_mode_leave(c10::InferenceMode* guard) { delete guard; }

// ---- Random numbers ----

EXPORT void* textvae_default_generator() { return at::Generator(at::detail::getDefaultCPUGenerator()).unsafeReleaseGeneratorImpl(); }

EXPORT void* textvae_new_generator(int32_t device_type, int32_t device_index, uint64_t seed) {
  void* handle = nullptr;
  guarded([&] {
    c10::Device device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index));
    TORCH_CHECK(device.is_cpu(), "generators of device ", device, " are not supported");
    auto created = at::detail::createCPUGenerator(seed);
    handle = created.unsafeReleaseGeneratorImpl();
    return 0;
  });
  return handle;
}

EXPORT void textvae_generator_release(void* handle) {
  c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(static_cast<c10::GeneratorImpl*>(handle));
}

EXPORT void textvae_generator_set_seed(void* handle, uint64_t seed) {
  auto own = generator(handle);
  std::lock_guard<std::mutex> lock(own.mutex());
  own.set_current_seed(seed);
}

EXPORT uint64_t textvae_generator_initial_seed(void* handle) { return generator(handle).current_seed(); }

// A seed drawn from the machine's entropy.
EXPORT uint64_t textvae_generator_random_seed(void* handle) {
  auto own = generator(handle);
  std::lock_guard<std::mutex> lock(own.mutex());
  return own.seed();
}

EXPORT int32_t textvae_generator_get_state(void* handle, void** state) {
  return guarded([&] {
    auto own = generator(handle);
    std::lock_guard<std::mutex> lock(own.mutex());
    *state = give(own.get_state());
    return 0;
  });
}

EXPORT int32_t textvae_generator_set_state(void* handle, void* state) {
  return guarded([&] {
    auto own = generator(handle);
    std::lock_guard<std::mutex> lock(own.mutex());
    own.set_state(borrow(state));
    return 0;
  });
}

EXPORT int32_t textvae_manual_seed(uint64_t seed) {
  return guarded([&] {
    at::manual_seed(seed);
    return 0;
  });
}

// ---- The machine ----

EXPORT int32_t textvae_get_num_threads() { return at::get_num_threads(); }
EXPORT void textvae_set_num_threads(int32_t threads) { at::set_num_threads(threads); }
EXPORT int32_t textvae_get_num_interop_threads() { return at::get_num_interop_threads(); }
EXPORT int32_t textvae_cuda_device_count() { return static_cast<int32_t>(torch::cuda::device_count()); }

EXPORT const char* textvae_torch_configuration() {
  static const std::string configuration = at::show_config() + at::get_parallel_info();
  return configuration.c_str();
}

EXPORT const char* textvae_torch_version() { return TEXTVAE_TORCH_VERSION; }
