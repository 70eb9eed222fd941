import type { CommonTexts } from './texts.js'

export const en: CommonTexts = {
  direction: 'ltr',
  linkHint: 'If the button does not work, open this address:',
  footer:
    'This message was sent by {{product}} to {{email}}, an address that was given for an account.',
}
