import { always, isOurKey, type Rule } from './rule.ts'

const ANYWHERE = /^(0\.0\.0\.0|::)\/0$/
const PRODUCTION_ENDPOINTS = ['ecr.api', 'ecr.dkr', 'sts', 'logs', 'secretsmanager']

/** The VPC and who may talk to whom in it. */
export const networkRules: Rule[] = [
  {
    id: 'three-zones',
    of: 'aws_vpc',
    says: 'each tier of subnets lies in three zones',
    holds: (_, { resources }) => {
      const zones = resources('aws_subnet').map((subnet) => String(subnet.availability_zone))
      const perZone = Map.groupBy(zones, (zone) => zone)
      return perZone.size === 3 && [...perZone.values()].every((tiers) => tiers.length === 3)
    },
  },
  always('no-public-addresses', 'aws_subnet', 'nothing gets a public address by being started', {
    map_public_ip_on_launch: false,
  }),
  {
    id: 'flows-recorded',
    of: 'aws_vpc',
    says: 'all traffic of the VPC is recorded',
    holds: (_, { resources }) =>
      resources('aws_flow_log').some((log) => log.traffic_type === 'ALL'),
  },
  {
    id: 'default-group-empty',
    of: 'aws_vpc',
    says: "the VPC's default security group is ours and lets nothing in or out",
    holds: (_, { resources }) => {
      const [group] = resources('aws_default_security_group')
      return group !== undefined && !group.ingress && !group.egress
    },
  },
  {
    id: 'stores-fenced',
    of: 'aws_network_acl',
    says: 'the subnets of the stores let nothing in from outside the VPC',
    holds: ({ ingress }, { environment }) =>
      (ingress as { cidr_block: string }[]).every(
        ({ cidr_block }) => cidr_block === `${environment.network}.0.0/16`,
      ),
  },
  {
    id: 'stores-have-no-way-out',
    of: 'aws_route',
    says: 'the subnets of the stores have no route but the one within the VPC',
    holds: ({ route_table_id }) => !String(route_table_id).includes('routes-data'),
  },
  {
    id: 's3-without-nat',
    of: 'aws_vpc',
    says: 'S3 is reached through its gateway endpoint',
    holds: (_, { resources }) =>
      resources('aws_vpc_endpoint').some(
        (it) => String(it.service_name).endsWith('.s3') && !it.vpc_endpoint_type,
      ),
  },
  {
    id: 'aws-without-nat',
    of: 'aws_vpc',
    says: 'production reaches ECR, STS, logs and Secrets Manager without NAT',
    holds: (_, { environment, resources }) =>
      !environment.protected ||
      PRODUCTION_ENDPOINTS.every((api) =>
        resources('aws_vpc_endpoint').some((it) => String(it.service_name).endsWith(`.${api}`)),
      ),
  },
  {
    id: 'nobody-from-anywhere',
    of: 'aws_vpc_security_group_ingress_rule',
    says: 'no security group lets the whole internet in',
    holds: ({ cidr_ipv4, cidr_ipv6 }) =>
      [cidr_ipv4, cidr_ipv6].every((cidr) => !ANYWHERE.test(String(cidr ?? ''))),
  },
  {
    id: 'stores-by-group',
    of: 'aws_vpc_security_group_ingress_rule',
    says: 'the cluster is let in as a security group, not as addresses',
    holds: (it, { resources }) =>
      resources('aws_vpc').length === 1 || Boolean(it.referenced_security_group_id),
  },
  {
    id: 'rules-described',
    of: 'aws_vpc_security_group_ingress_rule',
    says: 'every opening says what it is for',
    holds: ({ description }) => Boolean(description),
  },
  {
    id: 'groups-described',
    of: 'aws_security_group',
    says: 'every security group says what it is for, and has its rules as resources of their own',
    holds: ({ description, ingress }) => Boolean(description) && !ingress,
  },
  {
    id: 'stores-say-nothing-first',
    of: 'aws_security_group',
    says: 'no security group of ours lets anything out to anywhere',
    holds: ({ egress }) => !egress,
  },
  {
    id: 'logs-kept-a-year',
    of: 'aws_cloudwatch_log_group',
    says: 'logs are kept for a year',
    holds: ({ retention_in_days }) => Number(retention_in_days) >= 365,
  },
  {
    id: 'logs-encrypted',
    of: 'aws_cloudwatch_log_group',
    says: 'logs are encrypted with our key',
    holds: ({ kms_key_id }) => isOurKey(kms_key_id),
  },
]
