import type { CommonTexts } from './texts.js'

export const de: CommonTexts = {
  direction: 'ltr',
  linkHint: 'Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:',
  footer:
    '{{product}} hat diese E-Mail an {{email}} gesendet, weil diese Adresse für ein Konto angegeben wurde.',
}
