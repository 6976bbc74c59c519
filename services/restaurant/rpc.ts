import type { RpcHandlers } from '#platform/grpc/server.ts'
import { pathId } from '#platform/http/path-id.ts'
import { restaurantNotFound } from './problems.ts'
import { found } from './routes.ts'
import type { Views } from './views.ts'

/** `restofy.menu.v1.Menu`, for neighbours: what people pay is decided with it. */
export const menuRpc = ({ menuInCents }: Pick<Views, 'menuInCents'>): RpcHandlers => ({
  GetMenu: async (request) => {
    const id = pathId((request as { restaurantId: string }).restaurantId, restaurantNotFound)
    return JSON.parse(found(id, await menuInCents(id)).bytes.toString())
  },
})
