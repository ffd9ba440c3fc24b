# Every recipe is one command that also works without just: `cargo run -q -p guide -- …`.
# `[no-exit-message]`: the guide has said what is wrong, and ctrl-c is no error.

set windows-shell := ["pwsh.exe", "-NoLogo", "-NoProfile", "-Command"]

guide := "cargo run -q -p guide --"

# Azure: deploy, down, test.
mod azure 'infra/azure/mod.just'

# Where am I, and what comes next.
[group('learn')]
[no-exit-message]
@here:
    {{ guide }}

# Go to the next module.
[group('learn')]
[no-exit-message]
@next:
    {{ guide }} next

# Go to a module, such as `just go 5`, at any time.
[group('learn')]
[no-exit-message]
@go MODULE:
    {{ guide }} go {{ MODULE }}

# Check your exercise, up to the first step that fails.
[group('learn')]
[no-exit-message]
@check *ARGS:
    {{ guide }} check {{ ARGS }}

# Check on every save.
[group('learn')]
[no-exit-message]
@watch:
    {{ guide }} watch

# The next hint: where to look, the shape, the lines.
[group('learn')]
[no-exit-message]
@hint *MODULE:
    {{ guide }} hint {{ MODULE }}

# Tell the teacher where you are, if you like.
[group('learn')]
[no-exit-message]
@room *ARGS:
    {{ guide }} room {{ ARGS }}

# Your exercise against our solution.
[group('learn')]
[no-exit-message]
@diff *MODULE:
    {{ guide }} diff {{ MODULE }}

# Take our lines, for a step or for all; yours are saved.
[group('learn')]
[no-exit-message]
@solve *STEP:
    {{ guide }} solve {{ STEP }}

# Take the starter, as at the beginning; yours is saved.
[group('learn')]
[no-exit-message]
@reset:
    {{ guide }} reset

# Bring back what was saved last; what is there is saved.
[group('learn')]
[no-exit-message]
@back *COPY:
    {{ guide }} back {{ COPY }}

# Documents, requests, charges and stream of a small run.
[group('run')]
[no-exit-message]
@show *ARGS:
    {{ guide }} show {{ ARGS }}

# Two writers, one stream, the same race each time.
[group('run')]
[no-exit-message]
@race *ARGS:
    {{ guide }} race {{ ARGS }}

# What a command costs, by each way to a state.
[group('run')]
[no-exit-message]
@charges *ARGS:
    {{ guide }} charges {{ ARGS }}

# Run the sample: smart meters on an embedded Cosmos DB.
[group('run')]
[no-exit-message]
energy *ARGS:
    cargo run -p energy -- {{ ARGS }}

# Run the sample on the modules that you have solved.
[group('run')]
[no-exit-message]
@mine *ARGS:
    {{ guide }} mine -- {{ ARGS }}

# Run a Cosmos DB that several processes share.
[group('run')]
[no-exit-message]
cosmos *ARGS:
    cargo run --bin cosmos-local -- {{ ARGS }}

# Run a Service Bus that several processes share.
[group('run')]
[no-exit-message]
service-bus *ARGS:
    cargo run --bin service-bus-local -- {{ ARGS }}

# Is this machine ready? Run, fix, run again.
[group('run')]
[no-exit-message]
@doctor:
    {{ guide }} doctor

# Fetch and build everything once, for a day offline.
[group('run')]
[no-exit-message]
@warm:
    {{ guide }} warm

# A day with clock times, such as --start 13:00.
[group('write')]
[no-exit-message]
@agenda *ARGS:
    {{ guide }} agenda {{ ARGS }}

# A day offline in one archive, for USB sticks.
[group('write')]
[no-exit-message]
@bundle *ARGS:
    {{ guide }} bundle {{ ARGS }}

# Run the kit's own tests.
[group('write')]
test:
    cargo test

# Write the exercises from the solutions, or --check them.
[group('write')]
[no-exit-message]
@starters *ARGS:
    {{ guide }} starters {{ ARGS }}

# Run every gate of the modules, or those you name.
[group('write')]
[no-exit-message]
@verify *GATES:
    {{ guide }} verify {{ GATES }}

# Measure; `peers`: libraries and servers beside others.
[group('write')]
[no-exit-message]
bench *ARGS:
    cargo run --release --manifest-path infra/proof/Cargo.toml -p bench -- {{ ARGS }}

# Fetch what the slides need, once, with a network.
[group('run')]
[no-exit-message]
slides-install:
    npm --prefix slides ci --no-audit --no-fund

# Show the slides, offline, with a presenter view.
[group('run')]
[no-exit-message]
slides:
    npm --prefix slides run --silent serve

# Render the slides as PDF, with Chromium.
[group('run')]
[no-exit-message]
slides-pdf:
    npm --prefix slides run --silent pdf

# Load cosmos-local for long; its memory must not grow.
[group('write')]
[linux]
[no-exit-message]
soak:
    SOAK_ROUNDS="${SOAK_ROUNDS:-500}" cargo test --release -p cosmos-local --test soak -- --nocapture

# Fuzz gateway, sql or binary_json, with cargo-fuzz.
[group('write')]
[linux]
[no-exit-message]
[working-directory('infra/proof/fuzz/libfuzzer')]
fuzz TARGET:
    cargo +nightly fuzz run {{ TARGET }} --fuzz-dir . -- -max_total_time="${FUZZ_SECONDS:-60}"

# Make the image daybook/cosmos-local, from scratch.
[group('write')]
[linux]
[no-exit-message]
image:
    rustup target add {{ arch() }}-unknown-linux-musl
    cargo build --release -p cosmos-local --target {{ arch() }}-unknown-linux-musl
    docker build --tag daybook/cosmos-local --file infra/cosmos-local/image/Dockerfile target/{{ arch() }}-unknown-linux-musl/release

# Type-check the Bicep; with bicep on PATH, compile it.
[group('write')]
[no-exit-message]
infra-check:
    cargo run -q --locked --manifest-path infra/proof/Cargo.toml -p bicep-check -- infra/azure

# Wait for the devcontainer's emulator; never fails.
[group('run')]
[linux]
@emulator-wait:
    curl --silent --fail --output /dev/null --retry 600 --retry-delay 1 --retry-all-errors --retry-max-time 60 http://localhost:8080/ready 2>/dev/null && echo "The Cosmos DB emulator is ready at http://localhost:8081/." || echo "No Cosmos DB emulator is ready here. No lesson needs it: see .devcontainer/README.md."

# Run the contract suite on what COSMOS_ENDPOINT names.
[group('write')]
[no-exit-message]
emulator-check:
    cargo run -q -p event-store-checks --example place
    cargo test -q -p event-store-checks --features endpoint --test contract_append --test contract_load

# To Azure: provision, build, start. It costs money.
[group('run')]
deploy: azure::deploy

# Delete what `just deploy` made, events included.
[group('run')]
down: azure::down

# Run the contract suite on the deployed Cosmos DB.
[group('run')]
azure-test: azure::test
