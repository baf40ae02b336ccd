import { FileRefused, type Note } from '../../../shared/recordings/refusal';
import { jointQuantities, type JointMessage, type JointQuantity } from './jointMessage';
import { checkSize, ColumnBuilder, type Table } from './table';

/** Calls back with each message of joints in order. @param onMessage  with the time of the log, ns, and its place */
export type EachJointMessage = (onMessage: (message: JointMessage, time: bigint, row: number) => void) => Promise<void>;

/** A message does not say whether a joint turns or slides. */
export const jointUnitsNote: Note = {
  code: 'unitsUnknown',
  text: 'Joints are in SI units, but the messages do not say which of them turn (rad, N m) and which slide (m, N): the columns have no unit.',
};

/**
 * Messages of joints as a table: `logTime` and `stamp` in s, then `position.NAME`, `velocity.NAME` and `effort.NAME` in the order in which the
 * joints first came. What a message does not say of a joint is missing.
 *
 * @param each  goes through the messages, the same ones each time it is called
 */
export async function jointTable(path: string, topic: string, rows: number, each: EachJointMessage): Promise<Table> {
  const found: Record<JointQuantity, Set<string>> = { position: new Set(), velocity: new Set(), effort: new Set() };
  const frames = new Set<string>();
  let [stamped, silent, rounds] = [0, 0, false];
  await each(({ names, values, stamp, frame }, time) => {
    if (stamp !== undefined) stamped++;
    rounds ||= isRounded(time) || (stamp !== undefined && isRounded(stamp));
    if (frames.size < 2) frames.add(frame);
    let said = 0;
    for (const quantity of jointQuantities)
      values[quantity].forEach((value, i) => {
        if (value === null) return;
        said++;
        found[quantity].add(names[i]!);
      });
    if (said === 0) silent++;
    checkSize(path, rows, 2 + jointQuantities.reduce((sum, quantity) => sum + found[quantity].size, 0));
  });
  const builders = new Map(
    jointQuantities.flatMap((quantity) =>
      [...found[quantity]].map((name) => {
        const column = `${quantity}.${name}`;
        return [column, new ColumnBuilder(column, '', 'number', rows)] as const;
      }),
    ),
  );
  if (builders.size === 0)
    throw new FileRefused(path, 'empty', `the messages of "${topic.slice(0, 60)}" say nothing of any joint`, 'Name another topic.');
  const logTime = new ColumnBuilder('logTime', 's', 'number', rows);
  const stamps = new ColumnBuilder('stamp', 's', 'number', rows);
  await each(({ names, values, stamp }, time, row) => {
    logTime.set(row, secondsOf(time));
    if (stamp !== undefined) stamps.set(row, secondsOf(stamp));
    for (const quantity of jointQuantities)
      values[quantity].forEach((value, i) => value !== null && builders.get(`${quantity}.${names[i]}`)?.set(row, value));
  });
  const [frame] = frames;
  return {
    title: topic,
    rows,
    columns: [logTime, ...(stamped > 0 ? [stamps] : []), ...builders.values()].map((one) => one.build()),
    losses: [
      ...(rounds ? ['Times have more digits than a number holds; logTime and stamp are rounded, by less than a microsecond.'] : []),
      ...(silent > 0 ? [`${silent} ${silent === 1 ? 'message says' : 'messages say'} nothing of any joint; all is missing there.`] : []),
      ...(frames.size > 1 ? ['The frames of the messages differ and have no column.'] : []),
    ],
    metadata: frames.size === 1 && frame !== '' ? { frame: frame! } : {},
  };
}

const secondsOf = (time: bigint): number => Number(time) / 1e9;
const isRounded = (time: bigint): boolean => BigInt(Math.round(secondsOf(time) * 1e9)) !== time;
