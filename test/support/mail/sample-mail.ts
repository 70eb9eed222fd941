import type { OutgoingMail } from '../../../src/features/mail/transport.js'

/** For tests of mail delivery that do not depend on the text. */
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
