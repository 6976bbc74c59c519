import assert from 'node:assert/strict'
import { test } from 'node:test'
import { services } from './catalogue.ts'
import { messages } from './contracts/messages.ts'
import { broker, COMMANDS, EVENTS, exchangeOf, topology } from './topology.ts'

const names = Object.keys(messages) as (keyof typeof messages)[]
const commands = names.filter((name) => messages[name].kind === 'command')
const consumersOf = (message: string) =>
  topology.filter(({ bindings }) => bindings.some((binding) => binding.message === message))
const heard = new Set(topology.flatMap(({ bindings }) => bindings.map(({ message }) => message)))
const emitted = new Set(services.flatMap(({ emits }) => emits))

test('everything that is said or heard is a message of the contract', () => {
  for (const name of [...emitted, ...heard]) assert.ok(Object.hasOwn(messages, name), name)
})

test('every command has exactly one queue, that of one service', () => {
  assert.ok(commands.length > 0)
  for (const command of commands) assert.equal(consumersOf(command).length, 1, command)
})

test('every message that is heard is said by some service', () => {
  for (const name of heard) assert.ok(emitted.has(name), `nobody says ${name}`)
})

test('every message of the contract is said by exactly one service', () => {
  for (const name of names) {
    const sayers = services.filter(({ emits }) => emits.includes(name)).map((one) => one.name)
    assert.equal(sayers.length, 1, `${name}: ${sayers.join(', ') || 'nobody'}`)
  }
})

test('no two services share a queue, and every queue is bound to something', () => {
  const queues = topology.map(({ queue }) => queue)
  assert.deepEqual(queues, [...new Set(queues)])
  for (const { queue, bindings, consumer } of topology) {
    assert.ok(bindings.length > 0, queue)
    assert.ok(
      queue.startsWith(`${consumer}.`),
      `${queue} does not say that ${consumer} consumes it`,
    )
    const bound = bindings.map(({ message }) => message)
    assert.deepEqual(bound, [...new Set(bound)], `${queue} hears something twice`)
  }
})

test('who says or hears anything has the broker and a database, and a worker to do it', () => {
  for (const { name, emits, hears, needs, roles } of services) {
    if (emits.length + hears.length === 0) continue
    assert.ok(needs.includes('rabbitmq') && needs.includes('postgres'), name)
    assert.ok(roles.includes('worker'), name)
  }
})

test('commands go through the direct exchange and events through the topic one', () => {
  for (const name of names) {
    assert.equal(exchangeOf(name), commands.includes(name) ? COMMANDS : EVENTS)
  }
  assert.deepEqual(broker.exchanges, { [EVENTS]: 'topic', [COMMANDS]: 'direct' })
  assert.throws(() => exchangeOf('nobody.knows'), /nobody\.knows/)
})
