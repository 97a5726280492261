/* SPDX-License-Identifier: MIT */
#include "drive/agent.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "drive/client.h"
#include "net/loop.h"

enum {
    GRACE_US = 25 * 1000, /* for a violation; the round trip of a client is not known */
    SHORT_US = 200 * 1000
};

struct drive_agent *drive_agent_new(const struct drive_client_options *options, const char *name,
                                    const char *url, const char *host, uint64_t seed, uint64_t now)
{
    struct drive_agent *agent = memory_zeroed(1, sizeof(*agent));
    agent->options = options;
    agent->name = memory_strdup(name);
    agent->target = (struct run_target){.host = host, .target = "/"};
    agent->profile = (struct run_profile){
        .echoes = options->profile != DRIVE_CLIENT_SINK, .pongs = true, .limit = UINT64_MAX};
    agent->settings = (struct run_settings){
        .of_client = true,
        .target = &agent->target,
        .profile = &agent->profile,
        .keys = &agent->keys,
        .backoff = &agent->backoff,
        .seed = seed,
        .deliveries = options->deliveries,
        .grace_us = GRACE_US,
        .short_us = options->timeout_us < SHORT_US ? options->timeout_us : SHORT_US,
        .long_us = options->timeout_us,
        .tcp_us = options->timeout_us};
    agent->record = (struct run_record){.of_client = true,
                                        .started = net_loop_wall_clock(),
                                        .seed = seed,
                                        .url = url,
                                        .agent = agent->name,
                                        .command = options->command,
                                        .profile = &agent->profile,
                                        .catalogue = options->catalogue};
    agent->started = now;
    return agent;
}

void drive_agent_begin(struct drive_agent *agent)
{
    const struct drive_client_options *options = agent->options;
    agent->plan =
        run_plan_new(options->cases, options->case_count, &agent->settings, options->jobs, false);
    agent->record.results = run_plan_results(agent->plan, &agent->record.count);
}

void drive_agent_finish(struct drive_agent *agent, size_t index, struct run_result *result)
{
    run_plan_finished(agent->plan, index, result);
    agent->settings.believed = run_plan_believed(agent->plan);
}

void drive_agent_judge(struct drive_agent *agent, uint64_t now, const char *ended_early)
{
    struct run_record *record = &agent->record;
    record->duration_us = now - agent->started;
    record->ended_early = ended_early;
    if (agent->plan == NULL)
        return;
    run_plan_judge_run(agent->plan, agent->options->catalogue);
    record->waits = run_plan_waits(agent->plan);
    record->results = run_plan_results(agent->plan, &record->count);
}

void drive_agent_free(struct drive_agent *agent)
{
    if (agent == NULL)
        return;
    run_plan_free(agent->plan);
    judge_keys_free(&agent->keys);
    judge_observation_free(&agent->profile.known);
    free(agent->name);
    free(agent);
}
