/* SPDX-License-Identifier: MIT */
/* A main for the driver where libFuzzer is not to be had: inputs from files, or the mutator of
 * frames for a while, without coverage as a guide.
 *
 *   PROGRAM FILE...                         runs the files
 *   PROGRAM --seconds N --seed N DIR...     changes what is in the folders; --out FILE
 * (finding.bin) gets the input that ended it */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/random.h"
#include "fuzz/oracle.h"

/* gcc and clang call it at each basic block of code built with -fsanitize-coverage=trace-pc. */
void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
    fuzz_work++;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t max, unsigned seed);

/* Octets of an input; changes piled on one seed; one step in so many joins two seeds. */
enum { INPUT_MAX = 4096, CHANGES_MAX = 8, CROSSED = 4 };

static struct {
    struct buffer *seeds;
    size_t count;
    size_t capacity;
    struct random random;
    const char *out;
    uint8_t input[INPUT_MAX]; /* where the signal handler finds it */
    size_t size;
} self = {.out = "finding.bin"};

static size_t below(size_t limit)
{
    return (size_t)(random_next(&self.random) % limit);
}

/* Octets changed without knowing them: for one call in four of the mutator. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
{
    if (size < max && (size == 0 || below(4) == 0)) {
        size_t at = below(size + 1);
        memmove(data + at + 1, data + at, size - at);
        data[at] = (uint8_t)random_next(&self.random);
        return size + 1;
    }
    size_t at = below(size);
    if (below(4) == 0) {
        memmove(data + at, data + at + 1, size - at - 1);
        return size - 1;
    }
    data[at] ^= (uint8_t)(1U << below(8));
    return size;
}

static int read_file(const char *path, struct buffer *to)
{
    enum { READ_SIZE = 65536 };
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return -1;
    size_t len;
    do {
        uint8_t *end = buffer_extend(to, READ_SIZE);
        len = fread(end, 1, READ_SIZE, file);
        to->len -= READ_SIZE - len;
    } while (len > 0);
    fclose(file);
    return 0;
}

static void add_seed(const char *path)
{
    self.seeds = memory_grow(self.seeds, &self.capacity, self.count + 1, sizeof(self.seeds[0]));
    self.seeds[self.count] = (struct buffer){0};
    if (read_file(path, &self.seeds[self.count]) == 0)
        self.count++;
}

/* The order of a folder is the system's; a seed should choose the same files everywhere. */
static int add_folder(const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0)
        return -1;
    for (int i = 0; i < count; i++) {
        struct buffer path = {0};
        buffer_printf(&path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            add_seed(buffer_text(&path));
        buffer_free(&path);
        free(entries[i]);
    }
    free(entries);
    return 0;
}

static void leave_finding(int signal_number)
{
    int file = open(self.out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file >= 0 && write(file, self.input, self.size) == (ssize_t)self.size)
        close(file);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void make_input(void)
{
    const struct buffer *seed = &self.seeds[below(self.count)];
    self.size = seed->len < INPUT_MAX ? seed->len : INPUT_MAX;
    if (self.size > 0)
        memcpy(self.input, seed->data, self.size);
    if (below(CROSSED) == 0) {
        static uint8_t crossed[INPUT_MAX];
        const struct buffer *other = &self.seeds[below(self.count)];
        self.size = LLVMFuzzerCustomCrossOver(self.input, self.size, other->data, other->len,
                                              crossed, INPUT_MAX, (unsigned)below(1U << 31));
        memcpy(self.input, crossed, self.size);
    }
    for (size_t changes = 1 + below(CHANGES_MAX); changes > 0; changes--)
        self.size =
            LLVMFuzzerCustomMutator(self.input, self.size, INPUT_MAX, (unsigned)below(1U << 31));
}

static void run_input(void)
{
    uint8_t *copy = memory_alloc(self.size);
    memcpy(copy, self.input, self.size);
    LLVMFuzzerTestOneInput(copy, self.size);
    free(copy);
}

static void fuzz(double seconds)
{
    static const int fatal[] = {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
        signal(fatal[i], leave_finding);
    unsigned long long runs = 0;
    for (time_t end = time(NULL) + (time_t)seconds; time(NULL) < end; runs++) {
        make_input();
        run_input();
    }
    printf("%llu executions\n", runs);
}

static int run_file(const char *path)
{
    struct buffer input = {0};
    if (read_file(path, &input) != 0)
        return -1;
    uint8_t *copy = memory_alloc(input.len);
    if (input.len > 0)
        memcpy(copy, input.data, input.len);
    LLVMFuzzerTestOneInput(copy, input.len);
    free(copy);
    buffer_free(&input);
    return 0;
}

static int usage(const char *program)
{
    fprintf(stderr, "usage: %s FILE... | --seconds N [--seed N] [--out FILE] DIR...\n", program);
    return 2;
}

int main(int argc, char **argv)
{
    double seconds = 0;
    uint64_t seed = 1;
    int i = 1;
    LLVMFuzzerInitialize(&argc, &argv);
    for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
        if (strcmp(argv[i], "--seconds") == 0)
            seconds = strtod(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--seed") == 0)
            seed = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--out") == 0)
            self.out = argv[i + 1];
        else
            return usage(argv[0]);
    }
    if (i >= argc)
        return usage(argv[0]);
    self.random = random_start(seed, bytes_of((const uint8_t *)"standalone", 10));
    for (; i < argc; i++)
        if ((seconds > 0 ? add_folder(argv[i]) : run_file(argv[i])) != 0) {
            fprintf(stderr, "%s: cannot be read\n", argv[i]);
            return 2;
        }
    if (seconds > 0 && self.count == 0)
        return usage(argv[0]);
    if (seconds > 0)
        fuzz(seconds);
    return 0;
}
