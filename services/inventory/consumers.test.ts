import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { aBasket, aMenu, start } from './testing.ts'

const names = (messages: { message: string }[]) => messages.map(({ message }) => message)

test('a basket is taken whole: reserved, then sold', async (t) => {
  const { hearMenu, reserve, commit, shelf, said } = await start(t)
  const menu = aMenu(5, null)
  await hearMenu(menu)
  const basket = aBasket(menu, 2, 3)
  await reserve(basket)
  assert.deepEqual(await shelf(menu), ['3/2', 'null/3'])
  await commit(basket.orderId)
  assert.deepEqual(await shelf(menu), ['3/0', 'null/0'])
  assert.deepEqual(names(await said()), ['stock.reserved', 'stock.committed'])
})

test('a basket one item of which has run out takes nothing, and names what is missing', async (t) => {
  const { hearMenu, reserve, shelf, said } = await start(t)
  const menu = aMenu(5, 1)
  await hearMenu(menu)
  const basket = aBasket(menu, 1, 2)
  await reserve(basket)
  assert.deepEqual(await shelf(menu), ['5/0', '1/0'])
  const [answer] = await said()
  const missing = [menu.items[1]!.id]
  assert.deepEqual(answer, {
    message: 'stock.rejected',
    payload: { orderId: basket.orderId, missing },
  })
})

test('of twenty baskets that want the last five at once, five get one', async (t) => {
  const { hearMenu, reserve, shelf, said } = await start(t)
  const menu = aMenu(5)
  await hearMenu(menu)
  await Promise.all(Array.from({ length: 20 }, () => reserve(aBasket(menu, 1))))
  assert.deepEqual(await shelf(menu), ['0/5'])
  const answers = names(await said())
  assert.equal(answers.filter((name) => name === 'stock.reserved').length, 5)
  assert.equal(answers.filter((name) => name === 'stock.rejected').length, 15)
})

test('a released basket is back on the shelf, before and after it was sold, once', async (t) => {
  const { hearMenu, reserve, commit, release, shelf, said } = await start(t)
  const menu = aMenu(5)
  await hearMenu(menu)
  const [held, sold] = [aBasket(menu, 2), aBasket(menu, 3)]
  await reserve(held)
  await reserve(sold)
  await commit(sold.orderId)
  assert.deepEqual(await shelf(menu), ['0/2'])
  for (const { orderId } of [held, sold, held, sold]) await release(orderId)
  assert.deepEqual(await shelf(menu), ['5/0'])
  assert.equal(names(await said()).filter((name) => name === 'stock.released').length, 4)
})

test('a basket released before it was reserved stays refused', async (t) => {
  const { hearMenu, reserve, release, shelf, said } = await start(t)
  const menu = aMenu(5)
  await hearMenu(menu)
  const basket = aBasket(menu, 1)
  await release(basket.orderId)
  await reserve(basket)
  assert.deepEqual(await shelf(menu), ['5/0'])
  assert.deepEqual(names(await said()), ['stock.released', 'stock.rejected'])
})

test('reserve and release of one order that meet leave the shelf full', async (t) => {
  const { hearMenu, reserve, release, shelf } = await start(t)
  const menu = aMenu(5)
  await hearMenu(menu)
  const basket = aBasket(menu, 1)
  await Promise.all([reserve(basket), release(basket.orderId)])
  assert.deepEqual(await shelf(menu), ['5/0'])
})

test('a command delivered twice, or sent twice, takes the basket once and answers the same', async (t) => {
  const { hearMenu, reserve, commit, shelf, said } = await start(t)
  const menu = aMenu(5)
  await hearMenu(menu)
  const basket = aBasket(menu, 2)
  const id = randomUUID()
  await Promise.all([reserve(basket, id), reserve(basket, id)])
  assert.deepEqual(names(await said()), ['stock.reserved'])
  await reserve(basket)
  assert.deepEqual(names(await said()), ['stock.reserved', 'stock.reserved'])
  await commit(basket.orderId)
  await commit(basket.orderId)
  await reserve(basket)
  assert.deepEqual(await shelf(menu), ['3/0'])
  assert.deepEqual(names(await said()).slice(2), [
    'stock.committed',
    'stock.committed',
    'stock.reserved',
  ])
})

test('a sale that overtook its reservation is tried again; a released one is never made', async (t) => {
  const { hearMenu, reserve, commit, release, shelf, said } = await start(t)
  const menu = aMenu(5)
  await hearMenu(menu)
  const basket = aBasket(menu, 2)
  await assert.rejects(commit(basket.orderId), /nothing is reserved/)
  await reserve(basket)
  await release(basket.orderId)
  await commit(basket.orderId)
  assert.deepEqual(await shelf(menu), ['5/0'])
  assert.deepEqual(names(await said()), ['stock.reserved', 'stock.released'])
})

test('an order that is quicker than the news of its menu asks for the menu', async (t) => {
  const { restaurant, reserve, shelf, said } = await start(t)
  const menu = aMenu(5)
  restaurant.known.set(menu.restaurantId, menu)
  await reserve(aBasket(menu, 2))
  assert.deepEqual(await shelf(menu), ['3/2'])
  assert.deepEqual(names(await said()), ['stock.reserved'])
})

test('while the menu cannot be had nothing is taken or said, and the command is tried again', async (t) => {
  const { restaurant, reserve, said } = await start(t)
  const menu = aMenu(5)
  restaurant.down = true
  const id = randomUUID()
  const basket = aBasket(menu, 2)
  await assert.rejects(reserve(basket, id), { status: 503 })
  assert.deepEqual(await said(), [])
  restaurant.down = false
  restaurant.known.set(menu.restaurantId, menu)
  await reserve(basket, id)
  assert.deepEqual(names(await said()), ['stock.reserved'])
})

test('a changed menu adds its new items and leaves the figures of the old ones; an old menu changes nothing', async (t) => {
  const { hearMenu, reserve, shelf } = await start(t)
  const menu = aMenu(5)
  await hearMenu(menu)
  await reserve(aBasket(menu, 2))
  const longer = { ...menu, version: 2, items: [...menu.items, ...aMenu(7).items] }
  await hearMenu(longer)
  await hearMenu({ ...menu, items: aMenu(9).items })
  assert.deepEqual(await shelf(longer), ['3/2', '7/0'])
})
