"""AWS's own events. Nobody may put an `aws.*` event on a bus, neither on AWS nor here; but here GuardDuty, CloudTrail
and the like do not exist, so the account's root speaks for them. No role can.
"""

import json

from ministack.core.router import extract_access_key_id
from ministack.services import eventbridge

from .hooks import require, wrap
from .signatures import root_key


def install():
    require(eventbridge, "_put_events", "_ensure_default_bus")
    wrap("handle_request", speak_for_aws, eventbridge)


async def speak_for_aws(original, method, path, headers, body, query_params):
    put = headers.get("x-amz-target", "").endswith(".PutEvents")
    if not put or extract_access_key_id(headers, query_params) != root_key():
        return await original(method, path, headers, body, query_params)
    # Called here rather than by a mark on the request, which the executions it starts would inherit.
    eventbridge._ensure_default_bus()
    return eventbridge._put_events(json.loads(body), allow_aws_source=True)
