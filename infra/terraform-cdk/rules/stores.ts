import { always, guarded, isOurKey, type Rule } from './rule.ts'

const DB = 'aws_db_instance'
const CACHE = 'aws_elasticache_replication_group'
const MQ = 'aws_mq_broker'

const postgres: Rule[] = [
  always('rds-encrypted', DB, 'storage is encrypted', { storage_encrypted: true }),
  { id: 'rds-our-key', of: DB, says: 'with our key', holds: (it) => isOurKey(it.kms_key_id) },
  always('rds-private', DB, 'no database has a public address', { publicly_accessible: false }),
  guarded('rds-two-zones', DB, 'a lost zone does not lose the database', { multi_az: true }),
  always('rds-iam', DB, 'people log in with their role', {
    iam_database_authentication_enabled: true,
  }),
  guarded('rds-undeletable', DB, 'deletion is refused', { deletion_protection: true }),
  guarded('rds-final-snapshot', DB, 'a snapshot outlives the database', {
    skip_final_snapshot: false,
  }),
  {
    id: 'rds-backups',
    of: DB,
    says: 'two weeks of backups',
    holds: ({ backup_retention_period }) => Number(backup_retention_period) >= 14,
  },
  {
    id: 'rds-insights',
    of: DB,
    says: 'Database Insights is on, with our key',
    holds: (it) =>
      it.performance_insights_enabled === true && isOurKey(it.performance_insights_kms_key_id),
  },
  always('rds-logs', DB, 'logs leave the server', {
    enabled_cloudwatch_logs_exports: ['postgresql', 'upgrade'],
  }),
  always('rds-monitored', DB, 'the machine below is measured every minute', {
    monitoring_interval: 60,
  }),
  always('rds-minor-upgrades', DB, 'minor versions come by themselves', {
    auto_minor_version_upgrade: true,
  }),
  always('rds-tagged-snapshots', DB, 'snapshots say whose they are', {
    copy_tags_to_snapshot: true,
  }),
  {
    id: 'rds-managed-password',
    of: DB,
    says: 'RDS keeps and rotates the master password under our key; Terraform never sees it',
    holds: (it) =>
      it.manage_master_user_password === true &&
      isOurKey(it.master_user_secret_kms_key_id) &&
      !it.password,
  },
  always('rds-authority', DB, 'certificates are signed by the current authority', {
    ca_cert_identifier: 'rds-ca-rsa2048-g1',
  }),
  {
    id: 'rds-tls-only',
    of: 'aws_db_parameter_group',
    says: 'a connection without TLS is refused',
    holds: ({ parameter }) =>
      (parameter as { name: string; value: string }[]).some(
        ({ name, value }) => name === 'rds.force_ssl' && value === '1',
      ),
  },
]

const cache: Rule[] = [
  {
    id: 'cache-users',
    of: CACHE,
    says: 'clients log in as a user of the group, not with one shared token',
    holds: ({ user_group_ids, auth_token }) =>
      (user_group_ids as string[] | undefined)?.length === 1 && !auth_token,
  },
  {
    id: 'cache-nobody',
    of: 'aws_elasticache_user',
    says: 'a client without a name may do nothing',
    holds: ({ user_name, access_string }) =>
      user_name !== 'default' || access_string === 'off -@all',
  },
  always('cache-tls', CACHE, 'a connection without TLS is refused', {
    transit_encryption_enabled: true,
    transit_encryption_mode: 'required',
  }),
  {
    id: 'cache-encrypted',
    of: CACHE,
    says: 'what is written to disk is encrypted with our key',
    holds: (it) => it.at_rest_encryption_enabled === 'true' && isOurKey(it.kms_key_id),
  },
  guarded('cache-fails-over', CACHE, 'a replica in another zone takes over', {
    automatic_failover_enabled: true,
    multi_az_enabled: true,
  }),
  {
    id: 'cache-snapshots',
    of: CACHE,
    says: 'a week of snapshots: jobs are in there',
    holds: ({ snapshot_retention_limit }) => Number(snapshot_retention_limit) >= 7,
  },
  always('cache-minor-upgrades', CACHE, 'minor versions come by themselves', {
    auto_minor_version_upgrade: 'true',
  }),
  {
    id: 'cache-own-subnets',
    of: CACHE,
    says: 'in the subnets of the stores',
    holds: ({ subnet_group_name }) =>
      /aws_elasticache_subnet_group/.test(String(subnet_group_name)),
  },
]

const broker: Rule[] = [
  guarded('mq-cluster', MQ, 'three nodes in three zones', { deployment_mode: 'CLUSTER_MULTI_AZ' }),
  always('mq-private', MQ, 'the broker has no public address', { publicly_accessible: false }),
  always('mq-minor-upgrades', MQ, 'minor versions come by themselves', {
    auto_minor_version_upgrade: true,
  }),
  {
    id: 'mq-logs',
    of: MQ,
    says: 'its log is kept',
    holds: ({ logs }) => (logs as { general?: boolean } | undefined)?.general === true,
  },
  {
    id: 'mq-quorum',
    of: MQ,
    says: 'RabbitMQ 4, whose queues are quorum queues, on the only machines that run it',
    holds: ({ engine_version, host_instance_type }) =>
      /^4\./.test(String(engine_version)) && /^mq\.m7g\./.test(String(host_instance_type)),
  },
]

export const storeRules: Rule[] = [...postgres, ...cache, ...broker]
