import { acquirer } from './acquirer/service.ts'
import { customer } from './customer/service.ts'
import { gateway } from './gateway/service.ts'
import { inventory } from './inventory/service.ts'
import type { ServiceManifest } from './manifest.ts'
import { notification } from './notification/service.ts'
import { order } from './order/service.ts'
import { payment } from './payment/service.ts'
import { restaurant } from './restaurant/service.ts'
import { tracking } from './tracking/service.ts'

/** The only list of services in the repository, in the order in which they may start. */
export const services: readonly ServiceManifest[] = [
  acquirer,
  customer,
  restaurant,
  inventory,
  payment,
  order,
  tracking,
  notification,
  gateway,
]
