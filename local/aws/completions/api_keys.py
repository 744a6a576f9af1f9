"""Patches of an API key. Values in patch operations are strings, and `enabled` is a boolean; the emulator keeps the string,
which is true in either case.
"""

from ministack.services import apigateway_v1

from .hooks import wrap


def install():
    wrap("_update_api_key", update, apigateway_v1)


def update(original, key_id, data):
    operations = data.get("patchOperations", [])
    read = [
        {**one, "value": str(one.get("value")).lower() == "true"} if one.get("path") == "/enabled" else one
        for one in operations
    ]
    return original(key_id, {**data, "patchOperations": read})
