"""A bucket's Object Lock, as a template asks for it: the emulator's CloudFormation passes over both properties."""

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from .hooks import require


def install():
    require(s3, "_bucket_object_lock")
    require(provisioners, "_RESOURCE_HANDLERS")
    handlers = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    handlers["create"] = with_lock(handlers["create"])
    handlers["update"] = with_lock(handlers["update"])


def with_lock(original):
    def provision(*args):
        created = original(*args)
        # create(logical_id, props, …) and update(…, new_props, …) name the bucket in the properties.
        for props in args:
            if isinstance(props, dict) and props.get("ObjectLockEnabled") in (True, "true"):
                lock(props)
        return created

    return provision


def lock(props):
    rule = (props.get("ObjectLockConfiguration") or {}).get("Rule") or {}
    retention = rule.get("DefaultRetention")
    s3._bucket_object_lock[props["BucketName"]] = {
        "enabled": True,
        "default_retention": retention and default_retention(retention),
    }


def default_retention(retention):
    unit = "Days" if "Days" in retention else "Years"
    return {"Mode": retention["Mode"], unit: int(retention[unit])}
