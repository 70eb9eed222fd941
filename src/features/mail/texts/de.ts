import type { CommonTexts } from './texts.js'

export const de: CommonTexts = {
  direction: 'ltr',
  linkHint: 'Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:',
  footer:
    'Diese Nachricht hat {{product}} an {{email}} gesendet, weil diese Adresse für ein Konto angegeben wurde.',
}
