import { definePage } from '../define-page.js'

/** Stops or undoes a change of address from the old mailbox. */
export const rejectEmailChangePage = definePage({
  path: '/reject-email-change',
  hasToken: true,
  // One form for both cases: before the change is confirmed the address is enough, afterwards it takes the password.
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
        'Was it not you who asked for another address? Enter the address that got the message. This stops the change and signs out the device that asked for it. If the address has been changed already, enter also the password that you had before the change. This restores your old address and signs out all devices.',
      fields: {
        confirmEmail: {
          label: 'Your old e-mail address',
          errorText: 'The message was not sent to this address. Enter the address that got it.',
        },
        password: {
          label: 'Password (only if the address has been changed already)',
          errorText:
            'The address has been changed already, and the password is missing or wrong. Enter the password that you had before the change.',
        },
      },
      button: 'Keep the old address',
      note: {
        text: 'Was it you? Then close this page: there is nothing to do.',
        link: null,
      },
      done: {
        heading: 'You keep your old address',
        text: 'The change has been stopped or undone. Now set a new password: we have sent a link for that to your old address.',
      },
      newLinkNote: {
        text: 'Open the newest message about your address. If you have none, and your address was not changed, there is nothing to do. Otherwise tell the people who run the service.',
        link: null,
      },
    },
    de: {
      heading: 'Alte Adresse behalten',
      intro: () =>
        'Haben nicht Sie eine andere Adresse beantragt? Geben Sie die Adresse ein, die die Nachricht erhalten hat. Das stoppt die Änderung und meldet das Gerät ab, das sie beantragt hat. Wenn die Adresse schon geändert ist, geben Sie auch das Passwort ein, das Sie vor der Änderung hatten. Das stellt Ihre alte Adresse wieder her und meldet alle Geräte ab.',
      fields: {
        confirmEmail: {
          label: 'Ihre alte E-Mail-Adresse',
          errorText:
            'Die Nachricht ging nicht an diese Adresse. Geben Sie die Adresse ein, die sie erhalten hat.',
        },
        password: {
          label: 'Passwort (nur wenn die Adresse schon geändert ist)',
          errorText:
            'Die Adresse ist schon geändert, und das Passwort fehlt oder ist falsch. Geben Sie das Passwort ein, das Sie vor der Änderung hatten.',
        },
      },
      button: 'Alte Adresse behalten',
      note: {
        text: 'Waren Sie es selbst? Dann schließen Sie diese Seite: Es bleibt nichts zu tun.',
        link: null,
      },
      done: {
        heading: 'Sie behalten Ihre alte Adresse',
        text: 'Die Änderung ist gestoppt oder rückgängig gemacht. Legen Sie jetzt ein neues Passwort fest: Einen Link dafür haben wir an Ihre alte Adresse gesendet.',
      },
      newLinkNote: {
        text: 'Öffnen Sie die neueste Nachricht über Ihre Adresse. Wenn Sie keine haben und Ihre Adresse nicht geändert wurde, bleibt nichts zu tun. Sonst wenden Sie sich an die Betreiber des Dienstes.',
        link: null,
      },
    },
    es: {
      heading: 'Conserve su dirección anterior',
      intro: () =>
        '¿No fue usted quien pidió otra dirección? Introduzca la dirección que recibió el mensaje. Así se detiene el cambio y se cierra la sesión en el dispositivo que lo pidió. Si la dirección ya ha cambiado, introduzca también la contraseña que tenía antes del cambio. Así se restablece su dirección anterior y se cierra la sesión en todos los dispositivos.',
      fields: {
        confirmEmail: {
          label: 'Su dirección de correo anterior',
          errorText:
            'El mensaje no se envió a esta dirección. Introduzca la dirección que lo recibió.',
        },
        password: {
          label: 'Contraseña (solo si la dirección ya ha cambiado)',
          errorText:
            'La dirección ya ha cambiado, y la contraseña falta o no es correcta. Introduzca la contraseña que tenía antes del cambio.',
        },
      },
      button: 'Conservar la dirección anterior',
      note: {
        text: '¿Fue usted? Entonces cierre esta página: no tiene que hacer nada.',
        link: null,
      },
      done: {
        heading: 'Usted conserva su dirección anterior',
        text: 'El cambio se ha detenido o deshecho. Ahora establezca una contraseña nueva: hemos enviado un enlace para ello a su dirección anterior.',
      },
      newLinkNote: {
        text: 'Abra el mensaje más reciente sobre su dirección. Si no tiene ninguno y su dirección no ha cambiado, no tiene que hacer nada. Si no, avise a los responsables del servicio.',
        link: null,
      },
    },
  },
})
