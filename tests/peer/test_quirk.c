/* SPDX-License-Identifier: MIT */
#include "peer/quirk.h"

#include <stdio.h>

#include "quirks.h"

static void finds_by_name(void **state)
{
    (void)state;
    assert_string_equal(peer_quirk_find_fault("close-twice", PEER_SERVER)->name, "close-twice");
    assert_string_equal(peer_quirk_find_variant("greets", PEER_SERVER)->name, "greets");
    assert_null(peer_quirk_find_fault("greets", PEER_SERVER));
    assert_null(peer_quirk_find_variant("close-twice", PEER_SERVER));
    assert_null(peer_quirk_find_fault("", PEER_SERVER));
    assert_non_null(peer_quirk_find_fault("method-post", PEER_CLIENT));
    assert_null(peer_quirk_find_fault("method-post", PEER_SERVER));
    assert_null(peer_quirk_find_fault("accepts-unmasked", PEER_CLIENT));
    /* The two are different rows. */
    assert_string_equal(peer_quirk_find_fault("close-then-goes-on", PEER_CLIENT)->requirement,
                        "RFC6455-5.5.1-13");
}

static void fits_who_has_its_hooks(void **state)
{
    (void)state;
    struct peer_quirk quirk = {.name = "x"};
    assert_true(peer_quirk_fits(&quirk, PEER_SERVER));
    assert_true(peer_quirk_fits(&quirk, PEER_CLIENT));
    quirk.only = PEER_CLIENT;
    assert_false(peer_quirk_fits(&quirk, PEER_SERVER));
    assert_true(peer_quirk_fits(&quirk, PEER_CLIENT));
    const struct peer_quirk *client = peer_quirk_find_fault("version-12", PEER_CLIENT);
    assert_false(peer_quirk_fits(client, PEER_SERVER));
    const struct peer_quirk *server = peer_quirk_find_fault("mask-ignored", PEER_SERVER);
    assert_false(peer_quirk_fits(server, PEER_CLIENT));
}

/* The role that a requirement binds, from the catalogue; NULL if there is no such row. Valid until
 * the next call. */
static const char *role_of(struct buffer *catalogue, const char *requirement)
{
    static char role[16];
    char row[64];
    snprintf(row, sizeof row, "\n%s\t", requirement);
    const char *at = strstr(buffer_text(catalogue), row);
    if (at == NULL)
        return NULL;
    at += strlen(row);
    at += strcspn(at, "\t") + 1; /* behind the section */
    snprintf(role, sizeof role, "%.*s", (int)strcspn(at, "\t"), at);
    return role;
}

static void check_row(struct buffer *catalogue, const struct peer_quirk *quirk)
{
    const char *role = role_of(catalogue, quirk->requirement);
    if (role == NULL)
        fail_msg("%s: there is no requirement %s", quirk->name, quirk->requirement);
    else if (peer_quirk_fits(quirk, PEER_CLIENT) && strcmp(role, "server") == 0)
        fail_msg("%s: %s does not bind clients", quirk->name, quirk->requirement);
    if (!peer_quirk_fits(quirk, PEER_CLIENT) && !peer_quirk_fits(quirk, PEER_SERVER))
        fail_msg("%s fits nobody", quirk->name);
}

typedef struct peer_quirk_list lists(size_t index);
typedef const struct peer_quirk *finder(const char *name, enum peer_role role);

/* A name is that of one row for each role, and each row can be found. */
static void check_lists(struct buffer *catalogue, lists *all, finder *find)
{
    for (size_t index = 0; all(index).count > 0; index++)
        for (size_t i = 0; i < all(index).count; i++) {
            const struct peer_quirk *quirk = &all(index).items[i];
            check_row(catalogue, quirk);
            for (enum peer_role role = PEER_SERVER; role <= PEER_CLIENT; role++)
                if (peer_quirk_fits(quirk, role) && find(quirk->name, role) != quirk)
                    fail_msg("%s is the name of two rows", quirk->name);
        }
}

static void names_its_requirement(void **state)
{
    (void)state;
    FILE *file = fopen("cases/requirements.tsv", "rb");
    struct buffer catalogue = {0};
    char block[4096];
    assert_non_null(file);
    for (size_t len; (len = fread(block, 1, sizeof block, file)) > 0;)
        buffer_append(&catalogue, bytes_of(block, len));
    fclose(file);
    check_lists(&catalogue, peer_quirk_faults, peer_quirk_find_fault);
    check_lists(&catalogue, peer_quirk_variants, peer_quirk_find_variant);
    buffer_free(&catalogue);
}

static void matches_all_or_what_is_asked(void **state)
{
    (void)state;
    struct ws_frame frame = {.fin = true, .opcode = WS_PING, .length = 125};
    struct peer_quirk quirk = {.name = "x"};
    assert_true(peer_quirk_matches(&quirk, &frame, false, 0));
    quirk.opcodes = 1U << WS_PONG;
    assert_false(peer_quirk_matches(&quirk, &frame, false, 0));
    quirk.opcodes |= 1U << WS_PING;
    quirk.least = 125;
    quirk.below = 126;
    assert_true(peer_quirk_matches(&quirk, &frame, false, 0));
    frame.length = 126;
    assert_false(peer_quirk_matches(&quirk, &frame, false, 0));
    frame.length = 124;
    assert_false(peer_quirk_matches(&quirk, &frame, false, 0));
}

static void matches_places(void **state)
{
    (void)state;
    struct ws_frame frame = {.fin = true, .opcode = WS_TEXT};
    struct peer_quirk quirk = {.places = PEER_INSIDE_MESSAGE};
    assert_false(peer_quirk_matches(&quirk, &frame, false, 0));
    assert_true(peer_quirk_matches(&quirk, &frame, true, 0));
    quirk.places = PEER_OUTSIDE_MESSAGE;
    assert_false(peer_quirk_matches(&quirk, &frame, true, 0));
    quirk.places = PEER_NOT_FIRST;
    assert_false(peer_quirk_matches(&quirk, &frame, false, 0));
    assert_true(peer_quirk_matches(&quirk, &frame, false, 1));
    quirk.places = PEER_NOT_FINAL;
    assert_false(peer_quirk_matches(&quirk, &frame, false, 0));
    quirk.places = PEER_IS_FINAL;
    assert_true(peer_quirk_matches(&quirk, &frame, false, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_by_name),         cmocka_unit_test(fits_who_has_its_hooks),
        cmocka_unit_test(names_its_requirement), cmocka_unit_test(matches_all_or_what_is_asked),
        cmocka_unit_test(matches_places),
    };
    return cmocka_run_group_tests_name("peer/quirk", tests, NULL, NULL);
}
