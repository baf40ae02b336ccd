import { isUtf8 } from 'node:buffer';
import { numberWords, tableLimits } from './table';

/** Joints as a message names them, with what it says of each. */
export interface JointMessage {
  /** ns, as the message stamps itself; undefined where it does not. */
  readonly stamp: bigint | undefined;
  /** The frame of the message; empty for none. */
  readonly frame: string;
  /** No two are the same. */
  readonly names: readonly string[];
  /** [names], null where nothing is said of a joint; empty where nothing is said of any. */
  readonly values: Readonly<Record<JointQuantity, readonly (number | null)[]>>;
}
export const jointQuantities = ['position', 'velocity', 'effort'] as const;
export type JointQuantity = (typeof jointQuantities)[number];

/** A message that is none of joints, in words without its place. */
export class JointRefused extends Error {}
const refuse = (what: string): never => {
  throw new JointRefused(what);
};

/** Seconds and billionths of one. */
function stampOf(seconds: number, nanoseconds: number): bigint {
  const isTime = Number.isSafeInteger(seconds) && Number.isInteger(nanoseconds) && nanoseconds >= 0 && nanoseconds < 1e9;
  if (!isTime) refuse(`its stamp (${seconds} s and ${nanoseconds} ns) is no time`);
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
}
/** Names of others become names of columns. */
function checkJoints(message: JointMessage): JointMessage {
  const { names, values } = message;
  const used = new Set<string>();
  for (const name of names) {
    if (name === '') refuse('a joint has no name');
    if (used.has(name)) refuse(`two joints are called "${name.slice(0, 60)}"`);
    used.add(name);
  }
  for (const quantity of jointQuantities) {
    const { length } = values[quantity];
    if (length !== 0 && length !== names.length) refuse(`${length} values of ${quantity} do not belong to ${names.length} names`);
  }
  return message;
}

// ── ROS 2 ──

/** The schema whose messages `jointsOfCdr` reads. */
export const ROS_JOINTS = 'sensor_msgs/msg/JointState';

/**
 * Reads one `sensor_msgs/msg/JointState` in CDR, as ROS 2 sends it, of either byte order:
 *
 *   int32 sec, uint32 nanosec, string frame_id, string[] name, float64[] position, velocity, effort
 *
 * Numbers lie at multiples of their size, counted from behind the four bytes that say the encoding. A length is believed when the
 * message has so many bytes left: packages for any message make arrays of the length that is claimed, and read texts beyond its end.
 *
 * @throws JointRefused for anything else
 */
export function jointsOfCdr(bytes: Buffer): JointMessage {
  const cdr = new CdrCursor(bytes);
  const [seconds, nanoseconds] = [cdr.int32(), cdr.uint32()];
  const frame = cdr.text();
  const names = Array.from({ length: cdr.count(4, 'names') }, () => cdr.text());
  const values = { position: cdr.numbers('position'), velocity: cdr.numbers('velocity'), effort: cdr.numbers('effort') };
  cdr.mustEnd();
  return checkJoints({ stamp: stampOf(seconds, nanoseconds), frame, names, values });
}

const CDR_HEAD = 4;
/** Senders fill a message up to a multiple of four or eight bytes. */
const MOST_PADDING = 7;

class CdrCursor {
  private at = CDR_HEAD;
  private readonly little: boolean;
  private readonly view: DataView;

  constructor(private readonly bytes: Buffer) {
    if (bytes.length < CDR_HEAD) refuse(`${bytes.length} bytes do not say how it is encoded`);
    const kind = bytes.readUInt16BE(0);
    if (kind > 1) refuse(`it is encoded in a way (0x${kind.toString(16).padStart(4, '0')}) that is not the plain CDR of ROS 2`);
    this.little = kind === 1;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  int32(): number {
    return this.view.getInt32(this.take(4, 4, 'a number'), this.little);
  }
  uint32(): number {
    return this.view.getUint32(this.take(4, 4, 'a number'), this.little);
  }
  /** A length of a list, held against what is left. @param least  bytes of an entry */
  count(least: number, what: string): number {
    const at = this.at;
    const count = this.uint32();
    if (count * least > this.bytes.length - this.at) this.tooMuch(at, `${count} ${what}`);
    return count;
  }
  text(): string {
    const length = this.uint32();
    if (length > tableLimits.field) refuse(`byte ${this.at - 4}: it claims a text of ${length} characters`);
    const from = this.take(length, 1, `a text of ${length} characters`);
    if (length > 0 && this.bytes[from + length - 1] !== 0) refuse(`byte ${from}: a text does not end in zero`);
    const piece = this.bytes.subarray(from, from + Math.max(0, length - 1));
    if (!isUtf8(piece)) refuse(`byte ${from}: a text is not UTF-8`);
    return piece.toString('utf8');
  }
  numbers(what: string): number[] {
    const count = this.count(8, `values of ${what}`);
    if (count === 0) return [];
    const from = this.take(8 * count, 8, `${count} values of ${what}`);
    return Array.from({ length: count }, (_, i) => this.view.getFloat64(from + 8 * i, this.little));
  }
  mustEnd(): void {
    const left = this.bytes.length - this.at;
    if (left > MOST_PADDING) refuse(`${left} bytes are left over at its end`);
  }

  /** @returns where so many bytes begin that are there */
  private take(length: number, alignment: number, what: string): number {
    const from = CDR_HEAD + Math.ceil((this.at - CDR_HEAD) / alignment) * alignment;
    if (from + length > this.bytes.length) this.tooMuch(from, what);
    this.at = from + length;
    return from;
  }
  private tooMuch(at: number, what: string): never {
    return refuse(`byte ${at}: it claims ${what}, and has ${Math.max(0, this.bytes.length - this.at)} bytes left`);
  }
}

// ── JSON ──

/** Whether a schema is that of joints in JSON: Foxglove's list of joints, or ROS's lists of names and values. */
export const isJointSchema = (name: string): boolean => name === 'foxglove.JointStates' || name === ROS_JOINTS;

/**
 * Reads joints from the fields of a JSON message: `{timestamp: {sec, nsec}, joints: [{name, position, velocity, effort}]}` as Foxglove has
 * them, or `{header: {stamp: {sec, nanosec}, frame_id}, name: [], position: [], velocity: [], effort: []}` as ROS has.
 *
 * @throws JointRefused for anything else
 */
export function jointsOfJson(fields: unknown): JointMessage {
  if (!isGroup(fields)) return refuse('it is no group of fields');
  return checkJoints(Array.isArray(fields['joints']) ? foxgloveJoints(fields, fields['joints']) : rosJoints(fields));
}

function foxgloveJoints({ timestamp }: Fields, joints: readonly unknown[]): JointMessage {
  const all = joints.map((joint) => (isGroup(joint) ? joint : refuse('a joint is no group of fields')));
  const values = (quantity: JointQuantity) => {
    const found = all.map((joint) => (joint[quantity] ?? null) as unknown);
    return found.every((value) => value === null) ? [] : found.map((value) => (value === null ? null : numberIn(value, quantity)));
  };
  return {
    stamp: stampIn(timestamp),
    frame: '',
    names: all.map(({ name }) => textIn(name)),
    values: { position: values('position'), velocity: values('velocity'), effort: values('effort') },
  };
}
function rosJoints({ header, name, ...rest }: Fields): JointMessage {
  const { stamp, frame_id: frame = '' } = isGroup(header) ? header : ({} as Fields);
  if (!Array.isArray(name)) return refuse('it has no list of joints and no list of names');
  const values = (quantity: JointQuantity) => {
    const found = rest[quantity] ?? [];
    if (!Array.isArray(found)) return refuse(`its ${quantity} is no list`);
    return found.map((value: unknown) => (value === null ? null : numberIn(value, quantity)));
  };
  return {
    stamp: stampIn(stamp),
    frame: textIn(frame),
    names: name.map(textIn),
    values: { position: values('position'), velocity: values('velocity'), effort: values('effort') },
  };
}

type Fields = Readonly<Record<string, unknown>>;
const isGroup = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
function stampIn(stamp: unknown): bigint | undefined {
  if (stamp === undefined || stamp === null) return undefined;
  if (!isGroup(stamp)) return refuse('its stamp is no time of sec and nsec');
  const { sec, nsec, nanosec } = stamp;
  return stampOf(numberIn(sec, 'stamp'), numberIn(nsec ?? nanosec ?? 0, 'stamp'));
}
function numberIn(value: unknown, what: string): number {
  const number = typeof value === 'number' ? value : typeof value === 'string' ? numberWords.get(value) : undefined;
  return number ?? refuse(`a value of ${what} is no number`);
}
const textIn = (value: unknown): string =>
  typeof value === 'string' && value.length <= tableLimits.field ? value : refuse('a name is no text of at most 64 kB');
