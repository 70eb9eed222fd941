import type { PageTexts } from './page-texts.js'

export const es: PageTexts = {
  language: 'es',
  forms: {
    verifyEmail: {
      heading: 'Confirme su dirección',
      intro: () =>
        'Introduzca la contraseña que eligió, para estar seguros de que fue usted quien se registró con esta dirección.',
      fields: {
        password: { label: 'Contraseña', wrong: 'La contraseña no es correcta.' },
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
      renew: {
        text: 'Si su dirección ya está confirmada, simplemente inicie sesión. Si no, abra el mensaje más reciente o pida otro en el sitio donde se registró.',
        link: null,
      },
    },
    resetPassword: {
      heading: 'Establezca una contraseña nueva',
      intro: ({ least, most }) => `Debe tener entre ${least} y ${most} caracteres.`,
      fields: {
        newPassword: { label: 'Contraseña nueva', wrong: 'Esta contraseña no se puede usar.' },
      },
      button: 'Establecer la contraseña',
      note: null,
      done: {
        heading: 'Contraseña cambiada',
        text: 'Su contraseña ha sido cambiada. Se ha cerrado la sesión en todos los dispositivos: inicie sesión con la nueva.',
      },
      renew: { text: 'Puede pedir que le enviemos otro enlace.', link: 'Pedir otro enlace' },
    },
    confirmEmailChange: {
      heading: 'Confirme su nueva dirección',
      intro: ({ address }) =>
        address === null
          ? 'Introduzca la contraseña de su cuenta. A partir de entonces, iniciará sesión con la nueva dirección.'
          : `Introduzca la contraseña de su cuenta. A partir de entonces, su dirección será ${address}.`,
      fields: { password: { label: 'Contraseña', wrong: 'La contraseña no es correcta.' } },
      button: 'Confirmar',
      note: {
        text: '¿No lo ha pedido usted? Entonces cierre esta página: su dirección pasaría a ser la de la cuenta de otra persona.',
        link: null,
      },
      done: {
        heading: 'Dirección cambiada',
        text: 'Su dirección ha sido cambiada y se ha cerrado la sesión en otros dispositivos. A partir de ahora, inicie sesión con la nueva dirección.',
      },
      renew: {
        text: 'Si su dirección ya ha sido cambiada, no tiene que hacer nada más. Si no, abra el mensaje más reciente o solicite el cambio de nuevo.',
        link: null,
      },
    },
    rejectEmailChange: {
      heading: 'Conserve su dirección anterior',
      intro: () =>
        '¿No fue usted quien pidió otra dirección? Introduzca la dirección que recibió el mensaje. Así se detiene el cambio y se cierra la sesión en el dispositivo que lo pidió. Si la dirección ya ha cambiado, introduzca también la contraseña que tenía antes del cambio. Así se restablece su dirección anterior y se cierra la sesión en todos los dispositivos.',
      fields: {
        confirmEmail: {
          label: 'Su dirección de correo anterior',
          wrong: 'El mensaje no se envió a esta dirección. Introduzca la dirección que lo recibió.',
        },
        password: {
          label: 'Contraseña (solo si la dirección ya ha cambiado)',
          wrong:
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
      renew: {
        text: 'Abra el mensaje más reciente sobre su dirección. Si no tiene ninguno y su dirección no ha cambiado, no tiene que hacer nada. Si no, avise a los responsables del servicio.',
        link: null,
      },
    },
    forgotPassword: {
      heading: '¿Ha olvidado su contraseña?',
      intro: () =>
        'Introduzca la dirección de su cuenta. Le enviaremos un mensaje con un enlace para establecer una contraseña nueva.',
      fields: {
        email: {
          label: 'Correo electrónico',
          wrong: 'Esto no es una dirección de correo. Debería ser como ana@example.com.',
        },
      },
      button: 'Enviar el mensaje',
      note: null,
      done: {
        heading: 'Revise su correo',
        text: 'Si existe una cuenta con esta dirección, hay un mensaje en camino.',
      },
      renew: null,
    },
  },
  problem: 'Error',
  failed: 'No ha funcionado',
  notices: {
    incomplete: 'Este enlace no está completo. Cópielo entero del mensaje.',
    malformed:
      'No se ha podido leer el formulario. Vuelva atrás, cargue la página de nuevo y rellénelo otra vez.',
    foreign:
      'Este formulario procede de otro sitio, por lo que no se ha hecho nada. Abra usted la página y rellénelo otra vez.',
  },
  fault: (requestId) =>
    `Ha habido un problema por nuestra parte. Vuelva a intentarlo más tarde. Si se repite, indique este número a quien administra el servicio: ${requestId}`,
  deadLink: {
    INVALID_TOKEN:
      'Este enlace no funciona: ya se ha usado, o un mensaje más reciente lo ha sustituido.',
    TOKEN_EXPIRED: 'Este enlace ha caducado.',
  },
  notNow: {
    RATE_LIMITED: 'Demasiados intentos.',
    SERVICE_BUSY: 'El servicio está muy ocupado en este momento.',
  },
  tryAgain: (wait) => `Vuelva a intentarlo ${wait}.`,
  passwordProblems: {
    TOO_SHORT: 'Es demasiado corta.',
    TOO_LONG: 'Es demasiado larga.',
    TOO_COMMON: 'Es una de las contraseñas que se prueban primero.',
    BREACHED: 'Se conoce por una filtración de datos de otro servicio.',
    CONTAINS_PERSONAL_INFORMATION:
      'Es poco más que su dirección, su nombre o el nombre de este servicio.',
  },
}
