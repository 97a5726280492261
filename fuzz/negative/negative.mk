# SPDX-License-Identifier: MIT
# The targets with bugs in them: `make fuzz-negative` proves that they are found.

NEGATIVE := $(BUILD)/fuzz/negative
NEGATIVE_TARGETS := $(shell tail -n +2 fuzz/negative/bugs.tsv | cut -f 2 | sort -u)
NEGATIVE_FILES := $(shell tail -n +2 fuzz/negative/bugs.tsv | cut -f 3 | sort -u)
NEGATIVE_OBJECTS := $(NEGATIVE_FILES:%.c=$(NEGATIVE)/%.o) $(NEGATIVE)/bug.o

$(NEGATIVE)/seeded: fuzz/negative/bugs.tsv fuzz/negative/seed.py $(NEGATIVE_FILES:%=harness/ws/%)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)fuzz/negative/seed.py fuzz/negative/bugs.tsv harness/ws $(NEGATIVE)/src
	@touch $@

$(NEGATIVE_FILES:%.c=$(NEGATIVE)/%.o): $(NEGATIVE)/%.o: $(NEGATIVE)/seeded $(BUILD)/fuzz/flags.list
	$(if $(V),,@echo "  CC      $@")
	$(Q)$(call fuzz_compile,libfuzzer) $(FUZZ_HARNESS_libfuzzer) -o $@ $(NEGATIVE)/src/$*.c

$(NEGATIVE)/bug.o: fuzz/negative/bug.c $(BUILD)/fuzz/flags.list
	@mkdir -p $(@D)
	$(Q)$(call fuzz_compile,libfuzzer) $(FUZZ_OWN_libfuzzer) -o $@ $<

# $(eval $(call negative_target,NAME)): the seeded sources stand in front of the archive, so that
# their originals are not taken from it.
define negative_target
$(NEGATIVE)/$(1): $(BUILD)/fuzz/obj/libfuzzer/targets/$(1).o \
        $(patsubst %,$(BUILD)/fuzz/obj/libfuzzer/%.o,$(call fuzz_custom,libfuzzer,$(1))) \
        $(NEGATIVE_OBJECTS) $(BUILD)/fuzz/obj/libfuzzer/support.a \
        $(BUILD)/fuzz/obj/libfuzzer/harness.a
	$$(if $$(V),,@echo "  LD      $$@")
	$$(Q)$$(FUZZ_CC_libfuzzer) $$(FUZZ_LINK_libfuzzer) $(LDFLAGS) -o $$@ $$^ \
	    $$(call FUZZ_LIBRARIES,libfuzzer)
endef

$(foreach target,$(NEGATIVE_TARGETS),$(eval $(call negative_target,$(target))))

fuzz-negative: $(NEGATIVE_TARGETS:%=$(NEGATIVE)/%) ## prove that the targets find bugs: 51 seeded ones, one at a time
	@fuzz/negative/run.py $(NEGATIVE)
