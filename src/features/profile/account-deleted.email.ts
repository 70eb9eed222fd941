import { defineEmail, prepareNotice } from '../mail/index.js'

export const accountDeletedEmail = defineEmail({
  name: 'ACCOUNT_DELETED',
  path: null,
  texts: {
    en: {
      subject: 'Your account at {{product}} has been deleted',
      paragraphs: [
        'Your account with the address {{email}} has been deleted. It can no longer be used to sign in.',
        'Thank you for using {{product}}.',
      ],
      closing: ['If this was not you, contact the operators of {{product}}.'],
    },
    de: {
      subject: 'Ihr Konto bei {{product}} wurde gelöscht',
      paragraphs: [
        'Ihr Konto mit der Adresse {{email}} wurde gelöscht. Eine Anmeldung damit ist nicht mehr möglich.',
        'Vielen Dank, dass Sie {{product}} genutzt haben.',
      ],
      closing: ['Wenn Sie das nicht waren, wenden Sie sich an die Betreiber von {{product}}.'],
    },
    es: {
      subject: 'Su cuenta en {{product}} se ha eliminado',
      paragraphs: [
        'Su cuenta con la dirección {{email}} se ha eliminado. Ya no se puede iniciar sesión con ella.',
        'Gracias por haber usado {{product}}.',
      ],
      closing: ['Si no ha sido usted, avise a los responsables de {{product}}.'],
    },
  },
  prepare: prepareNotice,
})
