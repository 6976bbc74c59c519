import { HOURS_PER_MONTH, hourly, MONTHLY, type Price } from './prices.ts'

type Attributes = Record<string, unknown>
type Resources = Record<string, Record<string, Attributes>>

/** What one resource costs in a month; `of` says how it comes about. */
export type Cost = { resource: string; of: string; monthlyUsd: number; recalled: boolean }

type Part = { of: string; usd: number; recalled: boolean }

/** Resources that cost by what flows through them or is kept in them, if anything. */
const NOTHING_FIXED = new Set([
  'acm_certificate',
  ...['budgets_budget', 'ce_anomaly_monitor', 'ce_anomaly_subscription', 'cloudwatch_log_group'],
  ...['db_parameter_group', 'db_subnet_group', 'default_security_group'],
  ...['ecr_lifecycle_policy', 'ecr_registry_scanning_configuration', 'ecr_repository'],
  ...['eks_access_entry', 'eks_access_policy_association', 'eks_addon'],
  ...['eks_pod_identity_association', 'elasticache_parameter_group', 'elasticache_subnet_group'],
  ...['elasticache_user', 'elasticache_user_group', 'flow_log'],
  ...['iam_openid_connect_provider', 'iam_policy', 'iam_role', 'iam_role_policy'],
  ...['iam_role_policy_attachment', 'internet_gateway', 'kms_alias', 'network_acl', 'route'],
  ...['route_table', 'route_table_association', 's3_bucket', 's3_bucket_lifecycle_configuration'],
  ...['s3_bucket_policy', 's3_bucket_public_access_block', 's3_bucket_versioning'],
  ...['s3_bucket_ownership_controls', 's3_bucket_server_side_encryption_configuration'],
  ...['secretsmanager_secret_version', 'security_group', 'sns_topic', 'sns_topic_policy'],
  ...['sns_topic_subscription', 'subnet', 'vpc', 'vpc_security_group_egress_rule'],
  ...['vpc_security_group_ingress_rule'],
])

const hours = (what: string, count = 1): Part =>
  times(hourly(what), what, count * HOURS_PER_MONTH, count)

const months = (what: keyof typeof MONTHLY, count = 1): Part =>
  times(MONTHLY[what], what, count, count)

const PRICED: Record<string, (attributes: Attributes) => Part[]> = {
  eks_cluster: () => [hours('eks cluster')],
  nat_gateway: () => [hours('nat gateway')],
  eip: () => [hours('public address')],
  kms_key: () => [months('kms key')],
  secretsmanager_secret: () => [months('secret')],
  vpc_endpoint: ({ vpc_endpoint_type, subnet_ids }) =>
    vpc_endpoint_type === 'Interface' ? [hours('interface endpoint', size(subnet_ids))] : [],
  db_instance: ({ instance_class, multi_az, allocated_storage }) => {
    // The standby is a whole second server with its own disk.
    const copies = multi_az ? 2 : 1
    return [
      hours(String(instance_class), copies),
      months('database gp3 gb', copies * Number(allocated_storage)),
    ]
  },
  elasticache_replication_group: ({ node_type, num_cache_clusters }) => [
    hours(String(node_type), Number(num_cache_clusters)),
  ],
  mq_broker: ({ host_instance_type, deployment_mode }) => [
    hours(String(host_instance_type), deployment_mode === 'CLUSTER_MULTI_AZ' ? 3 : 1),
  ],
}

/** The fixed monthly cost of each resource of a synthesised stack; refuses to guess. */
export function fixedCosts(stack: string, resources: Resources): Cost[] {
  return Object.entries(resources).flatMap(([type, named]) => {
    const kind = type.replace(/^aws_/, '')
    const price = PRICED[kind]
    if (!price && NOTHING_FIXED.has(kind)) return []
    if (!price) {
      throw new Error(
        `nobody says what ${type} costs: add it to infra/terraform-cdk/cost/estimate.ts`,
      )
    }
    return Object.entries(named).flatMap(([name, attributes]) =>
      cost(`${stack}/${kind}/${name}`, price(attributes)),
    )
  })
}

/** What pods need: nodes of Auto Mode and the load balancer, which no stack holds. */
export function workloadCosts(nodes: number, volumesGb: number): Cost[] {
  return [
    ...cost('workloads/nodes', [hours('node m7g.large', nodes)]),
    ...cost('workloads/load balancer', [hours('load balancer')]),
    ...cost('workloads/volumes', [months('volume gp3 gb', volumesGb)]),
  ]
}

export const sum = (costs: readonly Cost[]): number =>
  costs.reduce((total, { monthlyUsd }) => total + monthlyUsd, 0)

function cost(resource: string, parts: Part[]): Cost[] {
  if (parts.length === 0) return []
  return [
    {
      resource,
      of: parts.map(({ of }) => of).join(' + '),
      monthlyUsd: parts.reduce((total, { usd }) => total + usd, 0),
      recalled: parts.some(({ recalled }) => recalled),
    },
  ]
}

function times({ usd, recalled }: Price, what: string, factor: number, shown: number): Part {
  return { of: `${shown} × ${what}`, usd: usd * factor, recalled: recalled ?? false }
}

const size = (list: unknown): number => (Array.isArray(list) ? list.length : 1)
