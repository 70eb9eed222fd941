import type { CommonTexts } from './common-texts.js'

export const es: CommonTexts = {
  language: 'es',
  problem: 'Error',
  failureHeading: 'No ha funcionado',
  notices: {
    incomplete: 'Este enlace no está completo. Copie el enlace entero del correo.',
    malformed:
      'No se ha podido leer el formulario. Vuelva atrás, cargue la página de nuevo y rellénelo otra vez.',
    foreign:
      'Este formulario procede de otro sitio, por lo que lo hemos ignorado. Abra usted la página y rellene el formulario otra vez.',
  },
  fault: (requestId) =>
    `Ha habido un problema por nuestra parte. Vuelva a intentarlo más tarde. Si se repite, indique este número a los responsables del servicio: ${requestId}`,
  invalidLink: {
    INVALID_TOKEN:
      'Este enlace no funciona. Ya se ha usado, o un correo más reciente lo ha sustituido.',
    TOKEN_EXPIRED: 'Este enlace ha caducado.',
  },
  retryLater: {
    RATE_LIMITED: 'Demasiados intentos.',
    SERVICE_BUSY: 'El servicio está muy ocupado en este momento.',
  },
  tryAgain: (wait) => `Vuelva a intentarlo ${wait}.`,
  passwordProblems: {
    TOO_SHORT: 'Es demasiado corta.',
    TOO_LONG: 'Es demasiado larga.',
    TOO_COMMON: 'Es una de las contraseñas que los atacantes prueban primero.',
    BREACHED: 'Aparece en una filtración de datos de otro servicio.',
    CONTAINS_PERSONAL_INFORMATION:
      'Consiste casi solo en su dirección, su nombre o el nombre de este servicio.',
  },
}
