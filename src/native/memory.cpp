// Freed memory stays with the process. A training step takes and gives back the same tens of megabytes every time; by
// default the C library returns them to the system, which clears each page anew for the next step.
#include <cstdlib>  // defines __GLIBC__

#ifdef __GLIBC__
#include <malloc.h>

#include <climits>

namespace {
[[maybe_unused]] const bool kept = mallopt(M_MMAP_THRESHOLD, 1 << 30) != 0 && mallopt(M_TRIM_THRESHOLD, INT_MAX) != 0;
}  // namespace
#endif
