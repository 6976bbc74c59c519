import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashPassword, passwordMatches } from './password.ts'

test('a password matches its own hash and no other password does', async () => {
  const hash = await hashPassword('correct horse')

  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  assert.equal(await passwordMatches('correct horse', hash), true)
  assert.equal(await passwordMatches('correct horsf', hash), false)
})

test('the same password never hashes alike', async () => {
  assert.notEqual(await hashPassword('correct horse'), await hashPassword('correct horse'))
})

test("the reference implementation's hash is understood", async () => {
  // phc-winner-argon2, src/test.c
  const hash =
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  assert.equal(await passwordMatches('password', hash), true)
})

test('composed and decomposed letters are the same password', async () => {
  assert.equal(await passwordMatches('cafe\u0301 noir', await hashPassword('caf\u00e9 noir')), true)
})

test('nobody has no password, whatever is offered', async () => {
  assert.equal(await passwordMatches('anything at all'), false)
})

test('a hash of another kind is a fault, not a wrong password', async () => {
  await assert.rejects(passwordMatches('x', '$2b$10$abcdefghijklmnopqrstuv'), /not an argon2id/)
})
