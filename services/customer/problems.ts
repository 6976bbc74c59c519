import { Problem } from '#platform/problem.ts'

export const customerNotFound = (id: string) =>
  new Problem(404, 'customer-not-found', `no customer ${id}`)

export const emailTaken = () =>
  new Problem(409, 'email-taken', 'an account with this e-mail address exists')

/** Unknown, expired, revoked or used before: which one it was is nobody's business either. */
export const invalidRefreshToken = () => new Problem(401, 'invalid-refresh-token', 'sign in again')

/** The same for an unknown address and a wrong password: which one it was is nobody's business. */
export const invalidCredentials = () =>
  new Problem(401, 'invalid-credentials', 'e-mail address or password is wrong')
