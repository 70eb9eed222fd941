import { definePage } from '../define-page.js'

/** Proves the address of an account. */
export const verifyEmailPage = definePage({
  path: '/verify-email',
  hasToken: true,
  fields: [{ name: 'password', type: 'password', autocomplete: 'current-password' }],
  document: `mutation VerifyEmail($input: VerifyEmailInput!) {
    result: verifyEmail(input: $input) { __typename ... on AuthError { code } }
  }`,
  texts: {
    en: {
      heading: 'Confirm your address',
      intro: () =>
        'Enter the password that you chose, to be sure that it was you who registered with this address.',
      fields: {
        password: { label: 'Password', errorText: 'The password is wrong.' },
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
      newLinkNote: {
        text: 'If your address is confirmed already, just sign in. Otherwise open the newest message, or ask for another one where you registered.',
        link: null,
      },
    },
    de: {
      heading: 'Adresse bestätigen',
      intro: () =>
        'Geben Sie das Passwort ein, das Sie gewählt haben. So ist sicher, dass Sie selbst sich mit dieser Adresse registriert haben.',
      fields: {
        password: { label: 'Passwort', errorText: 'Das Passwort ist falsch.' },
      },
      button: 'Bestätigen',
      note: {
        text: 'Sie haben sich nicht registriert? Dann legen Sie stattdessen ein eigenes Passwort fest: Das beendet, was jemand anderes begonnen hat.',
        link: 'Passwort festlegen',
      },
      done: {
        heading: 'Adresse bestätigt',
        text: 'Ihre Adresse ist bestätigt. Sie können sich jetzt anmelden.',
      },
      newLinkNote: {
        text: 'Wenn Ihre Adresse schon bestätigt ist, melden Sie sich einfach an. Sonst öffnen Sie die neueste Nachricht, oder fordern Sie dort, wo Sie sich registriert haben, eine weitere an.',
        link: null,
      },
    },
    es: {
      heading: 'Confirme su dirección',
      intro: () =>
        'Introduzca la contraseña que eligió, para estar seguros de que fue usted quien se registró con esta dirección.',
      fields: {
        password: { label: 'Contraseña', errorText: 'La contraseña no es correcta.' },
      },
      button: 'Confirmar',
      note: {
        text: '¿No se registró usted? Entonces establezca una contraseña propia: así termina lo que otra persona empezó.',
        link: 'Establecer una contraseña',
      },
      done: {
        heading: 'Dirección confirmada',
        text: 'Su dirección está confirmada. Ya puede iniciar sesión.',
      },
      newLinkNote: {
        text: 'Si su dirección ya está confirmada, simplemente inicie sesión. Si no, abra el mensaje más reciente o pida otro en el sitio donde se registró.',
        link: null,
      },
    },
  },
})
