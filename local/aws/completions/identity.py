"""What IAM policies can say about a request: the condition keys by which containment is limited and aimed, and the
right name of the action.
"""

import json
import secrets
import time

from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.services import iam, lambda_svc, sts

from .hooks import require, wrap

POLICY_ACTIONS = {f"iam:{verb}{kind}Policy" for verb in ("Attach", "Detach") for kind in ("Role", "User", "Group")}


# The permissions that are not named as their call.
LAMBDA_PERMISSIONS = {name: "InvokeFunction" for name in ("Invoke", "InvokeAsync", "InvokeWithResponseStream")}


def install():
    require(sts, "_sessions", "register_session")
    require(iam_actions, "_BOTOCORE_SERVICE_MAP", "_match_rest_action")
    iam_actions._BOTOCORE_SERVICE_MAP["lambda"] = ["lambda"]
    wrap("_lambda_action", lambda_action, iam_actions)
    require(iam, "_aws_managed_policies", "_make_aws_managed_record")
    publish_deny_all()
    wrap("request_tag_context", policy_arn, iam_actions)
    wrap("execution_credentials", fresh_session, lambda_runtime, lambda_svc)
    wrap("_principal_keys", source_function, iam_evaluator)


def publish_deny_all():
    """AWS's own AWSDenyAll; a role to which the emulator attaches a policy that it does not know goes on as before."""
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    record = iam._make_aws_managed_record("AWSDenyAll", document, description="Deny all access.")
    iam._aws_managed_policies["arn:aws:iam::aws:policy/AWSDenyAll"] = record


def lambda_action(_original, method, path):
    """From the SDK's own table of calls. The emulator guesses: to it reading a concurrency is putting one, and
    whoever has a key at all may disable an event source.
    """
    call = iam_actions._match_rest_action("lambda", method, path)
    return LAMBDA_PERMISSIONS.get(call, call)


def policy_arn(original, service, iam_action, body, params):
    """iam:PolicyARN, by which a responder may attach its own deny policy and no other."""
    context = original(service, iam_action, body, params)
    if iam_action in POLICY_ACTIONS:
        value = params.get("PolicyArn")
        context["iam:PolicyARN"] = value[0] if isinstance(value, list) and value else value
    return context


def fresh_session(original, config):
    """A key of its own for each execution environment, issued now.

    The emulator derives one key from function and role for ever: a deny of older sessions could never tell a stolen
    key from a new environment's, and a stolen one would come back to life with the next cold start.
    """
    session = sts._sessions.pop(original(config)["AWS_ACCESS_KEY_ID"])
    key = f"ASIA{secrets.token_hex(8).upper()}"
    session |= {
        "SecretAccessKey": secrets.token_hex(20),
        "SessionToken": secrets.token_hex(64),
        "IssuedAt": time.time(),
        # Without a version or alias, as AWS compares it.
        "SourceFunctionArn": ":".join(config["FunctionArn"].split(":")[:7]),
    }
    sts.register_session(key, session)
    return {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
    }


def source_function(original, credential):
    """lambda:SourceFunctionArn, by which a shared role is denied to one function only."""
    session = sts._sessions.get(credential.access_key_id) or {}
    keys = original(credential)
    if "SourceFunctionArn" in session:
        keys["lambda:sourcefunctionarn"] = session["SourceFunctionArn"]
    return keys
