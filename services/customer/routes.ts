import { type Response, Router } from 'express'
import { z } from 'zod'
import { mayRead, signedIn } from '#platform/auth.ts'
import { pathId } from '#platform/http/path-id.ts'
import { newResourceId } from '#platform/idempotency.ts'
import type { Log } from '#platform/log.ts'
import { parse } from '#platform/parse.ts'
import { text } from '#platform/text.ts'
import { changeAccount } from './change-account.ts'
import { customerV1 } from './customer.ts'
import { deleteAccount } from './delete-account.ts'
import { accountRegistered, signInTried } from './observe.ts'
import { customerNotFound, invalidCredentials, invalidRefreshToken } from './problems.ts'
import { refreshSignIn, signOut } from './refresh-sign-in.ts'
import { registerAccount } from './register-account.ts'
import { type SignInDeps, signIn } from './sign-in.ts'
import { findCustomer } from './store.ts'

export type CustomerDeps = SignInDeps & { log: Log }

const Name = text(100)
const Email = z.string().trim().toLowerCase().pipe(z.email().max(254))

export const Registration = z.strictObject({
  name: Name,
  email: Email,
  password: z.string().min(8).max(200),
  role: z.enum(['customer', 'restaurant']).default('customer'),
})
export const Credentials = z.strictObject({ email: Email, password: z.string().min(1).max(200) })
export const Refresh = z.strictObject({ refreshToken: z.string().min(1).max(200) })
export const Change = z.strictObject({ name: Name.optional(), email: Email.optional() })

const KEYS_FOR_SECONDS = 300

/** In front of `authenticate` and `idempotent`: a stale token must not bar the way to a new one, and no token may be answered from storage. */
export function signInRoutes(deps: CustomerDeps): Router {
  const routes = Router()

  routes.post('/auth/login', async (req, res) => {
    const pair = await signIn(deps, parse(Credentials, req.body))
    signInTried(deps.log, pair ? 'accepted' : 'refused')
    if (!pair) throw invalidCredentials()
    res.set('cache-control', 'no-store').json(pair)
  })

  routes.post('/auth/refresh', async (req, res) => {
    const pair = await refreshSignIn(deps, parse(Refresh, req.body).refreshToken)
    if (!pair) throw invalidRefreshToken()
    res.set('cache-control', 'no-store').json(pair)
  })

  routes.post('/auth/logout', async (req, res) => {
    await signOut(deps, parse(Refresh, req.body).refreshToken)
    res.status(204).end()
  })

  routes.get('/.well-known/jwks.json', (_req, res) => {
    res.set('cache-control', `public, max-age=${KEYS_FOR_SECONDS}`).json(deps.tokens.jwks)
  })

  return routes
}

export function accountRoutes(deps: CustomerDeps): Router {
  const routes = Router()

  routes.post('/auth/register', async (req, res) => {
    const registration = parse(Registration, req.body)
    const newId = () => newResourceId(res)
    const customer = await registerAccount({ ...deps, newId }, registration)
    accountRegistered(deps.log, customer)
    res.status(201).location(`/api/v1/customers/${customer.id}`).json(customerV1(customer))
  })

  routes.get('/customers/:id', async (req, res) => {
    const id = ownId(res, req.params.id)
    const customer = await findCustomer(deps.pool, id)
    if (!customer) throw customerNotFound(id)
    res.json(customerV1(customer))
  })

  routes.put('/customers/:id', async (req, res) => {
    const id = ownId(res, req.params.id)
    res.json(customerV1(await changeAccount(deps, id, parse(Change, req.body))))
  })

  routes.delete('/customers/:id', async (req, res) => {
    await deleteAccount(deps, ownId(res, req.params.id))
    res.status(204).end()
  })

  return routes
}

/** The id in the path, if it is the caller's own or the caller is an admin. */
function ownId(res: Response, param: string): string {
  const principal = signedIn(res)
  const id = pathId(param, customerNotFound)
  if (!mayRead(principal, id)) throw customerNotFound(id)
  return id
}
