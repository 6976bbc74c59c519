import { z } from 'zod'
import { ROLES, type Role } from '#platform/auth.ts'

/** A living account; what is left of a deleted one is nobody's business. */
export type Customer = {
  id: string
  name: string
  email: string
  role: Role
  version: number
}

export type NewAccount = { name: string; email: string; password: string; role: Role }

/** What a refresh token is worth; only its hash is ever stored. */
export type RefreshGrant = {
  tokenHash: Buffer
  family: string
  customerId: string
  issuedAt: Date
  expiresAt: Date
}

export const CustomerV1 = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
})

export const customerV1 = ({ id, name, email, role }: Customer): z.infer<typeof CustomerV1> => ({
  id,
  name,
  email,
  role,
})
