import { eventText } from './eventRecord';
import { fieldsOf, numberIn, textIn } from './recordJson';
import { topics } from './topics';

/** A message of a recording. */
export interface RecordMessage {
  readonly topic: string;
  readonly text: string;
}
type Migration = (message: RecordMessage) => RecordMessage;

/** What each version did otherwise than the next, by its number. */
const migrations: Readonly<Record<number, Migration>> = {
  /** Settings stood among the events, their setup as a text in the text. */
  1: (message) => {
    if (message.topic !== topics.event.topic) return message;
    const fields = fieldsOf(message.text, 'an event');
    if (fields['kind'] !== 'setting') return message;
    const event = { step: numberIn(fields, 'step', 'an event'), kind: 'setting', text: textIn(fields, 'text', 'an event') } as const;
    return { topic: topics.setting.topic, text: eventText(event) };
  },
};

/** A message of a recording of some version as this version would have written it. @throws RecordRefused in words */
export function upToDate(version: number, message: RecordMessage): RecordMessage {
  let now = message;
  for (let from = version; migrations[from] !== undefined; from++) now = migrations[from]!(now);
  return now;
}
