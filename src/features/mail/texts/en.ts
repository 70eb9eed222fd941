import type { Texts } from './texts.js'

export const en: Texts = {
  direction: 'ltr',
  linkHint: 'If the button does not work, open this address:',
  footer:
    'This message was sent by {{product}} to {{email}}, an address that was given for an account.',
  messages: {
    VERIFY_EMAIL: {
      subject: 'Confirm your address for {{product}}',
      paragraphs: [
        'Please confirm that the address {{email}} is yours. You will be asked for the password that you chose.',
        'The link works once, for {{lifetime}}.',
      ],
      action: 'Confirm the address',
      closing: ['If you did not register, ignore this message.'],
    },
    RESET_PASSWORD: {
      subject: 'Set a new password for {{product}}',
      paragraphs: [
        'Somebody, hopefully you, asked to set a new password for your account with the address {{email}}.',
        'The link works once, for {{lifetime}}.',
      ],
      action: 'Set a new password',
      closing: ['If it was not you, ignore this message: nothing changes.'],
    },
    CONFIRM_EMAIL_CHANGE: {
      subject: 'Confirm your new address for {{product}}',
      paragraphs: [
        'Somebody, hopefully you, asked to use the address {{email}} for an account from now on. Please confirm that it is yours. You will be asked for the password of the account.',
        'The link works once, for {{lifetime}}. Until you confirm, the account keeps its old address.',
      ],
      action: 'Confirm the new address',
      closing: [
        'If it was not you, do not confirm: your address would belong to the account of somebody else. Ignore this message, and nothing changes.',
      ],
    },
    ADDRESS_TAKEN: {
      subject: 'You already have an account at {{product}}',
      paragraphs: [
        'Somebody tried to use the address {{email}} for an account, but there is one already: yours. Nothing has changed.',
        'If it was you, sign in as usual. If you forgot your password, ask for a reset where you sign in.',
      ],
      closing: ['If it was not you, there is nothing that you have to do.'],
    },
    EMAIL_CHANGE_REQUESTED: {
      subject: 'Your address at {{product}} is about to change',
      paragraphs: [
        'Somebody, hopefully you, asked to change the address of your account, {{email}}, to another one.',
        'It changes when that is confirmed by a message to the new address. Until then, everything stays as it is.',
        'If it was not you, stop the change: somebody else can get into your account. You will be asked to type this address. Then that device is signed out, and you get a link to set a new password.',
        'The link works for {{lifetime}}.',
      ],
      action: 'Stop the change',
      closing: ['If it was you, there is nothing that you have to do.'],
    },
    EMAIL_CHANGED: {
      subject: 'Your address at {{product}} has been changed',
      paragraphs: [
        'The address of your account has been changed: it is no longer {{email}}. From now on, sign in with the new one.',
        'If it was not you, undo the change. You will be asked to type this address and the password that you had before the change. Then all devices are signed out, and you get a link to set a new password.',
        'The link works for {{lifetime}}.',
      ],
      action: 'Undo the change',
      closing: [
        'If it was you, there is nothing that you have to do. If you no longer know that password, tell the people who run {{product}} at once.',
      ],
    },
    EMAIL_CHANGE_CONFIRMED: {
      subject: 'Your address at {{product}} has been changed',
      paragraphs: [
        'The address of your account has been changed to {{email}}. From now on, sign in with this one.',
      ],
      closing: ['If it was not you who changed it, tell the people who run {{product}} at once.'],
    },
    EMAIL_CHANGE_UNDONE: {
      subject: 'The change of your address at {{product}} has been undone',
      paragraphs: [
        'Your account has its earlier address again. All devices have been signed out.',
        'To sign in, set a new password. The link for that was sent to the earlier address.',
      ],
      closing: [
        'If it was not you who undid the change, tell the people who run {{product}} at once.',
      ],
    },
    PASSWORD_CHANGED: {
      subject: 'Your password at {{product}} has been changed',
      paragraphs: [
        'The password of your account with the address {{email}} has been changed, and all other devices have been signed out.',
      ],
      closing: [
        'If it was not you who changed it, reset your password at once: ask for it where you sign in.',
      ],
    },
    PASSWORD_GUESSING: {
      subject: 'Somebody is guessing your password at {{product}}',
      paragraphs: [
        'There were many sign-ins with a wrong password for your account with the address {{email}}. None of them succeeded.',
        'To stop the guessing, we no longer accept your password where you have not signed in lately. Where you usually sign in, nothing changes.',
      ],
      closing: [
        'To sign in from somewhere new, reset your password: ask for it where you sign in. If you use the same password elsewhere, choose another one.',
      ],
    },
    ACCOUNT_DELETED: {
      subject: 'Your account at {{product}} has been deleted',
      paragraphs: [
        'Your account with the address {{email}} has been deleted. Nobody can sign in with it any more.',
        'Thank you for having been with us, and farewell.',
      ],
      closing: ['If you did not want this, tell the people who run {{product}}.'],
    },
  },
}
