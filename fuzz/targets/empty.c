/* SPDX-License-Identifier: MIT */
/* Nothing: what the fuzzer itself costs, beside which `make fuzz-bench` measures the others. */
#include <stddef.h>
#include <stdint.h>

extern const char fuzz_target_name[];
const char fuzz_target_name[] = "empty";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)data;
    (void)size;
    return 0;
}
