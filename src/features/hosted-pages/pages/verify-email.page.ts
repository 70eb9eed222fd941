import { definePage } from '../define-page.js'

/** Verifies the address of an account. */
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
        'Enter the password that you chose. It proves that you registered with this address.',
      fields: {
        password: { label: 'Password', errorText: 'The password is wrong.' },
      },
      button: 'Confirm',
      note: {
        text: 'Did you not register? Then set a new password instead. This removes the access of the person who registered your address.',
        link: 'Set a password',
      },
      done: {
        heading: 'Address confirmed',
        text: 'Your address is confirmed. You can sign in now.',
      },
      newLinkNote: {
        text: 'If your address is already confirmed, just sign in. Otherwise open the latest e-mail, or request another one where you registered.',
        link: null,
      },
    },
    de: {
      heading: 'Adresse bestätigen',
      intro: () =>
        'Geben Sie das Passwort ein, das Sie gewählt haben. Damit bestätigen Sie, dass Sie sich selbst mit dieser Adresse registriert haben.',
      fields: {
        password: { label: 'Passwort', errorText: 'Das Passwort ist falsch.' },
      },
      button: 'Bestätigen',
      note: {
        text: 'Haben Sie sich nicht registriert? Dann legen Sie stattdessen ein neues Passwort fest. Damit verliert die Person, die Ihre Adresse registriert hat, den Zugang.',
        link: 'Passwort festlegen',
      },
      done: {
        heading: 'Adresse bestätigt',
        text: 'Ihre Adresse ist bestätigt. Sie können sich jetzt anmelden.',
      },
      newLinkNote: {
        text: 'Wenn Ihre Adresse schon bestätigt ist, melden Sie sich einfach an. Andernfalls öffnen Sie die neueste E-Mail, oder fordern Sie dort, wo Sie sich registriert haben, eine weitere an.',
        link: null,
      },
    },
    es: {
      heading: 'Confirme su dirección',
      intro: () =>
        'Introduzca la contraseña que eligió. Así confirma que usted se registró con esta dirección.',
      fields: {
        password: { label: 'Contraseña', errorText: 'La contraseña no es correcta.' },
      },
      button: 'Confirmar',
      note: {
        text: '¿No se registró usted? Entonces elija una contraseña nueva. Así la persona que registró su dirección pierde el acceso.',
        link: 'Establecer una contraseña',
      },
      done: {
        heading: 'Dirección confirmada',
        text: 'Su dirección está confirmada. Ya puede iniciar sesión.',
      },
      newLinkNote: {
        text: 'Si su dirección ya está confirmada, simplemente inicie sesión. En caso contrario, abra el correo más reciente o solicite otro en el sitio donde se registró.',
        link: null,
      },
    },
  },
})
