import type { CommonTexts } from './common-texts.js'

export const en: CommonTexts = {
  language: 'en',
  problem: 'Error',
  failureHeading: 'That did not work',
  notices: {
    incomplete: 'This link is not complete. Copy the whole link from the e-mail.',
    malformed: 'The form could not be read. Go back, reload the page and fill it in again.',
    foreign:
      'Another site sent this form, so we ignored it. Open the page yourself and fill in the form again.',
  },
  fault: (requestId) =>
    `Something went wrong on our side. Please try again later. If it happens again, give this number to the operators of the service: ${requestId}`,
  invalidLink: {
    INVALID_TOKEN:
      'This link does not work. It has already been used, or a newer e-mail has replaced it.',
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
    TOO_COMMON: 'It is one of the passwords that attackers try first.',
    BREACHED: 'It is known from a data breach of another service.',
    CONTAINS_PERSONAL_INFORMATION:
      'It consists almost only of your address, your name or the name of this service.',
  },
}
