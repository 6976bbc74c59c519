import pg from 'pg'
import { v7 as newId } from 'uuid'
import type { Profile } from '../deploy/host/profile.ts'
import { ensureSecrets } from '../deploy/host/secrets.ts'
import { appDatabaseUrl } from '../deploy/host/urls.ts'
import { services } from '../services/catalogue.ts'
import { registerAccount } from '../services/customer/register-account.ts'
import { Problem } from '../services/platform/problem.ts'
import { ADMIN, DINER, MENU, OWNER, PASSWORD, RESTAURANT } from './sandbox.ts'
import { call, findRestaurant, logIn, menuOf, type Restaurant, register } from './shop.ts'

/** Makes the sandbox logins and the restaurant, leaving alone what is already there. */
export async function seedData(
  profile: Profile,
  gateway: string,
  customerDatabase?: string,
): Promise<Restaurant> {
  await Promise.all([
    register({ gateway }, { ...DINER, password: PASSWORD }),
    register({ gateway }, { ...OWNER, password: PASSWORD }),
    registerAdmin(customerDatabase ?? (await hostDatabase(profile))),
  ])
  const owner = await logIn(gateway, OWNER.email, PASSWORD)
  const restaurant =
    (await findRestaurant(owner, RESTAURANT.name)) ??
    (await call<Restaurant>(owner, 'POST', '/restaurants', RESTAURANT))
  const present = new Set((await menuOf(owner, restaurant.id)).map(({ name }) => name))
  for (const item of MENU.filter(({ name }) => !present.has(name))) {
    await call(owner, 'POST', `/restaurants/${restaurant.id}/menu`, item)
  }
  return restaurant
}

async function hostDatabase(profile: Profile): Promise<string> {
  return appDatabaseUrl(profile, 'customer', await ensureSecrets(profile, services))
}

/** Not through the API: nobody may make themselves an administrator there. */
async function registerAdmin(connectionString: string): Promise<void> {
  const pool = new pg.Pool({ connectionString })
  try {
    const deps = { pool, newId: () => newId(), now: () => new Date() }
    await registerAccount(deps, { ...ADMIN, password: PASSWORD })
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'email-taken')) throw error
  } finally {
    await pool.end()
  }
}
