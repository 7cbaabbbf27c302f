.DEFAULT_GOAL := help
.PHONY: help run test tsan torture programs lint format docs bench fuzz clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '%-14s %s\n' "$$name" "$$text"; done

run: ## build the order example, kill it twice, resume it, check and show what happened
	@scripts/bootstrap run
	@scripts/run

test: ## build everything without warnings and run all tests
	@scripts/bootstrap
	@scripts/test

tsan: ## run the tests of concurrency under the thread sanitizer
	@scripts/bootstrap
	@scripts/tsan

torture: ## crash logs a million times on simulated disks (COUNT=1000000 SEED=1)
	@scripts/bootstrap
	@scripts/torture $(COUNT) $(SEED)

programs: ## run random programs in memory, on a log and on PostgreSQL, with crashes (COUNT=100000 SEED=1)
	@scripts/bootstrap
	@scripts/programs $(COUNT) $(SEED)

lint: ## check formatting and the house rules; changes nothing
	@scripts/lint

format: ## rewrite the sources in the project's format
	@swift format --in-place --recursive --parallel Package.swift Sources Tests $(wildcard Examples Benchmarks Fuzzing Torture)

docs: ## build the documentation into .build/docs; a bad link is an error
	@scripts/bootstrap
	@scripts/docs

bench: ## measure this machine's disk and the engine on it, in two minutes; MODE=full for all, in half an hour
	@scripts/bootstrap
	@scripts/bench --mode $(or $(MODE),quick)

fuzz: ## run the fuzzer on every target; SECONDS=60 is how long each takes
	@scripts/bootstrap
	@TIME=$(or $(SECONDS),60) scripts/fuzz

clean: ## remove everything that was built
	@rm -rf .build .build-tsan .build-programs Benchmarks/.build Torture/.build Fuzzing/.build Package.resolved Benchmarks/Package.resolved \
		Fuzzing/Package.resolved Torture/Package.resolved
