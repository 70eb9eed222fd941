import type { OutgoingMail } from '../../../src/features/mail/transport.js'

/** For what is about the way of a message, not about its words. */
export const sampleMail: OutgoingMail = {
  id: '018f3a1c-0000-7000-8000-000000000001',
  kind: 'VERIFY_EMAIL',
  to: 'ada@example.com',
  date: new Date('2026-01-02T03:04:05Z'),
  subject: 'Hello',
  html: '<p>Hello',
  text: 'Hello',
  url: null,
}
