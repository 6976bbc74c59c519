/** One security setting turned wrong: in which type (and which of it), and to what. */
export type Break = {
  rule: string
  of: string
  named?: RegExp
  change?: Record<string, unknown>
  remove?: true
}

const DB = 'aws_db_instance'
const CACHE = 'aws_elasticache_replication_group'
const MQ = 'aws_mq_broker'
const EKS = 'aws_eks_cluster'
const VPC_RULE = 'aws_vpc_security_group_ingress_rule'
const EVERYBODY = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] })

const kept = (of: string): Break => ({
  rule: `kept-${of.replace('aws_', '')}`,
  of,
  change: { lifecycle: { prevent_destroy: false } },
})

/** The network, the cluster and its registry. */
export const platformBreaks: Break[] = [
  { rule: 'three-zones', of: 'aws_subnet', change: { availability_zone: 'eu-west-1b' } },
  { rule: 'no-public-addresses', of: 'aws_subnet', change: { map_public_ip_on_launch: true } },
  { rule: 'flows-recorded', of: 'aws_flow_log', change: { traffic_type: 'REJECT' } },
  { rule: 'default-group-empty', of: 'aws_default_security_group', remove: true },
  {
    rule: 'stores-fenced',
    of: 'aws_network_acl',
    change: { ingress: [{ cidr_block: '0.0.0.0/0' }] },
  },
  {
    rule: 'stores-have-no-way-out',
    of: 'aws_route',
    change: { route_table_id: 'routes-data' },
  },
  { rule: 's3-without-nat', of: 'aws_vpc_endpoint', named: /^s3$/, remove: true },
  { rule: 'aws-without-nat', of: 'aws_vpc_endpoint', named: /sts/, remove: true },
  {
    rule: 'nobody-from-anywhere',
    of: VPC_RULE,
    named: /https/,
    change: { cidr_ipv4: '0.0.0.0/0' },
  },
  {
    rule: 'stores-by-group',
    of: VPC_RULE,
    named: /postgres/,
    change: { referenced_security_group_id: undefined, cidr_ipv4: '10.30.0.0/16' },
  },
  { rule: 'rules-described', of: VPC_RULE, change: { description: undefined } },
  { rule: 'groups-described', of: 'aws_security_group', change: { description: undefined } },
  {
    rule: 'stores-say-nothing-first',
    of: 'aws_security_group',
    change: { egress: [{ cidr_blocks: ['0.0.0.0/0'] }] },
  },
  { rule: 'logs-kept-a-year', of: 'aws_cloudwatch_log_group', change: { retention_in_days: 30 } },
  { rule: 'logs-encrypted', of: 'aws_cloudwatch_log_group', change: { kms_key_id: undefined } },
  {
    rule: 'eks-private-endpoint',
    of: EKS,
    change: { 'vpc_config.endpoint_private_access': false },
  },
  { rule: 'eks-known-callers', of: EKS, change: { 'vpc_config.endpoint_public_access': true } },
  { rule: 'eks-private-nodes', of: EKS, change: { 'vpc_config.subnet_ids': ['a', 'b', 'c'] } },
  { rule: 'eks-all-logs', of: EKS, change: { enabled_cluster_log_types: ['audit'] } },
  { rule: 'eks-secrets-encrypted', of: EKS, change: { encryption_config: undefined } },
  { rule: 'eks-supported-version', of: EKS, change: { version: '1.28' } },
  { rule: 'eks-standard-support', of: EKS, change: { upgrade_policy: undefined } },
  {
    rule: 'eks-access-entries',
    of: EKS,
    change: { 'access_config.authentication_mode': 'API_AND_CONFIG_MAP' },
  },
  {
    rule: 'eks-no-creator-admin',
    of: EKS,
    change: { 'access_config.bootstrap_cluster_creator_admin_permissions': true },
  },
  { rule: 'eks-auto-mode-whole', of: EKS, change: { 'compute_config.enabled': false } },
  { rule: 'ecr-immutable', of: 'aws_ecr_repository', change: { image_tag_mutability: 'MUTABLE' } },
  {
    rule: 'ecr-scanned',
    of: 'aws_ecr_repository',
    change: { 'image_scanning_configuration.scan_on_push': false },
  },
  {
    rule: 'ecr-encrypted',
    of: 'aws_ecr_repository',
    change: { encryption_configuration: [{ encryption_type: 'AES256' }] },
  },
  { rule: 'ecr-tidied', of: 'aws_ecr_lifecycle_policy', named: /order/, remove: true },
  {
    rule: 'ecr-scanned-again',
    of: 'aws_ecr_registry_scanning_configuration',
    change: { scan_type: 'BASIC' },
  },
]

export const storeBreaks: Break[] = [
  { rule: 'rds-encrypted', of: DB, change: { storage_encrypted: false } },
  { rule: 'rds-our-key', of: DB, change: { kms_key_id: undefined } },
  { rule: 'rds-private', of: DB, change: { publicly_accessible: true } },
  { rule: 'rds-two-zones', of: DB, change: { multi_az: false } },
  { rule: 'rds-iam', of: DB, change: { iam_database_authentication_enabled: false } },
  { rule: 'rds-undeletable', of: DB, change: { deletion_protection: false } },
  { rule: 'rds-final-snapshot', of: DB, change: { skip_final_snapshot: true } },
  { rule: 'rds-backups', of: DB, change: { backup_retention_period: 7 } },
  { rule: 'rds-insights', of: DB, change: { performance_insights_kms_key_id: undefined } },
  { rule: 'rds-logs', of: DB, change: { enabled_cloudwatch_logs_exports: ['upgrade'] } },
  { rule: 'rds-monitored', of: DB, change: { monitoring_interval: 0 } },
  { rule: 'rds-minor-upgrades', of: DB, change: { auto_minor_version_upgrade: false } },
  { rule: 'rds-tagged-snapshots', of: DB, change: { copy_tags_to_snapshot: false } },
  { rule: 'rds-managed-password', of: DB, change: { password: 'chosen-by-hand' } },
  { rule: 'rds-authority', of: DB, change: { ca_cert_identifier: 'rds-ca-2019' } },
  {
    rule: 'rds-tls-only',
    of: 'aws_db_parameter_group',
    change: { parameter: [{ name: 'rds.force_ssl', value: '0' }] },
  },
  { rule: 'cache-users', of: CACHE, change: { user_group_ids: undefined, auth_token: 'shared' } },
  {
    rule: 'cache-nobody',
    of: 'aws_elasticache_user',
    named: /nobody/,
    change: { access_string: 'on ~* +@all' },
  },
  { rule: 'cache-tls', of: CACHE, change: { transit_encryption_mode: 'preferred' } },
  { rule: 'cache-encrypted', of: CACHE, change: { at_rest_encryption_enabled: 'false' } },
  { rule: 'cache-fails-over', of: CACHE, change: { multi_az_enabled: false } },
  { rule: 'cache-snapshots', of: CACHE, change: { snapshot_retention_limit: 0 } },
  { rule: 'cache-minor-upgrades', of: CACHE, change: { auto_minor_version_upgrade: 'false' } },
  { rule: 'cache-own-subnets', of: CACHE, change: { subnet_group_name: 'default' } },
  { rule: 'mq-cluster', of: MQ, change: { deployment_mode: 'SINGLE_INSTANCE' } },
  { rule: 'mq-private', of: MQ, change: { publicly_accessible: true } },
  { rule: 'mq-minor-upgrades', of: MQ, change: { auto_minor_version_upgrade: false } },
  { rule: 'mq-logs', of: MQ, change: { 'logs.general': false } },
  { rule: 'mq-quorum', of: MQ, change: { engine_version: '3.13' } },
]

export const accountBreaks: Break[] = [
  { rule: 'kms-rotates', of: 'aws_kms_key', change: { enable_key_rotation: false } },
  { rule: 'kms-policy', of: 'aws_kms_key', change: { policy: undefined } },
  {
    rule: 'secret-encrypted',
    of: 'aws_secretsmanager_secret',
    change: { kms_key_id: 'alias/aws/secretsmanager' },
  },
  {
    rule: 'secret-not-in-state',
    of: 'aws_secretsmanager_secret_version',
    change: { secret_string: 'in the state' },
  },
  { rule: 'state-versioned', of: 'aws_s3_bucket_versioning', remove: true },
  { rule: 'state-private', of: 'aws_s3_bucket_public_access_block', remove: true },
  {
    rule: 'state-encrypted',
    of: 'aws_s3_bucket_server_side_encryption_configuration',
    remove: true,
  },
  { rule: 'state-tls-only', of: 'aws_s3_bucket_policy', change: { policy: EVERYBODY } },
  { rule: 'state-locked', of: 'backend', named: /s3/, change: { use_lockfile: undefined } },
  { rule: 'roles-bounded', of: 'aws_iam_role', change: { permissions_boundary: undefined } },
  {
    rule: 'no-administrator',
    of: 'aws_iam_role_policy_attachment',
    change: { policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
  },
  { rule: 'no-star', of: 'aws_iam_role_policy', change: { policy: EVERYBODY } },
  {
    rule: 'github-by-name',
    of: 'aws_iam_role',
    named: /^deploy$/,
    change: { assume_role_policy: EVERYBODY },
  },
  {
    rule: 'all-tagged',
    of: 'provider',
    change: { default_tags: [{ tags: { Project: 'restofy' } }] },
  },
  { rule: 'right-account', of: 'provider', change: { allowed_account_ids: undefined } },
  {
    rule: 'budget-forecast',
    of: 'aws_budgets_budget',
    change: { notification: [{ notification_type: 'ACTUAL' }] },
  },
  kept(DB),
  kept('aws_ecr_repository'),
  kept(CACHE),
  kept('aws_kms_key'),
  kept(MQ),
  kept('aws_s3_bucket'),
  kept('aws_secretsmanager_secret'),
]
