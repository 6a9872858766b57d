// Loops whose iterations are shared out to OpenMP's threads. A call from C says how many threads there are; inside a loop's body there is
// one, so that loops within loops run where they are.
#pragma once

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "status.h"

namespace textvae {

namespace parallel {
inline thread_local int64_t thread_count = 1;
}

// How many threads a loop of the calling thread may use.
inline int64_t threads() { return parallel::thread_count; }

// Sets that number while it lives.
class Threads {
 public:
  explicit Threads(int64_t count) : before_(threads()) { parallel::thread_count = std::max<int64_t>(count, 1); }
  ~Threads() { parallel::thread_count = before_; }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  const int64_t before_;
};

// Calls body(from, to) for parts of begin..end that are equal but for the last and hold `grain` iterations or more, if there are so many.
// When bodies throw, one of their failures is thrown on, on the calling thread.
//
// The team always has all threads, even where the parts are fewer: OpenMP's runtime ends the threads that a smaller team leaves over, and
// would have to start them again for the next loop.
template <typename F>
void parallel_for(int64_t begin, int64_t end, int64_t grain, const F& body) {
  const int64_t count = end - begin;
  if (count <= 0) return;
  if (count <= grain || count == 1 || threads() == 1) return body(begin, end);
  std::atomic<int32_t> failure{TEXTVAE_OK};
#pragma omp parallel num_threads(static_cast<int>(threads()))
  {
    const Threads alone(1);
    const int64_t least = std::max<int64_t>(grain, 1);
    const int64_t parts = std::min<int64_t>(omp_get_num_threads(), (count + least - 1) / least);
    const int64_t size = (count + parts - 1) / parts;
    const int64_t from = begin + omp_get_thread_num() * size;
    if (from < end) {
      const int32_t status = status_of([&] { body(from, std::min(from + size, end)); });
      if (status != TEXTVAE_OK) failure = status;
    }
  }
  require(failure == TEXTVAE_OK, failure);
}

// What every function of the C interface is: body() with that many threads, and its status.
template <typename F>
int32_t guarded(int64_t thread_count, const F& body) noexcept {
  const Threads guard(thread_count);
  return status_of(body);
}

}  // namespace textvae
