import { z } from 'zod'
import type { Operations } from '#platform/http/openapi.ts'
import { CustomerV1 } from './customer.ts'
import { Change, Credentials, Refresh, Registration } from './routes.ts'
import { TokenPair } from './sign-in.ts'

const account = { who: 'signed-in', problems: { 404: ['customer-not-found'] } } as const

export const customerOperations: Operations = {
  'post /auth/register': {
    summary: 'Make an account',
    who: 'anyone',
    body: Registration,
    answers: { 201: CustomerV1 },
    problems: { 409: ['email-taken'] },
    idempotent: true,
  },
  'post /auth/login': {
    summary: 'Sign in',
    who: 'anyone',
    body: Credentials,
    answers: { 200: TokenPair },
    problems: { 401: ['invalid-credentials'] },
  },
  'post /auth/refresh': {
    summary:
      'A new pair of tokens; a refresh token is good once, and a second use ends the sign-in',
    who: 'anyone',
    body: Refresh,
    answers: { 200: TokenPair },
    problems: { 401: ['invalid-refresh-token'] },
  },
  'post /auth/logout': {
    summary: 'End a sign-in',
    who: 'anyone',
    body: Refresh,
    answers: { 204: 'empty' },
  },
  'get /.well-known/jwks.json': {
    summary: 'The keys that access tokens are verified with (RFC 7517)',
    who: 'anyone',
    answers: {
      200: z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) }),
    },
  },
  'get /customers/:id': { ...account, summary: 'Your account', answers: { 200: CustomerV1 } },
  'put /customers/:id': {
    ...account,
    summary: 'Change your account',
    body: Change,
    answers: { 200: CustomerV1 },
    problems: { ...account.problems, 409: ['email-taken'] },
  },
  'delete /customers/:id': {
    ...account,
    summary: 'Delete your account',
    answers: { 204: 'empty' },
  },
}
