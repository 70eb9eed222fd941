import type { Texts } from './texts.js'

export const es: Texts = {
  direction: 'ltr',
  linkHint: 'Si el botón no funciona, abra esta dirección:',
  footer:
    '{{product}} ha enviado este mensaje a {{email}} porque esta dirección se indicó para una cuenta.',
  messages: {
    VERIFY_EMAIL: {
      subject: 'Confirme su dirección para {{product}}',
      paragraphs: [
        'Confirme, por favor, que la dirección {{email}} es suya. Se le pedirá la contraseña que eligió.',
        'El enlace funciona una sola vez, durante {{lifetime}}.',
      ],
      action: 'Confirmar la dirección',
      closing: ['Si usted no se ha registrado, ignore este mensaje.'],
    },
    RESET_PASSWORD: {
      subject: 'Elija una contraseña nueva para {{product}}',
      paragraphs: [
        'Alguien, esperamos que usted, ha pedido elegir una contraseña nueva para su cuenta con la dirección {{email}}.',
        'El enlace funciona una sola vez, durante {{lifetime}}.',
      ],
      action: 'Elegir una contraseña nueva',
      closing: ['Si no ha sido usted, ignore este mensaje: no cambiará nada.'],
    },
    CONFIRM_EMAIL_CHANGE: {
      subject: 'Confirme su nueva dirección para {{product}}',
      paragraphs: [
        'Alguien, esperamos que usted, ha pedido usar a partir de ahora la dirección {{email}} para una cuenta. Confirme, por favor, que es suya. Se le pedirá la contraseña de la cuenta.',
        'El enlace funciona una sola vez, durante {{lifetime}}. Hasta que lo confirme, la cuenta conserva su dirección anterior.',
      ],
      action: 'Confirmar la nueva dirección',
      closing: [
        'Si no ha sido usted, no confirme: su dirección pasaría a ser la de la cuenta de otra persona. Ignore este mensaje y no cambiará nada.',
      ],
    },
    ADDRESS_TAKEN: {
      subject: 'Usted ya tiene una cuenta en {{product}}',
      paragraphs: [
        'Alguien ha intentado usar la dirección {{email}} para una cuenta, pero ya existe una: la suya. No ha cambiado nada.',
        'Si ha sido usted, inicie sesión como siempre. Si ha olvidado su contraseña, pida una nueva donde inicia sesión.',
      ],
      closing: ['Si no ha sido usted, no tiene que hacer nada.'],
    },
    EMAIL_CHANGE_REQUESTED: {
      subject: 'Su dirección en {{product}} está a punto de cambiar',
      paragraphs: [
        'Alguien, esperamos que usted, ha pedido cambiar la dirección de su cuenta, {{email}}, por otra.',
        'Cambiará cuando se confirme mediante un mensaje a la nueva dirección. Hasta entonces, todo sigue igual.',
        'Si no ha sido usted, detenga el cambio: otra persona puede entrar en su cuenta. Se le pedirá que escriba esta dirección. Después se cerrará la sesión en ese dispositivo y usted recibirá un enlace para establecer una contraseña nueva.',
        'El enlace funciona durante {{lifetime}}.',
      ],
      action: 'Detener el cambio',
      closing: ['Si ha sido usted, no tiene que hacer nada.'],
    },
    EMAIL_CHANGED: {
      subject: 'Su dirección en {{product}} ha cambiado',
      paragraphs: [
        'La dirección de su cuenta ha cambiado: ya no es {{email}}. A partir de este momento, inicie sesión con la nueva.',
        'Si no ha sido usted, deshaga el cambio. Se le pedirán esta dirección y la contraseña que tenía antes del cambio. Después se cerrará la sesión en todos los dispositivos y usted recibirá un enlace para establecer una contraseña nueva.',
        'El enlace funciona durante {{lifetime}}.',
      ],
      action: 'Deshacer el cambio',
      closing: [
        'Si ha sido usted, no tiene que hacer nada. Si ya no recuerda esa contraseña, avise de inmediato a los responsables de {{product}}.',
      ],
    },
    EMAIL_CHANGE_CONFIRMED: {
      subject: 'Su dirección en {{product}} ha cambiado',
      paragraphs: [
        'La dirección de su cuenta ha cambiado: ahora es {{email}}. A partir de este momento, inicie sesión con ella.',
      ],
      closing: [
        'Si no ha sido usted quien la ha cambiado, avise de inmediato a los responsables de {{product}}.',
      ],
    },
    EMAIL_CHANGE_UNDONE: {
      subject: 'El cambio de su dirección en {{product}} se ha deshecho',
      paragraphs: [
        'Su cuenta vuelve a tener su dirección anterior. Se ha cerrado la sesión en todos los dispositivos.',
        'Para iniciar sesión, establezca una contraseña nueva. El enlace se ha enviado a la dirección anterior.',
      ],
      closing: [
        'Si no ha sido usted quien lo ha deshecho, avise de inmediato a los responsables de {{product}}.',
      ],
    },
    PASSWORD_CHANGED: {
      subject: 'Su contraseña en {{product}} ha cambiado',
      paragraphs: [
        'La contraseña de su cuenta con la dirección {{email}} ha cambiado, y se ha cerrado la sesión en todos los demás dispositivos.',
      ],
      closing: [
        'Si no ha sido usted quien la ha cambiado, restablezca su contraseña de inmediato: puede pedirlo donde inicia sesión.',
      ],
    },
    PASSWORD_GUESSING: {
      subject: 'Alguien intenta adivinar su contraseña en {{product}}',
      paragraphs: [
        'Ha habido muchos inicios de sesión con una contraseña incorrecta en su cuenta con la dirección {{email}}. Ninguno ha tenido éxito.',
        'Para impedirlo, ya no aceptamos su contraseña desde lugares en los que usted no ha iniciado sesión últimamente. Donde la inicia habitualmente, no cambia nada.',
      ],
      closing: [
        'Para iniciar sesión desde un lugar nuevo, restablezca su contraseña: puede pedirlo donde inicia sesión. Si usa la misma contraseña en otros sitios, elija otra.',
      ],
    },
    ACCOUNT_DELETED: {
      subject: 'Su cuenta en {{product}} se ha eliminado',
      paragraphs: [
        'Su cuenta con la dirección {{email}} se ha eliminado. Nadie puede ya iniciar sesión con ella.',
        'Gracias por haber estado con nosotros, y hasta siempre.',
      ],
      closing: ['Si usted no lo quería, avise a los responsables de {{product}}.'],
    },
  },
}
