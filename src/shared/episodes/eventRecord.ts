import { fieldsOf, json, numberIn, RecordRefused, textIn, type Fields } from './recordJson';

/** Kinds of what may happen to a run, by the topic on which they stand. */
export const eventKinds = {
  /** Settings that apply from here on. */
  setting: ['setting'],
  /**
   * `firstPlan`: the first plan of the episode came. `model`: another model was installed. `stop`: somebody or something stopped
   * it. `end`: the last word of every episode that was closed, with its reason.
   */
  event: ['firstPlan', 'model', 'push', 'pause', 'goOn', 'stop', 'end'],
  /** After these the loop fell back on something less, or ended. */
  fault: [
    'limit',
    'notFinite',
    'noPlan',
    'plannerFailed',
    'plannerSilent',
    'plannerLost',
    'threadLost',
    'noModel',
    'fellBack',
    'recordsDropped',
  ],
} as const;
export type EventTopic = keyof typeof eventKinds;
export type EventKind = (typeof eventKinds)[EventTopic][number];

/** Something that happened to the run. */
export interface RecordedEvent {
  readonly step: number;
  readonly kind: EventKind;
  /** In words; for `setting` JSON, { setup: the whole setup, replacesController }. */
  readonly text: string;
  /** Of a push, which a kick is too. */
  readonly push?: Push;
}
export interface Push {
  /** N, on what moves along; N m, on what turns. */
  readonly force: number;
  readonly torque: number;
  readonly seconds: number;
}

const topicOf = new Map<EventKind, EventTopic>(
  (Object.keys(eventKinds) as EventTopic[]).flatMap((topic) => eventKinds[topic].map((kind) => [kind, topic] as const)),
);
export const topicOfEvent = ({ kind }: Pick<RecordedEvent, 'kind'>): EventTopic => topicOf.get(kind)!;

/** The message of an event on its topic; a setting has its setup as JSON, so that other tools plot its values. */
export function eventText({ step, kind, text, push }: RecordedEvent): string {
  if (kind !== 'setting') return json({ step, kind, text, push });
  const { setup, replacesController } = fieldsOf(text, `the setting of step ${step}`);
  return plainJson({ step, setup, replacesController }, step);
}
/** @throws RecordRefused in words */
export function readEvent(text: string, topic: EventTopic = 'event'): RecordedEvent {
  const place = topic === 'event' ? 'an event' : `a ${topic}`;
  const fields = fieldsOf(text, place);
  const step = numberIn(fields, 'step', place);
  if (topic === 'setting') return { step, kind: 'setting', text: settingIn(fields, step) };
  const kind = textIn(fields, 'kind', `${place} of step ${step}`);
  if (!(eventKinds[topic] as readonly string[]).includes(kind))
    throw new RecordRefused(`${place} of step ${step} is of the kind "${kind.slice(0, 40)}", which is none of its topic.`);
  const push = fields['push'];
  return {
    step,
    kind: kind as EventKind,
    text: textIn(fields, 'text', `${place} of step ${step}`),
    ...(push === undefined ? {} : { push: pushIn(push, `the push of step ${step}`) }),
  };
}
function settingIn({ setup, replacesController }: Fields, step: number): string {
  if (setup === null || typeof setup !== 'object') throw new RecordRefused(`the setting of step ${step} has no setup.`);
  return plainJson({ setup, replacesController: replacesController === true }, step);
}
function plainJson(value: object, step: number): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw new RecordRefused(`the setting of step ${step} is nested too deeply.`);
  }
}
function pushIn(push: unknown, place: string): Push {
  if (push === null || typeof push !== 'object') throw new RecordRefused(`${place} is no group of numbers.`);
  const number = (name: string) => numberIn(push as Fields, name, place);
  return { force: number('force'), torque: number('torque'), seconds: number('seconds') };
}
