"""What IAM policies can say about a request: the condition keys by which containment is limited and aimed, and the
right name of the action.
"""

import contextvars
import json
import re
import secrets
import time

from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.services import iam, lambda_svc, sts

from .hooks import around, require, wrap

POLICY_ACTIONS = {f"iam:{verb}{kind}Policy" for verb in ("Attach", "Detach") for kind in ("Role", "User", "Group")}


# The permissions that are not named as their call.
LAMBDA_PERMISSIONS = {name: "InvokeFunction" for name in ("Invoke", "InvokeAsync", "InvokeWithResponseStream")}


def install():
    require(sts, "_sessions", "register_session")
    require(iam_actions, "_BOTOCORE_SERVICE_MAP", "_match_rest_action", "_dynamodb_table_arn")
    iam_actions._BOTOCORE_SERVICE_MAP["lambda"] = ["lambda"]
    wrap("_lambda_action", lambda_action, iam_actions)
    wrap("extract_iam_action", partiql_action, iam_actions)
    wrap("dynamodb_resource_arns", partiql_table, iam_actions)
    require(iam, "_aws_managed_policies", "_make_aws_managed_record")
    publish_deny_all()
    wrap("request_tag_context", policy_arn, iam_actions)
    wrap("extract_resource_arn", simulated_principal, iam_actions)
    wrap("extract_resource_arn", function_made, iam_actions)
    wrap("extract_resource_arn", parameters_under, iam_actions)
    wrap("execution_credentials", fresh_session, lambda_runtime, lambda_svc)
    wrap("_principal_keys", source_function, iam_evaluator)
    require(iam, "_IAM_HANDLERS", "_error", "_p", "_roles")
    wrap("_extract_simulate_params", note_simulated, iam)
    wrap("_build_simulate_results_real", simulate, iam)
    wrap("_resolve_condition_key", simulated_key, iam_evaluator)
    wrap("_gather_role_policies", without_path, iam_evaluator)
    iam._IAM_HANDLERS["AttachRolePolicy"] = around(iam._IAM_HANDLERS["AttachRolePolicy"], limit_attached)


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


# "INSERT INTO "table" …", "UPDATE "table" …", "SELECT … FROM "table" …", "DELETE FROM "table" …".
STATEMENT = re.compile(r'\s*(?:(INSERT)\s+INTO|(UPDATE)|(SELECT|DELETE)\b.*?\bFROM)\s+"?([\w.-]+)"?', re.I | re.S)


def statement_in(body):
    try:
        data = json.loads(body or b"{}")
    except (TypeError, ValueError):
        return None
    return STATEMENT.match(data["Statement"]) if isinstance(data, dict) and "Statement" in data else None


def partiql_action(original, service, method, path, headers, body, query_params, *args):
    """ExecuteStatement is no permission: what its statement does is."""
    action = original(service, method, path, headers, body, query_params, *args)
    found = statement_in(body) if action == "dynamodb:ExecuteStatement" else None
    return f"dynamodb:PartiQL{(found[1] or found[2] or found[3]).capitalize()}" if found else action


def partiql_table(original, body, region, account_id):
    found = statement_in(body)
    return [iam_actions._dynamodb_table_arn(found[4], region, account_id)] if found else original(body, region, account_id)


def policy_arn(original, service, iam_action, body, params):
    """iam:PolicyARN, by which a responder may attach its own deny policy and no other; the label of a secret's version."""
    context = original(service, iam_action, body, params)
    if iam_action == "secretsmanager:UpdateSecretVersionStage":
        try:
            context["secretsmanager:VersionStage"] = json.loads(body or b"{}").get("VersionStage")
        except (TypeError, ValueError, AttributeError):
            pass
    if iam_action in POLICY_ACTIONS:
        value = params.get("PolicyArn")
        context["iam:PolicyARN"] = value[0] if isinstance(value, list) and value else value
    return context


def simulated_principal(original, service, method, path, headers, body, query_params, *args):
    """Whose permissions are asked for is what the permission to ask is about."""
    named = query_params.get("PolicySourceArn") if service == "iam" else None
    if named:
        return named[0] if isinstance(named, list) else named
    return original(service, method, path, headers, body, query_params, *args)


def function_made(original, service, method, path, headers, body, query_params, region, account_id):
    """A function that is made is named in the body: to the emulator it could be any."""
    if service == "lambda" and method == "POST" and path.rstrip("/").endswith("/functions"):
        try:
            name = json.loads(body or b"{}").get("FunctionName", "")
        except (TypeError, ValueError, AttributeError):
            name = ""
        if isinstance(name, str) and re.fullmatch(r"[\w-]{1,64}", name):
            return f"arn:aws:lambda:{region}:{account_id}:function:{name}"
    return original(service, method, path, headers, body, query_params, region, account_id)


def parameters_under(original, service, method, path, headers, body, query_params, region, account_id):
    """GetParametersByPath is about the path: to the emulator it is about every parameter."""
    if service == "ssm" and b'"Path"' in (body or b""):
        try:
            under = json.loads(body).get("Path", "")
        except (TypeError, ValueError, AttributeError):
            under = ""
        if isinstance(under, str) and re.fullmatch(r"(?:/[\w.-]+)+/?", under):
            return f"arn:aws:ssm:{region}:{account_id}:parameter{under.rstrip('/')}"
    return original(service, method, path, headers, body, query_params, region, account_id)


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


# What a request to simulate says of the simulated call's context; nothing outside of one.
SIMULATED = contextvars.ContextVar("simulated", default={})


def note_simulated(original, params):
    """SimulatePrincipalPolicy's ContextEntries, without which a deny with a condition is never seen to hold."""
    entries, index = {}, 1
    while name := iam._p(params, f"ContextEntries.member.{index}.ContextKeyName"):
        entries[name.lower()] = iam._p(params, f"ContextEntries.member.{index}.ContextKeyValues.member.1")
        index += 1
    SIMULATED.set(entries)
    return original(params)


def simulate(original, *args):
    try:
        return original(*args)
    finally:
        SIMULATED.set({})


def simulated_key(original, key, context):
    if key.lower() == "aws:principalarn":
        return SIMULATED.get().get(key.lower()) or role_of(original(key, context))
    return SIMULATED.get().get(key.lower()) or original(key, context)


def role_of(arn):
    """aws:PrincipalArn of a session is its role, path and all; the emulator gives the session's own ARN."""
    session = re.fullmatch(r"arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([^/]+)/.+", arn or "")
    if not session:
        return arn
    role = iam._roles.get_scoped(session[2], None, session[3]) or {}
    return role.get("Arn") or f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}"


def without_path(original, role_name, account_id):
    """A role with a path: its name alone is what its policies are kept under."""
    return original(role_name.rsplit("/", 1)[-1], account_id)


# Quota "Managed policies attached to an IAM role", as it is for whoever has not asked for more.
MOST_ATTACHED = 10


def limit_attached(original, params):
    role = iam._roles.get(iam._p(params, "RoleName")) or {}
    attached = role.get("AttachedPolicies", [])
    if len(attached) >= MOST_ATTACHED and iam._p(params, "PolicyArn") not in attached:
        quota = f"Cannot exceed quota for PoliciesPerRole: {MOST_ATTACHED}"
        return iam._error(409, "LimitExceeded", quota, ns="iam")
    return original(params)
