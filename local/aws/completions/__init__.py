"""What the pinned emulator lacks of AWS and containment depends on, one file per service. Each piece says which AWS
behaviour it restores; the probes under test/integration/localAws prove that it does.
"""

from . import (
    api_keys,
    asynchronous,
    buckets,
    capacity,
    doors,
    durable,
    environments,
    events,
    executions,
    functions,
    identity,
    logs,
    objects,
    scaling,
    secrets,
    signatures,
    tables,
    traces,
    trail,
    transport,
    uses,
)

# `trail` after all that it is to see: it imports the application, which takes names from what the others change.
# `scaling`, `traces` and `transport` after it, as they change the application itself.
PARTS = (
    api_keys,
    signatures,
    identity,
    logs,
    functions,
    asynchronous,
    environments,
    doors,
    durable,
    buckets,
    capacity,
    objects,
    events,
    executions,
    secrets,
    tables,
    trail,
    scaling,
    traces,
    transport,
    uses,
)


def install():
    for part in PARTS:
        part.install()
