import type { CommonTexts } from './common-texts.js'

export const es: CommonTexts = {
  language: 'es',
  problem: 'Error',
  failureHeading: 'No ha funcionado',
  notices: {
    incomplete: 'Este enlace no está completo. Cópielo entero del mensaje.',
    malformed:
      'No se ha podido leer el formulario. Vuelva atrás, cargue la página de nuevo y rellénelo otra vez.',
    foreign:
      'Este formulario procede de otro sitio, por lo que no se ha hecho nada. Abra usted la página y rellénelo otra vez.',
  },
  fault: (requestId) =>
    `Ha habido un problema por nuestra parte. Vuelva a intentarlo más tarde. Si se repite, indique este número a quien administra el servicio: ${requestId}`,
  invalidLink: {
    INVALID_TOKEN:
      'Este enlace no funciona: ya se ha usado, o un mensaje más reciente lo ha sustituido.',
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
    TOO_COMMON: 'Es una de las contraseñas que se prueban primero.',
    BREACHED: 'Se conoce por una filtración de datos de otro servicio.',
    CONTAINS_PERSONAL_INFORMATION:
      'Es poco más que su dirección, su nombre o el nombre de este servicio.',
  },
}
