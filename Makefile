# Every command there is. Each says what it does as it does it, sets up what is
# missing, and skips what has not changed.
.DEFAULT_GOAL := help
.PHONY: help run test check bench site

help:
	@echo "make run     set up, build and start Callboard with its demo district"
	@echo "make test    everything checked and tested, as continuous integration does"
	@echo "make check   formatting, lints and documentation, warnings denied"
	@echo "make bench   measurements, written to target/bench.json"

run:
	@tools/run.sh

test:
	@tools/test.sh

check:
	@tools/check.sh

bench:
	@tools/bench.sh

# What the pages load, without the server: for work on style or islands.
site:
	@tools/setup-rust.sh
	@tools/setup-node.sh
	@tools/setup-wasm.sh
	@tools/build-site.sh
