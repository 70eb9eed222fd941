import { defineEmail, type DueEmailJob } from '../mail/index.js'
import { lockRecipient } from '../users/index.js'

/** Tells the owner that passwords from unknown networks are no longer accepted, after too many wrong guesses. */
export const passwordGuessing = defineEmail({
  name: 'PASSWORD_GUESSING',
  path: null,
  texts: {
    en: {
      subject: 'Somebody is guessing your password at {{product}}',
      paragraphs: [
        'There were many sign-ins with a wrong password for your account with the address {{email}}. None of them succeeded.',
        'To stop the guessing, we no longer accept your password where you have not signed in lately. Where you usually sign in, nothing changes.',
      ],
      closing: [
        'To sign in from somewhere new, reset your password: ask for it where you sign in. If you use the same password elsewhere, choose another one.',
      ],
    },
    de: {
      subject: 'Jemand versucht, Ihr Passwort bei {{product}} zu erraten',
      paragraphs: [
        'Für Ihr Konto mit der Adresse {{email}} gab es viele Anmeldungen mit falschem Passwort. Keine davon war erfolgreich.',
        'Um das zu beenden, nehmen wir Ihr Passwort dort nicht mehr an, wo Sie sich in letzter Zeit nicht angemeldet haben. Wo Sie sich gewöhnlich anmelden, ändert sich nichts.',
      ],
      closing: [
        'Um sich von einem neuen Ort aus anzumelden, setzen Sie Ihr Passwort zurück: Das geht dort, wo Sie sich anmelden. Falls Sie dasselbe Passwort auch anderswo verwenden, wählen Sie ein anderes.',
      ],
    },
    es: {
      subject: 'Alguien intenta adivinar su contraseña en {{product}}',
      paragraphs: [
        'Ha habido muchos inicios de sesión con una contraseña incorrecta en su cuenta con la dirección {{email}}. Ninguno ha tenido éxito.',
        'Para impedirlo, ya no aceptamos su contraseña desde lugares en los que usted no ha iniciado sesión últimamente. Donde la inicia habitualmente, no cambia nada.',
      ],
      closing: [
        'Para iniciar sesión desde un lugar nuevo, restablezca su contraseña: puede pedirlo donde inicia sesión. Si usa la misma contraseña en otros sitios, elija otra.',
      ],
    },
  },
  async prepare(tx, { recipient }: DueEmailJob) {
    // Only an owner gets the mail: guesses also count for addresses without an account.
    const owner = await lockRecipient(tx, recipient)
    return owner && !owner.isDisabled ? { locale: owner.locale, token: null } : null
  },
})
