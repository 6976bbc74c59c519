import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js'
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js'
import type { Construct } from 'constructs'
import { named } from '../names.ts'
import { policy, type Statement } from './role.ts'
import { RestofyStack, type Target } from './stack.ts'

/** The keys are a stack of their own: they must outlive the last snapshot that they encrypt. */
export type Keys = { data: string; logs: string }

export class KeysStack extends RestofyStack {
  readonly keys: Keys

  constructor(scope: Construct, target: Target) {
    super(scope, 'keys', target)
    this.keys = {
      data: encryptionKey(this, 'data', 'databases, caches, secrets, images'),
      logs: encryptionKey(this, 'logs', 'log groups', logsService(this)),
    }
  }
}

/** A key that rotates and that the account's own policies govern; returns its ARN. */
export function encryptionKey(
  stack: RestofyStack,
  name: string,
  encrypts: string,
  ...statements: Statement[]
): string {
  const { environment } = stack
  const account = { AWS: `arn:aws:iam::${environment.account}:root` }
  const key = new KmsKey(stack, `${name}-key`, {
    description: `Restofy ${environment.name}: ${encrypts}`,
    enableKeyRotation: true,
    deletionWindowInDays: 30,
    policy: policy(
      { Effect: 'Allow', Principal: account, Action: 'kms:*', Resource: '*' },
      ...statements,
    ),
  })
  new KmsAlias(stack, `${name}-key-alias`, {
    name: `alias/${named(environment, name)}`,
    targetKeyId: key.keyId,
  })
  return key.arn
}

function logsService({ environment }: RestofyStack): Statement {
  const { region, account } = environment
  return {
    Effect: 'Allow',
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: [
      'kms:Encrypt*',
      'kms:Decrypt*',
      'kms:ReEncrypt*',
      'kms:GenerateDataKey*',
      'kms:Describe*',
    ],
    Resource: '*',
    Condition: {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${account}:*` },
    },
  }
}
