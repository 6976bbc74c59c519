import { DataAwsSecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/data-aws-secretsmanager-secret-version/index.js'
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js'
import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js'
import type { RestofyStack } from './stack.ts'

type Key = { key: string }

/** A place for a secret, by the name it has in the hand-off; somebody else fills it. */
export function secret(stack: RestofyStack, name: string, { key }: Key): SecretsmanagerSecret {
  const { environment } = stack
  return new SecretsmanagerSecret(stack, `${name}-secret`, {
    name: `restofy/${environment.name}/${name}`,
    kmsKeyId: key,
    // A name is free again at once where nothing is worth keeping.
    recoveryWindowInDays: environment.protected ? 30 : 0,
  })
}

/**
 * A secret with a password that Secrets Manager invents. It is ephemeral on its way and written to
 * a write-only attribute: it is in no state and in no plan. A higher version writes a new one.
 */
export function passwordSecret(stack: RestofyStack, name: string, { key }: Key) {
  const place = secret(stack, name, { key })
  const id = name.replaceAll('-', '_')
  // cdktf 0.21 has no type for ephemeral resources.
  stack.addOverride(`ephemeral.aws_secretsmanager_random_password.${id}`, {
    password_length: 40,
    exclude_punctuation: true,
  })
  return new SecretsmanagerSecretVersion(stack, `${name}-secret-value`, {
    secretId: place.id,
    secretStringWo: `\${ephemeral.aws_secretsmanager_random_password.${id}.random_password}`,
    secretStringWoVersion: 1,
  })
}

/** For resources that take no write-only password. Read back, so that every plan sees the same; it is in the (encrypted) state. */
export function passwordIn(version: SecretsmanagerSecretVersion): string {
  const { node, secretId } = version
  return new DataAwsSecretsmanagerSecretVersion(node.scope!, `${node.id}-read`, {
    secretId,
    dependsOn: [version],
  }).secretString
}
