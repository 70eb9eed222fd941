import type { PageTexts } from './page-texts.js'

export const de: PageTexts = {
  language: 'de',
  forms: {
    verifyEmail: {
      heading: 'Adresse bestätigen',
      intro: () =>
        'Geben Sie das Passwort ein, das Sie gewählt haben. So ist sicher, dass Sie selbst sich mit dieser Adresse registriert haben.',
      label: 'Passwort',
      button: 'Bestätigen',
      note: {
        text: 'Sie haben sich nicht registriert? Dann legen Sie stattdessen ein eigenes Passwort fest: Das beendet, was jemand anderes begonnen hat.',
        link: 'Passwort festlegen',
      },
      wrong: 'Das Passwort ist falsch.',
      done: {
        heading: 'Adresse bestätigt',
        text: 'Ihre Adresse ist bestätigt. Sie können sich jetzt anmelden.',
      },
      renew: {
        text: 'Wenn Ihre Adresse schon bestätigt ist, melden Sie sich einfach an. Sonst öffnen Sie die neueste Nachricht, oder fordern Sie dort, wo Sie sich registriert haben, eine weitere an.',
        link: null,
      },
    },
    resetPassword: {
      heading: 'Neues Passwort festlegen',
      intro: ({ least, most }) => `Es muss ${least} bis ${most} Zeichen haben.`,
      label: 'Neues Passwort',
      button: 'Passwort festlegen',
      note: null,
      wrong: 'Dieses Passwort kann nicht verwendet werden.',
      done: {
        heading: 'Passwort geändert',
        text: 'Ihr Passwort wurde geändert. Alle Geräte sind abgemeldet: Melden Sie sich mit dem neuen an.',
      },
      renew: {
        text: 'Sie können sich einen neuen Link schicken lassen.',
        link: 'Neuen Link anfordern',
      },
    },
    confirmEmailChange: {
      heading: 'Neue Adresse bestätigen',
      intro: () => 'Von da an ist dies die Adresse Ihres Kontos.',
      label: '',
      button: 'Bestätigen',
      note: {
        text: 'Sie haben das nicht veranlasst? Dann schließen Sie diese Seite: Ihre Adresse würde zum Konto eines anderen gehören.',
        link: null,
      },
      wrong: 'Dieser Link ist nicht vollständig.',
      done: {
        heading: 'Adresse geändert',
        text: 'Ihre Adresse wurde geändert, und andere Geräte sind abgemeldet. Melden Sie sich von jetzt an mit der neuen Adresse an.',
      },
      renew: {
        text: 'Wenn Ihre Adresse schon geändert ist, bleibt nichts zu tun. Sonst öffnen Sie die neueste Nachricht, oder beantragen Sie die Änderung noch einmal.',
        link: null,
      },
    },
    forgotPassword: {
      heading: 'Passwort vergessen?',
      intro: () =>
        'Geben Sie die Adresse Ihres Kontos ein. Wir schicken Ihnen eine Nachricht mit einem Link, über den Sie ein neues Passwort festlegen können.',
      label: 'E-Mail-Adresse',
      button: 'Nachricht senden',
      note: null,
      wrong: 'Das ist keine E-Mail-Adresse. Sie sollte aussehen wie ana@example.com.',
      done: {
        heading: 'Sehen Sie in Ihr Postfach',
        text: 'Wenn es ein Konto mit dieser Adresse gibt, ist eine Nachricht unterwegs.',
      },
      renew: null,
    },
  },
  problem: 'Fehler',
  failed: 'Das hat nicht geklappt',
  notices: {
    incomplete: 'Dieser Link ist nicht vollständig. Kopieren Sie ihn ganz aus der Nachricht.',
    malformed:
      'Das Formular konnte nicht gelesen werden. Gehen Sie zurück, laden Sie die Seite neu und füllen Sie es noch einmal aus.',
    foreign:
      'Dieses Formular kam von einer anderen Website, deshalb ist nichts geschehen. Öffnen Sie die Seite selbst und füllen Sie es noch einmal aus.',
  },
  fault: (requestId) =>
    `Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es später wieder. Wenn es noch einmal geschieht, nennen Sie dem Betreiber des Dienstes diese Nummer: ${requestId}`,
  deadLink: {
    INVALID_TOKEN:
      'Dieser Link funktioniert nicht: Er wurde schon benutzt, oder eine neuere Nachricht hat ihn ersetzt.',
    TOKEN_EXPIRED: 'Dieser Link ist abgelaufen.',
  },
  notNow: {
    RATE_LIMITED: 'Zu viele Versuche.',
    SERVICE_BUSY: 'Der Dienst ist gerade stark ausgelastet.',
  },
  tryAgain: (wait) => `Versuchen Sie es ${wait} wieder.`,
  passwordProblems: {
    TOO_SHORT: 'Es ist zu kurz.',
    TOO_LONG: 'Es ist zu lang.',
    TOO_COMMON: 'Es gehört zu den Passwörtern, die zuerst geraten werden.',
    BREACHED: 'Es ist aus einem Datenleck eines anderen Dienstes bekannt.',
    CONTAINS_PERSONAL_INFORMATION:
      'Es besteht fast nur aus Ihrer Adresse, Ihrem Namen oder dem Namen dieses Dienstes.',
  },
}
