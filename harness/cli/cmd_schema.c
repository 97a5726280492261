/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "case/load.h"
#include "cli/cli.h"
#include "cli/options.h"

static const char usage[] = "Usage: wsconform schema NAME\n"
                            "\n"
                            "Prints a JSON Schema:\n"
                            "  report   of the JSON report (-o FILE.json)\n"
                            "  case     of a file of cases\n"
                            "  fuzz     of the report of a fuzzing campaign (make overnight)\n";

static const struct {
    const char *name;
    const char *path;
} schemas[] = {{"report", "reports/report.schema.json"},
               {"case", "cases/schema/case.schema.json"},
               {"fuzz", "reports/fuzz.schema.json"}};

int cli_cmd_schema(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return CLI_OK;
    }
    for (size_t i = 0; argc == 2 && i < sizeof(schemas) / sizeof(schemas[0]); i++) {
        if (strcmp(argv[1], schemas[i].name) == 0) {
            struct bytes text = case_load_builtin_file(schemas[i].path);
            fwrite(text.data, 1, text.len, stdout);
            return CLI_OK;
        }
    }
    return cli_options_usage("schema", "one name is needed: report, case or fuzz");
}
