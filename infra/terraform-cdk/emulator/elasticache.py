"""What moto lacks of ElastiCache: the member clusters of a replication group, user groups, parameter
groups, and the ends of replication and subnet groups."""

import re
from types import SimpleNamespace

from moto.core.responses import ActionResult, EmptyResult
from moto.elasticache.exceptions import CacheClusterNotFound, ElastiCacheException
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

KINDS = "cluster|snapshot|subnetgroup|replicationgroup|user|usergroup|parametergroup"


class NotFound(ElastiCacheException):
    def __init__(self, code, name):
        self.code = code
        super().__init__(f"{name} was not found.")


def install():
    ElastiCacheBackend.__init__ = with_groups(ElastiCacheBackend.__init__)
    ElastiCacheBackend.describe_cache_clusters = with_members(
        ElastiCacheBackend.describe_cache_clusters
    )
    ElastiCacheBackend.create_replication_group = with_replicas(
        ElastiCacheBackend.create_replication_group
    )
    ElastiCacheBackend.delete_replication_group = gone(ElastiCacheBackend.delete_replication_group)
    ours = (
        create_user_group,
        describe_user_groups,
        modify_user_group,
        delete_user_group,
        modify_user,
        create_cache_parameter_group,
        modify_cache_parameter_group,
        describe_cache_parameter_groups,
        describe_cache_parameters,
        delete_cache_parameter_group,
        delete_cache_subnet_group,
        modify_replication_group,
    )
    for action in ours:
        setattr(ElastiCacheResponse, action.__name__, action)


def with_groups(init):
    def handler(backend, *args, **kwargs):
        init(backend, *args, **kwargs)
        backend.arn_regex = re.compile(rf"^arn:aws:elasticache:.*:[0-9]*:({KINDS}):.*$")
        backend.user_groups = {}
        backend.parameter_groups = {}

    return handler


def with_replicas(create):
    """moto counts one member whatever was asked for, unless the replicas are spelt out."""

    def handler(backend, **given):
        clusters = given.get("num_cache_clusters") or 1
        if clusters > 1 and not given.get("replicas_per_node_group"):
            given["replicas_per_node_group"] = clusters - 1
        group = create(backend, **given)
        upgrades = str(given.get("auto_minor_version_upgrade")).lower()
        group.auto_minor_version_upgrade = upgrades == "true"
        return group

    return handler


def with_members(describe):
    def handler(backend, cache_cluster_id=None):
        members = {
            member: group
            for group in backend.replication_groups.values()
            for member in group.member_clusters
        }
        if cache_cluster_id in members:
            return [member_of(members[cache_cluster_id], cache_cluster_id)]
        if cache_cluster_id is not None and cache_cluster_id not in backend.cache_clusters:
            raise CacheClusterNotFound(cache_cluster_id)
        return describe(backend, cache_cluster_id)

    return handler


def member_of(group, name):
    version = str(group.engine_version or "8.0")
    return SimpleNamespace(
        cache_cluster_id=name,
        cache_cluster_status="available",
        cache_node_type=group.cache_node_type,
        engine=group.engine,
        engine_version=version if version.count(".") > 1 else f"{version}.0",
        num_cache_nodes=1,
        replication_group_id=group.replication_group_id,
        cache_subnet_group_name=group.cache_subnet_group_name,
        cache_parameter_group={"CacheParameterGroupName": group.cache_parameter_group_name},
        security_groups=[
            {"SecurityGroupId": security_group, "Status": "active"}
            for security_group in group.security_group_ids or []
        ],
        auto_minor_version_upgrade=group.auto_minor_version_upgrade,
        preferred_maintenance_window=group.preferred_maintenance_window or "sun:05:00-sun:06:00",
        snapshot_retention_limit=group.snapshot_retention_limit,
        snapshot_window=group.snapshot_window,
        at_rest_encryption_enabled=group.at_rest_encryption_enabled,
        transit_encryption_enabled=group.transit_encryption_enabled,
        transit_encryption_mode=group.transit_encryption_mode,
        arn=group.arn.replace("replicationgroup", "cluster").replace(
            group.replication_group_id, name
        ),
    )


def gone(delete):
    def handler(backend, replication_group_id, retain_primary_cluster=None):
        group = delete(backend, replication_group_id, retain_primary_cluster)
        del backend.replication_groups[replication_group_id]
        return group

    return handler


def modify_replication_group(response):
    given = response._get_params()
    backend = response.elasticache_backend
    group = backend.describe_replication_groups(given["ReplicationGroupId"])[0]
    for name, attribute in {
        "CacheNodeType": "cache_node_type",
        "SnapshotRetentionLimit": "snapshot_retention_limit",
        "ReplicationGroupDescription": "description",
    }.items():
        if name in given:
            setattr(group, attribute, given[name])
    return ActionResult({"ReplicationGroup": group})


def create_user_group(response):
    given = response._get_params()
    backend = response.elasticache_backend
    name = given["UserGroupId"]
    group = {
        "UserGroupId": name,
        "Status": "active",
        "Engine": given["Engine"].lower(),
        "UserIds": given.get("UserIds", []),
        "ReplicationGroups": [],
        "MinimumEngineVersion": "7.2",
        "ARN": arn(response, "usergroup", name),
    }
    backend.user_groups[name] = group
    backend.tagging_service.tag_resource(group["ARN"], given.get("Tags", []))
    return ActionResult(group)


def describe_user_groups(response):
    held = response.elasticache_backend.user_groups
    name = response._get_params().get("UserGroupId")
    if name is not None and name not in held:
        raise NotFound("UserGroupNotFound", name)
    return ActionResult({"UserGroups": [held[name]] if name else list(held.values())})


def modify_user_group(response):
    given = response._get_params()
    group = response.elasticache_backend.user_groups[given["UserGroupId"]]
    removed = given.get("UserIdsToRemove", [])
    kept = [user for user in group["UserIds"] if user not in removed]
    group["UserIds"] = kept + given.get("UserIdsToAdd", [])
    return ActionResult(group)


def delete_user_group(response):
    name = response._get_params()["UserGroupId"]
    group = response.elasticache_backend.user_groups.pop(name, None)
    if group is None:
        raise NotFound("UserGroupNotFound", name)
    return ActionResult({**group, "Status": "deleting"})


def modify_user(response):
    given = response._get_params()
    user = response.elasticache_backend.users[given["UserId"]]
    user.access_string = given.get("AccessString", user.access_string)
    return ActionResult(user)


def create_cache_parameter_group(response):
    given = response._get_params()
    backend = response.elasticache_backend
    name = given["CacheParameterGroupName"]
    group = {
        "CacheParameterGroupName": name,
        "CacheParameterGroupFamily": given["CacheParameterGroupFamily"],
        "Description": given["Description"],
        "IsGlobal": False,
        "ARN": arn(response, "parametergroup", name),
    }
    backend.parameter_groups[name] = (group, {})
    backend.tagging_service.tag_resource(group["ARN"], given.get("Tags", []))
    return ActionResult({"CacheParameterGroup": group})


def parameter_group(response):
    name = response._get_params().get("CacheParameterGroupName")
    found = response.elasticache_backend.parameter_groups.get(name)
    if found is None:
        raise NotFound("CacheParameterGroupNotFound", name)
    return found


def modify_cache_parameter_group(response):
    group, parameters = parameter_group(response)
    for given in response._get_params()["ParameterNameValues"]:
        parameters[given["ParameterName"]] = given["ParameterValue"]
    return ActionResult({"CacheParameterGroupName": group["CacheParameterGroupName"]})


def describe_cache_parameter_groups(response):
    return ActionResult({"CacheParameterGroups": [parameter_group(response)[0]]})


def describe_cache_parameters(response):
    _, parameters = parameter_group(response)
    listed = [
        {"ParameterName": name, "ParameterValue": value, "Source": "user"}
        for name, value in parameters.items()
    ]
    return ActionResult({"Parameters": listed, "CacheNodeTypeSpecificParameters": []})


def delete_cache_parameter_group(response):
    group, _ = parameter_group(response)
    del response.elasticache_backend.parameter_groups[group["CacheParameterGroupName"]]
    return EmptyResult()


def delete_cache_subnet_group(response):
    name = response._get_params()["CacheSubnetGroupName"]
    if response.elasticache_backend.cache_subnet_groups.pop(name, None) is None:
        raise NotFound("CacheSubnetGroupNotFoundFault", name)
    return EmptyResult()


def arn(response, kind, name):
    return f"arn:aws:elasticache:{response.region}:{response.current_account}:{kind}:{name}"
