import { CursorPageOf } from '#platform/http/cursor.ts'
import type { Operations } from '#platform/http/openapi.ts'
import { PageOf, PageQuery } from '#platform/http/page.ts'
import { NotificationV1 } from './notification.ts'
import { ListingV2 } from './routes.ts'

export const notificationOperations: Operations = {
  'get /customers/:customerId/notifications': {
    summary: 'What a customer was told, newest first',
    who: 'signed-in',
    query: PageQuery,
    answers: { 200: PageOf(NotificationV1) },
    v2: { query: ListingV2, answers: { 200: CursorPageOf(NotificationV1) } },
    problems: { 404: ['customer-not-found'] },
  },
}
