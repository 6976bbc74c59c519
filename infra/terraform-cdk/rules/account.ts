import { boundaryArn } from '../names.ts'
import { always, isOurKey, type Rule, statementsOf } from './rule.ts'

const PRECIOUS = [
  'aws_db_instance',
  'aws_ecr_repository',
  'aws_elasticache_replication_group',
  'aws_kms_key',
  'aws_mq_broker',
  'aws_s3_bucket',
  'aws_secretsmanager_secret',
]

const companion = (id: string, type: string, says: string): Rule => ({
  id,
  of: 'aws_s3_bucket',
  says,
  holds: (_, { resources }) => resources(type).length === resources('aws_s3_bucket').length,
})

/** Keys, secrets, roles, state, tags, money. */
export const accountRules: Rule[] = [
  always('kms-rotates', 'aws_kms_key', 'keys rotate', { enable_key_rotation: true }),
  {
    id: 'kms-policy',
    of: 'aws_kms_key',
    says: 'who may use a key is written down',
    holds: ({ policy }) => Boolean(policy) && statementsOf(policy).length > 0,
  },
  {
    id: 'secret-encrypted',
    of: 'aws_secretsmanager_secret',
    says: 'secrets are encrypted with our key',
    holds: ({ kms_key_id }) => isOurKey(kms_key_id),
  },
  {
    id: 'secret-not-in-state',
    of: 'aws_secretsmanager_secret_version',
    says: 'a secret is written without being kept in the state',
    holds: (it) => Boolean(it.secret_string_wo) && !it.secret_string,
  },
  companion('state-versioned', 'aws_s3_bucket_versioning', 'every version of the state is kept'),
  companion('state-private', 'aws_s3_bucket_public_access_block', 'the state can never be public'),
  companion(
    'state-encrypted',
    'aws_s3_bucket_server_side_encryption_configuration',
    'the state is encrypted',
  ),
  {
    id: 'state-tls-only',
    of: 'aws_s3_bucket_policy',
    says: 'the state travels encrypted or not at all',
    holds: ({ policy }) =>
      statementsOf(policy).some(
        ({ Effect, Condition }) =>
          Effect === 'Deny' && Condition?.Bool?.['aws:SecureTransport'] === 'false',
      ),
  },
  {
    id: 'state-locked',
    of: 'backend',
    says: 'two people cannot apply at once',
    holds: (it) => it.type !== 's3' || (it.use_lockfile === true && it.encrypt === true),
  },
  {
    id: 'roles-bounded',
    of: 'aws_iam_role',
    says: 'every role has the boundary',
    holds: ({ permissions_boundary }, { environment }) =>
      permissions_boundary === boundaryArn(environment),
  },
  {
    id: 'no-administrator',
    of: 'aws_iam_role_policy_attachment',
    says: 'no role is administrator',
    holds: ({ policy_arn }) => !/AdministratorAccess/.test(String(policy_arn)),
  },
  {
    id: 'no-star',
    of: 'aws_iam_role_policy',
    says: 'no role may do anything to everything',
    holds: ({ policy }) =>
      statementsOf(policy).every(
        ({ Action = [], Resource = [] }) => ![Action, Resource].flat().includes('*'),
      ),
  },
  {
    id: 'github-by-name',
    of: 'aws_iam_openid_connect_provider',
    says: 'only workflows of this repository and environment may deploy',
    holds: (_, { environment, resources }) =>
      resources('aws_iam_role').every(({ assume_role_policy }) =>
        statementsOf(assume_role_policy).every(
          ({ Condition }) =>
            Condition?.StringEquals?.['token.actions.githubusercontent.com:sub'] ===
            `repo:${environment.repository}:environment:${environment.name}`,
        ),
      ),
  },
  {
    id: 'all-tagged',
    of: 'provider',
    says: 'everything says whose it is',
    holds: ({ default_tags }) => {
      const tags = (default_tags as { tags: object }[] | undefined)?.[0]?.tags ?? {}
      return ['Project', 'Environment', 'Stack', 'ManagedBy'].every((tag) => tag in tags)
    },
  },
  {
    id: 'right-account',
    of: 'provider',
    says: 'the wrong account is refused',
    holds: ({ allowed_account_ids }, { environment }) =>
      String(allowed_account_ids) === environment.account,
  },
  {
    id: 'budget-forecast',
    of: 'aws_budgets_budget',
    says: 'told before the money is gone, and when it is',
    holds: ({ notification }) =>
      ['FORECASTED', 'ACTUAL'].every((type) =>
        (notification as { notification_type: string }[]).some(
          ({ notification_type }) => notification_type === type,
        ),
      ),
  },
  ...PRECIOUS.map(
    (of): Rule => ({
      id: `kept-${of.replace('aws_', '')}`,
      of,
      says: 'Terraform refuses to destroy what holds data',
      holds: ({ lifecycle }, { environment }) =>
        !environment.protected ||
        (lifecycle as { prevent_destroy?: boolean } | undefined)?.prevent_destroy === true,
    }),
  ),
]
