// Memory of large results. A training step takes and gives back the same tens of megabytes every time; blocks of their own go to the next
// result of about their size. The C library would cut them up for smaller ones, and after some steps hold half as much again as is in use,
// or hand them back to the system, which clears each page anew for the next step.
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <mutex>
#include <utility>

#include "include/textvae_kernels.h"
#include "status.h"

namespace textvae {
namespace {

constexpr size_t kPage = size_t{1} << 16;       // blocks are multiples of it
constexpr size_t kLargePage = size_t{1} << 21;  // of the processors at hand

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

  void give_back(void* block) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = live_.find(block);
    if (found == live_.end()) return;
    idle_.emplace(found->second, block);
    idle_bytes_ += found->second;
    live_bytes_ -= found->second;
    live_.erase(found);
  }

 private:
  // On large pages where there are (Linux, "transparent huge pages"): a processor remembers the places of few pages.
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
  std::map<void*, size_t> live_;
  size_t idle_bytes_ = 0, live_bytes_ = 0;
};

// Never destroyed: tensors may outlive everything else.
Blocks& blocks() {
  static auto* const instance = new Blocks;
  return *instance;
}

}  // namespace
}  // namespace textvae

void* textvae_take_block(int64_t bytes) {
  void* block = nullptr;
  textvae::status_of([&] { block = textvae::blocks().take(static_cast<size_t>(bytes)); });
  return block;
}

void textvae_give_back_block(void* block) {
  textvae::status_of([&] { textvae::blocks().give_back(block); });
}
