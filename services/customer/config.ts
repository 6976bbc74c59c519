import { z } from 'zod'
import { type Environment, readConfig } from '#platform/config.ts'

const SigningKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().min(1),
  d: z.string().min(1),
  kid: z.string().min(1),
})

/** A private Ed25519 key as a JWK; `kid` names it in every token it signs. */
export type SigningKey = z.infer<typeof SigningKey>

const fromJson = z
  .string({ error: 'is not set (private Ed25519 JWK with a kid)' })
  .transform((json, ctx): unknown => {
    try {
      return JSON.parse(json)
    } catch {
      // Never the parser's own words: they quote the key.
      ctx.addIssue({ code: 'custom', message: 'is not JSON' })
      return z.NEVER
    }
  })

export const customerConfig = (env?: Environment) =>
  readConfig({ TOKEN_KEY: fromJson.pipe(SigningKey) }, env)
