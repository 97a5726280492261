/* SPDX-License-Identifier: MIT */
/* run/probe.h: the connections before a run, with the fuzzer as the endpoint (fuzz/player.h). The
 * first octet chooses between the probe that listens and the one that speaks, and how much.
 *
 * Oracles: deadline; after-close; contract (what it found hangs together); determinism (on a
 * sample). Octets that come are in allocations of their exact size. */
#include <string.h>

#include "fuzz/player.h"
#include "run/probe.h"

const char fuzz_target_name[] = "run_probe";

enum { OPEN_US = 900000, PATIENCE_US = 200000, ACTS_MAX = 512 };

/* The listener waits until it is told to finish. */
static void finish(void *context)
{
    struct run_probe *probe = context;
    if (run_probe_listening(probe))
        run_probe_finish(probe);
}

static void check(const struct run_probe_finding *found)
{
    static const char clause[] = "RFC6455-4.2.2-18";
    if ((found->echoed || found->ponged || found->messages > 0) && found->status != 101)
        oracle_violation("contract", clause, "frames were read after status %u", found->status);
    if (found->echoed && found->messages == 0)
        oracle_violation("contract", clause, "an echo without a message");
    if (found->sighting_count > RUN_SIGHTINGS_MAX ||
        memchr(found->agent, 0, sizeof(found->agent)) == NULL)
        oracle_violation("held", clause, "what it found is out of bounds");
}

static struct run_probe_finding play(uint8_t control, struct bytes input)
{
    static const struct run_target target = {.host = "localhost:9001", .target = "/"};
    static const size_t sizes[] = {0, 126, 1000, 4000};
    bool listens = (control & 1) == 0;
    struct run_probe *probe =
        listens ? run_probe_listener(&target, 1, OPEN_US, PATIENCE_US)
                : run_probe_speaker(&target, 1, sizes[control / 2 % 4], OPEN_US, PATIENCE_US);
    player_play(run_probe_party(probe), false, input, listens ? finish : NULL, probe);
    struct run_probe_finding found = *run_probe_found(probe);
    check(&found);
    run_probe_free(probe);
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct bytes input = bytes_of(data + 1, size <= ACTS_MAX ? size - 1 : ACTS_MAX);
    struct run_probe_finding found = play(data[0], input);
    if (!oracle_sample(oracle_hash(input), 1, 8))
        return 0;
    struct run_probe_finding again = play(data[0], input);
    if (found.status != again.status || found.end != again.end || found.echoed != again.echoed ||
        found.messages != again.messages || found.timed_out != again.timed_out)
        oracle_violation("determinism", "RFC6455-4.2.2-18", "the same input was found otherwise");
    return 0;
}
