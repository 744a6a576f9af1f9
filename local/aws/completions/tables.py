"""The policies of tables: the emulator keeps them and asks nobody's leave by them."""

import json

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import dynamodb

from .hooks import require, wrap


def install():
    require(dynamodb, "_resource_policies", "_tables", "_table_name_from_arn")
    require(iam_evaluator, "_RESOURCE_POLICY_LOOKUPS")
    dynamodb.table_policy_for_arn = table_policy_for_arn
    iam_evaluator._RESOURCE_POLICY_LOOKUPS["dynamodb"] = ("dynamodb", "table_policy_for_arn")
    wrap("dynamodb_resource_arns", named_by_arn, iam_actions)


def table_policy_for_arn(resource_arn):
    """The policy that decides with the caller's own, and whose the table is; an index is under its table's."""
    if dynamodb._table_name_from_arn(resource_arn) not in dynamodb._tables:
        return None
    entry = dynamodb._resource_policies.get(resource_arn.split("/index/")[0])
    return (entry or {}).get("Policy", ""), get_account_id()


def named_by_arn(original, body, region, account_id):
    """The policy of a table is asked for by the table's ARN: to the emulator it is any table's."""
    try:
        named = json.loads(body or b"{}").get("ResourceArn")
    except (TypeError, ValueError, AttributeError):
        named = None
    return [named] if isinstance(named, str) and named else original(body, region, account_id)
