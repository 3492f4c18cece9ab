/* MaxSim over compressed token codes, sixteen query tokens in the lanes of one vector.
 *
 * Arithmetic is in integers (the query in fixed point), so that sums do not depend on their order: every instruction set and the
 * numpy version give the same bits. The function is compiled once for each instruction set and chosen when the library is loaded.
 */
#include <limits.h>
#include <stdint.h>

#define LANES 16

typedef int32_t lanes __attribute__((vector_size(4 * LANES), aligned(4)));

#if defined(__x86_64__) && defined(__GNUC__) && defined(__linux__)
#define EACH_INSTRUCTION_SET __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EACH_INSTRUCTION_SET
#endif

/* table: (2 * bytes, 16, LANES), for each half byte of a code the sum of the query's coordinates whose bits are set;
 * offsets: (documents + 1,); best: (documents, LANES), INT_MIN where a document has no token. */
EACH_INSTRUCTION_SET
void maxsim_signs(const uint8_t *codes, int64_t bytes, const int64_t *offsets, int64_t documents, const int32_t *table,
                  int32_t *best) {
  for (int64_t document = 0; document < documents; document++) {
    lanes top = {0};
    top = top + INT_MIN;
    for (int64_t token = offsets[document]; token < offsets[document + 1]; token++) {
      const uint8_t *code = codes + token * bytes;
      const int32_t *entry = table;
      lanes high = {0}, low = {0};
      for (int64_t byte = 0; byte < bytes; byte++, entry += 2 * 16 * LANES) {
        high += *(const lanes *)(entry + (code[byte] >> 4) * LANES);
        low += *(const lanes *)(entry + (16 + (code[byte] & 15)) * LANES);
      }
      lanes sum = high + low;
      lanes greater = sum > top;
      top = (sum & greater) | (top & ~greater);
    }
    *(lanes *)(best + document * LANES) = top;
  }
}

/* query: (dimension, LANES); codes are unsigned bytes (tokens, dimension). */
EACH_INSTRUCTION_SET
void maxsim_bytes(const uint8_t *codes, int64_t dimension, const int64_t *offsets, int64_t documents, const int32_t *query,
                  int32_t *best) {
  for (int64_t document = 0; document < documents; document++) {
    lanes top = {0};
    top = top + INT_MIN;
    for (int64_t token = offsets[document]; token < offsets[document + 1]; token++) {
      const uint8_t *code = codes + token * dimension;
      lanes even = {0}, odd = {0};
      int64_t i = 0;
      for (; i + 1 < dimension; i += 2) {
        even += *(const lanes *)(query + i * LANES) * (int32_t)code[i];
        odd += *(const lanes *)(query + (i + 1) * LANES) * (int32_t)code[i + 1];
      }
      if (i < dimension) even += *(const lanes *)(query + i * LANES) * (int32_t)code[i];
      lanes sum = even + odd;
      lanes greater = sum > top;
      top = (sum & greater) | (top & ~greater);
    }
    *(lanes *)(best + document * LANES) = top;
  }
}
