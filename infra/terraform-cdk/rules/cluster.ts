import { always, isOurKey, type Rule } from './rule.ts'

/** Last day of standard support; after it a control plane costs six times as much. */
const SUPPORTED_UNTIL: Record<string, string> = { '1.34': '2026-12-02', '1.35': '2027-03-27' }

type Cluster = {
  version: string
  vpc_config: {
    endpoint_private_access: boolean
    endpoint_public_access: boolean
    public_access_cidrs?: string[]
    subnet_ids: string[]
  }
  access_config: {
    authentication_mode: string
    bootstrap_cluster_creator_admin_permissions: boolean
  }
  compute_config: { enabled: boolean }
  storage_config: { block_storage: { enabled: boolean } }
  kubernetes_network_config: { elastic_load_balancing: { enabled: boolean } }
  encryption_config?: { provider: { key_arn: string }; resources: string[] }
  enabled_cluster_log_types?: string[]
  upgrade_policy?: { support_type: string }
}

const cluster = (
  id: string,
  says: string,
  holds: (it: Cluster, where: Parameters<Rule['holds']>[1]) => boolean,
): Rule => ({
  id: `eks-${id}`,
  of: 'aws_eks_cluster',
  says,
  holds: (it, where) => holds(it as Cluster, where),
})

export const clusterRules: Rule[] = [
  cluster(
    'private-endpoint',
    'the Kubernetes API is reached from inside the VPC',
    (it) => it.vpc_config.endpoint_private_access === true,
  ),
  cluster(
    'known-callers',
    'the Kubernetes API is closed to the internet, or open to named networks where nothing is guarded',
    ({ vpc_config: { endpoint_public_access, public_access_cidrs = [] } }, { environment }) =>
      !endpoint_public_access ||
      (!environment.protected &&
        public_access_cidrs.length > 0 &&
        public_access_cidrs.every((cidr) => !cidr.endsWith('/0'))),
  ),
  cluster(
    'private-nodes',
    'nodes live in private subnets',
    (it) =>
      it.vpc_config.subnet_ids.length === 3 &&
      it.vpc_config.subnet_ids.every((subnet) => /aws_subnetprivate-/.test(subnet)),
  ),
  cluster(
    'all-logs',
    'all five logs of the control plane are kept',
    (it) => it.enabled_cluster_log_types?.length === 5,
  ),
  cluster(
    'secrets-encrypted',
    'Kubernetes Secrets are encrypted with our key',
    ({ encryption_config }) =>
      isOurKey(encryption_config?.provider.key_arn) &&
      encryption_config!.resources.includes('secrets'),
  ),
  cluster(
    'supported-version',
    'the version has standard support today (SUPPORTED_UNTIL)',
    ({ version }, { today }) => today < new Date(SUPPORTED_UNTIL[version] ?? 0),
  ),
  cluster(
    'standard-support',
    'AWS upgrades the cluster when standard support ends',
    (it) => it.upgrade_policy?.support_type === 'STANDARD',
  ),
  cluster(
    'access-entries',
    'only access entries admit',
    (it) => it.access_config.authentication_mode === 'API',
  ),
  cluster(
    'no-creator-admin',
    'whoever makes the cluster does not own it',
    (it) => it.access_config.bootstrap_cluster_creator_admin_permissions === false,
  ),
  cluster(
    'auto-mode-whole',
    'compute, storage and load balancing of Auto Mode are switched together',
    (it) =>
      it.compute_config.enabled &&
      it.storage_config.block_storage.enabled &&
      it.kubernetes_network_config.elastic_load_balancing.enabled,
  ),
  always('ecr-immutable', 'aws_ecr_repository', 'a pushed tag never means another image', {
    image_tag_mutability: 'IMMUTABLE',
  }),
  {
    id: 'ecr-scanned',
    of: 'aws_ecr_repository',
    says: 'every image is scanned when pushed',
    holds: ({ image_scanning_configuration: scan }) =>
      (scan as { scan_on_push: boolean } | undefined)?.scan_on_push === true,
  },
  {
    id: 'ecr-encrypted',
    of: 'aws_ecr_repository',
    says: 'images are encrypted with our key',
    holds: ({ encryption_configuration: encryption }) =>
      isOurKey((encryption as { kms_key: string }[] | undefined)?.[0]?.kms_key),
  },
  {
    id: 'ecr-tidied',
    of: 'aws_ecr_repository',
    says: 'every repository has a lifecycle policy',
    holds: (_, { resources }) =>
      resources('aws_ecr_lifecycle_policy').length === resources('aws_ecr_repository').length,
  },
  always(
    'ecr-scanned-again',
    'aws_ecr_registry_scanning_configuration',
    'images are scanned again when new flaws become known',
    {
      scan_type: 'ENHANCED',
    },
  ),
]
