import { z } from 'zod'

/** `initialStock` absent: the item is made to order and never runs out. */
export const MenuItem = z.object({
  id: z.uuid(),
  name: z.string(),
  priceCents: z.int().min(0),
  description: z.string().optional(),
  initialStock: z.int().min(0).optional(),
})

/** A whole menu as of `version`: what `menu.changed` carries and what restaurant answers to its neighbours. */
export const Menu = z.object({
  restaurantId: z.uuid(),
  ownerId: z.uuid(),
  name: z.string(),
  open: z.boolean(),
  version: z.int().min(1),
  items: z.array(MenuItem),
})

export type MenuItem = z.infer<typeof MenuItem>
export type Menu = z.infer<typeof Menu>
