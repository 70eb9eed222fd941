import type { Texts } from './texts.js'

export const de: Texts = {
  direction: 'ltr',
  linkHint: 'Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:',
  footer:
    'Diese Nachricht hat {{product}} an {{email}} gesendet, weil diese Adresse für ein Konto angegeben wurde.',
  messages: {
    VERIFY_EMAIL: {
      subject: 'Bestätigen Sie Ihre Adresse für {{product}}',
      paragraphs: [
        'Bitte bestätigen Sie, dass die Adresse {{email}} Ihnen gehört. Sie werden dabei nach dem Passwort gefragt, das Sie gewählt haben.',
        'Der Link gilt einmal und für {{lifetime}}.',
      ],
      action: 'Adresse bestätigen',
      closing: ['Wenn Sie sich nicht registriert haben, ignorieren Sie diese Nachricht.'],
    },
    RESET_PASSWORD: {
      subject: 'Neues Passwort für {{product}} festlegen',
      paragraphs: [
        'Jemand, hoffentlich Sie, möchte für Ihr Konto mit der Adresse {{email}} ein neues Passwort festlegen.',
        'Der Link gilt einmal und für {{lifetime}}.',
      ],
      action: 'Neues Passwort festlegen',
      closing: ['Wenn Sie das nicht waren, ignorieren Sie diese Nachricht: Es ändert sich nichts.'],
    },
    CONFIRM_EMAIL_CHANGE: {
      subject: 'Bestätigen Sie Ihre neue Adresse für {{product}}',
      paragraphs: [
        'Jemand, hoffentlich Sie, möchte die Adresse {{email}} ab jetzt für ein Konto verwenden. Bitte bestätigen Sie, dass sie Ihnen gehört. Sie werden dabei nach dem Passwort des Kontos gefragt.',
        'Der Link gilt einmal und für {{lifetime}}. Bis zur Bestätigung behält das Konto seine alte Adresse.',
      ],
      action: 'Neue Adresse bestätigen',
      closing: [
        'Wenn Sie das nicht waren, bestätigen Sie nicht: Ihre Adresse würde zum Konto eines anderen gehören. Ignorieren Sie diese Nachricht, und es ändert sich nichts.',
      ],
    },
    ADDRESS_TAKEN: {
      subject: 'Sie haben bereits ein Konto bei {{product}}',
      paragraphs: [
        'Jemand wollte die Adresse {{email}} für ein Konto verwenden, aber es gibt schon eines: Ihres. Es hat sich nichts geändert.',
        'Wenn Sie das waren, melden Sie sich wie gewohnt an. Falls Sie Ihr Passwort vergessen haben, können Sie dort, wo Sie sich anmelden, ein neues anfordern.',
      ],
      closing: ['Wenn Sie das nicht waren, brauchen Sie nichts zu tun.'],
    },
    EMAIL_CHANGE_REQUESTED: {
      subject: 'Ihre Adresse bei {{product}} soll geändert werden',
      paragraphs: [
        'Jemand, hoffentlich Sie, möchte die Adresse Ihres Kontos, {{email}}, durch eine andere ersetzen.',
        'Geändert wird sie, sobald dies mit einer Nachricht an die neue Adresse bestätigt ist. Bis dahin bleibt alles, wie es ist.',
        'Wenn Sie das nicht waren, stoppen Sie die Änderung: Jemand anderes hat Zugang zu Ihrem Konto. Sie werden gebeten, diese Adresse einzugeben. Danach ist jenes Gerät abgemeldet, und Sie erhalten einen Link, um ein neues Passwort festzulegen.',
        'Der Link gilt für {{lifetime}}.',
      ],
      action: 'Änderung stoppen',
      closing: ['Wenn Sie das waren, brauchen Sie nichts zu tun.'],
    },
    EMAIL_CHANGED: {
      subject: 'Ihre Adresse bei {{product}} wurde geändert',
      paragraphs: [
        'Die Adresse Ihres Kontos wurde geändert: Sie ist nicht mehr {{email}}. Bitte melden Sie sich ab sofort mit der neuen an.',
        'Wenn Sie das nicht waren, machen Sie die Änderung rückgängig. Sie werden nach dieser Adresse und nach dem Passwort gefragt, das Sie vor der Änderung hatten. Danach sind alle Geräte abgemeldet, und Sie erhalten einen Link, um ein neues Passwort festzulegen.',
        'Der Link gilt für {{lifetime}}.',
      ],
      action: 'Änderung rückgängig machen',
      closing: [
        'Wenn Sie das waren, brauchen Sie nichts zu tun. Wenn Sie jenes Passwort nicht mehr wissen, wenden Sie sich sofort an die Betreiber von {{product}}.',
      ],
    },
    EMAIL_CHANGE_CONFIRMED: {
      subject: 'Ihre Adresse bei {{product}} wurde geändert',
      paragraphs: [
        'Die Adresse Ihres Kontos wurde in {{email}} geändert. Bitte melden Sie sich ab sofort mit dieser an.',
      ],
      closing: [
        'Wenn Sie das nicht waren, wenden Sie sich sofort an die Betreiber von {{product}}.',
      ],
    },
    EMAIL_CHANGE_UNDONE: {
      subject: 'Die Änderung Ihrer Adresse bei {{product}} wurde rückgängig gemacht',
      paragraphs: [
        'Ihr Konto hat wieder seine frühere Adresse. Alle Geräte wurden abgemeldet.',
        'Um sich anzumelden, legen Sie ein neues Passwort fest. Der Link dafür wurde an die frühere Adresse gesendet.',
      ],
      closing: [
        'Wenn Sie das nicht waren, wenden Sie sich sofort an die Betreiber von {{product}}.',
      ],
    },
    PASSWORD_CHANGED: {
      subject: 'Ihr Passwort bei {{product}} wurde geändert',
      paragraphs: [
        'Das Passwort Ihres Kontos mit der Adresse {{email}} wurde geändert, und alle anderen Geräte wurden abgemeldet.',
      ],
      closing: [
        'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort zurück: Das geht dort, wo Sie sich anmelden.',
      ],
    },
    PASSWORD_GUESSING: {
      subject: 'Jemand versucht, Ihr Passwort bei {{product}} zu erraten',
      paragraphs: [
        'Für Ihr Konto mit der Adresse {{email}} gab es viele Anmeldungen mit falschem Passwort. Keine davon war erfolgreich.',
        'Um das zu beenden, nehmen wir Ihr Passwort dort nicht mehr an, wo Sie sich in letzter Zeit nicht angemeldet haben. Wo Sie sich gewöhnlich anmelden, ändert sich nichts.',
      ],
      closing: [
        'Um sich von einem neuen Ort aus anzumelden, setzen Sie Ihr Passwort zurück: Das geht dort, wo Sie sich anmelden. Falls Sie dasselbe Passwort auch anderswo verwenden, wählen Sie ein anderes.',
      ],
    },
    ACCOUNT_DELETED: {
      subject: 'Ihr Konto bei {{product}} wurde gelöscht',
      paragraphs: [
        'Ihr Konto mit der Adresse {{email}} wurde gelöscht. Niemand kann sich mehr damit anmelden.',
        'Vielen Dank, dass Sie bei uns waren, und leben Sie wohl.',
      ],
      closing: ['Wenn Sie das nicht wollten, wenden Sie sich an die Betreiber von {{product}}.'],
    },
  },
}
