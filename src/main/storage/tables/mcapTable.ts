import { FileRefused } from '../../../shared/recordings/refusal';
import { listed } from '../mcap/copyMcap';
import { HEAD_CHECKSUM } from '../mcap/limits';
import { readMcapInSteps, type McapContent, type McapMessage } from '../mcap/readMcap';
import { mustBeWhole } from '../mcap/whole';
import { isJointSchema, JointRefused, jointsOfCdr, jointsOfJson, ROS_JOINTS, type JointMessage } from './jointMessage';
import { jointTable, type EachJointMessage } from './jointTable';
import {
  checkNames,
  checkSize,
  ColumnBuilder,
  numberText,
  numberWords,
  tableLimits,
  TextMeter,
  type Cell,
  type ColumnKind,
  type Table,
} from './table';
import { TABLE_METADATA, TABLE_TEXTS, TABLE_TOPIC } from './tableMcap';

/** Levels of groups within groups that a message may have. */
const DEPTH = 32;

export interface McapTopics {
  readonly content: McapContent;
  /** Messages of each topic that has any and that can be read: of JSON, and of joints as ROS 2 sends them. The most first. */
  readonly counts: readonly (readonly [topic: string, messages: number])[];
  /** Topics of joints, with the channels whose messages are taken. A topic in two encodings is taken as the JSON of it. */
  readonly joints: ReadonlyMap<string, { readonly encoding: 'cdr' | 'json'; readonly channels: ReadonlySet<number> }>;
}
/** What topics a file has. @throws FileRefused when it cannot be read or is not whole */
export async function topicsOfMcap(path: string, onStep: (done: number, total: number) => void): Promise<McapTopics> {
  const ofJson = new Map<string, Map<number, number>>();
  const content = await readMcapInSteps(path, ({ topic, channel }) => count(ofJson, topic, channel, 1), onStep);
  mustBeWhole(path, content);
  const ofRos = new Map<string, Map<number, number>>();
  for (const one of content.passedOver) if (isCdrJoints(one) && !ofJson.has(one.topic)) count(ofRos, one.topic, one.channel, one.messages);
  const schemas = new Map(content.topics.map(({ channel, schema }) => [channel, schema]));
  const joints = new Map<string, { encoding: 'cdr' | 'json'; channels: ReadonlySet<number> }>();
  for (const [topic, channels] of ofRos) joints.set(topic, { encoding: 'cdr', channels: new Set(channels.keys()) });
  for (const [topic, channels] of ofJson)
    if ([...channels.keys()].every((channel) => isJointSchema(schemas.get(channel) ?? '')))
      joints.set(topic, { encoding: 'json', channels: new Set(channels.keys()) });
  const counts = [...ofJson, ...ofRos].map(([topic, channels]) => [topic, [...channels.values()].reduce((a, b) => a + b)] as const);
  return { content, counts: counts.sort(([, a], [, b]) => b - a), joints };
}
function count(all: Map<string, Map<number, number>>, topic: string, channel: number, messages: number): void {
  const channels = all.get(topic) ?? new Map<number, number>();
  channels.set(channel, (channels.get(channel) ?? 0) + messages);
  all.set(topic, channels);
}
const isCdrJoints = ({ encoding, schema, schemaEncoding }: McapContent['passedOver'][number]): boolean =>
  encoding === 'cdr' && schema === ROS_JOINTS && (schemaEncoding === 'ros2msg' || schemaEncoding === 'ros2idl');

/**
 * Reads one topic of any MCAP file with JSON messages, or with joints of ROS 2, as a table: a row for each message, fields of groups as
 * `group.field`, those of lists as `list.0`, the time of the log in seconds as `logTime`; joints by their names. The file is read twice: first what fields there are, then what
 * stands in them. A table that was written by us becomes what it was.
 *
 * @throws FileRefused for messages that are no JSON, for lists and groups that are too large, and beyond the limits of a table
 */
export async function readMcapTable(
  path: string,
  topic: string,
  topics: McapTopics,
  onStep: (done: number, total: number) => void,
): Promise<Table> {
  const { content, counts } = topics;
  const rows = counts.find(([name]) => name === topic)?.[1] ?? 0;
  const own = topic === TABLE_TOPIC ? ownColumns(content) : undefined;
  if (rows === 0 && own === undefined)
    throw new FileRefused(path, 'empty', `no message of "${topic}" is there to make a table of`, 'Name another topic.');
  const losses = leftOut(topics, topic);
  const each = async (onMessage: (message: McapMessage, row: number) => void) => {
    let row = 0;
    await readMcapInSteps(path, (message) => message.topic === topic && onMessage(message, row++), onStep);
    if (row !== rows) throw new FileRefused(path, 'changed', 'the file changed while it was read', 'Read it again.');
  };
  const joints = topics.joints.get(topic);
  if (joints !== undefined) {
    const table = await jointTable(path, topic, rows, eachOfJoints(path, topic, rows, joints, onStep));
    return { ...table, losses: [...losses, ...table.losses], metadata: { ...textsOf(content), ...table.metadata } };
  }
  const meter = new TextMeter(path);
  if (own !== undefined) {
    checkNames(
      path,
      own.columns.map(({ name }) => name),
    );
    checkSize(path, rows, own.columns.length);
    const builders = own.columns.map(({ name, unit, kind }) => new ColumnBuilder(name, unit, kind, rows));
    await each(({ text }, row) => {
      const fields = parsed(path, text, topic, row);
      own.columns.forEach(({ name, kind }, i) => {
        const value = isGroup(fields) && Object.hasOwn(fields, name) ? fields[name] : null;
        const cell = cellIn(value, kind);
        if (cell === undefined)
          throw refused(path, topic, row, `"${name.slice(0, 60)}" is no ${kind === 'truth' ? 'true or false' : kind}`);
        builders[i]!.set(row, typeof cell === 'string' ? meter.take(cell, row, name) : cell);
      });
    });
    return { title: own.title, rows, columns: builders.map((one) => one.build()), losses, metadata: own.metadata };
  }

  const found = new Map<string, Finding>();
  let mayRound = false;
  let hasEmpty = false;
  let stampRounds = false;
  await each(({ text, time }, row) => {
    mayRound ||= /\d{16}|[eE]\+?\d{3}/.test(text);
    stampRounds ||= BigInt(Math.round(secondsOf(time) * 1e9)) !== time;
    const flat = flattened(path, text, topic, row);
    hasEmpty ||= flat.hasEmpty;
    for (const [name, value] of flat.fields) {
      let finding = found.get(name);
      if (finding === undefined) {
        found.set(name, (finding = new Finding()));
        checkSize(path, rows, found.size + 1);
      }
      finding.take(value);
    }
  });
  const hasStamp = !found.has('logTime');
  const columns = new Map([...found].map(([name, { kind }]) => [name, { kind, builder: new ColumnBuilder(name, '', kind, rows) }]));
  const stamps = new Float64Array(rows);
  await each(({ text, time }, row) => {
    stamps[row] = secondsOf(time);
    for (const [name, value] of flattened(path, text, topic, row).fields) {
      const { kind, builder } = columns.get(name)!;
      const known = cellIn(value, kind);
      const cell = known === undefined ? wordOf(value) : known;
      builder.set(row, typeof cell === 'string' ? meter.take(cell, row, name) : cell);
    }
  });
  const mixed = [...found].filter(([, one]) => one.isMixed).map(([name]) => name);
  if (mixed.length > 0) losses.push(`Numbers, words and truths stand mixed in ${listed(mixed)}; all are taken as words.`);
  if (mayRound) losses.push('Numbers with more digits than a number holds, or too large for one, may have been rounded.');
  if (hasEmpty) losses.push('Empty groups and lists have no column and are left out.');
  if (!hasStamp) losses.push('The messages have a field "logTime" of their own; the time of the log is left out.');
  else if (stampRounds)
    losses.push('Times of the log have more digits than a number holds; logTime is rounded, by less than a microsecond.');
  return {
    title: topic,
    rows,
    columns: [
      ...(hasStamp ? [{ name: 'logTime', unit: 's', kind: 'number' as const, values: stamps }] : []),
      ...[...columns.values()].map(({ builder }) => builder.build()),
    ],
    losses,
    metadata: textsOf(content),
  };
}

/** The messages of joints of a topic, one after the other. */
function eachOfJoints(
  path: string,
  topic: string,
  rows: number,
  { encoding, channels }: NonNullable<ReturnType<McapTopics['joints']['get']>>,
  onStep: (done: number, total: number) => void,
): EachJointMessage {
  return async (onMessage) => {
    let row = 0;
    const take = (time: bigint, read: () => JointMessage) => {
      try {
        onMessage(read(), time, row);
      } catch (error) {
        throw error instanceof JointRefused ? refused(path, topic, row, error.message) : error;
      }
      row++;
    };
    await readMcapInSteps(
      path,
      encoding === 'json'
        ? (message) => channels.has(message.channel) && take(message.time, () => jointsOfJson(parsed(path, message.text, topic, row)))
        : undefined,
      onStep,
      encoding === 'cdr' ? ({ channel, time, bytes }) => channels.has(channel) && take(time, () => jointsOfCdr(bytes)) : undefined,
    );
    if (row !== rows) throw new FileRefused(path, 'changed', 'the file changed while it was read', 'Read it again.');
  };
}

const secondsOf = (time: bigint): number => Number(time) / 1e9;
const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const refused = (path: string, topic: string, row: number, what: string): FileRefused =>
  new FileRefused(path, 'message', `message ${row + 1} of "${topic.slice(0, 60)}": ${what}`, 'Take another topic, or mend the file.');

function leftOut({ content: { passedOver, attachments }, counts, joints }: McapTopics, topic: string): string[] {
  const all = new Set([...counts.map(([name]) => name), ...passedOver.map(({ topic: name }) => name)]);
  const others = [...all].filter((name) => name !== topic);
  const taken = joints.get(topic)?.channels;
  const twins = passedOver.filter((one) => one.topic === topic && taken?.has(one.channel) !== true);
  return [
    ...(others.length > 0 ? [`A table has one kind of row; other topics are left out (${listed(others)}).`] : []),
    ...(twins.length > 0 ? [`The messages of the topic in ${listed(twins.map(({ encoding }) => `"${encoding}"`))} are left out.`] : []),
    ...(attachments > 0 ? [`${attachments} ${attachments === 1 ? 'attachment is' : 'attachments are'} left out.`] : []),
  ];
}

/** Metadata of others as `record.key`; the first of a name. */
function textsOf({ metadata }: McapContent): Record<string, string> {
  const texts = Object.create(null) as Record<string, string>;
  for (const { name, values } of metadata)
    if (name !== HEAD_CHECKSUM) for (const [key, value] of Object.entries(values)) texts[`${name}.${key}`] ??= value;
  return texts;
}

interface OwnColumn {
  readonly name: string;
  readonly unit: string;
  readonly kind: ColumnKind;
}
/** What a table of ours says of its columns; undefined where nothing does. */
function ownColumns({ metadata }: McapContent) {
  const said = metadata.find(({ name }) => name === TABLE_METADATA)?.values;
  if (said === undefined) return undefined;
  try {
    const columns: unknown = JSON.parse(said['columns'] ?? '');
    if (!Array.isArray(columns) || columns.length === 0 || columns.length > tableLimits.columns || !columns.every(isOwnColumn))
      return undefined;
    return { title: said['title'] ?? '', columns, metadata: metadata.find(({ name }) => name === TABLE_TEXTS)?.values ?? {} };
  } catch {
    return undefined;
  }
}
const isOwnColumn = (value: unknown): value is OwnColumn =>
  isGroup(value) &&
  typeof value['name'] === 'string' &&
  typeof value['unit'] === 'string' &&
  ['number', 'text', 'truth'].includes(value['kind'] as string);

function parsed(path: string, text: string, topic: string, row: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused(path, topic, row, `"${text.slice(0, 40).replace(/\s+/g, ' ')}" is no JSON`);
  }
}

/** The fields of a message by their dotted names. */
function flattened(path: string, text: string, topic: string, row: number): { fields: Map<string, unknown>; hasEmpty: boolean } {
  const fields = new Map<string, unknown>();
  let hasEmpty = false;
  const visit = (name: string, value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null) {
      const called = name === '' ? 'value' : name.slice(1);
      if (fields.has(called)) throw refused(path, topic, row, `two fields are called "${called.slice(0, 60)}"`);
      if (fields.size >= tableLimits.columns)
        throw refused(path, topic, row, `more than ${tableLimits.columns} fields are no row of a table`);
      if (called.length > tableLimits.field) throw refused(path, topic, row, 'a name is longer than 64 kB');
      fields.set(called, value);
      return;
    }
    if (depth > DEPTH) throw refused(path, topic, row, `groups stand more than ${DEPTH} deep in each other`);
    const entries = Object.entries(value);
    hasEmpty ||= entries.length === 0;
    for (const [key, one] of entries) visit(`${name}.${key}`, one, depth + 1);
  };
  visit('', parsed(path, text, topic, row), 0);
  return { fields, hasEmpty };
}

/** What the values of a field have in common so far. */
class Finding {
  private numbers = 0;
  private words = 0;
  private texts = 0;
  private truths = 0;

  take(value: unknown): void {
    if (typeof value === 'number') this.numbers++;
    else if (typeof value === 'boolean') this.truths++;
    else if (typeof value === 'string' && numberWords.has(value)) this.words++;
    else if (typeof value === 'string') this.texts++;
  }
  /** Words such as "NaN" are numbers among numbers only. */
  get kind(): ColumnKind {
    const { numbers, words, texts, truths } = this;
    if (texts === 0 && truths === 0 && (numbers > 0 || words === 0)) return 'number';
    return texts + words + numbers === 0 ? 'truth' : 'text';
  }
  get isMixed(): boolean {
    return this.kind === 'text' && this.numbers + this.truths > 0;
  }
}

/** Undefined where the value is not of the kind. */
function cellIn(value: unknown, kind: ColumnKind): Cell | undefined {
  if (value === null) return null;
  if (kind === 'text') return typeof value === 'string' ? value : undefined;
  if (kind === 'truth') return typeof value === 'boolean' ? value : undefined;
  return typeof value === 'number' ? value : typeof value === 'string' ? numberWords.get(value) : undefined;
}
const wordOf = (value: unknown): string => (typeof value === 'number' ? numberText(value) : String(value));
