# Everything is done by xtask; `cargo xtask --help` says more. PORT, STACKYARD_* and ARGS are passed on.
.PHONY: run dev test bench audit fmt

run:
	@cargo run --package xtask -- run $(ARGS)

dev:
	@cargo run --package xtask -- dev $(ARGS)

test:
	@cargo run --package xtask -- test $(ARGS)

bench:
	@cargo run --package xtask -- bench $(ARGS)

audit:
	@cargo run --package xtask -- audit $(ARGS)

fmt:
	@cargo run --package xtask -- fmt $(ARGS)
