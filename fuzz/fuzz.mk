# SPDX-License-Identifier: MIT
# Fuzzing. A target is fuzz/targets/NAME.c; it is found by wildcard. `make fuzz` builds it with clang
# and libFuzzer as build/fuzz/NAME; `make test` replays its corpus with any compiler.
#
#   make fuzz FUZZ_SECONDS=600 TARGETS="ws_message ws_server"

FUZZ_CC ?= clang
FUZZ_SECONDS ?= 60
FUZZ_ALL := $(sort $(patsubst fuzz/targets/%.c,%,$(wildcard fuzz/targets/*.c)))
FUZZ_TARGETS := $(filter-out empty,$(FUZZ_ALL))
TARGETS ?= $(FUZZ_TARGETS)

# Targets whose input is a stream of frames, which have a mutator for that.
FUZZ_FRAMES := ws_frame ws_message ws_server ws_client
# The same behind an octet of settings.
FUZZ_DEFLATE := ws_deflate
# Those whose input is a head of HTTP and nothing else.
FUZZ_HEADS := ws_http ws_request ws_response
# MemorySanitizer must see all code that runs: no Jansson, libcrypto or zlib.
FUZZ_MSAN := ws_frame ws_message ws_utf8 ws_close ws_http ws_extension ws_permessage ws_url

FUZZ_ROOMS := run judge case ws base
FUZZ_SUPPORT := trace slow slow_inflate slow_http slow_permessage oracle reader connection wslay player mutate mutate_head
FUZZ_SOURCES := $(filter $(FUZZ_ROOMS:%=harness/%/%),$(SOURCES))
WSLAY := $(call package,--libs,libwslay,$(if $(wildcard /usr/include/wslay/wslay.h),-lwslay))
FUZZ_WSLAY := $(if $(WSLAY),-DFUZZ_WITH_WSLAY $(call package,--cflags,libwslay))
FUZZ_LIBRARIES = $(call libraries,$(FUZZ_ROOMS)) $(if $(filter msan,$(1)),,$(WSLAY)) $(LDLIBS)

# --- how a variant is compiled ------------------------------------------------------------------
# The code under test tells libFuzzer of its basic blocks, and behind ws also of its comparisons, for
# which frames and heads have mutators of their own; base does not, since the oracles use it more than
# the parsers do. What does not touch the memory of a parser goes without sanitizers: it is ours, and
# `make test` runs it with them. The same goes for those checks of UndefinedBehaviorSanitizer that
# AddressSanitizer makes too (null, object-size), or that cost much and find nothing here (alignment).

FUZZ_SANE := -g -fno-omit-frame-pointer $(SANITIZE) -fno-sanitize=null,alignment,object-size
FUZZ_EDGES := -fsanitize-coverage=bb,inline-8bit-counters,pc-table
FUZZ_WORK := -include fuzz/work.h

FUZZ_CC_libfuzzer = $(FUZZ_CC)
# An empty target has no edges but its own, without which libFuzzer does not begin.
FUZZ_HARNESS_libfuzzer = -O3 $(FUZZ_SANE) $(FUZZ_WORK) \
    $(if $(filter case/% judge/% run/%,$*),-fsanitize=fuzzer-no-link,$(if $(filter base/%,$*),,$(FUZZ_EDGES)))
FUZZ_OWN_libfuzzer = -O3 $(if $(filter $(FUZZ_PLAIN),$*),-g,$(FUZZ_SANE) $(FUZZ_WSLAY)) \
    $(if $(filter targets/empty,$*),$(FUZZ_EDGES))
FUZZ_PLAIN := trace slow slow_inflate slow_http slow_permessage oracle mutate mutate_head custom custom_head \
    custom_deflate
FUZZ_LINK_libfuzzer = $(SANITIZE) -fsanitize=fuzzer

FUZZ_CC_msan = $(FUZZ_CC)
FUZZ_MEMORY := -O1 -g -fno-omit-frame-pointer -fsanitize=memory -fsanitize-memory-track-origins
FUZZ_HARNESS_msan = $(FUZZ_MEMORY) -fsanitize=fuzzer-no-link $(FUZZ_WORK)
# libFuzzer, which is not instrumented, writes what the mutators read.
FUZZ_OWN_msan = $(if $(filter mutate% custom%,$*),-O1 -g,$(FUZZ_MEMORY) $(FUZZ_EDGES))
FUZZ_LINK_msan = -fsanitize=memory -fsanitize=fuzzer

FUZZ_CC_coverage = $(FUZZ_CC)
FUZZ_HARNESS_coverage = -O0 -g -fprofile-instr-generate -fcoverage-mapping $(FUZZ_WORK)
FUZZ_OWN_coverage = -O1 -g $(FUZZ_WSLAY)
FUZZ_LINK_coverage = -fprofile-instr-generate

# AFL++ has a driver for libFuzzer's entry point.
FUZZ_CC_afl = afl-clang-fast
FUZZ_HARNESS_afl = -O2 -g -fsanitize=fuzzer-no-link $(FUZZ_WORK)
FUZZ_OWN_afl = -O2 -g $(FUZZ_WSLAY)
FUZZ_LINK_afl = -fsanitize=fuzzer

# Any compiler: the corpus as a test, with basic blocks counted as work.
FUZZ_CC_replay = $(CC)
FUZZ_HARNESS_replay = $(FLAGS_asan) -fsanitize-coverage=trace-pc $(FUZZ_WORK)
FUZZ_OWN_replay = $(FLAGS_asan) $(FUZZ_WSLAY)
FUZZ_LINK_replay = $(SANITIZE)

FUZZ_VARIANTS := libfuzzer msan coverage afl replay
fuzz_compile = $(FUZZ_CC_$(1)) $(STRICT) -I. $(PACKAGE_CFLAGS) $(CPPFLAGS) -MMD -MP -c

# The program of a target: build/fuzz/NAME, build/fuzz/msan/NAME, ...
fuzz_program_libfuzzer = $(BUILD)/fuzz/$(1)
fuzz_program_msan = $(BUILD)/fuzz/msan/$(1)
fuzz_program_coverage = $(BUILD)/fuzz/coverage/$(1)
fuzz_program_afl = $(BUILD)/fuzz/afl/$(1)
fuzz_program_replay = $(BUILD)/asan/tests/fuzz/replay_$(1)
fuzz_programs = $(foreach target,$(2),$(call fuzz_program_$(1),$(target)))

# What brings main, and what makes a mutator known to it.
fuzz_main = $(if $(filter coverage replay,$(1)),replay)
fuzz_custom = $(if $(filter libfuzzer msan,$(1)),\
    $(if $(filter $(FUZZ_FRAMES),$(2)),custom) $(if $(filter $(FUZZ_HEADS),$(2)),custom_head) \
    $(if $(filter $(FUZZ_DEFLATE),$(2)),custom_deflate))

# --- rules --------------------------------------------------------------------------------------

$(BUILD)/fuzz/flags.list: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(foreach variant,$(FUZZ_VARIANTS),'$(call fuzz_compile,$(variant))' \
	    '$(FUZZ_HARNESS_$(variant))' '$(FUZZ_OWN_$(variant))') >$@.new
	@if cmp -s $@.new $@; then rm -f $@.new; else mv -f $@.new $@; fi

# $(eval $(call fuzz_variant,VARIANT))
define fuzz_variant
$(BUILD)/fuzz/obj/$(1)/harness/%.o: harness/%.c $(BUILD)/fuzz/flags.list
	$$(if $$(V),,@echo "  CC      $$@")
	@mkdir -p $$(@D)
	$$(Q)$$(call fuzz_compile,$(1)) $$(FUZZ_HARNESS_$(1)) -o $$@ $$<

$(BUILD)/fuzz/obj/$(1)/%.o: fuzz/%.c $(BUILD)/fuzz/flags.list
	$$(if $$(V),,@echo "  CC      $$@")
	@mkdir -p $$(@D)
	$$(Q)$$(call fuzz_compile,$(1)) $$(FUZZ_OWN_$(1)) -o $$@ $$<

$(BUILD)/fuzz/obj/$(1)/embedded.o: $(BUILD)/embedded.c $(BUILD)/fuzz/flags.list
	@mkdir -p $$(@D)
	$$(Q)$$(call fuzz_compile,$(1)) -o $$@ $$<

$(BUILD)/fuzz/obj/$(1)/harness.a: $(FUZZ_SOURCES:harness/%.c=$(BUILD)/fuzz/obj/$(1)/harness/%.o) \
        $(BUILD)/fuzz/obj/$(1)/embedded.o
	@rm -f $$@
	$$(Q)$(AR) rcs $$@ $$^

$(BUILD)/fuzz/obj/$(1)/support.a: $(FUZZ_SUPPORT:%=$(BUILD)/fuzz/obj/$(1)/%.o)
	@rm -f $$@
	$$(Q)$(AR) rcs $$@ $$^
endef

# $(eval $(call fuzz_target,VARIANT,TARGET))
define fuzz_target
$(call fuzz_program_$(1),$(2)): $(BUILD)/fuzz/obj/$(1)/targets/$(2).o \
        $(patsubst %,$(BUILD)/fuzz/obj/$(1)/%.o,$(call fuzz_main,$(1)) $(call fuzz_custom,$(1),$(2))) \
        $(BUILD)/fuzz/obj/$(1)/support.a $(BUILD)/fuzz/obj/$(1)/harness.a
	$$(if $$(V),,@echo "  LD      $$@")
	@mkdir -p $$(@D)
	$$(Q)$$(FUZZ_CC_$(1)) $$(FUZZ_LINK_$(1)) $(LDFLAGS) -o $$@ $$^ $$(call FUZZ_LIBRARIES,$(1))
endef

$(foreach variant,$(FUZZ_VARIANTS),$(eval $(call fuzz_variant,$(variant))) \
    $(foreach target,$(FUZZ_ALL),$(eval $(call fuzz_target,$(variant),$(target)))))

# With the mutator for frames, beside which the targets for frames are measured.
$(BUILD)/fuzz/empty_frames: $(patsubst %,$(BUILD)/fuzz/obj/libfuzzer/%.o,targets/empty custom) \
        $(BUILD)/fuzz/obj/libfuzzer/support.a
	$(if $(V),,@echo "  LD      $@")
	$(Q)$(FUZZ_CC) $(FUZZ_LINK_libfuzzer) $(LDFLAGS) -o $@ $^

# --- part of make test --------------------------------------------------------------------------

FUZZ_TESTS := $(patsubst tests/fuzz/%.c,$(BUILD)/asan/tests/fuzz/%,$(wildcard tests/fuzz/test_*.c))
FUZZ_REPLAYS := $(call fuzz_programs,replay,$(FUZZ_TARGETS))
UNIT_TESTS += $(FUZZ_TESTS) $(FUZZ_REPLAYS)
test: $(FUZZ_TESTS) $(FUZZ_REPLAYS)

$(BUILD)/fuzz/obj/replay/tests/%.o: tests/%.c $(BUILD)/fuzz/flags.list
	$(if $(V),,@echo "  CC      $@")
	@mkdir -p $(@D)
	$(Q)$(call fuzz_compile,replay) $(FUZZ_OWN_replay) -Itests -o $@ $<

$(FUZZ_TESTS): $(BUILD)/asan/tests/fuzz/%: $(BUILD)/fuzz/obj/replay/tests/fuzz/%.o \
        $(BUILD)/fuzz/obj/replay/tests/support.o $(BUILD)/fuzz/obj/replay/support.a \
        $(call archives,asan,base)
	$(if $(V),,@echo "  LD      $@")
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(CMOCKA) $(LDLIBS)

# --- for people ---------------------------------------------------------------------------------

.PHONY: fuzz fuzz-build fuzz-msan fuzz-coverage fuzz-afl fuzz-bench fuzz-seeds fuzz-corpus \
        fuzz-negative

fuzz-build: $(call fuzz_programs,libfuzzer,$(FUZZ_ALL)) ## build all fuzz targets as build/fuzz/NAME

fuzz: $(call fuzz_programs,libfuzzer,$(TARGETS)) fuzz-seeds ## fuzz each of TARGETS for FUZZ_SECONDS (60)
	@BUILD=$(BUILD) FUZZ_SECONDS=$(FUZZ_SECONDS) fuzz/run.sh $(BUILD)/fuzz $(TARGETS)

fuzz-msan: $(call fuzz_programs,msan,$(filter $(FUZZ_MSAN),$(TARGETS))) fuzz-seeds ## the same with MemorySanitizer, where all code is ours
	@BUILD=$(BUILD) FUZZ_SECONDS=$(FUZZ_SECONDS) fuzz/run.sh $(BUILD)/fuzz/msan \
	    $(filter $(FUZZ_MSAN),$(TARGETS))

fuzz-coverage: $(call fuzz_programs,coverage,$(FUZZ_TARGETS)) ## what of harness/ws the committed corpus reaches
	@BUILD=$(BUILD) fuzz/coverage.sh $(FUZZ_TARGETS)

fuzz-afl: ## build the targets with AFL++ as build/fuzz/afl/NAME
	@command -v afl-clang-fast >/dev/null || { echo "fuzz-afl: install AFL++ (Debian: afl++)"; exit 2; }
	@$(MAKE) $(call fuzz_programs,afl,$(TARGETS))
	@echo "afl-fuzz -i fuzz/corpus/NAME -o $(BUILD)/fuzz/afl-out -- $(BUILD)/fuzz/afl/NAME"

fuzz-bench: $(call fuzz_programs,libfuzzer,empty empty_frames $(TARGETS)) ## executions a second, beside those of an empty target
	@BUILD=$(BUILD) fuzz/bench.sh "$(FUZZ_FRAMES)" $(TARGETS)

$(BUILD)/fuzz/seeds.program: fuzz/seeds.c $(call archives,release,$(FUZZ_ROOMS))
	$(Q)$(CC) $(STRICT) -I. $(PACKAGE_CFLAGS) $(CFLAGS) -o $@ $^ $(call libraries,$(FUZZ_ROOMS))

# Named for the cases that send them.
fuzz-seeds: $(BUILD)/fuzz/seeds.program ## write what the cases send to build/fuzz/seeds/TARGET
	@rm -rf $(BUILD)/fuzz/seeds
	@$(BUILD)/fuzz/seeds.program $(BUILD)/fuzz/seeds
	@fuzz/case-seeds.py $(BUILD)/fuzz/seeds/case_load cases/*.json

fuzz-corpus: $(call fuzz_programs,libfuzzer,$(TARGETS)) fuzz-seeds ## make fuzz/corpus anew, minimal, of itself, the seeds and what was found
	@BUILD=$(BUILD) fuzz/corpus.sh $(TARGETS)

include fuzz/negative/negative.mk
-include fuzz/adapters.mk

-include $(shell find $(BUILD)/fuzz -name '*.d' 2>/dev/null)
