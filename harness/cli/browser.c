/* SPDX-License-Identifier: MIT */
#include "cli/browser.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/options.h"

static const char page[] = "http://127.0.0.1:{port}/?once";

static void set_chromium(struct cli_browser *browser)
{
    size_t count = 0;
    snprintf(browser->profile, sizeof(browser->profile), "--user-data-dir=%s", browser->folder);
    browser->argv[count++] = "chromium";
    browser->argv[count++] = "--headless=new";
    browser->argv[count++] = "--disable-gpu";
    browser->argv[count++] = "--no-first-run";
    browser->argv[count++] = "--disable-background-networking";
    /* Its sandbox refuses to run as root, as in containers. */
    if (geteuid() == 0)
        browser->argv[count++] = "--no-sandbox";
    browser->argv[count++] = browser->profile;
    browser->argv[count] = page;
}

/* Firefox puts off what follows a failed connection by up to a minute (RFC 6455, 7.2.3), and many
 * cases are failed connections. */
static int write_preferences(const struct cli_browser *browser, struct error *error)
{
    static const char text[] = "user_pref(\"network.websocket.delay-failed-reconnects\", false);\n";
    char path[CLI_BROWSER_PATH + 32];
    snprintf(path, sizeof(path), "%s/user.js", browser->folder);
    return cli_options_write_file(path, bytes_text(text), error);
}

static int set_firefox(struct cli_browser *browser, struct error *error)
{
    const char *const argv[] = {"firefox-esr", "--headless",    "--no-remote",
                                "--profile",   browser->folder, page};
    memcpy(browser->argv, argv, sizeof(argv));
    return write_preferences(browser, error);
}

int cli_browser_prepare(struct cli_browser *browser, const char *name, struct error *error)
{
    *browser = (struct cli_browser){0};
    bool chromium = strcmp(name, "chromium") == 0;
    if (!chromium && strcmp(name, "firefox") != 0)
        return error_set(error, "--browser knows chromium and firefox, not '%s'", name);
    const char *tmp = getenv("TMPDIR");
    int len = snprintf(browser->folder, sizeof(browser->folder), "%s/wsconform-XXXXXX",
                       tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
    if (len < 0 || (size_t)len >= sizeof(browser->folder) || mkdtemp(browser->folder) == NULL) {
        browser->folder[0] = '\0';
        return error_set(error, "no folder for the browser's profile can be made: %s",
                         strerror(errno));
    }
    if (!chromium)
        return set_firefox(browser, error);
    set_chromium(browser);
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    remove(path);
    return 0;
}

void cli_browser_clean(struct cli_browser *browser)
{
    enum { DESCRIPTORS = 16 };
    if (browser->folder[0] != '\0')
        nftw(browser->folder, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
    browser->folder[0] = '\0';
}
