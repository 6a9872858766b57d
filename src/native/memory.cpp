// Where tensors on the CPU get their memory. A training step takes and gives back the same tens of megabytes every time, so
// freed memory stays with the process: the system would clear each page anew for the next step.
//
// Large tensors have blocks of their own, which go to the next tensor of about their size. The C library would cut them up
// for smaller ones, and after some steps hold half as much again as is in use.
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>

#ifdef __linux__
#include <malloc.h>
#include <sys/mman.h>

#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace {

constexpr size_t kLeast = size_t{1} << 20;      // bytes of a tensor with a block of its own
constexpr size_t kMost = PTRDIFF_MAX;           // what is more is a mistake, which LibTorch names
constexpr size_t kPage = size_t{1} << 16;       // blocks are multiples of it
constexpr size_t kSmallPage = size_t{1} << 12;  // where they may begin
constexpr size_t kLargePage = size_t{1} << 21;  // as the processors at hand have them

class Blocks {
 public:
  // Null when the system has no more.
  void* take(size_t bytes) {
    const size_t size = (bytes + kPage - 1) / kPage * kPage;
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = idle_.lower_bound(size);
    if (found != idle_.end() && found->first <= size + size / 2) return lend(take_out(found));
    // What waits for a size that does not come back is the largest.
    while (!idle_.empty() && 2 * idle_bytes_ > live_bytes_) {
      const auto [unused, memory] = take_out(std::prev(idle_.end()));
      munmap(memory, unused);
    }
    void* const block = map(size);
    return block == nullptr ? nullptr : lend({size, block});
  }

  // False for what is none of them.
  bool give_back(void* block) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = live_.find(block);
    if (found == live_.end()) return false;
    idle_.emplace(found->second, block);
    idle_bytes_ += found->second;
    live_bytes_ -= found->second;
    live_.erase(found);
    return true;
  }

 private:
  // On large pages where there are (Linux, "transparent huge pages"): weights are read again for every token, and a processor
  // remembers the places of few pages.
  static void* map(size_t size) {
    const size_t room = size < kLargePage ? size : size + kLargePage;
    void* const mapped = mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return nullptr;
    if (size < kLargePage) return mapped;
    char* const begin = static_cast<char*>(mapped);
    const size_t before = (kLargePage - reinterpret_cast<uintptr_t>(begin) % kLargePage) % kLargePage;
    if (before > 0) munmap(begin, before);
    munmap(begin + before + size, kLargePage - before);
    madvise(begin + before, size / kLargePage * kLargePage, MADV_HUGEPAGE);  // what is left over takes small pages
    return begin + before;
  }

  using Idle = std::multimap<size_t, void*>;

  Idle::value_type take_out(Idle::iterator place) {
    const Idle::value_type block = *place;
    idle_bytes_ -= block.first;
    idle_.erase(place);
    return block;
  }

  void* lend(const Idle::value_type& block) {
    live_[block.second] = block.first;
    live_bytes_ += block.first;
    return block.second;
  }

  std::mutex mutex_;
  Idle idle_;
  std::unordered_map<void*, size_t> live_;
  size_t idle_bytes_ = 0, live_bytes_ = 0;
};

// Never destroyed: tensors may outlive everything else.
Blocks& blocks() {
  static auto* const instance = new Blocks;
  return *instance;
}

void release(void* memory) {
  const bool may_be_a_block = reinterpret_cast<uintptr_t>(memory) % kSmallPage == 0;
  if (!may_be_a_block || !blocks().give_back(memory)) std::free(memory);
}

// LibTorch's interface has changed: `allocate` was const once, and `copy_data` came later.
class Allocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) const {
    void* memory = bytes < kLeast || bytes > kMost ? nullptr : blocks().take(bytes);
    if (memory == nullptr) memory = c10::alloc_cpu(bytes);  // throws when there is none
    return {memory, memory, &release, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DataPtr allocate(size_t bytes) { return std::as_const(*this).allocate(bytes); }
  c10::DeleterFnPtr raw_deleter() const { return &release; }
  void copy_data(void* to, const void* from, size_t bytes) const { std::memcpy(to, from, bytes); }
};

[[maybe_unused]] const bool ready = [] {
  static Allocator allocator;
  c10::SetCPUAllocator(&allocator);
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
#endif
  return true;
}();

}  // namespace
#endif
