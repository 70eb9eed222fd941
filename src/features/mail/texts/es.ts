import type { CommonTexts } from './texts.js'

export const es: CommonTexts = {
  direction: 'ltr',
  linkHint: 'Si el botón no funciona, abra esta dirección:',
  footer:
    '{{product}} ha enviado este correo a {{email}} porque esta dirección se indicó para una cuenta.',
}
