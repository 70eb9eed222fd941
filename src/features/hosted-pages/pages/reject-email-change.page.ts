import { definePage } from '../define-page.js'

/** Stops or undoes a change of address from the old mailbox. */
export const rejectEmailChangePage = definePage({
  path: '/reject-email-change',
  hasToken: true,
  // One form for both cases: before the confirmation the address is enough, afterwards the password is also required.
  fields: [
    { name: 'confirmEmail', type: 'email', autocomplete: 'email' },
    {
      name: 'password',
      type: 'password',
      autocomplete: 'current-password',
      isOptional: true,
    },
  ],
  document: `mutation RejectEmailChange($input: RejectEmailChangeInput!) {
    result: rejectEmailChange(input: $input) { __typename ... on AuthError { code } }
  }`,
  texts: {
    en: {
      heading: 'Keep your old address',
      intro: () =>
        'Did you not request this change? Enter the address that received the e-mail. This stops the change and signs out the device that requested it. If the address has already been changed, also enter the password that you had before the change. This restores your old address and signs out all devices.',
      fields: {
        confirmEmail: {
          label: 'Your old e-mail address',
          errorText: 'The e-mail was not sent to this address. Enter the address that received it.',
        },
        password: {
          label: 'Password (only if the address has already been changed)',
          errorText:
            'The address has already been changed, and the password is missing or wrong. Enter the password that you had before the change.',
        },
      },
      button: 'Keep the old address',
      note: {
        text: 'Did you request this change? Then close this page. You do not need to do anything.',
        link: null,
      },
      done: {
        heading: 'You keep your old address',
        text: 'The change has been stopped or undone. Now set a new password. We have sent a link for this to your old address.',
      },
      newLinkNote: {
        text: 'Open the latest e-mail about your address. If you have none and your address was not changed, you do not need to do anything. Otherwise contact the operators of the service.',
        link: null,
      },
    },
    de: {
      heading: 'Alte Adresse behalten',
      intro: () =>
        'Haben Sie diese Änderung nicht beantragt? Geben Sie die Adresse ein, an die wir die E-Mail gesendet haben. Das stoppt die Änderung und meldet das Gerät ab, von dem sie beantragt wurde. Wenn die Adresse schon geändert ist, geben Sie auch das Passwort ein, das Sie vor der Änderung hatten. Das stellt Ihre alte Adresse wieder her und meldet alle Geräte ab.',
      fields: {
        confirmEmail: {
          label: 'Ihre alte E-Mail-Adresse',
          errorText:
            'Die E-Mail ging nicht an diese Adresse. Geben Sie die Adresse ein, an die sie gesendet wurde.',
        },
        password: {
          label: 'Passwort (nur wenn die Adresse schon geändert ist)',
          errorText:
            'Die Adresse ist schon geändert, und das Passwort fehlt oder ist falsch. Geben Sie das Passwort ein, das Sie vor der Änderung hatten.',
        },
      },
      button: 'Alte Adresse behalten',
      note: {
        text: 'Haben Sie diese Änderung beantragt? Dann schließen Sie diese Seite. Sie müssen nichts tun.',
        link: null,
      },
      done: {
        heading: 'Sie behalten Ihre alte Adresse',
        text: 'Die Änderung wurde gestoppt oder rückgängig gemacht. Legen Sie jetzt ein neues Passwort fest. Einen Link dafür haben wir an Ihre alte Adresse gesendet.',
      },
      newLinkNote: {
        text: 'Öffnen Sie die neueste E-Mail zu Ihrer Adresse. Wenn Sie keine haben und Ihre Adresse nicht geändert wurde, müssen Sie nichts tun. Andernfalls wenden Sie sich an die Betreiber des Dienstes.',
        link: null,
      },
    },
    es: {
      heading: 'Conserve su dirección anterior',
      intro: () =>
        '¿No ha solicitado usted este cambio? Introduzca la dirección que recibió el correo. Así se detiene el cambio y se cierra la sesión en el dispositivo que lo solicitó. Si la dirección ya ha cambiado, introduzca también la contraseña que tenía antes del cambio. Así se restablece su dirección anterior y se cierra la sesión en todos los dispositivos.',
      fields: {
        confirmEmail: {
          label: 'Su dirección de correo anterior',
          errorText:
            'El correo no se envió a esta dirección. Introduzca la dirección que lo recibió.',
        },
        password: {
          label: 'Contraseña (solo si la dirección ya ha cambiado)',
          errorText:
            'La dirección ya ha cambiado, y la contraseña falta o no es correcta. Introduzca la contraseña que tenía antes del cambio.',
        },
      },
      button: 'Conservar la dirección anterior',
      note: {
        text: '¿Ha solicitado usted este cambio? Entonces cierre esta página. No tiene que hacer nada.',
        link: null,
      },
      done: {
        heading: 'Usted conserva su dirección anterior',
        text: 'El cambio se ha detenido o deshecho. Ahora elija una contraseña nueva. Hemos enviado un enlace para ello a su dirección anterior.',
      },
      newLinkNote: {
        text: 'Abra el correo más reciente sobre su dirección. Si no tiene ninguno y su dirección no ha cambiado, no tiene que hacer nada. En caso contrario, avise a los responsables del servicio.',
        link: null,
      },
    },
  },
})
