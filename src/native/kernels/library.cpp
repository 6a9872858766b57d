// What the library says about itself.
#include <omp.h>

#include "gemm/int8.h"
#include "gemm/precision.h"

const char* textvae_level(void) { return TEXTVAE_LEVEL; }

int32_t textvae_has_bfloat16(void) { return textvae::kHasBFloat16; }

int32_t textvae_has_vnni(void) { return textvae::int8::kDotProduct; }

int32_t textvae_openmp_threads(void) { return omp_get_max_threads(); }
