import { Problem } from '#platform/problem.ts'

export const customerNotFound = (id: string) =>
  new Problem(404, 'customer-not-found', `no customer ${id}`)
