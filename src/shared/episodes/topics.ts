/** What a recording of ours may hold, listed once: a topic for each kind of message, with the schema that tells other tools how to read it. */
const number = { type: ['number', 'string'], description: 'a number; "NaN", "Infinity" or "-Infinity" where it was none of JSON' };
const numbers = { type: 'array', items: number };
const group = { type: 'object', additionalProperties: number };

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
  event: {
    topic: '/event',
    schema: 'upright.Event',
    jsonSchema: {
      type: 'object',
      properties: { step: { type: 'integer' }, kind: { type: 'string' }, text: { type: 'string' } },
    },
  },
} as const satisfies Record<string, Topic>;

export type TopicId = keyof typeof topics;
/** In the order of their channels in a file. */
export const topicIds = Object.keys(topics) as readonly TopicId[];
/** Name of the metadata that holds an episode's header. */
export const HEADER_METADATA = 'upright';
