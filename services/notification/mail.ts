import type { Notification } from './notification.ts'

export type Mail = { priority: number; subject: string }

/**
 * What also goes out by e-mail; everything else is read in the app, where who waits for an order is
 * looking. Of two mails that wait the lower priority goes first: bad news before invitations.
 */
const MAILED: Partial<Record<Notification['kind'], Mail>> = {
  'order.cancelled': { priority: 1, subject: 'Your order was cancelled' },
  'order.refunded': { priority: 1, subject: 'We have returned your money' },
  'order.paid': { priority: 2, subject: 'Your receipt' },
  'customer.registered': { priority: 3, subject: 'Welcome to Restofy' },
  'order.follow-up': { priority: 9, subject: 'How was your meal?' },
}

export const mailFor = (kind: Notification['kind']): Mail | undefined => MAILED[kind]

export type Recipient = { name: string; email: string }

/** As nodemailer takes it. */
export type Letter = {
  from: string
  to: { name: string; address: string }
  subject: string
  text: string
  messageId: string
}

/** Its id is the notification's: a mailbox that gets it twice can tell. */
export const letter = (
  from: string,
  { name, email }: Recipient,
  { id, kind, text }: Pick<Notification, 'id' | 'kind' | 'text'>,
): Letter => ({
  from,
  to: { name, address: email },
  subject: MAILED[kind]?.subject ?? 'Restofy',
  text: `Dear ${name},\n\n${text}\n`,
  messageId: `<${id}@restofy>`,
})
