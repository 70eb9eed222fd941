import type { PageTexts } from './page-texts.js'

export const en: PageTexts = {
  language: 'en',
  forms: {
    verifyEmail: {
      heading: 'Confirm your address',
      intro: () =>
        'Enter the password that you chose, to be sure that it was you who registered with this address.',
      fields: {
        password: { label: 'Password', wrong: 'The password is wrong.' },
      },
      button: 'Confirm',
      note: {
        text: 'You did not register? Then set a password of your own instead: that ends what somebody else began.',
        link: 'Set a password',
      },
      done: {
        heading: 'Address confirmed',
        text: 'Your address is confirmed. You can sign in now.',
      },
      renew: {
        text: 'If your address is confirmed already, just sign in. Otherwise open the newest message, or ask for another one where you registered.',
        link: null,
      },
    },
    resetPassword: {
      heading: 'Set a new password',
      intro: ({ least, most }) => `It must have ${least} to ${most} characters.`,
      fields: {
        newPassword: { label: 'New password', wrong: 'This password cannot be used.' },
      },
      button: 'Set password',
      note: null,
      done: {
        heading: 'Password changed',
        text: 'Your password has been changed. All devices are signed out: sign in with the new one.',
      },
      renew: { text: 'You can have a new link sent to you.', link: 'Ask for a new link' },
    },
    confirmEmailChange: {
      heading: 'Confirm your new address',
      intro: ({ address }) =>
        address === null
          ? 'Enter the password of your account. From then on, you sign in with the new address.'
          : `Enter the password of your account. From then on, its address is ${address}.`,
      fields: { password: { label: 'Password', wrong: 'The password is wrong.' } },
      button: 'Confirm',
      note: {
        text: 'You did not ask for this? Then close this page: your address would belong to the account of somebody else.',
        link: null,
      },
      done: {
        heading: 'Address changed',
        text: 'Your address has been changed, and other devices are signed out. From now on, sign in with the new address.',
      },
      renew: {
        text: 'If your address has been changed already, there is nothing left to do. Otherwise open the newest message, or ask for the change once more.',
        link: null,
      },
    },
    rejectEmailChange: {
      heading: 'Keep your old address',
      intro: () =>
        'Was it not you who asked for another address? Enter the address that got the message. This stops the change and signs out the device that asked for it. If the address has been changed already, enter also the password that you had before the change. This restores your old address and signs out all devices.',
      fields: {
        confirmEmail: {
          label: 'Your old e-mail address',
          wrong: 'The message was not sent to this address. Enter the address that got it.',
        },
        password: {
          label: 'Password (only if the address has been changed already)',
          wrong:
            'The address has been changed already, and the password is missing or wrong. Enter the password that you had before the change.',
        },
      },
      button: 'Keep the old address',
      note: {
        text: 'Was it you? Then close this page: there is nothing to do.',
        link: null,
      },
      done: {
        heading: 'You keep your old address',
        text: 'The change has been stopped or undone. Now set a new password: we have sent a link for that to your old address.',
      },
      renew: {
        text: 'Open the newest message about your address. If you have none, and your address was not changed, there is nothing to do. Otherwise tell the people who run the service.',
        link: null,
      },
    },
    forgotPassword: {
      heading: 'Forgot your password?',
      intro: () =>
        'Enter the address of your account. The message that we send has a link to set a new password.',
      fields: {
        email: {
          label: 'E-mail address',
          wrong: 'This is not an e-mail address. It should look like ana@example.com.',
        },
      },
      button: 'Send message',
      note: null,
      done: {
        heading: 'Check your mail',
        text: 'If there is an account with this address, a message is on its way.',
      },
      renew: null,
    },
  },
  problem: 'Error',
  failed: 'That did not work',
  notices: {
    incomplete: 'This link is not complete. Copy all of it from the message.',
    malformed: 'The form could not be read. Go back, reload the page and fill it in again.',
    foreign:
      'This form was sent by another site, so nothing has been done. Open the page yourself and fill it in again.',
  },
  fault: (requestId) =>
    `Something went wrong on our side. Please try again later. If it happens again, give this number to whoever runs the service: ${requestId}`,
  deadLink: {
    INVALID_TOKEN:
      'This link does not work: it was used already, or a newer message has replaced it.',
    TOKEN_EXPIRED: 'This link has expired.',
  },
  notNow: {
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
