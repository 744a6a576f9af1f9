"""What the pinned emulator lacks of AWS and containment depends on, one file per service. Each piece says which AWS
behaviour it restores; the probes under test/integration/localAws prove that it does.
"""

from . import (
    asynchronous,
    buckets,
    capacity,
    doors,
    environments,
    events,
    executions,
    functions,
    identity,
    objects,
    secrets,
    signatures,
    trail,
    transport,
    uses,
)

# `trail` is last but for `transport`: it imports the application, which takes names from what the others change.
PARTS = (
    signatures,
    identity,
    functions,
    asynchronous,
    environments,
    doors,
    buckets,
    capacity,
    objects,
    events,
    executions,
    secrets,
    trail,
    transport,
    uses,
)


def install():
    for part in PARTS:
        part.install()
