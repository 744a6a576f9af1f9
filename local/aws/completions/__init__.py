"""What the pinned emulator lacks of AWS and containment depends on, one file per service. Each piece says which AWS
behaviour it restores; the probes under test/integration/localAws prove that it does.
"""

from . import buckets, events, executions, functions, identity, objects, secrets, signatures, trail, transport


def install():
    for part in (signatures, identity, functions, buckets, objects, events, executions, secrets, trail, transport):
        part.install()
