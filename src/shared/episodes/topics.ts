import { eventKinds } from './eventRecord';
import { fanEncoding } from './fanRecord';
import { timingEdges } from './timingRecord';

/** What a recording of ours may hold, listed once: a topic for each kind of message, with the schema that tells other tools how to read it. */
const number = { type: ['number', 'string'], description: 'a number; "NaN", "Infinity" or "-Infinity" where it was none of JSON' };
const numbers = { type: 'array', items: number };
const group = { type: 'object', additionalProperties: number };
const packed = (description: string) => ({ type: 'string', contentEncoding: 'base64', description });
const counts = (what: string) => ({
  type: 'array',
  items: { type: 'integer' },
  description: `${what}: a count for each bin; upper edges in ms are ${timingEdges.join(', ')}, and the last bin holds the rest`,
});
const happened = (description: string, kinds: readonly string[]) => ({
  type: 'object',
  description,
  properties: {
    step: { type: 'integer' },
    kind: { type: 'string', enum: kinds },
    text: { type: 'string', description: 'in words' },
  },
});

export interface Topic {
  readonly topic: string;
  /** Name of the schema. */
  readonly schema: string;
  readonly jsonSchema: object;
}
export const topics = {
  telemetry: {
    topic: '/telemetry',
    schema: 'upright.Period',
    jsonSchema: {
      type: 'object',
      description: 'one control period: what was measured at its beginning, and what was decided then',
      properties: {
        step: { type: 'integer' },
        time: { ...number, description: 's of the episode' },
        rigTime: { ...number, description: 's of the clock of the rig' },
        hostTime: { ...number, description: 'ms of the monotonic clock of the host' },
        positions: { ...numbers, description: 'raw readings since the period before, by reading and coordinate' },
        rates: numbers,
        applied: { ...number, description: 'the action that acted in the period that ended here' },
        state: { ...group, description: 'the estimate, by channel' },
        truth: { ...group, description: 'the true state of a simulated rig, by channel' },
        costs: { ...group, description: 'stage cost, by term' },
        explore: { type: 'boolean' },
        hasModel: { type: 'boolean' },
        notFinite: { type: 'boolean', description: 'a number of this row is none' },
        decided: {
          type: 'object',
          description: 'absent in the last period',
          properties: {
            chosen: { ...number, description: 'action of the controller' },
            sent: { ...number, description: 'action that the gate let out' },
            basis: { type: 'string' },
            verdict: { type: 'string' },
            planAge: { type: 'integer', description: 'periods; -1 without a plan' },
            allowed: { type: 'boolean' },
            planMs: { type: ['number', 'null'] },
            latenessMs: { type: ['number', 'null'] },
          },
        },
      },
    },
  },
  plan: {
    topic: '/plan',
    schema: 'upright.Plan',
    jsonSchema: {
      type: 'object',
      description: 'a plan that came in, whole',
      properties: {
        id: { type: 'integer' },
        step: { type: 'integer', description: 'at whose measurement it was asked' },
        actsFrom: { type: 'integer', description: 'step at which its first action acts' },
        actions: numbers,
        cost: number,
      },
    },
  },
  fan: {
    topic: '/fan',
    schema: 'upright.Fan',
    jsonSchema: {
      type: 'object',
      description:
        'what the scene draws of a plan: the plan through the mean model, the belief of the model about it, and the best rollouts ' +
        'of the search, worst first, as the paths of their tips',
      properties: {
        id: { type: 'integer', description: 'of the plan' },
        step: { type: 'integer', description: 'at which its first action acts' },
        time: { ...number, description: 's of the episode, of that step' },
        horizon: { type: 'integer', description: 'H, steps' },
        period: { ...number, description: 's, of a step' },
        size: { type: 'integer', description: 'n, channels of the state' },
        cost: { ...number, description: 'of the plan' },
        planMs: { ...number, description: 'ms that the plan took' },
        rollouts: { type: 'integer', description: 'K, of this message' },
        searched: { type: 'integer', description: 'rollouts before the worst were left out' },
        bandLevels: { type: 'integer', description: 'B: 4 for the quantiles 5, 25, 75 and 95 %; 0 without a band' },
        actions: packed(`[H] ${fanEncoding.floats}`),
        states: packed(`[(H + 1) n] ${fanEncoding.floats}`),
        band: packed(`[B (H + 1) n] ${fanEncoding.floats}`),
        costs: packed(`[K] ${fanEncoding.floats}`),
        tipOrigin: { ...numbers, description: '[2] m, where the best rollout begins' },
        tipScale: packed(`[K] m, ${fanEncoding.floats}`),
        tips: packed(`[K (H + 1) 2] ${fanEncoding.tips}`),
      },
    },
  },
  event: {
    topic: '/event',
    schema: 'upright.Event',
    jsonSchema: {
      ...happened('what happened to the run', eventKinds.event),
      properties: {
        ...happened('', eventKinds.event).properties,
        push: {
          type: 'object',
          description: 'of a push: force in N, torque in N m, and for how many seconds',
          properties: { force: number, torque: number, seconds: number },
        },
      },
    },
  },
  setting: {
    topic: '/setting',
    schema: 'upright.Setting',
    jsonSchema: {
      type: 'object',
      description: 'settings that apply from here on',
      properties: {
        step: { type: 'integer' },
        setup: { type: 'object', description: 'the whole setup, as a setup file has it' },
        replacesController: { type: 'boolean', description: 'whether the controller was made anew with it' },
      },
    },
  },
  fault: {
    topic: '/fault',
    schema: 'upright.Fault',
    jsonSchema: happened('what made the loop fall back on something less, or end', eventKinds.fault),
  },
  timing: {
    topic: '/timing',
    schema: 'upright.Timing',
    jsonSchema: {
      type: 'object',
      description: 'how punctual the episode was so far; every 10 s of it and at its end',
      properties: {
        step: { type: 'integer' },
        periods: { type: 'integer', description: 'that were decided' },
        lateness: counts('periods by how late they began'),
        planning: counts('plans by the time that they took'),
        latePlans: { type: 'integer', description: 'that were not there when they were to act' },
        dropped: { type: 'integer', description: 'records that found no room on their way to the recording' },
      },
    },
  },
} as const satisfies Record<string, Topic>;

export type TopicId = keyof typeof topics;
/** In the order of their channels in a file. */
export const topicIds = Object.keys(topics) as readonly TopicId[];
/** Name of the metadata that holds an episode's header. */
export const HEADER_METADATA = 'upright';
