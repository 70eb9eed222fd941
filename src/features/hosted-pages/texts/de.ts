import type { PageTexts } from './page-texts.js'

export const de: PageTexts = {
  language: 'de',
  forms: {
    verifyEmail: {
      heading: 'Adresse bestätigen',
      intro: () =>
        'Geben Sie das Passwort ein, das Sie gewählt haben. So ist sicher, dass Sie selbst sich mit dieser Adresse registriert haben.',
      fields: {
        password: { label: 'Passwort', wrong: 'Das Passwort ist falsch.' },
      },
      button: 'Bestätigen',
      note: {
        text: 'Sie haben sich nicht registriert? Dann legen Sie stattdessen ein eigenes Passwort fest: Das beendet, was jemand anderes begonnen hat.',
        link: 'Passwort festlegen',
      },
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
      fields: {
        newPassword: {
          label: 'Neues Passwort',
          wrong: 'Dieses Passwort kann nicht verwendet werden.',
        },
      },
      button: 'Passwort festlegen',
      note: null,
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
      intro: ({ address }) =>
        address === null
          ? 'Geben Sie das Passwort Ihres Kontos ein. Von da an melden Sie sich mit der neuen Adresse an.'
          : `Geben Sie das Passwort Ihres Kontos ein. Von da an ist ${address} seine Adresse.`,
      fields: { password: { label: 'Passwort', wrong: 'Das Passwort ist falsch.' } },
      button: 'Bestätigen',
      note: {
        text: 'Sie haben das nicht veranlasst? Dann schließen Sie diese Seite: Ihre Adresse würde zum Konto eines anderen gehören.',
        link: null,
      },
      done: {
        heading: 'Adresse geändert',
        text: 'Ihre Adresse wurde geändert, und andere Geräte sind abgemeldet. Melden Sie sich von jetzt an mit der neuen Adresse an.',
      },
      renew: {
        text: 'Wenn Ihre Adresse schon geändert ist, bleibt nichts zu tun. Sonst öffnen Sie die neueste Nachricht, oder beantragen Sie die Änderung noch einmal.',
        link: null,
      },
    },
    rejectEmailChange: {
      heading: 'Alte Adresse behalten',
      intro: () =>
        'Haben nicht Sie eine andere Adresse beantragt? Geben Sie die Adresse ein, die die Nachricht erhalten hat. Das stoppt die Änderung und meldet das Gerät ab, das sie beantragt hat. Wenn die Adresse schon geändert ist, geben Sie auch das Passwort ein, das Sie vor der Änderung hatten. Das stellt Ihre alte Adresse wieder her und meldet alle Geräte ab.',
      fields: {
        confirmEmail: {
          label: 'Ihre alte E-Mail-Adresse',
          wrong:
            'Die Nachricht ging nicht an diese Adresse. Geben Sie die Adresse ein, die sie erhalten hat.',
        },
        password: {
          label: 'Passwort (nur wenn die Adresse schon geändert ist)',
          wrong:
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
      renew: {
        text: 'Öffnen Sie die neueste Nachricht über Ihre Adresse. Wenn Sie keine haben und Ihre Adresse nicht geändert wurde, bleibt nichts zu tun. Sonst wenden Sie sich an die Betreiber des Dienstes.',
        link: null,
      },
    },
    forgotPassword: {
      heading: 'Passwort vergessen?',
      intro: () =>
        'Geben Sie die Adresse Ihres Kontos ein. Wir schicken Ihnen eine Nachricht mit einem Link, über den Sie ein neues Passwort festlegen können.',
      fields: {
        email: {
          label: 'E-Mail-Adresse',
          wrong: 'Das ist keine E-Mail-Adresse. Sie sollte aussehen wie ana@example.com.',
        },
      },
      button: 'Nachricht senden',
      note: null,
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
