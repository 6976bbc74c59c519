import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js'
import { managedPolicy, named } from '../names.ts'
import type { RestofyStack } from './stack.ts'

export type Statement = {
  Effect: 'Allow' | 'Deny'
  Action?: string | string[]
  NotAction?: string[]
  Resource?: string | string[]
  Principal?: Record<string, string>
  Condition?: Record<string, Record<string, string | string[]>>
}

export const policy = (...statements: Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })

type ServiceRole = {
  service: string
  actions?: string[]
  policies: string[]
  /** EC2 does not say for whom it asks; everybody else must ask for this account. */
  anonymous?: boolean
}

/** A role that one AWS service takes, on behalf of this account only. */
export function serviceRole(
  stack: RestofyStack,
  name: string,
  { service, actions = ['sts:AssumeRole'], policies, anonymous }: ServiceRole,
): IamRole {
  const { environment } = stack
  const role = new IamRole(stack, `${name}-role`, {
    name: named(environment, name),
    assumeRolePolicy: policy({
      Effect: 'Allow',
      Principal: { Service: service },
      Action: actions,
      ...(anonymous
        ? {}
        : { Condition: { StringEquals: { 'aws:SourceAccount': environment.account } } }),
    }),
  })
  for (const managed of policies) {
    new IamRolePolicyAttachment(stack, `${name}-${managed.split('/').at(-1)}`, {
      role: role.name,
      policyArn: managedPolicy(managed),
    })
  }
  return role
}
