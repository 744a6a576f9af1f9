"""What the pinned emulator lacks of AWS and containment depends on. Each piece says which AWS behaviour it restores.

Every hooked name is looked up first: after an upgrade that renamed one, the local AWS must not start and silently
be more permissive than the one the probes were written against.
"""

import functools
import os
import secrets
import sys
import time

from ministack.core import iam_actions, iam_evaluator, lambda_runtime, responses
from ministack.services import lambda_svc, sts

POLICY_ACTIONS = {
    f"iam:{verb}{kind}Policy" for verb in ("Attach", "Detach") for kind in ("Role", "User", "Group")
}

# On AWS `errorType` is the thrown error's name, which Retry and Catch match; the emulator's Node worker drops it.
NODE_ERRORS = {
    'status: "error", error: String(err.message || err), trace: err.stack || ""':
    'status: "error", error: String(err.message || err), trace: err.stack || "", '
    'errorType: err instanceof Error ? err.name : typeof err',
    'status: "error", error: e.message, trace: e.stack\n':
    'status: "error", error: e.message, trace: e.stack, errorType: e.name\n',
}


class NamedMessage(str):
    """An error's message that remembers its name on the way through code which passes only messages on."""

    name = ""
    trace = ()


def install():
    wrap((iam_evaluator, sts), "is_root_access_key", is_root)
    wrap((iam_evaluator,), "_is_root_key", needs_no_signature)
    wrap((iam_evaluator,), "resolve_caller_identity", root_identity)
    wrap((iam_evaluator,), "enforce", refuse_anonymous_s3)
    wrap((iam_actions,), "request_tag_context", policy_arn)
    wrap((lambda_runtime, lambda_svc), "execution_credentials", fresh_session)
    wrap((iam_evaluator,), "_principal_keys", source_function)
    wrap((lambda_runtime.Worker,), "invoke", keep_name)
    wrap((lambda_svc,), "_execute_function_warm", report_name)
    script = require(lambda_runtime, "_NODEJS_WORKER_SCRIPT")
    for found, instead in NODE_ERRORS.items():
        if found not in script:
            sys.exit(f"local AWS: the emulator's Node worker no longer contains {found!r}; adapt completions.py")
        script = script.replace(found, instead)
    lambda_runtime._NODEJS_WORKER_SCRIPT = script
    for owner, name in ((sts, "_sessions"), (iam_evaluator, "_anonymous"), (iam_evaluator, "AuthError")):
        require(owner, name)


def require(owner, name):
    if not hasattr(owner, name):
        sys.exit(f"local AWS: {owner.__name__}.{name} is gone from this emulator; adapt completions.py")
    return getattr(owner, name)


def wrap(owners, name, wrapper):
    # A name imported by another module is a second reference, so each owner is replaced.
    for owner in owners:
        setattr(owner, name, around(require(owner, name), wrapper))


def around(original, wrapper):
    @functools.wraps(original)
    def wrapped(*args, **kwargs):
        return wrapper(original, *args, **kwargs)

    return wrapped


def is_root(_original, key):
    """One root key. The emulator's own rule also takes `test` and every account number, whatever the secret."""
    return not key or key == os.environ["AWS_ACCESS_KEY_ID"]


def needs_no_signature(_original, key):
    """Nobody's signature goes unchecked, root's included; no key at all is the emulator calling itself."""
    return not key


def root_identity(original, key):
    """The one lookup that would no longer know root, once root's signature is checked like everyone's."""
    if key != os.environ["AWS_ACCESS_KEY_ID"]:
        return original(key)
    account = responses.get_account_id()
    root = {"accountId": account, "userArn": f"arn:aws:iam::{account}:root", "userId": account}
    return {**root, "accessKey": key, "principalOrgId": None, "session": None}


def refuse_anonymous_s3(original, access_key_id, iam_action, service, *args, **kwargs):
    """To the emulator an unsigned S3 request is root's: evidence that anyone could read or delete."""
    if service == "s3" and not access_key_id and iam_evaluator._anonymous.get():
        return iam_evaluator.AuthError("MissingAuthenticationToken", "Access Denied")
    return original(access_key_id, iam_action, service, *args, **kwargs)


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


def keep_name(original, worker, *args, **kwargs):
    response = original(worker, *args, **kwargs)
    if response.get("status") == "error" and response.get("errorType"):
        message = NamedMessage(response.get("error", ""))
        message.name, message.trace = response["errorType"], response.get("trace", "").split("\n")
        response["error"] = message
    return response


def report_name(original, *args, **kwargs):
    result = original(*args, **kwargs)
    body = result.get("body")
    message = body.get("errorMessage") if result.get("error") and isinstance(body, dict) else None
    if isinstance(message, NamedMessage):
        body |= {"errorType": message.name, "trace": message.trace}
    return result
