# `make demo` shows what kith does; `make test` checks that it does. Each installs what it needs first.

PREFIX ?= /usr/local
SWIFT ?= swift

.PHONY: demo test build install bench bench-company fuzz simulate planted lint setup

# An office and two representatives on this machine: offline edits, sync over TLS, a conflict settled.
demo: setup
	$(SWIFT) build --product kith
	$(SWIFT) build --product demo
	"$$($(SWIFT) build --show-bin-path)/demo"

# Every test; `SEED=7 swift test --filter X` replays a seed that failed. Handshakes have limits of time, and
# so a run of their own: the others keep every core busy for minutes.
handshakes := PeerTransportTests|HostilePeerTests
test: setup
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --filter '$(handshakes)'
	$(SWIFT) test --skip-build --skip '$(handshakes)'

build: setup
	$(SWIFT) build

# The release build, as PREFIX/bin/kith and kith-inspect, with a manual page and the completions of three shells.
# It carries the Swift runtime with it, and so has a build folder of its own: objects made for the shared
# runtime do not link with the static one.
static := --configuration release --static-swift-stdlib --scratch-path .build-install
installed := $(DESTDIR)$(PREFIX)

install: setup
	$(SWIFT) build $(static) --product kith
	$(SWIFT) build $(static) --product kith-inspect
	install -D -m 755 "$$($(SWIFT) build $(static) --show-bin-path)/kith" "$(installed)/bin/kith"
	install -D -m 755 "$$($(SWIFT) build $(static) --show-bin-path)/kith-inspect" "$(installed)/bin/kith-inspect"
	"$(installed)/bin/kith" manual | install -D -m 644 /dev/stdin "$(installed)/share/man/man1/kith.1"
	"$(installed)/bin/kith" completion bash \
	  | install -D -m 644 /dev/stdin "$(installed)/share/bash-completion/completions/kith"
	"$(installed)/bin/kith" completion zsh \
	  | install -D -m 644 /dev/stdin "$(installed)/share/zsh/site-functions/_kith"
	"$(installed)/bin/kith" completion fish \
	  | install -D -m 644 /dev/stdin "$(installed)/share/fish/vendor_completions.d/kith.fish"

# The budgets of docs/performance.md, measured against plain SQLite in the same run, as `make install` builds.
bench: setup
	$(SWIFT) build $(static) --product benchmarks
	"$$($(SWIFT) build $(static) --show-bin-path)/benchmarks"

# What people wait for on the records of a whole made-up company, of so many accounts.
ACCOUNTS ?= 200000
bench-company: setup
	$(SWIFT) build $(static) --product kith
	$(SWIFT) build $(static) --product benchmarks
	"$$($(SWIFT) build $(static) --show-bin-path)/benchmarks" company $(ACCOUNTS)

# Every decoder for SECONDS each, or the one that TARGET names; docs/fuzzing.md says more.
SECONDS ?= 60

fuzz: setup
	Tests/Fuzz/run $(SECONDS) $(TARGET)

# Simulated workspaces, by seed; docs/simulation.md says of what.
SEEDS ?= 1...100
simulate: setup
	$(SWIFT) build --configuration release --product simulate
	"$$($(SWIFT) build --configuration release --show-bin-path)/simulate" --all --seeds $(SEEDS)

# The table of docs/simulation.md: within how many seeds each planted bug is found.
planted: setup
	$(SWIFT) build --product plant
	"$$($(SWIFT) build --show-bin-path)/plant"

lint: setup
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Simulations Tests

setup:
	@.ci/install
