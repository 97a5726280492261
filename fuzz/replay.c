/* SPDX-License-Identifier: MIT */
/* Runs a target without a fuzzer: on the files and folders that are named, or else on the corpus
 * and the regressions of the target, as a test that speaks TAP. Whatever an oracle or a sanitizer
 * finds ends the process. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "fuzz/oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* gcc and clang call it at each basic block of code built with -fsanitize-coverage=trace-pc. */
void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
    fuzz_work++;
}

static int read_file(const char *path, struct buffer *out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return -1;
    buffer_clear(out);
    size_t got;
    do {
        uint8_t *room = buffer_extend(out, 65536);
        got = fread(room, 1, 65536, file);
        out->len -= 65536 - got;
    } while (got > 0);
    int failed = ferror(file);
    fclose(file);
    return failed ? -1 : 0;
}

/* The input as libFuzzer gives it: in an allocation of its size, which is never NULL. */
static void run(const char *path, struct bytes input)
{
    /* If the process ends now, this is the culprit. */
    fprintf(stderr, "# %s\n", path);
    uint8_t *copy = memory_alloc(input.len);
    if (input.len > 0)
        memcpy(copy, input.data, input.len);
    LLVMFuzzerTestOneInput(copy, input.len);
    free(copy);
}

static int run_path(const char *path, size_t *count);

static int run_folder(const char *path, DIR *folder, size_t *count)
{
    int status = 0;
    struct dirent *entry;
    while (status == 0 && (entry = readdir(folder)) != NULL) {
        struct buffer name = {0};
        if (entry->d_name[0] == '.')
            continue;
        buffer_printf(&name, "%s/%s", path, entry->d_name);
        status = run_path(buffer_text(&name), count);
        buffer_free(&name);
    }
    closedir(folder);
    return status;
}

static int run_path(const char *path, size_t *count)
{
    static struct buffer input;
    DIR *folder = opendir(path);
    if (folder != NULL)
        return run_folder(path, folder, count);
    if (read_file(path, &input) != 0) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return -1;
    }
    ++*count;
    run(path, buffer_bytes(&input));
    return 0;
}

/* One line of TAP for the folder, which need not be there. */
static int test_folder(const char *kind, bool needed)
{
    struct buffer path = {0};
    size_t count = 0;
    buffer_printf(&path, "fuzz/%s/%s", kind, fuzz_target_name);
    struct stat status;
    int failed = 0;
    if (stat(buffer_text(&path), &status) == 0)
        failed = run_path(buffer_text(&path), &count);
    if (failed != 0 || (needed && count == 0)) {
        printf("not ok %s: no inputs\n", buffer_text(&path));
        failed = 1;
    } else if (count > 0) {
        printf("ok %zu inputs of %s\n", count, buffer_text(&path));
    }
    buffer_free(&path);
    return failed;
}

int main(int argc, char **argv)
{
    run("no octets", bytes_of(NULL, 0));
    if (argc == 1)
        return test_folder("corpus", true) | test_folder("regress", false);
    size_t count = 0;
    for (int i = 1; i < argc; i++)
        if (run_path(argv[i], &count) != 0)
            return 1;
    printf("%zu inputs\n", count);
    return 0;
}
