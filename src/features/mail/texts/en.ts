import type { CommonTexts } from './texts.js'

export const en: CommonTexts = {
  direction: 'ltr',
  linkHint: 'If the button does not work, open this address:',
  footer:
    '{{product}} sent this e-mail to {{email}} because this address was given for an account.',
}
