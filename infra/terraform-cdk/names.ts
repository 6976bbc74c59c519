import type { Environment } from './environments.ts'

/** Every name that is global in an account, or that two stacks must agree on without asking each other. */
export const named = ({ name }: Environment, what: string): string => `restofy-${name}-${what}`

export const clusterName = ({ name }: Environment): string => `restofy-${name}`

export const stateBucket = ({ name, account }: Environment): string =>
  `restofy-${name}-state-${account}`

export const roleArn = (environment: Environment, role: string): string =>
  `arn:aws:iam::${environment.account}:role/${named(environment, role)}`

export const boundaryArn = (environment: Environment): string =>
  `arn:aws:iam::${environment.account}:policy/${named(environment, 'boundary')}`

export const managedPolicy = (name: string): string => `arn:aws:iam::aws:policy/${name}`
