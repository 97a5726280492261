# SPDX-License-Identifier: MIT
# The room table: which rooms of harness/ a room may include and link, and the libraries whose door
# it is. The one place that says so: the Makefile links by it, tools/check-*.sh judge by it.

# Every room stands before the rooms that it uses, so this is also the order of a link line.
ROOMS = cli drive report peer run judge case net ws base

USES_base   =
USES_ws     = base
USES_case   = base ws
USES_judge  = base ws case
USES_run    = base ws case judge
USES_net    = base
USES_drive  = base ws case judge run net
USES_peer   = base ws net
USES_report = base ws case judge run
USES_cli    = drive report peer run judge case net ws base

# Header of a library, and the sources that may include it (shell patterns under harness/).
DOOR_uv.h      = net/*
DOOR_openssl   = ws/handshake.c
DOOR_zlib.h    = ws/deflate.c
DOOR_jansson.h = case/load.c case/expand.[ch] case/order.c case/parse.c case/place.[ch] report/json*.c
