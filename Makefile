# SPDX-License-Identifier: MIT
# wsconform. GNU make 3.81 or newer. Rooms and tests are found by wildcard: a new file needs no edit
# here. Which room may link which is said in tools/rooms.mk.
#
#   make CC=clang     another compiler (what depends on it is built again)
#   make V=1          shows the command lines
#   make WERROR=      warnings stay warnings

CFLAGS ?= -O2 -g
WERROR ?= -Werror
PREFIX ?= /usr/local
PKG_CONFIG ?= pkg-config
BUILD = build
Q = $(if $(V),,@)

BINDIR = $(PREFIX)/bin
MANDIR = $(PREFIX)/share/man/man1
COMPLETIONDIR = $(PREFIX)/share/bash-completion/completions

# All processors, unless the command line (or the make above this one) says otherwise.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
endif

.PHONY: all test check deps demo bench-run prove matrix matrix-clients browsers stable deps-matrix format install uninstall \
        clean help FORCE
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

include tools/rooms.mk

# --- what there is ----------------------------------------------------------------------------

SOURCES := $(sort $(wildcard $(ROOMS:%=harness/%/*.c)))
UNIT_SOURCES := $(sort $(wildcard $(ROOMS:%=tests/%/test_*.c)))
EMBEDDED_FILES := $(sort $(shell find cases -type f -name '*.json' 2>/dev/null) \
                         $(wildcard cases/*.tsv reports/*.schema.json reports/*.html))
FORMATTED := $(shell find harness tests fuzz -type f -name '*.[ch]' 2>/dev/null)
SUPPORT_SOURCES := $(wildcard tests/support.c)

# The rooms that have anything to compile. `case` always has: the embedded files.
PRESENT := $(foreach room,$(ROOMS),$(if $(filter harness/$(room)/%,$(SOURCES) harness/case/),$(room)))
PROGRAM := $(if $(wildcard harness/cli/main.c),wsconform)

# --- libraries --------------------------------------------------------------------------------

# $(call package,FLAG,NAME,WHAT TO SAY WITHOUT PKG-CONFIG)
package = $(shell $(PKG_CONFIG) $(1) $(2) 2>/dev/null || echo $(3))

PACKAGE_CFLAGS := $(sort $(call package,--cflags,libuv) $(call package,--cflags,jansson) \
                         $(call package,--cflags,libcrypto) $(call package,--cflags,zlib) \
                         $(call package,--cflags,cmocka))
CMOCKA := $(call package,--libs,cmocka,-lcmocka)
JANSSON := $(call package,--libs,jansson,-ljansson)

LIBS_net := $(call package,--libs,libuv,-luv)
LIBS_ws := $(call package,--libs,libcrypto,-lcrypto) $(call package,--libs,zlib,-lz)
LIBS_case := $(JANSSON)
LIBS_report := $(JANSSON)

# --- how to compile ---------------------------------------------------------------------------

STRICT = -std=c11 -D_GNU_SOURCE -Iharness -Wall -Wextra -Wconversion -Wshadow $(WERROR)
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_release = $(CFLAGS)
FLAGS_asan = -O1 -g -fno-omit-frame-pointer $(SANITIZE)
compile = $(CC) $(STRICT) $(PACKAGE_CFLAGS) $(CPPFLAGS) $(FLAGS_$(1)) -MMD -MP -c

# $(call archives,VARIANT,ROOMS) and $(call libraries,ROOMS), in link order.
archives = $(foreach room,$(filter $(2),$(PRESENT)),$(BUILD)/$(1)/lib/$(room).a)
libraries = $(foreach room,$(filter $(1),$(PRESENT)),$(LIBS_$(room)))
objects = $(patsubst harness/%.c,$(BUILD)/$(1)/%.o,$(filter harness/$(2)/%,$(SOURCES))) \
          $(if $(filter case,$(2)),$(BUILD)/$(1)/embedded.o)

# --- targets for people -----------------------------------------------------------------------

all: $(PROGRAM) $(call archives,release,$(ROOMS)) ## build ./wsconform (the default)
	$(if $(PROGRAM),,@echo "note: harness/cli/main.c is not there, so only the archives were built")

ENDPOINTS := $(patsubst tests/%.c,$(BUILD)/%,$(wildcard tests/endpoints/*.c))
# Those in other languages: $(call with,LIBRARY,FILES) builds them where Debian has put the library.
with = $(if $(wildcard $(1)),$(2:%=$(BUILD)/endpoints/%))
MATRIX_ENDPOINTS := \
    $(call with,/usr/share/gocode/src/github.com/gorilla/websocket,gorilla-echo) \
    $(call with,/usr/include/boost/beast/websocket.hpp,beast-echo) \
    $(call with,/usr/share/java/tomcat10-embed-websocket.jar,TomcatEcho.class) \
    $(call with,/usr/share/java/jetty9-websocket-server.jar,JettyEcho.class)
CLIENTS := $(patsubst tests/%.c,$(BUILD)/%,$(wildcard tests/clients/*.c))
MATRIX_CLIENTS := $(if $(wildcard /usr/share/gocode/src/github.com/gorilla/websocket),$(BUILD)/clients/gorilla-driver)
UNIT_TESTS = $(UNIT_SOURCES:tests/%.c=$(BUILD)/asan/tests/%)

test: all $(UNIT_TESTS) $(PROGRAM:%=$(BUILD)/asan/%) $(ENDPOINTS) $(CLIENTS) ## build and run all tests; ends with `N passed, N failed`
	@BUILD=$(BUILD) tests/run.sh $(UNIT_TESTS)

check: all ## prove the rules of the house: rooms, symbols, purity, style, static analysis
	@BUILD=$(BUILD) CC="$(CC)" tools/check.sh

deps: ## install what building and testing need (only this and deps-matrix install anything)
	@tools/deps.sh

demo: ## test the built-in server and the npm package ws, keep the reports in build/demo
	@tools/deps.sh --check || $(MAKE) deps
	@$(MAKE) all
	@BUILD=$(BUILD) tools/demo.sh

bench-run: all $(BUILD)/bench-rounds ## measure how long a run takes
	@BUILD=$(BUILD) tools/bench-run.sh

prove: all ## run the suite against each fault and variant of the built-in server: the kill matrix
	@tools/prove.py

deps-matrix: ## install Go, Java, C++, Ruby, browsers and their WebSockets, for what follows (3 GB)
	@tools/deps-matrix.sh

matrix: all $(ENDPOINTS) $(MATRIX_ENDPOINTS) ## test ten servers of other people, compare with tests/e2e/expected
	@WSCONFORM=$(CURDIR)/wsconform BUILD=$(BUILD) tests/e2e/endpoints.sh --all | tee $(BUILD)/matrix.log
	@! grep -q '^not ok' $(BUILD)/matrix.log

matrix-clients: all $(CLIENTS) $(MATRIX_CLIENTS) ## test the clients of other people that are installed, compare with tests/e2e/expected/clients
	@WSCONFORM=$(CURDIR)/wsconform BUILD=$(BUILD) tests/e2e/clients.sh --all | tee $(BUILD)/matrix-clients.log
	@! grep -q '^not ok' $(BUILD)/matrix-clients.log

browsers: all ## test chromium and firefox, keep reports and pictures in build/browsers
	@WSCONFORM=$(CURDIR)/wsconform BUILD=$(BUILD) tests/browsers.sh

stable: all $(ENDPOINTS) $(MATRIX_ENDPOINTS) $(CLIENTS) $(MATRIX_CLIENTS) ## test each of them RUNS times (20), quiet and under load: the same verdicts
	@BUILD=$(BUILD) tools/stable.py

format: ## lay out all C files by .clang-format
	clang-format -i $(FORMATTED)

install: all ## install program, man page and bash completion under $(DESTDIR)$(PREFIX)
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR) $(DESTDIR)$(COMPLETIONDIR)
	install -m 755 wsconform $(DESTDIR)$(BINDIR)/wsconform
	install -m 644 docs/wsconform.1 $(DESTDIR)$(MANDIR)/wsconform.1
	install -m 644 tools/completion.bash $(DESTDIR)$(COMPLETIONDIR)/wsconform

uninstall: ## remove what `make install` put there
	rm -f $(DESTDIR)$(BINDIR)/wsconform $(DESTDIR)$(MANDIR)/wsconform.1 \
	    $(DESTDIR)$(COMPLETIONDIR)/wsconform

clean: ## remove all that was built, but neither npm packages nor what the fuzzer found
	rm -rf wsconform $(filter-out $(BUILD)/node_modules $(BUILD)/matrix $(BUILD)/package% $(BUILD)/fuzz,$(wildcard $(BUILD)/*)) \
	    $(filter-out $(BUILD)/fuzz/findings $(BUILD)/fuzz/corpus,$(wildcard $(BUILD)/fuzz/*))

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s%s\n", $$1, $$2 }' $(filter-out %.d,$(MAKEFILE_LIST))

# --- rules ------------------------------------------------------------------------------------

# Rewritten only when their text changes, so that a source that went away or another compiler
# causes exactly the work it has to.
$(BUILD)/sources.list: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(SOURCES) $(EMBEDDED_FILES) >$@.new
	@if cmp -s $@.new $@; then rm -f $@.new; else mv -f $@.new $@; fi

$(BUILD)/flags.list: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(call compile,release)' '$(FLAGS_asan)' >$@.new
	@if cmp -s $@.new $@; then rm -f $@.new; else mv -f $@.new $@; fi

$(BUILD)/embedded.c: $(EMBEDDED_FILES) $(BUILD)/sources.list tools/embed.sh
	$(if $(V),,@echo "  EMBED   $(words $(EMBEDDED_FILES)) files")
	$(Q)tools/embed.sh $(EMBEDDED_FILES) >$@

# $(eval $(call variant_rules,VARIANT)): the objects and the program.
define variant_rules
$(BUILD)/$(1)/%.o: harness/%.c $(BUILD)/flags.list
	$$(if $$(V),,@echo "  CC      $$@")
	@mkdir -p $$(@D)
	$$(Q)$$(call compile,$(1)) -o $$@ $$<

$(BUILD)/$(1)/embedded.o: $(BUILD)/embedded.c $(BUILD)/flags.list
	$$(if $$(V),,@echo "  CC      $$@")
	@mkdir -p $$(@D)
	$$(Q)$$(call compile,$(1)) -o $$@ $$<
endef

# $(eval $(call archive_rule,VARIANT,ROOM))
define archive_rule
$(BUILD)/$(1)/lib/$(2).a: $(call objects,$(1),$(2)) $(BUILD)/sources.list
	$$(if $$(V),,@echo "  AR      $$@")
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(Q)$(AR) rcs $$@ $(call objects,$(1),$(2))
endef

$(foreach variant,release asan,$(eval $(call variant_rules,$(variant))) \
    $(foreach room,$(PRESENT),$(eval $(call archive_rule,$(variant),$(room)))))

wsconform: $(call archives,release,$(ROOMS))
	$(if $(V),,@echo "  LD      $@")
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(call libraries,$(ROOMS)) $(LDLIBS)

$(BUILD)/asan/wsconform: $(call archives,asan,$(ROOMS))
	$(if $(V),,@echo "  LD      $@")
	$(Q)$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(call libraries,$(ROOMS)) $(LDLIBS)

$(BUILD)/asan/tests/%.o: tests/%.c $(BUILD)/flags.list
	$(if $(V),,@echo "  CC      $@")
	@mkdir -p $(@D)
	$(Q)$(call compile,asan) -Itests -o $@ $<

# $(eval $(call test_rule,ROOM)): a room's tests see the archives that the room may use and no
# other, so a call into a forbidden room does not link.
define test_rule
$(BUILD)/asan/tests/$(1)/test_%: $(BUILD)/asan/tests/$(1)/test_%.o \
        $(SUPPORT_SOURCES:%.c=$(BUILD)/asan/%.o) $(call archives,asan,$(1) $(USES_$(1)))
	$$(if $$(V),,@echo "  LD      $$@")
	$$(Q)$(CC) $(SANITIZE) $(LDFLAGS) -o $$@ $$^ $(call libraries,$(1) $(USES_$(1))) $(CMOCKA) $(LDLIBS)
endef

$(foreach room,$(ROOMS),$(eval $(call test_rule,$(room))))

$(BUILD)/bench-rounds: tools/bench-rounds.c $(BUILD)/flags.list
	$(if $(V),,@echo "  CC      $@")
	@mkdir -p $(@D)
	$(Q)$(CC) $(STRICT) $(CFLAGS) -pthread -o $@ $<

# Endpoints of the end-to-end tests, written with the library of somebody else, whose types do not
# survive -Wconversion.
$(BUILD)/endpoints/lws-echo $(BUILD)/clients/lws-driver: tests/endpoints/lws-message.h
$(BUILD)/endpoints/%: tests/endpoints/%.c $(BUILD)/flags.list
	$(if $(V),,@echo "  CC      $@")
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -Wconversion,$(STRICT)) $(CFLAGS) -o $@ $< \
	    $(call package,--cflags --libs,libwebsockets,-lwebsockets)

$(BUILD)/endpoints/%: tests/endpoints/%.go
	$(if $(V),,@echo "  GO      $@")
	@mkdir -p $(@D)
	$(Q)GO111MODULE=off GOPATH=/usr/share/gocode go build -o $@ $<

$(BUILD)/clients/%: tests/clients/%.c $(BUILD)/flags.list
	$(if $(V),,@echo "  CC      $@")
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -Wconversion,$(STRICT)) $(CFLAGS) -o $@ $< \
	    $(call package,--cflags --libs,libwebsockets,-lwebsockets)

$(BUILD)/clients/%: tests/clients/%.go
	$(if $(V),,@echo "  GO      $@")
	@mkdir -p $(@D)
	$(Q)GO111MODULE=off GOPATH=/usr/share/gocode go build -o $@ $<

$(BUILD)/endpoints/%: tests/endpoints/%.cpp
	$(if $(V),,@echo "  CXX     $@")
	@mkdir -p $(@D)
	$(Q)$(CXX) -std=c++17 -O1 -pthread -o $@ $<

$(BUILD)/endpoints/%.class: tests/endpoints/%.java
	$(if $(V),,@echo "  JAVAC   $@")
	@mkdir -p $(@D)
	$(Q)javac -cp '/usr/share/java/*' -d $(@D) $<

include fuzz/fuzz.mk

-include $(shell find $(BUILD)/release $(BUILD)/asan -name '*.d' 2>/dev/null)
