import type { CommonTexts } from './common-texts.js'

export const de: CommonTexts = {
  language: 'de',
  problem: 'Fehler',
  failureHeading: 'Das hat nicht geklappt',
  notices: {
    incomplete: 'Dieser Link ist nicht vollständig. Kopieren Sie ihn ganz aus der Nachricht.',
    malformed:
      'Das Formular konnte nicht gelesen werden. Gehen Sie zurück, laden Sie die Seite neu und füllen Sie es noch einmal aus.',
    foreign:
      'Dieses Formular kam von einer anderen Website, deshalb ist nichts geschehen. Öffnen Sie die Seite selbst und füllen Sie es noch einmal aus.',
  },
  fault: (requestId) =>
    `Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es später wieder. Wenn es noch einmal geschieht, nennen Sie dem Betreiber des Dienstes diese Nummer: ${requestId}`,
  invalidLink: {
    INVALID_TOKEN:
      'Dieser Link funktioniert nicht: Er wurde schon benutzt, oder eine neuere Nachricht hat ihn ersetzt.',
    TOKEN_EXPIRED: 'Dieser Link ist abgelaufen.',
  },
  retryLater: {
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
