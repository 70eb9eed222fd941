import type { CommonTexts } from './common-texts.js'

export const en: CommonTexts = {
  language: 'en',
  problem: 'Error',
  failureHeading: 'That did not work',
  notices: {
    incomplete: 'This link is not complete. Copy all of it from the message.',
    malformed: 'The form could not be read. Go back, reload the page and fill it in again.',
    foreign:
      'This form was sent by another site, so nothing has been done. Open the page yourself and fill it in again.',
  },
  fault: (requestId) =>
    `Something went wrong on our side. Please try again later. If it happens again, give this number to whoever runs the service: ${requestId}`,
  invalidLink: {
    INVALID_TOKEN:
      'This link does not work: it was used already, or a newer message has replaced it.',
    TOKEN_EXPIRED: 'This link has expired.',
  },
  retryLater: {
    RATE_LIMITED: 'Too many attempts.',
    SERVICE_BUSY: 'The service is very busy at the moment.',
  },
  tryAgain: (wait) => `Try again ${wait}.`,
  passwordProblems: {
    TOO_SHORT: 'It is too short.',
    TOO_LONG: 'It is too long.',
    TOO_COMMON: 'It is among the passwords that are guessed first.',
    BREACHED: 'It is known from a data breach of another service.',
    CONTAINS_PERSONAL_INFORMATION:
      'It is little more than your address, your name or the name of this service.',
  },
}
