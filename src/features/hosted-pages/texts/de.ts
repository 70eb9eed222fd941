import type { CommonTexts } from './common-texts.js'

export const de: CommonTexts = {
  language: 'de',
  problem: 'Fehler',
  failureHeading: 'Das hat nicht geklappt',
  notices: {
    incomplete: 'Dieser Link ist nicht vollständig. Kopieren Sie den ganzen Link aus der E-Mail.',
    malformed:
      'Das Formular konnte nicht gelesen werden. Gehen Sie zurück, laden Sie die Seite neu und füllen Sie es noch einmal aus.',
    foreign:
      'Dieses Formular kam von einer anderen Website, deshalb haben wir es ignoriert. Öffnen Sie die Seite selbst und füllen Sie das Formular noch einmal aus.',
  },
  fault: (requestId) =>
    `Bei uns ist ein Fehler aufgetreten. Bitte versuchen Sie es später noch einmal. Wenn der Fehler erneut auftritt, nennen Sie den Betreibern des Dienstes diese Nummer: ${requestId}`,
  invalidLink: {
    INVALID_TOKEN:
      'Dieser Link funktioniert nicht. Er wurde schon benutzt, oder eine neuere E-Mail hat ihn ersetzt.',
    TOKEN_EXPIRED: 'Dieser Link ist abgelaufen.',
  },
  retryLater: {
    RATE_LIMITED: 'Zu viele Versuche.',
    SERVICE_BUSY: 'Der Dienst ist gerade stark ausgelastet.',
  },
  tryAgain: (wait) => `Versuchen Sie es ${wait} noch einmal.`,
  passwordProblems: {
    TOO_SHORT: 'Es ist zu kurz.',
    TOO_LONG: 'Es ist zu lang.',
    TOO_COMMON: 'Es gehört zu den Passwörtern, die Angreifer zuerst ausprobieren.',
    BREACHED: 'Es ist aus einem Datenleck eines anderen Dienstes bekannt.',
    CONTAINS_PERSONAL_INFORMATION:
      'Es besteht fast nur aus Ihrer Adresse, Ihrem Namen oder dem Namen dieses Dienstes.',
  },
}
