import { defineEmail, prepareNotice } from '../../mail/index.js'

export const codeGuessingEmail = defineEmail({
  name: 'CODE_GUESSING',
  path: null,
  texts: {
    en: {
      subject: 'Wrong codes at the sign-in to {{product}}',
      paragraphs: [
        'Someone entered the right password of your account with the address {{email}}, and then several wrong codes for the second factor. After 100 wrong codes, codes of your authenticator app are not accepted until you set a new password or sign in with a recovery code.',
      ],
      closing: [
        'If this was not you, someone knows your password. Reset it now on the sign-in page.',
      ],
    },
    de: {
      subject: 'Falsche Codes bei der Anmeldung bei {{product}}',
      paragraphs: [
        'Jemand hat das richtige Passwort Ihres Kontos mit der Adresse {{email}} eingegeben und danach mehrere falsche Codes für den zweiten Faktor. Nach 100 falschen Codes werden Codes Ihrer Authenticator-App nicht mehr angenommen, bis Sie ein neues Passwort setzen oder sich mit einem Wiederherstellungscode anmelden.',
      ],
      closing: [
        'Wenn Sie das nicht waren, kennt jemand Ihr Passwort. Setzen Sie es sofort auf der Anmeldeseite zurück.',
      ],
    },
    es: {
      subject: 'Códigos incorrectos al iniciar sesión en {{product}}',
      paragraphs: [
        'Alguien ha introducido la contraseña correcta de su cuenta con la dirección {{email}} y después varios códigos incorrectos del segundo factor. Tras 100 códigos incorrectos, no se aceptan códigos de su aplicación de autenticación hasta que establezca una nueva contraseña o inicie sesión con un código de recuperación.',
      ],
      closing: [
        'Si no ha sido usted, alguien conoce su contraseña. Restablézcala de inmediato en la página de inicio de sesión.',
      ],
    },
  },
  prepare: prepareNotice,
})
