/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/hex.h"

enum { FLUSH_MAX = 1024 * 1024 };

/* The first octet of the forbidden page. */
static uint8_t *forbidden(void)
{
    static uint8_t *end;
    if (end == NULL) {
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        size_t room = (FLUSH_MAX + page - 1) / page * page;
        uint8_t *start =
            mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
        assert_true(start != MAP_FAILED);
        assert_int_equal(mprotect(start + room, page, PROT_NONE), 0);
        end = start + room;
    }
    return end;
}

uint8_t *support_flush(struct bytes b)
{
    assert_true(b.len <= FLUSH_MAX);
    uint8_t *copy = forbidden() - b.len;
    if (b.len > 0)
        memcpy(copy, b.data, b.len);
    return copy;
}

void support_hex(struct buffer *out, const char *digits)
{
    if (hex_read(out, bytes_text(digits)) != 0)
        fail_msg("not hex: %s", digits);
}

void support_expect_text(struct bytes got, const char *expected)
{
    if (!bytes_equal(got, bytes_text(expected)))
        fail_msg("\n     got: %.*s\nexpected: %s", (int)got.len, (const char *)got.data, expected);
}
