import { defineEmail, prepareNotice } from '../mail/index.js'

export const accountDeletedEmail = defineEmail({
  name: 'ACCOUNT_DELETED',
  path: null,
  texts: {
    en: {
      subject: 'Your account at {{product}} has been deleted',
      paragraphs: [
        'Your account with the address {{email}} has been deleted. Nobody can sign in with it any more.',
        'Thank you for having been with us, and farewell.',
      ],
      closing: ['If you did not want this, tell the people who run {{product}}.'],
    },
    de: {
      subject: 'Ihr Konto bei {{product}} wurde gelöscht',
      paragraphs: [
        'Ihr Konto mit der Adresse {{email}} wurde gelöscht. Niemand kann sich mehr damit anmelden.',
        'Vielen Dank, dass Sie bei uns waren, und leben Sie wohl.',
      ],
      closing: ['Wenn Sie das nicht wollten, wenden Sie sich an die Betreiber von {{product}}.'],
    },
    es: {
      subject: 'Su cuenta en {{product}} se ha eliminado',
      paragraphs: [
        'Su cuenta con la dirección {{email}} se ha eliminado. Nadie puede ya iniciar sesión con ella.',
        'Gracias por haber estado con nosotros, y hasta siempre.',
      ],
      closing: ['Si usted no lo quería, avise a los responsables de {{product}}.'],
    },
  },
  prepare: prepareNotice,
})
