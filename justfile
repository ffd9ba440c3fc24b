set windows-shell := ["pwsh.exe", "-NoLogo", "-NoProfile", "-Command"]

# Check your exercise: stops at the first step that is not done.
[group('learn')]
check *ARGS:
    cargo run -q -p guide -- check {{ ARGS }}

# Run the sample: smart meters on an embedded Cosmos DB.
[group('run')]
energy *ARGS:
    cargo run -p energy -- {{ ARGS }}

# Run a Cosmos DB of its own, for several processes to share.
[group('run')]
cosmos *ARGS:
    cargo run -p cosmos-local -- {{ ARGS }}

# Run the kit's own tests.
[group('write')]
test:
    cargo test

# Write the exercises from the solutions, or compare them with --check.
[group('write')]
starters *ARGS:
    cargo run -q -p guide -- starters {{ ARGS }}
