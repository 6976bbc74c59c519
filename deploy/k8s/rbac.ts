import { rbac, type types } from '@pulumi/kubernetes'
import type { CustomResourceOptions } from '@pulumi/pulumi'
import { NAMESPACE } from './names.ts'

export type Rule = types.input.rbac.v1.PolicyRule

export const READ = ['get', 'list', 'watch']

/** Lets the account of this name read things that belong to no namespace, or to all of them. */
export function mayReadCluster(
  name: string,
  rules: Rule[],
  options: CustomResourceOptions,
  namespace = NAMESPACE,
): void {
  const role = `restofy-${name}`
  new rbac.v1.ClusterRole(role, { metadata: { name: role }, rules }, options)
  new rbac.v1.ClusterRoleBinding(
    role,
    {
      metadata: { name: role },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
    options,
  )
}

/** The same, in our namespace only. */
export function mayRead(name: string, rules: Rule[], options: CustomResourceOptions): void {
  const metadata = { name, namespace: NAMESPACE }
  new rbac.v1.Role(name, { metadata, rules }, options)
  new rbac.v1.RoleBinding(
    name,
    {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: NAMESPACE }],
    },
    options,
  )
}
