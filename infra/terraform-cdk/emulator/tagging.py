"""The services whose resources moto leaves out of the tagging API, by which leftovers are sought."""

from itertools import chain

from moto.core.resource_tagging import TaggedResource, make_tag_matcher
from moto.ec2.models import ec2_backends
from moto.ecr.models import ecr_backends
from moto.eks.models import eks_backends
from moto.mq.models import mq_backends
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend


def install():
    known = ResourceGroupsTaggingAPIBackend._get_resources_generator

    def generator(backend, tag_filters=None, **others):
        fits = make_tag_matcher(tag_filters)
        where = (backend.account_id, backend.region_name)
        ours = (resource for resource in left_out(*where) if fits(resource.tags))
        return chain(known(backend, tag_filters=tag_filters, **others), ours)

    ResourceGroupsTaggingAPIBackend._get_resources_generator = generator


def left_out(account, region):
    for identifier, tags in network(account, region):
        arn = f"arn:aws:ec2:{region}:{account}:{identifier}"
        yield TaggedResource(arn, tags, "ec2")
    for cluster in eks_backends[account][region].clusters.values():
        yield TaggedResource(cluster.arn, cluster.tags, "eks:cluster")
    brokers = mq_backends[account][region]
    for broker in brokers.brokers.values():
        yield TaggedResource(broker.arn, brokers.list_tags(broker.arn), "mq:broker")
    registry = ecr_backends[account][region]
    for repository in registry.repositories.values():
        tags = registry.tagger.get_tag_dict_for_resource(repository.arn)
        yield TaggedResource(repository.arn, tags, "ecr:repository")


def network(account, region):
    """moto keeps the tags of what is deleted: only what is still there counts."""
    ec2 = ec2_backends[account][region]
    held = (
        ec2.vpcs,
        ec2.internet_gateways,
        ec2.nat_gateways,
        ec2.route_tables,
        ec2.network_acls,
        ec2.vpc_end_points,
        ec2.flow_logs,
        *ec2.subnets.values(),
        *ec2.groups.values(),
        {address.allocation_id: address for address in ec2.addresses},
    )
    alive = {identifier for things in held for identifier in things}
    return [(identifier, tags) for identifier, tags in ec2.tags.items() if identifier in alive and tags]
