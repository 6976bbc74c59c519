import type { Suppression } from './suppression.ts'

const UNTIL = '2027-11-30'

/** `in` is the name of a stack. */
export const terraformSuppressions: readonly Suppression[] = [
  {
    check: 'CKV_AWS_18',
    in: /^state-/,
    reason: 'who read the state is in CloudTrail, which is the account owner’s, not ours',
    until: UNTIL,
  },
  {
    check: 'CKV_AWS_144',
    in: /^state-/,
    reason: 'every version of the state is kept; a lost region loses what the state describes too',
    until: UNTIL,
  },
  {
    check: 'CKV2_AWS_62',
    in: /^state-/,
    reason: 'nobody acts on a written state file, so nobody needs to be told',
    until: UNTIL,
  },
  {
    check: 'CKV_AWS_39',
    in: /^cluster-dev$/,
    reason: 'people reach the dev cluster from the networks that environments.ts names',
    until: UNTIL,
  },
  {
    check: 'CKV_AWS_157',
    in: /^data-dev$/,
    reason: 'dev may be away while a zone is: its data can be made again',
    until: UNTIL,
  },
  {
    check: 'CKV2_AWS_50',
    in: /^cache-dev$/,
    reason: 'dev may be away while a zone is: its cache can be filled again',
    until: UNTIL,
  },
  {
    check: 'CKV_AWS_293',
    in: /^data-(dev|staging)$/,
    reason: 'make aws-down must be able to delete what holds nothing of value',
    until: UNTIL,
  },
  {
    check: 'CKV_AWS_209',
    in: /^broker-/,
    reason: 'Amazon MQ takes no customer key for RabbitMQ; it encrypts with one of AWS',
    until: UNTIL,
  },
  {
    check: 'CKV2_AWS_5',
    in: /^network-/,
    reason:
      'the groups are attached in the stacks data, cache and broker, which checkov reads apart',
    until: UNTIL,
  },
  {
    check: 'CKV2_AWS_57',
    in: /^(broker|cache|secrets)-/,
    reason:
      'rotation needs a function that tells store and pods together; the master password, which nobody uses daily, RDS rotates itself. A higher secret_string_wo_version rotates by hand',
    until: UNTIL,
  },
]
