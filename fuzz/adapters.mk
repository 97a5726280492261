# SPDX-License-Identifier: MIT
# Parsers of other people under our oracles (fuzz/adapters/adapter.h), and the campaign. Included by
# fuzz/fuzz.mk, whose rules compile what is in fuzz/.
#
#   make fuzz-adapters   build/fuzz/adapter_NAME with libFuzzer, build/fuzz/plain/adapter_NAME without
#   make fuzz-driver     build/fuzz/libwsconform_fuzz.a, to be linked with an adapter of your own
#   make overnight HOURS=8 JOBS=2 [TARGETS="ws_message adapter_wslay"]

HOURS ?= 8
JOBS ?= 2

ADAPTER_LWS := $(shell $(PKG_CONFIG) --libs libwebsockets 2>/dev/null)
ADAPTERS := ws stdio $(if $(WSLAY),wslay) $(if $(ADAPTER_LWS),libwebsockets)
ADAPTER_LIBS_ws := $(call package,--libs,zlib,-lz)
ADAPTER_LIBS_wslay := $(WSLAY)
ADAPTER_LIBS_libwebsockets := $(ADAPTER_LWS) $(call package,--libs,zlib,-lz)

ADAPTER_DRIVER := adapters/driver custom

# With libFuzzer; and with any compiler and a main of ours.
ADAPTER_PROGRAMS := $(ADAPTERS:%=$(BUILD)/fuzz/adapter_%)
ADAPTER_PLAIN := $(ADAPTERS:%=$(BUILD)/fuzz/plain/adapter_%)

# $(eval $(call adapter_rules,NAME))
define adapter_rules
$(BUILD)/fuzz/adapter_$(1): $(patsubst %,$(BUILD)/fuzz/obj/libfuzzer/%.o,adapters/$(1) $(ADAPTER_DRIVER)) \
        $(BUILD)/fuzz/obj/libfuzzer/support.a $(BUILD)/fuzz/obj/libfuzzer/harness.a
	$$(if $$(V),,@echo "  LD      $$@")
	$$(Q)$$(FUZZ_CC) $$(FUZZ_LINK_libfuzzer) $(LDFLAGS) -o $$@ $$^ $$(ADAPTER_LIBS_$(1))

$(BUILD)/fuzz/plain/adapter_$(1): \
        $(patsubst %,$(BUILD)/fuzz/obj/replay/%.o,adapters/$(1) adapters/standalone $(ADAPTER_DRIVER)) \
        $(BUILD)/fuzz/obj/replay/support.a $(BUILD)/fuzz/obj/replay/harness.a
	$$(if $$(V),,@echo "  LD      $$@")
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(FUZZ_LINK_replay) $(LDFLAGS) -o $$@ $$^ $$(ADAPTER_LIBS_$(1))
endef

$(foreach adapter,$(ADAPTERS),$(eval $(call adapter_rules,$(adapter))))

# One object in which only the names of adapter.h and libFuzzer are global: ours must not clash with
# those of the project that it is linked with.
ADAPTER_PUBLIC := wsconform_* LLVMFuzzer* fuzz_target_name
$(BUILD)/fuzz/libwsconform_fuzz.a: $(ADAPTER_DRIVER:%=$(BUILD)/fuzz/obj/libfuzzer/%.o) \
        $(BUILD)/fuzz/obj/libfuzzer/support.a $(BUILD)/fuzz/obj/libfuzzer/harness.a
	$(if $(V),,@echo "  AR      $@")
	$(Q)$(FUZZ_CC) -r -nostdlib -o $(BUILD)/fuzz/driver.o $^
	$(Q)! command -v objcopy >/dev/null || objcopy --wildcard \
	    $(ADAPTER_PUBLIC:%=--keep-global-symbol='%') $(BUILD)/fuzz/driver.o
	@rm -f $@
	$(Q)$(AR) rcs $@ $(BUILD)/fuzz/driver.o

.PHONY: fuzz-adapters fuzz-driver overnight

fuzz-adapters: $(ADAPTER_PROGRAMS) $(ADAPTER_PLAIN) ## build the examples of adapters for other parsers

fuzz-driver: $(BUILD)/fuzz/libwsconform_fuzz.a ## build the driver that an adapter of your own is linked with

# What is a path was built elsewhere.
OVERNIGHT_BUILT = $(foreach target,$(TARGETS),$(if $(findstring /,$(target)),,$(BUILD)/fuzz/$(target)))

overnight: $(OVERNIGHT_BUILT) fuzz-seeds ## fuzz TARGETS in turns for HOURS (8) with JOBS (2), and report
	@fuzz/overnight.py --build $(BUILD)/fuzz --hours $(HOURS) --jobs $(JOBS) --targets "$(TARGETS)"

test: $(ADAPTER_PLAIN)

# --- fleets -----------------------------------------------------------------------------------
# For OSS-Fuzz and ClusterFuzzLite (fuzz/oss-fuzz/build.sh): compilers, sanitizers and the engine come
# from the environment, and what is linked must not need libraries that the runners do not have.

OSS_ENGINE = $(or $(LIB_FUZZING_ENGINE),-fsanitize=fuzzer)
OSS_TARGETS := $(if $(filter memory,$(SANITIZER)),$(FUZZ_MSAN),$(FUZZ_TARGETS))
OSS_PROGRAMS := $(OSS_TARGETS:%=$(BUILD)/fuzz/oss/%)
# With MemorySanitizer they are linked, but nothing in them is called.
OSS_LIBRARIES := -Wl,-Bstatic $(if $(filter memory,$(SANITIZER)),,-ljansson) -lcrypto -lz \
    -Wl,-Bdynamic -lpthread -ldl

FUZZ_CC_oss = $(CC)
FUZZ_HARNESS_oss = $(CFLAGS) $(FUZZ_WORK)
# libFuzzer, which is not instrumented, writes what the mutators read.
FUZZ_OWN_oss = $(if $(filter mutate% custom%,$*),$(filter-out -fsanitize=memory -fsanitize-memory%,$(CFLAGS)),$(CFLAGS))
$(eval $(call fuzz_variant,oss))

# Only libFuzzer has the function that a mutator of ours leaves one call in four to.
OSS_CUSTOM = $(if $(filter-out libfuzzer,$(FUZZING_ENGINE)),,$(call fuzz_custom,libfuzzer,$(1)))

# $(eval $(call oss_rule,TARGET))
define oss_rule
$(BUILD)/fuzz/oss/$(1): $(patsubst %,$(BUILD)/fuzz/obj/oss/%.o,targets/$(1) $(call OSS_CUSTOM,$(1))) \
        $(BUILD)/fuzz/obj/oss/support.a $(BUILD)/fuzz/obj/oss/harness.a
	$$(if $$(V),,@echo "  LD      $$@")
	@mkdir -p $$(@D)
	$$(Q)$$(CXX) $$(CXXFLAGS) $$(OSS_ENGINE) $$(LDFLAGS) -o $$@ $$^ $$(OSS_LIBRARIES)
endef

$(foreach target,$(OSS_TARGETS),$(eval $(call oss_rule,$(target))))

.PHONY: fuzz-oss fuzz-oss-try

fuzz-oss: $(OSS_PROGRAMS)

fuzz-oss-try: ## build the targets as OSS-Fuzz does, as far as that goes without Docker, and look at them
	@fuzz/oss-fuzz/try-build.sh
