"""Whose requests are believed. The emulator takes `test`, every account number and its root key for root whatever
their secret, and an unsigned S3 request too: a suspect could simply sign as root, and anyone delete evidence.
"""

import os

from ministack.core import iam_evaluator, responses, sigv4
from ministack.services import sts

from .hooks import require, wrap


def install():
    require(iam_evaluator, "_anonymous", "AuthError")
    wrap("is_root_access_key", is_root, iam_evaluator, sts)
    wrap("_is_root_key", needs_no_signature, iam_evaluator)
    wrap("resolve_caller_identity", root_identity, iam_evaluator)
    wrap("enforce", refuse_anonymous_s3, iam_evaluator)
    wrap("build_canonical_headers", with_authority, sigv4)


def root_key():
    return os.environ["AWS_ACCESS_KEY_ID"]


def is_root(_original, key):
    return not key or key == root_key()


def needs_no_signature(_original, key):
    """Nobody's signature goes unchecked, root's included; no key at all is the emulator calling itself."""
    return not key


def root_identity(original, key):
    """The one lookup that would no longer know root, now that root's signature is checked like everyone's."""
    if key != root_key():
        return original(key)
    account = responses.get_account_id()
    root = {"accountId": account, "userArn": f"arn:aws:iam::{account}:root", "userId": account}
    return {**root, "accessKey": key, "principalOrgId": None, "session": None}


def refuse_anonymous_s3(original, access_key_id, iam_action, service, *args, **kwargs):
    if service == "s3" and not access_key_id and iam_evaluator._anonymous.get():
        return iam_evaluator.AuthError("MissingAuthenticationToken", "Access Denied")
    return original(access_key_id, iam_action, service, *args, **kwargs)


def with_authority(original, headers, signed_headers):
    """Over HTTP/2, as the SDK speaks with Kinesis, :authority is signed and stands for the host; the server that hands
    requests on calls it host.
    """
    return original({**headers, ":authority": headers.get("host", "")}, signed_headers)
