"""What moto lacks of EKS: Auto Mode and access settings of a cluster, its security group, access
entries, Pod Identity associations and add-ons."""

import json
import os
import re
from time import time
from urllib.parse import unquote, urlparse
from uuid import uuid4

from moto.ec2.models import ec2_backends
from moto.eks import urls
from moto.eks.models import EKSBackend, eks_backends
from moto.eks.responses import EKSResponse

# moto forgets these settings of a cluster, so that every plan would want to replace it.
REMEMBERED = {
    "accessConfig": "access_config",
    "computeConfig": "compute_config",
    "storageConfig": "storage_config",
    "upgradePolicy": "upgrade_policy",
    "zonalShiftConfig": "zonal_shift_config",
}


def install():
    EKSResponse.create_cluster = remembering(EKSResponse.create_cluster)
    EKSResponse.update_cluster_config = remembering(EKSResponse.update_cluster_config)
    EKSBackend.delete_cluster = without_its_group(EKSBackend.delete_cluster)
    kinds = "access-entries|pod-identity-associations|addons|updates"
    ours = "{0}/clusters/(?P<cluster>[^/]+)/(?P<kind>" + kinds + ")"
    urls.url_paths[ours + "$"] = parts_of_a_cluster
    urls.url_paths[ours + "/(?P<rest>.+)$"] = parts_of_a_cluster


def remembering(call):
    def handler(response):
        result = call(response)
        cluster = response.eks_backend.clusters[response._get_param("name")]
        for given, attribute in REMEMBERED.items():
            value = response._get_param(given)
            if value is not None:
                setattr(cluster, attribute, {**getattr(cluster, attribute, {}), **value})
        own_group(cluster, response)
        return result

    return handler


def own_group(cluster, response):
    """AWS makes a security group for each cluster; others let it in by its id."""
    config = cluster.resources_vpc_config
    if "clusterSecurityGroupId" in config:
        return
    ec2 = ec2_backends[response.current_account][response.region]
    vpc = ec2.describe_subnets(subnet_ids=config["subnetIds"])[0].vpc_id
    group = ec2.create_security_group(f"eks-cluster-sg-{cluster.name}", "EKS cluster", vpc_id=vpc)
    config.update(vpcId=vpc, clusterSecurityGroupId=group.id)


def without_its_group(delete):
    def handler(backend, name):
        cluster = delete(backend, name)
        group = cluster.resources_vpc_config["clusterSecurityGroupId"]
        ec2_backends[backend.account_id][backend.region_name].delete_security_group(group_id=group)
        return cluster

    return handler


def parts_of_a_cluster(request, full_url, headers):
    path = unquote(urlparse(full_url).path)
    for pattern, handler in ROUTES:
        match = re.fullmatch("/clusters/([^/]+)" + pattern, path)
        if match:
            name, *rest = match.groups()
            return handler(request, cluster_named(request, name), *rest)
    return missing(path)


def cluster_named(request, name):
    region = request.headers["Authorization"].split("/")[2]
    return eks_backends[os.environ["MOTO_ACCOUNT_ID"]][region].describe_cluster(name)


def held_by(cluster, kind):
    """Kept on moto's own object of the cluster, so that it goes when that goes."""
    return cluster.__dict__.setdefault(kind, {})


def access_entries(request, cluster, key=None):
    def make(given):
        return given["principalArn"], {
            "kubernetesGroups": [],
            "type": "STANDARD",
            "username": given["principalArn"],
            "accessEntryArn": arn(cluster, "access-entry", uuid4()),
        }

    return kept(request, cluster, ("accessEntry", "accessEntries"), key, make)


def access_policies(request, cluster, principal, policy=None):
    mine = held_by(cluster, "policies").setdefault(principal, {})
    if request.method == "GET":
        return answer({"associatedAccessPolicies": list(mine.values())})
    if request.method == "DELETE":
        return answer({}) if mine.pop(policy, None) else missing(policy)
    given = json.loads(request.data)
    mine[given["policyArn"]] = {**given, "associatedAt": time(), "modifiedAt": time()}
    return answer({"associatedAccessPolicy": mine[given["policyArn"]]})


def pod_identities(request, cluster, key=None):
    def make(given):
        key = "a-" + uuid4().hex[:17]
        return key, {
            "associationId": key,
            "associationArn": arn(cluster, "podidentityassociation", key),
            "disableSessionTags": False,
        }

    return kept(request, cluster, ("association", "associations"), key, make)


def addons(request, cluster, key=None):
    def make(given):
        return given["addonName"], {
            "addonVersion": "v1.0.0-eksbuild.1",
            "addonArn": arn(cluster, "addon", f"{given['addonName']}/{uuid4()}"),
            "status": "ACTIVE",
            "health": {"issues": []},
        }

    return kept(request, cluster, ("addon", "addons"), key, make)


def updates(request, cluster, key):
    return answer({"update": {"id": key, "status": "Successful"}})


def kept(request, cluster, names, key, make):
    """Create, list, read, change and delete of things that a cluster holds by a key."""
    one, many = names
    held = held_by(cluster, many)
    if key is None and request.method == "GET":
        return answer({many: list(held.values())})
    if key is None:
        given = json.loads(request.data)
        key, made = make(given)
        about = {"clusterName": cluster.name, "createdAt": time(), "modifiedAt": time(), "tags": {}}
        held[key] = {**about, **made, **given}
        return answer({one: held[key]})
    if key not in held:
        return missing(key)
    if request.method == "DELETE":
        return answer({one: held.pop(key)})
    if request.method == "POST":
        held[key].update(json.loads(request.data))
    return answer({one: held[key], "update": {"id": str(uuid4()), "status": "Successful"}})


ROUTES = (
    ("/access-entries", access_entries),
    ("/access-entries/(.+)/access-policies", access_policies),
    ("/access-entries/(.+)/access-policies/(.+)", access_policies),
    ("/access-entries/(.+)", access_entries),
    ("/pod-identity-associations", pod_identities),
    ("/pod-identity-associations/([^/]+)", pod_identities),
    ("/addons", addons),
    ("/addons/([^/]+)(?:/update)?", addons),
    ("/updates/(.+)", updates),
)


def arn(cluster, kind, rest):
    return cluster.arn.replace(":cluster/", f":{kind}/") + f"/{rest}"


def answer(body):
    return 200, {"Content-Type": "application/json"}, json.dumps(body)


def missing(what):
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": "ResourceNotFoundException"}
    return 404, headers, json.dumps({"message": f"{what} was not found"})
