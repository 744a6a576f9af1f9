"""What CloudTrail says of a call: who made it, by its real name, and that it was denied.

The emulator names every caller an IAM user called as its key, PutFunctionConcurrency an UpdateFunctionCode and IAM's
calls `POST.iam`, and forgets the calls that it refused, which are what a contained suspect leaves behind.
"""

import contextvars
import json
from datetime import datetime, timezone

from ministack.core import iam_actions, iam_evaluator, responses
from ministack.services import cloudtrail, sts

from .hooks import around, require, wrap

# Lambda's events carry the version of its API in their name.
DATED = {
    "20150331": "CreateFunction DeleteFunction PublishVersion CreateAlias UpdateAlias DeleteAlias "
    "CreateEventSourceMapping UpdateEventSourceMapping DeleteEventSourceMapping ListFunctions",
    "20150331v2": "UpdateFunctionCode UpdateFunctionConfiguration AddPermission RemovePermission GetFunction "
    "GetFunctionConfiguration GetPolicy",
    "20171031": "PutFunctionConcurrency DeleteFunctionConcurrency",
    "20181031": "PublishLayerVersion",
}
LAMBDA_NAMES = {name: name + date for date, names in DATED.items() for name in names.split()}
LAMBDA_NAMES["InvokeFunction"] = "Invoke"

# A piece of the history instead of all of it, while a page of an answer is put together.
piece = contextvars.ContextVar("piece", default=None)

action_of_request = contextvars.ContextVar("action_of_request", default=None)


def install():
    # Last of all: `app` takes names from the modules that the other completions change.
    from ministack import app

    require(cloudtrail, "_get_event_queue")
    require(app, "_routing_params")
    require(iam_actions, "extract_iam_action")
    wrap("_maybe_record_cloudtrail", name_action, app)
    wrap("record_event", complete, cloudtrail)
    wrap("enforce", record_denial, iam_evaluator)
    require(cloudtrail, "_lookup_events", "_DISPATCH")
    wrap("_get_event_queue", queue_or_piece, cloudtrail)
    cloudtrail._DISPATCH["LookupEvents"] = around(cloudtrail._lookup_events, lookup)


def queue_or_piece(original):
    return original() if piece.get() is None else piece.get()


def lookup(original, body):
    """Fifty events at most in one answer, and a token for the older ones; the emulator gives the newest and no token.

    The token counts from the oldest event: what happens meanwhile does not move what was not yet given.
    """
    events = list(cloudtrail._get_event_queue())
    most = min(int(body.get("MaxResults") or 50), 50)
    end = min(int(body["NextToken"]), len(events)) if body.get("NextToken") else len(events)
    found = []
    while end > 0 and len(found) < most:
        start = max(0, end - (most - len(found)))
        token = piece.set(events[start:end])
        try:
            status, headers, answer = original({**body, "MaxResults": most})
        finally:
            piece.reset(token)
        if status != 200:
            return status, headers, answer
        found += json.loads(answer)["Events"]
        end = start
    more = {"NextToken": str(end)} if end > 0 else {}
    return cloudtrail._ok({"Events": found, **more})


def name_action(original, service, method, path, headers, body, query, *rest):
    from ministack import app

    params = app._routing_params(method, path, headers, body, query)
    action_of_request.set(iam_actions.extract_iam_action(service, method, path, headers, body, params))
    original(service, method, path, headers, body, query, *rest)


def complete(original, *, failure=None, **call):
    action = (action_of_request.get() or "").partition(":")[2]
    # S3's permissions are named otherwise than its calls (s3:ListAllMyBuckets is ListBuckets).
    name = call["event_name"] if call["service"] == "s3" or not action else action
    identity, username = describe(call["access_key_id"])
    call |= {
        "event_name": LAMBDA_NAMES.get(name, name) if call["service"] == "lambda" else name,
        "username": username,
        "request_params": parameters(call),
    }
    original(**call)
    record = cloudtrail._get_event_queue()[-1]
    event = json.loads(record["CloudTrailEvent"]) | {"userIdentity": identity, "managementEvent": True, **(failure or {})}
    record["CloudTrailEvent"] = json.dumps(event)


def record_denial(original, access_key_id, iam_action, service, region, resource_arn="*", **context):
    result = original(access_key_id, iam_action, service, region, resource_arn, **context)
    if isinstance(result, iam_evaluator.EvalResult) and cloudtrail._recording_enabled:
        message = f"User: {result.principal_arn} is not authorized to perform: {iam_action} on resource: {resource_arn}"
        action_of_request.set(iam_action)
        cloudtrail.record_event(
            service=service, event_name=iam_action.partition(":")[2], username="", access_key_id=access_key_id, region=region,
            resources=[{"ResourceName": resource_arn.rsplit(":", 1)[-1], "ResourceType": ""}], user_agent="",
            request_id=responses.new_uuid(), request_params={}, method="POST",
            failure={"errorCode": "AccessDenied", "errorMessage": message},
        )
    return result


def parameters(call):
    """As CloudTrail writes them: lower camel case, without the code that was uploaded, with what the path says."""
    given = {name[:1].lower() + name[1:]: value for name, value in call["request_params"].items() if name != "ZipFile"}
    if call["service"] == "lambda" and call["resources"] and call["resources"][0]["ResourceType"]:
        given.setdefault("functionName", call["resources"][0]["ResourceName"])
    return given


def describe(key):
    """The userIdentity of a key's holder, and the user name by which LookupEvents finds it."""
    known = iam_evaluator.resolve_caller_identity(key) or {}
    arn, account = known.get("userArn", ""), known.get("accountId", "")
    base = {"principalId": known.get("userId", ""), "arn": arn, "accountId": account, "accessKeyId": key}
    if arn.endswith(":root"):
        return {"type": "Root", **base}, "root"
    if ":assumed-role/" not in arn:
        name = arn.rsplit("/", 1)[-1]
        return {"type": "IAMUser", **base, "userName": name}, name
    role, session_name = arn.split("/")[-2:]
    session = sts._sessions.get(key) or {}
    issued = datetime.fromtimestamp(session.get("IssuedAt", 0), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{account}:role/{role}", "accountId": account, "userName": role}
    context = {"sessionIssuer": issuer, "attributes": {"creationDate": issued, "mfaAuthenticated": "false"}}
    identity = {"type": "AssumedRole", **base, "sessionContext": context}
    if "SourceFunctionArn" in session:
        scope = {"issuerType": "AWS::Lambda::Function", "credentialsIssuedTo": session["SourceFunctionArn"]}
        identity["inScopeOf"] = scope
    return identity, session_name
